//! The call of a service that a line of the table is about.

use serde_json::json;
use sophon_core::Gateway;
use sophon_core::agents::{AgentChange, NewAgent};
use sophon_core::announcements::NewAnnouncement;
use sophon_core::approvals::Answer;
use sophon_core::discussions::{ChangeDiscussion, NewDiscussion};
use sophon_core::nodes::{NewNode, SendCommand};
use sophon_core::only_if::OnlyIf;
use sophon_core::policy::Case;
use sophon_core::roles::RoleChange;
use sophon_core::saved_prompts::{NewSavedPrompt, SavedPromptChange};
use sophon_core::sessions::{ChangeSession, NewSession};
use sophon_core::tenants::TenantChange;
use sophon_core::users::{NewUser, UserChange};
use sophon_model::ports::{ApprovalFilter, AuditFilter, MemberFilter, SessionFilter, TenantFilter};
use sophon_model::{
    Caller, Error, JobId, NewPanelist, Node, Page, Permission, ProviderId, Result, Role, Severity, TenantId,
    Topic, UserInTenant,
};
use sophon_testgateway::TestGateway;

use super::asker::Asker;
use super::things::Things;

/// Lines that are about nodes which act for themselves.
pub const NOT_FOR_USERS: [&str; 2] = ["node Act", "command Report"];
/// The permission of those whom the feed is for that is asked about.
pub const HELD: Permission = Permission::ApproveActions;
/// Lines that no service leads to from here: an agent's tool does.
pub const NOT_REACHED: [&str; 1] = ["run Create"];

/// Does what the line says with the thing that it is about. What a list does not hold is `not_found`.
pub async fn call(app: &TestGateway, case: &Case, asker: &Asker, things: &Things) -> Result<()> {
    let gateway = &app.gateway;
    if (case.kind, case.verb) == ("session", "Read") {
        return gateway.sessions.get(asker.caller.as_ref(), &things.session.id).await.map(drop);
    }
    let caller = asker.caller.as_ref().expect("other services take a caller");
    if case.verb == "List" {
        return listed(gateway, case, caller, things).await;
    }
    match case.kind {
        "agent" | "announcement" | "approval" | "information request" | "node" => {
            of_tenant(gateway, case, caller, things).await
        }
        "prompt" => of_prompts(gateway, case, caller, things).await,
        "attachment" | "discussion" | "run" | "session" | "task" => {
            of_owner(gateway, case, caller, things).await
        }
        "role" | "user" => of_people(gateway, case, caller, things).await,
        "audit log" => of_audit(gateway, case, caller).await,
        _ => of_places(gateway, case, caller, things).await,
    }
}

async fn of_audit(gateway: &Gateway, case: &Case, caller: &Caller) -> Result<()> {
    let filter = AuditFilter::default();
    match case.verb {
        "Read" => gateway.audit.list(caller, filter, Page::new(None, None)).await.map(drop),
        "Export" => gateway.audit.export(caller, filter).await.map(drop),
        other => panic!("no call is known for {other} of the audit log"),
    }
}

async fn of_tenant(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let (agent, approval, request) = (things.agent.id.as_str(), &things.approval.id, &things.info_request.id);
    match (case.kind, case.verb) {
        ("agent", "Create") => {
            let name = format!("of {}", things.owner.id);
            gateway.agents.create(caller, NewAgent { name, ..NewAgent::default() }).await.map(drop)
        }
        ("agent", "Read") => gateway.agents.get(caller, agent).await.map(drop),
        ("agent", "Write") => gateway.agents.update(caller, agent, AgentChange::default()).await.map(drop),
        ("announcement", "Create") => {
            let (title, body) = ("T".into(), "B".into());
            let new = NewAnnouncement { title, body, severity: Severity::Info };
            gateway.announcements.announce(caller, new).await.map(drop)
        }
        ("approval", "Read") => gateway.approvals.get(caller, approval).await.map(drop),
        ("approval", "Answer") => {
            gateway.approvals.answer(caller, approval, Answer::Reject { reason: None }).await.map(drop)
        }
        ("information request", "Read") => gateway.info_requests.get(caller, request).await.map(drop),
        ("information request", "Answer") => {
            gateway.info_requests.respond(caller, request, None).await.map(drop)
        }
        ("node", "Create") => {
            let new = NewNode { name: "box".into(), platform: "linux".into(), scopes: Vec::new() };
            gateway.nodes.register(caller, new).await.map(drop)
        }
        ("node", "Read") => gateway.nodes.get(caller, &things.node.id).await.map(drop),
        ("node", "Write") => {
            gateway.nodes.rename(caller, &things.node.id, "box".into(), OnlyIf::default()).await.map(drop)
        }
        ("node", "Command") => command(gateway, caller, &things.node, "system.info").await,
        ("node", "CommandAtRisk") => command(gateway, caller, &things.node, "system.execute").await,
        _ => unknown(case),
    }
}

