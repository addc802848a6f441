//! What is read of an answer, and for how long one waits for it.

use std::time::Duration;

use crate::support::{Behaviour, Canary, Names, egress, opened};
use futures_util::{StreamExt, TryStreamExt};
use http::HeaderMap;
use sophon_egress::{Egress, EgressError, EgressOptions, Limits, OperatorDoor, Phase};
use sophon_model::ports::{Fetch, Fetched};
use sophon_model::{Kind, Result};

const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(20);

async fn fetched(behaviour: Behaviour, most_bytes: usize) -> Result<Fetched> {
    let server = Canary::on("127.0.0.1:0", behaviour).await;
    let door = egress(opened(&["127.0.0.0/8"]), Names::default()).for_tools();
    door.get(&format!("http://127.0.0.1:{}/page", server.port), most_bytes).await
}

fn with_limits(limits: Limits) -> Egress {
    egress(EgressOptions { limits, ..Default::default() }, Names::default())
}

async fn operator_door(behaviour: Behaviour, limits: Limits) -> (Canary, OperatorDoor) {
    let server = Canary::on("127.0.0.1:0", behaviour).await;
    let door = with_limits(limits).for_operator(&format!("http://127.0.0.1:{}/base/", server.port)).unwrap();
    (server, door)
}

async fn streamed(behaviour: Behaviour, limits: Limits) -> (Vec<u8>, Option<EgressError>) {
    let (_server, door) = operator_door(behaviour, limits).await;
    let reply = door.post_json("/x", HeaderMap::new(), "{}".into()).await.unwrap();
    let (mut read, mut pieces) = (Vec::new(), Box::pin(reply.into_stream()));
    loop {
        match pieces.try_next().await {
            Ok(Some(piece)) => read.extend_from_slice(&piece),
            Ok(None) => return (read, None),
            Err(error) => {
                assert!(pieces.next().await.is_none(), "an error is the last item");
                return (read, Some(error));
            }
        }
    }
}

#[tokio::test]
async fn a_page_comes_with_its_status_and_type() {
    let page = fetched(Behaviour::answer(404, "content-type: Text/HTML; charset=utf-8\r\n", "grün"), 1000)
        .await
        .unwrap();
    assert_eq!((page.status, page.content_type.as_str()), (404, "text/html"));
    assert_eq!((page.text.as_str(), page.truncated), ("grün", false));
}

#[tokio::test]
async fn a_long_page_is_cut_and_says_so() {
    let page = fetched(Behaviour::page("text/plain", "a".repeat(300_000)), 70_001).await.unwrap();
    assert_eq!((page.text.len(), page.truncated), (70_001, true));
    let page = fetched(Behaviour::page("text/plain", "a".repeat(500)), 500).await.unwrap();
    assert_eq!((page.text.len(), page.truncated), (500, false));
}

#[tokio::test]
async fn an_endless_page_is_cut_at_the_operators_limit_whatever_is_asked_for() {
    let head = b"HTTP/1.1 200 -\r\ncontent-type: text/plain\r\n\r\n".to_vec();
    let endless = Behaviour::Stall([head, vec![b'a'; 4096]].concat());
    let server = Canary::on("127.0.0.1:0", endless).await;
    let mut options = opened(&["127.0.0.0/8"]);
    options.limits.page_bytes = 1000;
    let door = egress(options, Names::default()).for_tools();
    let page = door.get(&format!("http://127.0.0.1:{}/", server.port), usize::MAX).await.unwrap();
    assert_eq!((page.text.len(), page.truncated), (1000, true));
}

#[tokio::test]
async fn what_is_not_text_is_refused_with_its_name() {
    for (behaviour, named) in [
        (Behaviour::page("image/png", "\u{1}"), "image/png"),
        (Behaviour::answer(200, "", "a\0b"), "unnamed type"),
        (Behaviour::answer(200, "content-type: text/html\r\ncontent-encoding: gzip\r\n", "x"), "gzip"),
    ] {
        let error = fetched(behaviour, 1000).await.unwrap_err();
        assert_eq!(error.kind(), Kind::ValidationFailed);
        assert!(error.message().contains(named), "{error}");
    }
}

#[tokio::test]
async fn no_encoding_is_offered_and_sophon_says_who_it_is() {
    let server = Canary::on("127.0.0.1:0", Behaviour::page("text/plain", "")).await;
    let door = egress(opened(&["127.0.0.0/8"]), Names::default()).for_tools();
    door.get(&format!("http://127.0.0.1:{}/a%20b?q=1#f", server.port), 10).await.unwrap();
    let head = server.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /a%20b?q=1 http/1.1\r\n"), "{head}");
    assert!(head.contains("user-agent: sophon/") && !head.contains("accept-encoding"), "{head}");
}

