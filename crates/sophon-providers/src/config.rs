//! Providers as the operator configures them.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use sophon_egress::Limits;
use sophon_model::ProviderKind;
use sophon_model::ports::ModelInfo;

use crate::presets;

/// How long a model on a machine of the operator's may read before it begins to answer: a long prompt takes a slow
/// machine minutes, and the first one waits until the model is loaded.
const LOCAL_FIRST_BYTE: Duration = Duration::from_mins(15);
/// How long such a model may pause in its answer.
const LOCAL_IDLE: Duration = Duration::from_mins(5);

/// The longest record of a stream, in bytes, where none is configured.
const LONGEST_RECORD: usize = 4 * 1024 * 1024;

/// A provider as the operator configures it. Unknown keys are refused.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// Its id, as it appears in errors and usage.
    pub id: String,
    /// Its kind, under the key `type`: `openai` for chat completions, which most servers speak, `responses` for OpenAI's
    /// Responses API, `anthropic`, `ollama`, or `gemini`.
    #[serde(rename = "type")]
    #[schemars(schema_with = "kinds")]
    pub kind: ProviderKind,
    /// The URL that the paths of the wire format are appended to; for Ollama the URL of the server itself, or
    /// `host:port`. The public service's if absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The credential; none is sent if absent.
    #[serde(default)]
    pub api_key: Option<String>,
    /// The models on offer, the preferred one first; a few current ones of the kind if empty.
    #[serde(default)]
    pub models: Vec<String>,
    /// Tokens that the models can read and write together. What is longer is shortened before it is sent. If absent,
    /// what is known of the kind: 8192 for Ollama, which is sent it, and 128000 or more for the others.
    #[serde(default)]
    #[schemars(extend("x-unit" = "tokens"))]
    pub context_tokens: Option<NonZeroU32>,
    /// Tokens that the models can write in one answer; 8192 if absent, or less where less fits.
    #[serde(default)]
    #[schemars(extend("x-unit" = "tokens"))]
    pub max_output_tokens: Option<NonZeroU32>,
    /// How long to wait for the beginning of an answer, in seconds: 120, or 900 where the provider is on this machine
    /// or in a private network.
    #[serde(default)]
    #[schemars(extend("x-unit" = "s"))]
    pub first_byte_seconds: Option<NonZeroU32>,
    /// How long an answer may pause, in seconds: 120, or 300 where the provider is on this machine or in a private
    /// network.
    #[serde(default)]
    #[schemars(extend("x-unit" = "s"))]
    pub idle_seconds: Option<NonZeroU32>,
    /// The longest record of a stream, in KiB: 4096 if absent. An answer with a longer one fails.
    #[serde(default)]
    #[schemars(extend("x-unit" = "KiB"))]
    pub max_record_kib: Option<NonZeroU32>,
    /// The longest answer, in KiB of what is sent on the wire: 32768 if absent. A longer one fails.
    #[serde(default)]
    #[schemars(extend("x-unit" = "KiB"))]
    pub max_answer_kib: Option<NonZeroU32>,
}

/// The kinds of providers, for the schema of the configuration.
fn kinds(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = ProviderKind::ALL.iter().map(|kind| kind.as_str()).collect();
    json_schema!({ "type": "string", "enum": names })
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("base_url", &self.base_url)
            .field("has_api_key", &self.api_key.is_some())
            .field("models", &self.models)
            .finish_non_exhaustive()
    }
}

impl ProviderConfig {
    /// A provider of this kind with nothing configured.
    pub fn new(id: impl Into<String>, kind: ProviderKind) -> Self {
        Self {
            id: id.into(),
            kind,
            base_url: None,
            api_key: None,
            models: Vec::new(),
            context_tokens: None,
            max_output_tokens: None,
            first_byte_seconds: None,
            idle_seconds: None,
            max_record_kib: None,
            max_answer_kib: None,
        }
    }

    /// The models on offer, never none.
    pub(crate) fn models(&self) -> Vec<ModelInfo> {
        let (context, output) = presets::limits(self.kind);
        let info = |id: &str| ModelInfo {
            id: id.to_owned(),
            provider: self.id.clone(),
            context_tokens: self.context_tokens.map_or(context, NonZeroU32::get),
            output_tokens: self.max_output_tokens.map_or(output, NonZeroU32::get),
            calls_tools: true,
        };
        if self.models.is_empty() {
            presets::models(self.kind).iter().map(|id| info(id)).collect()
        } else {
            self.models.iter().map(|id| info(id)).collect()
        }
    }

    /// The base URL without what the paths of the wire format bring along: people copy URLs with more and with less.
    pub(crate) fn base_url(&self) -> String {
        let configured = self.base_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let url = configured.unwrap_or_else(|| presets::base_url(self.kind)).trim_end_matches('/');
        let endings: &[&str] = match self.kind {
            ProviderKind::OpenAi => &["/chat/completions"],
            ProviderKind::Responses => &["/responses"],
            ProviderKind::Anthropic => &["/v1/messages", "/v1"],
            ProviderKind::Ollama => &["/api/chat", "/api", "/v1"],
            ProviderKind::Gemini => &["/openai", "/models"],
        };
        let url = endings.iter().find_map(|ending| url.strip_suffix(ending)).unwrap_or(url);
        if self.kind == ProviderKind::Ollama { ollama_url(url) } else { url.to_owned() }
    }

