//! The end of the process.

use crate::harness::{Harness, PATIENCE};

#[tokio::test]
async fn with_nothing_to_do_it_ends_as_soon_as_it_drains() {
    let app = Harness::offline().await;
    app.gateway.lifecycle.drain();
    assert!(app.gateway.lifecycle.finished(PATIENCE).await, "somebody waits for the hard stop");
}
