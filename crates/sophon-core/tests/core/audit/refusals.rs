//! What is refused.

use std::sync::Arc;

use sophon_core::audit::Refused;
use sophon_core::identity::{Device, Identified, Login, NamedTenant};
use sophon_model::{ActorKind, AuditOutcome, Error, Kind, Origin};
use sophon_testgateway::{ADMIN_EMAIL, TestGateway};

use super::{entries, entry, verified};

fn login(email: &str) -> Login {
    let device = Device { address: Some([10, 0, 0, 1].into()), ..Device::default() };
    Login { email: email.into(), password: "a wrong password".into(), device, tenant: NamedTenant::Unnamed }
}

#[tokio::test]
async fn a_wrong_password_is_told_with_the_account_if_there_is_one() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    identity.login(login(ADMIN_EMAIL)).await.unwrap_err();
    let denied = entry(&app, "sign_in.create").await;
    assert_eq!((denied.actor, denied.outcome), (ActorKind::Nobody, AuditOutcome::Denied));
    assert_eq!((denied.email.as_deref(), denied.address.as_deref()), (Some(ADMIN_EMAIL), Some("10.0.0.1")));
    identity.login(login("my secret password")).await.unwrap_err();
    app.until(async || (entries(&app).await.len() == 4).then_some(())).await;
    let unknown = entries(&app).await.pop().unwrap();
    assert_eq!((unknown.action.as_str(), unknown.email), ("sign_in.create", None));
    while identity.login(login("ann@example.com")).await.unwrap_err().kind() != Kind::RateLimited {}
    app.until(async || {
        let all = entries(&app).await;
        all.iter().find(|entry| entry.details.code.as_deref() == Some("rate_limited")).map(drop)
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_refusals_is_written_down_up_to_a_bound_and_counted_beyond() {
    let app = TestGateway::offline().await;
    let origin = Arc::new(Origin { address: Some([10, 0, 0, 1].into()), ..Origin::default() });
    let error = Error::unauthenticated("no");
    let refuse = |identified: &Identified| {
        let (operation, target) = ("GET /api/agents", "/api/agents");
        app.gateway.audit.refuse(Refused { identified, origin: &origin, operation, target, error: &error });
    };
    for _ in 0..5_000 {
        refuse(&Identified::Rejected);
    }
    app.until(async || (entries(&app).await.len() >= 302).then_some(())).await;
    // Who is known has a bound of its own.
    refuse(&Identified::Caller(app.admin()));
    app.until(async || (entries(&app).await.len() == 303).then_some(())).await;
    let all = entries(&app).await;
    let refused = &all[2];
    assert_eq!((refused.action.as_str(), refused.outcome), ("request.refuse", AuditOutcome::Denied));
    assert_eq!(refused.details.operation.as_deref(), Some("GET /api/agents"));
    assert_eq!(refused.resource_id.as_deref(), Some("/api/agents"));
    let checkpoints = app.checkpoints();
    app.may_leave_work();
    let app = app.crash_and_restart(&[]).await;
    let told = entry(&app, "audit.overflow").await;
    assert_eq!(told.details.count, Some(4_700));
    assert!(verified(&entries(&app).await, &checkpoints).is_sound());
}
