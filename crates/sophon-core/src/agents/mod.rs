//! Agents: their settings, their files and the tools they may use.

mod defaults;

pub(crate) use defaults::{FIRST_AGENT, first_agent};

use sophon_model::ports::every;
use sophon_model::{Agent, AgentFile, AuditAction, Caller, Error, Page, Paged, Result, Runtime, Timestamp};

use crate::database::Database;
use crate::gateway::Shared;
use crate::limits::{
    self, LONGEST_AGENT_FILE, LONGEST_DESCRIPTION, LONGEST_NAME, MOST_TOOL_PATTERNS, bounded,
};
use crate::models::Models;
use crate::only_if::OnlyIf;
use crate::policy::{Create, Granted, Read, Write, allow, grant, visible};

/// An agent to be made. What is absent gets the value of the first agent of a fresh gateway.
#[derive(Clone, Debug, Default)]
pub struct NewAgent {
    /// What people call it.
    pub name: String,
    /// Its short name; made from the name if absent.
    pub slug: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The model it prefers.
    pub model: Option<String>,
    /// The tools it may use.
    pub tools: Option<Vec<String>>,
    /// SOUL.md
    pub soul: Option<String>,
    /// BOOT.md
    pub boot: Option<String>,
    /// HEARTBEAT.md
    pub heartbeat: Option<String>,
}

/// What is to change of an agent; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct AgentChange {
    /// What people call it.
    pub name: Option<String>,
    /// Its short name.
    pub slug: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The model it prefers; `Some(None)` clears it.
    pub model: Option<Option<String>>,
    /// The tools it may use.
    pub tools: Option<Vec<String>>,
    /// One of its files.
    pub file: Option<(AgentFile, String)>,
    /// What the change depends on.
    pub only_if: OnlyIf<Agent>,
}

/// The service.
#[derive(Clone)]
pub struct Agents {
    db: Database,
    models: Models,
}

impl Agents {
    pub(crate) fn open(shared: &Shared) -> Self {
        Self { db: shared.db.clone(), models: shared.models.clone() }
    }

    /// The tenant's agents, oldest first.
    pub async fn list(&self, caller: &Caller, page: Page) -> Result<Paged<Agent>> {
        let visible = visible::<Agent>(caller)?;
        self.db.read(move |tx| tx.page(visible.tenant(), &every::<Agent>(), &page)).await
    }

    /// One, by id or slug.
    pub async fn get(&self, caller: &Caller, id_or_slug: &str) -> Result<Agent> {
        let (caller, wanted) = (caller.clone(), id_or_slug.to_owned());
        self.db
            .read(move |tx| {
                let agent: Granted<Agent, Read> = grant(tx, &caller, tx.agent(&caller.tenant, &wanted)?)?;
                Ok(agent.into_inner())
            })
            .await
    }

    /// Makes one.
    pub async fn create(&self, caller: &Caller, new: NewAgent) -> Result<Agent> {
        let allowed = allow::<Agent, Create>(caller)?;
        self.models.require_offered("model", new.model.as_deref()).await?;
        self.db
            .write_once(caller, AuditAction::AgentCreate, move |unit| {
                let template = first_agent(unit.new_id(), allowed.tenant().clone(), unit.now());
                let agent = Agent {
                    slug: new.slug.unwrap_or_else(|| slug_of(&new.name)),
                    name: limits::name("name", &new.name)?,
                    description: new.description.unwrap_or_default(),
                    runtime: Runtime::Model,
                    model: new.model,
                    tools: new.tools.unwrap_or(template.tools),
                    soul: new.soul.unwrap_or(template.soul),
                    boot: new.boot.unwrap_or_default(),
                    heartbeat: new.heartbeat.unwrap_or_default(),
                    id: template.id,
                    tenant_id: template.tenant_id,
                    created_at: template.created_at,
                    updated_at: template.updated_at,
                };
                validate(&agent)?;
                unit.tx.insert(&agent)?;
                unit.about(&agent);
                Ok(agent)
            })
            .await
    }

