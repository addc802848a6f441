//! The ports: what the core needs and others provide.

mod environment;
mod fetch;
mod model_provider;
mod store;

pub use environment::{Clock, Entropy};
pub use fetch::{Fetch, Fetched};
pub use model_provider::{
    ModelError, ModelErrorKind, ModelEvent, ModelInfo, ModelMessage, ModelProvider, ModelRequest,
    ModelStream, ModelToolCall, StopReason, ToolSpec,
};
pub use store::{
    AgentRows, ApiTokenRows, ApprovalFilter, ApprovalRows, AuthSessionRows, ClaimJobs, DiscussionRows,
    DiscussionRunRows, EventRows, IdempotencyRows, IdempotentReply, InfoRequestRows, JobCount, JobRows,
    MemoryFilter, MemoryRows, MessageRange, MessageRows, NewEvent, NodeCommandRows, NodeRows, ReadJob,
    RoleRows, SessionFilter, SessionRows, StepRows, Store, StoredEvent, TaskFilter, TaskRows, TenantRows,
    ToolCallRows, Tx, UserRows, WriteJob,
};
