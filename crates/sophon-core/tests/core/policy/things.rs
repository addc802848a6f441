//! What the calls are about: one of each kind.

use std::time::Duration;

use sophon_core::database::Unit;
use sophon_model::ports::MemberFilter;
use sophon_model::{
    Agent, AgentId, Approval, CustomRole, Discussion, DiscussionRun, InfoRequest, Member, Node, NodeScope,
    Participant, ParticipantKind, Result, Role, RoleId, SavedPrompt, Session, SessionRole, StoredAttachment,
    Task, TaskKind, Tenant, TenantId, User, UserId, Visibility,
};
use sophon_testgateway::TestGateway;
use sophon_testkit::make::{self, MakeSession, MakeTask};

use super::Asker;

/// Until when things last that have an end.
const LATER: Duration = Duration::from_hours(1);

/// How the asker stands to the things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// They are the asker's own.
    Own,
    /// They are another user's of the tenant.
    Colleague,
    /// The same, and what can be public is.
    Public,
    /// They are another user's, and the asker takes part in the session as a viewer.
    Viewed,
    /// The same, as a member.
    Joined,
    /// They are those of a user in another tenant.
    Stranger,
}

impl Whose {
    pub const ALL: [Self; 6] =
        [Self::Own, Self::Colleague, Self::Public, Self::Viewed, Self::Joined, Self::Stranger];

    /// The asker's role in the session.
    pub fn role(self) -> Option<SessionRole> {
        match self {
            Self::Own => Some(SessionRole::Owner),
            Self::Joined => Some(SessionRole::Member),
            Self::Viewed => Some(SessionRole::Viewer),
            Self::Colleague | Self::Public | Self::Stranger => None,
        }
    }
}

/// One of each.
#[derive(Debug)]
pub struct Things {
    pub owner: User,
    pub agent: Agent,
    pub session: Session,
    pub task: Task,
    pub approval: Approval,
    pub info_request: InfoRequest,
    pub node: Node,
    pub discussion: Discussion,
    pub run: DiscussionRun,
    pub attachment: StoredAttachment,
    /// Shared, if the asker is to take part.
    pub prompt: SavedPrompt,
    /// Which allows nothing.
    pub role: CustomRole,
    /// A user with that role.
    pub colleague: Member,
}

/// Gives one of each to whom `whose` says.
pub async fn give(app: &TestGateway, asker: &Asker, whose: Whose) -> Things {
    let user = asker.caller.as_ref().map(|caller| caller.user.clone());
    let own = user.clone().filter(|_| whose == Whose::Own);
    let home = app.admin().tenant;
    let given = app.gateway.db.write(move |unit| {
        let owner = match own {
            Some(user) => unit.tx.get(&user)?.expect("the asker is stored"),
            None => somebody(unit, (whose != Whose::Stranger).then_some(home))?,
        };
        let visibility = if whose == Whose::Public { Visibility::Public } else { Visibility::Private };
        let things = give_in(unit, owner, visibility)?;
        if let (Some(user), Some(role)) = (user, whose.role()) {
            let (kind, now) = (ParticipantKind::User, unit.now());
            unit.tx.put(&Participant::new(&things.session, kind, user.as_str(), role, now))?;
            let is_shared = role != SessionRole::Owner;
            unit.tx.update(&SavedPrompt { is_shared, ..things.prompt.clone() })?;
        }
        Ok(things)
    });
    given.await.expect("they are stored")
}

/// A new user of the tenant, or of one of its own.
fn somebody(unit: &mut Unit<'_>, tenant: Option<TenantId>) -> Result<User> {
    let tenant_id = if let Some(tenant) = tenant {
        tenant
    } else {
        let tenant: Tenant = make::tenant(unit.new_id::<TenantId>());
        unit.tx.insert(&tenant)?;
        tenant.id
    };
    let user = User { tenant_id, ..make::user(unit.new_id::<UserId>()) };
    make::register(unit.tx, &user, Role::Admin)?;
    Ok(user)
}

