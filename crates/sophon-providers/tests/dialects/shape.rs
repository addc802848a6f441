//! A recorded answer and its right outcome.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::{ModelError, ToolSpec};

/// What the connection does after the body.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// The body ends in good order.
    #[default]
    Nothing,
    /// The connection is reset.
    Reset,
    /// The connection stays open, and nothing more comes.
    Open,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Which server sends this, or which page tells of it. For readers.
    #[serde(rename = "from")]
    _from: String,
    #[serde(default = "success")]
    pub status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    pub then: Then,
    /// What stands in the file for bytes that an editor would hide or change.
    #[serde(default)]
    replace: Vec<(String, String)>,
    /// In how many members the body is compressed; 0 if it is sent as it is.
    #[serde(default)]
    gzip: usize,
    pub expected: Expected,
    #[serde(skip)]
    pub body: Vec<u8>,
}

fn success() -> u16 {
    200
}

/// The right outcome. What is not named must not be there, but reasoning and usage may.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    text: String,
    /// Each the name and the arguments.
    calls: Vec<String>,
    stop: Option<String>,
    /// The kind, and a part of the message.
    error: Option<(String, String)>,
    usage: Option<(i64, i64)>,
    reasoning: Option<String>,
}

/// What came of a shape.
#[derive(Debug, Default)]
pub struct Outcome {
    pub text: String,
    pub calls: Vec<String>,
    pub stop: Option<String>,
    pub error: Option<(String, String)>,
    pub usage: Option<(i64, i64)>,
    pub reasoning: Option<Value>,
}

impl Outcome {
    pub fn failed(mut self, error: ModelError) -> Self {
        self.error = Some((super::kind_name(error.kind), error.message));
        self
    }
}

impl Shape {
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let (head, body) = text.split_once("\n---\n").ok_or("there is no line '---'")?;
        let mut shape: Self = toml::from_str(head).map_err(|error| error.to_string())?;
        let body = shape.replace.iter().fold(body.to_owned(), |body, (mark, real)| body.replace(mark, real));
        shape.body = match shape.gzip {
            0 => body.into_bytes(),
            members => body.as_bytes().chunks(body.len().div_ceil(members)).flat_map(gzip).collect(),
        };
        Ok(shape)
    }

    /// Whether something is waited for that never comes.
    pub fn is_slow(&self) -> bool {
        matches!(self.then, Then::Open)
    }

    pub fn headers(&self) -> Vec<(&str, &str)> {
        let encoding = (self.gzip > 0).then_some(("content-encoding", "gzip"));
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(encoding).collect()
    }
}

/// The bytes in the simplest form that gzip has: one stored block.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short body");
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    body.extend(length.to_le_bytes());
    body.extend((!length).to_le_bytes());
    body.extend(bytes);
    body.extend((!crc).to_le_bytes());
    body.extend(u32::from(length).to_le_bytes());
    body
}

impl Expected {
    pub fn compare(&self, got: &Outcome) -> Result<(), String> {
        let told = || format!("\n     got {got:?}\nexpected {self:?}");
        let reasoning = self.reasoning.as_deref().map(|text| serde_json::from_str::<Value>(text).unwrap());
        let error_fits = match (&self.error, &got.error) {
            (None, None) => true,
            (Some((kind, words)), Some((got_kind, message))) => {
                kind == got_kind && message.contains(words.as_str())
            }
            _ => false,
        };
        let fits = self.text == got.text
            && self.calls == got.calls
            && self.stop == got.stop
            && error_fits
            && (self.usage.is_none() || self.usage == got.usage)
            && (reasoning.is_none() || reasoning == got.reasoning);
        if fits { Ok(()) } else { Err(told()) }
    }
}

pub fn tool(name: &str) -> ToolSpec {
    ToolSpec {
        name: name.into(),
        description: "A tool.".into(),
        parameters: json!({ "type": "object" }),
        risk: Risk::None,
        is_editable: false,
    }
}
