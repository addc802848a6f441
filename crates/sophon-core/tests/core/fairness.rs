//! Workers are shared fairly among users.

use std::time::Duration;

use fanout::Start;
use sophon_core::chat::Sent;
use sophon_core::jobs::Workers;
use sophon_core::limits::MOST_QUEUED_TASKS_OF_USER;
use sophon_model::event::Activity;
use sophon_model::{
    Caller, Credential, Event, Kind, Role, Task, TaskEvent, TaskId, TaskStatus, User, UserId,
};
use sophon_testgateway::{Engine, Setup, TestGateway, events_until, message};
use sophon_testkit::{Gate, ModelServer, Script, make};

/// Turns of one user that run at a time.
const PER_USER: usize = 3;

async fn start(engine: Engine, turns: usize, model: &ModelServer) -> TestGateway {
    let workers = Workers { turns, turns_per_user: PER_USER, ..Workers::default() };
    Setup::default().on(engine).models(&[model]).settings(|settings| settings.workers = workers).start().await
}

/// Another user of the administrator's tenant.
async fn somebody(app: &TestGateway, name: &'static str) -> Caller {
    let admin = app.admin();
    let tenant = admin.tenant.clone();
    let added = app.gateway.db.write(move |unit| {
        let email = format!("{name}@example.com");
        let user = User { tenant_id: tenant, email, ..make::user(unit.new_id::<UserId>()) };
        make::register(unit.tx, &user, Role::Admin)?;
        Ok(user.id)
    });
    let user = added.await.unwrap();
    Caller { user, role: Role::Admin, credential: Credential::AutoAdmin, ..admin }
}

async fn send(app: &TestGateway, by: &Caller, text: &str) -> Sent {
    app.gateway.chat.send(by, message(None, text)).await.unwrap()
}

/// Waits until the answer to what `by` has sent is complete.
async fn answered(app: &TestGateway, by: &Caller, sent: &Sent) {
    app.until(async || {
        let task = app.gateway.tasks.get(by, &sent.task_id).await.unwrap().task;
        (task.status == TaskStatus::Completed).then_some(())
    })
    .await;
}

async fn with_status(app: &TestGateway, sent: &[Sent], status: TaskStatus) -> usize {
    let mut count = 0;
    for sent in sent {
        count += usize::from(app.task(&sent.task_id).await.status == status);
    }
    count
}

/// A model that drips one word and then nothing until the gate opens, unless it is asked for something quick.
async fn dripping(gate: &Gate) -> ModelServer {
    let held = gate.clone();
    ModelServer::start(move |request| match request.last_text().as_str() {
        "quick" => Script::say("Here."),
        _ => Script::answer().text("Drip").wait(&held).text("."),
    })
    .await
}

#[tokio::test]
async fn a_user_whose_answers_drip_holds_nobody_else_up() {
    for engine in Engine::available() {
        let gate = Gate::new();
        let model = dripping(&gate).await;
        let app = start(engine, 2 * PER_USER, &model).await;
        let (ann, bob) = (app.admin(), somebody(&app, "bob").await);
        let mut drips = Vec::new();
        for _ in 0..4 * PER_USER {
            drips.push(send(&app, &ann, "drip").await);
        }
        model.wait_for_requests(PER_USER).await;
        for _ in 0..5 {
            answered(&app, &bob, &send(&app, &bob, "quick").await).await;
        }
        assert_eq!(with_status(&app, &drips, TaskStatus::Running).await, PER_USER, "{engine:?}");
        gate.open();
        for sent in &drips {
            app.completed(sent).await;
        }
    }
}

#[tokio::test]
async fn who_waits_for_a_worker_is_told_how_many_are_ahead() {
    let gate = Gate::new();
    let model = dripping(&gate).await;
    let app = start(Engine::Sqlite, PER_USER, &model).await;
    let (ann, bob) = (app.admin(), somebody(&app, "bob").await);
    let mut drips = Vec::new();
    for _ in 0..PER_USER + 2 {
        drips.push(send(&app, &ann, "drip").await);
    }
    model.wait_for_requests(PER_USER).await;
    let bobs = send(&app, &bob, "quick").await;
    for (sent, told) in [(&bobs, "Next in the queue"), (&drips[PER_USER + 1], "2 turns ahead")] {
        let queued = |event: &Event| {
            matches!(event, Event::Task(TaskEvent::Progress(progress))
            if progress.activity == Activity::Queued && progress.detail.as_deref() == Some(told))
        };
        events_until(&app.follow(&sent.session_id, Start::Now), queued).await;
    }
    gate.open();
    answered(&app, &bob, &bobs).await;
    for sent in &drips {
        app.completed(sent).await;
    }
}

#[tokio::test]
async fn what_a_user_cancels_makes_room_for_what_waits() {
    let gate = Gate::new();
    let model = dripping(&gate).await;
    let app = start(Engine::Sqlite, 2 * PER_USER, &model).await;
    let ann = app.admin();
    let mut drips = Vec::new();
    for _ in 0..2 * PER_USER {
        drips.push(send(&app, &ann, "drip").await);
    }
    model.wait_for_requests(PER_USER).await;
    // One that waits, and one that runs.
    app.gateway.tasks.cancel(&ann, &drips[PER_USER].task_id).await.unwrap();
    app.gateway.tasks.cancel(&ann, &drips[0].task_id).await.unwrap();
    model.wait_for_requests(PER_USER + 1).await;
    assert_eq!(with_status(&app, &drips, TaskStatus::Cancelled).await, 2);
    gate.open();
    for sent in &drips {
        app.ended(sent).await;
    }
    assert_eq!(with_status(&app, &drips, TaskStatus::Completed).await, 2 * PER_USER - 2);
}

#[tokio::test]
async fn the_queue_has_a_share_for_each_user() {
    let app = Setup::default().may_leave_work().start().await;
    let (ann, bob) = (app.admin(), somebody(&app, "bob").await);
    let (tenant, user) = (ann.tenant.clone(), ann.user.clone());
    let filled = app.gateway.db.write(move |unit| {
        for _ in 0..MOST_QUEUED_TASKS_OF_USER {
            let (tenant_id, user_id) = (tenant.clone(), user.clone());
            let waits = Task { tenant_id, user_id, session_id: None, ..make::task(unit.new_id::<TaskId>()) };
            unit.tx.insert(&waits)?;
        }
        Ok(())
    });
    filled.await.unwrap();
    let refused = app.gateway.chat.send(&ann, message(None, "one more")).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::RateLimited, "too_many_tasks"));
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(5)));
    answered(&app, &bob, &send(&app, &bob, "hello").await).await;
}
