//! `sophon service`: the gateway as a service of systemd, for a person or for the machine.

use std::net::SocketAddr;
use std::path::{Path, PathBuf, absolute};

use clap::Subcommand;
use serde_json::json;
use sophon_systemd::{Manager, ServiceError, quoted, user};

use super::context::Globals;
use super::screen::{Screen, piece};
use super::stop::Stop;
use crate::listen_address;

const UNIT: &str = "sophon.service";
/// The unit that packages install, which a machine's own differs from by its program and flags alone.
const SYSTEM_UNIT: &str = include_str!("../../../../deploy/sophon.service");
/// Where that unit keeps the data, by its `StateDirectory`.
const SYSTEM_DATA: &str = "/var/lib/sophon";
/// What it reads if it is there.
const SYSTEM_CONFIG: &str = "/etc/sophon/sophon.toml";

/// How to install it.
pub const AFTER_HELP: &str = "\
Examples:
  sophon service install                     for you: runs while you are signed in, data in ~/.sophon
  sudo sophon service install                for the machine: runs from its start, data in /var/lib/sophon
  sophon service install --print             only show the unit

The machine's service reads /etc/sophon/sophon.toml if it is there; --config names another file. Keys of providers are
NAME=value lines in /etc/sophon/sophon.env, or in ~/.config/sophon/sophon.env for your own service.";

/// What to do with the service.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your own service, also as root
    #[arg(long, global = true)]
    user: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run the gateway from now on, and at each start
    Install(Install),
    /// Stop the gateway, and start it no more; the data stays
    Uninstall,
    /// Show whether it runs, and its last messages
    Status,
}

#[derive(Debug, clap::Args)]
struct Install {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Replace a unit that says something else
    #[arg(long)]
    replace: bool,
    /// Print the unit, and install nothing
    #[arg(long)]
    print: bool,
}

/// Installs, removes or shows the service.
pub async fn run(args: Args, globals: Globals) -> Result<(), Stop> {
    if !cfg!(target_os = "linux") {
        return Err(
            Stop::failed("services are for systemd, so far").hint("Run `sophon serve` by other means.")
        );
    }
    let manager = if args.user { Manager::User } else { Manager::of_this_user() };
    let screen = globals.screen();
    match args.action {
        Action::Install(install) => self::install(manager, install, globals.data, &screen).await,
        Action::Uninstall => {
            if !manager.uninstall(UNIT).await.map_err(failed)? {
                return Err(
                    Stop::failed("there is no such service").hint("`sophon service install` makes it.")
                );
            }
            Ok(screen.done(&json!({ "unit": UNIT }), "The gateway runs no more. Its data is still there.")?)
        }
        Action::Status => {
            let runs = manager.show_status(UNIT).await.map_err(failed)?;
            runs.then_some(()).ok_or_else(Stop::reported)
        }
    }
}

async fn install(
    manager: Manager,
    install: Install,
    data: Option<PathBuf>,
    screen: &Screen,
) -> Result<(), Stop> {
    let program =
        std::env::current_exe().map_err(|error| Stop::failed(format!("where this program is: {error}")))?;
    let flags = flags(manager, &install, data)?;
    let text = match manager {
        Manager::System => {
            require_readable_by_services(&program)?;
            of_machine(&program, &flags)
        }
        Manager::User => of_person(&program, &flags),
    };
    if install.print {
        return Ok(piece(&text)?);
    }
    manager.reach().await.map_err(|error| {
        failed(error)
            .hint("Is systemd what starts services here? `--print` shows the unit, to be installed by hand.")
    })?;
    manager.install(UNIT, &text, install.replace).await.map_err(failed)?;
    let path = manager.unit_path(UNIT).map_err(failed)?;
    let (own, lasting) = match manager {
        Manager::System => ("", String::new()),
        Manager::User => {
            let user = user();
            (
                "--user ",
                format!("\nIt ends when you sign out, unless you run: sudo loginctl enable-linger {user}"),
            )
        }
    };
    let sentence = format!(
        "The gateway runs as a service. Where it listens, and the first password, are in its log:\n\
         journalctl {own}-u sophon{lasting}"
    );
    Ok(screen.done(&json!({ "unit": path }), sentence)?)
}

