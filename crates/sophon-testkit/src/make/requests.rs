//! What agents ask people.

use serde_json::json;
use sophon_model::{
    Approval, ApprovalId, ApprovalStatus, InfoRequest, InfoRequestId, InfoRequestStatus, Risk,
};

use super::{AGENT, LATER, NOW, SESSION, TASK, TENANT, USER};

/// A pending approval of a critical call, whose arguments nobody may edit.
pub fn approval(id: impl Into<ApprovalId>) -> Approval {
    Approval {
        id: id.into(),
        tenant_id: TENANT.into(),
        user_id: USER.into(),
        session_id: SESSION.into(),
        task_id: TASK.into(),
        agent_id: AGENT.into(),
        tool_call_id: "call".into(),
        tool: "memory.forget_all".into(),
        risk: Risk::Critical,
        arguments: json!({}),
        preview: None,
        is_editable: false,
        digest: "0".repeat(64),
        status: ApprovalStatus::Pending,
        edited_arguments: None,
        reason: None,
        decided_by: None,
        requested_at: NOW,
        expires_at: LATER,
        resolved_at: None,
        consumed_at: None,
    }
}

/// A pending question without choices.
pub fn info_request(id: impl Into<InfoRequestId>) -> InfoRequest {
    InfoRequest {
        id: id.into(),
        tenant_id: TENANT.into(),
        user_id: USER.into(),
        session_id: SESSION.into(),
        task_id: TASK.into(),
        agent_id: AGENT.into(),
        tool_call_id: "call".into(),
        question: "Which colour?".into(),
        choices: Vec::new(),
        status: InfoRequestStatus::Pending,
        response: None,
        requested_at: NOW,
        expires_at: LATER,
        resolved_at: None,
    }
}