fn give_in(unit: &mut Unit<'_>, owner: User, visibility: Visibility) -> Result<Things> {
    let agent = make::agent(unit.new_id::<AgentId>());
    let slug = agent.id.as_str().replace('_', "-");
    let agent = Agent { tenant_id: owner.tenant_id.clone(), slug, ..agent };
    unit.tx.insert(&agent)?;
    let session = Session {
        agent_id: agent.id.clone(),
        visibility,
        ..make::session(unit.new_id::<sophon_model::SessionId>()).of(&owner)
    };
    unit.tx.insert(&session)?;
    let task = task(unit, &session, TaskKind::Chat)?;
    let (approval, info_request) = prompts(unit, &task, &session)?;
    let node = node(unit, &owner)?;
    let discussion = Discussion {
        tenant_id: owner.tenant_id.clone(),
        owner_id: owner.id.clone(),
        ..make::discussion(unit.new_id::<sophon_model::DiscussionId>())
    };
    unit.tx.insert(&discussion)?;
    let of_run = self::task(unit, &session, TaskKind::Discussion)?;
    let run = make::discussion_run(unit.new_id::<sophon_model::DiscussionRunId>(), &discussion);
    let run = DiscussionRun { task_id: of_run.id, ..run };
    unit.tx.insert(&run)?;
    let attachment = attachment(unit, &owner)?;
    let prompt = saved_prompt(unit, &owner)?;
    let role = make::custom_role(unit.new_id::<RoleId>(), owner.tenant_id.clone());
    unit.tx.insert(&role)?;
    let colleague = somebody(unit, Some(owner.tenant_id.clone()))?;
    unit.tx.update(&make::membership(&colleague, Role::Custom(role.id.clone())))?;
    let filter = MemberFilter { user: Some(colleague.id), ..MemberFilter::default() };
    let colleague = unit.tx.first(&filter)?.expect("it was registered");
    Ok(Things {
        owner,
        agent,
        session,
        task,
        approval,
        info_request,
        node,
        discussion,
        run,
        attachment,
        prompt,
        role,
        colleague,
    })
}

/// One that nobody shares yet.
fn saved_prompt(unit: &mut Unit<'_>, owner: &User) -> Result<SavedPrompt> {
    let id = unit.new_id::<sophon_model::SavedPromptId>();
    let made = make::saved_prompt(id, owner.tenant_id.clone(), owner.id.clone());
    let prompt = SavedPrompt { created_at: unit.now(), ..made };
    unit.tx.insert(&prompt)?;
    Ok(prompt)
}

/// One that was not sent.
fn attachment(unit: &mut Unit<'_>, owner: &User) -> Result<StoredAttachment> {
    let attachment = StoredAttachment {
        tenant_id: owner.tenant_id.clone(),
        owner_id: owner.id.clone(),
        created_at: unit.now(),
        unsent_since: Some(unit.now()),
        ..make::attachment(unit.new_id::<sophon_model::AttachmentId>())
    };
    unit.tx.hold_blob(&make::blob_of(&attachment, unit.now().plus(LATER)))?;
    unit.tx.insert(&attachment)?;
    Ok(attachment)
}

/// One that a worker elsewhere is at, so that nobody here takes it up.
fn task(unit: &mut Unit<'_>, session: &Session, kind: TaskKind) -> Result<Task> {
    let made = make::task(unit.new_id::<sophon_model::TaskId>()).of(session).running();
    let task = Task { kind, ..made };
    unit.tx.insert(&task)?;
    Ok(task)
}

fn prompts(unit: &mut Unit<'_>, task: &Task, session: &Session) -> Result<(Approval, InfoRequest)> {
    let approval = Approval {
        tenant_id: task.tenant_id.clone(),
        user_id: task.user_id.clone(),
        session_id: session.id.clone(),
        task_id: task.id.clone(),
        agent_id: session.agent_id.clone(),
        expires_at: unit.now().plus(LATER),
        ..make::approval(unit.new_id::<sophon_model::ApprovalId>())
    };
    unit.tx.insert(&approval)?;
    let request = InfoRequest {
        tenant_id: task.tenant_id.clone(),
        user_id: task.user_id.clone(),
        session_id: session.id.clone(),
        task_id: task.id.clone(),
        agent_id: session.agent_id.clone(),
        expires_at: unit.now().plus(LATER),
        ..make::info_request(unit.new_id::<sophon_model::InfoRequestId>())
    };
    unit.tx.insert(&request)?;
    Ok((approval, request))
}

/// A node that is away: nothing waits for what it is told.
fn node(unit: &mut Unit<'_>, owner: &User) -> Result<Node> {
    let node = Node {
        tenant_id: owner.tenant_id.clone(),
        registered_by: owner.id.clone(),
        scopes: NodeScope::ALL.to_vec(),
        is_online: false,
        ..make::node(unit.new_id::<sophon_model::NodeId>())
    };
    unit.tx.insert(&node)?;
    unit.tx.insert(&make::node_secrets(node.id.clone()))?;
    Ok(node)
}
