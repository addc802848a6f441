//! `sophon service`, with a systemctl that writes down what it is asked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Stdio;

use crate::program::{Program, Run, finish};

/// A person's machine with a systemctl that fails if `refuses` is one of its arguments.
struct Machine {
    program: Program,
    refuses: &'static str,
}

impl Machine {
    fn new(refuses: &'static str) -> Self {
        let machine = Self { program: Program::new("http://127.0.0.1:1"), refuses };
        let systemctl = machine.folder().join("systemctl");
        let script = "#!/bin/sh\necho \"$@\" >> \"$HOME/asked\"\ncase \"$*\" in *$REFUSED*) echo no such thing >&2; exit 1;; esac\n";
        fs::write(&systemctl, script).unwrap();
        fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).unwrap();
        machine
    }

    fn folder(&self) -> PathBuf {
        self.program.home().to_owned()
    }

    fn unit(&self) -> PathBuf {
        self.folder().join(".config/systemd/user/sophon.service")
    }

    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.folder().join("asked")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }

    async fn service(&self, arguments: &[&str]) -> Run {
        let mut command = self.program.command(&["service", "--user"]);
        command.args(arguments).env("PATH", self.folder()).env("REFUSED", self.refuses);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finish(command.spawn().unwrap()).await
    }
}

#[tokio::test]
async fn a_service_is_installed_replaced_only_if_one_says_so_and_removed() {
    let machine = Machine::new("nothing");
    let data = machine.folder().join("my data");
    let data = data.to_str().unwrap();
    let run = machine.service(&["install", "--data", data, "--listen", "127.0.0.1:9000"]).await;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(run.stdout.contains("journalctl --user -u sophon"), "{run:?}");
    let unit = fs::read_to_string(machine.unit()).unwrap();
    assert!(unit.contains(&format!(" serve --data \"{data}\" --listen 127.0.0.1:9000\n")), "{unit}");
    let install = [
        "--user show-environment",
        "--user daemon-reload",
        "--user enable sophon.service",
        "--user restart sophon.service",
    ];
    assert_eq!(machine.asked(), install);

    let other = machine.service(&["install"]).await;
    assert_eq!(other.status, Some(1));
    assert!(other.stderr.contains("--replace"), "{other:?}");
    assert_eq!(fs::read_to_string(machine.unit()).unwrap(), unit);
    assert_eq!(machine.service(&["install", "--replace"]).await.status, Some(0));
    assert!(!fs::read_to_string(machine.unit()).unwrap().contains("9000"));

    assert_eq!(machine.service(&["uninstall"]).await.status, Some(0));
    assert!(!machine.unit().exists());
    assert!(
        machine.asked().ends_with(&[
            "--user disable --now sophon.service".to_owned(),
            "--user daemon-reload".to_owned()
        ])
    );
    let none = machine.service(&["uninstall"]).await;
    assert!(none.status == Some(1) && none.stderr.contains("no such service"), "{none:?}");
}

#[tokio::test]
async fn a_unit_can_be_looked_at_where_there_is_no_systemd() {
    let machine = Machine::new("show-environment");
    let printed = machine.service(&["install", "--print"]).await;
    assert!(printed.status == Some(0) && printed.stdout.contains("\nExecStart=\""), "{printed:?}");
    assert_eq!(machine.asked(), [""; 0]);
    let run = machine.service(&["install"]).await;
    assert!(
        run.status == Some(1) && run.stderr.contains("no such thing") && run.stderr.contains("--print"),
        "{run:?}"
    );
    assert!(!machine.unit().exists());
}

#[tokio::test]
async fn a_configuration_that_is_not_there_is_refused_before_anything_is_installed() {
    let machine = Machine::new("nothing");
    let run = machine.service(&["install", "--config", "missing.toml"]).await;
    assert!(run.status == Some(1) && run.stderr.contains("missing.toml is no file"), "{run:?}");
    assert_eq!(machine.asked(), [""; 0]);
}
