//! What holds for all entities: the typed verbs, on each kind.

mod attachments;
mod specimens;
mod widgets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value as Json;
use sophon_model::ports::{Delete, Ends, Entity, Insert, Key, Scoped, Store, Tx, Update, every};
use sophon_model::{
    Agent, ApiToken, Approval, AuthSession, Blob, CustomRole, DataKey, Discussion, DiscussionRun,
    DiscussionTurn, InfoRequest, Job, MemoryEntry, Message, Node, NodeCommand, NodeSecrets, Page,
    Participant, PeerGateway, Result, SavedPrompt, SecondFactor, Session, SignInChallenge, StoredAttachment,
    StoredProvider, StoredSecret, Task, Tenant, ToolCall, User,
};

use crate::fixtures::at;
use crate::harness::{Place, Rule, read, rule, write};

pub use specimens::move_all_in;
use widgets::Widget;

pub fn rules() -> Vec<Rule> {
    vec![
        rule(every_field_comes_back_as_it_went_in),
        rule(an_update_writes_every_field_of_one),
        rule(put_adds_and_overwrites),
        rule(what_is_removed_is_gone),
        rule(each_scope_has_its_own),
        rule(what_is_removed_from_one_scope_is_not_removed_from_another),
        rule(lists_are_complete_and_in_order_page_by_page),
        rule(what_ended_is_removed_the_oldest_first_and_some_at_a_time),
    ]
}

/// A kind of entity with examples of it.
pub trait Specimen: Entity + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// What names one.
    type Name: Key<Of = Self> + Clone + Send + 'static;

    /// The name of this one.
    fn name(&self) -> Self::Name;

    /// The `n`th example, from 1. Two and two are of one time.
    fn nth(n: i64) -> Self;

    /// The same one with other values in all fields except its key and its scope, and what the database fills.
    #[must_use]
    fn changed(self) -> Self;

    /// Adds it.
    fn add(&self, tx: &mut dyn Tx) -> Result<()>;

    /// Overwrites the one that was added as [`nth`](Self::nth) gives it; `false` if it is not there.
    fn overwrite(&self, tx: &mut dyn Tx) -> Result<bool>;
}

/// A kind that belongs somewhere.
pub trait Placed: Specimen + Scoped<Scope: Clone + Send + 'static> {
    /// The scope of all examples.
    fn home() -> Self::Scope;
    /// Another one.
    fn elsewhere() -> Self::Scope;
}

/// A kind that is removed some time after it ended.
pub trait Ending: Specimen + Ends {
    /// The same one, ended at this time.
    #[must_use]
    fn ended(self, millis: i64) -> Self;
}

/// Does the same with each kind.
macro_rules! with_each {
    ($check:ident in $store:expr, of $($kind:ident)+) => { $($check::<$kind>($store);)+ };
    ($check:ident in $store:expr) => {
        with_each!($check in $store, of Tenant User CustomRole AuthSession SignInChallenge ApiToken Agent Session Message Task ToolCall
            MemoryEntry Approval InfoRequest Node NodeCommand Discussion DiscussionRun SavedPrompt
            StoredProvider StoredAttachment PeerGateway)
    };
}

/// The same with those that belong somewhere.
macro_rules! with_each_placed {
    ($check:ident in $store:expr) => {
        with_each!($check in $store, of CustomRole AuthSession SignInChallenge ApiToken Agent Session Message Task ToolCall
            MemoryEntry Approval InfoRequest Node NodeCommand Discussion DiscussionRun SavedPrompt
            StoredProvider StoredAttachment)
    };
}

fn settle(place: &Place) -> Arc<dyn Store> {
    drop(place.open());
    widgets::make_table(place);
    let store = place.open();
    write(&*store, move_all_in).unwrap();
    store
}

fn add<E: Specimen>(store: &dyn Store, entities: &[E]) {
    for entity in entities {
        let one = entity.clone();
        let added = write(store, move |tx| one.add(tx));
        added.unwrap_or_else(|error| panic!("{entity:?} is not taken: {error}"));
    }
}

/// Adds two of each kind, between which all fields differ.
pub fn add_each(store: &dyn Store) {
    fn add_two<E: Specimen>(store: &dyn Store) {
        add(store, &[E::nth(1), E::nth(2).changed()]);
    }
    with_each!(add_two in store);
}

