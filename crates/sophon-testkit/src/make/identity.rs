//! Tenants, users, their credentials, and agents.

use sophon_model::ports::Tx;
use sophon_model::{
    Agent, AgentId, ApiToken, ApiTokenId, AuthSession, AuthSessionId, CustomRole, Membership, Result, Role,
    RoleId, Runtime, SavedPrompt, SavedPromptId, SecondFactor, SecondFactorId, Tenant, TenantId,
    TenantStatus, User, UserId, UserStatus,
};

use super::{LATER, NOW, TENANT, USER};

/// A tenant. Its slug and name are its id.
pub fn tenant(id: impl Into<TenantId>) -> Tenant {
    let id = id.into();
    Tenant {
        slug: id.to_string(),
        name: id.to_string(),
        id,
        description: None,
        status: TenantStatus::Active,
        is_main: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// An active user, with the address `ID@example.org`. The password hash is that of no password.
pub fn user(id: impl Into<UserId>) -> User {
    let id = id.into();
    User {
        tenant_id: TENANT.into(),
        email: format!("{id}@example.org"),
        name: id.to_string(),
        id,
        status: UserStatus::Active,
        password_hash: String::new(),
        password_due: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// That a user is a member of its home with this role.
pub fn membership(user: &User, role: Role) -> Membership {
    Membership {
        tenant_id: user.tenant_id.clone(),
        user_id: user.id.clone(),
        role,
        created_at: user.created_at,
        updated_at: user.updated_at,
    }
}

/// Adds a user that is a member of its home with this role.
pub fn register(tx: &mut dyn Tx, user: &User, role: Role) -> Result<()> {
    tx.insert(user)?;
    tx.insert(&membership(user, role))
}

/// A role of a tenant's own, which allows nothing. Its name is its id.
pub fn custom_role(id: impl Into<RoleId>, tenant_id: impl Into<TenantId>) -> CustomRole {
    let id = id.into();
    CustomRole {
        tenant_id: tenant_id.into(),
        name: id.to_string(),
        id,
        permissions: Vec::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A private prompt. Its command is its id.
pub fn saved_prompt(
    id: impl Into<SavedPromptId>,
    tenant_id: impl Into<TenantId>,
    owner_id: impl Into<UserId>,
) -> SavedPrompt {
    let id = id.into();
    SavedPrompt {
        tenant_id: tenant_id.into(),
        owner_id: owner_id.into(),
        command: id.to_string(),
        title: "Summarise".into(),
        content: "Summarise {{text}} in {{sentences=3}} sentences.".into(),
        is_shared: false,
        id,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A sign-in. The hash is its id, and that of no secret.
pub fn auth_session(id: impl Into<AuthSessionId>) -> AuthSession {
    let id = id.into();
    AuthSession {
        user_id: USER.into(),
        refresh_hash: id.to_string(),
        id,
        previous_hash: None,
        user_agent: None,
        address: None,
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: LATER,
        revoked_at: None,
        ends_at: None,
    }
}

/// A second factor that is switched on, without a key and recovery codes.
pub fn second_factor(id: impl Into<SecondFactorId>, user_id: impl Into<UserId>) -> SecondFactor {
    SecondFactor {
        id: id.into(),
        user_id: user_id.into(),
        confirmed_at: Some(NOW),
        last_step: 0,
        recovery_hashes: Vec::new(),
        wrong_codes: 0,
        wrong_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// An API token that does not expire. The hash is its id, and that of no secret.
pub fn api_token(id: impl Into<ApiTokenId>) -> ApiToken {
    let id = id.into();
    ApiToken {
        user_id: USER.into(),
        tenant_id: TENANT.into(),
        name: id.to_string(),
        secret_hash: id.to_string(),
        id,
        hint: String::new(),
        permissions: None,
        parent_id: None,
        created_at: NOW,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    }
}

/// An agent that a model answers for, with all tools. Its slug and name are its id.
pub fn agent(id: impl Into<AgentId>) -> Agent {
    let id = id.into();
    Agent {
        tenant_id: TENANT.into(),
        slug: id.to_string(),
        name: id.to_string(),
        id,
        description: String::new(),
        runtime: Runtime::Model,
        model: None,
        tools: vec!["*".into()],
        soul: String::new(),
        boot: String::new(),
        heartbeat: String::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}
