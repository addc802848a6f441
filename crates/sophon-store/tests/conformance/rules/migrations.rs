//! The schema, step by step: what an older program stored is found again.

use serde_json::json;
use sophon_model::ports::{ClaimJobs, MemberFilter, Store};
use sophon_model::{
    Job, JobId, JobStatus, Member, Priority, Queue, SessionId, Task, TaskId, TaskStatus, TenantId, Topic,
    UserId, UserInTenant,
};

use crate::fixtures::{at, job, task, tool_call};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(tasks_of_version_1_are_kept_with_their_steps_and_calls),
        rule(what_was_under_way_in_version_3_becomes_jobs),
        rule(events_of_version_4_are_there_and_are_not_read),
        rule(users_of_version_21_are_members_of_their_tenants),
    ]
}

/// A session with a completed, a running and a queued task, as version 1 kept them.
const VERSION_1: &str = r#"
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

/// Work of all kinds, and deadlines, as version 3 kept them.
const VERSION_3: &str = "
    INSERT INTO tenants (id, slug, name, created_at) VALUES ('home', 'home-slug', 'HOME', 1);
    INSERT INTO users (id, tenant_id, email, name, role, status, password_hash, created_at, updated_at)
        VALUES ('ann', 'home', 'ann@example.org', 'Ann', 'Operator', 'active', '', 2, 3);
    INSERT INTO sessions
        (id, tenant_id, owner_id, agent_id, title, visibility, status, mode, message_count, created_at, updated_at)
        VALUES
        ('s', 'home', 'ann', 'sophon', '', 'private', 'active', 'async', 0, 6, 7),
        ('x', 'home', 'ann', 'sophon', '', 'private', 'active', 'async', 0, 6, 7);
    INSERT INTO tasks
        (id, tenant_id, user_id, parent_id, session_id, agent_id, kind, description, status, request_message_id,
            is_streaming, usage, attempt, proven_attempt, lease_until, created_at, started_at, ended_at)
        VALUES
        ('early', 'home', 'ann', NULL, 's', 'sophon', 'chat', '', 'queued', 'm', TRUE, 'null', 0, 0, NULL, 1, NULL, NULL),
        ('runs', 'home', 'ann', NULL, 's', 'sophon', 'chat', '', 'running', 'm', TRUE, 'null', 5, 3, 50, 2, 30, NULL),
        ('part', 'home', 'ann', 'runs', 's', NULL, 'discussion', '', 'running', NULL, TRUE, 'null', 1, 1, 50, 2, 30,
            NULL),
        ('other', 'home', 'ann', NULL, 's', 'second', 'chat', '', 'queued', 'm', TRUE, 'null', 0, 0, NULL, 3, NULL, NULL),
        ('there', 'home', 'ann', NULL, 'x', 'sophon', 'chat', '', 'running', 'm', TRUE, 'null', 2, 2, 50, 4, 30, NULL),
        ('done', 'home', 'ann', NULL, 'x', 'sophon', 'chat', '', 'completed', 'm', TRUE, 'null', 1, 1, NULL, 5, 30, 40),
        ('talk', 'home', 'ann', NULL, NULL, NULL, 'discussion', '', 'queued', NULL, TRUE, 'null', 0, 0, NULL, 6, NULL,
            NULL),
        ('turn', 'home', 'ann', 'talk', NULL, NULL, 'discussion_turn', '', 'queued', NULL, TRUE, 'null', 0, 0, NULL, 7,
            NULL, NULL);
    INSERT INTO approvals
        (id, tenant_id, user_id, session_id, task_id, agent_id, tool_call_id, tool, risk, arguments, is_editable, digest,
            status, edited_arguments, requested_at, expires_at)
        VALUES
        ('a', 'home', 'ann', 's', 'runs', 'sophon', 'c', 'node.shell', 'high', '{}', FALSE, '', 'pending', 'null', 8, 60),
        ('b', 'home', 'ann', 's', 'runs', 'sophon', 'c', 'node.shell', 'high', '{}', FALSE, '', 'approved', 'null', 8, 60);
    INSERT INTO info_requests
        (id, tenant_id, user_id, session_id, task_id, agent_id, tool_call_id, question, choices, status, requested_at,
            expires_at)
        VALUES
        ('q', 'home', 'ann', 's', 'runs', 'sophon', 'c', 'Which?', '[]', 'pending', 9, 70),
        ('r', 'home', 'ann', 's', 'runs', 'sophon', 'c', 'Which?', '[]', 'answered', 9, 70);
    INSERT INTO nodes
        (id, tenant_id, name, platform, status, scopes, pairing_code, registered_by, is_online, last_seen_at, created_at,
            updated_at)
        VALUES
        ('n', 'home', 'Attic', 'linux', 'paired', '[]', '', 'ann', TRUE, 1000, 10, 10),
        ('new', 'home', 'Cellar', 'linux', 'paired', '[]', '', 'ann', TRUE, NULL, 11, 11),
        ('off', 'home', 'Hall', 'linux', 'paired', '[]', '', 'ann', FALSE, 1000, 12, 12);
    INSERT INTO node_commands
        (id, node_id, tenant_id, command, params, status, result, requested_by, created_at, expires_at)
        VALUES
        ('queued', 'n', 'home', 'ping', '{}', 'queued', 'null', 'ann', 13, 80),
        ('sent', 'n', 'home', 'ping', '{}', 'dispatched', 'null', 'ann', 14, 90),
        ('over', 'n', 'home', 'ping', '{}', 'completed', 'null', 'ann', 15, 95);
