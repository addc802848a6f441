//! What checkpoints excuse, and what they do not.

use std::time::Duration;

use sophon_core::audit::verify::{Expected, Older, Problem, Report};
use sophon_core::sessions::NewSession;
use sophon_model::AuditEntry;
use sophon_model::ports::AuditFilter;
use sophon_testgateway::TestGateway;

use super::tampering::{chain_again, hash};
use super::{entries, verified, verified_as};

/// A gateway with so many entries, and a checkpoint for one of the last.
async fn with_entries(count: usize) -> TestGateway {
    let app = TestGateway::offline().await;
    for _ in 2..count {
        make(&app).await;
    }
    app.until(async || (newest(&app) >= 100).then_some(())).await;
    app
}

async fn make(app: &TestGateway) {
    app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
}

/// The number that a checkpoint is for.
fn number(line: &str) -> i64 {
    serde_json::from_str::<serde_json::Value>(line).unwrap()["number"].as_i64().unwrap()
}

fn newest(app: &TestGateway) -> i64 {
    app.checkpoints().iter().map(|line| number(line)).max().unwrap_or_default()
}

fn problems(report: Report) -> Vec<Problem> {
    report.findings.into_iter().map(|found| found.problem).collect()
}

fn with_checkpoints() -> Expected {
    Expected { checkpoints: true, ..Expected::default() }
}

#[tokio::test]
async fn a_missing_beginning_is_not_excused_by_a_checkpoint_where_it_ended() {
    let app = with_entries(210).await;
    let (all, signed) = (entries(&app).await, newest(&app));
    assert!(verified(&all, &app.checkpoints()).is_sound());
    let left = &all[usize::try_from(signed).unwrap()..];
    assert_eq!(left[0].number, signed + 1);
    assert_eq!(problems(verified(left, &app.checkpoints()))[0], Problem::NoBeginning(signed + 1));
}

#[tokio::test]
async fn without_a_checkpoint_of_the_log_that_is_compared_it_is_not_sound() {
    let app = with_entries(110).await;
    let (all, checkpoints) = (entries(&app).await, app.checkpoints());
    let none = problems(verified_as(with_checkpoints(), &all, &[]));
    assert_eq!(none, [Problem::NoCheckpoints(format!(" (tenant {})", all[0].tenant_id))]);

    let mut forged: Vec<AuditEntry> =
        all.iter().map(|entry| AuditEntry { tenant_id: "tenant_other".into(), ..entry.clone() }).collect();
    chain_again(&mut forged);
    let other = problems(verified_as(with_checkpoints(), &forged, &checkpoints));
    assert_eq!(other, [Problem::NoCheckpoints(" (tenant tenant_other)".into())]);

    let named = Expected { tenant: Some("tenant_other".into()), ..Expected::default() };
    let report = verified_as(named, &all, &checkpoints);
    assert_eq!(problems(report)[0], Problem::OtherTenant(1));
    let named = Expected { tenant: Some(all[0].tenant_id.to_string()), ..with_checkpoints() };
    assert!(verified_as(named, &all, &checkpoints).is_sound());
}

#[tokio::test]
async fn an_export_is_older_than_a_later_checkpoint_and_not_tampered_with() {
    let app = with_entries(110).await;
    app.gateway.audit.export(&app.admin(), AuditFilter::default()).await.unwrap();
    let exported = entries(&app).await;
    app.clock.advance(Duration::from_secs(1));
    for _ in 0..110 {
        make(&app).await;
    }
    let last = exported.last().unwrap();
    app.until(async || (newest(&app) > last.number).then_some(())).await;
    let checkpoints = app.checkpoints();

    let report = verified(&exported, &checkpoints);
    assert!(report.is_sound(), "{report:?}");
    let older = Older { exported: last.at.to_string(), newest: newest(&app) };
    assert_eq!(report.older, Some(older));

    let without = &exported[..exported.len() - 1];
    assert_eq!(problems(verified(without, &checkpoints)), [Problem::EndMissing(newest(&app))]);
    let newer = Expected { is_newer: true, ..with_checkpoints() };
    let report = verified_as(newer, &exported, &checkpoints);
    assert_eq!(problems(report), [Problem::EndMissing(newest(&app))], "it cannot be older");

    let later: Vec<String> = checkpoints.into_iter().filter(|line| number(line) > last.number).collect();
    assert_eq!(problems(verified(&exported, &later)), [Problem::NothingSigned]);
}

#[tokio::test]
async fn an_end_that_was_signed_before_the_export_is_missing_whatever_the_export_says() {
    let app = with_entries(210).await;
    app.clock.advance(Duration::from_secs(1));
    app.gateway.audit.export(&app.admin(), AuditFilter::default()).await.unwrap();
    let all = entries(&app).await;
    // The end is cut off before the last checkpoint, and the entry of the export chained to what is left.
    let mut forged = all[..150].to_vec();
    let last = forged.last().unwrap().clone();
    let mut own = AuditEntry { number: 151, prev_hash: last.hash, ..all.last().unwrap().clone() };
    own.hash = hash(&own);
    forged.push(own);
    assert!(verified(&forged, &[]).is_sound());
    let found = problems(verified(&forged, &app.checkpoints()));
    assert_eq!(found, [Problem::EndMissing(newest(&app))]);
}

#[tokio::test]
async fn one_checkpoint_that_was_cut_off_is_forgiven_and_another_is_not() {
    let app = with_entries(110).await;
    let (all, mut checkpoints) = (entries(&app).await, app.checkpoints());
    let half = checkpoints[0][..40].to_owned();
    checkpoints.insert(1, half.clone());
    let report = verified(&all, &checkpoints);
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.cut_off_checkpoint, Some(2));
    checkpoints.insert(2, half);
    assert_eq!(problems(verified(&all, &checkpoints)), [Problem::NotACheckpoint]);
}
