//! What a request leaves behind: one line in the log, two figures, and no secret in either.

use std::io::Write;
use std::sync::{Arc, Mutex};

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, json};

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to listen, at the most talkative level. For the process: a subscriber of one thread can miss what was
    /// first said on another.
    fn listen() -> Self {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines of the request that was answered so.
    fn lines(&self, answer: &Answer) -> Vec<Value> {
        let id = answer.header("x-sophon-request-id").unwrap();
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["span"]["request.id"] == id).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_is_one_line_with_its_route_and_without_its_secrets() {
    let log = Log::listen();
    let app = TestApp::setup().seed(77).start().await;
    let script = app.script().await;
    let answer = script.get("/api/agents/sophon").await;
    let lines = log.lines(&answer);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(
        (&line["span"]["method"], &line["span"]["route"]),
        (&json!("GET"), &json!("/api/agents/{id}"))
    );
    assert_eq!(line["fields"]["status"], 200);
    assert!(line["fields"]["duration_ms"].is_u64());
    let canary = "canary-in-the-address";
    let told = [
        script.get(&format!("/api/auth/me?access_token={canary}")).await,
        script.get(&format!("/api/agents?token={canary}")).await,
        script.get(&format!("/{canary}")).await,
        app.bearing(Some(canary.into())).get("/api/auth/me").await,
    ];
    assert_eq!(told.each_ref().map(|answer| answer.status), [400, 400, 404, 401]);
    for answer in &told {
        assert_eq!(log.lines(answer).len(), 1, "{answer:?}");
    }
    let text = log.text();
    let ours = text.lines().filter(|line| !line.contains(r#""target":"hyper"#));
    for line in ours {
        for secret in [canary, PASSWORD, script.credential.as_deref().unwrap()] {
            assert!(!line.contains(secret), "a secret is in the log: {line}");
        }
    }
}

#[tokio::test]
async fn a_request_is_counted_by_its_route() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let app = TestApp::start().await;
    app.anonymous().get("/api/health").await.ok();
    app.anonymous().get("/api/sessions/ses_1").await.refused(401, "unauthenticated");
    app.anonymous().get("/api/whatever/1").await.refused(404, "not_found");
    let text = figures.render();
    for line in [
        r#"sophon_http_requests_total{method="GET",route="/api/health",status="200"} 1"#,
        r#"sophon_http_requests_total{method="GET",route="/api/sessions/{id}",status="401"} 1"#,
        r#"sophon_http_requests_total{method="GET",route="/api/{*unknown}",status="404"} 1"#,
        r#"sophon_http_request_duration_seconds_count{method="GET",route="/api/health"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