";

fn get_job(store: &dyn Store, id: &'static str) -> Option<Job> {
    read(store, move |tx| tx.get(&JobId::from(id)))
}

/// The job of a task that was under way.
fn turn(task: &str, agent: &str, session: &str, created: i64) -> Job {
    Job {
        kind: "chat.turn".into(),
        queue: Queue::Turns,
        payload: json!({"task": task}),
        serial_key: Some(format!("chat {session} {agent}")),
        task_id: Some(TaskId::from(task)),
        tenant_id: Some(TenantId::from("home")),
        owner_id: Some("ann".into()),
        ..job(&format!("job_{task}"), created)
    }
}

fn deadline(kind: &str, id: &str, payload: serde_json::Value, created: i64, run_at: i64) -> Job {
    Job {
        kind: kind.into(),
        queue: Queue::Maintenance,
        payload,
        priority: Priority::High,
        dedupe_key: Some(id.into()),
        run_at: at(run_at),
        ..job(&format!("job_{id}"), created)
    }
}

fn tasks_of_version_1_are_kept_with_their_steps_and_calls(place: &Place) {
    place.store_as(1, VERSION_1);
    let store = place.open();
    let get =
        |id: &'static str| read(&*store, move |tx| tx.get_in(&TenantId::from("home"), &TaskId::from(id)));
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

    let interrupted = Job { attempt: 1, interruptions: 1, ..turn("runs", "sophon", "s", 2) };
    assert_eq!(get_job(&*store, "job_runs"), Some(interrupted));
    let behind = Job { status: JobStatus::Blocked, ..turn("waits", "sophon", "s", 3) };
    assert_eq!(get_job(&*store, "job_waits"), Some(behind));
    assert_eq!(get_job(&*store, "job_done"), None);
    write(&*store, |tx| tx.delete(&SessionId::from("s"))).unwrap();
    assert_eq!(["done", "runs", "waits"].map(|id| get(id).is_some()), [false; 3]);
    read(&*store, |tx| {
        assert!(tx.steps(&TaskId::from("runs"))?.is_empty());
        assert!(tx.tool_calls(&TaskId::from("runs"))?.is_empty());
        Ok(())
    });
}

fn what_was_under_way_in_version_3_becomes_jobs(place: &Place) {
    place.store_as(3, VERSION_3);
    let store = place.open();
    let talk = Job {
        kind: "discussion.run".into(),
        payload: json!({"task": "talk"}),
        serial_key: None,
        ..turn("talk", "", "", 6)
    };
    let of_home = |id: &str| json!({"tenant": "home", "id": id});
    let silence = |id: &str, created, run_at| Job {
        priority: Priority::Normal,
        ..deadline("node.silence", id, json!({"tenant": "home", "node": id}), created, run_at)
    };
    let of_node = |id: &str| json!({"node": "n", "id": id});
    let expected = [
        Job { status: JobStatus::Blocked, ..turn("early", "sophon", "s", 1) },
        Job { attempt: 5, interruptions: 2, ..turn("runs", "sophon", "s", 2) },
        turn("other", "second", "s", 3),
        Job { attempt: 2, ..turn("there", "sophon", "x", 4) },
        talk,
        deadline("approval.expire", "a", of_home("a"), 8, 60),
        deadline("info_request.expire", "q", of_home("q"), 9, 70),
        deadline("node_command.expire", "queued", of_node("queued"), 13, 80),
        deadline("node_command.expire", "sent", of_node("sent"), 14, 90),
        silence("n", 10, 91_000),
        silence("new", 11, 90_011),
    ];
    for job in &expected {
        let id = job.id.clone();
        assert_eq!(read(&*store, move |tx| tx.get(&id)).as_ref(), Some(job));
    }
    let counts = read(&*store, |tx| tx.job_counts());
    assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), expected.len() as u64, "{counts:?}");

    let claim = ClaimJobs {
        queue: Queue::Turns,
        holder: "me",
        now: at(10),
        lease_until: at(20),
        limit: 9,
        per_owner: None,
    };
    let claimed = write(&*store, move |tx| tx.claim_jobs(&claim)).unwrap();
    assert_eq!(
        claimed.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(),
        ["job_runs", "job_other", "job_there", "job_talk"]
    );
    let runs = claimed[0].clone();
    assert_eq!(runs.attempt, 6, "workers of the old program hold it no more");
    write(&*store, move |tx| tx.finish_job(&runs, at(11))).unwrap();
    assert_eq!(get_job(&*store, "job_early").map(|job| job.status), Some(JobStatus::Ready));
}

