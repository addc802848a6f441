//! Marks: what users keep about sessions for themselves. How far they have read, pins, the archive, and tags.
//!
//! They belong to the part that a user takes in a session, so that what one archives stays in the lists of the others.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sophon_model::ports::{SessionFilter, TagUse, Tx};
use sophon_model::text::without_overrides;
use sophon_model::{
    AuditAction, Caller, Error, Marks, MarksEvent, Page, Paged, Participant, ParticipantKind, Result,
    Session, SessionId, SessionRole, UserId,
};

use super::Sessions;
use crate::database::Unit;
use crate::limits::bounded;
use crate::only_if::OnlyIf;
use crate::policy::{Granted, Mark, Visible, grant, visible};

/// Tags that a user may give one session.
pub const MOST_TAGS: usize = 20;
/// A tag, in characters.
pub const LONGEST_TAG: usize = 40;
/// Sessions that a user may pin. One more is a conflict with the code `too_many_pinned`.
pub const MOST_PINNED: u64 = 50;
/// Sessions that one request may mark or delete.
pub const MOST_AT_ONCE: usize = 100;
/// Tags that are listed, the most used ones.
const MOST_LISTED_TAGS: usize = 200;

/// A session with the marks of the user who asks for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarkedSession {
    /// The session.
    pub session: Session,
    /// The marks.
    pub marks: Marks,
}

/// A page of those in which the user takes part, with its marks.
pub(super) fn marked(
    tx: &dyn Tx,
    visible: &Visible<Session>,
    filter: &SessionFilter,
    page: &Page,
) -> Result<Paged<MarkedSession>> {
    let sessions = tx.sessions(visible.tenant(), visible.own(), filter, page)?;
    let ids: Vec<SessionId> = sessions.items.iter().map(|session| session.id.clone()).collect();
    let parts = tx.participations(visible.own(), &ids)?;
    let mut marks: HashMap<SessionId, Marks> =
        parts.into_iter().map(|part| (part.session_id.clone(), part.marks())).collect();
    Ok(sessions
        .map(|session| MarkedSession { marks: marks.remove(&session.id).unwrap_or_default(), session }))
}

/// What is to change of a user's marks; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct ChangeMarks {
    /// How many of the session's messages the user has read.
    pub read_count: Option<i64>,
    /// Whether the session stands first in the user's list.
    pub is_pinned: Option<bool>,
    /// Whether the session is left out of the user's list.
    pub is_archived: Option<bool>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// What the change depends on.
    pub only_if: OnlyIf<Marks>,
}

impl Sessions {
    /// The caller's marks on a session.
    pub async fn marks(&self, caller: &Caller, id: &SessionId) -> Result<Marks> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let session: Granted<Session, Mark> = grant(tx, &caller, tx.get(&wanted)?)?;
                let parts = tx.participations(&caller.user, std::slice::from_ref(&session.id))?;
                Ok(parts.first().map(Participant::marks).unwrap_or_default())
            })
            .await
    }

    /// Changes the caller's marks on a session.
    pub async fn mark(&self, caller: &Caller, id: &SessionId, change: ChangeMarks) -> Result<Marks> {
        let change = ChangeMarks { tags: change.tags.map(tags).transpose()?, ..change };
        let (known, wanted) = (caller.clone(), id.clone());
        self.db
            .write_as(caller, AuditAction::SessionMark, move |unit| {
                let session = grant(unit.tx, &known, unit.tx.get(&wanted)?)?;
                unit.about(&*session);
                mark_in(unit, &session, &known.user, change)
            })
            .await
    }

    /// Changes the caller's marks on several sessions: on all of them, or on none.
    pub async fn mark_all(
        &self,
        caller: &Caller,
        ids: Vec<SessionId>,
        change: ChangeMarks,
    ) -> Result<Vec<MarkedSession>> {
        let ids = at_once(ids)?;
        let change = ChangeMarks { tags: change.tags.map(tags).transpose()?, ..change };
        let known = caller.clone();
        self.db
            .write_once(caller, AuditAction::SessionMark, move |unit| {
                unit.audit_details(|details| details.ids = ids.iter().map(ToString::to_string).collect());
                let mut marked = Vec::with_capacity(ids.len());
                for id in &ids {
                    let session = grant(unit.tx, &known, unit.tx.get(id)?)?;
                    let marks = mark_in(unit, &session, &known.user, change.clone())?;
                    marked.push(MarkedSession { session: session.into_inner(), marks });
                }
                Ok(marked)
            })
            .await
    }

    /// The caller's tags, the most used first.
    pub async fn tags(&self, caller: &Caller) -> Result<Vec<TagUse>> {
        let visible = visible::<Session>(caller)?;
        self.db.read(move |tx| tx.tags_of(visible.tenant(), visible.own(), MOST_LISTED_TAGS)).await
    }
}