#[tokio::test]
async fn a_page_that_never_ends_is_given_up() {
    let server = Canary::on("127.0.0.1:0", Behaviour::Stall(Vec::new())).await;
    let mut options = opened(&["127.0.0.0/8"]);
    options.limits = Limits { whole: SHORT, ..Limits::default() };
    let door = egress(options, Names::default()).for_tools();
    let error = door.get(&format!("http://127.0.0.1:{}/", server.port), 10).await.unwrap_err();
    assert_eq!(error.kind(), Kind::UpstreamUnavailable);
    assert!(error.message().contains("did not end"), "{error}");
}

#[tokio::test]
async fn the_operators_door_posts_below_its_base_url() {
    let (server, door) = operator_door(Behaviour::page("text/plain", ""), Limits::default()).await;
    for path in ["/v1/x", "/../../y", "//evil.test/z", "/?q#f", "/@evil.test"] {
        door.post_json(path, HeaderMap::new(), "{}".into()).await.unwrap();
    }
    let lines: Vec<String> =
        server.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines[0], "POST /base/v1/x HTTP/1.1");
    assert_eq!(lines[3], "POST /base/%3Fq%23f HTTP/1.1");
    assert_eq!(server.accepted(), 5);
}

#[tokio::test]
async fn the_operators_door_opens_neither_to_metadata_nor_to_odd_urls() {
    let names = Names::default().with("rebound.test", &[&["169.254.169.254", "224.0.0.1"]]);
    let egress = egress(EgressOptions::default(), names);
    for url in [
        "http://169.254.169.254/v1",
        "http://[fe80::1]/v1",
        "ftp://127.0.0.1/",
        "http://key@127.0.0.1/",
        "http://127.0.0.1/?a=b",
        "not a url",
    ] {
        assert!(egress.for_operator(url).is_err(), "{url}");
    }
    let door = egress.for_operator("http://rebound.test/v1").unwrap();
    let refused = door.post_json("/x", HeaderMap::new(), "{}".into()).await.err().unwrap();
    assert!(matches!(refused, EgressError::NoAddress { .. }), "{refused}");
}

#[tokio::test]
async fn silence_before_the_answer_ends_at_the_first_byte_limit() {
    let limits = Limits { first_byte: SHORT, idle: LONG, ..Limits::default() };
    let (_server, door) = operator_door(Behaviour::Stall(Vec::new()), limits).await;
    let error = door.post_json("/x", HeaderMap::new(), "{}".into()).await.err().unwrap();
    assert!(matches!(error, EgressError::TimedOut { phase: Phase::FirstByte, .. }), "{error}");
}

#[tokio::test]
async fn silence_inside_the_answer_ends_at_the_idle_limit_and_keeps_what_came() {
    let limits = Limits { idle: SHORT, first_byte: LONG, ..Limits::default() };
    let stalled = Behaviour::Stall(b"HTTP/1.1 200 -\r\ncontent-length: 10\r\n\r\nabc".to_vec());
    let (read, error) = streamed(stalled, limits).await;
    assert_eq!(read, b"abc");
    assert!(matches!(error, Some(EgressError::TimedOut { phase: Phase::Idle, .. })), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_so() {
    let broken = Behaviour::Answer(b"HTTP/1.1 200 -\r\ncontent-length: 10\r\n\r\nabc".to_vec());
    let (read, error) = streamed(broken, Limits::default()).await;
    assert_eq!(read, b"abc");
    assert!(matches!(error, Some(EgressError::BrokenOff { .. })), "{error:?}");
}

#[tokio::test]
async fn a_stream_longer_than_its_limit_ends_with_an_error() {
    let limits = Limits { stream_bytes: 1000, ..Limits::default() };
    let (read, error) = streamed(Behaviour::page("text/plain", "a".repeat(200_000)), limits).await;
    assert!(read.len() <= 1000);
    assert!(matches!(error, Some(EgressError::TooLong { limit: 1000, .. })), "{error:?}");
}

#[tokio::test]
async fn a_closed_port_is_named_without_the_path_or_the_headers() {
    let (server, door) = operator_door(Behaviour::Answer(Vec::new()), Limits::default()).await;
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bearer sk-secret".parse().unwrap());
    let error = door.post_json("/x", headers, "{}".into()).await.err().unwrap();
    assert!(matches!(error, EgressError::Unreachable { .. }), "{error}");
    let all = format!("{error} {error:?}");
    assert!(!all.contains("secret") && !all.contains("/base"), "{all}");
    assert_eq!(server.accepted(), 1, "a request is never repeated");
}
