//! What users keep about sessions for themselves.

use serde::{Deserialize, Serialize};
use sophon_model::{Marks, SessionId};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Agent, Message, Participant, Session};

/// What a user keeps about a session. Others who take part in it have marks of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionMarks {
    /// How many of the session's messages the user has read. It is unread while its `messageCount` is higher.
    #[schema(example = 4)]
    pub read_count: i64,
    /// Whether it stands first in the user's list.
    pub is_pinned: bool,
    /// Whether it is left out of the user's list.
    pub is_archived: bool,
    /// The user's tags, in the order in which they were given.
    #[schema(example = json!(["work"]))]
    pub tags: Vec<String>,
}

impl From<Marks> for SessionMarks {
    fn from(marks: Marks) -> Self {
        let Marks { read_count, is_pinned, is_archived, tags } = marks;
        Self { read_count, is_pinned, is_archived, tags }
    }
}

/// A session in the list of a user, with the user's marks and what `expand` names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedSession {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// The user's marks.
    pub marks: SessionMarks,
    /// The agent that answers in it: with `expand=agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent: Option<Agent>,
    /// Those who take part, in the order in which they joined: with `expand=participants`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub participants: Option<Vec<Participant>>,
    /// Its last message, if it has one: with `expand=lastMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_message: Option<Message>,
}

/// What is to change of the marks; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionMarksPatch {
    /// How many of the session's messages the user has read: its `messageCount` if all, fewer to mark it as unread.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 4)]
    pub read_count: Option<i64>,
    /// Whether it stands first in the user's list. At most 50 do.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_pinned: Option<bool>,
    /// Whether it is left out of the user's list, until the user writes into it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_archived: Option<bool>,
    /// All tags: at most 20, of 1 to 40 characters. One that differs only by its case is the same.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 20, example = json!(["work"]))]
    pub tags: Option<Vec<String>>,
}

/// Sessions to be marked, and how. What is absent stays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarkSessions {
    /// The sessions.
    #[schema(min_items = 1, max_items = 100)]
    pub session_ids: Vec<SessionId>,
    /// Whether they stand first in the user's list. At most 50 do.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_pinned: Option<bool>,
    /// Whether they are left out of the user's list.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = true)]
    pub is_archived: Option<bool>,
}

/// Sessions to be deleted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteSessions {
    /// The sessions.
    #[schema(min_items = 1, max_items = 100)]
    pub session_ids: Vec<SessionId>,
}

/// Sessions that were deleted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedSessions {
    /// The sessions.
    pub session_ids: Vec<SessionId>,
}

/// A tag of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionTag {
    /// The tag.
    #[schema(example = "work")]
    pub tag: String,
    /// How many of the user's sessions have it.
    #[schema(example = 3)]
    pub sessions: i64,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::sessions;
    use sophon_model::ports::TagUse;

    use super::{ListedSession, MarkSessions, SessionMarksPatch, SessionTag};
    use crate::{Agent, Message, Participant};

    impl From<sessions::MarkedSession> for ListedSession {
        fn from(marked: sessions::MarkedSession) -> Self {
            Self {
                session: marked.session.into(),
                marks: marked.marks.into(),
                agent: None,
                participants: None,
                last_message: None,
            }
        }
    }

    impl From<sessions::ExpandedSession> for ListedSession {
        fn from(expanded: sessions::ExpandedSession) -> Self {
            let participants = |all: Vec<_>| all.into_iter().map(Participant::from).collect();
            Self {
                agent: expanded.agent.map(Agent::from),
                participants: expanded.participants.map(participants),
                last_message: expanded.last_message.map(Message::from),
                ..expanded.marked.into()
            }
        }
    }

    impl From<SessionMarksPatch> for sessions::ChangeMarks {
        fn from(patch: SessionMarksPatch) -> Self {
            let SessionMarksPatch { read_count, is_pinned, is_archived, tags } = patch;
            Self { read_count, is_pinned, is_archived, tags, ..Self::default() }
        }
    }

    impl From<&MarkSessions> for sessions::ChangeMarks {
        fn from(mark: &MarkSessions) -> Self {
            Self { is_pinned: mark.is_pinned, is_archived: mark.is_archived, ..Self::default() }
        }
    }

    impl From<TagUse> for SessionTag {
        fn from(used: TagUse) -> Self {
            Self { tag: used.tag, sessions: used.sessions }
        }
    }
}
