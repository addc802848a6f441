//! Agents.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{AgentId, TenantId, Timestamp};

text_enum! {
    /// Where an agent's turns are run.
    pub enum Runtime {
        /// Here, by the agent loop with a model.
        Model = "model",
        /// By a bridge installation that polls for work.
        Bridge = "bridge",
        /// Elsewhere: the agent posts into sessions with a token of its own.
        External = "external",
    }
}

/// An agent: a personality, a model and the tools it may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// A short name, unique in the tenant; accepted wherever an agent's id is. The first agent is `sophon`.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its turns run.
    pub runtime: Runtime,
    /// The model it prefers; the first model of the first provider if absent.
    pub model: Option<String>,
    /// The tools it may use: names, or prefixes ending in `*`.
    pub tools: Vec<String>,
    /// SOUL.md: its personality, read at each turn.
    pub soul: String,
    /// BOOT.md: what it reads in the first turn of a session.
    pub boot: String,
    /// HEARTBEAT.md: what it goes through on each heartbeat.
    pub heartbeat: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for Agent {
    const TABLE: &'static Table =
        &Table::new("agents", "agent").json(&["tools"]).taken("There is an agent with this slug already.");
}

impl Insert for Agent {}
impl Update for Agent {}
impl Delete for Agent {}

impl Key for AgentId {
    type Of = Agent;
}

impl Scoped for Agent {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

impl Agent {
    /// Whether the allowlist lets the agent use the tool `name`.
    pub fn may_use(&self, name: &str) -> bool {
        self.tools.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == allowed,
        })
    }

    /// The text of one of its files.
    pub fn file(&self, file: AgentFile) -> &str {
        match file {
            AgentFile::Soul => &self.soul,
            AgentFile::Boot => &self.boot,
            AgentFile::Heartbeat => &self.heartbeat,
        }
    }

    /// The text of one of its files, to be written.
    pub fn file_mut(&mut self, file: AgentFile) -> &mut String {
        match file {
            AgentFile::Soul => &mut self.soul,
            AgentFile::Boot => &mut self.boot,
            AgentFile::Heartbeat => &mut self.heartbeat,
        }
    }
}

/// The files that make an agent what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentFile {
    /// SOUL.md
    Soul,
    /// BOOT.md
    Boot,
    /// HEARTBEAT.md
    Heartbeat,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AgentId;

    fn agent(tools: &[&str]) -> Agent {
        Agent {
            id: AgentId::from("agent_1"),
            tenant_id: TenantId::from("tenant_1"),
            slug: "a".into(),
            name: "A".into(),
            description: String::new(),
            runtime: Runtime::Model,
            model: None,
            tools: tools.iter().map(ToString::to_string).collect(),
            soul: String::new(),
            boot: String::new(),
            heartbeat: String::new(),
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        }
    }

    #[test]
    fn the_allowlist_takes_names_and_prefixes() {
        let agent = agent(&["memory.*", "datetime.now"]);
        assert!(agent.may_use("memory.search"));
        assert!(agent.may_use("datetime.now"));
        assert!(!agent.may_use("datetime.nowhere"));
        assert!(!agent.may_use("web.fetch"));
    }
}
