//! What agents remember.

use sophon_model::ports::{MemoryFilter, Store};
use sophon_model::{AgentId, MemoryEntry, MemoryId, MemoryScope, TenantId, UserId};

use crate::fixtures::{memory, move_in, user};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(the_newest_entries_are_listed_first),
        rule(an_agent_sees_what_is_for_all_and_what_it_wrote),
        rule(a_search_wants_any_of_the_words_and_likes_more),
        rule(an_entry_is_deleted_by_its_owner_alone),
        rule(everything_of_one_person_can_be_forgotten),
    ]
}

fn settle(place: &Place, entries: Vec<MemoryEntry>) -> std::sync::Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert(&user("bob"))?;
        entries.iter().try_for_each(|entry| tx.insert(entry))
    })
    .unwrap();
    store
}

fn of_ann(seen_by: Option<&str>) -> MemoryFilter {
    MemoryFilter {
        tenant: TenantId::from("home"),
        user: UserId::from("ann"),
        seen_by: seen_by.map(AgentId::from),
    }
}

fn listed(store: &dyn Store, filter: MemoryFilter) -> String {
    read(store, move |tx| tx.memories(&filter, 50)).into_iter().map(|entry| entry.id.to_string()).collect()
}

fn found(store: &dyn Store, filter: MemoryFilter, words: &'static str) -> String {
    let entries = read(store, move |tx| tx.search_memories(&filter, words, 50));
    entries.into_iter().map(|entry| entry.id.to_string()).collect()
}

fn the_newest_entries_are_listed_first(place: &Place) {
    let store = settle(place, vec![memory("b", "x", 5), memory("c", "x", 5), memory("a", "x", 6)]);
    assert_eq!(listed(&*store, of_ann(None)), "acb");
    let two = read(&*store, |tx| tx.memories(&of_ann(None), 2));
    assert_eq!(two, [memory("a", "x", 6), memory("c", "x", 5)]);
}

fn an_agent_sees_what_is_for_all_and_what_it_wrote(place: &Place) {
    let private = |id, agent| MemoryEntry {
        scope: MemoryScope::Agent,
        agent_id: Some(AgentId::from(agent)),
        ..memory(id, "likes tea", 1)
    };
    let of_bob = MemoryEntry { user_id: UserId::from("bob"), ..memory("z", "likes tea", 9) };
    let by_hand = MemoryEntry { agent_id: None, ..memory("a", "likes tea", 3) };
    let store = settle(place, vec![by_hand, private("b", "sophon"), private("c", "other"), of_bob]);
    assert_eq!(listed(&*store, of_ann(None)), "acb");
    assert_eq!(listed(&*store, of_ann(Some("sophon"))), "ab");
    assert_eq!(found(&*store, of_ann(Some("other")), "tea"), "ac");
    assert_eq!(found(&*store, of_ann(Some("nobody")), "tea"), "a");
}

fn a_search_wants_any_of_the_words_and_likes_more(place: &Place) {
    let store = settle(
        place,
        vec![
            memory("a", "Ann drinks tea in the morning", 1),
            memory("b", "Tea, tea with milk and tea", 2),
            memory("c", "The cat is called Milo", 3),
        ],
    );
    assert_eq!(found(&*store, of_ann(None), "tea milk"), "ba");
    assert_eq!(found(&*store, of_ann(None), "mil"), "cb");
    assert_eq!(found(&*store, of_ann(None), "OR NOT \" ' cat:*"), "c");
    assert_eq!(found(&*store, of_ann(None), "dog"), "");
    assert_eq!(found(&*store, of_ann(None), "--"), "");
    let best = read(&*store, |tx| tx.search_memories(&of_ann(None), "tea", 1));
    assert_eq!(best, [memory("b", "Tea, tea with milk and tea", 2)]);
}

fn an_entry_is_deleted_by_its_owner_alone(place: &Place) {
    let store = settle(place, vec![memory("a", "tea", 1)]);
    let delete = |user: &'static str| {
        write(&*store, move |tx| tx.delete_in(&UserId::from(user), &MemoryId::from("a"))).unwrap()
    };
    assert!(!delete("bob"));
    assert!(delete("ann"));
    assert!(!delete("ann"));
    assert_eq!(found(&*store, of_ann(None), "tea"), "");
}

fn everything_of_one_person_can_be_forgotten(place: &Place) {
    let of_bob = MemoryEntry { user_id: UserId::from("bob"), ..memory("c", "blue", 1) };
    let store = settle(place, vec![memory("a", "blue", 1), memory("b", "blue", 2), of_bob.clone()]);
    let forget =
        || write(&*store, |tx| tx.delete_memories(&TenantId::from("home"), &UserId::from("ann"))).unwrap();
    assert_eq!([forget(), forget()], [2, 0]);
    read(&*store, move |tx| {
        assert!(tx.search_memories(&of_ann(None), "blue", 9)?.is_empty());
        assert_eq!(
            tx.memories(
                &MemoryFilter { tenant: TenantId::from("home"), user: UserId::from("bob"), seen_by: None },
                9
            )?,
            [of_bob]
        );
        Ok(())
    });
}
