//! The callers.

use std::sync::Arc;

use sophon_model::{
    AgentId, Caller, Credential, CustomRole, Permission, Permissions, Role, RoleId, TenantId, User, UserId,
};
use sophon_testgateway::TestGateway;
use sophon_testkit::make;

/// One who calls.
pub struct Asker {
    pub name: String,
    /// Nobody who signed in, if absent.
    pub caller: Option<Caller>,
    pub is_agent: bool,
}

impl Asker {
    pub fn has(&self, permission: Permission) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.has(permission))
    }
}

/// Those who try a line that speaks of these permissions: the built-in roles, one role with just these, one without
/// any, and one for each with all but that. Each as a person and as an agent that acts for one. And nobody.
pub async fn askers(app: &TestGateway, named: &[Permission]) -> Vec<Asker> {
    let mut askers = vec![Asker { name: "nobody".into(), caller: None, is_agent: false }];
    let mut roles: Vec<(String, Option<Role>, Permissions)> = Role::BUILT_IN
        .into_iter()
        .map(|role| {
            let permissions = role.permissions(|_| Err(())).expect("it is built in");
            (role.name().to_owned(), Some(role), permissions)
        })
        .collect();
    roles.push(("one with just these".into(), None, Permissions::of(named)));
    roles.push(("one without any".into(), None, Permissions::default()));
    for permission in named {
        let others = Permissions::ALL.without(&[*permission]);
        roles.push((format!("one without {}", permission.name()), None, others));
    }
    let tenant = app.admin().tenant;
    for (name, role, permissions) in roles {
        let caller = caller(app, &tenant, role, permissions).await;
        let agent = Credential::Agent(AgentId::from("agent_of_theirs"), None);
        let as_agent = Caller { credential: agent, ..caller.clone() };
        askers.push(Asker { name: format!("an agent of {name}"), caller: Some(as_agent), is_agent: true });
        askers.push(Asker { name, caller: Some(caller), is_agent: false });
    }
    askers
}

/// A user of the tenant with a role, or else with one of its own that includes just these.
pub async fn caller(
    app: &TestGateway,
    tenant: &TenantId,
    role: Option<Role>,
    permissions: Permissions,
) -> Caller {
    let tenant_id = tenant.clone();
    let stored = app.gateway.db.write(move |unit| {
        let role = if let Some(role) = role {
            role
        } else {
            let id = unit.new_id::<RoleId>();
            unit.tx.insert(&CustomRole {
                name: id.to_string(),
                id: id.clone(),
                tenant_id: tenant_id.clone(),
                permissions: permissions.iter().collect(),
                created_at: unit.now(),
                updated_at: unit.now(),
            })?;
            Role::Custom(id)
        };
        let user = User { tenant_id, ..make::user(unit.new_id::<UserId>()) };
        make::register(unit.tx, &user, role.clone())?;
        Ok((user, role))
    });
    let (User { id: user, tenant_id: tenant, .. }, role) = stored.await.expect("it is stored");
    let (email, origin) = ("a@example.com".into(), Arc::default());
    let credential = Credential::AutoAdmin;
    Caller { user, email, tenant, role, permissions, credential, request_key: None, origin }
}
