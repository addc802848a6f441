//! Installing a program as a service of systemd: the file of its unit, and `systemctl`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use tokio::process::Command;

/// Why a service could not be managed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no systemctl that can be started.
    #[error("systemctl cannot be started: {0}")]
    NotStarted(io::Error),
    /// systemctl refused; what it said.
    #[error("systemctl {0} failed: {1}")]
    Failed(String, String),
    /// The unit's file could not be written or removed.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A unit of this name is there and says something else.
    #[error("{} is there already and says something else", .0.display())]
    Differs(PathBuf),
    /// No folder for units is known.
    #[error("there is no home folder for the unit")]
    NoHome,
}

/// Which systemd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// The machine's: its services start with it.
    System,
    /// The person's own: its services start when the person signs in.
    User,
}

impl Manager {
    /// Root manages the machine's services, others their own.
    pub fn of_this_user() -> Self {
        if is_root() { Self::System } else { Self::User }
    }

    /// Where the file of a unit is to be.
    ///
    /// # Errors
    /// Where a person has no home folder.
    pub fn unit_path(self, unit: &str) -> Result<PathBuf, ServiceError> {
        let folder = match self {
            Self::System => PathBuf::from("/etc/systemd/system"),
            Self::User => {
                let config =
                    env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
                let config = config.or_else(|| env::home_dir().map(|home| home.join(".config")));
                config.ok_or(ServiceError::NoHome)?.join("systemd/user")
            }
        };
        Ok(folder.join(unit))
    }

    /// Whether this systemd can be asked.
    ///
    /// # Errors
    /// Why not.
    pub async fn reach(self) -> Result<(), ServiceError> {
        self.output(&["show-environment"]).await.map(drop)
    }

    /// Writes the unit, and has it run from now on and at each start.
    ///
    /// # Errors
    /// [`ServiceError::Differs`] if there is another one of this name, unless it is to be `replaced`.
    pub async fn install(self, unit: &str, text: &str, replaced: bool) -> Result<(), ServiceError> {
        let path = self.unit_path(unit)?;
        let present = read(&path)?;
        if present.as_deref().is_some_and(|present| present != text) && !replaced {
            return Err(ServiceError::Differs(path));
        }
        write(&path, text).map_err(|error| ServiceError::File { path, error })?;
        self.output(&["daemon-reload"]).await?;
        self.output(&["enable", unit]).await?;
        // One that runs already takes up what has changed.
        self.output(&["restart", unit]).await.map(drop)
    }

    /// Stops the unit and removes it; whether there was one.
    ///
    /// # Errors
    /// If systemctl refuses, or the file cannot be removed.
    pub async fn uninstall(self, unit: &str) -> Result<bool, ServiceError> {
        let path = self.unit_path(unit)?;
        if read(&path)?.is_none() {
            return Ok(false);
        }
        self.output(&["disable", "--now", unit]).await?;
        fs::remove_file(&path).map_err(|error| ServiceError::File { path, error })?;
        self.output(&["daemon-reload"]).await?;
        Ok(true)
    }

    /// Has systemctl show how the unit does; whether it runs.
    ///
    /// # Errors
    /// If there is no systemctl.
    pub async fn show_status(self, unit: &str) -> Result<bool, ServiceError> {
        let shown = self.command(&["status", "--no-pager", unit]).status().await;
        Ok(shown.map_err(ServiceError::NotStarted)?.success())
    }

    fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new("systemctl");
        if self == Self::User {
            command.arg("--user");
        }
        command.args(arguments);
        command
    }

    async fn output(self, arguments: &[&str]) -> Result<Vec<u8>, ServiceError> {
        let output = self.command(arguments).output().await.map_err(ServiceError::NotStarted)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let said = if said.is_empty() { output.status.to_string() } else { said };
        Err(ServiceError::Failed(arguments.join(" "), said))
    }
}

/// As systemd reads it: quotes, and `%` and `$` stand for themselves.
pub fn quoted(text: impl AsRef<OsStr>) -> String {
    let text = text.as_ref().to_string_lossy();
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

/// The user who runs this, by name or else by number.
pub fn user() -> String {
    let name = env::var_os("USER").filter(|name| !name.is_empty());
    name.map_or_else(user_id, |name| name.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<Option<String>, ServiceError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ServiceError::File { path: path.to_owned(), error }),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(unix)]
fn user_id() -> String {
    rustix::process::getuid().as_raw().to_string()
}

#[cfg(not(unix))]
fn user_id() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemd_would_replace_stands_for_itself() {
        assert_eq!(quoted("/opt/so phon/100% \"$x\""), r#""/opt/so phon/100%% \"$$x\"""#);
    }
}
