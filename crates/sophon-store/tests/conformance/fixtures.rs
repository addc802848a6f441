//! Things to store.

use serde_json::json;
use sophon_model::ports::Tx;
use sophon_model::{
    Agent, AgentId, ApiToken, ApiTokenId, Approval, ApprovalId, ApprovalStatus, Attachment, AuthSession,
    AuthSessionId, CustomRole, Discussion, DiscussionId, DiscussionRun, DiscussionRunId, DiscussionRunStatus,
    DiscussionTurn, DiscussionTurnStatus, FinishReason, InfoRequest, InfoRequestId, InfoRequestStatus, Job,
    JobId, Membership, MemoryCategory, MemoryEntry, MemoryId, MemoryScope, Message, MessageId, MessageRole,
    MessageStatus, Node, NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, NodeScope, NodeSecrets,
    NodeStatus, Panelist, Permission, Queue, Result, Risk, Role, RoleId, Runtime, SecondFactor,
    SecondFactorId, Session, SessionId, SessionMode, SessionStatus, SignInChallenge, SignInChallengeId,
    Speaker, Task, TaskId, TaskKind, TaskStatus, Tenant, TenantId, TenantStatus, Timestamp, ToolCall,
    ToolCallId, ToolCallStatus, Usage, User, UserId, UserStatus, Visibility, WhileBusy,
};

/// A point in time, in milliseconds.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Adds what nearly everything belongs to: the tenant `home`, its user `ann`, her agent `sophon` and her session `s`.
pub fn move_in(tx: &mut dyn Tx) -> Result<()> {
    tx.insert(&tenant("home"))?;
    tx.insert(&user("ann"))?;
    tx.insert(&membership("home", "ann"))?;
    tx.insert(&agent("sophon"))?;
    tx.insert(&session("s"))
}

pub fn tenant(id: &str) -> Tenant {
    Tenant {
        id: TenantId::from(id),
        slug: format!("{id}-slug"),
        name: id.to_uppercase(),
        description: Some("Its people".into()),
        status: TenantStatus::Active,
        is_main: false,
        created_at: at(1),
        updated_at: at(2),
    }
}

pub fn user(id: &str) -> User {
    User {
        id: UserId::from(id),
        tenant_id: TenantId::from("home"),
        email: format!("{id}@example.org"),
        name: "Ann Ő".into(),
        status: UserStatus::Suspended,
        password_hash: "$argon2id$".into(),
        password_due: false,
        created_at: at(2),
        updated_at: at(3),
    }
}

pub fn membership(tenant: &str, user: &str) -> Membership {
    Membership {
        tenant_id: TenantId::from(tenant),
        user_id: UserId::from(user),
        role: Role::Operator,
        created_at: at(2),
        updated_at: at(4),
    }
}

pub fn auth_session(id: &str, last_seen: i64) -> AuthSession {
    AuthSession {
        id: AuthSessionId::from(id),
        user_id: UserId::from("ann"),
        refresh_hash: format!("{id}-new"),
        previous_hash: Some(format!("{id}-old")),
        user_agent: None,
        address: Some("::1".into()),
        created_at: at(1),
        last_seen_at: at(last_seen),
        expires_at: at(1_000),
        revoked_at: None,
        ends_at: None,
    }
}

/// A second factor of a user's, switched on.
pub fn second_factor(id: &str, user: &str) -> SecondFactor {
    SecondFactor {
        id: SecondFactorId::from(id),
        user_id: UserId::from(user),
        confirmed_at: Some(at(2)),
        last_step: 3,
        recovery_hashes: vec!["aa".into(), "bb".into()],
        wrong_codes: 1,
        wrong_at: Some(at(4)),
        created_at: at(1),
        updated_at: at(4),
    }
}

pub fn sign_in_challenge(id: &str, created: i64) -> SignInChallenge {
    SignInChallenge {
        id: SignInChallengeId::from(id),
        user_id: UserId::from("ann"),
        secret_hash: format!("{id}-hash"),
        user_agent: Some("Mozilla".into()),
        network: None,
        wrong_codes: 0,
        created_at: at(created),
        expires_at: at(1_000),
    }
}

pub fn api_token(id: &str, created: i64) -> ApiToken {
    ApiToken {
        id: ApiTokenId::from(id),
        user_id: UserId::from("ann"),
        tenant_id: TenantId::from("home"),
        name: "laptop".into(),
        secret_hash: format!("{id}-hash"),
        hint: "sk_ab".into(),
        permissions: None,
        parent_id: None,
        created_at: at(created),
        last_used_at: Some(at(9)),
        expires_at: None,
        revoked_at: None,
    }
}

pub fn agent(id: &str) -> Agent {
    Agent {
        id: AgentId::from(id),
        tenant_id: TenantId::from("home"),
        slug: format!("{id}-slug"),
        name: "Sophon".into(),
        description: "helps".into(),
        runtime: Runtime::Bridge,
        model: Some("m".into()),
        tools: vec!["memory.*".into(), "a\"b".into()],
        soul: "Calm.\n".into(),
        boot: String::new(),
        heartbeat: "…".into(),
        created_at: at(4),
        updated_at: at(5),
    }
}

