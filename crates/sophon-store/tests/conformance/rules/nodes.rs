//! Nodes, and what they prove themselves by.

use std::sync::Arc;

use sophon_model::ports::Store;
use sophon_model::{Node, NodeId, NodeSecrets, TenantId};

use crate::fixtures::{move_in, node, node_secrets, tenant};
use crate::harness::{Place, Rule, at_once, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_node_proves_itself_wherever_it_belongs),
        rule(a_node_and_its_secrets_change_apart),
        rule(what_several_change_in_a_node_at_a_time_all_counts),
        rule(secrets_go_with_their_node),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

fn settle(place: &Place, nodes: Vec<Node>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert(&tenant("other"))?;
        nodes.iter().try_for_each(|node| {
            tx.insert(node)?;
            tx.insert(&node_secrets(node.id.as_str()))
        })
    })
    .unwrap();
    store
}

fn elsewhere(id: &str) -> Node {
    Node { tenant_id: TenantId::from("other"), ..node(id, 1) }
}

fn get(store: &dyn Store, id: &'static str) -> Option<Node> {
    read(store, move |tx| tx.get_in(&home(), &NodeId::from(id)))
}

fn a_node_proves_itself_wherever_it_belongs(place: &Place) {
    let store = settle(place, vec![node("a", 1), elsewhere("c")]);
    let prove = |id: &'static str| read(&*store, move |tx| tx.node_and_secrets(&NodeId::from(id)));
    assert_eq!(prove("a"), Some((node("a", 1), node_secrets("a"))));
    assert_eq!(prove("c"), Some((elsewhere("c"), node_secrets("c"))));
    assert_eq!(prove("gone"), None);
}

fn a_node_and_its_secrets_change_apart(place: &Place) {
    let store = settle(place, vec![node("a", 1), node("b", 1)]);
    let renamed = || Node { name: "Keller".into(), scopes: vec![], ..node("a", 1) };
    let paired = || NodeSecrets { token_hash: Some("token".into()), ..node_secrets("a") };
    write(&*store, move |tx| {
        tx.update(&renamed())?;
        tx.update(&paired())
    })
    .unwrap();
    read(&*store, move |tx| {
        assert_eq!(tx.node_and_secrets(&NodeId::from("a"))?, Some((renamed(), paired())));
        assert_eq!(tx.node_and_secrets(&NodeId::from("b"))?, Some((node("b", 1), node_secrets("b"))));
        Ok(())
    });
    assert_eq!(code(write(&*store, |tx| tx.update(&node("gone", 1)))), "not_found");
    assert_eq!(code(write(&*store, |tx| tx.update(&node_secrets("gone")))), "not_found");
}

/// Both lookups, so that guesses of a code and signs of life do not undo each other either.
fn what_several_change_in_a_node_at_a_time_all_counts(place: &Place) {
    const THREADS: i64 = 8;
    const TIMES: i64 = 10;
    let store = settle(place, vec![Node { uptime_seconds: Some(0), ..node("a", 1) }]);
    at_once(THREADS as usize, || {
        for n in 0..TIMES {
            write(&*store, move |tx| {
                let id = NodeId::from("a");
                if n % 2 == 0 {
                    let node = tx.get_in(&home(), &id)?.unwrap();
                    return tx.update(&Node { uptime_seconds: node.uptime_seconds.map(|n| n + 1), ..node });
                }
                let (node, secrets) = tx.node_and_secrets(&id)?.unwrap();
                tx.update(&Node { uptime_seconds: node.uptime_seconds.map(|n| n + 1), ..node })?;
                let pairing_failures = secrets.pairing_failures + 1;
                tx.update(&NodeSecrets { pairing_failures, ..secrets })
            })
            .unwrap();
        }
    });
    let (node, secrets) = read(&*store, |tx| tx.node_and_secrets(&NodeId::from("a"))).unwrap();
    assert_eq!(node.uptime_seconds, Some(THREADS * TIMES));
    assert_eq!(secrets.pairing_failures, THREADS * TIMES / 2);
}

fn secrets_go_with_their_node(place: &Place) {
    let store = settle(place, vec![node("a", 1), node("b", 1)]);
    write(&*store, |tx| tx.delete(&NodeId::from("a"))).unwrap();
    assert_eq!(["a", "b"].map(|id| get(&*store, id).is_some()), [false, true]);
    assert_eq!(code(write(&*store, |tx| tx.update(&node_secrets("a")))), "not_found");
}
