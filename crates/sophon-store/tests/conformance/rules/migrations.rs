//! The schema, step by step: what an older program stored is found again.

use postgres::{Client, NoTls};
use serde_json::json;
use sophon_model::{SessionId, Task, TaskId, TaskStatus, TenantId};

use crate::fixtures::{at, task, tool_call};
use crate::harness::{Engine, Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![rule(tasks_of_version_1_are_kept_with_their_steps_and_calls)]
}

/// A session with a completed, a running and a queued task, as version 1 kept them.
const VERSION_1: &str = r#"
    CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY);
    INSERT INTO schema_migrations (version) VALUES (1);
    INSERT INTO tenants (id, slug, name, created_at) VALUES ('home', 'home-slug', 'HOME', 1);
    INSERT INTO users (id, tenant_id, email, name, role, status, password_hash, created_at, updated_at)
        VALUES ('ann', 'home', 'ann@example.org', 'Ann', 'Operator', 'active', '', 2, 3);
    INSERT INTO sessions
        (id, tenant_id, owner_id, agent_id, title, visibility, status, mode, message_count, created_at, updated_at)
        VALUES ('s', 'home', 'ann', 'sophon', '', 'private', 'active', 'async', 0, 6, 7);
    INSERT INTO tasks
        (id, tenant_id, user_id, session_id, agent_id, kind, description, status, request_message_id, is_streaming,
            usage, attempt, lease_until, created_at, started_at, ended_at)
        VALUES
        ('done', 'home', 'ann', 's', 'sophon', 'chat', 'do done', 'completed', 'm', TRUE, 'null', 2, NULL, 1, 10, 20),
        ('runs', 'home', 'ann', 's', 'sophon', 'chat', 'do runs', 'running', 'm', TRUE, 'null', 1, 50, 2, 30, NULL),
        ('waits', 'home', 'ann', 's', 'sophon', 'chat', 'do waits', 'queued', 'm', TRUE, 'null', 0, NULL, 3, NULL,
            NULL);
    INSERT INTO task_steps (task_id, number, step) VALUES ('runs', 0, '{"a":1.0}'), ('runs', 1, 'null');
    INSERT INTO tool_calls (id, task_id, session_id, tool, arguments, arguments_hash, status, started_at)
        VALUES ('call', 'runs', 's', 'memory.search', '{"b":1.0,"a":[null,1e16,"\u0000ő"]}', '00', 'running', 31);
"#;

fn store_as_version_1(place: &Place) {
    match place.engine {
        Engine::Sqlite => {
            std::fs::create_dir_all(place.file().parent().unwrap()).unwrap();
            let file = rusqlite::Connection::open(place.file()).unwrap();
            file.execute_batch(include_str!("../../../migrations/sqlite/0001_core.sql")).unwrap();
            file.execute_batch(VERSION_1).unwrap();
        }
        Engine::Postgres => {
            let mut server = Client::connect(&place.url, NoTls).unwrap();
            server.batch_execute(include_str!("../../../migrations/postgres/0001_core.sql")).unwrap();
            server.batch_execute(VERSION_1).unwrap();
        }
    }
}

fn tasks_of_version_1_are_kept_with_their_steps_and_calls(place: &Place) {
    store_as_version_1(place);
    let store = place.open();
    let get = |id: &'static str| read(&*store, move |tx| tx.task(&TenantId::from("home"), &TaskId::from(id)));
    let (status, started_at) = (TaskStatus::Completed, Some(at(10)));
    let done = Task { status, attempt: 2, started_at, ended_at: Some(at(20)), ..task("done", "s", 1) };
    let (status, started_at) = (TaskStatus::Running, Some(at(30)));
    let runs = || Task { status, attempt: 1, started_at, ..task("runs", "s", 2) };
    assert_eq!(get("done"), Some(done));
    assert_eq!(get("runs"), Some(runs()));
    assert_eq!(get("waits"), Some(task("waits", "s", 3)));
    read(&*store, |tx| {
        assert_eq!(tx.steps(&TaskId::from("runs"))?, [json!({"a": 1.0}), json!(null)]);
        assert_eq!(tx.tool_calls(&TaskId::from("runs"))?, [tool_call("call", "runs", 31)]);
        Ok(())
    });

    write(&*store, |tx| tx.delete_session(&SessionId::from("s"))).unwrap();
    assert_eq!(["done", "runs", "waits"].map(|id| get(id).is_some()), [false; 3]);
    read(&*store, |tx| {
        assert!(tx.steps(&TaskId::from("runs"))?.is_empty());
        assert!(tx.tool_calls(&TaskId::from("runs"))?.is_empty());
        Ok(())
    });
}
