//! Running in the background: a unit of the person's own systemd.

use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use tokio::process::Command;

use crate::Failure;
use crate::folder::Folder;

const UNIT: &str = "sophon-node.service";

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Action {
    /// Run from now on, and whenever this person signs in. Programs run only with consent on the desktop
    Install,
    /// Stop, and run no more
    Uninstall,
    /// Show whether it runs
    Status,
}

pub(crate) async fn act(folder: &Folder, action: Action) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure(
            "Services are for systemd, so far. Run `sophon-node start` by other means.".into(),
        ));
    }
    match action {
        Action::Install => {
            folder.paired()?;
            let path = unit_path()?;
            let text =
                unit(&std::env::current_exe()?.display().to_string(), &folder.path().display().to_string());
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, text)?;
            systemctl(&["daemon-reload"]).await?;
            systemctl(&["enable", "--now", UNIT]).await
        }
        Action::Uninstall => {
            systemctl(&["disable", "--now", UNIT]).await?;
            fs::remove_file(unit_path()?)?;
            systemctl(&["daemon-reload"]).await
        }
        Action::Status => systemctl(&["status", "--no-pager", UNIT]).await,
    }
}

fn unit_path() -> Result<PathBuf, Failure> {
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let config = config.or_else(|| std::env::home_dir().map(|home| home.join(".config")));
    let config = config.ok_or_else(|| Failure("There is no home folder for the unit.".into()))?;
    Ok(config.join("systemd/user").join(UNIT))
}

fn unit(program: &str, folder: &str) -> String {
    let (program, folder) = (quoted(program), quoted(folder));
    format!(
        "[Unit]\nDescription=Sophon Node\nAfter=network-online.target\n\n\
         [Service]\nExecStart={program} --data {folder} start\nRestart=on-failure\nRestartSec=5\n\n\
         [Install]\nWantedBy=default.target\n"
    )
}

/// As systemd reads it: quotes, and `%` and `$` stand for themselves.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

async fn systemctl(arguments: &[&str]) -> Result<(), Failure> {
    let status = Command::new("systemctl").arg("--user").args(arguments).status().await;
    let status = status.map_err(|error| Failure(format!("systemctl cannot be started: {error}.")))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("systemctl failed ({status})."))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_starts_this_program_on_this_folder() {
        let unit = unit("/opt/so phon/sophon-node", "/home/a/100%");
        assert!(
            unit.contains("ExecStart=\"/opt/so phon/sophon-node\" --data \"/home/a/100%%\" start\n"),
            "{unit}"
        );
    }
}
