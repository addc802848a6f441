//! What waits for a person: actions to be approved, and questions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ports::{Ends, Entity, Insert, Key, Order, Scoped, Table};
use crate::words::text_enum;
use crate::{
    AgentId, ApprovalId, InfoRequestId, Risk, SessionId, TaskId, TenantId, Timestamp, ToolCallId, UserId,
};

text_enum! {
    /// Where an approval stands. All but the first are final.
    pub enum ApprovalStatus {
        /// It waits for a verdict.
        Pending = "pending",
        /// The action may be done, as it was asked for.
        Approved = "approved",
        /// The action may be done, with other arguments.
        Edited = "edited",
        /// It may not.
        Rejected = "rejected",
        /// Nobody answered in time, which is a refusal.
        TimedOut = "timeOut",
        /// Its task ended before anybody answered.
        Cancelled = "cancelled",
    }
}

impl ApprovalStatus {
    /// Whether the action may be done.
    pub const fn allows(self) -> bool {
        matches!(self, ApprovalStatus::Approved | ApprovalStatus::Edited)
    }
}

/// An action of an agent that a person is asked about. It allows exactly the action of its digest, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The person in whose name the agent acts.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The agent that asks.
    pub agent_id: AgentId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// The tool.
    pub tool: String,
    /// How much harm this call of it can do.
    pub risk: Risk,
    /// What the tool is to be called with: whole, as it will be used.
    pub arguments: Value,
    /// What the action comes to, in a sentence by the tool.
    pub preview: Option<String>,
    /// Whether the arguments may be changed.
    pub is_editable: bool,
    /// SHA-256 over the action, in hex; over the changed one once it was edited.
    pub digest: String,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// The arguments that a person put in the place of the agent's.
    pub edited_arguments: Option<Value>,
    /// What the person said to it.
    pub reason: Option<String>,
    /// The user who decided.
    pub decided_by: Option<UserId>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was decided, or ran out.
    pub resolved_at: Option<Timestamp>,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}

impl Entity for Approval {
    const TABLE: &'static Table = &Table::new("approvals", "approval")
        .json(&["arguments", "edited_arguments"])
        .order(Order::newest_first(&["requested_at", "id"]));
}

impl Insert for Approval {}

impl Ends for Approval {
    const ENDED: &'static str = "resolved_at";
}

impl Key for ApprovalId {
    type Of = Approval;
}

impl Scoped for Approval {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

text_enum! {
    /// Where a question stands. All but the first are final.
    pub enum InfoRequestStatus {
        /// It waits for an answer.
        Pending = "pending",
        /// It was answered.
        Answered = "answered",
        /// Nobody answered in time.
        TimedOut = "timeOut",
        /// The person does not want to answer, or the task ended first.
        Cancelled = "cancelled",
    }
}

/// A question of an agent to the person it works for. It gates nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InfoRequest {
    /// Its id.
    pub id: InfoRequestId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user who is asked.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The agent that asks.
    pub agent_id: AgentId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// The question.
    pub question: String,
    /// Answers to choose from; any text will do if there are none.
    pub choices: Vec<String>,
    /// Where it stands.
    pub status: InfoRequestStatus,
    /// The answer.
    pub response: Option<String>,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was answered, or ran out.
    pub resolved_at: Option<Timestamp>,
}

impl Entity for InfoRequest {
    const TABLE: &'static Table = &Table::new("info_requests", "question")
        .json(&["choices"])
        .order(Order::newest_first(&["requested_at", "id"]));
}

impl Insert for InfoRequest {}

impl Ends for InfoRequest {
    const ENDED: &'static str = "resolved_at";
}

impl Key for InfoRequestId {
    type Of = InfoRequest;
}

impl Scoped for InfoRequest {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}
