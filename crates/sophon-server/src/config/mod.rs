//! The configuration: `sophon.toml`, overridden by `SOPHON__SECTION__KEY`, overridden by flags.

mod agents;
mod providers;
mod retention;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sophon_egress::HostPort;
use sophon_providers::ProviderConfig;
use sophon_realtime::hubs::SessionEventScope;

use crate::StartError;
use crate::environment::variable;
pub use agents::Agents;
pub use retention::Retention;

/// Which edition runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Tier {
    /// For one person.
    #[default]
    Personal,
    /// For a team.
    Pro,
    /// For an organisation.
    Enterprise,
}

/// Everything that can be configured. Each field has a default that works.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The data folder; `~/.sophon` if absent.
    pub data: Option<PathBuf>,
    /// Which edition runs.
    pub tier: Tier,
    /// Where everything is kept.
    pub database: Database,
    /// Who may do what without signing in.
    pub auth: Auth,
    /// Model providers, in order of priority.
    pub providers: Vec<ProviderConfig>,
    /// What requests are let in.
    pub http: Http,
    /// How often one may ask.
    pub rate_limits: RateLimits,
    /// The hubs.
    pub hubs: Hubs,
    /// The agents' work.
    pub agents: Agents,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// Where the gateway may go.
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
            auth: Auth::default(),
            providers: Vec::new(),
            http: Http::default(),
            rate_limits: RateLimits::default(),
            hubs: Hubs::default(),
            agents: Agents::default(),
            retention: Retention::default(),
            egress: Egress::default(),
            log: Log::default(),
        }
    }
}

/// Where everything is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder if absent.
    pub url: Option<String>,
}

/// Who may do what without signing in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Requests without a credential are the administrator's. Only on loopback, for one person.
    pub auto_admin: bool,
}

/// What requests are let in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Names that the gateway is reached by, besides loopback ones and its own address.
    pub allowed_hosts: Vec<String>,
    /// Pages on other origins that may call the gateway, for example `https://app.example.com`.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Connections at a time; one more waits to be accepted.
    pub connections: usize,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            connections: 20_000,
        }
    }
}

/// Requests a minute, for each user and each API token.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Lists and lookups.
    pub reads: u32,
    /// Changes.
    pub writes: u32,
    /// Approving and cancelling.
    pub approvals: u32,
    /// What is costly.
    pub expensive: u32,
    /// Sending messages.
    pub chat: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { reads: 120, writes: 60, approvals: 30, expensive: 10, chat: 60 }
    }
}

/// The hubs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hubs {
    /// Unread events after which a slow connection is closed.
    pub buffer: usize,
    /// Where the events of a session go.
    pub session_events: SessionEvents,
}

impl Default for Hubs {
    fn default() -> Self {
        Self { buffer: 100, session_events: SessionEvents::default() }
    }
}

/// Where the events of a session go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionEvents {
    /// To the connections that joined it.
    #[default]
    Session,
    /// To all connections of its owner.
    User,
}

impl From<SessionEvents> for SessionEventScope {
    fn from(configured: SessionEvents) -> Self {
        match configured {
            SessionEvents::Session => SessionEventScope::Session,
            SessionEvents::User => SessionEventScope::User,
        }
    }
}

/// Where the gateway may go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Egress {
    /// `host:port` pairs on private networks that tools may reach. Public addresses need no entry.
    pub allowed_private: Vec<String>,
}

impl Egress {
    /// The pairs, read.
    pub(crate) fn allowed(&self) -> Result<Vec<HostPort>, StartError> {
        let read = |text: &String| {
            text.parse().map_err(|_| {
                StartError::Configuration(format!("egress.allowed_private: '{text}' is not host:port"))
            })
        };
        self.allowed_private.iter().map(read).collect()
    }
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// The log.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged, in the form of `RUST_LOG`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::default(), filter: "info".into() }
    }
}

impl Config {
    /// Reads the configuration. A `file` that is named must exist; `sophon.toml` in the working folder need not.
    pub fn load(file: Option<&Path>) -> Result<Self, StartError> {
        let file = match file {
            Some(path) => config::File::from(path).required(true),
            None => config::File::with_name("sophon.toml").required(false),
        };
        let environment = config::Environment::with_prefix("SOPHON")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let read = config::Config::builder().add_source(file).add_source(environment).build();
        let config: Result<Config, _> = read.and_then(config::Config::try_deserialize);
        let mut config = config.map_err(|error| StartError::Configuration(error.to_string()))?;
        if config.providers.is_empty() {
            config.providers = providers::from_environment(variable);
        }
        Ok(config)
    }

    /// The data folder.
    pub fn data_folder(&self) -> Result<PathBuf, StartError> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        let home = variable("HOME").ok_or_else(|| {
            StartError::Configuration(
                "there is no home folder to keep data in; name a folder with --data".into(),
            )
        })?;
        Ok(Path::new(&home).join(".sophon"))
    }

    /// Refuses what would be unsafe.
    pub fn check(&self) -> Result<(), StartError> {
        if self.auth.auto_admin && !self.listen.ip().is_loopback() {
            return Err(StartError::Configuration(format!(
                "auth.auto_admin makes every visitor the administrator, so it works on loopback only, and {} is \
                 not. Listen on 127.0.0.1, or turn it off and sign in",
                self.listen
            )));
        }
        if self.auth.auto_admin && self.tier != Tier::Personal {
            return Err(StartError::Configuration(
                "auth.auto_admin is for the Personal tier: set tier to Personal, or turn it off and sign in"
                    .into(),
            ));
        }
        if self.hubs.buffer == 0 || self.http.connections == 0 {
            return Err(StartError::Configuration("hubs.buffer and http.connections are at least 1".into()));
        }
        self.agents.check()?;
        self.retention.check()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(text: &str) -> Result<Config, StartError> {
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Config::load(Some(file.path()))
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let config = load("").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert!(!config.auth.auto_admin);
        config.check().unwrap();
    }

    #[test]
    fn sections_are_read_and_unknown_keys_refused() {
        let config =
            load("listen = '0.0.0.0:9'\n[hubs]\nbuffer = 7\n[[providers]]\nid = 'a'\ntype = 'openai'")
                .unwrap();
        assert_eq!((config.hubs.buffer, config.providers.len()), (7, 1));
        assert!(load("lisen = '0.0.0.0:9'").is_err());
        assert!(load("[hubs]\nbufer = 7").is_err());
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for (section, wrong) in [
            ("agents", "workers = 0"),
            ("agents", "answer_within_seconds = 0"),
            ("agents", "answer_within_seconds = 86401"),
            ("hubs", "buffer = 0"),
            ("http", "connections = 0"),
            ("retention", "approvals_days = 0"),
            ("retention", "discussion_runs_days = 0"),
            ("retention", "node_commands_days = 3651"),
        ] {
            let refused = load(&format!("[{section}]\n{wrong}")).unwrap().check().unwrap_err();
            let key = wrong.split(' ').next().unwrap();
            assert!(refused.to_string().contains(&format!("{section}.{key}")), "{refused}");
        }
    }

    #[test]
    fn auto_admin_is_refused_off_loopback_and_above_the_personal_tier() {
        for unsafe_config in
            ["listen = '0.0.0.0:8080'\n[auth]\nauto_admin = true", "tier = 'Pro'\n[auth]\nauto_admin = true"]
        {
            assert!(load(unsafe_config).unwrap().check().is_err(), "{unsafe_config}");
        }
        load("listen = '[::1]:8080'\n[auth]\nauto_admin = true").unwrap().check().unwrap();
    }
}
