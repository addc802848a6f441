//! Prompts that people keep to use again: private to their owner, or shared in the tenant.
//!
//! A shared prompt belongs to the tenant: it outlives its writer, and who holds `ManagePrompts` changes it. A private one
//! is deleted with its owner.

mod variables;

pub use variables::{BUILT_IN, LONGEST_VARIABLE, MOST_VARIABLES, Variable, variables};

use sophon_model::ports::{PrivateTo, SharedPrompts, Tx, UsableBy};
use sophon_model::{AuditAction, Caller, Error, Kind, Page, Paged, Result, SavedPrompt, SavedPromptId};

use crate::database::Database;
use crate::gateway::Shared;
use crate::limits::{self, bounded};
use crate::only_if::OnlyIf;
use crate::policy::{Create, Granted, Manage, Read, Write, allow, grant, visible};

/// The word that a prompt is called by, in characters.
pub const LONGEST_COMMAND: usize = 40;
/// The text of a prompt, in characters.
pub const LONGEST_PROMPT: usize = 20_000;
/// Private prompts of a user in a tenant.
pub const MOST_PRIVATE_PROMPTS: u64 = 500;
/// Prompts that a tenant shares.
pub const MOST_SHARED_PROMPTS: u64 = 1_000;

/// A prompt to be made.
#[derive(Clone, Debug, Default)]
pub struct NewSavedPrompt {
    /// The word that it is called by.
    pub command: String,
    /// What people call it; the command if absent.
    pub title: Option<String>,
    /// The text.
    pub content: String,
    /// Whether everyone in the tenant can use it.
    pub is_shared: bool,
}

/// What is to change of a prompt; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct SavedPromptChange {
    /// The word that it is called by.
    pub command: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// The text.
    pub content: Option<String>,
    /// Whether everyone in the tenant can use it. A prompt that is shared no longer is private to the caller.
    pub is_shared: Option<bool>,
    /// What the change depends on.
    pub only_if: OnlyIf<SavedPrompt>,
}

/// The service.
#[derive(Clone)]
pub struct SavedPrompts {
    db: Database,
}

impl SavedPrompts {
    pub(crate) fn open(shared: &Shared) -> Self {
        Self { db: shared.db.clone() }
    }

    /// Those that the caller can use, oldest first.
    pub async fn list(&self, caller: &Caller, page: Page) -> Result<Paged<SavedPrompt>> {
        let visible = visible::<SavedPrompt>(caller)?;
        self.db.read(move |tx| tx.page(visible.tenant(), &UsableBy(visible.own().clone()), &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &SavedPromptId) -> Result<SavedPrompt> {
        let (caller, id) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let prompt: Granted<SavedPrompt, Read> = grant(tx, &caller, tx.get(&id)?)?;
                Ok(prompt.into_inner())
            })
            .await
    }

    /// Makes one.
    pub async fn create(&self, caller: &Caller, new: NewSavedPrompt) -> Result<SavedPrompt> {
        let allowed = allow::<SavedPrompt, Create>(caller)?;
        if new.is_shared {
            allow::<SavedPrompt, Manage>(caller)?;
        }
        let (command, content) = (command_of(&new.command)?, content_of(new.content)?);
        let title = limits::name("title", new.title.as_deref().unwrap_or(&command))?;
        self.db
            .write_once(caller, AuditAction::PromptCreate, move |unit| {
                let now = unit.now();
                let prompt = SavedPrompt {
                    id: unit.new_id(),
                    tenant_id: allowed.tenant().clone(),
                    owner_id: allowed.user().clone(),
                    command,
                    title,
                    content,
                    is_shared: new.is_shared,
                    created_at: now,
                    updated_at: now,
                };
                require_room(&*unit.tx, &prompt)?;
                unit.tx.insert(&prompt).map_err(command_taken)?;
                unit.about(&prompt);
                Ok(prompt)
            })
            .await
    }

