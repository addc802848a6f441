//! The model server as a program, seen by a client that knows HTTP and nothing else.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running program, ended when dropped.
struct Program {
    address: String,
    _process: Child,
}

impl Program {
    async fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_model-server"))
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("the first line").to_owned();
        Self { address, _process: process }
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        stream
    }

    async fn answer(&self, method: &str, path: &str, body: &str) -> String {
        let mut answer = String::new();
        self.send(method, path, body).await.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn ask(&self, path: &str, text: &str) -> String {
        self.answer("POST", path, &question(text)).await
    }
}

fn question(text: &str) -> String {
    json!({ "model": "m", "messages": [{ "role": "user", "content": text }] }).to_string()
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut seen = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if text.contains(wanted) {
            return text;
        }
        assert_ne!(
            stream.read_buf(&mut seen).await.unwrap(),
            0,
            "the answer ended before {wanted:?}: {text}"
        );
    }
}

#[tokio::test]
async fn it_says_one_text_in_both_formats_in_as_many_chunks_as_told() {
    let program = Program::start(&["--say", "Hello", "--chunks", "2"]).await;
    let chat = program.ask("/v1/chat/completions", "Hi").await;
    assert!(chat.contains(r#""content":"Hel""#) && chat.contains(r#""content":"lo""#), "{chat}");
    assert!(chat.contains("[DONE]"));
    let message = program.ask("/v1/messages", "Hi").await;
    assert!(message.contains(r#""text":"Hel""#) && message.contains("event: message_stop"), "{message}");
    assert!(program.ask("/v1/elsewhere", "Hi").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn it_answers_by_the_first_rule_that_fits_the_last_message() {
    let rules = json!([
        { "when": "weather", "answer": [
            { "tool_calls": [{ "id": "c1", "name": "web.fetch", "arguments": { "url": "u" } }] },
        ], "usage": [7, 2] },
        { "when": "limit", "refuse": { "status": 429, "message": "slow down", "retry_after": "3" } },
        { "when": "long", "answer": [{ "text": "a" }], "stopping_for": "length", "in_pieces_of": 4 },
        { "answer": [{ "text": "else" }, { "pause_ms": 1 }, { "raw": ": note\n\n" }], "end": "nothing" },
    ]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules.to_string()).unwrap();
    let program = Program::start(&["--script", file.path().to_str().unwrap()]).await;
    let chat = "/v1/chat/completions";

    let calls = program.ask(chat, "the weather?").await;
    assert!(calls.contains("web__fetch") && calls.contains(r#""prompt_tokens":7"#), "{calls}");
    let refused = program.ask(chat, "limit").await;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after: 3"), "{refused}");
    assert!(program.ask(chat, "long").await.contains("\r\n4\r\ndata\r\n"), "pieces of four bytes");
    let rest = program.ask(chat, "anything").await;
    assert!(rest.contains("else") && rest.contains(": note") && !rest.contains("[DONE]"), "{rest}");

    let asked = program.answer("GET", "/_control/requests", "").await;
    let asked: Value = serde_json::from_str(asked.split("\r\n\r\n").last().unwrap()).unwrap();
    assert_eq!(asked.as_array().unwrap().len(), 4);
    assert_eq!(asked[1]["body"]["messages"][0]["content"], "limit");
}

#[tokio::test]
async fn it_waits_at_a_named_gate_until_somebody_opens_it() {
    let rules = json!([{ "answer": [{ "text": "before" }, { "gate": "g" }, { "text": "after" }] }]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules.to_string()).unwrap();
    let program = Program::start(&["--script", file.path().to_str().unwrap()]).await;

    let mut stream = program.send("POST", "/v1/chat/completions", &question("Hi")).await;
    let seen = read_until(&mut stream, "before").await;
    assert!(!seen.contains("after"));
    let opened = program.answer("POST", "/_control/gates/g", "").await;
    assert!(opened.starts_with("HTTP/1.1 204"), "{opened}");
    read_until(&mut stream, "[DONE]").await;
}

#[tokio::test]
async fn a_file_that_is_none_of_rules_ends_it_with_a_reason() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"[{ "wen": "x" }]"#).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_model-server"));
    let output = command.arg("--script").arg(file.path()).output().await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown field `wen`"), "{output:?}");
}