    /// The limits of requests, where `is_private` says whether the provider is on a machine of the operator's.
    pub(crate) fn limits(&self, given: &Limits, is_private: bool) -> Limits {
        let is_slow = is_private || self.kind == ProviderKind::Ollama;
        let seconds = |configured: Option<NonZeroU32>, local: Duration, given: Duration| match configured {
            Some(seconds) => Duration::from_secs(seconds.get().into()),
            None if is_slow => local.max(given),
            None => given,
        };
        Limits {
            first_byte: seconds(self.first_byte_seconds, LOCAL_FIRST_BYTE, given.first_byte),
            idle: seconds(self.idle_seconds, LOCAL_IDLE, given.idle),
            stream_bytes: kib(self.max_answer_kib).unwrap_or(given.stream_bytes),
            ..given.clone()
        }
    }

    /// The longest record of a stream, in bytes.
    pub(crate) fn longest_record(&self) -> usize {
        kib(self.max_record_kib).unwrap_or(LONGEST_RECORD)
    }
}

fn kib(configured: Option<NonZeroU32>) -> Option<usize> {
    configured.and_then(|kib| usize::try_from(kib.get()).ok()?.checked_mul(1024))
}

/// The URL that a value of `OLLAMA_HOST` stands for, as Ollama reads it: `127.0.0.1:11434`, `0.0.0.0`, `:11434` and
/// `localhost` are whole. An address to listen on is replaced by one to connect to.
fn ollama_url(host: &str) -> String {
    let (scheme, rest) = host.split_once("://").unwrap_or(("http", host));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let colon = authority.rfind(':').filter(|place| !authority[*place..].contains(']'));
    let is_bare_v6 = !authority.starts_with('[') && authority.matches(':').count() > 1;
    let (name, port) = match colon {
        Some(place) if !is_bare_v6 => (&authority[..place], Some(&authority[place..])),
        _ => (authority, None),
    };
    let name = match name.trim_matches(['[', ']']) {
        "" | "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        name if name.contains(':') => format!("[{name}]"),
        name => name.to_owned(),
    };
    let default = if host.contains("://") { "" } else { ":11434" };
    format!("{scheme}://{name}{}{path}", port.filter(|port| port.len() > 1).unwrap_or(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_ollama_is_read_as_ollama_reads_it() {
        let table = [
            ("", "http://127.0.0.1:11434"),
            ("127.0.0.1:11434", "http://127.0.0.1:11434"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            (":11434", "http://127.0.0.1:11434"),
            ("localhost", "http://localhost:11434"),
            ("[::]:11434", "http://[::1]:11434"),
            ("[::1]", "http://[::1]:11434"),
            ("::1", "http://[::1]:11434"),
            ("box.lan", "http://box.lan:11434"),
            ("http://box.lan", "http://box.lan"),
            ("https://box.lan:1234/ollama/", "https://box.lan:1234/ollama"),
            ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434"),
            ("http://127.0.0.1:11434/api/", "http://127.0.0.1:11434"),
        ];
        for (given, expected) in table {
            let config = ProviderConfig {
                base_url: Some(given.into()),
                ..ProviderConfig::new("o", ProviderKind::Ollama)
            };
            assert_eq!(config.base_url(), expected, "{given}");
        }
    }

    #[test]
    fn what_the_path_brings_along_is_not_there_twice() {
        let url = |kind, base_url: &str| {
            ProviderConfig { base_url: Some(base_url.into()), ..ProviderConfig::new("p", kind) }.base_url()
        };
        assert_eq!(url(ProviderKind::OpenAi, "http://box/v1/"), "http://box/v1");
        assert_eq!(url(ProviderKind::OpenAi, "http://box/v1/chat/completions"), "http://box/v1");
        assert_eq!(url(ProviderKind::Anthropic, "https://api.anthropic.com/v1"), "https://api.anthropic.com");
        assert_eq!(url(ProviderKind::Gemini, "https://g.example/v1beta/openai/"), "https://g.example/v1beta");
    }

    #[test]
    fn a_model_of_ones_own_gets_more_time() {
        let given = Limits::default();
        let config = ProviderConfig::new("p", ProviderKind::OpenAi);
        assert_eq!(config.limits(&given, false).first_byte, given.first_byte);
        assert_eq!(config.limits(&given, true).first_byte, LOCAL_FIRST_BYTE);
        let config = ProviderConfig {
            first_byte_seconds: NonZeroU32::new(7),
            idle_seconds: NonZeroU32::new(3),
            ..config
        };
        let limits = config.limits(&given, true);
        assert_eq!((limits.first_byte, limits.idle), (Duration::from_secs(7), Duration::from_secs(3)));
    }
}