/// Reads all there are of each kind, and stores them as they are where that can be done. Returns how many there are, by
/// table.
pub fn rewrite_each(store: &dyn Store) -> BTreeMap<&'static str, usize> {
    fn count<E: Entity + Send + 'static>(store: &dyn Store) -> (&'static str, usize) {
        (E::TABLE.name, read(store, |tx| tx.all(&every::<E>())).len())
    }
    fn rewrite<E: Update + Send + 'static>(store: &dyn Store) -> (&'static str, usize) {
        let all = read(store, |tx| tx.all(&every::<E>()));
        let count = all.len();
        write(store, move |tx| all.iter().try_for_each(|one| tx.update(one))).unwrap();
        (E::TABLE.name, count)
    }
    [
        rewrite::<Tenant>(store),
        rewrite::<User>(store),
        rewrite::<CustomRole>(store),
        rewrite::<AuthSession>(store),
        rewrite::<SecondFactor>(store),
        rewrite::<SignInChallenge>(store),
        rewrite::<ApiToken>(store),
        rewrite::<Agent>(store),
        rewrite::<Session>(store),
        rewrite::<Message>(store),
        count::<Task>(store),
        rewrite::<ToolCall>(store),
        rewrite::<MemoryEntry>(store),
        count::<Approval>(store),
        count::<InfoRequest>(store),
        rewrite::<Node>(store),
        rewrite::<NodeSecrets>(store),
        count::<NodeCommand>(store),
        rewrite::<Discussion>(store),
        rewrite::<DiscussionRun>(store),
        rewrite::<SavedPrompt>(store),
        rewrite::<StoredProvider>(store),
        rewrite::<PeerGateway>(store),
        rewrite::<DiscussionTurn>(store),
        rewrite::<Participant>(store),
        count::<Job>(store),
        rewrite::<DataKey>(store),
        rewrite::<StoredSecret>(store),
        count::<Blob>(store),
        rewrite::<StoredAttachment>(store),
    ]
    .into()
}

fn get<E: Specimen>(store: &dyn Store, entity: &E) -> Option<E> {
    let name = entity.name();
    read(store, move |tx| tx.get(&name))
}

/// The fields as JSON.
fn fields<E: Entity>(entity: &E) -> serde_json::Map<String, Json> {
    match serde_json::to_value(entity).unwrap() {
        Json::Object(fields) => fields,
        other => panic!("{other} is no struct"),
    }
}

fn every_field_comes_back_as_it_went_in(place: &Place) {
    fn check<E: Specimen>(store: &dyn Store) {
        let (one, other) = (E::nth(1), E::nth(2).changed());
        add(store, &[one.clone(), other.clone()]);
        assert_eq!(get(store, &one).as_ref(), Some(&one), "{}", E::TABLE.name);
        assert_eq!(get(store, &other).as_ref(), Some(&other), "{}", E::TABLE.name);
        assert_eq!(get(store, &E::nth(3)), None, "{}", E::TABLE.name);
    }
    let store = settle(place);
    with_each!(check in &*store);
    check::<Widget>(&*store);
}

fn an_update_writes_every_field_of_one(place: &Place) {
    fn check<E: Specimen>(store: &dyn Store) {
        let (one, bystander, changed) = (E::nth(1), E::nth(2), E::nth(1).changed());
        let (before, after) = (fields(&one), fields(&changed));
        let same: Vec<&String> = before.keys().filter(|field| before[*field] == after[*field]).collect();
        for field in same {
            let field = field.as_str();
            let may_stay = E::TABLE.key.contains(&field) || E::TABLE.given.contains(&field);
            assert!(may_stay || SCOPES.contains(&field), "{field} of {} stays as it is", E::TABLE.name);
        }
        add(store, &[one.clone(), bystander.clone()]);
        let overwrite = changed.clone();
        assert!(write(store, move |tx| overwrite.overwrite(tx)).unwrap(), "{}", E::TABLE.name);
        assert_eq!(get(store, &one), Some(changed));
        assert_eq!(get(store, &bystander), Some(bystander));
        assert!(!write(store, |tx| E::nth(9).overwrite(tx)).unwrap(), "{}", E::TABLE.name);
    }
    /// The columns that say where something belongs, which may be the same before and after.
    const SCOPES: [&str; 6] = ["tenant_id", "user_id", "owner_id", "session_id", "task_id", "node_id"];
    let store = settle(place);
    with_each!(check in &*store);
    check::<Widget>(&*store);
}

fn put_adds_and_overwrites(place: &Place) {
    fn check<E: Specimen + Insert + Update>(store: &dyn Store) {
        for one in [E::nth(1), E::nth(1).changed()] {
            let put = one.clone();
            write(store, move |tx| tx.put(&put)).unwrap();
            assert_eq!(get(store, &one), Some(one));
        }
    }
    let store = settle(place);
    with_each!(check in &*store, of Tenant User CustomRole AuthSession SignInChallenge ApiToken Agent Session ToolCall MemoryEntry Node
        Discussion DiscussionRun SavedPrompt StoredProvider StoredAttachment PeerGateway Widget);
}

fn what_is_removed_is_gone(place: &Place) {
    fn check<E: Specimen + Delete>(store: &dyn Store) {
        add(store, &[E::nth(1), E::nth(2)]);
        let delete = || {
            let name = E::nth(1).name();
            write(store, move |tx| tx.delete(&name)).unwrap()
        };
        assert_eq!([delete(), delete()], [true, false], "{}", E::TABLE.name);
        assert_eq!((get(store, &E::nth(1)), get(store, &E::nth(2))), (None, Some(E::nth(2))));
    }
    let store = settle(place);
    with_each!(check in &*store, of SignInChallenge Agent Session MemoryEntry Node Discussion SavedPrompt StoredProvider
        StoredAttachment Widget);
}

