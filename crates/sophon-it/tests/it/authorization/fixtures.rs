//! One of each thing that has an id, put into storage for one person. Making them tells nobody anything.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sophon_core::Gateway;
use sophon_core::database::Unit;
use sophon_model::{
    Agent, ApiToken, Approval, ApprovalStatus, AuthSession, Caller, Discussion, DiscussionRun,
    DiscussionRunStatus, InfoRequest, InfoRequestStatus, Message, MessageRole, MessageStatus, Node,
    NodeCommand, NodeCommandStatus, NodeId, NodeScope, NodeSecrets, NodeStatus, Page, Panelist, Result, Risk,
    Session, SessionMode, SessionStatus, Speaker, Task, TaskKind, TaskStatus, TenantId, UserId, Visibility,
};

use crate::support::NodeAgent;

/// Until when things last that have an end.
const LATER: Duration = Duration::from_hours(1);

/// What somebody has: the ids, by the names that the table knows them by.
pub type Belongings = BTreeMap<&'static str, String>;

/// Ids of the same kinds that nobody has.
pub fn nothing(of: &Belongings) -> Belongings {
    of.keys().map(|thing| (*thing, "0197c6c0nobodyhasthis".to_owned())).collect()
}

/// Gives `owner` one of each.
pub async fn belongings(gateway: &Gateway, owner: &Caller) -> Belongings {
    let owner = owner.clone();
    gateway.db.write(move |unit| give(unit, &owner)).await.unwrap()
}

fn give(unit: &mut Unit<'_>, owner: &Caller) -> Result<Belongings> {
    let mut has = Belongings::new();
    let agent = agent(unit, owner)?;
    has.insert("agent", agent.id.to_string());
    let session = session(unit, owner, &agent)?;
    has.insert("session", session.id.to_string());
    let message = message(unit, owner, &session)?;
    has.insert("message", message.id.to_string());
    let task = task(unit, &session, &message)?;
    has.insert("task", task.id.to_string());
    let approval = approval(unit, &task, &session);
    unit.tx.insert_approval(&approval)?;
    has.insert("approval", approval.id.to_string());
    let question = question(unit, &task, &session);
    unit.tx.insert_info_request(&question)?;
    has.insert("infoRequest", question.id.to_string());
    discussion(unit, owner, &task, &mut has)?;
    credentials(unit, owner, &mut has)?;
    node(unit, owner, &mut has)?;
    Ok(has)
}

fn agent(unit: &mut Unit<'_>, owner: &Caller) -> Result<Agent> {
    let first = unit.tx.first_user()?.unwrap();
    let template = unit.tx.agents(&first.tenant_id, &Page::new(Some(1), None))?.items.remove(0);
    let id = unit.new_id::<sophon_model::AgentId>();
    // The slug must be nobody else's and no id.
    let slug = id.as_str().replace('_', "-");
    let agent = Agent { id, slug, tenant_id: owner.tenant.clone(), ..template };
    unit.tx.insert_agent(&agent)?;
    Ok(agent)
}