async fn of_people(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let (role, user) = (Role::Custom(things.role.id.clone()), &things.colleague.id);
    match (case.kind, case.verb) {
        ("role", "Create") => {
            let name = format!("of {}", things.owner.id);
            gateway.roles.create(caller, &name, Vec::new()).await.map(drop)
        }
        ("role", "Read") => gateway.roles.get(caller, role).await.map(drop),
        ("role", "Write") => gateway.roles.update(caller, role, RoleChange::default()).await.map(drop),
        ("user", "Create") => {
            let email = format!("of-{}@example.org", things.owner.id);
            let new = NewUser { email, name: "U".into(), role, password: None };
            gateway.users.create(caller, new).await.map(drop)
        }
        ("user", "Read") => gateway.users.get(caller, user).await.map(drop),
        ("user", "Write") => gateway.users.update(caller, user, UserChange::default()).await.map(drop),
        _ => unknown(case),
    }
}

async fn of_prompts(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let (prompts, id) = (&gateway.saved_prompts, &things.prompt.id);
    match case.verb {
        "Create" => {
            let command = format!("of-{}", things.owner.id).replace("usr_", "").chars().take(40).collect();
            let new = NewSavedPrompt { command, content: "C".into(), ..NewSavedPrompt::default() };
            prompts.create(caller, new).await.map(drop)
        }
        "Read" => prompts.get(caller, id).await.map(drop),
        "Write" => prompts.update(caller, id, SavedPromptChange::default()).await.map(drop),
        "Manage" => {
            let change = SavedPromptChange { is_shared: Some(true), ..SavedPromptChange::default() };
            prompts.update(caller, id, change).await.map(drop)
        }
        _ => unknown(case),
    }
}

async fn command(gateway: &Gateway, caller: &Caller, node: &Node, command: &str) -> Result<()> {
    let (node, command) = (node.id.clone(), command.to_owned());
    let send = SendCommand { node, command, params: json!({}), time: None };
    gateway.nodes.command(caller, send).await.map(drop)
}

async fn of_owner(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let (discussion, run) = (&things.discussion.id, &things.run.id);
    match (case.kind, case.verb) {
        ("attachment", "Create") => gateway.attachments.begin_upload(caller).await.map(drop),
        ("attachment", "Read") => {
            gateway.attachments.get(Some(caller), &things.attachment.id).await.map(drop)
        }
        ("attachment", "Write") => gateway.attachments.delete(caller, &things.attachment.id).await,
        ("discussion", "Create") => {
            let persona = |name: &str| {
                let persona = Some(format!("You are {name}."));
                NewPanelist { name: Some(name.into()), persona, ..NewPanelist::default() }
            };
            let panelists = vec![persona("a"), persona("b")];
            let new = NewDiscussion { topic: "T".into(), panelists, ..NewDiscussion::default() };
            gateway.discussions.create(caller, new).await.map(drop)
        }
        ("discussion", "Read") => gateway.discussions.get(caller, discussion).await.map(drop),
        ("discussion", "Write") => {
            gateway.discussions.update(caller, discussion, ChangeDiscussion::default()).await.map(drop)
        }
        ("run", "Read") => gateway.discussions.run(caller, run).await.map(drop),
        ("run", "Cancel") => gateway.discussions.cancel(caller, run).await.map(drop),
        ("session", "Create") => gateway.sessions.create(caller, NewSession::default()).await.map(drop),
        ("session", "Write") => {
            let change = ChangeSession::default();
            gateway.sessions.update(caller, &things.session.id, change).await.map(drop)
        }
        ("session", "Manage") => gateway.sessions.delete(caller, &things.session.id).await,
        ("session", "SeeDetails") => {
            gateway.sessions.participants(caller, &things.session.id).await.map(drop)
        }
        ("session", "Mark") => gateway.sessions.marks(caller, &things.session.id).await.map(drop),
        ("task", "Read") => gateway.tasks.get(caller, &things.task.id).await.map(drop),
        ("task", "Cancel") => gateway.tasks.cancel(caller, &things.task.id).await.map(drop),
        _ => unknown(case),
    }
}

