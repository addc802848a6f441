//! The schemas of fields that hold one of a few words. The words are those of the model.

use sophon_core::nodes::{COMMANDS, CommandSpec};
use sophon_model::{
    ApprovalStatus, DiscussionRunStatus, DiscussionTurnStatus, InfoRequestStatus, JobStatus, MessageRole,
    MessageStatus, NodeCommandStatus, NodeScope, NodeStatus, Permission, Queue, Risk, Runtime, SessionMode,
    SessionStatus, Severity, TaskKind, TaskStatus, ToolCallStatus, Visibility,
};
use utoipa::openapi::schema::{Array, Object, ObjectBuilder, Type};

fn one_of(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

pub(crate) fn permissions() -> Array {
    let lines = Permission::ALL
        .iter()
        .map(|permission| format!("* `{}`: {}", permission.name(), permission.sentence()));
    let names = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Permission::ALL.iter().map(|permission| permission.name())))
        .description(Some(lines.collect::<Vec<_>>().join("\n")));
    Array::new(names)
}

pub(crate) fn runtime() -> Object {
    one_of(Runtime::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn visibility() -> Object {
    one_of(Visibility::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn session_status() -> Object {
    one_of(SessionStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn session_mode() -> Object {
    one_of(SessionMode::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn message_role() -> Object {
    one_of(MessageRole::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn message_status() -> Object {
    one_of(MessageStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn message_type() -> Object {
    one_of(["chat", "system"])
}

pub(crate) fn task_kind() -> Object {
    one_of(TaskKind::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn task_status() -> Object {
    one_of(TaskStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn queue() -> Object {
    one_of(Queue::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn job_status() -> Object {
    one_of(JobStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn tool_call_status() -> Object {
    one_of(ToolCallStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn approval_status() -> Object {
    one_of(ApprovalStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn info_request_status() -> Object {
    one_of(InfoRequestStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn severity() -> Object {
    one_of(Severity::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn node_status() -> Object {
    one_of(NodeStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn node_scopes() -> Array {
    Array::new(one_of(NodeScope::ALL.iter().map(|word| word.as_str())))
}

pub(crate) fn node_command_status() -> Object {
    one_of(NodeCommandStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn node_command() -> Object {
    one_of(COMMANDS.iter().map(|spec| spec.name))
}

/// The catalogue of commands as a schema, so that a client's own words for them can be held to it.
pub(crate) fn node_commands() -> Object {
    let command = |spec: &CommandSpec| {
        ObjectBuilder::new()
            .property("scope", one_of([spec.scope.as_str()]))
            .property("risk", one_of([spec.risk.as_str()]))
            .required("scope")
            .required("risk")
    };
    let all = COMMANDS
        .iter()
        .fold(ObjectBuilder::new(), |all, spec| all.property(spec.name, command(spec)).required(spec.name));
    all.description(Some("The commands that exist, each with the scope it needs and the harm it can do."))
        .build()
}

pub(crate) fn pairing_state() -> Object {
    one_of(["pending", "approved", "rejected"])
}

pub(crate) fn risk() -> Object {
    one_of(Risk::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn discussion_run_status() -> Object {
    one_of(DiscussionRunStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn discussion_turn_status() -> Object {
    one_of(DiscussionTurnStatus::ALL.iter().map(|word| word.as_str()))
}
