//! Nodes, and what they prove themselves by.

use std::sync::Arc;

use sophon_model::ports::Store;
use sophon_model::{Node, NodeId, NodeScope, NodeSecrets, NodeStatus, TenantId};

use crate::fixtures::{move_in, node, node_secrets, tenant};
use crate::harness::{Place, Rule, at_once, code, in_pages, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_node_is_found_in_its_tenant_alone),
        rule(a_node_proves_itself_wherever_it_belongs),
        rule(a_node_and_its_secrets_change_apart),
        rule(what_several_change_in_a_node_at_a_time_all_counts),
        rule(nodes_are_listed_oldest_first_page_by_page),
        rule(nodes_are_counted_by_tenant),
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
        tx.insert_tenant(&tenant("other"))?;
        nodes.iter().try_for_each(|node| tx.insert_node(node, &node_secrets(node.id.as_str())))
    })
    .unwrap();
    store
}

fn elsewhere(id: &str) -> Node {
    Node { tenant_id: TenantId::from("other"), ..node(id, 1) }
}

fn get(store: &dyn Store, id: &'static str) -> Option<Node> {
    read(store, move |tx| tx.node(&home(), &NodeId::from(id)))
}

fn a_node_is_found_in_its_tenant_alone(place: &Place) {
    let all_scopes = || Node {
        scopes: NodeScope::ALL.to_vec(),
        status: NodeStatus::Pending,
        decided_by: None,
        version: None,
        is_online: false,
        last_seen_at: None,
        ..node("b", 2)
    };
    let store = settle(place, vec![node("a", 1), all_scopes(), elsewhere("c")]);
    assert_eq!(get(&*store, "a"), Some(node("a", 1)));
    assert_eq!(get(&*store, "b"), Some(all_scopes()));
    assert_eq!(get(&*store, "c"), None);
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
        tx.update_node(&renamed())?;
        tx.update_node_secrets(&paired())
    })
    .unwrap();
    read(&*store, move |tx| {
        assert_eq!(tx.node_and_secrets(&NodeId::from("a"))?, Some((renamed(), paired())));
        assert_eq!(tx.node_and_secrets(&NodeId::from("b"))?, Some((node("b", 1), node_secrets("b"))));
        Ok(())
    });
    assert_eq!(code(write(&*store, |tx| tx.update_node(&node("gone", 1)))), "not_found");
    assert_eq!(code(write(&*store, |tx| tx.update_node_secrets(&node_secrets("gone")))), "not_found");
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
                    let node = tx.node(&home(), &id)?.unwrap();
                    return tx
                        .update_node(&Node { uptime_seconds: node.uptime_seconds.map(|n| n + 1), ..node });
                }
                let (node, secrets) = tx.node_and_secrets(&id)?.unwrap();
                tx.update_node(&Node { uptime_seconds: node.uptime_seconds.map(|n| n + 1), ..node })?;
                let pairing_failures = secrets.pairing_failures + 1;
                tx.update_node_secrets(&NodeSecrets { pairing_failures, ..secrets })
            })
            .unwrap();
        }
    });
    let (node, secrets) = read(&*store, |tx| tx.node_and_secrets(&NodeId::from("a"))).unwrap();
    assert_eq!(node.uptime_seconds, Some(THREADS * TIMES));
    assert_eq!(secrets.pairing_failures, THREADS * TIMES / 2);
}

fn nodes_are_listed_oldest_first_page_by_page(place: &Place) {
    let same_time = ["c", "a", "b"].map(|id| node(id, 5));
    let store = settle(
        place,
        same_time.into_iter().chain([node("d", 6), node("z", 4), elsewhere("elsewhere")]).collect(),
    );
    let listed = in_pages(&*store, |tx, page| tx.nodes(&home(), page), |node| node.id.to_string());
    assert_eq!(listed, "za bc d");
}

fn nodes_are_counted_by_tenant(place: &Place) {
    let store = settle(place, vec![node("a", 1), node("b", 1), elsewhere("c")]);
    let count = |tenant: &'static str| read(&*store, move |tx| tx.node_count(&TenantId::from(tenant)));
    assert_eq!([count("home"), count("other"), count("gone")], [2, 1, 0]);
}

fn secrets_go_with_their_node(place: &Place) {
    let store = settle(place, vec![node("a", 1), node("b", 1)]);
    write(&*store, |tx| tx.delete_node(&NodeId::from("a"))).unwrap();
    assert_eq!(["a", "b"].map(|id| get(&*store, id).is_some()), [false, true]);
    assert_eq!(code(write(&*store, |tx| tx.update_node_secrets(&node_secrets("a")))), "not_found");
}