/// The sessions that a request names, each once, in one order for all: two requests do not wait for each other.
pub(super) fn at_once(mut ids: Vec<SessionId>) -> Result<Vec<SessionId>> {
    ids.sort_unstable();
    ids.dedup();
    if (1..=MOST_AT_ONCE).contains(&ids.len()) {
        return Ok(ids);
    }
    Err(Error::validation("session_ids", format!("Name 1 to {MOST_AT_ONCE} sessions.")))
}

/// Tags as they are stored: without spaces around them, each once, whatever its case.
fn tags(given: Vec<String>) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::with_capacity(given.len().min(MOST_TAGS));
    for tag in given {
        bounded("tags", &tag, 1, LONGEST_TAG)?;
        let tag = without_overrides(tag.trim()).into_owned();
        if tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            continue;
        }
        if tags.len() == MOST_TAGS {
            return Err(Error::validation("tags", format!("At most {MOST_TAGS} tags.")));
        }
        tags.push(tag);
    }
    Ok(tags)
}

fn mark_in(
    unit: &mut Unit<'_>,
    session: &Granted<Session, Mark>,
    user: &UserId,
    change: ChangeMarks,
) -> Result<Marks> {
    let part = part_in(unit, session, user)?;
    let before = part.marks();
    change.only_if.require(&before)?;
    let marks = Marks {
        read_count: change.read_count.unwrap_or(before.read_count),
        is_pinned: change.is_pinned.unwrap_or(before.is_pinned),
        is_archived: change.is_archived.unwrap_or(before.is_archived),
        tags: change.tags.unwrap_or_else(|| before.tags.clone()),
    };
    if !(0..=session.message_count).contains(&marks.read_count) {
        let text = format!("The session has {} messages.", session.message_count);
        return Err(Error::validation("read_count", text));
    }
    if marks.is_pinned && !before.is_pinned {
        require_room_for_pin(unit, session, user)?;
    }
    if marks != before {
        store_in(unit, part, marks.clone())?;
    }
    Ok(marks)
}

fn require_room_for_pin(unit: &Unit<'_>, session: &Session, user: &UserId) -> Result<()> {
    if unit.tx.pinned_sessions(&session.tenant_id, user)? < MOST_PINNED {
        return Ok(());
    }
    let text = format!("{MOST_PINNED} sessions are pinned. Unpin one that you no longer need first.");
    Err(Error::conflict(text).with_code("too_many_pinned"))
}

/// Takes a session out of its user's archive, as one does who writes into it.
pub(crate) fn unarchive_in(unit: &mut Unit<'_>, session: &Session, user: &UserId) -> Result<()> {
    let part = part_in(unit, session, user)?;
    if !part.is_archived {
        return Ok(());
    }
    let marks = Marks { is_archived: false, ..part.marks() };
    store_in(unit, part, marks)
}

/// The part that a user takes in a session. The session is held, so nobody else changes it meanwhile.
fn part_in(unit: &Unit<'_>, session: &Session, user: &UserId) -> Result<Participant> {
    let noted = unit.tx.participations(user, std::slice::from_ref(&session.id))?.pop();
    Ok(noted.unwrap_or_else(|| {
        Participant::new(
            session,
            ParticipantKind::User,
            user.as_str(),
            SessionRole::Owner,
            session.created_at,
        )
    }))
}

fn store_in(unit: &mut Unit<'_>, part: Participant, marks: Marks) -> Result<()> {
    let (session_id, tenant_id) = (part.session_id.clone(), part.tenant_id.clone());
    let user_id = UserId::from(part.member_id.as_str());
    unit.tx.put(&part.with_marks(marks.clone()))?;
    unit.emit(MarksEvent { session_id, tenant_id, user_id, marks });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_kept_once_whatever_its_case_and_without_spaces_around_it() {
        let given = [" Work ", "work", "Über uns", "über UNS"].map(String::from).to_vec();
        assert_eq!(tags(given).unwrap(), ["Work", "Über uns"]);
    }

    #[test]
    fn tags_are_limited_in_number_and_length() {
        let many = |count: usize| (0..count).map(|number| number.to_string()).collect();
        assert_eq!(tags(many(MOST_TAGS)).unwrap().len(), MOST_TAGS);
        for refused in [many(MOST_TAGS + 1), vec![" ".into()], vec!["x".repeat(LONGEST_TAG + 1)]] {
            assert_eq!(tags(refused).unwrap_err().field(), Some("tags"));
        }
    }

    #[test]
    fn a_request_names_a_bounded_number_of_sessions_and_each_counts_once() {
        let named =
            |count: usize| (0..count).map(|id| SessionId::from(format!("ses_{id}").as_str())).collect();
        assert!(at_once(Vec::new()).is_err() && at_once(named(MOST_AT_ONCE + 1)).is_err());
        let twice = [named(2), named(2)].concat();
        assert_eq!(at_once(twice).unwrap(), named(2));
    }
}
