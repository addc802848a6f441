//! The ports: what the core needs and others provide.

mod audit_checkpoints;
mod backplane;
mod blobs;
mod environment;
mod fetch;
mod identity_provider;
mod master_keys;
mod model_error;
mod model_provider;
mod provider_factory;
mod store;

pub use audit_checkpoints::AuditCheckpoints;
pub use backplane::{Backplane, BackplaneStatus, Heard};
pub use blobs::{Blobs, ByteStream, Content, HEAD, Staged};
pub use environment::{Clock, Entropy};
pub use fetch::{Fetch, Fetched};
pub use identity_provider::{IdentityProvider, ProvenIdentity, SignInSecrets};
pub use master_keys::{MasterKey, MasterKeys};
pub use model_error::{ModelError, ModelErrorKind};
pub use model_provider::{
    ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest, ModelService, ModelStream,
    ModelToolCall, Reasoning, StopReason, ToolSpec,
};
pub use provider_factory::{ProviderFactory, ProviderPreset, ProviderSpec};
pub use store::*;
