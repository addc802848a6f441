//! Databases as places: opened, guarded, lost and found again.

use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::sync_channel;
use std::thread;

use postgres::{Client, NoTls};
use sophon_model::{SessionId, TenantId};
use sophon_store::{Options, SCHEMA_VERSION};

use crate::fixtures::{move_in, tenant};
use crate::harness::{
    Engine, PATIENCE, Place, Rule, code, queue_write, read, rule, say, server, with_setting, write,
};
use crate::killed::acknowledged_until_killed;

pub fn rules() -> Vec<Rule> {
    vec![
        rule(what_was_acknowledged_outlives_a_kill),
        rule(what_was_written_is_there_after_a_restart),
        rule(a_database_of_a_newer_program_is_refused),
        rule(a_file_has_one_gateway).only(Engine::Sqlite),
        rule(files_are_for_their_owner_alone).only(Engine::Sqlite),
        rule(a_closed_file_is_whole_without_its_log).only(Engine::Sqlite),
        rule(a_file_that_is_no_database_is_refused).only(Engine::Sqlite),
        rule(a_server_has_many_gateways).only(Engine::Postgres),
        rule(a_server_that_may_lose_commits_is_refused).only(Engine::Postgres),
        rule(a_connection_is_protected_as_the_address_says).only(Engine::Postgres),
        rule(a_server_that_is_not_there_is_refused).only(Engine::Postgres),
        rule(lost_connections_are_replaced).only(Engine::Postgres),
        rule(a_connection_lost_in_a_job_undoes_it).only(Engine::Postgres),
    ]
}

/// Why the database cannot be opened.
fn refusal(place: &Place, url: &str) -> String {
    match sophon_store::open(url, &Options::default()) {
        Ok(_) => panic!("{:?} was opened", place.engine),
        Err(error) => error.to_string(),
    }
}

/// The certificate of the server, which names `localhost` and 127.0.0.1.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
fn root_certificate() -> Option<String> {
    std::env::var("SOPHON_TEST_POSTGRES_ROOT").ok()
}

fn a_connection_is_protected_as_the_address_says(place: &Place) {
    let Some(root) = root_certificate() else {
        return say("skipped: SOPHON_TEST_POSTGRES_ROOT names no certificate of the server");
    };
    let protected = |url: &str| {
        let store = sophon_store::open(url, &Options { connections: 2, ..Options::default() }).unwrap();
        let sql = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = $1";
        let named = url.rsplit("application_name=").next().unwrap();
        let mut client = server();
        // Each connection is made by its thread when it has something to do.
        read(&*store, |tx| tx.last_event().map(drop));
        client.query_one(sql, &[&named]).unwrap().get::<_, i64>(0) > 0
    };
    let url = |query: &str| format!("{}&{query}", place.url);
    assert!(!protected(&url("application_name=in_the_clear")));
    assert!(protected(&url("sslmode=require&application_name=any_server")));
    let verified = format!("sslmode=verify-full&sslrootcert={root}");
    assert!(protected(&url(&format!("{verified}&application_name=named_server"))));
    let other_name = url(&verified).replace("127.0.0.1", "127.0.0.2");
    for refused in [url("sslmode=verify-full"), other_name, url("sslmode=verify-full&sslrootcert=/dev/null")]
    {
        let text = refusal(place, &refused);
        assert!(!text.is_empty());
    }
}

fn what_was_acknowledged_outlives_a_kill(place: &Place) {
    const KILLS: usize = 10;
    write(&*place.open(), move_in).unwrap();
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        acknowledged.extend(acknowledged_until_killed(&place.url));
        let ids = acknowledged.clone();
        let lost = read(&*place.open(), move |tx| {
            let mut lost = Vec::new();
            for id in ids {
                if tx.get(&id)?.is_none() {
                    lost.push(id);
                }
            }
            Ok(lost)
        });
        assert_eq!(lost, [], "of {} acknowledged", acknowledged.len());
    }
    if place.engine == Engine::Sqlite {
        let file = rusqlite::Connection::open(place.file()).unwrap();
        let verdict: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        file.execute_batch("INSERT INTO messages_words (messages_words, rank) VALUES ('integrity-check', 1)")
            .unwrap();
    }
}

