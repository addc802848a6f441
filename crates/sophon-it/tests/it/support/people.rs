//! People of several tenants on one gateway, put in by way of its storage, and what else can prove itself to it.

use std::sync::Arc;
use std::time::Duration;

use sophon_core::Gateway;
use sophon_core::identity::{Device, Login, NamedTenant, NewApiToken};
use sophon_core::nodes::{NewNode, Pairing};
use sophon_model::{
    ApiTokenId, Caller, Credential, CustomRole, NodeId, NodeScope, Permission, Permissions, Role, Tenant,
    TenantId, User, UserId,
};

use sophon_testkit::make;

use super::App;

/// Somebody who can sign in.
#[derive(Clone)]
pub struct Person {
    gateway: Gateway,
    email: String,
    password: String,
    /// How the core knows it.
    pub caller: Caller,
}

/// A paired node.
pub struct NodeAgent {
    pub id: NodeId,
    pub tenant: TenantId,
    pub token: String,
}

impl App {
    /// The first administrator.
    pub async fn admin(&self) -> Person {
        let gateway = self.started.gateway.clone();
        let (email, password) = gateway.generated_password.clone().expect("a fresh gateway");
        let user = gateway.db.read(|tx| tx.first_user()).await.unwrap().unwrap();
        let caller = Caller {
            user: user.id,
            email: user.email.into(),
            tenant: user.tenant_id,
            role: Role::Admin,
            permissions: Permissions::ALL,
            credential: Credential::AutoAdmin,
            request_key: None,
            origin: Arc::default(),
        };
        Person { gateway, email, password, caller }
    }

    /// Another tenant.
    pub async fn tenant(&self, slug: &'static str) -> TenantId {
        let added = self.started.gateway.db.write(move |unit| {
            let tenant = Tenant {
                slug: slug.into(),
                name: slug.into(),
                created_at: unit.now(),
                ..make::tenant(unit.new_id::<TenantId>())
            };
            unit.tx.insert(&tenant).map(|()| tenant.id)
        });
        added.await.unwrap()
    }

    /// Somebody in this tenant with one of the roles that every tenant has.
    pub async fn person(&self, tenant: &TenantId, role: Role) -> Person {
        let permissions = role.permissions(|_| Ok::<_, ()>(Permissions::default())).unwrap();
        let is_main = self.admin().await.caller.tenant == *tenant;
        let permissions = if is_main { permissions } else { permissions.without(Permission::OF_DEPLOYMENT) };
        self.add_person(tenant, role, permissions).await
    }

    /// Somebody in this tenant with a role of its own that includes just these.
    pub async fn person_with(&self, tenant: &TenantId, permissions: Permissions) -> Person {
        let tenant_id = tenant.clone();
        let added = self.started.gateway.db.write(move |unit| {
            let (id, now) = (unit.new_id::<sophon_model::RoleId>(), unit.now());
            unit.tx.insert(&CustomRole {
                name: id.to_string(),
                id: id.clone(),
                tenant_id,
                permissions: permissions.iter().collect(),
                created_at: now,
                updated_at: now,
            })?;
            Ok(id)
        });
        let role = Role::Custom(added.await.unwrap());
        self.add_person(tenant, role, permissions).await
    }

    async fn add_person(&self, tenant: &TenantId, role: Role, permissions: Permissions) -> Person {
        let Person { gateway, password, .. } = self.admin().await;
        let (tenant_id, given) = (tenant.clone(), role.clone());
        let added = gateway.db.write(move |unit| {
            let id = unit.new_id::<UserId>();
            // With the administrator's password.
            let admin = unit.tx.first_user()?.unwrap();
            let email = format!("{id}@example.com").to_lowercase();
            make::register(unit.tx, &User { id: id.clone(), tenant_id, email, ..admin }, given)?;
            Ok(id)
        });
        let user = added.await.unwrap();
        let email = format!("{user}@example.com").to_lowercase();
        let caller = Caller {
            user,
            email: email.as_str().into(),
            tenant: tenant.clone(),
            role,
            permissions,
            credential: Credential::AutoAdmin,
            request_key: None,
            origin: Arc::default(),
        };
        Person { gateway, email, password, caller }
    }
}

impl Person {
    /// Signs in and returns the access token.
    pub async fn sign_in(&self) -> String {
        let (email, password) = (self.email.clone(), self.password.clone());
        let login = Login { email, password, device: Device::default(), tenant: NamedTenant::Unnamed };
        self.gateway.identity.login(login).await.unwrap().access_token
    }

    /// Makes an API token and returns its id and secret.
    pub async fn api_token(&self) -> (ApiTokenId, String) {
        let new = NewApiToken { name: "script".into(), permissions: None, ends: None };
        let (token, secret) = self.gateway.identity.create_api_token(&self.caller, new).await.unwrap();
        (token.id, secret)
    }

    /// An API token whose time is over.
    pub async fn expired_token(&self) -> String {
        let (id, secret) = self.api_token().await;
        let user = self.caller.user.clone();
        let aged = self.gateway.db.write(move |unit| {
            let mut token = unit.tx.get_in(&user, &id)?.unwrap();
            token.expires_at = Some(unit.now().minus(Duration::from_secs(1)));
            unit.tx.update(&token)
        });
        aged.await.unwrap();
        secret
    }

    /// The access token of a sign-in whose time is over.
    pub async fn ended_sign_in(&self) -> String {
        let token = self.sign_in().await;
        let caller = self.gateway.identity.authenticate(&token, NamedTenant::Unnamed).await.unwrap();
        let Credential::Access(id, _) = caller.credential else { panic!("one signs in for an access token") };
        let aged = self.gateway.db.write(move |unit| {
            let mut sign_in = unit.tx.get(&id)?.unwrap();
            sign_in.expires_at = unit.now().minus(Duration::from_secs(1));
            unit.tx.update(&sign_in)
        });
        aged.await.unwrap();
        token
    }

    /// A node of this person's, who may manage them.
    pub async fn node(&self) -> NodeAgent {
        let nodes = &self.gateway.nodes;
        let new =
            NewNode { name: "box".into(), platform: "linux".into(), scopes: vec![NodeScope::SystemInfo] };
        let registered = nodes.register(&self.caller, new).await.unwrap();
        let id = registered.node.id;
        nodes.approve(&self.caller, &id, None, None).await.unwrap();
        let Pairing::Approved(token) =
            nodes.pair(&id, &registered.pairing_secret, Arc::default()).await.unwrap()
        else {
            panic!("an approved node gets its token");
        };
        NodeAgent { id, tenant: self.caller.tenant.clone(), token }
    }

    /// Whether its role includes this.
    pub fn has(&self, permission: Permission) -> bool {
        self.caller.has(permission)
    }
}
