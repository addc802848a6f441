//! Sessions.

use sophon_model::ports::{Period, SessionFilter, SessionOrder, Store, Tx};
use sophon_model::{
    AgentId, MessageId, MessageStatus, Page, Result, Session, SessionId, SessionStatus, TaskId, TenantId,
    UserId, UserInTenant,
};

use crate::fixtures::{at, message, move_in, session, task, tool_call, user};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(sessions_are_listed_last_active_first_page_by_page),
        rule(only_sessions_of_the_owner_and_the_agent_are_listed),
        rule(sessions_are_chosen_by_status_and_times_and_ordered_by_either),
        rule(a_search_finds_titles_and_messages),
        rule(a_search_without_a_word_leaves_nothing_out),
        rule(the_owner_is_told_what_happens_in_a_session),
        rule(a_deleted_session_takes_along_all_that_is_in_it),
    ]
}

/// The ids of all sessions of `ann`, read in pages of `limit`.
fn listed(store: &dyn Store, filter: &SessionFilter, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let (page, filter) = (Page::new(Some(limit), after), filter.clone());
        let paged =
            read(store, move |tx| tx.sessions(&TenantId::from("home"), &UserId::from("ann"), &filter, &page));
        assert!(paged.items.len() <= limit);
        ids.extend(paged.items.into_iter().map(|session| session.id.to_string()));
        after = paged.next;
        if after.is_none() {
            return ids;
        }
    }
}

fn sessions_are_listed_last_active_first_page_by_page(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (id, updated) in [("a", 20), ("b", 20), ("c", 20), ("d", 30), ("e", 10)] {
            tx.insert(&Session { updated_at: at(updated), ..session(id) })?;
        }
        Ok(())
    })
    .unwrap();
    for limit in 1..=7 {
        assert_eq!(listed(&*store, &SessionFilter::default(), limit), ["d", "c", "b", "a", "e", "s"]);
    }
}

fn only_sessions_of_the_owner_and_the_agent_are_listed(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&user("bob"))?;
        tx.insert(&Session { owner_id: UserId::from("bob"), ..session("his") })?;
        tx.insert(&Session { agent_id: AgentId::from("other"), ..session("x") })
    })
    .unwrap();
    let by_agent = |agent| SessionFilter { agent: Some(AgentId::from(agent)), ..SessionFilter::default() };
    assert_eq!(listed(&*store, &SessionFilter::default(), 50), ["x", "s"]);
    assert_eq!(listed(&*store, &by_agent("other"), 50), ["x"]);
    assert_eq!(listed(&*store, &by_agent("nobody"), 50), Vec::<String>::new());
}

fn sessions_are_chosen_by_status_and_times_and_ordered_by_either(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (id, status, created, updated) in [
            ("a", SessionStatus::Active, 20, 50),
            ("b", SessionStatus::Waiting, 30, 40),
            ("c", SessionStatus::Active, 40, 45),
        ] {
            tx.insert(&Session { status, created_at: at(created), updated_at: at(updated), ..session(id) })?;
        }
        Ok(())
    })
    .unwrap();
    let any = SessionFilter::default;
    let later = Period { from: Some(at(20)), until: None };
    let by_creation = SessionFilter { order: SessionOrder::Created, created: later, ..any() };
    for limit in 1..=3 {
        assert_eq!(listed(&*store, &by_creation, limit), ["c", "b", "a"]);
    }
    let waiting = SessionFilter { status: Some(SessionStatus::Waiting), ..any() };
    assert_eq!(listed(&*store, &waiting, 50), ["b"]);
    let made = Period { from: Some(at(30)), until: Some(at(40)) };
    assert_eq!(listed(&*store, &SessionFilter { created: made, ..any() }, 50), ["b"]);
    let touched = Period { from: Some(at(45)), until: Some(at(51)) };
    assert_eq!(listed(&*store, &SessionFilter { updated: touched, ..any() }, 50), ["a", "c"]);
}

fn searching(words: &str) -> SessionFilter {
    SessionFilter { search: Some(words.into()), ..SessionFilter::default() }
}

fn a_search_finds_titles_and_messages(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&Session { title: "Blue whales".into(), updated_at: at(20), ..session("titled") })?;
        let mut told = message("m", "A whale, they say, is bluer than the sea");
        told.session_id = SessionId::from("told");
        tx.insert(&session("told"))?;
        tx.insert_message(&told)?;
        tx.insert(&user("bob"))?;
        let foreign = Session { title: "blue whale".into(), owner_id: UserId::from("bob"), ..session("his") };
        tx.insert(&foreign)
    })
    .unwrap();
    assert_eq!(listed(&*store, &searching("whale BLUE"), 1), ["titled", "told"]);
    assert_eq!(listed(&*store, &searching("sea whal"), 50), ["told"]);
    assert_eq!(listed(&*store, &searching("ale"), 50), Vec::<String>::new());

    let renamed = Session { title: "Red fish".into(), ..session("titled") };
    write(&*store, move |tx| tx.update(&renamed)).unwrap();
    assert_eq!(listed(&*store, &searching("whale"), 50), ["told"]);
    assert_eq!(listed(&*store, &searching("fish"), 50), ["titled"]);
}

fn a_search_without_a_word_leaves_nothing_out(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    for words in ["", "  ", "?!*\"'"] {
        assert_eq!(listed(&*store, &searching(words), 50), ["s"]);
    }
}

fn the_owner_is_told_what_happens_in_a_session(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let members =
        |session: &'static str| read(&*store, move |tx| tx.session_members(&SessionId::from(session)));
    let ann = UserInTenant { tenant: TenantId::from("home"), user: UserId::from("ann") };
    assert_eq!(members("s"), [ann]);
    assert_eq!(members("never-there"), []);
}

/// A finished message, a task, a step and a call in session `session`, all with ids that end in `session`.
fn fill(tx: &mut dyn Tx, session: &str) -> Result<()> {
    let in_session = SessionId::from(session);
    for (id, status) in [("m1", MessageStatus::Sent), ("m2", MessageStatus::Pending)] {
        let mut told = message(&format!("{id}{session}"), "words of the session");
        told.session_id = in_session.clone();
        told.status = status;
        tx.insert_message(&told)?;
    }
    let id = format!("t{session}");
    tx.insert(&task(&id, session, 1))?;
    tx.insert_step(&TaskId::from(id.as_str()), 0, &serde_json::json!({"x": 1}))?;
    let mut call = tool_call(&format!("c{session}"), &id, 1);
    call.session_id = in_session;
    tx.insert(&call)
}

fn a_deleted_session_takes_along_all_that_is_in_it(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&session("kept"))?;
        fill(tx, "s")?;
        fill(tx, "kept")?;
        tx.delete(&SessionId::from("s"))?;
        tx.delete(&SessionId::from("never-there"))
    })
    .unwrap();
    let left = |session: &'static str| {
        read(&*store, move |tx| {
            let task = TaskId::from(format!("t{session}"));
            Ok([
                tx.get(&SessionId::from(session))?.is_some(),
                tx.get(&MessageId::from(format!("m1{session}")))?.is_some(),
                tx.get(&MessageId::from(format!("m2{session}")))?.is_some(),
                !tx.search_messages(&SessionId::from(session), "words", 5)?.is_empty(),
                tx.get_in(&TenantId::from("home"), &task)?.is_some(),
                !tx.steps(&task)?.is_empty(),
                !tx.tool_calls(&task)?.is_empty(),
            ])
        })
    };
    assert_eq!(left("s"), [false; 7]);
    assert_eq!(left("kept"), [true; 7]);
}