fn what_was_written_is_there_after_a_restart(place: &Place) {
    write(&*place.open(), move_in).unwrap();
    let session = read(&*place.open(), |tx| tx.get(&SessionId::from("s")));
    assert!(session.is_some());
}

fn a_database_of_a_newer_program_is_refused(place: &Place) {
    drop(place.open());
    let mark = format!("INSERT INTO schema_migrations (version) VALUES ({})", SCHEMA_VERSION + 1);
    match place.engine {
        Engine::Sqlite => rusqlite::Connection::open(place.file()).unwrap().execute_batch(&mark).unwrap(),
        Engine::Postgres => Client::connect(&place.url, NoTls).unwrap().batch_execute(&mark).unwrap(),
    }
    assert!(refusal(place, &place.url).contains("newer sophon"));
}

fn a_file_has_one_gateway(place: &Place) {
    let store = place.open();
    assert!(refusal(place, &place.url).contains("another sophon already uses"));
    drop(store);
    place.open();
}

fn files_are_for_their_owner_alone(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let file = place.file();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for entry in file.parent().unwrap().read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

fn a_closed_file_is_whole_without_its_log(place: &Place) {
    write(&*place.open(), move_in).unwrap();
    let copy = place.folder().join("copy.db");
    std::fs::copy(place.file(), &copy).unwrap();
    let store = sophon_store::open(&format!("sqlite:{}", copy.display()), &Options::default()).unwrap();
    assert!(read(&*store, |tx| tx.get(&TenantId::from("home"))).is_some());
}

fn a_file_that_is_no_database_is_refused(place: &Place) {
    let file = place.folder().join("letter.txt");
    std::fs::write(&file, "Dear reader, this is not a database. ".repeat(100)).unwrap();
    assert!(refusal(place, &format!("sqlite:{}", file.display())).contains("cannot open the database"));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Dear reader"));
}

fn a_server_has_many_gateways(place: &Place) {
    let few = Options { connections: 2, ..Options::default() };
    let stores: Vec<_> = thread::scope(|scope| {
        let gateways: Vec<_> = (0..4).map(|_| scope.spawn(|| place.open_with(&few))).collect();
        gateways.into_iter().map(|gateway| gateway.join().unwrap()).collect()
    });
    write(&*stores[0], move_in).unwrap();
    assert!(read(&*stores[3], |tx| tx.get(&SessionId::from("s"))).is_some());
}

fn a_server_that_may_lose_commits_is_refused(place: &Place) {
    let text = refusal(place, &with_setting("synchronous_commit=off"));
    assert!(text.contains("synchronous_commit=off"), "{text}");
}

fn a_server_that_is_not_there_is_refused(place: &Place) {
    assert!(refusal(place, "postgres://sophon@127.0.0.1:1/sophon").contains("cannot connect to PostgreSQL"));
}

/// Ends all connections of the store of `place`.
fn cut_connections(place: &Place) {
    let sql =
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = $1";
    server().query(sql, &[&place.schema]).unwrap();
}

fn lost_connections_are_replaced(place: &Place) {
    let store = place.open_with(&Options { connections: 1, ..Options::default() });
    write(&*store, move_in).unwrap();
    for n in 0..3 {
        cut_connections(place);
        write(&*store, move |tx| tx.insert(&tenant(&format!("t{n}")))).unwrap();
        cut_connections(place);
        assert!(read(&*store, move |tx| tx.get(&TenantId::from(format!("t{n}")))).is_some());
    }
}

fn a_connection_lost_in_a_job_undoes_it(place: &Place) {
    let store = place.open();
    let (go, wait) = sync_channel::<()>(1);
    let (began, has_begun) = sync_channel(1);
    let answer = queue_write(&*store, move |tx| {
        tx.insert(&tenant("x"))?;
        began.send(()).unwrap();
        wait.recv_timeout(PATIENCE).unwrap();
        tx.insert(&tenant("y"))
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    cut_connections(place);
    go.send(()).unwrap();
    assert_eq!(code(answer.get()), "storage_unavailable");
    assert!(read(&*store, |tx| tx.get(&TenantId::from("x"))).is_none());
}