pub fn session(id: &str) -> Session {
    Session {
        id: SessionId::from(id),
        tenant_id: TenantId::from("home"),
        owner_id: UserId::from("ann"),
        agent_id: AgentId::from("sophon"),
        title: String::new(),
        visibility: Visibility::Public,
        status: SessionStatus::Paused,
        mode: SessionMode::Realtime,
        while_busy: WhileBusy::Interrupt,
        channel_id: Some("webchat".into()),
        model: None,
        parent_id: Some(SessionId::from("elsewhere")),
        forked_at_message_id: None,
        message_count: 3,
        branch: 0,
        last_outcome: None,
        created_at: at(6),
        updated_at: at(7),
    }
}

pub fn usage() -> Usage {
    Usage { input_tokens: 5, output_tokens: i64::MAX, model: "m".into(), provider: "p".into() }
}

/// A message in session `s`.
pub fn message(id: &str, content: &str) -> Message {
    Message {
        id: MessageId::from(id),
        number: 0,
        tenant_id: TenantId::from("home"),
        session_id: SessionId::from("s"),
        role: MessageRole::Agent,
        user_id: None,
        agent_id: Some(AgentId::from("sophon")),
        task_id: Some(TaskId::from("t")),
        content: content.into(),
        status: MessageStatus::Sent,
        local_id: Some("local".into()),
        reply_to: None,
        attachments: vec![Attachment {
            key: "k".into(),
            mime: "image/png".into(),
            size: 1 << 40,
            name: None,
        }],
        usage: Some(usage()),
        finish_reason: Some(FinishReason::Length),
        details: None,
        branch: 0,
        is_hidden: false,
        created_at: at(8),
        updated_at: at(9),
    }
}

/// A queued task in session `session`.
pub fn task(id: &str, session: &str, created: i64) -> Task {
    Task {
        id: TaskId::from(id),
        tenant_id: TenantId::from("home"),
        user_id: UserId::from("ann"),
        api_token_id: None,
        parent_id: None,
        session_id: Some(SessionId::from(session)),
        agent_id: Some(AgentId::from("sophon")),
        kind: TaskKind::Chat,
        description: format!("do {id}"),
        status: TaskStatus::Queued,
        request_message_id: Some(MessageId::from("m")),
        reply_message_id: None,
        is_streaming: true,
        error: None,
        usage: None,
        details: None,
        cancelled_by: None,
        cancel_reason: None,
        cancel_requested_at: None,
        attempt: 0,
        created_at: at(created),
        started_at: None,
        ended_at: None,
    }
}

/// A job that is ready at `run_at`, and was enqueued then.
pub fn job(id: &str, run_at: i64) -> Job {
    let payload = json!({"of": id, "n": [1.0, null]});
    Job::new(JobId::from(id), "test.job", Queue::Delivery, payload, at(run_at))
}

pub fn tool_call(id: &str, task: &str, started: i64) -> ToolCall {
    ToolCall {
        id: ToolCallId::from(id),
        task_id: TaskId::from(task),
        session_id: SessionId::from("s"),
        tool: "memory.search".into(),
        arguments: json!({"b": 1.0, "a": [null, 1e16, "\u{0}ő"]}),
        arguments_hash: "00".into(),
        text_offset: 0,
        status: ToolCallStatus::Running,
        result: None,
        started_at: at(started),
        ended_at: None,
    }
}

/// A memory entry of `ann`, written by the agent `sophon`.
pub fn memory(id: &str, content: &str, created: i64) -> MemoryEntry {
    MemoryEntry {
        id: MemoryId::from(id),
        tenant_id: TenantId::from("home"),
        user_id: UserId::from("ann"),
        agent_id: Some(AgentId::from("sophon")),
        scope: MemoryScope::User,
        category: MemoryCategory::Observation,
        content: content.into(),
        created_at: at(created),
        updated_at: at(created),
    }
}

/// A node of `home`, paired and online, last heard of at 30.
pub fn node(id: &str, created: i64) -> Node {
    Node {
        id: NodeId::from(id),
        tenant_id: TenantId::from("home"),
        name: "Büro".into(),
        platform: "linux".into(),
        status: NodeStatus::Paired,
        scopes: vec![NodeScope::SystemInfo, NodeScope::NotifySend],
        pairing_code: "ABC-123".into(),
        registered_by: UserId::from("ann"),
        decided_by: Some(UserId::from("ann")),
        version: Some("1.0".into()),
        is_online: true,
        last_seen_at: Some(at(30)),
        uptime_seconds: Some(1 << 40),
        cpu_percent: None,
        memory_mb: Some(512),
        created_at: at(created),
        updated_at: at(created),
    }
}

/// What the node with this id proves itself by.
pub fn node_secrets(id: &str) -> NodeSecrets {
    NodeSecrets {
        node_id: NodeId::from(id),
        pairing_hash: format!("{id}-pairing"),
        pairing_expires_at: at(600),
        pairing_failures: 0,
        token_hash: None,
    }
}

