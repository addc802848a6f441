//! Discussions and their runs.

use sophon_model::{
    Discussion, DiscussionId, DiscussionRun, DiscussionRunId, DiscussionRunStatus, Panelist, Speaker,
};

use super::{NOW, TASK, TENANT, USER};

/// A panelist that is nothing but a prompt. Its id and name are `name`.
pub fn persona(name: &str) -> Panelist {
    let speaker = Speaker::Persona { prompt: format!("You are for {name}."), model: None };
    Panelist { id: name.into(), name: name.into(), speaker }
}

/// A discussion of one round between two personas.
pub fn discussion(id: impl Into<DiscussionId>) -> Discussion {
    Discussion {
        id: id.into(),
        tenant_id: TENANT.into(),
        owner_id: USER.into(),
        topic: "Tabs or spaces?".into(),
        panelists: vec![persona("tabs"), persona("spaces")],
        judge: persona("judge"),
        rounds: 1,
        round_timeout_seconds: 180,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A run of `discussion` that is in its rounds.
pub fn discussion_run(id: impl Into<DiscussionRunId>, discussion: &Discussion) -> DiscussionRun {
    let of = discussion.clone();
    DiscussionRun {
        id: id.into(),
        discussion_id: Some(of.id),
        tenant_id: of.tenant_id,
        owner_id: of.owner_id,
        task_id: TASK.into(),
        topic: of.topic,
        panelists: of.panelists,
        judge: of.judge,
        rounds: of.rounds,
        round_timeout_seconds: of.round_timeout_seconds,
        status: DiscussionRunStatus::Running,
        verdict: None,
        verdict_hash: None,
        error: None,
        cancelled_by: None,
        created_at: NOW,
        started_at: Some(NOW),
        ended_at: None,
    }
}
