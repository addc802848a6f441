//! What a turn leaves behind: its steps and its calls of tools.

use serde_json::json;
use sophon_model::{TaskId, ToolCall, ToolCallStatus};

use crate::fixtures::{at, move_in, task, tool_call};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(steps_come_back_in_order_as_they_were),
        rule(a_step_is_added_once),
        rule(calls_come_back_in_order_of_start_as_they_were),
        rule(calls_of_several_tasks_come_together),
    ]
}

fn steps_come_back_in_order_as_they_were(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let steps = || {
        [
            json!({"z": 1, "a": [1.0, 1e300, -0.0, 18_446_744_073_709_551_615_u64, 0.1]}),
            json!("text \u{0} \u{1f433}"),
            json!(null),
            json!(false),
            json!([]),
        ]
    };
    write(&*store, move |tx| {
        tx.insert(&task("t", "s", 1))?;
        tx.insert(&task("u", "s", 1))?;
        tx.insert_step(&TaskId::from("u"), 0, &json!("other"))?;
        let numbered: Vec<_> = (0..).zip(steps()).collect();
        numbered.iter().rev().try_for_each(|(n, step)| tx.insert_step(&TaskId::from("t"), *n, step))
    })
    .unwrap();
    let stored = read(&*store, |tx| tx.steps(&TaskId::from("t")));
    assert_eq!(serde_json::to_string(&stored).unwrap(), serde_json::to_string(&steps()).unwrap());

    write(&*store, |tx| tx.delete_steps(&TaskId::from("t"))).unwrap();
    assert!(read(&*store, |tx| tx.steps(&TaskId::from("t"))).is_empty());
    assert_eq!(read(&*store, |tx| tx.steps(&TaskId::from("u"))), [json!("other")]);
}

fn a_step_is_added_once(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let outcome = write(&*store, |tx| {
        tx.insert(&task("t", "s", 1))?;
        tx.insert_step(&TaskId::from("t"), 0, &json!(1))?;
        tx.insert_step(&TaskId::from("t"), 0, &json!(2))
    });
    assert_eq!(code(outcome), "internal_error");
}

fn calls_come_back_in_order_of_start_as_they_were(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let ended = || ToolCall {
        status: ToolCallStatus::Completed,
        result: Some("found".into()),
        ended_at: Some(at(9)),
        ..tool_call("a", "t", 5)
    };
    write(&*store, move |tx| {
        tx.insert(&task("t", "s", 1))?;
        for call in [tool_call("b", "t", 5), tool_call("a", "t", 5), tool_call("c", "t", 4)] {
            tx.insert(&call)?;
        }
        tx.update(&ended())
    })
    .unwrap();
    let calls = read(&*store, |tx| tx.tool_calls(&TaskId::from("t")));
    assert_eq!(calls, [tool_call("c", "t", 4), ended(), tool_call("b", "t", 5)]);
}

fn calls_of_several_tasks_come_together(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (n, id) in ["t", "u", "v\"'"].into_iter().enumerate() {
            tx.insert(&task(id, "s", 1))?;
            tx.insert(&tool_call(&format!("c{n}"), id, 9 - n as i64))?;
        }
        Ok(())
    })
    .unwrap();
    let of = |tasks: &[&'static str]| {
        let tasks: Vec<TaskId> = tasks.iter().map(|id| TaskId::from(*id)).collect();
        let calls = read(&*store, move |tx| tx.tool_calls_of(&tasks));
        calls.into_iter().map(|call| call.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of(&["t", "v\"'", "gone"]), ["c2", "c0"]);
    assert_eq!(of(&[]), [""; 0]);
}
