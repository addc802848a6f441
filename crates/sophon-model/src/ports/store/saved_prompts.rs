//! Prompts that people keep.

use super::{Condition, Conditions, Filter, ToValue, Value};
use crate::{Result, SavedPrompt, TenantId, UserId};

/// The prompts that a user can use in a tenant: the user's private ones and all shared ones.
#[derive(Clone, Debug)]
pub struct UsableBy(pub UserId);

impl Filter for UsableBy {
    type Of = SavedPrompt;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.and(Condition::Either(vec![
            Condition::Is("is_shared", Value::Bool(true)),
            Condition::Is("owner_id", self.0.to_value()),
        ]));
    }
}

/// The private prompts of a user in a tenant.
#[derive(Clone, Debug)]
pub struct PrivateTo(pub UserId);

impl Filter for PrivateTo {
    type Of = SavedPrompt;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is("owner_id", &self.0).and(Condition::Is("is_shared", Value::Bool(false)));
    }
}

/// The prompts that a tenant shares.
#[derive(Clone, Copy, Debug)]
pub struct SharedPrompts;

impl Filter for SharedPrompts {
    type Of = SavedPrompt;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.and(Condition::Is("is_shared", Value::Bool(true)));
    }
}

/// Prompts that people keep.
pub trait SavedPromptRows {
    /// Removes the private prompts of a user in a tenant.
    fn delete_private_prompts(&mut self, tenant: &TenantId, user: &UserId) -> Result<()>;
}
