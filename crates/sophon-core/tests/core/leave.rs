//! What a person's leave covers: one action, exactly as it was asked about, once.

use serde_json::{Value, json};
use sophon_core::database::Unit;
use sophon_model::{
    Agent, Approval, ApprovalStatus, Error, Membership, Result, Role, Session, Task, Tenant, Timestamp,
    ToolCall, ToolCallStatus, User,
};
use sophon_testkit::{ModelServer, Script, make};

use crate::approvals::{FORGET, forgetful, pending_approvals};
use crate::harness::Harness;

#[tokio::test]
async fn a_call_that_had_begun_with_leave_is_not_made_again_after_a_crash() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    let begun = ToolCall {
        task_id: asked.task_id.clone(),
        session_id: asked.session_id.clone(),
        tool: FORGET.into(),
        started_at: asked.requested_at,
        ..make::tool_call(asked.tool_call_id.clone())
    };
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let now = unit.now();
            assert!(
                unit.tx.resolve_approval(&Approval { status: ApprovalStatus::Approved, ..asked.clone() })?
            );
            assert!(unit.tx.consume_approval(&asked.id, &asked.digest, now)?);
            assert!(unit.tx.wake_job(&asked.task_id, now)?);
            unit.tx.insert(&begun)
        })
        .await;
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1, "it was not done again");
    assert!(app.call_of(&sent).await.result.unwrap().contains("not known"));
}

#[tokio::test]
async fn leave_covers_one_action_once_and_nothing_that_differs() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    // The leave was given for something else than what the turn is about to do.
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let other =
                Approval { status: ApprovalStatus::Approved, digest: "another".into(), ..asked.clone() };
            assert!(unit.tx.resolve_approval(&other)?);
            let now = unit.now();
            assert!(unit.tx.wake_job(&asked.task_id, now)?);
            Ok(())
        })
        .await;
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
    assert!(app.call_of(&sent).await.result.unwrap().contains("for something else"));

    let [approval] = pending_approvals(&app, "memory.write", 1).await.try_into().unwrap();
    app.approve(&approval.id).await.unwrap();
    let consume = |digest: String| {
        let id = approval.id.clone();
        app.gateway.db.write(move |unit| unit.tx.consume_approval(&id, &digest, Timestamp::from_millis(1)))
    };
    assert!(!consume("another".into()).await.unwrap());
    assert!(consume(approval.digest.clone()).await.unwrap());
    assert!(!consume(approval.digest.clone()).await.unwrap(), "used up");
}

#[tokio::test]
async fn leave_that_was_used_is_not_used_again() {
    let model = forgetful().await;
    let app = Harness::with_models(&[&model]).await;
    app.remember("Oscar is a cat.").await;
    let sent = app.send("forget everything").await;
    let asked = app.asked_once().await;
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let now = unit.now();
            assert!(
                unit.tx.resolve_approval(&Approval { status: ApprovalStatus::Approved, ..asked.clone() })?
            );
            assert!(unit.tx.consume_approval(&asked.id, &asked.digest, now)?);
            assert!(unit.tx.wake_job(&asked.task_id, now)?);
            Ok(())
        })
        .await;
    app.completed(&sent).await;
    assert_eq!(app.remembered().await, 1);
    assert!(app.call_of(&sent).await.result.unwrap().contains("already_consumed"));
}

/// A model that wants to run a program on a machine.
async fn executor() -> ModelServer {
    ModelServer::start(|request| {
        if request.body.to_string().contains("\"tool_call_id\"") {
            return Script::say("Done.");
        }
        let arguments = json!({
            "node": "node_1", "command": "system.execute", "timeoutMs": 2_000,
            "params": { "argv": ["rm", "-r", "a"], "env": { "A": "1" }, "cwd": "/tmp" },
        });
        Script::answer().tool_call("a", "node.command", arguments)
    })
    .await
}

