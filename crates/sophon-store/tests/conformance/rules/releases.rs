//! Databases of releases, kept as `tests/conformance/releases/v….sql`: the present program opens each, migrates it and
//! reads it whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use serde_json::json;
use sophon_model::event::SessionChange;
use sophon_model::ports::{IdempotentReply, NewEvent, Tx};
use sophon_model::{Event, Result, SecretPurpose, SessionEvent, SessionId, TaskId, Topic};
use sophon_store::SCHEMA_VERSION;

use super::entities::{add_each, move_all_in, rewrite_each};
use super::secrets::{data_key, name, stored};
use crate::fixtures::{at, discussion_turn, job, node_secrets, session};
use crate::harness::{Engine, Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_database_of_each_release_is_read_whole),
        rule(the_database_of_this_release_is_written_down).only(Engine::Sqlite).ignored(),
    ]
}

/// Where the databases are. Each begins with the version of its schema, and adds rows in a language that both engines
/// understand.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/releases")
}

fn topic() -> Topic {
    Topic::Session(SessionId::from("s"))
}

fn a_database_of_each_release_is_read_whole(place: &Place) {
    let files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "there is no database of a release");
    for file in files {
        let rows = std::fs::read_to_string(&file).unwrap();
        let schema = rows.lines().next().and_then(|line| line.strip_prefix("-- schema ")?.parse().ok());
        place.in_a_place_of_its_own(|place| {
            place.store_as(schema.expect("the first line tells the version of the schema"), &rows);
            is_read_whole(place, &rows);
        });
    }
}

fn is_read_whole(place: &Place, rows: &str) {
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.lines().filter_map(|line| line.strip_prefix("INSERT INTO ")) {
        *kept.entry(row.split(' ').next().unwrap()).or_default() += 1;
    }
    let store = place.open();
    let mut found = rewrite_each(&*store);
    let steps = read(&*store, |tx| tx.steps(&TaskId::from("t")));
    let events = read(&*store, |tx| tx.events(&topic(), 0, u64::MAX, 1_000));
    let reply = read(&*store, |tx| tx.idempotent_reply("scope", "key", at(0)));
    found.extend([
        ("task_steps", steps.len()),
        ("events", events.len()),
        ("event_topics", events.len()),
        ("idempotent_replies", usize::from(reply.is_some())),
    ]);
    for (table, count) in kept {
        assert_eq!(found.get(table), Some(&count), "{table}");
    }
}

fn the_database_of_this_release_is_written_down(place: &Place) {
    fn add_others(tx: &mut dyn Tx) -> Result<()> {
        tx.enqueue_job(&job("j", 1))?;
        tx.insert(&node_secrets("n"))?;
        tx.put(&discussion_turn("nth-1", 1, "x", 1))?;
        tx.put_data_key(&data_key("home", "m"))?;
        tx.put_secret(&stored(name("home", "ann", SecretPurpose::Totp), 1))?;
        tx.insert_step(&TaskId::from("t"), 0, &json!({"a": [1.0, null, "\u{0}ő"]}))?;
        let (request_hash, reply) = ("00".into(), json!({"id": "m"}));
        tx.insert_idempotent_reply("scope", "key", &IdempotentReply { request_hash, reply }, at(5))?;
        let changed = Event::from(SessionEvent {
            session: Box::new(session("s")),
            change: SessionChange::Updated,
            members: vec!["ann".into()],
        });
        tx.append_events(&[NewEvent { event: &changed, topics: vec![topic()] }], 0, at(6)).map(drop)
    }
    let store = place.open();
    write(&*store, move_all_in).unwrap();
    add_each(&*store);
    write(&*store, add_others).unwrap();
    drop(store);
    let rows = format!("-- schema {SCHEMA_VERSION}\n{}", inserts(&place.file()));
    std::fs::write(folder().join(concat!("v", env!("CARGO_PKG_VERSION"), ".sql")), rows).unwrap();
}

/// All rows of a database, as statements that add them. Left out is what the database makes by itself: full text, numbers.
fn inserts(file: &Path) -> String {
    let db = rusqlite::Connection::open(file).unwrap();
    let names = |sql: &str| -> Vec<(String, String)> {
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    let tables = "SELECT name, type FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
                  AND name NOT LIKE '%_words%' AND name NOT IN ('schema_migrations', 'sequence', 'event_epochs') ORDER BY rowid";
    let mut text = String::new();
    for (table, _) in names(tables) {
        let columns = names(&format!("SELECT name, type FROM pragma_table_info('{table}')"));
        let is_made = |column: &str| column == "row" || (table == "messages" && column == "number");
        let columns: Vec<_> = columns.into_iter().filter(|(column, _)| !is_made(column)).collect();
        let list = columns.iter().map(|(column, _)| column.as_str()).collect::<Vec<_>>().join(", ");
        let mut statement = db.prepare(&format!("SELECT {list} FROM {table}")).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let literals = columns.iter().enumerate();
            let literals = literals.map(|(n, (_, ty))| literal(row.get_ref(n).unwrap(), ty));
            let literals = literals.collect::<Vec<_>>().join(", ");
            writeln!(text, "INSERT INTO {table} ({list}) VALUES ({literals});").unwrap();
        }
    }
    text
}

fn literal(value: ValueRef<'_>, ty: &str) -> String {
    match (value, ty) {
        (ValueRef::Null, _) => "NULL".into(),
        (ValueRef::Integer(0), "BOOLEAN") => "FALSE".into(),
        (ValueRef::Integer(_), "BOOLEAN") => "TRUE".into(),
        (ValueRef::Integer(number), _) => number.to_string(),
        (ValueRef::Text(text), _) => format!("'{}'", str::from_utf8(text).unwrap().replace('\'', "''")),
        (ValueRef::Real(_) | ValueRef::Blob(_), _) => panic!("a column of no known type"),
    }
}
