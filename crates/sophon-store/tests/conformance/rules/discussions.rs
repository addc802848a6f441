//! Discussions.

use std::sync::Arc;

use sophon_model::ports::Store;
use sophon_model::{Discussion, DiscussionId, UserId};

use crate::fixtures::{at, discussion, move_in, user};
use crate::harness::{Place, Rule, code, in_pages, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_discussion_comes_back_as_it_went_in),
        rule(a_discussion_changes_and_goes),
        rule(discussions_of_an_owner_are_listed_newest_first_page_by_page),
    ]
}

fn settle(place: &Place, discussions: Vec<Discussion>) -> Arc<dyn Store> {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, move |tx| {
        tx.insert_user(&user("bob"))?;
        discussions.iter().try_for_each(|discussion| tx.insert_discussion(discussion))
    })
    .unwrap();
    store
}

fn get(store: &dyn Store, id: &'static str) -> Option<Discussion> {
    read(store, move |tx| tx.discussion(&DiscussionId::from(id)))
}

fn a_discussion_comes_back_as_it_went_in(place: &Place) {
    let store = settle(place, vec![discussion("d", 1)]);
    assert_eq!(get(&*store, "d"), Some(discussion("d", 1)));
    assert_eq!(get(&*store, "gone"), None);
}

fn a_discussion_changes_and_goes(place: &Place) {
    let store = settle(place, vec![discussion("d", 1), discussion("e", 1)]);
    let changed = || Discussion { topic: "Tabs?".into(), rounds: 5, updated_at: at(9), ..discussion("d", 1) };
    write(&*store, move |tx| tx.update_discussion(&changed())).unwrap();
    assert_eq!(get(&*store, "d"), Some(changed()));
    assert_eq!(get(&*store, "e"), Some(discussion("e", 1)));
    write(&*store, |tx| tx.delete_discussion(&DiscussionId::from("d"))).unwrap();
    assert_eq!(["d", "e"].map(|id| get(&*store, id).is_some()), [false, true]);
    assert_eq!(code(write(&*store, move |tx| tx.update_discussion(&changed()))), "not_found");
}

fn discussions_of_an_owner_are_listed_newest_first_page_by_page(place: &Place) {
    let of_bob = Discussion { owner_id: UserId::from("bob"), ..discussion("of bob", 5) };
    let discussions = ["c", "a", "b"].map(|id| discussion(id, 5)).into_iter();
    let store = settle(place, discussions.chain([discussion("d", 6), discussion("z", 4), of_bob]).collect());
    let listed = in_pages(
        &*store,
        |tx, page| tx.discussions(&UserId::from("ann"), page),
        |discussion| discussion.id.to_string(),
    );
    assert_eq!(listed, "dc ba z");
}
