//! A disk that refuses what is written to it.

use serde_json::json;

use crate::support::Process;

/// 2 MiB.
const LONGEST_FILE: u32 = 4_096;

#[tokio::test]
async fn a_gateway_that_can_store_nothing_any_more_ends_with_an_exit_code_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut gateway = Process::start_with_file_limit(&folder.path().join("data"), LONGEST_FILE).await;
    let http = gateway.http();
    let text = "words ".repeat(1_000);
    let mut refused = 0;
    while !gateway.has_ended() {
        let request = http.request(reqwest::Method::POST, "/api/chat");
        // It may end at any moment.
        let Ok(answer) = request.json(&json!({ "content": text })).send().await else { continue };
        match answer.status().as_u16() {
            202 => assert_eq!(refused, 0, "what the disk refuses is not acknowledged"),
            503 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(refused > 0);
    assert_eq!(gateway.ended().await, Some(1));
}
