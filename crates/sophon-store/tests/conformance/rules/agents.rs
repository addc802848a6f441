//! Agents.

use sophon_model::{Agent, AgentId, TenantId};

use crate::fixtures::{agent, move_in, tenant};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_agent_is_found_by_id_and_by_slug_in_its_tenant),
        rule(an_id_goes_before_a_slug_of_the_same_text),
        rule(a_slug_is_taken_once_in_a_tenant),
    ]
}

fn home() -> TenantId {
    TenantId::from("home")
}

fn an_agent_is_found_by_id_and_by_slug_in_its_tenant(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    read(&*store, |tx| {
        assert_eq!(tx.agent(&home(), "sophon")?, Some(agent("sophon")));
        assert_eq!(tx.agent(&home(), "sophon-slug")?, Some(agent("sophon")));
        assert_eq!(tx.agent(&TenantId::from("other"), "sophon")?, None);
        Ok(())
    });
}

fn an_id_goes_before_a_slug_of_the_same_text(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&Agent { slug: "sophon".into(), ..agent("a") })).unwrap();
    assert_eq!(read(&*store, |tx| tx.agent(&home(), "sophon")), Some(agent("sophon")));
}

fn a_slug_is_taken_once_in_a_tenant(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let twin = || Agent { slug: "sophon-slug".into(), ..agent("twin") };
    assert_eq!(code(write(&*store, move |tx| tx.insert(&twin()))), "conflict");
    write(&*store, |tx| tx.insert(&agent("twin"))).unwrap();
    assert_eq!(code(write(&*store, move |tx| tx.update(&twin()))), "conflict");
    write(&*store, move |tx| {
        tx.insert(&tenant("other"))?;
        tx.insert(&Agent { id: AgentId::from("there"), tenant_id: TenantId::from("other"), ..twin() })
    })
    .unwrap();
}
