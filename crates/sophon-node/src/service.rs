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
    /// run with consent on the desktop, or as consent.toml says (see `sophon-node start --help`)
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
            let program = std::env::current_exe()?.display().to_string();
            let folder = std::path::absolute(folder.path())?.display().to_string();
            if let Err(reason) = reach_manager().await {
                return Err(without_manager(&reason, &program, &folder));
            }
            let session = if has_desktop() { Session::Desktop } else { Session::Plain };
            let text = unit(&program, &folder, &session);
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

/// Whether the person's own systemd can be asked; the reason why not.
async fn reach_manager() -> Result<(), String> {
    let asked = Command::new("systemctl").args(["--user", "show-environment"]).output().await;
    match asked {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("systemctl cannot be started: {error}")),
    }
}

/// Prints a unit for the system's own systemd, and says what to do with it or in its place.
#[expect(clippy::print_stdout, reason = "the unit is what can be installed by hand")]
fn without_manager(reason: &str, program: &str, folder: &str) -> Failure {
    let user = user();
    print!("{}", unit(program, folder, &Session::System { user: user.clone() }));
    Failure(format!(
        "Your own systemd cannot be reached here ({reason}).\n\
         Either run `sudo loginctl enable-linger {user}`, sign in again, and repeat this;\n\
         or install the unit above for the whole system: write it to /etc/systemd/system/{UNIT}, then run\n\
         `sudo systemctl enable --now {UNIT}`. Without systemd, run `sophon-node start` by other means.\n\
         Nobody can be asked for consent there: see `sophon-node start --help` for consent.toml."
    ))
}

/// The user who runs this, by name or else by number.
fn user() -> String {
    let name = std::env::var_os("USER").filter(|name| !name.is_empty());
    name.map_or_else(user_id, |name| name.to_string_lossy().into_owned())
}

#[cfg(unix)]
fn user_id() -> String {
    rustix::process::getuid().as_raw().to_string()
}

#[cfg(not(unix))]
fn user_id() -> String {
    String::new()
}

/// What the unit is a part of.
enum Session {
    /// Where there is a desktop: before it has come up, nobody could be asked and nothing shown.
    Desktop,
    /// The person's being signed in.
    Plain,
    /// The system's running, for this user.
    System { user: String },
}

fn unit(program: &str, folder: &str, session: &Session) -> String {
    let (program, folder) = (quoted(program), quoted(folder));
    let (part, wanted, user) = match session {
        Session::Desktop => {
            let target = "graphical-session.target";
            (format!("PartOf={target}\nAfter={target}\n"), target, String::new())
        }
        Session::Plain => (String::new(), "default.target", String::new()),
        Session::System { user } => {
            let target = "network-online.target";
            let part = format!("Wants={target}\nAfter={target}\n");
            (part, "multi-user.target", format!("User={user}\n"))
        }
    };
    // What this program ends with by itself (1) is not mended by trying again: it waits for a gateway that is away.
    format!(
        "[Unit]\nDescription=Sophon Node\n{part}\n\
         [Service]\n{user}ExecStart={program} --data {folder} start\n\
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
        let plain = unit("/opt/so phon/sophon-node", "/home/a/100%", &Session::Plain);
        assert!(
            plain.contains("ExecStart=\"/opt/so phon/sophon-node\" --data \"/home/a/100%%\" start\n"),
            "{plain}"
        );
        assert!(plain.ends_with("WantedBy=default.target\n"), "{plain}");
        let desktop = unit("/opt/sophon-node", "/home/a", &Session::Desktop);
        assert!(desktop.ends_with("WantedBy=graphical-session.target\n"), "{desktop}");
        let system = unit("/opt/sophon-node", "/home/a", &Session::System { user: "ada".into() });
        assert!(
            system.contains("[Service]\nUser=ada\nExecStart=") && system.ends_with("multi-user.target\n"),
            "{system}"
        );
    }
}
