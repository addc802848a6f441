//! Participants of sessions.

use sophon_model::ports::{SessionFilter, every};
use sophon_model::{
    Page, Participant, ParticipantKind, Session, SessionId, SessionRole, TenantId, UserId, UserInTenant,
};

use crate::fixtures::{at, move_in, session, user};
use crate::harness::{Place, Rule, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(participants_come_in_the_order_in_which_they_joined_and_go_with_their_session),
        rule(one_that_is_there_gets_another_role),
        rule(the_members_of_a_session_are_its_owner_and_the_users_who_take_part),
        rule(shared_sessions_are_listed_among_ones_own),
    ]
}

fn participant(
    session: &str,
    kind: ParticipantKind,
    id: &str,
    role: SessionRole,
    joined: i64,
) -> Participant {
    Participant::new(&crate::fixtures::session(session), kind, id, role, at(joined))
}

fn viewer(session: &str, id: &str, joined: i64) -> Participant {
    participant(session, ParticipantKind::User, id, SessionRole::Viewer, joined)
}

fn participants_come_in_the_order_in_which_they_joined_and_go_with_their_session(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let s = SessionId::from("s");
    let ann = participant("s", ParticipantKind::User, "ann", SessionRole::Owner, 1);
    let agent = participant("s", ParticipantKind::Agent, "sophon", SessionRole::Member, 2);
    // An agent and a user with one id are two.
    let namesake = participant("s", ParticipantKind::Agent, "ann", SessionRole::Member, 3);
    let all = [ann, agent, namesake];
    let added = all.clone();
    write(&*store, move |tx| added.iter().rev().try_for_each(|one| tx.insert(one))).unwrap();
    let stored = || read(&*store, |tx| tx.list_in(&SessionId::from("s"), &every::<Participant>(), 10));
    assert_eq!(stored(), all);
    let removed = |kind| write(&*store, move |tx| tx.delete_participant(&SessionId::from("s"), kind, "ann"));
    assert!(removed(ParticipantKind::Agent).unwrap() && !removed(ParticipantKind::Agent).unwrap());
    assert_eq!(stored(), all[..2]);
    write(&*store, move |tx| tx.delete(&s).map(drop)).unwrap();
    assert_eq!(stored(), []);
}

fn one_that_is_there_gets_another_role(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let role = || read(&*store, |tx| tx.session_role(&SessionId::from("s"), &UserId::from("bob")));
    assert_eq!(role(), None);
    write(&*store, |tx| tx.put(&viewer("s", "bob", 5))).unwrap();
    assert_eq!(role(), Some(SessionRole::Viewer));
    let promoted = participant("s", ParticipantKind::User, "bob", SessionRole::Member, 9);
    write(&*store, move |tx| tx.put(&promoted)).unwrap();
    assert_eq!(role(), Some(SessionRole::Member));
}

fn the_members_of_a_session_are_its_owner_and_the_users_who_take_part(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let members = || read(&*store, |tx| tx.session_members(&SessionId::from("s")));
    let at_home = |user: &str| UserInTenant { tenant: TenantId::from("home"), user: UserId::from(user) };
    assert_eq!(members(), [at_home("ann")], "also where the owner is not noted as taking part");
    write(&*store, |tx| {
        tx.put(&participant("s", ParticipantKind::User, "ann", SessionRole::Owner, 1))?;
        tx.put(&participant("s", ParticipantKind::Agent, "sophon", SessionRole::Member, 2))?;
        tx.put(&viewer("s", "bob", 3))
    })
    .unwrap();
    assert_eq!(members(), [at_home("ann"), at_home("bob")]);
    assert!(read(&*store, |tx| tx.session_members(&SessionId::from("none"))).is_empty());
}

fn shared_sessions_are_listed_among_ones_own(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        tx.insert(&user("bob"))?;
        for (id, owner, updated) in [("a", "ann", 40), ("b", "bob", 30), ("c", "ann", 20), ("d", "bob", 10)] {
            let session = Session { owner_id: owner.into(), updated_at: at(updated), ..session(id) };
            tx.insert(&session)?;
            tx.put(&participant(id, ParticipantKind::User, owner, SessionRole::Owner, 1))?;
        }
        tx.put(&viewer("a", "bob", 2))?;
        // An agent of this name is another.
        tx.put(&participant("c", ParticipantKind::Agent, "bob", SessionRole::Member, 2))
    })
    .unwrap();
    for limit in 1..=4 {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = Page::new(Some(limit), after);
            let filter = SessionFilter::default();
            let paged = read(&*store, move |tx| {
                tx.sessions(&TenantId::from("home"), &UserId::from("bob"), &filter, &page)
            });
            assert!(paged.items.len() <= limit);
            ids.extend(paged.items.into_iter().map(|session| session.id.to_string()));
            after = paged.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(ids, ["a", "b", "d"], "in pages of {limit}");
    }
}
