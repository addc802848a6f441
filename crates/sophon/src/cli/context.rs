//! What every command starts with.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::Args;
use sophon_client::{Client, Credential};
use url::Url;

use super::config::{ConfigFile, FileStore, Settings};
use super::{Screen, Stop};

/// Where a gateway is when nothing says otherwise.
const DEFAULT_GATEWAY: &str = "http://127.0.0.1:8080";

/// The options that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options everywhere")]
pub struct Globals {
    /// The gateway [default: the one signed in to last, or else http://127.0.0.1:8080]
    #[arg(long, global = true, value_name = "URL", env = "SOPHON_GATEWAY", hide_env_values = true, value_parser = gateway_url)]
    gateway_url: Option<Url>,
    /// The tenant to act in, by its slug [default: your home]
    #[arg(long, global = true, value_name = "SLUG", env = "SOPHON_TENANT", hide_env_values = true)]
    tenant: Option<String>,
    /// Write results as JSON, one document a line, and errors too
    #[arg(long, global = true)]
    pub json: bool,
    /// Write without colours
    #[arg(long, global = true, env = "NO_COLOR", hide_env_values = true, value_parser = is_set)]
    no_color: bool,
    /// Where the command line keeps cli.json [default: config in the data folder]
    #[arg(long, global = true, value_name = "DIR", env = "SOPHON_CONFIG_DIR", hide_env_values = true)]
    config_dir: Option<PathBuf>,
    /// The data folder of the gateway on this machine [default: ~/.sophon]
    #[arg(long, global = true, value_name = "DIR", env = "SOPHON_DATA", hide_env_values = true)]
    pub data: Option<PathBuf>,
    /// Where programs keep what they remember of a person [default: ~/.local/state]
    #[arg(long, global = true, value_name = "DIR", env = "XDG_STATE_HOME", hide = true)]
    state_home: Option<PathBuf>,
}

impl Globals {
    /// Where a command writes, as the options say.
    pub fn screen(&self) -> Screen {
        Screen::new(self.json, self.no_color)
    }
}

/// What every command works with.
pub struct Context {
    /// The gateway.
    pub client: Client,
    /// Where to write.
    pub screen: Screen,
    /// What is remembered.
    pub settings: Settings,
    /// Where that is kept.
    pub config: ConfigFile,
    /// Where a gateway on this machine has its data.
    pub data: PathBuf,
    /// Where the command line keeps what it remembers of the person.
    pub state: PathBuf,
}

impl Context {
    /// Reads what is remembered and settles which gateway is meant. Nothing is sent yet.
    pub fn new(globals: Globals) -> Result<Self, Stop> {
        let screen = globals.screen();
        let (data, folder) = folders(globals.data, globals.config_dir)?;
        let config = ConfigFile::in_folder(&folder);
        let settings = config.load().map_err(|error| {
            Stop::failed(error.to_string())
                .hint("Mend or delete the file, then sign in again with `sophon login`.")
        })?;
        let gateway = match globals.gateway_url.or_else(|| settings.gateway_url.clone()) {
            Some(gateway) => gateway,
            None => gateway_url(DEFAULT_GATEWAY).map_err(Stop::failed)?,
        };
        let client = Client::new(gateway.clone(), FileStore { file: config.clone(), gateway })?;
        let client = client.in_tenant(globals.tenant.as_deref());
        let state = globals.state_home.filter(|folder| folder.is_absolute());
        let state = state.or_else(|| home().map(|home| home.join(".local/state")));
        let state = state.map_or_else(|| folder.clone(), |folder| folder.join("sophon"));
        Ok(Self { client, screen, settings, config, data, state })
    }

    /// What the gateway is shown.
    pub fn credential(&self) -> Credential {
        self.settings.credential(self.client.base())
    }
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

/// The data folder, and the folder of `cli.json`, which is in it unless told otherwise.
fn folders(data: Option<PathBuf>, config: Option<PathBuf>) -> Result<(PathBuf, PathBuf), Stop> {
    let data = match data {
        Some(data) => data,
        None => home()
            .map(|home| home.join(".sophon"))
            .ok_or_else(|| Stop::failed("there is no home folder").hint("Set HOME or SOPHON_DATA."))?,
    };
    let config = config.unwrap_or_else(|| data.join("config"));
    Ok((data, config))
}

/// The address of a gateway, in one form whoever wrote it.
pub fn gateway_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}; write it like {DEFAULT_GATEWAY}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(format!("it begins with http:// or https://, like {DEFAULT_GATEWAY}"));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err("it holds a host, a port and perhaps a path, and nothing else".to_owned());
    }
    Ok(url)
}

/// Whether colours are not wanted: <https://no-color.org> counts every text but the empty one. An option that is not
/// given is `false`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a value parser")]
fn is_set(text: &str) -> Result<bool, Infallible> {
    Ok(!matches!(text, "" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_in_the_data_folder_unless_told_otherwise() {
        let settled = |data: Option<&str>, config: Option<&str>| {
            folders(data.map(PathBuf::from), config.map(PathBuf::from)).expect("settled")
        };
        assert_eq!(settled(Some("/d"), None), ("/d".into(), "/d/config".into()));
        assert_eq!(settled(Some("/d"), Some("/c")), ("/d".into(), "/c".into()));
    }

    #[test]
    fn colours_are_given_up_only_when_asked() {
        assert_eq!(["", "false", "true", "1", "0"].map(is_set), [false, false, true, true, true].map(Ok));
    }

    #[test]
    fn an_address_is_a_web_address_and_carries_no_secret() {
        assert!(gateway_url("https://gw.example.com/sophon").is_ok());
        for wrong in ["127.0.0.1:8080", "ftp://host", "http://me:secret@host", "http://host/?token=x", ""] {
            assert!(gateway_url(wrong).is_err(), "{wrong}");
        }
    }
}
