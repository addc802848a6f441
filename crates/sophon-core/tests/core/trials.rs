//! Turns that are killed, cancelled, or lose their session at random moments: every task ends, no job is left over, and
//! every session that lives goes on.
//!
//! `SOPHON_TRIALS` says how many trials there are, `SOPHON_SEED` where their chances begin. A trial that fails names
//! its seed.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde_json::json;
use sophon_core::approvals::Answer;
use sophon_core::chat::Sent;
use sophon_model::ports::ApprovalFilter;
use sophon_model::{ApprovalStatus, Kind, Page, SessionId, Task, TaskStatus};
use sophon_testgateway::{Engine, Setup, TestGateway, message};
use sophon_testkit::{ModelServer, Script};

/// Trials by default.
const TRIALS: u64 = 25;
/// Sessions of a trial.
const SESSIONS: u64 = 3;
/// The latest moment at which something happens to a turn.
const LATEST: Duration = Duration::from_millis(30);
/// How long a worker holds a job.
const LEASE: Duration = Duration::from_secs(30);
/// How long a cancelled turn may take to end.
const CANCELLED_WITHIN: Duration = Duration::from_secs(1);

#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

/// Chances that a seed decides.
struct Chance(u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    async fn moment(&mut self, latest: Duration) {
        let micros = self.below(u64::try_from(latest.as_micros()).unwrap());
        tokio::time::sleep(Duration::from_micros(micros)).await;
    }
}

/// A model that writes, calls tools, of which one needs approval, and writes again.
async fn busy_model() -> ModelServer {
    ModelServer::start(|request| {
        let pause = Duration::from_millis(2);
        let read = request.last_text();
        let results = request.body.to_string().matches("\"tool_call_id\"").count();
        match results {
            // It may be joined to a question that was left without an answer.
            _ if read.ends_with("hello") => Script::say("Hello."),
            0 => Script::answer()
                .text("Let me ")
                .pause(pause)
                .text("see.")
                .tool_call("a", "memory.write", json!({ "content": "x" }))
                .tool_call("b", "datetime.now", json!({})),
            2 if request.body.to_string().contains("work") => {
                Script::answer().pause(pause).tool_call("c", "memory.forget_all", json!({}))
            }
            _ => Script::answer().text("Done ").pause(pause).text("now."),
        }
    })
    .await
}

/// A model that calls tools without end.
async fn endless_model() -> ModelServer {
    ModelServer::start(|_| {
        Script::answer()
            .text("On.")
            .pause(Duration::from_millis(1))
            .tool_call("a", "datetime.now", json!({}))
            .tool_call("b", "memory.write", json!({ "content": "x" }))
    })
    .await
}

async fn start(engine: Engine, model: &ModelServer) -> TestGateway {
    Setup::default().on(engine).models(&[model]).start().await
}

/// What happens to the turns of a trial.
#[derive(Clone, Copy, Debug)]
enum Blow {
    Kill,
    Cancel,
    Delete,
}

async fn strike(app: TestGateway, model: &ModelServer, blow: Blow, sent: &Sent) -> TestGateway {
    match blow {
        Blow::Kill => {
            let app = app.crash_and_restart(&[model]).await;
            // Where others use the database, too, work is taken over when its lease has run out.
            app.clock.advance(LEASE);
            return app;
        }
        Blow::Cancel => match app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await {
            Err(error) if error.kind() == Kind::Conflict => {}
            cancelled => drop(cancelled.expect("it is cancelled")),
        },
        Blow::Delete => {
            app.gateway.sessions.delete(&app.admin(), &sent.session_id).await.expect("it is deleted");
        }
    }
    app
}

/// Answers what agents ask until no task of `sent` that is still there is open, and returns how they ended.
async fn all_ended(app: &TestGateway, sent: &[Sent]) -> Vec<Task> {
    app.until(async || {
        let filter = ApprovalFilter { statuses: vec![ApprovalStatus::Pending], ..ApprovalFilter::default() };
        let asked = app.gateway.approvals.list(&app.admin(), filter, Page::new(None, None)).await.unwrap();
        for approval in asked.items {
            let answer = Answer::Approve { comment: None };
            // Its task may have ended meanwhile.
            let _late = app.gateway.approvals.answer(&app.admin(), &approval.id, answer).await;
        }
        let ids: Vec<_> = sent.iter().map(|sent| sent.task_id.clone()).collect();
        let read =
            app.gateway.db.read(move |tx| ids.iter().map(|id| tx.get(id)).collect::<Result<Vec<_>, _>>());
        // The tasks of a deleted session are gone with it.
        let tasks: Vec<Task> = read.await.unwrap().into_iter().flatten().collect();
        tasks.iter().all(|task| task.status.is_final()).then_some(tasks)
    })
    .await
}

