//! The audit log: who did what, and what was refused. Entries are added, never changed; each holds the hash of the one
//! before it in the chain of its tenant.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Key, Order, Scoped, Table};
use crate::words::text_enum;
use crate::{AgentId, AuditEntryId, NodeId, SessionId, TaskId, TenantId, Timestamp, UserId};

text_enum! {
    /// Who acted.
    pub enum ActorKind {
        /// A person.
        Person = "person",
        /// An agent, in the name of a person.
        Agent = "agent",
        /// A node.
        Node = "node",
        /// The gateway itself.
        System = "system",
        /// Somebody without a good credential.
        Nobody = "nobody",
    }
}

text_enum! {
    /// The proof by which somebody acted.
    pub enum CredentialKind {
        /// A sign-in.
        SignIn = "sign_in",
        /// An API token.
        ApiToken = "api_token",
        /// None: the gateway runs for one person on this machine alone.
        AutoAdmin = "auto_admin",
        /// A node's token.
        NodeToken = "node_token",
    }
}

text_enum! {
    /// What came of an action.
    pub enum AuditOutcome {
        /// It was done.
        Success = "success",
        /// It was refused.
        Denied = "denied",
        /// It was begun, and failed.
        Failure = "failure",
    }
}

text_enum! {
    /// What was done. The word before the dot is the type of the resource.
    pub enum AuditAction {
        /// Somebody signed in, or tried to.
        SignInCreate = "sign_in.create",
        /// A sign-in was extended.
        SignInRefresh = "sign_in.refresh",
        /// A sign-in was ended.
        SignInEnd = "sign_in.end",
        /// An API token was made.
        ApiTokenCreate = "api_token.create",
        /// An API token was revoked.
        ApiTokenRevoke = "api_token.revoke",
        /// A user was made.
        UserCreate = "user.create",
        /// A user was changed by an administrator.
        UserUpdate = "user.update",
        /// A user was deleted.
        UserDelete = "user.delete",
        /// A user was given a generated password by an administrator.
        UserResetPassword = "user.reset_password",
        /// All sign-ins of a user were ended by an administrator.
        UserSignOut = "user.sign_out",
        /// A user changed its own name or address.
        UserChangeOwn = "user.change_own",
        /// A user changed its own password.
        UserChangePassword = "user.change_password",
        /// A user began to set up a second factor.
        SecondFactorBegin = "second_factor.begin",
        /// A second factor was confirmed: sign-ins ask for it from then on.
        SecondFactorConfirm = "second_factor.confirm",
        /// A user made new recovery codes.
        SecondFactorRenew = "second_factor.renew",
        /// A user switched off its second factor.
        SecondFactorDisable = "second_factor.disable",
        /// An administrator removed the second factor of a user.
        SecondFactorRemove = "second_factor.remove",
        /// A user connected its account with one at an identity provider.
        UserLink = "user.link",
        /// A role was made.
        RoleCreate = "role.create",
        /// A role was changed.
        RoleUpdate = "role.update",
        /// A role was deleted.
        RoleDelete = "role.delete",
        /// A tenant was made, with its administrator.
        TenantCreate = "tenant.create",
        /// A tenant was changed, disabled or enabled.
        TenantUpdate = "tenant.update",
        /// A tenant is deleted, with all that it has.
        TenantDelete = "tenant.delete",
        /// A user was made a member of a tenant.
        TenantAddUser = "tenant.add_user",
        /// A member of a tenant was given another role.
        TenantUpdateUser = "tenant.update_user",
        /// A member was removed from a tenant.
        TenantRemoveUser = "tenant.remove_user",
        /// An agent was made.
        AgentCreate = "agent.create",
        /// An agent or one of its files was changed.
        AgentUpdate = "agent.update",
        /// An agent was deleted.
        AgentDelete = "agent.delete",
        /// A prompt was saved.
        PromptCreate = "prompt.create",
        /// A saved prompt was changed, shared or made private.
        PromptUpdate = "prompt.update",
        /// A saved prompt was deleted.
        PromptDelete = "prompt.delete",
        /// A session was made.
        SessionCreate = "session.create",
        /// A session was changed.
        SessionUpdate = "session.update",
        /// A session was deleted.
        SessionDelete = "session.delete",
        /// A session was copied up to a message.
        SessionFork = "session.fork",
        /// A user was let into a session, or given another role in it.
        SessionShare = "session.share",
        /// A user left a session, or was removed from it.
        SessionUnshare = "session.unshare",
        /// A user changed the marks that it keeps about sessions.
        SessionMark = "session.mark",
        /// A message was sent.
        MessageSend = "message.send",
        /// Another answer was asked for.
        MessageRegenerate = "message.regenerate",
        /// A message was sent again in other words.
        MessageEdit = "message.edit",
        /// A file was uploaded.
        AttachmentUpload = "attachment.upload",
        /// A file that was not sent was deleted.
        AttachmentDelete = "attachment.delete",
        /// A task was begun by its agent.
        TaskBegin = "task.begin",
        /// A task ended.
        TaskEnd = "task.end",
        /// Cancelling a task was asked for.
        TaskCancel = "task.cancel",
        /// A tool began to work.
        ToolCallBegin = "tool_call.begin",
        /// A tool returned.
        ToolCallEnd = "tool_call.end",
        /// An agent asked for approval.
        ApprovalRequest = "approval.request",
        /// An action was approved.
        ApprovalApprove = "approval.approve",
        /// An action was approved with other arguments.
        ApprovalEdit = "approval.edit",
        /// An action was rejected.
        ApprovalReject = "approval.reject",
        /// An approval ran out, or its task ended first.
        ApprovalExpire = "approval.expire",
        /// An approval was used for its action.
        ApprovalConsume = "approval.consume",
        /// An agent asked a question.
        QuestionAsk = "question.ask",
        /// A question was answered.
        QuestionAnswer = "question.answer",
        /// A question was declined.
        QuestionDecline = "question.decline",
        /// A question ran out, or its task ended first.
        QuestionExpire = "question.expire",
        /// A node was registered.
        NodeRegister = "node.register",
        /// A node was changed.
        NodeUpdate = "node.update",
        /// A node was approved.
        NodeApprove = "node.approve",
        /// A node was rejected.
        NodeReject = "node.reject",
        /// A node was given other scopes.
        NodeScope = "node.scope",
        /// A node was deleted.
        NodeDelete = "node.delete",
        /// A node fetched its token, or tried to.
        NodePair = "node.pair",
        /// A command was sent to a node.
        NodeCommandSend = "node_command.send",
        /// A node reported what became of a command.
        NodeCommandReport = "node_command.report",
        /// A discussion was planned.
        DiscussionCreate = "discussion.create",
        /// A discussion was changed.
        DiscussionUpdate = "discussion.update",
        /// A discussion was deleted.
        DiscussionDelete = "discussion.delete",
        /// A run of a discussion was asked for.
        DiscussionRunStart = "discussion_run.start",
        /// Cancelling a run of a discussion was asked for.
        DiscussionRunCancel = "discussion_run.cancel",
        /// An announcement was sent.
        AnnouncementSend = "announcement.send",
        /// A model provider was added.
        ModelProviderCreate = "model_provider.create",
        /// A model provider was changed.
        ModelProviderUpdate = "model_provider.update",
        /// A model provider was removed.
        ModelProviderDelete = "model_provider.delete",
        /// The master key was rotated.
        MasterKeyRotate = "master_key.rotate",
        /// A failed job was run again.
        JobRetry = "job.retry",
        /// A failed job was deleted.
        JobDiscard = "job.discard",
        /// The gateway started.
        GatewayStart = "gateway.start",
        /// A request was refused: its credential is wrong, or lacks a permission.
        RequestRefuse = "request.refuse",
        /// The audit log was exported.
        AuditExport = "audit.export",
        /// Entries whose time was over were removed.
        AuditCut = "audit.cut",
        /// More requests were refused than are written down one by one.
        AuditOverflow = "audit.overflow",
    }
}

