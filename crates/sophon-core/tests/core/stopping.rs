//! The end of the process.

use crate::approvals::forgetful;
use crate::harness::{Harness, PATIENCE};

#[tokio::test]
async fn with_nothing_to_do_it_ends_as_soon_as_it_drains_and_nobody_follows() {
    let app = Harness::offline().await;
    app.gateway.lifecycle.release_followers();
    assert!(app.gateway.lifecycle.finished(PATIENCE).await, "somebody waits for the hard stop");
}

#[tokio::test]
async fn so_it_does_where_other_gateways_may_be() {
    let app = Harness::that_gives_way().await;
    app.gateway.lifecycle.release_followers();
    assert!(app.gateway.lifecycle.finished(PATIENCE).await, "somebody waits for the hard stop");
}

#[tokio::test]
async fn a_turn_that_waits_for_a_person_does_not_hold_it_up_and_goes_on_after_the_next_start() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    app.gateway.lifecycle.release_followers();
    assert!(app.gateway.lifecycle.finished(PATIENCE).await, "the answer may take minutes");
    let app = app.crash_and_restart(&[&model]).await;
    app.approve(&asked.id).await.unwrap();
    app.completed(&sent).await;
}