async fn turn_jobs(app: &TestGateway) -> u64 {
    let counts = app.gateway.db.read(|tx| tx.job_counts()).await.unwrap();
    counts.iter().filter(|count| count.queue == sophon_model::Queue::Turns).map(|count| count.count).sum()
}

/// One trial, in which all depends on the seed but what threads do.
async fn trial(mut app: TestGateway, model: &ModelServer, seed: u64) -> TestGateway {
    let mut chance = Chance(seed);
    let mut sent = Vec::new();
    for _ in 0..SESSIONS {
        let first = app.send("work").await;
        if chance.below(2) == 0 {
            sent.push(app.send_to(&first.session_id, "work on").await);
        }
        sent.push(first);
    }
    let mut gone: Vec<SessionId> = Vec::new();
    for _ in 0..=chance.below(3) {
        chance.moment(LATEST).await;
        let target = sent[usize::try_from(chance.below(sent.len() as u64)).unwrap()].clone();
        let blow = [Blow::Kill, Blow::Cancel, Blow::Delete][usize::try_from(chance.below(3)).unwrap()];
        if gone.contains(&target.session_id) && !matches!(blow, Blow::Kill) {
            continue;
        }
        if matches!(blow, Blow::Delete) {
            gone.push(target.session_id.clone());
        }
        app = strike(app, model, blow, &target).await;
    }
    let ended = all_ended(&app, &sent).await;
    assert!(ended.iter().all(|task| task.status != TaskStatus::Failed), "{ended:?}");
    assert_eq!(turn_jobs(&app).await, 0, "no job is left over");
    let live = sent.iter().filter(|sent| !gone.contains(&sent.session_id));
    for session in live.map(|sent| &sent.session_id).collect::<std::collections::HashSet<_>>() {
        let asked = app.send_to(session, "hello").await;
        app.completed(&asked).await;
        assert_eq!(app.messages(session).await.last().unwrap().content, "Hello.");
    }
    app
}

#[tokio::test]
async fn whatever_happens_to_turns_they_end_and_sessions_go_on() {
    for engine in Engine::available() {
        let model = busy_model().await;
        let mut app = start(engine, &model).await;
        let first = setting("SOPHON_SEED", 1);
        for seed in first..first + setting("SOPHON_TRIALS", TRIALS) {
            let trying = std::panic::AssertUnwindSafe(Box::pin(trial(app, &model, seed))).catch_unwind();
            app = trying
                .await
                .unwrap_or_else(|_| panic!("{engine:?}: the trial failed with SOPHON_SEED={seed}"));
        }
    }
}

#[tokio::test]
async fn a_turn_that_is_cancelled_at_any_moment_ends_within_a_second_and_runs_no_further_tool() {
    for engine in Engine::available() {
        let model = endless_model().await;
        let app = start(engine, &model).await;
        let (admin, first) = (app.admin(), setting("SOPHON_SEED", 1));
        let tools =
            async |sent: &Sent| app.gateway.tasks.get(&admin, &sent.task_id).await.unwrap().tool_calls.len();
        let mut slowest = Duration::ZERO;
        for seed in first..first + setting("SOPHON_TRIALS", TRIALS) {
            let mut chance = Chance(seed);
            let sent = app.gateway.chat.send(&admin, message(None, "endless")).await.unwrap();
            chance.moment(Duration::from_millis(10)).await;
            let cancelled = app.gateway.tasks.cancel(&admin, &sent.task_id).await;
            cancelled.unwrap_or_else(|error| panic!("{engine:?} with SOPHON_SEED={seed}: {error}"));
            let (begun, called) = (Instant::now(), tools(&sent).await);
            let task = app.ended(&sent).await;
            slowest = slowest.max(begun.elapsed());
            assert_eq!(task.status, TaskStatus::Cancelled, "{engine:?} with SOPHON_SEED={seed}");
            assert_eq!(tools(&sent).await, called, "{engine:?}: a further tool ran with SOPHON_SEED={seed}");
        }
        assert!(slowest < CANCELLED_WITHIN, "{engine:?}: {slowest:?}");
        assert_eq!(turn_jobs(&app).await, 0);
    }
}
