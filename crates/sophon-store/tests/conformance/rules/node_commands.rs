//! Commands to nodes.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use sophon_model::ports::Store;
use sophon_model::{NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, TaskId};

use crate::fixtures::{at, move_in, node, node_command as command};
use crate::harness::{Place, Rule, at_once, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(commands_are_handed_out_oldest_first_and_marked),
        rule(only_what_waits_and_is_in_time_is_handed_out),
        rule(no_command_is_handed_out_twice),
        rule(a_command_changes_only_from_the_status_that_is_named),
        rule(of_several_ends_at_a_time_one_counts),
        rule(those_that_a_task_waits_for_and_no_node_has_taken_are_found),
        rule(open_commands_are_found),
        rule(commands_need_their_node_and_go_with_it),
    ]
}

fn with(status: NodeCommandStatus, command: NodeCommand) -> NodeCommand {
    NodeCommand { status, ..command }
}

fn ended(command: NodeCommand) -> NodeCommand {
    let result = Some(json!({"os": "linux"}));
    with(NodeCommandStatus::Completed, NodeCommand { result, ended_at: Some(at(60)), ..command })
}

/// The nodes `n` and `o`, and these commands.
fn settle(place: &Place, commands: Vec<NodeCommand>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert(&node("n", 1))?;
        tx.insert(&node("o", 1))?;
        commands.iter().try_for_each(|command| tx.insert(command))
    })
    .unwrap();
    store
}

fn get(store: &dyn Store, node: &'static str, id: &'static str) -> Option<NodeCommand> {
    read(store, move |tx| tx.get_in(&NodeId::from(node), &NodeCommandId::from(id)))
}

fn dispatch(store: &dyn Store, now: i64, limit: usize) -> Vec<NodeCommand> {
    write(store, move |tx| tx.dispatch_node_commands(&NodeId::from("n"), at(now), limit)).unwrap()
}

fn update(store: &dyn Store, command: NodeCommand, from: NodeCommandStatus) -> bool {
    write(store, move |tx| tx.update_node_command(&command, from)).unwrap()
}

fn ids(commands: Vec<NodeCommand>) -> String {
    commands.into_iter().map(|command| command.id.to_string()).collect()
}

fn commands_are_handed_out_oldest_first_and_marked(place: &Place) {
    let elsewhere = NodeCommand { node_id: NodeId::from("o"), ..command("elsewhere", 1) };
    let commands = ["d", "c", "b"].map(|id| command(id, 3)).into_iter().chain([command("z", 2), elsewhere]);
    let store = settle(place, commands.collect());
    let handed = |id, created| NodeCommand {
        dispatched_at: Some(at(50)),
        ..with(NodeCommandStatus::Dispatched, command(id, created))
    };
    assert_eq!(dispatch(&*store, 50, 3), [handed("z", 2), handed("b", 3), handed("c", 3)]);
    assert_eq!(get(&*store, "n", "b"), Some(handed("b", 3)));
    assert_eq!(ids(dispatch(&*store, 51, 3)), "d");
    assert_eq!(dispatch(&*store, 52, 3), []);
}

fn only_what_waits_and_is_in_time_is_handed_out(place: &Place) {
    let late = NodeCommand { expires_at: at(50), ..command("late", 1) };
    let just_in_time = NodeCommand { expires_at: at(51), ..command("a", 1) };
    let of_each = NodeCommandStatus::ALL.iter().filter(|status| **status != NodeCommandStatus::Queued);
    let others = of_each.map(|status| with(*status, command(status.as_str(), 1)));
    let store = settle(place, others.chain([late, just_in_time]).collect());
    assert_eq!(ids(dispatch(&*store, 50, 20)), "a");
}

fn no_command_is_handed_out_twice(place: &Place) {
    const COMMANDS: usize = 120;
    let store = settle(place, (0..COMMANDS).map(|n| command(&format!("c{n}"), n as i64)).collect());
    let taken: Vec<NodeCommand> = at_once(8, || {
        let mut mine = Vec::new();
        loop {
            let some = dispatch(&*store, 1, 3);
            if some.is_empty() {
                return mine;
            }
            mine.extend(some);
        }
    })
    .concat();
    let distinct: HashSet<&str> = taken.iter().map(|command| command.id.as_str()).collect();
    assert_eq!((taken.len(), distinct.len()), (COMMANDS, COMMANDS));
}

fn a_command_changes_only_from_the_status_that_is_named(place: &Place) {
    let store = settle(place, vec![command("a", 1)]);
    assert!(!update(&*store, ended(command("a", 1)), NodeCommandStatus::Dispatched));
    assert_eq!(get(&*store, "n", "a"), Some(command("a", 1)));
    assert!(update(&*store, ended(command("a", 1)), NodeCommandStatus::Queued));
    assert_eq!(get(&*store, "n", "a"), Some(ended(command("a", 1))));
    assert!(!update(&*store, command("gone", 1), NodeCommandStatus::Queued));
}

fn of_several_ends_at_a_time_one_counts(place: &Place) {
    let ids: Vec<String> = (0..20).map(|n| format!("c{n}")).collect();
    let running = ids.iter().map(|id| with(NodeCommandStatus::Dispatched, command(id, 1)));
    let store = settle(place, running.collect());
    for id in &ids {
        let counts = at_once(8, || update(&*store, ended(command(id, 1)), NodeCommandStatus::Dispatched));
        assert_eq!(counts.into_iter().filter(|counts| *counts).count(), 1);
    }
}

fn those_that_a_task_waits_for_and_no_node_has_taken_are_found(place: &Place) {
    let other = NodeCommand { node_id: NodeId::from("o"), ..command("b", 2) };
    let persons = NodeCommand { task_id: None, ..command("c", 3) };
    let another = NodeCommand { task_id: Some(TaskId::from("u")), ..command("d", 4) };
    let taken = with(NodeCommandStatus::Dispatched, command("e", 5));
    let store = settle(place, vec![other, command("a", 1), persons, another, taken, ended(command("f", 6))]);
    let queued = |task| read(&*store, move |tx| tx.queued_node_commands(&TaskId::from(task)));
    assert_eq!(ids(queued("t")), "ab");
    assert_eq!(ids(queued("none")), "");
}

fn open_commands_are_found(place: &Place) {
    let of_each = NodeCommandStatus::ALL.iter().map(|status| with(*status, command(status.as_str(), 1)));
    let store = settle(place, of_each.collect());
    let open = |node: &'static str| read(&*store, move |tx| tx.open_node_commands(&NodeId::from(node)));
    let open = |node| open(node).len();
    let expected = NodeCommandStatus::ALL.iter().filter(|status| !status.is_final()).count();
    assert_eq!([open("n"), open("o")], [expected, 0]);
}

fn commands_need_their_node_and_go_with_it(place: &Place) {
    let elsewhere = NodeCommand { node_id: NodeId::from("o"), ..command("b", 1) };
    let store = settle(place, vec![command("a", 1), elsewhere]);
    write(&*store, |tx| tx.delete(&NodeId::from("n"))).unwrap();
    assert_eq!([get(&*store, "n", "a").is_some(), get(&*store, "o", "b").is_some()], [false, true]);
    assert_eq!(code(write(&*store, |tx| tx.insert(&command("c", 1)))), "conflict");
}