fn session(unit: &mut Unit<'_>, owner: &Caller, agent: &Agent) -> Result<Session> {
    let session = Session {
        id: unit.new_id(),
        tenant_id: owner.tenant.clone(),
        owner_id: owner.user.clone(),
        agent_id: agent.id.clone(),
        title: "Mine".into(),
        visibility: Visibility::Private,
        status: SessionStatus::Active,
        mode: SessionMode::Async,
        channel_id: None,
        model: None,
        parent_id: None,
        forked_at_message_id: None,
        message_count: 1,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    unit.tx.insert_session(&session)?;
    Ok(session)
}

fn message(unit: &mut Unit<'_>, owner: &Caller, session: &Session) -> Result<Message> {
    let mut message = Message {
        id: unit.new_id(),
        number: 0,
        tenant_id: owner.tenant.clone(),
        session_id: session.id.clone(),
        role: MessageRole::User,
        content: "hello".into(),
        status: MessageStatus::Sent,
        user_id: Some(owner.user.clone()),
        agent_id: None,
        task_id: None,
        local_id: None,
        reply_to: None,
        attachments: Vec::new(),
        usage: None,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    message.number = unit.tx.insert_message(&message)?;
    Ok(message)
}

/// One that a worker elsewhere is at, so that nobody here takes it up.
fn task(unit: &mut Unit<'_>, session: &Session, message: &Message) -> Result<Task> {
    let now = unit.now();
    let task = Task {
        id: unit.new_id(),
        tenant_id: session.tenant_id.clone(),
        user_id: session.owner_id.clone(),
        parent_id: None,
        session_id: Some(session.id.clone()),
        agent_id: Some(session.agent_id.clone()),
        kind: TaskKind::Chat,
        description: "hello".into(),
        status: TaskStatus::Running,
        request_message_id: Some(message.id.clone()),
        reply_message_id: None,
        is_streaming: true,
        error: None,
        usage: None,
        cancelled_by: None,
        cancel_requested_at: None,
        attempt: 1,
        proven_attempt: 1,
        lease_until: Some(now.plus(LATER)),
        created_at: now,
        started_at: Some(now),
        ended_at: None,
    };
    unit.tx.insert_task(&task)?;
    Ok(task)
}

/// A discussion, and a run of it that waits.
fn discussion(unit: &mut Unit<'_>, owner: &Caller, like: &Task, has: &mut Belongings) -> Result<()> {
    let speaker = |id: &str| Panelist {
        id: id.into(),
        name: id.into(),
        speaker: Speaker::Persona { prompt: "Be brief.".into(), model: None },
    };
    let discussion = Discussion {
        id: unit.new_id(),
        tenant_id: owner.tenant.clone(),
        owner_id: owner.user.clone(),
        topic: "Tea or coffee?".into(),
        panelists: vec![speaker("tea"), speaker("coffee")],
        judge: speaker("judge"),
        rounds: 1,
        round_timeout_seconds: 60,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    unit.tx.insert_discussion(&discussion)?;
    has.insert("discussion", discussion.id.to_string());
    let task = Task {
        id: unit.new_id(),
        kind: TaskKind::Discussion,
        session_id: None,
        agent_id: None,
        request_message_id: None,
        ..like.clone()
    };
    unit.tx.insert_task(&task)?;
    let run = DiscussionRun {
        id: unit.new_id(),
        discussion_id: Some(discussion.id),
        tenant_id: discussion.tenant_id,
        owner_id: discussion.owner_id,
        task_id: task.id,
        topic: discussion.topic,
        panelists: discussion.panelists,
        judge: discussion.judge,
        rounds: discussion.rounds,
        round_timeout_seconds: discussion.round_timeout_seconds,
        status: DiscussionRunStatus::Running,
        verdict: None,
        verdict_hash: None,
        error: None,
        cancelled_by: None,
        created_at: unit.now(),
        started_at: Some(unit.now()),
        ended_at: None,
    };
    unit.tx.insert_discussion_run(&run)?;
    has.insert("run", run.id.to_string());
    Ok(())
}

fn approval(unit: &Unit<'_>, task: &Task, session: &Session) -> Approval {
    Approval {
        id: unit.new_id(),
        tenant_id: task.tenant_id.clone(),
        user_id: task.user_id.clone(),
        session_id: session.id.clone(),
        task_id: task.id.clone(),
        agent_id: session.agent_id.clone(),
        tool_call_id: unit.new_id(),
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
        requested_at: unit.now(),
        expires_at: unit.now().plus(LATER),
        resolved_at: None,
        consumed_at: None,
    }
}

fn question(unit: &Unit<'_>, task: &Task, session: &Session) -> InfoRequest {
    InfoRequest {
        id: unit.new_id(),
        tenant_id: task.tenant_id.clone(),
        user_id: task.user_id.clone(),
        session_id: session.id.clone(),
        task_id: task.id.clone(),
        agent_id: session.agent_id.clone(),
        tool_call_id: unit.new_id(),
        question: "Which colour?".into(),
        choices: Vec::new(),
        status: InfoRequestStatus::Pending,
        response: None,
        requested_at: unit.now(),
        expires_at: unit.now().plus(LATER),
        resolved_at: None,
    }
}

/// A sign-in and an API token. Their hashes are those of nothing, so that nobody can use them.
fn credentials(unit: &mut Unit<'_>, owner: &Caller, has: &mut Belongings) -> Result<()> {
    let now = unit.now();
    let sign_in = AuthSession {
        id: unit.new_id(),
        user_id: owner.user.clone(),
        refresh_hash: String::new(),
        previous_hash: None,
        user_agent: None,
        address: None,
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus(LATER),
        revoked_at: None,
    };
    let sign_in = AuthSession { refresh_hash: sign_in.id.to_string(), ..sign_in };
    unit.tx.insert_auth_session(&sign_in)?;
    has.insert("signIn", sign_in.id.to_string());
    let token = ApiToken {
        id: unit.new_id(),
        user_id: owner.user.clone(),
        name: "script".into(),
        secret_hash: sign_in.refresh_hash,
        hint: "sk_000000".into(),
        created_at: now,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    unit.tx.insert_api_token(&token)?;
    has.insert("apiToken", token.id.to_string());
    Ok(())
}

/// A node that is away, and a command that it took.
fn node(unit: &mut Unit<'_>, owner: &Caller, has: &mut Belongings) -> Result<()> {
    let now = unit.now();
    let node = Node {
        id: unit.new_id(),
        tenant_id: owner.tenant.clone(),
        name: "box".into(),
        platform: "linux".into(),
        status: NodeStatus::Paired,
        scopes: vec![NodeScope::SystemInfo],
        pairing_code: "ABC-234".into(),
        registered_by: owner.user.clone(),
        decided_by: Some(owner.user.clone()),
        version: None,
        is_online: false,
        last_seen_at: None,
        uptime_seconds: None,
        cpu_percent: None,
        memory_mb: None,
        created_at: now,
        updated_at: now,
    };
    let secrets = NodeSecrets {
        node_id: node.id.clone(),
        pairing_hash: String::new(),
        pairing_expires_at: now.plus(LATER),
        pairing_failures: 0,
        token_hash: Some(String::new()),
    };
    unit.tx.insert_node(&node, &secrets)?;
    let command = command(unit, &node.id, &node.tenant_id, &owner.user);
    unit.tx.insert_node_command(&command)?;
    has.insert("node", node.id.to_string());
    has.insert("command", command.id.to_string());
    Ok(())
}

/// One that the node took and has not answered yet.
fn command(unit: &Unit<'_>, node: &NodeId, tenant: &TenantId, user: &UserId) -> NodeCommand {
    NodeCommand {
        id: unit.new_id(),
        node_id: node.clone(),
        tenant_id: tenant.clone(),
        command: "system.info".into(),
        params: json!({}),
        status: NodeCommandStatus::Dispatched,
        result: None,
        error_code: None,
        error_message: None,
        requested_by: user.clone(),
        task_id: None,
        created_at: unit.now(),
        expires_at: unit.now().plus(LATER),
        dispatched_at: Some(unit.now()),
        ended_at: None,
    }
}

/// The id of a command that this node took and has not answered yet.
pub async fn command_of(gateway: &Gateway, node: &NodeAgent) -> String {
    let (id, tenant) = (node.id.clone(), node.tenant.clone());
    let added = gateway.db.write(move |unit| {
        let admin = unit.tx.first_user()?.unwrap();
        let command = command(unit, &id, &tenant, &admin.id);
        unit.tx.insert_node_command(&command)?;
        Ok(command.id.to_string())
    });
    added.await.unwrap()
}
