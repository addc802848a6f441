//! Talking to language models.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Kind, Risk, Usage};

/// A model that a provider offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name the provider knows it by.
    pub id: String,
    /// The provider.
    pub provider: String,
}

/// A tool, as a model is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its dotted name, for example `memory.search`.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
    /// How much harm it can do at the most.
    pub risk: Risk,
    /// Whether a person who is asked for approval may change the arguments.
    pub is_editable: bool,
}

/// A tool call that a model asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelToolCall {
    /// The id that the model gave it.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments; what could not be parsed is a JSON string of the raw text.
    pub arguments: Value,
}

/// One entry of the conversation that a model is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum ModelMessage {
    /// A person's words.
    User {
        /// The text.
        content: String,
    },
    /// The model's own words and the tools it called.
    Assistant {
        /// The text, possibly empty.
        content: String,
        /// The calls.
        tool_calls: Vec<ModelToolCall>,
    },
    /// What a tool returned.
    Tool {
        /// Which call.
        call_id: String,
        /// Which tool.
        name: String,
        /// What it returned, or why it failed.
        content: String,
    },
}

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct ModelRequest {
    /// The model; the provider's first if absent.
    pub model: Option<String>,
    /// Instructions.
    pub system: String,
    /// The conversation so far.
    pub messages: Vec<ModelMessage>,
    /// The tools it may call.
    pub tools: Vec<ToolSpec>,
    /// The most tokens it may write.
    pub max_output_tokens: u32,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    Stop,
    /// It wants tools to be called.
    ToolCalls,
    /// It reached the limit of tokens.
    Length,
    /// Its provider refused to go on.
    ContentFilter,
}

/// A piece of a model's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelEvent {
    /// Text.
    Text(String),
    /// A tool call, complete.
    ToolCall(ModelToolCall),
    /// Consumption, once a call, near its end.
    Usage(Usage),
    /// The end.
    Stop(StopReason),
}

/// A model's answer as it comes. An error ends it; so does [`ModelEvent::Stop`].
pub type ModelStream = BoxStream<'static, Result<ModelEvent, ModelError>>;

/// Why a model could not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// The provider does not accept our credential.
    Unauthorized,
    /// The provider does not accept the request: it would refuse it again.
    Refused,
    /// The conversation is longer than the model can read.
    TooLong,
    /// Too often.
    RateLimited,
    /// No answer, or one that says that the provider is in trouble.
    Unavailable,
    /// No answer in time, or the stream went silent.
    TimedOut,
    /// An answer that cannot be understood, or that broke off.
    Malformed,
}

/// Why a provider could not answer.
#[derive(Clone, Debug)]
pub struct ModelError {
    /// The provider.
    pub provider: String,
    /// The meaning.
    pub kind: ModelErrorKind,
    /// The provider's own words, shortened, without credentials.
    pub message: String,
    /// When the provider asks to be tried again.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// Whether the same request may succeed later.
    pub fn is_passing(&self) -> bool {
        use ModelErrorKind as K;
        matches!(self.kind, K::RateLimited | K::Unavailable | K::TimedOut | K::Malformed)
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = match self.kind {
            ModelErrorKind::Unauthorized => "does not accept the API key",
            ModelErrorKind::Refused => "refused the request",
            ModelErrorKind::TooLong => "cannot read a conversation this long",
            ModelErrorKind::RateLimited => "is rate limiting us",
            ModelErrorKind::Unavailable => "is not available",
            ModelErrorKind::TimedOut => "did not answer in time",
            ModelErrorKind::Malformed => "sent an answer that cannot be understood",
        };
        write!(f, "The model provider '{}' {meaning}: {}", self.provider, self.message)
    }
}

impl std::error::Error for ModelError {}

impl From<ModelError> for Error {
    fn from(error: ModelError) -> Self {
        let details = serde_json::json!({ "provider": error.provider });
        Error::new(Kind::UpstreamUnavailable, error.to_string()).with_details(details)
    }
}

/// A provider of language models. Each call is one request: retries and failover are the core's.
#[async_trait]
pub trait ModelProvider: Send + Sync {
    /// Its id, as configured.
    fn id(&self) -> &str;

    /// The models it offers, the preferred one first.
    fn models(&self) -> &[ModelInfo];

    /// Begins an answer. Fails if the provider does not begin one; later trouble comes in the stream.
    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError>;
}
