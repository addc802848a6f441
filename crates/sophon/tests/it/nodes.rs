//! Machines, managed from the command line; and telling everybody something.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::program::Program;
use crate::real::serve;

/// A machine, as the gateway sees one.
struct Machine {
    http: Client,
    gateway: String,
    token: String,
}

impl Machine {
    /// Asks for its token; its code if nobody has approved it yet.
    #[expect(clippy::disallowed_methods, reason = "a test talks to its own gateway on loopback")]
    async fn pair(gateway: &str, registered: &Value) -> Result<Self, Value> {
        sophon_egress::install_crypto();
        let http = Client::builder().no_proxy().build().unwrap();
        let body = json!({ "nodeId": registered["id"], "pairingSecret": registered["pairingSecret"] });
        let asked = http.post(format!("{gateway}/api/nodes/me/pair")).json(&body).send().await.unwrap();
        let state: Value = asked.json().await.unwrap();
        match state["token"].as_str() {
            Some(token) => Ok(Self { http, gateway: gateway.to_owned(), token: token.to_owned() }),
            None => Err(state["pairingCode"].clone()),
        }
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}/api/nodes/me/{path}", self.gateway);
        self.http.get(url).bearer_auth(&self.token).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) {
        let url = format!("{}/api/nodes/me/{path}", self.gateway);
        let answer = self.http.post(url).bearer_auth(&self.token).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// Answers the next command.
    async fn obey(&self, answer: Value) {
        let taken: Value = self.get("commands?wait=20").await.json().await.unwrap();
        let id = taken["items"][0]["commandId"].as_str().expect("a command");
        self.post(&format!("commands/{id}/result"), &answer).await;
    }
}

#[tokio::test]
async fn a_machine_is_paired_told_what_to_do_and_cut_off() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    let shown = program.run(&["nodes", "pair", "Spare"]).await.stdout;
    let command = format!("sophon-node pair --gateway {}/ --node node_", gateway.url);
    assert!(shown.contains(&command) && shown.contains(" --secret s_"), "{shown}");

    for (option, scopes) in [(&[][..], json!(["system.info", "notify.send"])), (&["--no-scopes"], json!([]))]
    {
        let registered = program.documents(&[&["nodes", "pair", "Spare"], option].concat()).await.remove(0);
        assert_eq!(registered["scopes"], scopes, "{option:?}");
    }

    let registered = program.documents(&["nodes", "pair", "Desk", "--scope", "system.info"]).await.remove(0);
    let id = registered["id"].as_str().expect("an id");
    let Err(code) = Machine::pair(&gateway.url, &registered).await else { panic!("nobody has approved it") };
    let wrong = program.run(&["nodes", "approve", id, "--code", "XXX-999"]).await;
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    let right = program.run(&["nodes", "approve", id, "--code", code.as_str().expect("a code")]).await;
    assert_eq!(right.stdout, "Desk is approved and may: system.info.\n", "{right:?}");
    let Ok(machine) = Machine::pair(&gateway.url, &registered).await else { panic!("it was approved") };
    machine.post("heartbeat", &json!({ "version": "1.0" })).await;
    let list = program.run(&["nodes"]).await.stdout;
    assert!(list.contains("online") && list.contains("pending") && list.contains(id), "{list}");
    assert!(program.run(&["nodes", "show", id]).await.stdout.contains("1.0"));

    let denied = program.run(&["nodes", "command", id, "notify.show"]).await;
    assert_eq!(denied.status, Some(1));
    assert!(denied.stderr.contains("lacks the scope notify.send"), "{}", denied.stderr);
    let may = program.run(&["nodes", "scopes", id, "system.info", "--scope", "notify.send"]).await;
    assert_eq!(may.stdout, "Desk is paired and may: system.info, notify.send.\n", "{may:?}");
    let command = ["nodes", "command", id, "system.info"];
    let answer = json!({ "ok": true, "result": { "os": "linux" } });
    let (told, ()) = tokio::join!(program.run(&command), machine.obey(answer));
    assert_eq!((told.status, &told.stdout[..]), (Some(0), "{\n  \"os\": \"linux\"\n}\n"), "{told:?}");
    let refusal = json!({ "ok": false, "error": { "code": "consent_denied", "message": "Not now." } });
    let command = ["nodes", "command", id, "notify.show", r#"{"title": "Tea"}"#];
    let (refused, ()) = tokio::join!(program.run(&command), machine.obey(refusal));
    assert_eq!(refused.status, Some(1));
    assert!(refused.stderr.contains("failed (consent_denied): Not now."), "{}", refused.stderr);
    let history = program.run(&["nodes", "history", id]).await.stdout;
    assert!(history.contains(r#"{"title":"Tea"}"#) && history.contains("completed"), "{history}");

    let unsure = program.run(&["nodes", "revoke", id]).await;
    assert!(unsure.stderr.contains("revoking cannot be undone\nhint: Say `--yes`"), "{}", unsure.stderr);
    assert_eq!(program.run(&["nodes", "revoke", id, "--yes"]).await.status, Some(0));
    assert_eq!(machine.get("commands").await.status(), 401);
    assert_eq!(program.run(&["nodes", "show", id]).await.status, Some(1));
}

#[tokio::test]
async fn what_machines_cannot_be_told_is_not_understood() {
    let program = Program::new("http://127.0.0.1:1");
    for arguments in [
        &["nodes", "scopes", "node_1"][..],
        &["nodes", "scopes", "node_1", "everything"],
        &["nodes", "command", "node_1", "system.info", "{"],
        &["nodes", "command", "node_1", "system.info", "--timeout", "601"],
        &["announce", "Tea", "Now", "--severity", "loud"],
    ] {
        let run = program.run(arguments).await;
        assert_eq!(run.status, Some(2), "{run:?}");
    }
}

#[tokio::test]
async fn an_administrator_tells_everybody() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    let told = program.documents(&["announce", "Tea", "It is ready.", "--severity", "warning"]).await;
    assert_eq!((&told[0]["title"], &told[0]["severity"]), (&json!("Tea"), &json!("warning")));
    let long = "x".repeat(201);
    assert_eq!(program.run(&["announce", &long, "Now"]).await.status, Some(1));
}