fn each_scope_has_its_own(place: &Place) {
    fn check<E: Placed>(store: &dyn Store) {
        add(store, &[E::nth(1)]);
        let found = |scope: E::Scope| {
            read(store, move |tx| {
                let listed = tx.list_in(&scope, &every::<E>(), Page::MOST)?;
                let is_listed = listed.contains(&E::nth(1));
                assert_eq!(tx.count_in(&scope, &every::<E>())?, listed.len() as u64);
                Ok((tx.get_in(&scope, &E::nth(1).name())?.is_some(), is_listed))
            })
        };
        assert_eq!(found(E::elsewhere()), (false, false), "{}", E::TABLE.name);
        assert_eq!(found(E::home()), (true, true), "{}", E::TABLE.name);
    }
    let store = settle(place);
    with_each_placed!(check in &*store);
    check::<Widget>(&*store);
}

fn what_is_removed_from_one_scope_is_not_removed_from_another(place: &Place) {
    fn check<E: Placed + Delete>(store: &dyn Store) {
        add(store, &[E::nth(1)]);
        let delete = |scope| write(store, move |tx| tx.delete_in(&scope, &E::nth(1).name())).unwrap();
        assert_eq!([delete(E::elsewhere()), delete(E::home()), delete(E::home())], [false, true, false]);
    }
    let store = settle(place);
    with_each!(check in &*store, of Agent Session MemoryEntry Node Discussion StoredProvider StoredAttachment
        Widget);
}

fn lists_are_complete_and_in_order_page_by_page(place: &Place) {
    fn check<E: Placed>(store: &dyn Store) {
        let added: Vec<E> = (1..=7).map(E::nth).collect();
        add(store, &added);
        let whole = read(store, |tx| tx.list_in(&E::home(), &every::<E>(), Page::MOST));
        let names: BTreeSet<String> = whole.iter().map(|one| format!("{one:?}")).collect();
        assert_eq!(names.len(), whole.len(), "{} are listed twice", E::TABLE.name);
        assert!(added.iter().all(|one| whole.contains(one)), "{} are left out", E::TABLE.name);
        let places: Vec<Vec<Json>> = whole.iter().map(in_order::<E>).collect();
        let is_before = |a: &Vec<Json>, b: &Vec<Json>| {
            let is_lower = lower(a, b);
            if E::TABLE.order.is_descending { !is_lower && a != b } else { is_lower }
        };
        assert!(places.is_sorted_by(is_before), "{}: {places:?}", E::TABLE.name);
        if E::TABLE.order.by.len() == 2 {
            for limit in 1..=3 {
                assert_eq!(in_pages::<E>(store, limit), whole, "{}", E::TABLE.name);
            }
        }
    }
    let store = settle(place);
    with_each_placed!(check in &*store);
    check::<Widget>(&*store);
}

/// The values that a list goes by.
fn in_order<E: Entity>(entity: &E) -> Vec<Json> {
    let fields = fields(entity);
    E::TABLE.order.by.iter().map(|column| fields[*column].clone()).collect()
}

fn lower(a: &[Json], b: &[Json]) -> bool {
    let different = a.iter().zip(b).find(|(a, b)| a != b);
    different.is_some_and(|(a, b)| match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_i64() < b.as_i64(),
        (Json::String(a), Json::String(b)) => a < b,
        _ => panic!("{a} and {b} have no order"),
    })
}

fn in_pages<E: Placed>(store: &dyn Store, limit: usize) -> Vec<E> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = Page::new(Some(limit), after);
        let paged = read(store, move |tx| tx.page(&E::home(), &every::<E>(), &page));
        assert!((1..=limit).contains(&paged.items.len()), "a page of {}", paged.items.len());
        items.extend(paged.items);
        after = paged.next;
        if after.is_none() {
            return items;
        }
    }
}

fn what_ended_is_removed_the_oldest_first_and_some_at_a_time(place: &Place) {
    fn check<E: Ending>(store: &dyn Store) {
        let old = (1..=3).map(|n| E::nth(n).ended(10));
        let others = [E::nth(4).ended(999), E::nth(5).ended(1_000), E::nth(6)];
        add(store, &old.chain(others).collect::<Vec<E>>());
        let prune = || write(store, |tx| tx.prune::<E>(at(1_000), 3)).unwrap();
        let is_kept = || (1..=6).map(|n| get(store, &E::nth(n)).is_some()).collect::<Vec<_>>();
        assert_eq!(prune(), 3, "{}", E::TABLE.name);
        assert_eq!(is_kept(), [false, false, false, true, true, true], "{}", E::TABLE.name);
        assert_eq!([prune(), prune()], [1, 0], "{}", E::TABLE.name);
        assert_eq!(is_kept(), [false, false, false, false, true, true], "{}", E::TABLE.name);
    }
    let store = settle(place);
    with_each!(check in &*store, of Approval InfoRequest NodeCommand DiscussionRun StoredAttachment Widget);
}
