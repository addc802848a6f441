//! Talking to language models.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ModelError;
use crate::{Risk, Usage};

/// A model of a provider's.
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
    /// Whether it is given tools.
    pub calls_tools: bool,
}

impl ModelInfo {
    /// A model of which nothing is known: limits that any server of today accepts, or lowers when it refuses.
    pub fn unknown(id: &str, provider: &str) -> Self {
        let (context_tokens, output_tokens) = (128_000, 8_192);
        Self {
            id: id.to_owned(),
            provider: provider.to_owned(),
            context_tokens,
            output_tokens,
            calls_tools: true,
        }
    }
}

/// A tool, as a model sees it.
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

/// A model's reasoning in the form of its provider, which wants it back unchanged with the results of the tools that
/// the model called. Nobody else can read it.
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

/// Where a provider is found, and what it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelService {
    /// The kind of provider, as it is configured: `openai` for example.
    pub kind: &'static str,
    /// Its base URL, with the port if there is one.
    pub url: String,
}

/// A provider of language models. Each call is one request: retries and failover are the core's.
#[async_trait]
pub trait ModelProvider: Send + Sync {
    /// Its id, as configured.
    fn id(&self) -> &str;

    /// The models that are configured, the preferred one first.
    fn models(&self) -> &[ModelInfo];

    /// Where it is found. Nothing if it is no service but a part of this process.
    fn service(&self) -> Option<ModelService> {
        None
    }

    /// Lists the models that the service offers now, the configured ones among them by their configured names. Nothing
    /// if the service has no such list.
    async fn offered(&self) -> Result<Option<Vec<ModelInfo>>, ModelError> {
        Ok(None)
    }

    /// Begins an answer. Fails if the provider does not begin one; later trouble comes in the stream.
    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError>;
}
