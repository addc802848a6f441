//! Old entries are removed, and what is left can be verified.

use std::time::Duration;

use sophon_core::maintenance::Retention;
use sophon_core::sessions::NewSession;

use super::{entries, entry, verified};
use crate::harness::Harness;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn what_is_left_after_a_cut_is_verified_from_the_cut_on() {
    let app = Harness::with_retention(Retention { audit: 2 * DAY, ..Retention::default() }).await;
    let make = async || {
        app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
    };
    for _ in 0..10 {
        make().await;
    }
    app.clock.advance(3 * DAY + Duration::from_hours(2));
    for _ in 0..3 {
        make().await;
    }
    let cut = entry(&app, "audit.cut").await;
    assert_eq!((cut.details.cut_up_to, cut.details.count), (Some(12), Some(12)));
    let left = entries(&app).await;
    assert_eq!(left[0].number, 13);
    let report = verified(&left, &app.checkpoints());
    assert!(report.is_sound(), "{report:?}");
    let without: Vec<_> = left[1..].to_vec();
    assert_eq!(verified(&without, &[]).problems, 1, "another beginning is found");
}