async fn of_places(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let (user, tenant) = (things.owner.id.clone(), things.owner.tenant_id.clone());
    let topic = match (case.kind, case.verb) {
        ("system", "Read") => return gateway.jobs.counts(caller).await.map(drop),
        ("system", "Write") => return gateway.jobs.retry(caller, &JobId::from("job_none")).await.map(drop),
        ("model settings", "Read") => return gateway.models.providers(caller).await.map(drop),
        ("model settings", "Write") => {
            return gateway.models.remove(caller, &ProviderId::from("prov_none")).await;
        }
        ("tenant", "Read") => {
            return gateway
                .tenants
                .list(caller, TenantFilter::default(), Page::new(None, None))
                .await
                .map(drop);
        }
        ("tenant", "Write") => {
            let none = TenantId::from("tenant_none");
            return gateway.tenants.update(caller, &none, TenantChange::default()).await.map(drop);
        }
        ("feed of a tenant", "Read") => Topic::Tenant(tenant),
        ("feed", "Read") => Topic::Holders(tenant, HELD),
        ("feed of a user", "Read") => Topic::User(UserInTenant { tenant, user }),
        ("feed of a user", "FollowTasks") => Topic::Tasks(UserInTenant { tenant, user }),
        _ => return unknown(case),
    };
    gateway.may_follow(caller, &topic).await
}

/// Whether the list holds the thing. The newest are on the first page of all but the agents and nodes, which are looked
/// through.
async fn listed(gateway: &Gateway, case: &Case, caller: &Caller, things: &Things) -> Result<()> {
    let mut page = Page::new(Some(Page::MOST), None);
    loop {
        let (ids, next): (Vec<String>, _) = match case.kind {
            "agent" => ids(gateway.agents.list(caller, page).await?, |agent| agent.id.to_string()),
            "approval" => {
                let list = gateway.approvals.list(caller, ApprovalFilter::default(), page).await?;
                ids(list, |approval| approval.id.to_string())
            }
            "discussion" => ids(gateway.discussions.list(caller, page).await?, |found| found.id.to_string()),
            "information request" => {
                ids(gateway.info_requests.pending(caller, page).await?, |request| request.id.to_string())
            }
            "node" => ids(gateway.nodes.list(caller, page).await?, |node| node.id.to_string()),
            "session" => ids(gateway.sessions.list(caller, SessionFilter::default(), page).await?, |found| {
                found.session.id.to_string()
            }),
            "prompt" => ids(gateway.saved_prompts.list(caller, page).await?, |prompt| prompt.id.to_string()),
            "role" => {
                let roles = gateway.roles.list(caller).await?;
                (roles.iter().map(|known| known.role.name().to_owned()).collect(), None)
            }
            "user" => {
                let list = gateway.users.list(caller, MemberFilter::default(), page).await?;
                ids(list, |user| user.id.to_string())
            }
            "task" => ids(gateway.tasks.active(caller, page).await?, |task| task.id.to_string()),
            _ => return unknown(case),
        };
        let wanted = [
            things.agent.id.as_str(),
            things.approval.id.as_str(),
            things.discussion.id.as_str(),
            things.info_request.id.as_str(),
            things.node.id.as_str(),
            things.prompt.id.as_str(),
            things.session.id.as_str(),
            things.task.id.as_str(),
            things.role.id.as_str(),
            things.colleague.id.as_str(),
        ];
        if ids.iter().any(|id| wanted.contains(&id.as_str())) {
            return Ok(());
        }
        let Some(next) = next else { return Err(Error::not_found(case.kind)) };
        page = Page::new(Some(Page::MOST), Some(next));
    }
}

fn ids<T>(
    page: sophon_model::Paged<T>,
    id: impl Fn(&T) -> String,
) -> (Vec<String>, Option<sophon_model::Position>) {
    (page.items.iter().map(id).collect(), page.next)
}

fn unknown(case: &Case) -> Result<()> {
    panic!("there is a new line, {} {}: say here how it is called", case.kind, case.verb)
}