/// Users of two tenants, one of which was there first, as version 21 kept them.
const VERSION_21: &str = r#"
    INSERT INTO tenants (id, slug, name, created_at) VALUES ('b', 'b', 'B', 5), ('a', 'a', 'A', 9);
    INSERT INTO users (id, tenant_id, email, name, role, status, password_hash, password_due, created_at, updated_at)
        VALUES ('ann', 'a', 'ann@example.org', 'Ann', 'role_1', 'active', '', TRUE, 2, 3),
            ('bob', 'b', 'bob@example.org', 'Bob', 'Admin', 'suspended', '', FALSE, 4, 4);
    INSERT INTO api_tokens (id, user_id, name, secret_hash, hint, created_at)
        VALUES ('t', 'ann', 'laptop', 'h', 'sk_', 1);
    INSERT INTO jobs (id, kind, queue, payload, priority, status, run_at, attempt, failures, interruptions, wakes, created_at)
        VALUES ('j', 'rights.review', 'maintenance', '{"user":"ann"}', 0, 'ready', 9, 0, 0, 0, 0, 1);
"#;

fn users_of_version_21_are_members_of_their_tenants(place: &Place) {
    place.store_as(21, VERSION_21);
    let store = place.open();
    read(&*store, |tx| {
        let members = tx.all(&MemberFilter::default())?;
        let told = |member: &Member| {
            (
                member.id.to_string(),
                member.tenant_id.to_string(),
                member.role.name().to_owned(),
                member.is_main,
            )
        };
        let expected = [
            ("ann".to_owned(), "a".to_owned(), "role_1".to_owned(), false),
            ("bob".to_owned(), "b".to_owned(), "Admin".to_owned(), true),
        ];
        assert_eq!(
            members.iter().map(told).collect::<Vec<_>>(),
            expected,
            "the first tenant is the main one"
        );
        assert!(members.iter().all(Member::is_home));
        assert_eq!(tx.main_tenant()?.unwrap().id, TenantId::from("b"));
        assert_eq!(tx.api_tokens(&TenantId::from("a"), &UserId::from("ann"), at(1))?.len(), 1);
        let job = tx.get(&JobId::from("j"))?.unwrap();
        assert_eq!(job.payload, serde_json::json!({ "of": { "user": "ann" } }));
        Ok(())
    });
}

/// Events as version 4 kept them, in rows for each of their topics.
const VERSION_4: &str = r#"
    INSERT INTO tenants (id, slug, name, created_at) VALUES ('home', 'home', 'Home', 1);
    INSERT INTO users (id, tenant_id, email, name, role, status, password_hash, created_at, updated_at)
        VALUES ('ann', 'home', 'ann@example.org', 'Ann', 'Operator', 'active', '', 2, 3);
    INSERT INTO events (topic, seq, at, event) VALUES
        ('session:s', 7, 1, '{"event":"message_reset","task_id":"t","session_id":"s","message_id":"m"}'),
        ('session:s', 9, 2, '{"event":"task_queued","id":"t"}'),
        ('tasks:ann', 9, 2, '{"event":"task_queued","id":"t"}'),
        ('session:s', 12, 3, '{"event":"message_reset","task_id":"t","session_id":"s","message_id":"n"}');
    UPDATE sequence SET next = 1000001 WHERE name = 'events';
"#;

fn events_of_version_4_are_there_and_are_not_read(place: &Place) {
    place.store_as(4, VERSION_4);
    let store = place.open();
    let found = |topic: Topic| {
        let found = read(&*store, move |tx| tx.events(&topic, 0, u64::MAX, 9));
        found.into_iter().map(|stored| (stored.number, stored.event)).collect::<Vec<_>>()
    };
    assert_eq!(found(Topic::Session(SessionId::from("s"))), [(7, None), (9, None), (12, None)]);
    let ann = UserInTenant { tenant: TenantId::from("home"), user: UserId::from("ann") };
    assert_eq!(found(Topic::Tasks(ann)), [(9, None)], "what was sent to a user was sent in its one tenant");
    assert_eq!(
        [5, 6, 12].map(|number| read(&*store, move |tx| tx.has_events_since(number))),
        [false, true, true]
    );
    assert_eq!(read(&*store, |tx| tx.last_event()), 1_000_000);
}
