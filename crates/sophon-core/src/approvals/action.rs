//! Exactly what is approved.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sophon_model::{AgentId, Approval, SessionId, TaskId, TenantId, ToolCallId, UserId};

/// What makes digests of this kind different from all others, and of this version from later ones.
const DOMAIN: &str = "sophon.approval.1\n";

/// Everything that shapes what is done, and in whose name. What a program is run with (node, argument vector,
/// environment, folder, time-out) are arguments of the tool.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Action<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) user: &'a UserId,
    pub(crate) agent: &'a AgentId,
    pub(crate) session: &'a SessionId,
    pub(crate) task: &'a TaskId,
    pub(crate) call: &'a ToolCallId,
    pub(crate) tool: &'a str,
    pub(crate) arguments: &'a Value,
}

impl<'a> Action<'a> {
    /// The action that `approval` is about, with these arguments.
    pub(super) fn of(approval: &'a Approval, arguments: &'a Value) -> Self {
        Self {
            tenant: &approval.tenant_id,
            user: &approval.user_id,
            agent: &approval.agent_id,
            session: &approval.session_id,
            task: &approval.task_id,
            call: &approval.tool_call_id,
            tool: &approval.tool,
            arguments,
        }
    }

    /// SHA-256 in hex. Object keys are sorted, so that equal actions have equal digests.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = Sha256::new_with_prefix(DOMAIN);
        // These types always serialize; and two that did not would still differ in nothing that is run.
        hasher.update(serde_json::to_value(self).unwrap_or_default().to_string());
        hex::encode(hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn any_change_of_one_field_makes_another_digest() {
        let arguments = json!({
            "node": "node_1", "command": "system.execute", "timeoutMs": 1000,
            "params": { "argv": ["rm", "-r", "a"], "env": { "A": "1" }, "cwd": "/tmp" },
        });
        let with = |pointer: &str, value: Value| {
            let mut changed = arguments.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            changed
        };
        let (tenant, user, agent) = (TenantId::from("t"), UserId::from("u"), AgentId::from("a"));
        let (session, task, call) = (SessionId::from("s"), TaskId::from("k"), ToolCallId::from("c"));
        let action = Action {
            tenant: &tenant,
            user: &user,
            agent: &agent,
            session: &session,
            task: &task,
            call: &call,
            tool: "node.command",
            arguments: &arguments,
        };
        let arguments = [
            with("/node", json!("node_2")),
            with("/params/argv/2", json!("b")),
            with("/params/env/A", json!("2")),
            with("/params/cwd", json!("/")),
            with("/timeoutMs", json!(2000)),
        ];
        let (tenant, user, agent) = (TenantId::from("t2"), UserId::from("u2"), AgentId::from("a2"));
        let (session, task, call) = (SessionId::from("s2"), TaskId::from("k2"), ToolCallId::from("c2"));
        let mut changed = vec![
            Action { tenant: &tenant, ..action.clone() },
            Action { user: &user, ..action.clone() },
            Action { agent: &agent, ..action.clone() },
            Action { session: &session, ..action.clone() },
            Action { task: &task, ..action.clone() },
            Action { call: &call, ..action.clone() },
            Action { tool: "node.other", ..action.clone() },
        ];
        changed.extend(arguments.iter().map(|arguments| Action { arguments, ..action.clone() }));
        let digests: HashSet<String> = changed.iter().chain([&action]).map(Action::digest).collect();
        assert_eq!(digests.len(), 13, "twelve changes and the original");
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let (one, other): (Value, Value) = (
            serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":3}}"#).unwrap(),
            serde_json::from_str(r#"{"b":{"d":3,"c":2},"a":1}"#).unwrap(),
        );
        assert_eq!(one.to_string(), other.to_string());
    }
}
