//! Examples of each kind of entity.

use serde_json::json;
use sophon_model::ports::Tx;
use sophon_model::{
    Agent, AgentId, ApiToken, ApiTokenId, Approval, ApprovalId, ApprovalStatus, AuthSession, AuthSessionId,
    CustomRole, Discussion, DiscussionId, DiscussionRun, DiscussionRunId, DiscussionRunStatus, Fallback,
    FinishReason, GatewayId, InfoRequest, InfoRequestId, InfoRequestStatus, LeftOut, MemoryCategory,
    MemoryEntry, MemoryId, MemoryScope, Message, MessageDetails, MessageId, MessageRole, MessageStatus,
    ModelTraits, Node, NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, NodeScope, NodeStatus,
    PeerGateway, Permission, ProviderId, ProviderKind, ProviderModel, Result, Risk, RoleId, Runtime,
    SavedPrompt, SavedPromptId, Session, SessionId, SessionMode, SessionStatus, SignInChallenge,
    SignInChallengeId, StoredProvider, Task, TaskDetails, TaskId, TaskKind, TaskStatus, Tenant, TenantId,
    TenantStatus, ToolCall, ToolCallId, ToolCallStatus, User, UserId, UserStatus, Verdict, Visibility,
    WhileBusy,
};

use sophon_testkit::make;

use super::attachments::move_contents_in;
use super::{Ending, Placed, Specimen};
use crate::fixtures::{
    agent, api_token, approval, at, auth_session, custom_role, discussion, discussion_run, info_request,
    memory, message, move_in, node, node_command, session, sign_in_challenge, task, tenant, tool_call, usage,
    user,
};

/// Adds what all examples belong to: see [`move_in`], and another one of each.
pub fn move_all_in(tx: &mut dyn Tx) -> Result<()> {
    move_in(tx)?;
    tx.insert(&tenant("other"))?;
    tx.insert(&user("bob"))?;
    tx.insert(&session("x"))?;
    ["t", "u"].iter().try_for_each(|id| tx.insert(&task(id, "s", 1)))?;
    ["n", "o"].iter().try_for_each(|id| tx.insert(&node(id, 1)))?;
    ["d", "e"].iter().try_for_each(|id| tx.insert(&discussion(id, 1)))?;
    move_contents_in(tx)
}

/// The key of the `n`th.
pub(super) fn id(n: i64) -> String {
    format!("nth-{n}")
}

/// Whether an entity was there to be overwritten.
pub fn did(updated: Result<()>) -> Result<bool> {
    match updated {
        Err(error) if error.code() == "not_found" => Ok(false),
        done => done.map(|()| true),
    }
}

/// Says that a kind is simply added and overwritten.
macro_rules! plain {
    () => {
        fn add(&self, tx: &mut dyn Tx) -> Result<()> {
            tx.insert(self)
        }

        fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
            did(tx.update(self))
        }
    };
}
pub(super) use plain;

/// Says what names a kind.
macro_rules! named {
    ($name:ty) => {
        type Name = $name;

        fn name(&self) -> $name {
            self.id.clone()
        }
    };
}
pub(super) use named;

/// Says where the examples of a kind are, and where they are not.
macro_rules! placed {
    ($($kind:ty: $home:literal, not $elsewhere:literal;)*) => {$(
        impl Placed for $kind {
            fn home() -> Self::Scope {
                $home.into()
            }

            fn elsewhere() -> Self::Scope {
                $elsewhere.into()
            }
        }
    )*};
}

placed! {
    CustomRole: "home", not "other";
    AuthSession: "ann", not "bob";
    SignInChallenge: "ann", not "bob";
    ApiToken: "ann", not "bob";
    Agent: "home", not "other";
    Session: "ann", not "bob";
    Message: "s", not "x";
    Task: "home", not "other";
    ToolCall: "t", not "u";
    MemoryEntry: "ann", not "bob";
    Approval: "home", not "other";
    InfoRequest: "home", not "other";
    Node: "home", not "other";
    NodeCommand: "n", not "o";
    Discussion: "ann", not "bob";
    SavedPrompt: "home", not "other";
    StoredProvider: "home", not "other";
    DiscussionRun: "d", not "e";
}

/// Says which time of a kind is its end.
macro_rules! ending {
    ($($kind:ident: $field:ident;)*) => {$(
        impl Ending for $kind {
            fn ended(self, millis: i64) -> Self {
                $kind { $field: Some(at(millis)), ..self }
            }
        }
    )*};
}

ending! {
    Approval: resolved_at;
    InfoRequest: resolved_at;
    NodeCommand: ended_at;
    DiscussionRun: ended_at;
}