impl AuditAction {
    /// The type of what it is done to.
    pub fn resource(self) -> &'static str {
        let name = self.as_str();
        name.split_once('.').map_or(name, |(resource, _)| resource)
    }
}

/// What else is to be known of an action: names, words of a fixed set, numbers and digests. There is no place for a
/// secret, or for what somebody wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditDetails {
    /// The names of the fields that were given new values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The code of the error, or the reason in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The operation that was refused: method and route, or hub and method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The permission that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// The user whom it is about besides the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The identity provider that somebody came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The role that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The permissions that a role was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions_added: Vec<String>,
    /// The permissions that were taken from a role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions_removed: Vec<String>,
    /// Who can read the session after it: `private` or `public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// The status after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How much harm the action can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<String>,
    /// A digest of the arguments, or of the action that an approval is for, in hex: HMAC-SHA256 with a key of the gateway.
    /// Equal ones of a tenant have equal digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// A digest of the result, made in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_digest: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// To which ones, where it is done to several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// The number of the last entry that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_up_to: Option<i64>,
    /// The hash of the last entry that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_hash: Option<String>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditEntryId,
    /// The tenant whose chain it is in.
    pub tenant_id: TenantId,
    /// Its number in the chain, from 1 and without gaps.
    pub number: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: ActorKind,
    /// The person, or the person in whose name an agent acted.
    pub user_id: Option<UserId>,
    /// The person's e-mail address at that time.
    pub email: Option<String>,
    /// The person's role at that time: a built-in one by name, another one by id.
    pub role: Option<String>,
    /// By which proof.
    pub credential: Option<CredentialKind>,
    /// The id of the sign-in or API token.
    pub credential_id: Option<String>,
    /// The agent that acted.
    pub agent_id: Option<AgentId>,
    /// The node that acted.
    pub node_id: Option<NodeId>,
    /// What was done: the word of an [`AuditAction`], or of a newer program's.
    pub action: String,
    /// The type of what it was done to.
    pub resource_type: String,
    /// Its id.
    pub resource_id: Option<String>,
    /// Its name, where it has one that nobody's secrets or messages are in.
    pub resource_name: Option<String>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The address of the client.
    pub address: Option<String>,
    /// The client as it names itself, cut.
    pub user_agent: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The session that it is about.
    pub session_id: Option<SessionId>,
    /// The task that it is about.
    pub task_id: Option<TaskId>,
    /// What else is to be known.
    pub details: AuditDetails,
    /// The hash of the entry before it in the chain; empty for the first.
    pub prev_hash: String,
    /// SHA-256 of the entry's canonical bytes, in hex.
    pub hash: String,
}

impl Entity for AuditEntry {
    const TABLE: &'static Table = &Table::new("audit_entries", "audit entry")
        .json(&["details"])
        .order(Order::newest_first(&["number", "id"]));
}

impl Key for AuditEntryId {
    type Of = AuditEntry;
}

impl Scoped for AuditEntry {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_names_what_it_is_done_to() {
        assert_eq!(AuditAction::ApiTokenRevoke.resource(), "api_token");
        assert!(AuditAction::ALL.iter().all(|action| action.as_str().matches('.').count() == 1));
    }
}