    /// Changes one.
    pub async fn update(
        &self,
        caller: &Caller,
        id: &SavedPromptId,
        change: SavedPromptChange,
    ) -> Result<SavedPrompt> {
        let (by, caller, id) = (caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::PromptUpdate, move |unit| {
                let before = to_change(&*unit.tx, &caller, &id, change.is_shared == Some(true))?;
                change.only_if.require(&before)?;
                let mut prompt = before.clone();
                if let Some(command) = &change.command {
                    prompt.command = command_of(command)?;
                }
                if let Some(title) = &change.title {
                    prompt.title = limits::name("title", title)?;
                }
                if let Some(content) = change.content {
                    prompt.content = content_of(content)?;
                }
                if let Some(is_shared) = change.is_shared.filter(|is_shared| *is_shared != before.is_shared) {
                    prompt.is_shared = is_shared;
                    prompt.owner_id = caller.user.clone();
                    require_room(&*unit.tx, &prompt)?;
                }
                prompt.updated_at = unit.now();
                unit.tx.update(&prompt).map_err(command_taken)?;
                unit.about_change(&before, &prompt)?;
                Ok(prompt)
            })
            .await
    }

    /// Deletes one.
    pub async fn delete(&self, caller: &Caller, id: &SavedPromptId) -> Result<()> {
        let (by, caller, id) = (caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::PromptDelete, move |unit| {
                let prompt = to_change(&*unit.tx, &caller, &id, false)?;
                unit.about(&prompt);
                unit.tx.delete_in(&prompt.tenant_id, &prompt.id).map(drop)
            })
            .await
    }
}

/// The prompt, if the caller may change it, and share it if that is asked for.
fn to_change(tx: &dyn Tx, caller: &Caller, id: &SavedPromptId, shares: bool) -> Result<SavedPrompt> {
    let prompt = tx.get(id)?;
    Ok(if shares {
        grant::<_, Manage>(tx, caller, prompt)?.into_inner()
    } else {
        grant::<_, Write>(tx, caller, prompt)?.into_inner()
    })
}

/// Refuses one prompt more than there may be.
fn require_room(tx: &dyn Tx, prompt: &SavedPrompt) -> Result<()> {
    let (there, most, of) = if prompt.is_shared {
        (tx.count_in(&prompt.tenant_id, &SharedPrompts)?, MOST_SHARED_PROMPTS, "shared")
    } else {
        let own = PrivateTo(prompt.owner_id.clone());
        (tx.count_in(&prompt.tenant_id, &own)?, MOST_PRIVATE_PROMPTS, "private")
    };
    if there < most {
        return Ok(());
    }
    Err(Error::conflict(format!("There are {most} {of} prompts already. Delete one that is not used.")))
}

/// Says of the conflict with another prompt that it is about the command.
fn command_taken(error: Error) -> Error {
    if error.kind() == Kind::Conflict {
        return error.with_code("command_taken").with_field("command");
    }
    error
}

/// The command as it is stored: without a slash, and in lower case.
fn command_of(command: &str) -> Result<String> {
    let command = command.trim();
    let command = command.strip_prefix('/').unwrap_or(command).to_lowercase();
    bounded("command", &command, 1, LONGEST_COMMAND)?;
    if command.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')) {
        return Ok(command);
    }
    Err(Error::validation("command", "A command has letters, digits, '-' and '_' only."))
}

fn content_of(content: String) -> Result<String> {
    bounded("content", &content, 1, LONGEST_PROMPT)?;
    variables::require_few(&content)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_word_in_lower_case_without_its_slash() {
        assert_eq!(command_of(" /Summarise ").unwrap(), "summarise");
        assert_eq!(command_of("code-review_2").unwrap(), "code-review_2");
        assert_eq!(command_of("要約").unwrap(), "要約");
        for refused in ["", "/", "two words", "a/b", "a.b", "{{a}}", &"a".repeat(LONGEST_COMMAND + 1)] {
            assert_eq!(command_of(refused).unwrap_err().field(), Some("command"), "{refused}");
        }
    }
}