    /// Changes one. A running turn goes on with what it began with; the next one sees the change.
    pub async fn update(&self, caller: &Caller, id_or_slug: &str, change: AgentChange) -> Result<Agent> {
        self.models.require_offered("model", change.model.as_ref().and_then(Option::as_deref)).await?;
        let by = caller;
        let (caller, wanted) = (caller.clone(), id_or_slug.to_owned());
        self.db
            .write_as(by, AuditAction::AgentUpdate, move |unit| {
                let agent = unit.tx.agent_to_change(&caller.tenant, &wanted)?;
                let mut agent: Granted<Agent, Write> = grant(unit.tx, &caller, agent)?;
                change.only_if.require(&agent)?;
                let before = Agent::clone(&agent);
                apply(&mut agent, change, unit.now())?;
                validate(&agent)?;
                unit.tx.update(&*agent)?;
                unit.about_change(&before, &*agent)?;
                Ok(agent.into_inner())
            })
            .await
    }

    /// Deletes one. Its sessions stay, with another agent to be chosen by who writes into them.
    pub async fn delete(&self, caller: &Caller, id_or_slug: &str) -> Result<()> {
        let by = caller;
        let (caller, wanted) = (caller.clone(), id_or_slug.to_owned());
        self.db
            .write_as(by, AuditAction::AgentDelete, move |unit| {
                let agent: Granted<Agent, Write> =
                    grant(unit.tx, &caller, unit.tx.agent(&caller.tenant, &wanted)?)?;
                unit.about(&*agent);
                if unit.tx.list_in(&caller.tenant, &every::<Agent>(), 2)?.len() == 1 {
                    return Err(Error::conflict(
                        "The last agent stays: nobody would answer. Make another first.",
                    ));
                }
                unit.tx.delete_in(&agent.tenant_id, &agent.id).map(|_| ())
            })
            .await
    }
}

fn apply(agent: &mut Agent, change: AgentChange, now: Timestamp) -> Result<()> {
    if let Some(name) = change.name {
        agent.name = limits::name("name", &name)?;
    }
    if let Some(slug) = change.slug {
        agent.slug = slug;
    }
    if let Some(description) = change.description {
        agent.description = description;
    }
    if let Some(model) = change.model {
        agent.model = model;
    }
    if let Some(tools) = change.tools {
        agent.tools = tools;
    }
    if let Some((file, text)) = change.file {
        *agent.file_mut(file) = text;
    }
    agent.updated_at = now;
    Ok(())
}

fn validate(agent: &Agent) -> Result<()> {
    bounded("slug", &agent.slug, 1, LONGEST_NAME)?;
    let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    // An id in place of a slug would make one agent reachable under another's address.
    if !agent.slug.chars().all(is_slug) || agent.slug.starts_with("agent_") {
        return Err(Error::validation(
            "slug",
            "A slug has lower-case letters, digits, '-' and '_' only, and no 'agent_' at its beginning.",
        ));
    }
    bounded("description", &agent.description, 0, LONGEST_DESCRIPTION)?;
    for (name, text) in [("soul", &agent.soul), ("boot", &agent.boot), ("heartbeat", &agent.heartbeat)] {
        bounded(name, text, 0, LONGEST_AGENT_FILE)?;
    }
    if agent.tools.len() > MOST_TOOL_PATTERNS {
        return Err(Error::validation("tools", format!("At most {MOST_TOOL_PATTERNS} entries.")));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '*');
    for pattern in &agent.tools {
        bounded("tools", pattern, 1, LONGEST_NAME)?;
        if !pattern.chars().all(is_name) || pattern.trim_end_matches('*').contains('*') {
            let text = format!("'{pattern}' is neither a tool's name nor a prefix that ends in '*'.");
            return Err(Error::validation("tools", text));
        }
    }
    Ok(())
}

/// A slug out of a name: what is not a letter or digit becomes one dash.
pub(crate) fn slug_of(name: &str) -> String {
    let dashed: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = dashed.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_from_the_name() {
        assert_eq!(slug_of("  Research & Writing! "), "research-writing");
        assert_eq!(slug_of("日本"), "");
    }
}
