//! Whatever is done to the table is found.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sophon_core::audit::canonical;
use sophon_core::audit::verify::Problem;
use sophon_core::sessions::NewSession;
use sophon_model::AuditEntry;
use sophon_model::ports::Entropy;
use sophon_testgateway::TestGateway;
use sophon_testkit::SeededEntropy;

use super::{entries, verified};

/// Entries in the table.
const ENTRIES: usize = 250;
/// How often it is tampered with.
const TIMES: usize = 1_000;

/// A table of so many entries, and the checkpoints that were written meanwhile.
async fn table() -> (Vec<AuditEntry>, Vec<String>) {
    let app = TestGateway::offline().await;
    for _ in 2..ENTRIES {
        app.gateway.sessions.create(&app.admin(), NewSession::default()).await.unwrap();
    }
    // One at the start, and one after each hundred.
    app.until(async || (app.checkpoints().len() >= 3).then_some(())).await;
    (entries(&app).await, app.checkpoints())
}

/// Another value in one of the columns.
fn edit(entry: &AuditEntry, chance: usize) -> AuditEntry {
    let mut row = serde_json::to_value(entry).unwrap();
    let columns: Vec<String> = row.as_object().unwrap().keys().cloned().collect();
    let column = columns[chance % columns.len()].as_str();
    row[column] = match (column, &row[column]) {
        ("outcome", _) => json!("denied"),
        ("actor", _) => json!("nobody"),
        ("credential", _) => json!("api_token"),
        ("details", _) => json!({ "count": 1 }),
        (_, Value::Number(number)) => json!(number.as_i64().unwrap() + 1),
        (_, Value::String(text)) => json!(format!("{text}x")),
        _ => json!("x"),
    };
    serde_json::from_value(row).unwrap()
}

fn tamper(entries: &mut Vec<AuditEntry>, mut chance: impl FnMut(usize) -> usize) -> String {
    let at = chance(entries.len());
    match chance(4) {
        0 => {
            let edited = edit(&entries[at], chance(1_000));
            entries[at] = edited;
            format!("edited {at}")
        }
        1 => {
            entries.remove(at);
            format!("deleted {at}")
        }
        2 => {
            let copy = AuditEntry { id: "audit_forged".into(), ..entries[at].clone() };
            let to = chance(entries.len());
            entries.insert(to, copy);
            format!("inserted {at} at {to}")
        }
        _ => {
            let other = (at + 1 + chance(entries.len() - 1)) % entries.len();
            let (one, two) = (entries[at].number, entries[other].number);
            (entries[at].number, entries[other].number) = (two, one);
            entries.swap(at, other);
            format!("swapped {at} and {other}")
        }
    }
}

/// The chain made anew from an entry on, as who knows how it is made can do.
fn chain_again(entries: &mut [AuditEntry]) {
    for at in 0..entries.len() {
        entries[at].number = i64::try_from(at).unwrap() + 1;
        entries[at].prev_hash = if at == 0 { String::new() } else { entries[at - 1].hash.clone() };
        entries[at].hash = hex::encode(Sha256::digest(canonical(&entries[at])));
    }
}

#[tokio::test]
async fn a_thousand_edits_deletions_insertions_and_swaps_are_found() {
    let (table, checkpoints) = table().await;
    assert!(verified(&table, &checkpoints).is_sound());
    let entropy = SeededEntropy::new(7);
    let mut chance = |below: usize| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % below as u64).unwrap()
    };
    for _ in 0..TIMES {
        // Up to the last one that a checkpoint is certain to be signed for: what comes after can be cut off unseen.
        let mut copy = table[..200].to_vec();
        let what = tamper(&mut copy, &mut chance);
        assert!(!verified(&copy, &checkpoints).is_sound(), "{what}");
    }
}

#[tokio::test]
async fn a_chain_that_is_made_anew_is_found_by_its_checkpoints_alone() {
    let (table, checkpoints) = table().await;
    let mut forged = table.clone();
    forged.remove(20);
    chain_again(&mut forged);
    assert!(verified(&forged, &[]).is_sound(), "the chain alone does not tell");
    let report = verified(&forged, &checkpoints);
    assert!(
        report.findings.iter().any(|found| matches!(found.problem, Problem::NotAsSigned(_))),
        "{report:?}"
    );
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_missed_up_to_the_last_checkpoint() {
    let (table, checkpoints) = table().await;
    let cut = &table[..150];
    assert!(verified(cut, &[]).is_sound(), "without checkpoints nothing is missed");
    let report = verified(cut, &checkpoints);
    assert!(matches!(report.findings[0].problem, Problem::EndMissing(signed) if signed >= 200), "{report:?}");
    assert!(!verified(&[], &checkpoints).is_sound(), "an empty table is missed, too");
}

#[tokio::test]
async fn checkpoints_of_another_key_do_not_count() {
    let (table, checkpoints) = table().await;
    let forged: Vec<String> =
        checkpoints.iter().map(|line| line.replacen(r#""number":"#, r#""number":1"#, 1)).collect();
    assert!(!verified(&table, &forged).is_sound());
}