/// What is changed between the request and the use: in the task, or in the call as the model made it.
type Change = fn(&mut Unit<'_>, &mut Task, &mut Value) -> Result<()>;

fn in_call(call: &mut Value, pointer: &str, value: Value) -> Result<()> {
    let place = call.pointer_mut(pointer).ok_or_else(|| Error::not_found(pointer))?;
    *place = value;
    Ok(())
}

const CHANGES: [(&str, Change); 12] = [
    ("tenant", |unit, task, _| {
        let tenant = unit.tx.get(&task.tenant_id)?.expect("it is there");
        let other = Tenant { id: "tenant_other".into(), slug: "other".into(), is_main: false, ..tenant };
        task.tenant_id = other.id.clone();
        unit.tx.insert(&other)?;
        let user = unit.tx.get(&task.user_id)?.expect("it is there");
        unit.tx.insert(&Membership { tenant_id: other.id, ..make::membership(&user, Role::Admin) })
    }),
    ("user", |unit, task, _| {
        let user = unit.tx.get(&task.user_id)?.expect("it is there");
        let other = User { id: "usr_other".into(), email: "other@example.com".into(), ..user };
        task.user_id = other.id.clone();
        make::register(unit.tx, &other, Role::Admin)
    }),
    ("agent", |unit, task, _| {
        let id = task.agent_id.take().expect("it is there");
        let agent = unit.tx.agent(&task.tenant_id, id.as_str())?.expect("it is there");
        let other = Agent { id: "agent_other".into(), slug: "other".into(), ..agent };
        task.agent_id = Some(other.id.clone());
        unit.tx.insert(&other)
    }),
    ("session", |unit, task, _| {
        let id = task.session_id.take().expect("it is there");
        let session = unit.tx.get(&id)?.expect("it is there");
        let other = Session { id: "ses_other".into(), ..session };
        task.session_id = Some(other.id.clone());
        unit.tx.insert(&other)
    }),
    ("call", |_, _, call| in_call(call, "/id", json!("call_other"))),
    ("tool", |_, _, call| in_call(call, "/name", json!("memory.write"))),
    ("node", |_, _, call| in_call(call, "/arguments/node", json!("node_2"))),
    ("command", |_, _, call| in_call(call, "/arguments/command", json!("system.info"))),
    ("argv", |_, _, call| in_call(call, "/arguments/params/argv/2", json!("b"))),
    ("environment", |_, _, call| in_call(call, "/arguments/params/env/A", json!("2"))),
    ("folder", |_, _, call| in_call(call, "/arguments/params/cwd", json!("/"))),
    ("time-out", |_, _, call| in_call(call, "/arguments/timeoutMs", json!(600_000))),
];

/// Asks, has it approved, makes the change before the turn goes on, and tells what became of the approval.
async fn approved_then_changed(change: Change) -> (Harness, Approval) {
    let model = executor().await;
    let app = Harness::with_models(&[&model]).await;
    app.machine(&[]).await;
    let sent = app.send("tidy up").await;
    let asked = app.asked_once().await;
    let (task, approved) =
        (app.task(&sent.task_id).await, Approval { status: ApprovalStatus::Approved, ..asked.clone() });
    let app = app
        .crash_change_and_restart(&[&model], move |unit| {
            let (id, mut task) = (task.id.clone(), task);
            assert!(unit.tx.resolve_approval(&approved)?);
            let mut step = unit.tx.steps(&id)?.remove(0);
            change(unit, &mut task, &mut step["tool_calls"][0])?;
            unit.tx.delete_steps(&id)?;
            unit.tx.insert_step(&id, 0, &step)?;
            assert!(unit.tx.update_open_task(&task)?);
            let now = unit.now();
            assert!(unit.tx.wake_job(&id, now)?);
            Ok(())
        })
        .await;
    let approval = app
        .until(async || {
            let asked = asked.clone();
            let looked = app.gateway.db.read(move |tx| {
                let tenants = [asked.tenant_id.clone(), "tenant_other".into()];
                let tasks: Result<Vec<_>> =
                    tenants.iter().map(|tenant| tx.get_in(tenant, &asked.task_id)).collect();
                let has_ended = tasks?.into_iter().flatten().any(|task| task.status.is_final());
                let of_task = tx.approvals_of_task(&asked.task_id)?;
                // Or it is asked about anew, as something else.
                let is_asked = of_task.iter().any(|approval| approval.status == ApprovalStatus::Pending);
                let approval = of_task.into_iter().find(|approval| approval.id == asked.id);
                Ok(approval.filter(|_| has_ended || is_asked))
            });
            looked.await.unwrap()
        })
        .await;
    (app, approval)
}

#[tokio::test]
async fn any_change_of_one_field_between_request_and_use_is_refused() {
    let (_app, unchanged) = approved_then_changed(|_, _, _| Ok(())).await;
    assert!(unchanged.consumed_at.is_some(), "as it was asked about, it is done");
    for (field, change) in CHANGES {
        let (app, approval) = approved_then_changed(change).await;
        app.may_leave_work();
        assert_eq!(approval.consumed_at, None, "with another {field} it was used");
        let calls = app.gateway.db.read(move |tx| tx.tool_calls(&approval.task_id)).await.unwrap();
        for call in calls {
            assert_eq!(call.status, ToolCallStatus::Failed, "with another {field} it was done");
            assert!(call.result.unwrap().contains("out_of_scope"), "{field}");
        }
    }
}