/// What `sophon serve` is given.
fn flags(manager: Manager, install: &Install, data: Option<PathBuf>) -> Result<String, Stop> {
    let (usual_data, usual_config) = match manager {
        Manager::System => (Some(PathBuf::from(SYSTEM_DATA)), Some(PathBuf::from(SYSTEM_CONFIG))),
        Manager::User => (None, None),
    };
    if manager == Manager::System && data.as_deref().is_some_and(|data| data != Path::new(SYSTEM_DATA)) {
        let hint = "Leave --data away, or write a unit of your own: `--print` shows one.";
        return Err(Stop::failed(format!("the machine's service keeps its data in {SYSTEM_DATA}")).hint(hint));
    }
    let whole =
        |path: &Path| absolute(path).map_err(|error| Stop::failed(format!("{}: {error}", path.display())));
    let named = install.config.as_deref().map(|path| {
        let path = whole(path)?;
        if path.is_file() { Ok(path) } else { Err(Stop::failed(format!("{} is no file", path.display()))) }
    });
    let config = named.transpose()?.or_else(|| usual_config.filter(|path| path.is_file()));
    let data = data.or(usual_data).map(|data| whole(&data)).transpose()?;
    let flags = [
        config.map(|config| format!(" --config {}", quoted(config))),
        data.map(|data| format!(" --data {}", quoted(data))),
        install.listen.map(|address| format!(" --listen {address}")),
    ];
    Ok(flags.into_iter().flatten().collect())
}

/// The machine's service sees no home folders.
fn require_readable_by_services(program: &Path) -> Result<(), Stop> {
    let is_hidden =
        ["/home", "/root", "/run/user", "/tmp", "/var/tmp"].iter().any(|home| program.starts_with(home));
    if !is_hidden {
        return Ok(());
    }
    let program = program.display();
    Err(Stop::failed(format!("services of the machine cannot read {program}")).hint(format!(
        "Install it where they can, then repeat: sudo install {program} /usr/local/bin/sophon && sudo /usr/local/bin/sophon \
         service install"
    )))
}

fn of_machine(program: &Path, flags: &str) -> String {
    let start = format!("ExecStart={} serve{flags}", quoted(program));
    let lines =
        SYSTEM_UNIT.lines().map(|line| if line.starts_with("ExecStart=") { start.as_str() } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn of_person(program: &Path, flags: &str) -> String {
    let program = quoted(program);
    format!(
        "# Sophon for one person. Keys of providers: ~/.config/sophon/sophon.env (mode 0600), one NAME=value a line.\n\
         [Unit]\nDescription=Sophon, a gateway between people and AI agents\n\n\
         [Service]\nType=exec\nExecStart={program} serve{flags}\nEnvironmentFile=-%E/sophon/sophon.env\n\
         Restart=on-failure\nRestartSec=5\n\
         # Work that runs has 20 s to finish, and connections 5 s to close.\nTimeoutStopSec=40\n\
         LimitNOFILE=65536\nUMask=0077\nNoNewPrivileges=yes\n\n\
         [Install]\nWantedBy=default.target\n"
    )
}

fn failed(error: ServiceError) -> Stop {
    let stop = Stop::failed(error.to_string());
    match error {
        ServiceError::Differs(_) => stop.hint("Look at it. `--replace` replaces it."),
        ServiceError::File { error, .. } if error.kind() == std::io::ErrorKind::PermissionDenied => {
            stop.hint("Run it with sudo for the machine's service, or with --user for your own.")
        }
        _ => stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_unit_is_the_one_that_packages_install_but_for_its_start() {
        let unit = of_machine(Path::new("/usr/local/bin/sophon"), " --data \"/var/lib/sophon\"");
        let changed: Vec<(&str, &str)> =
            unit.lines().zip(SYSTEM_UNIT.lines()).filter(|(a, b)| a != b).collect();
        let expected = "ExecStart=\"/usr/local/bin/sophon\" serve --data \"/var/lib/sophon\"";
        let [(start, _)] = changed[..] else { panic!("{changed:?}") };
        assert_eq!(start, expected);
        assert_eq!(unit.lines().count(), SYSTEM_UNIT.lines().count());
        assert!(SYSTEM_UNIT.contains(&format!("--data {SYSTEM_DATA}\n")));
    }

    #[test]
    fn a_program_that_services_cannot_read_is_refused() {
        assert!(require_readable_by_services(Path::new("/usr/local/bin/sophon")).is_ok());
        assert!(require_readable_by_services(Path::new("/homes/bin/sophon")).is_ok());
        assert!(require_readable_by_services(Path::new("/home/ada/sophon")).is_err());
    }
}
