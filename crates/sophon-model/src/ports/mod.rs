//! The ports: what the core needs and others provide.

mod environment;
mod fetch;
mod master_keys;
mod model_provider;
mod store;

pub use environment::{Clock, Entropy};
pub use fetch::{Fetch, Fetched};
pub use master_keys::{MasterKey, MasterKeys};
pub use model_provider::{
    ModelError, ModelErrorKind, ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest,
    ModelStream, ModelToolCall, Reasoning, StopReason, ToolSpec,
};
pub use store::*;
