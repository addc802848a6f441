//! A machine with the real `sophon-node`: paired, approved, obedient within its scopes, cut off at once, and killed at
//! random without ever doing anything twice. And its gateway is killed.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::support::{App, Http, Process, Relay, soon};

const COMMANDS: usize = 200;
const SENDERS: usize = 8;

fn sophon_node(data: &Path, arguments: &[&str]) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut command = Command::new(own.ancestors().nth(2).unwrap().join("sophon-node"));
    command.arg("--data").arg(data).args(arguments).kill_on_drop(true);
    command.env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

pub(crate) fn start(data: &Path) -> Child {
    sophon_node(data, &["start", "--consent", "allow"])
        .spawn()
        .expect("the binary is built: cargo build --bin sophon-node")
}

/// Registers a node and pairs it as a person would, comparing codes. Returns its path.
async fn pair(app: &App, data: &Path, scopes: &[&str]) -> String {
    pair_at(&app.url(), &app.http(), data, scopes).await
}

/// The same, where the machine finds its gateway at `url`.
pub(crate) async fn pair_at(url: &str, http: &Http, data: &Path, scopes: &[&str]) -> String {
    let new = json!({ "displayName": "Desk", "platform": "linux", "scopes": scopes });
    let (status, node) = http.post("/api/nodes", &new).await;
    assert_eq!(status, 201, "{node}");
    let (id, secret) = (node["id"].as_str().unwrap(), node["pairingSecret"].as_str().unwrap());
    let arguments = ["pair", "--gateway", url, "--node", id, "--secret", secret];
    let mut pairing = sophon_node(data, &arguments).spawn().unwrap();
    let mut lines = BufReader::new(pairing.stdout.take().unwrap()).lines();
    let line = soon("the pairing code", lines.next_line()).await.unwrap().unwrap();
    let code = line.strip_prefix("Pairing code: ").unwrap();
    let path = format!("/api/nodes/{id}");
    let (status, _) = http.post(&format!("{path}/approve"), &json!({ "pairingCode": code })).await;
    assert_eq!(status, 200);
    assert!(soon("the end of the pairing", pairing.wait()).await.unwrap().success());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_pairs_obeys_within_its_scopes_and_is_cut_off_within_a_second() {
    let (app, data) = (App::for_one().await, tempfile::tempdir().unwrap());
    let http = app.http();
    let path = pair(&app, data.path(), &["system.info"]).await;
    let mut machine = start(data.path());
    http.node_online(&path).await;
    let command = async |body: Value| http.post(&format!("{path}/command"), &body).await;

    let (_, told) = command(json!({ "command": "system.info" })).await;
    assert_eq!((&told["status"], &told["result"]["os"]), (&json!("completed"), &json!(std::env::consts::OS)));
    let execute =
        json!({ "command": "system.execute", "params": { "argv": ["printf", "%s|", "a b", "$HOME"] } });
    let (status, refused) = command(execute.clone()).await;
    assert_eq!((status.as_u16(), &refused["error"]["code"]), (403, &json!("scope_denied")));
    http.post(&format!("{path}/scopes"), &json!({ "scopes": ["node.command"] })).await;
    let (_, told) = command(execute).await;
    assert_eq!(told["result"]["stdout"], "a b|$HOME|", "{told}");
    let (_, told) = command(json!({ "command": "canvas.present" })).await;
    assert_eq!((&told["ok"], &told["error"]["code"]), (&json!(false), &json!("unsupported")));
    let endless = json!({ "argv": ["sleep", "60"] });
    let (_, told) =
        command(json!({ "command": "system.execute", "params": endless, "timeoutMs": 1_000 })).await;
    assert_eq!((&told["status"], &told["error"]["code"]), (&json!("failed"), &json!("timeout")));

    assert_eq!(http.request(reqwest::Method::DELETE, &path).send().await.unwrap().status(), 204);
    let cut_off = tokio::time::timeout(Duration::from_secs(1), machine.wait()).await;
    assert!(!cut_off.expect("within a second").unwrap().success());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_stops_is_offline_at_once_and_its_owners_policy_decides_where_nobody_is() {
    use std::os::unix::fs::PermissionsExt;

    let (app, data) = (App::for_one().await, tempfile::tempdir().unwrap());
    let http = app.http();
    let path = pair(&app, data.path(), &["node.command"]).await;
    let policy = data.path().join("consent.toml");
    std::fs::write(&policy, "[commands]\n\"system.execute\" = \"allow\"\n\"system.info\" = \"deny\"\n")
        .unwrap();
    std::fs::set_permissions(&policy, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut machine = sophon_node(data.path(), &["start"]).spawn().unwrap();
    http.node_online(&path).await;
    let command = async |body: Value| http.post(&format!("{path}/command"), &body).await.1;
    let allowed =
        command(json!({ "command": "system.execute", "params": { "argv": ["printf", "done"] } })).await;
    assert_eq!(allowed["result"]["stdout"], "done", "{allowed}");
    let denied = command(json!({ "command": "system.info" })).await;
    assert_eq!(denied["error"]["code"], "consent_denied", "{denied}");

    let id = machine.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(soon("the machine's end", machine.wait()).await.unwrap().success());
    assert_eq!(http.get(&path).await.1["online"], false, "and not only after a silence");
    let mut again = sophon_node(data.path(), &["start"]).spawn().unwrap();
    http.node_online(&path).await;
    again.kill().await.unwrap();
}

/// Programs that stand in for those of a desktop. Each notes its arguments in `told`.
#[cfg(unix)]
fn desktop(folder: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let told = folder.join("told");
    let tools = [
        ("notify-send", ""),
        // Somebody who agrees to `true` alone.
        ("zenity", "case \"$*\" in *'[\"true\"]'*) exit 0;; *) exit 1;; esac"),
        // What holds the clipboard stays, with its outputs open.
        ("xclip", "case $3 in -i) cat >\"$0.held\"; sleep 60 & ;; -o) cat \"$0.held\";; esac"),
        // A picture is a hundred times as large as its quality is good, in units of 30 bytes.
        ("import", "head -c $((3000 * $4)) /dev/zero"),
    ];
    for (name, script) in tools {
        let note = format!("(printf %s {name}; printf '|%s' \"$@\"; echo) >>{}", told.display());
        std::fs::write(folder.join(name), format!("#!/bin/sh\n{note}\n{script}\n")).unwrap();
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    told
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_desktop_is_done_by_its_own_tools_and_programs_run_with_its_persons_consent() {
    let (app, data, tools) =
        (App::for_one().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (http, told) = (app.http(), desktop(tools.path()));
    let path = pair(&app, data.path(), &["node.command"]).await;
    let mut machine = sophon_node(data.path(), &["start"]);
    machine.env_remove("WAYLAND_DISPLAY").env("DISPLAY", ":9");
    machine.env("PATH", format!("{}:/usr/bin:/bin", tools.path().display()));
    let _machine = machine.spawn().unwrap();
    http.node_online(&path).await;
    let command = async |command: &str, params: Value| {
        let body = json!({ "command": command, "params": params, "timeoutMs": 10_000 });
        http.post(&format!("{path}/command"), &body).await.1
    };

    let shown = command("notify.show", json!({ "title": "--help", "body": "$(id) <b>" })).await;
    assert_eq!(shown["result"], json!({ "shown": true }), "{shown}");
    for text in ["a \"b\"\n", ""] {
        let written = command("clipboard.write", json!({ "text": text })).await;
        assert_eq!(written["result"], json!({ "written": true }), "{written}");
        assert_eq!(command("clipboard.read", json!({})).await["result"], json!({ "text": text }));
    }
    let picture = command("screen.capture", json!({ "maxWidth": 640 })).await;
    let of = ["quality", "sizeBytes", "format"].map(|name| &picture["result"][name]);
    assert_eq!(of, [&json!(40), &json!(120_000), &json!("jpeg")], "half the quality, so that it fits");
    let agreed = command("system.execute", json!({ "argv": ["true"] })).await;
    assert_eq!(agreed["result"]["exitCode"], 0, "{agreed}");
    let denied = command("system.execute", json!({ "argv": ["true", "not\u{202e}"] })).await;
    assert_eq!(denied["error"]["code"], "consent_denied", "{denied}");

    let told = std::fs::read_to_string(told).unwrap();
    let expected = [
        "notify-send|--app-name=Sophon|--|--help|$(id) <b>\n",
        "import|-window|root|-quality|80|-resize|640x>|jpeg:-\n",
        "zenity|--question|--default-cancel|--no-markup|--title=Sophon|--text|",
        r#"["true", "not\u{202e}"]"#,
    ];
    for expected in expected {
        assert!(told.contains(expected), "{expected} in {told}");
    }
}

/// Sends commands that each append their own number to `file`, and returns what was told of each.
async fn send(http: Http, path: String, file: String, numbers: Vec<usize>) -> Vec<(usize, Value)> {
    let mut told = Vec::new();
    for number in numbers {
        let argv = json!(["sh", "-c", "echo $0 >> $1", number.to_string(), file]);
        let body = json!({ "command": "system.execute", "params": { "argv": argv }, "timeoutMs": 1_000 });
        let (status, outcome) = http.post(&format!("{path}/command"), &body).await;
        assert_eq!(status, 200, "{outcome}");
        told.push((number, outcome));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_at_random_does_nothing_twice_and_each_caller_is_told_the_truth() {
    let (app, data) = (App::for_one().await, tempfile::tempdir().unwrap());
    let (http, file) = (app.http(), data.path().join("done"));
    let path = pair(&app, data.path(), &["system.execute"]).await;
    let mut machine = start(data.path());
    http.node_online(&path).await;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let numbers = (sender..COMMANDS).step_by(SENDERS).collect();
        senders.spawn(send(http.clone(), path.clone(), file.display().to_string(), numbers));
    }
    let (mut told, mut kills) = (Vec::new(), 0_u64);
    while !senders.is_empty() {
        // Spread over the moments that matter, without chance in the test itself.
        let life = Duration::from_millis(150 + (kills * 137) % 500);
        tokio::select! {
            Some(sent) = senders.join_next() => told.extend(sent.unwrap()),
            () = tokio::time::sleep(life) => {
                machine.kill().await.unwrap();
                machine = start(data.path());
                kills += 1;
            }
        }
    }
    assert_eq!(told.len(), COMMANDS);
    assert!(kills >= 5, "{kills} kills are too few to prove anything");
    let done = std::fs::read_to_string(&file).unwrap();
    let mut times: HashMap<usize, usize> = HashMap::new();
    for number in done.lines() {
        *times.entry(number.parse().unwrap()).or_default() += 1;
    }
    for (number, outcome) in &told {
        let times = times.get(number).copied().unwrap_or_default();
        let (status, code) = (outcome["status"].as_str().unwrap(), &outcome["error"]["code"]);
        match status {
            "completed" => assert_eq!(times, 1, "{outcome}"),
            "expired" => assert_eq!(times, 0, "{outcome}"),
            "unknown" => assert!(times <= 1, "{outcome}"),
            "failed" => {
                assert!(["interrupted", "timeout"].iter().any(|known| code == known), "{outcome}");
                assert!(times <= 1, "{outcome}");
            }
            other => panic!("{other}: {outcome}"),
        }
    }
    let completed = told.iter().filter(|(_, outcome)| outcome["status"] == "completed").count();
    assert!(completed > COMMANDS / 4, "{completed} of {COMMANDS} over {kills} kills");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_told_to_stop_ends_what_it_runs_and_says_so_when_it_is_back() {
    let (app, data) = (App::for_one().await, tempfile::tempdir().unwrap());
    let http = app.http();
    let path = pair(&app, data.path(), &["system.execute"]).await;
    let mut machine = start(data.path());
    http.node_online(&path).await;
    let begun = data.path().join("begun");
    let argv = json!(["sh", "-c", "echo $$ > $0.new; mv $0.new $0; sleep 60", begun]);
    let body = json!({ "command": "system.execute", "params": { "argv": argv } });
    let (sender, command) = (http.clone(), format!("{path}/command"));
    let waits = tokio::spawn(async move { sender.post(&command, &body).await.1 });
    soon("the beginning of the command", async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let machines_id = machine.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &machines_id]).status().await.unwrap().success());
    assert!(soon("the end of the program", machine.wait()).await.unwrap().success());
    let program = std::fs::read_to_string(&begun).unwrap();
    // Ended, or ended and not yet waited for by its new parent.
    let runs = async || {
        let state = Command::new("ps").args(["-o", "stat=", "-p", program.trim()]).output().await.unwrap();
        !state.stdout.is_empty() && !state.stdout.starts_with(b"Z")
    };
    soon("the end of what it ran", async {
        while runs().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let _machine = start(data.path());
    let told = soon("the answer", waits).await.unwrap();
    assert_eq!((&told["status"], &told["error"]["code"]), (&json!("failed"), &json!("interrupted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_while_a_machine_works_hears_of_it_when_it_is_back() {
    for websockets in [true, false] {
        let (kept, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let gateway = Process::start(&kept.path().join("sophon")).await;
        let relay = Relay::start(&gateway.url, websockets).await;
        let path = pair_at(&relay.url, &gateway.http(), data.path(), &["system.execute"]).await;
        let _machine = start(data.path());
        gateway.http().node_online(&path).await;
        let (begun, go_on) = (data.path().join("begun"), data.path().join("go-on"));
        let script = "echo begun >> $0; until [ -e $1 ]; do sleep 0.05; done";
        let argv = json!(["sh", "-c", script, begun, go_on]);
        let body = json!({ "command": "system.execute", "params": { "argv": argv } });
        let (http, command) = (gateway.http(), format!("{path}/command"));
        let waits = tokio::spawn(async move {
            http.request(reqwest::Method::POST, &command).json(&body).send().await.is_err()
        });
        soon("the beginning of the command", async {
            while !begun.exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        gateway.kill().await;
        assert!(waits.await.unwrap(), "who waited was cut off");
        std::fs::write(&go_on, "").unwrap();

        let gateway = Process::start(&kept.path().join("sophon")).await;
        relay.lead_to(&gateway.url);
        let http = gateway.http();
        let ended = async {
            loop {
                let command = http.get(&format!("{path}/commands")).await.1["items"][0].clone();
                if command["status"] != "dispatched" {
                    return command;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let command = soon("the end of the command", ended).await;
        assert_eq!((&command["status"], &command["result"]["exitCode"]), (&json!("completed"), &json!(0)));
        assert_eq!(std::fs::read_to_string(&begun).unwrap(), "begun\n", "it ran once");
    }
}
