//! The ports: what the core needs and others provide.

mod blobs;
mod environment;
mod fetch;
mod master_keys;
mod model_provider;
mod store;

pub use blobs::{Blobs, ByteStream, HEAD, Staged};
pub use environment::{Clock, Entropy};
pub use fetch::{Fetch, Fetched};
pub use master_keys::{MasterKey, MasterKeys};
pub use model_provider::{
    ModelError, ModelErrorKind, ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest,
    ModelStream, ModelToolCall, Reasoning, StopReason, ToolSpec,
};
pub use store::{
    AgentRows, ApiTokenRows, ApprovalFilter, ApprovalRows, AttachmentRows, AuthSessionRows, BlobRows,
    ClaimJobs, DiscussionRows, DiscussionRunRows, EventRows, IdempotencyRows, IdempotentReply,
    InfoRequestRows, JobCount, JobRows, MemoryFilter, MemoryRows, MessageRange, MessageRows, NodeCommandRows,
    NodeRows, ReadJob, RoleRows, SecretRows, SequenceRows, SessionFilter, SessionRows, StepRows, Store,
    StoredEvent, TaskFilter, TaskRows, TenantRows, ToolCallRows, Tx, UserRows, WriteJob,
};
