//! Running in the background: a unit of the person's own systemd.

use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use tokio::process::Command;

use crate::Failure;
use crate::folder::Folder;
use crate::machine::has_desktop;

const UNIT: &str = "sophon-node.service";

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Action {
    /// Run from now on, and whenever this person signs in; where there is a desktop, as a part of its session. Programs
    /// run only with consent on the desktop
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
            let session = if has_desktop() { Session::Desktop } else { Session::Plain };
            let program = std::env::current_exe()?.display().to_string();
            let text = unit(&program, &std::path::absolute(folder.path())?.display().to_string(), session);
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

/// What the unit is a part of.
#[derive(Clone, Copy)]
enum Session {
    /// Where there is a desktop: before it has come up, nobody could be asked and nothing shown.
    Desktop,
    /// The person's being signed in.
    Plain,
}

fn unit(program: &str, folder: &str, session: Session) -> String {
    let (program, folder) = (quoted(program), quoted(folder));
    let (part, wanted) = match session {
        Session::Desktop => {
            let target = "graphical-session.target";
            (format!("PartOf={target}\nAfter={target}\n"), target)
        }
        Session::Plain => (String::new(), "default.target"),
    };
    // What this program ends with by itself (1) is not mended by trying again: it waits for a gateway that is away.
    format!(
        "[Unit]\nDescription=Sophon Node\n{part}\n\
         [Service]\nExecStart={program} --data {folder} start\n\
         Restart=on-failure\nRestartSec=5\nRestartPreventExitStatus=1\n\n\
         [Install]\nWantedBy={wanted}\n"
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
        let plain = unit("/opt/so phon/sophon-node", "/home/a/100%", Session::Plain);
        assert!(
            plain.contains("ExecStart=\"/opt/so phon/sophon-node\" --data \"/home/a/100%%\" start\n"),
            "{plain}"
        );
        assert!(plain.ends_with("WantedBy=default.target\n"), "{plain}");
        let desktop = unit("/opt/sophon-node", "/home/a", Session::Desktop);
        assert!(desktop.ends_with("WantedBy=graphical-session.target\n"), "{desktop}");
    }
}
