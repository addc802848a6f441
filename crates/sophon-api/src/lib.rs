//! The vocabulary of the API: what `/api` and the hubs call things, in camelCase, and how requests are written.
//!
//! Each type is a component of the OpenAPI document under its own name, and is used by all who speak of it: the REST
//! wire, the live wires, the Rust client and the command line; the dashboard's types are generated from the document.
//! A wire that spells things otherwise gets a module of its own.
//!
//! With the feature `core` requests become what the core takes, and what it gives becomes answers.

mod admin;
mod agents;
mod approvals;
mod audit;
mod bootstrap;
mod change;
mod discussions;
mod error;
mod gateways;
pub mod hubs;
mod identity;
mod jobs;
mod list;
mod messages;
mod model_providers;
mod models;
mod node_commands;
mod nodes;
mod oidc;
mod public;
mod saved_prompts;
mod second_factor;
mod secret;
mod secrets;
mod session_marks;
mod sessions;
mod tasks;
mod tenants;
mod time;
mod users;

pub use admin::{Announcement, NewAnnouncement};
pub use agents::{Agent, AgentFileContent, AgentPatch, AgentTools, NewAgent, NewAgentFileContent};
pub use approvals::{
    ApprovalKind, ApprovalRequest, Approve, Edit, InfoRequest, Reject, RequestedAction, RequestedInfo,
    Respond,
};
pub use audit::{AuditActor, AuditDetails, AuditEntry, AuditResource};
pub use bootstrap::Bootstrap;
pub use change::Change;
pub use discussions::{
    Discussion, DiscussionPatch, DiscussionRun, DiscussionRunDetail, DiscussionTurn, DiscussionVerdict,
    NewDiscussion, NewPanelist, Panelist,
};
pub use error::{ErrorBody, ErrorInfo, Failure};
pub use gateways::{GatewayProcess, GatewayState};
pub use identity::{
    ApiToken, AuthConfig, AuthSession, CreatedApiToken, Login, NewApiToken, Refresh, SignedIn, Tenant,
    TenantMembership, User,
};
pub use jobs::{Job, JobCounts};
pub use list::List;
pub use messages::{
    Accepted, Answered, Attachment, AttachmentLimits, Cut, EditMessage, ExcerptPiece, Fallback, FoundMessage,
    Message, MessageDetails, MessageType, NewAttachment, Regenerate, SendMessage, ToolCall, Usage,
};
pub use model_providers::{
    CatalogModel, LocalModelServer, ModelProvider, ModelProviderDraft, ModelProviderPatch, NewModelProvider,
    ProviderModel, ProviderPreset, ProviderSource, ProviderTest,
};
pub use models::{Model, ProviderCheck, ProviderProblem};
pub use node_commands::{CommandResult, ExecuteCommand, NodeCommand, NodeError, ReportedError, SendCommand};
pub use nodes::{
    ApproveNode, NewNode, Node, NodeHeartbeat, NodePatch, NodeScopes, PairNode, PairingState, PairingStatus,
    RegisteredNode,
};
pub use oidc::{BeginOidc, BegunOidc, FinishOidc, FinishedOidc, LinkOidc, OidcSignOut, SignInProvider};
pub use public::{Health, HealthStatus, ToolInfo, Version};
pub use saved_prompts::{NewSavedPrompt, PromptVariable, SavedPrompt, SavedPromptPatch};
pub use second_factor::{
    BegunSecondFactor, BothFactors, CurrentPassword, FirstCode, IssuedRecoveryCodes, SecondFactor,
    SecondFactorChallenge, SecondStep,
};
pub use secret::Secret;
pub use secrets::{MasterKeyState, SecretsState};
pub use session_marks::{
    DeleteSessions, DeletedSessions, ListedSession, MarkSessions, SessionMarks, SessionMarksPatch, SessionTag,
};
pub use sessions::{
    ForkSession, NewSession, Participant, Session, SessionBranch, SessionPatch, ShareSession,
};
pub use tasks::{LeftOut, Task, TaskDetail, TaskDetails};
pub use tenants::{
    CreatedTenant, ManagedTenant, NewTenant, NewTenantUser, TenantAccess, TenantAdministrator, TenantPatch,
    TenantUserPatch,
};
pub use time::Time;
pub use users::{
    Access, AccountPatch, CreatedUser, LogOutUser, NewRole, NewUser, PasswordChange, ResetPassword, Role,
    RolePatch, UserAccount, UserPatch,
};
