//! Agents.

use sophon_model::{Agent, AgentId, Page, TenantId};

use crate::fixtures::{agent, at, move_in, tenant};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_agent_is_found_by_id_and_by_slug_in_its_tenant),
        rule(an_id_goes_before_a_slug_of_the_same_text),
        rule(a_slug_is_taken_once_in_a_tenant),
        rule(an_agent_changes_and_goes),
        rule(agents_are_listed_oldest_first_page_by_page),
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
    write(&*store, |tx| tx.insert_agent(&Agent { slug: "sophon".into(), ..agent("a") })).unwrap();
    assert_eq!(read(&*store, |tx| tx.agent(&home(), "sophon")), Some(agent("sophon")));
}

fn a_slug_is_taken_once_in_a_tenant(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let twin = || Agent { slug: "sophon-slug".into(), ..agent("twin") };
    assert_eq!(code(write(&*store, move |tx| tx.insert_agent(&twin()))), "conflict");
    write(&*store, |tx| tx.insert_agent(&agent("twin"))).unwrap();
    assert_eq!(code(write(&*store, move |tx| tx.update_agent(&twin()))), "conflict");
    write(&*store, move |tx| {
        tx.insert_tenant(&tenant("other"))?;
        tx.insert_agent(&Agent { id: AgentId::from("there"), tenant_id: TenantId::from("other"), ..twin() })
    })
    .unwrap();
}

fn an_agent_changes_and_goes(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let changed = || Agent { tools: vec![], model: None, soul: "New.".into(), ..agent("sophon") };
    write(&*store, move |tx| tx.update_agent(&changed())).unwrap();
    assert_eq!(read(&*store, |tx| tx.agent(&home(), "sophon")), Some(changed()));
    let id = AgentId::from("sophon");
    let outcomes = write(&*store, move |tx| {
        Ok([
            tx.delete_agent(&TenantId::from("other"), &id)?,
            tx.delete_agent(&home(), &id)?,
            tx.delete_agent(&home(), &id)?,
        ])
    });
    assert_eq!(outcomes.unwrap(), [false, true, false]);
    assert_eq!(read(&*store, |tx| tx.agent(&home(), "sophon")), None);
}

fn agents_are_listed_oldest_first_page_by_page(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (id, created) in [("d", 9), ("c", 7), ("b", 7), ("a", 7), ("e", 10)] {
            tx.insert_agent(&Agent { created_at: at(created), ..agent(id) })?;
        }
        Ok(())
    })
    .unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    for _ in 0..3 {
        let page = Page::new(Some(2), after);
        let paged = read(&*store, move |tx| tx.agents(&home(), &page));
        seen.extend(paged.items.into_iter().map(|agent| agent.id.to_string()));
        after = paged.next;
    }
    assert_eq!(seen, ["sophon", "a", "b", "c", "d", "e"]);
    assert_eq!(after, None);
}