impl Specimen for Tenant {
    plain!();
    named!(TenantId);

    fn nth(n: i64) -> Self {
        tenant(&id(n))
    }

    fn changed(self) -> Self {
        Tenant {
            slug: format!("{}-new", self.slug),
            name: "New".into(),
            description: None,
            status: TenantStatus::Disabled,
            is_main: true,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for User {
    plain!();
    named!(UserId);

    fn nth(n: i64) -> Self {
        User { created_at: at(n / 2), ..user(&id(n)) }
    }

    fn changed(self) -> Self {
        User {
            email: format!("new-{}", self.email),
            name: "New".into(),
            status: UserStatus::Active,
            password_hash: String::new(),
            password_due: true,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for CustomRole {
    plain!();
    named!(RoleId);

    fn nth(n: i64) -> Self {
        CustomRole { name: id(n), created_at: at(n / 2), ..custom_role(&id(n), "home") }
    }

    fn changed(self) -> Self {
        CustomRole {
            name: format!("new {}", self.name),
            permissions: vec![Permission::SendMessages],
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for SavedPrompt {
    plain!();
    named!(SavedPromptId);

    fn nth(n: i64) -> Self {
        SavedPrompt { created_at: at(n / 2), ..make::saved_prompt(id(n), "home", "ann") }
    }

    fn changed(self) -> Self {
        SavedPrompt {
            owner_id: "bob".into(),
            command: format!("new-{}", self.command),
            title: "New".into(),
            content: "New.".into(),
            is_shared: true,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for AuthSession {
    plain!();
    named!(AuthSessionId);

    fn nth(n: i64) -> Self {
        auth_session(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        AuthSession {
            refresh_hash: format!("new-{}", self.refresh_hash),
            previous_hash: None,
            user_agent: Some("Mozilla".into()),
            address: None,
            created_at: at(70),
            last_seen_at: at(71),
            expires_at: at(72),
            revoked_at: Some(at(73)),
            ends_at: Some(at(74)),
            ..self
        }
    }
}

impl Specimen for SignInChallenge {
    plain!();
    named!(SignInChallengeId);

    fn nth(n: i64) -> Self {
        sign_in_challenge(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        SignInChallenge {
            secret_hash: format!("new-{}", self.secret_hash),
            user_agent: None,
            network: Some("10.0.0.1".into()),
            wrong_codes: 4,
            created_at: at(70),
            expires_at: at(71),
            ..self
        }
    }
}

impl Specimen for ApiToken {
    plain!();
    named!(ApiTokenId);

    fn nth(n: i64) -> Self {
        api_token(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        ApiToken {
            name: "New".into(),
            secret_hash: format!("new-{}", self.secret_hash),
            hint: "sk_new".into(),
            permissions: Some(vec![Permission::ViewUsers]),
            parent_id: Some("parent".into()),
            created_at: at(70),
            last_used_at: None,
            expires_at: Some(at(71)),
            revoked_at: Some(at(72)),
            ..self
        }
    }
}

impl Specimen for Agent {
    plain!();
    named!(AgentId);

    fn nth(n: i64) -> Self {
        Agent { created_at: at(n / 2), ..agent(&id(n)) }
    }

    fn changed(self) -> Self {
        Agent {
            slug: format!("{}-new", self.slug),
            name: "New".into(),
            description: "New.".into(),
            runtime: Runtime::Model,
            model: None,
            tools: Vec::new(),
            soul: "New.".into(),
            boot: "New.".into(),
            heartbeat: "New.".into(),
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for Session {
    plain!();
    named!(SessionId);

    fn nth(n: i64) -> Self {
        Session { updated_at: at(n / 2), ..session(&id(n)) }
    }

    fn changed(self) -> Self {
        Session {
            agent_id: "other".into(),
            title: "New".into(),
            visibility: Visibility::Private,
            status: SessionStatus::Active,
            mode: SessionMode::Async,
            while_busy: WhileBusy::Reject,
            channel_id: None,
            model: Some("m".into()),
            parent_id: None,
            forked_at_message_id: Some("m".into()),
            message_count: 99,
            branch: 3,
            last_outcome: Some(TaskStatus::Failed),
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for Message {
    named!(MessageId);

    /// In a new database, the `n`th message gets the number `n`.
    fn nth(n: i64) -> Self {
        Message { number: n, ..message(&id(n), "hello") }
    }

    fn changed(self) -> Self {
        let fallback = Fallback {
            requested: "a".into(),
            model: "b".into(),
            provider: "p".into(),
            reason: "Nobody offers it.".into(),
        };
        Message {
            role: MessageRole::User,
            user_id: Some("ann".into()),
            agent_id: None,
            task_id: None,
            content: "New".into(),
            status: MessageStatus::Read,
            local_id: None,
            reply_to: Some("m".into()),
            attachments: Vec::new(),
            finish_reason: Some(FinishReason::Cancelled),
            details: Some(MessageDetails { fallback: Some(fallback), cut: None }),
            usage: None,
            branch: 3,
            is_hidden: true,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }

    fn add(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.insert_message(self).map(drop)
    }

    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
        did(tx.update(self))
    }
}

impl Specimen for Task {
    fn add(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.insert(self)
    }

    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
        tx.update_open_task(self)
    }

    named!(TaskId);

    fn nth(n: i64) -> Self {
        task(&id(n), "s", n / 2)
    }

    fn changed(self) -> Self {
        Task {
            user_id: "bob".into(),
            api_token_id: Some("tok_1".into()),
            parent_id: Some("t".into()),
            session_id: None,
            agent_id: None,
            kind: TaskKind::Discussion,
            description: "New".into(),
            status: TaskStatus::Failed,
            request_message_id: None,
            reply_message_id: Some("n".into()),
            is_streaming: false,
            error: Some("It broke.".into()),
            usage: Some(usage()),
            details: Some(TaskDetails {
                left_out: Some(LeftOut { messages: 3, results: 1, files: 0 }),
                error_code: Some("upstream_unavailable".into()),
            }),
            cancelled_by: Some("bob".into()),
            cancel_reason: Some("Its token fell.".into()),
            cancel_requested_at: Some(at(69)),
            attempt: 3,
            created_at: at(70),
            started_at: Some(at(71)),
            ended_at: Some(at(72)),
            ..self
        }
    }
}

impl Specimen for ToolCall {
    plain!();
    named!(ToolCallId);

    fn nth(n: i64) -> Self {
        tool_call(&id(n), "t", n / 2)
    }

    fn changed(self) -> Self {
        ToolCall {
            session_id: "x".into(),
            tool: "new.tool".into(),
            arguments: json!(null),
            arguments_hash: "ff".into(),
            text_offset: 57,
            status: ToolCallStatus::Completed,
            result: Some("Done.".into()),
            started_at: at(70),
            ended_at: Some(at(71)),
            ..self
        }
    }
}

impl Specimen for MemoryEntry {
    plain!();
    named!(MemoryId);

    fn nth(n: i64) -> Self {
        memory(&id(n), "likes tea", n / 2)
    }

    fn changed(self) -> Self {
        MemoryEntry {
            agent_id: None,
            scope: MemoryScope::Agent,
            category: MemoryCategory::Fact,
            content: "likes coffee".into(),
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for Approval {
    fn add(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.insert(self)
    }

    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
        tx.resolve_approval(self)
    }

    named!(ApprovalId);

    fn nth(n: i64) -> Self {
        approval(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        Approval {
            user_id: "bob".into(),
            session_id: "x".into(),
            task_id: "u".into(),
            agent_id: "other".into(),
            tool_call_id: "other".into(),
            tool: "new.tool".into(),
            risk: Risk::Low,
            arguments: json!([0.5]),
            preview: None,
            is_editable: false,
            digest: "d2".into(),
            status: ApprovalStatus::Edited,
            edited_arguments: Some(json!({"c": []})),
            reason: Some("safer".into()),
            decided_by: Some("bob".into()),
            requested_at: at(70),
            expires_at: at(71),
            resolved_at: Some(at(72)),
            consumed_at: Some(at(73)),
            ..self
        }
    }
}

impl Specimen for InfoRequest {
    fn add(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.insert(self)
    }

    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
        tx.resolve_info_request(self)
    }

    named!(InfoRequestId);

    fn nth(n: i64) -> Self {
        info_request(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        InfoRequest {
            user_id: "bob".into(),
            session_id: "x".into(),
            task_id: "u".into(),
            agent_id: "other".into(),
            tool_call_id: "other".into(),
            question: "New?".into(),
            choices: Vec::new(),
            status: InfoRequestStatus::Answered,
            response: Some("b".into()),
            requested_at: at(70),
            expires_at: at(71),
            resolved_at: Some(at(72)),
            ..self
        }
    }
}

impl Specimen for Node {
    plain!();
    named!(NodeId);

    fn nth(n: i64) -> Self {
        node(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        Node {
            name: "Keller".into(),
            platform: "macos".into(),
            status: NodeStatus::Pending,
            scopes: NodeScope::ALL.to_vec(),
            pairing_code: "NEW-456".into(),
            registered_by: "bob".into(),
            decided_by: None,
            version: None,
            is_online: false,
            last_seen_at: None,
            uptime_seconds: None,
            cpu_percent: Some(7),
            memory_mb: None,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for NodeCommand {
    fn add(&self, tx: &mut dyn Tx) -> Result<()> {
        tx.insert(self)
    }

    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool> {
        tx.update_node_command(self, NodeCommandStatus::Queued)
    }

    named!(NodeCommandId);

    fn nth(n: i64) -> Self {
        node_command(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        NodeCommand {
            command: "new.command".into(),
            params: json!([]),
            status: NodeCommandStatus::Failed,
            result: Some(json!({"os": "linux"})),
            error_code: Some("failed".into()),
            error_message: Some("It broke.".into()),
            requested_by: "bob".into(),
            task_id: None,
            created_at: at(70),
            expires_at: at(71),
            dispatched_at: Some(at(72)),
            ended_at: Some(at(73)),
            ..self
        }
    }
}

impl Specimen for PeerGateway {
    plain!();
    named!(GatewayId);

    fn nth(n: i64) -> Self {
        PeerGateway {
            id: id(n).as_str().into(),
            name: format!("chat-{n}:8080"),
            version: "0.1.0".into(),
            started_at: at(n / 2),
            seen_at: at(n / 2),
            is_draining: false,
            backplane_connected: None,
            missing_events: 0,
            leases: n,
        }
    }

    fn changed(self) -> Self {
        PeerGateway {
            name: format!("new-{}", self.name),
            version: "0.2.0".into(),
            started_at: at(70),
            seen_at: at(71),
            is_draining: true,
            backplane_connected: Some(false),
            missing_events: 7,
            leases: 70,
            ..self
        }
    }
}

impl Specimen for StoredProvider {
    plain!();
    named!(ProviderId);

    fn nth(n: i64) -> Self {
        let traits = ModelTraits { vision: Some(true), input_price: Some(0.15), ..ModelTraits::default() };
        StoredProvider {
            id: id(n).as_str().into(),
            tenant_id: "home".into(),
            name: format!("ollama-{n}"),
            preset: "ollama".into(),
            kind: ProviderKind::Ollama,
            base_url: "http://127.0.0.1:11434".into(),
            has_key: false,
            is_enabled: true,
            priority: n / 2,
            models: vec![ProviderModel { id: "gemma4".into(), enabled: true, traits }],
            created_at: at(n / 2),
            updated_at: at(n / 2),
        }
    }

    fn changed(self) -> Self {
        let model = ProviderModel { id: "large".into(), enabled: false, traits: ModelTraits::default() };
        StoredProvider {
            name: format!("new-{}", self.name),
            preset: "custom".into(),
            kind: ProviderKind::OpenAi,
            base_url: "https://models.example/v1".into(),
            has_key: true,
            is_enabled: false,
            priority: 70,
            models: vec![model],
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for Discussion {
    plain!();
    named!(DiscussionId);

    fn nth(n: i64) -> Self {
        discussion(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        let judge = self.panelists[0].clone();
        Discussion {
            topic: "Vim or Emacs?".into(),
            panelists: vec![self.judge, judge.clone()],
            judge,
            rounds: 5,
            round_timeout_seconds: 7,
            created_at: at(70),
            updated_at: at(71),
            ..self
        }
    }
}

impl Specimen for DiscussionRun {
    plain!();
    named!(DiscussionRunId);

    fn nth(n: i64) -> Self {
        discussion_run(&id(n), n / 2)
    }

    fn changed(self) -> Self {
        let judge = self.panelists[0].clone();
        DiscussionRun {
            discussion_id: Some("e".into()),
            task_id: format!("new {}", self.task_id).into(),
            topic: "Vim or Emacs?".into(),
            panelists: vec![self.judge, judge.clone()],
            judge,
            rounds: 5,
            round_timeout_seconds: 7,
            status: DiscussionRunStatus::Completed,
            verdict: Some(Verdict {
                recommendation: "Tabs.".into(),
                reasoning: "Shorter.".into(),
                confidence: 0.75,
                key_points: vec!["a".into()],
                dissent: Vec::new(),
            }),
            verdict_hash: Some("ff".into()),
            error: Some("It broke.".into()),
            cancelled_by: Some("bob".into()),
            created_at: at(70),
            started_at: Some(at(71)),
            ended_at: Some(at(72)),
            ..self
        }
    }
}