/// A discussion of `ann`'s.
pub fn discussion(id: &str, created: i64) -> Discussion {
    let panelist = |id: &str, speaker| Panelist { id: id.into(), name: id.to_uppercase(), speaker };
    let persona = |model: Option<&str>| Speaker::Persona {
        prompt: "You \"like\" tabs.".into(),
        model: model.map(Into::into),
    };
    Discussion {
        id: DiscussionId::from(id),
        tenant_id: TenantId::from("home"),
        owner_id: UserId::from("ann"),
        topic: "Tabs or spaces?".into(),
        panelists: vec![
            panelist("x", Speaker::Agent { agent_id: AgentId::from("sophon") }),
            panelist("y", persona(Some("m"))),
        ],
        judge: panelist("judge", persona(None)),
        rounds: 2,
        round_timeout_seconds: 60,
        created_at: at(created),
        updated_at: at(created),
    }
}

/// A role in a tenant.
pub fn custom_role(id: &str, tenant: &str) -> CustomRole {
    CustomRole {
        id: RoleId::from(id),
        tenant_id: TenantId::from(tenant),
        name: "Night shift".into(),
        permissions: vec![Permission::ViewUsers, Permission::SendMessages],
        created_at: at(1),
        updated_at: at(2),
    }
}

/// A pending approval of `ann`'s, in session `s`.
pub fn approval(id: &str, requested: i64) -> Approval {
    Approval {
        id: ApprovalId::from(id),
        tenant_id: TenantId::from("home"),
        user_id: UserId::from("ann"),
        session_id: SessionId::from("s"),
        task_id: TaskId::from("t"),
        agent_id: AgentId::from("sophon"),
        tool_call_id: ToolCallId::from("call"),
        tool: "node.system.execute".into(),
        risk: Risk::Critical,
        arguments: json!({"b": 1.0, "a": [null, "\u{0}ő"]}),
        preview: Some("Runs `ls`".into()),
        is_editable: true,
        digest: "d1".into(),
        status: ApprovalStatus::Pending,
        edited_arguments: None,
        reason: None,
        decided_by: None,
        requested_at: at(requested),
        expires_at: at(requested + 100),
        resolved_at: None,
        consumed_at: None,
    }
}

/// A pending question to `ann`, in session `s`.
pub fn info_request(id: &str, requested: i64) -> InfoRequest {
    InfoRequest {
        id: InfoRequestId::from(id),
        tenant_id: TenantId::from("home"),
        user_id: UserId::from("ann"),
        session_id: SessionId::from("s"),
        task_id: TaskId::from("t"),
        agent_id: AgentId::from("sophon"),
        tool_call_id: ToolCallId::from("call"),
        question: "Which?".into(),
        choices: vec!["\"a\"".into(), "b".into()],
        status: InfoRequestStatus::Pending,
        response: None,
        requested_at: at(requested),
        expires_at: at(requested + 100),
        resolved_at: None,
    }
}

/// A queued command to the node `n`.
pub fn node_command(id: &str, created: i64) -> NodeCommand {
    NodeCommand {
        id: NodeCommandId::from(id),
        node_id: NodeId::from("n"),
        tenant_id: TenantId::from("home"),
        command: "system.info".into(),
        params: json!({"b": 1.0, "a": [null, "\u{0}ő"]}),
        status: NodeCommandStatus::Queued,
        result: None,
        error_code: None,
        error_message: None,
        requested_by: UserId::from("ann"),
        task_id: Some(TaskId::from("t")),
        created_at: at(created),
        expires_at: at(created + 100),
        dispatched_at: None,
        ended_at: None,
    }
}

/// A run of the discussion `d`, for the task `task of …`.
pub fn discussion_run(id: &str, created: i64) -> DiscussionRun {
    let of = discussion("d", 1);
    DiscussionRun {
        id: DiscussionRunId::from(id),
        discussion_id: Some(of.id),
        tenant_id: of.tenant_id,
        owner_id: of.owner_id,
        task_id: TaskId::from(format!("task of {id}")),
        topic: of.topic,
        panelists: of.panelists,
        judge: of.judge,
        rounds: of.rounds,
        round_timeout_seconds: of.round_timeout_seconds,
        status: DiscussionRunStatus::Queued,
        verdict: None,
        verdict_hash: None,
        error: None,
        cancelled_by: None,
        created_at: at(created),
        started_at: None,
        ended_at: None,
    }
}

/// A turn in a run that is under way.
pub fn discussion_turn(run: &str, round: i64, panelist: &str, started: i64) -> DiscussionTurn {
    DiscussionTurn {
        run_id: DiscussionRunId::from(run),
        round,
        panelist_id: panelist.into(),
        task_id: TaskId::from("turn"),
        status: DiscussionTurnStatus::Running,
        content: String::new(),
        content_hash: "00".into(),
        error: None,
        usage: None,
        started_at: at(started),
        ended_at: None,
    }
}
