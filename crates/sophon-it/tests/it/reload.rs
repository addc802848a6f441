//! SIGHUP, on the real binary.

use std::path::Path;

use reqwest::{Method, StatusCode};

use crate::support::{Process, soon};

const ORIGIN: &str = "https://app.example.com";

fn allow(file: &Path, origins: &str) {
    std::fs::write(file, format!("[http]\nallowed_origins = {origins}\n")).unwrap();
}

/// Waits until a page of the origin is answered so. One and the same connection is asked.
async fn page_is_answered(gateway: &Process, wanted: StatusCode) {
    let http = gateway.http();
    soon("the answer to the page", async {
        loop {
            let request = http.request(Method::GET, "/api/version").header("origin", ORIGIN);
            if request.send().await.unwrap().status() == wanted {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sighup_reads_the_file_again_and_one_that_is_wrong_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sophon.toml");
    allow(&file, "[]");
    let gateway = Process::start_with_config(&folder.path().join("data"), &file).await;
    page_is_answered(&gateway, StatusCode::FORBIDDEN).await;

    allow(&file, &format!("[{ORIGIN:?}]"));
    gateway.signal("HUP").await;
    page_is_answered(&gateway, StatusCode::OK).await;

    allow(&file, "[1]");
    gateway.signal("HUP").await;
    page_is_answered(&gateway, StatusCode::OK).await;

    allow(&file, "[]");
    gateway.signal("HUP").await;
    page_is_answered(&gateway, StatusCode::FORBIDDEN).await;
    assert_eq!(gateway.terminate().await, Some(0));
}
