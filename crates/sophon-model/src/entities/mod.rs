//! The things that Sophon keeps. Field names are column names.

mod agent;
mod announcement;
mod approval;
mod attachment;
mod audit;
mod branch;
mod discussion;
mod identity;
mod job;
mod memory;
mod message;
mod model_provider;
mod node;
mod node_catalogue;
mod node_command;
mod participant;
mod peer_gateway;
mod saved_prompt;
mod second_factor;
mod secret;
mod session;
mod task;
mod tool_call;

pub use agent::{Agent, AgentFile, Runtime};
pub use announcement::{Announcement, Severity};
pub use approval::{Approval, ApprovalStatus, InfoRequest, InfoRequestStatus};
pub use attachment::{Blob, BlobName, Digest, StoredAttachment};
pub use audit::{ActorKind, AuditAction, AuditDetails, AuditEntry, AuditOutcome, CredentialKind};
pub use branch::{Branch, BranchPart};
pub use discussion::{
    Discussion, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus, Panelist, Speaker,
    Verdict,
};
pub use identity::{
    ApiToken, AuthSession, CustomRole, IdentityLink, Member, Membership, RightsChange, Tenant, TenantStatus,
    User, UserStatus,
};
pub use job::{Job, JobStatus, Priority, Queue};
pub use memory::{MemoryCategory, MemoryEntry, MemoryScope};
pub use message::{
    Attachment, Cut, Fallback, FinishReason, Message, MessageDetails, MessageRole, MessageStatus, Usage,
};
pub use model_provider::{ModelTraits, ProviderKind, ProviderModel, StoredProvider};
pub use node::{Node, NodeScope, NodeSecrets, NodeStatus};
pub use node_catalogue::{NODE_COMMANDS, NodeCommandSpec};
pub use node_command::{NodeCommand, NodeCommandStatus};
pub use participant::{Marks, Participant, ParticipantKind, SessionRole};
pub use peer_gateway::PeerGateway;
pub use saved_prompt::SavedPrompt;
pub use second_factor::{SecondFactor, SignInChallenge};
pub use secret::{DataKey, MasterKeyUse, SecretName, SecretOwner, SecretPurpose, StoredSecret};
pub use session::{Session, SessionMode, SessionStatus, Visibility, WhileBusy};
pub use task::{LeftOut, Task, TaskDetails, TaskKind, TaskStatus};
pub use tool_call::{Risk, ToolCall, ToolCallStatus};
