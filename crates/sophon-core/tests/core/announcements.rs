//! What everybody in a tenant is sent.

use fanout::Start;
use serde_json::json;
use sophon_core::announcements::NewAnnouncement;
use sophon_model::{AnnouncementEvent, Event, Kind, Permission, Severity, TenantId, Topic};

use crate::harness::{Harness, events_until};

fn news(title: &str, body: &str) -> NewAnnouncement {
    NewAnnouncement { title: title.into(), body: body.into(), severity: Severity::Warning }
}

#[tokio::test]
async fn an_announcement_is_told_to_its_tenant_alone_and_is_not_kept() {
    let app = Harness::offline().await;
    let admin = app.admin();
    let (ours, theirs) = (app.gateway.db.bus().subscribe(), app.gateway.db.bus().subscribe());
    ours.follow(&Topic::Tenant(admin.tenant.clone()), Start::Now);
    theirs.follow(&Topic::Tenant(TenantId::from("tenant_other")), Start::Now);
    let announced = app.gateway.announcements.announce(&admin, news("Tonight", "We restart.")).await.unwrap();
    let told = events_until(&ours, |event| matches!(event, Event::Announcement(_))).await;
    assert_eq!(*told[0].value(), Event::from(AnnouncementEvent { announcement: Box::new(announced) }));
    assert!(futures_util::FutureExt::now_or_never(theirs.next(&mut Vec::new())).is_none());
    let topic = Topic::Tenant(admin.tenant);
    let kept = app.gateway.db.read(move |tx| tx.events(&topic, 0, u64::MAX, 1)).await;
    assert_eq!(kept.unwrap(), []);
}

#[tokio::test]
async fn who_lacks_the_right_or_says_nothing_or_too_much_announces_nothing() {
    let app = Harness::offline().await;
    let mut caller = app.admin();
    let topic = Topic::Tenant(caller.tenant.clone());
    let subscription = app.gateway.db.bus().subscribe();
    subscription.follow(&topic, Start::Now);
    let long = "x".repeat(4_001);
    for (title, body, field) in [
        (" ", "text", "title"),
        (&long[..201], "text", "title"),
        ("title", "", "body"),
        ("title", &long, "body"),
    ] {
        let refused = app.gateway.announcements.announce(&caller, news(title, body)).await.unwrap_err();
        assert_eq!(refused.field(), Some(field));
    }
    caller.permissions = caller.permissions.without(&[Permission::SendAnnouncements]);
    let refused = app.gateway.announcements.announce(&caller, news("title", "text")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    assert_eq!(refused.details(), Some(&json!({ "permission": "SendAnnouncements" })));
    assert!(futures_util::FutureExt::now_or_never(subscription.next(&mut Vec::new())).is_none());
}
