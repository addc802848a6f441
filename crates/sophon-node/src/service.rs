//! Running in the background: a unit of the person's own systemd.

use clap::Subcommand;
use sophon_systemd::{Manager, ServiceError, quoted, user};

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

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self(format!("{error}."))
    }
}

pub(crate) async fn act(folder: &Folder, action: Action) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure(
            "Services are for systemd, so far. Run `sophon-node start` by other means.".into(),
        ));
    }
    let manager = Manager::User;
    match action {
        Action::Install => {
            folder.paired()?;
            let program = std::env::current_exe()?.display().to_string();
            let folder = std::path::absolute(folder.path())?.display().to_string();
            if let Err(reason) = manager.reach().await {
                return Err(without_manager(&reason, &program, &folder));
            }
            let session = if has_desktop() { Session::Desktop } else { Session::Plain };
            Ok(manager.install(UNIT, &unit(&program, &folder, &session), true).await?)
        }
        Action::Uninstall => {
            let was_there = manager.uninstall(UNIT).await?;
            was_there.then_some(()).ok_or_else(|| Failure("There is no such service.".into()))
        }
        Action::Status => {
            let runs = manager.show_status(UNIT).await?;
            runs.then_some(()).ok_or_else(|| Failure("It does not run.".into()))
        }
    }
}

/// Prints a unit for the system's own systemd, and says what to do with it or in its place.
#[expect(clippy::print_stdout, reason = "the unit is what can be installed by hand")]
fn without_manager(reason: &ServiceError, program: &str, folder: &str) -> Failure {
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
