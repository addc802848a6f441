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
    /// Tokens that it can read and write together.
    pub context_tokens: u32,
    /// Tokens that it can write in one answer.
    pub output_tokens: u32,
}

impl ModelInfo {
    /// A model of which nothing is known: limits that any server of today accepts, or lowers when it refuses.
    pub fn unknown(id: &str, provider: &str) -> Self {
        let (context_tokens, output_tokens) = (128_000, 8_192);
        Self { id: id.to_owned(), provider: provider.to_owned(), context_tokens, output_tokens }
    }
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

/// A model's reasoning in the form of its provider, which wants it back unchanged with the results of the tools that the
/// model called. Nobody else can read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reasoning {
    /// The provider's id.
    pub provider: String,
    /// The reasoning, with signatures and all.
    pub data: Value,
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
        /// What the model thought before it called them, if its provider wants it back.
        #[serde(default)]
        reasoning: Option<Reasoning>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    #[default]
    Stop,
    /// It wants tools to be called.
    ToolCalls,
    /// It reached the limit of tokens.
    Length,
    /// Its provider refused to go on.
    ContentFilter,
    /// Its provider stopped it for a reason of its own, before it was done.
    Incomplete,
}

/// A piece of a model's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelEvent {
    /// Text.
    Text(String),
    /// A tool call. Arguments that are no object were cut or cannot be understood: such a call must not run.
    ToolCall(ModelToolCall),
    /// What the model thought, to be handed back with the results of its calls. Comes before the calls.
    Reasoning(Reasoning),
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
    /// An answer that says nothing and calls nothing.
    Empty,
    /// More output was asked for than the model can write, or than fits beside the conversation.
    OutputTooLong,
    /// An answer, or a record of one, that is longer than the operator allows.
    AnswerTooLong,
    /// What answers is no language model, and the request needs one.
    NoModel,
}

/// Why a provider could not answer.
#[derive(Clone, Debug)]
pub struct ModelError {
    /// The provider.
    pub provider: String,
    /// The meaning.
    pub kind: ModelErrorKind,
    /// The model that was asked and where, for example `model 'gemma4' at http://127.0.0.1:11434`.
    pub place: String,
    /// The provider's own words, shortened, without credentials.
    pub message: String,
    /// When the provider asks to be tried again.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// Whether the same request to the same provider may succeed soon. One that timed out is not repeated: what took too
    /// long once would be paid for twice.
    pub fn is_passing(&self) -> bool {
        use ModelErrorKind as K;
        matches!(self.kind, K::RateLimited | K::Unavailable | K::Malformed)
    }
}

impl ModelErrorKind {
    /// What is wrong, after "The model provider X".
    fn meaning(self) -> &'static str {
        match self {
            Self::Unauthorized => "does not accept the API key",
            Self::Refused => "refused the request",
            Self::TooLong => "cannot read a conversation this long",
            Self::RateLimited => "is rate limiting us",
            Self::Unavailable => "is not available",
            Self::TimedOut => "did not answer in time",
            Self::Malformed => "sent an answer that cannot be understood",
            Self::Empty => "sent an empty answer",
            Self::OutputTooLong => "cannot write that many tokens",
            Self::AnswerTooLong => "sent more than it may",
            Self::NoModel => "is no language model",
        }
    }

    /// What somebody can do about it.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Unauthorized => "Check the provider's API key.",
            Self::Refused => "Check the provider's base URL and the name of the model.",
            Self::TooLong => "Start a new session, or use a model with a larger context.",
            Self::RateLimited => "Wait a moment and send it again.",
            Self::Unavailable => "Check that the server runs and that its address and port are right.",
            Self::TimedOut => {
                "If the model is slow, raise the provider's first_byte_seconds or idle_seconds."
            }
            Self::Malformed => "Check that the provider's type fits the server.",
            Self::Empty => "Send the message again, or use another model.",
            Self::OutputTooLong => "Lower the provider's max_output_tokens.",
            Self::AnswerTooLong => "Raise the provider's max_answer_kib or max_record_kib if it is in order.",
            Self::NoModel => {
                "Give the gateway a provider, for example OPENAI_API_KEY, ANTHROPIC_API_KEY or OLLAMA_HOST, and \
                 start it again."
            }
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, kind, place, message, .. } = self;
        let end = if message.ends_with(['.', '!', '?', '…']) { "" } else { "." };
        let (meaning, next) = (kind.meaning(), kind.next_step());
        write!(f, "The model provider '{provider}' ({place}) {meaning}: {message}{end} {next}")
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
