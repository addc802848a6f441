//! The configuration: `sophon.toml`, overridden by `SOPHON__SECTION__KEY`, overridden by flags.
//!
//! One file a section: its keys, their defaults, limits and meaning, and how it becomes the settings of the crates
//! below. The JSON schema and the table of keys in `docs/` come from the same declarations.

mod agents;
mod audit;
mod auth;
mod backplane;
mod bounded;
mod database;
mod egress;
mod files;
mod http;
mod hubs;
mod in_force;
mod log;
mod oidc;
mod problems;
mod providers;
mod rate_limits;
mod read;
mod reference;
mod retention;
mod secrets;
mod sources;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_providers::ProviderConfig;

use crate::ServeArgs;
use crate::environment::{variable, variables};
pub use agents::Agents;
pub use audit::Audit;
pub use auth::Auth;
pub use backplane::Backplane;
pub use bounded::Bounded;
pub use database::Database;
pub use egress::{Egress, PrivateTarget};
pub use files::Files;
pub use http::Http;
pub use hubs::Hubs;
pub use in_force::{InForce, in_force};
pub use log::{Log, LogFormat};
pub use oidc::OidcProvider;
pub use problems::Problems;
pub use rate_limits::RateLimits;
pub use reference::{reference, schema_text};
pub use retention::Retention;
pub use secrets::Secrets;
use sources::Sources;

/// What the names of the variables of keys begin with.
const PREFIX: &str = "SOPHON__";

/// The edition that runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Tier {
    /// For one person.
    #[default]
    Personal,
    /// For a team.
    Pro,
    /// For an organisation.
    Enterprise,
}

/// The configuration of a Sophon gateway. Each key has a default that works.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "sophon.toml")]
pub struct Config {
    /// The address to listen on; port 0 takes a free one. The flag `--listen` overrides it.
    pub listen: SocketAddr,
    /// The data folder, of mode 0700. The flag `--data` overrides it.
    #[schemars(extend("x-default" = "`~/.sophon`"))]
    pub data: Option<PathBuf>,
    /// The edition: for one person, a team or an organisation.
    pub tier: Tier,
    /// The database.
    pub database: Database,
    /// Messages between several gateways.
    pub backplane: Backplane,
    /// How one gets in.
    pub auth: Auth,
    /// The keys that stored secrets depend on.
    pub secrets: Secrets,
    /// Model providers, in order of priority. Without any, the variables that every tool uses configure them.
    #[schemars(extend("x-default" = "from the environment"))]
    pub providers: Vec<ProviderConfig>,
    /// The requests that are let in.
    pub http: Http,
    /// Requests a minute, for each user and each API token.
    pub rate_limits: RateLimits,
    /// Connections that follow events.
    pub hubs: Hubs,
    /// The agents' work.
    pub agents: Agents,
    /// The audit log.
    pub audit: Audit,
    /// How long finished things are kept.
    pub retention: Retention,
    /// Attached files.
    pub files: Files,
    /// Outbound connections.
    pub egress: Egress,
    /// The log.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: None,
            tier: Tier::default(),
            database: Database::default(),
            backplane: Backplane::default(),
            auth: Auth::default(),
            secrets: Secrets::default(),
            providers: Vec::new(),
            http: Http::default(),
            rate_limits: RateLimits::default(),
            hubs: Hubs::default(),
            agents: Agents::default(),
            audit: Audit::default(),
            retention: Retention::default(),
            files: Files::default(),
            egress: Egress::default(),
            log: Log::default(),
        }
    }
}

impl Config {
    /// Reads the configuration: the file that `args` name or `sophon.toml`, the environment, and the flags in `args`.
    /// Fails with everything that is wrong.
    pub fn load(args: &ServeArgs) -> Result<Self, Problems> {
        let mut config = Self::from_sources(args, variables(PREFIX))?;
        if config.providers.is_empty() {
            config.providers = providers::from_environment(variable);
        }
        Ok(config)
    }

    fn from_sources(
        args: &ServeArgs,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let (keys, mut problems) = (reference::keys(), Problems::default());
        let mut sources = Sources::from_file(args.config.as_deref(), &mut problems);
        sources.overlay(variables, &keys, &mut problems);
        let mut config = read::read(sources.value, &keys, &mut problems);
        config.listen = args.listen.unwrap_or(config.listen);
        config.data = args.data.clone().or(config.data);
        config.find_problems(&mut problems);
        problems.name_variables(&sources.variables);
        problems.none_or(config)
    }

    /// Refuses what no single key can be refused for.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        self.find_problems(&mut problems);
        problems.none_or(())
    }

    fn find_problems(&self, problems: &mut Problems) {
        self.auth.check(self.listen, self.tier, &self.http, problems);
        self.backplane.check(&self.database, problems);
        self.http.check(problems);
        self.files.check(problems);
        self.log.check(problems);
    }

    /// The data folder.
    pub fn data_folder(&self) -> Result<PathBuf, Problems> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        let home = variable("HOME").ok_or_else(|| {
            Problems::one("data", "there is no home folder to keep data in. Name a folder with --data".into())
        })?;
        Ok(Path::new(&home).join(".sophon"))
    }
}
