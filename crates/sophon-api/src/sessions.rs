//! Sessions.

use serde::{Deserialize, Serialize};
use sophon_model::{
    AgentId, MessageId, ParticipantKind, SessionId, SessionMode, SessionRole, SessionStatus, TaskStatus,
    UserId, Visibility, WhileBusy,
};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Change, Time};

/// A session: where people and agents meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What people call it; empty until the first message gives it one.
    #[schema(example = "Flights to Lisbon")]
    pub title: String,
    /// The agent that answers in it.
    pub agent_id: AgentId,
    /// The user who created it.
    pub owner_id: UserId,
    /// The visibility: its owner alone, or everybody who knows its address.
    pub visibility: Visibility,
    /// Where it stands.
    pub status: SessionStatus,
    /// How its participants work together.
    pub mode: SessionMode,
    /// What becomes of a message to an agent that still works on an earlier one: it waits, interrupts, or is refused.
    pub while_busy: WhileBusy,
    /// The channel it came in by.
    #[schema(required, example = "webchat")]
    pub channel_id: Option<String>,
    /// A model chosen for this session alone.
    #[schema(required)]
    pub model: Option<String>,
    /// The session it was forked from.
    #[schema(required)]
    pub parent_session_id: Option<SessionId>,
    /// The last message it shares with its parent.
    #[schema(required)]
    pub forked_at_message_id: Option<MessageId>,
    /// How many messages it holds, those of branches that are not shown among them.
    #[schema(example = 4)]
    pub message_count: i64,
    /// The branch of its messages that is shown; 0 is the first.
    #[serde(default)]
    #[schema(required, example = 0)]
    pub branch: i64,
    /// How the turn ended that ended last: `completed`, `failed` or `cancelled`.
    #[schema(required)]
    pub last_outcome: Option<TaskStatus>,
    /// When it was made.
    pub created_at: Time,
    /// When something last happened in it.
    pub updated_at: Time,
}

impl From<sophon_model::Session> for Session {
    fn from(session: sophon_model::Session) -> Self {
        Self {
            id: session.id,
            title: session.title,
            agent_id: session.agent_id,
            owner_id: session.owner_id,
            visibility: session.visibility,
            status: session.status,
            mode: session.mode,
            while_busy: session.while_busy,
            channel_id: session.channel_id,
            model: session.model,
            parent_session_id: session.parent_id,
            forked_at_message_id: session.forked_at_message_id,
            message_count: session.message_count,
            branch: session.branch,
            last_outcome: session.last_outcome,
            created_at: session.created_at.into(),
            updated_at: session.updated_at.into(),
        }
    }
}

/// A session to be made.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSession {
    /// The agent that answers, by id or slug; the first agent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// At most 200 characters; the first message gives it a title if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "Flights to Lisbon")]
    pub title: Option<String>,
    /// Private if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Each in its own time if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<SessionMode>,
    /// What becomes of a message to an agent that still works on an earlier one; it waits if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub while_busy: Option<WhileBusy>,
    /// A model for this session alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// What is to change of a session; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionPatch {
    /// At most 200 characters; null takes it away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, max_length = 200, example = "Trains to Lisbon")]
    pub title: Change<String>,
    /// The visibility.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub visibility: Option<Visibility>,
    /// A completed session stays so.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<SessionStatus>,
    /// What becomes of a message to an agent that still works on an earlier one.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub while_busy: Option<WhileBusy>,
    /// Null clears it: then the agent's model answers.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub model: Change<String>,
    /// The branch of its messages that is shown, for all who take part.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    pub branch: Option<i64>,
}

/// A branch of the messages of a session. It forks where a message was edited or a question was answered anew. The first
/// branch, which forks from none, has number 0 and is not listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionBranch {
    /// Its number in the session.
    #[schema(example = 1)]
    pub branch: i64,
    /// The branch that it forks from.
    #[schema(example = 0)]
    pub parent: i64,
    /// The number of the message of its parent that it has others in place of, and of all that follow. Branches that
    /// fork at one message are alternatives.
    #[schema(example = 42)]
    pub forks_at: i64,
    /// When it was made.
    pub created_at: Time,
}

impl From<sophon_model::Branch> for SessionBranch {
    fn from(branch: sophon_model::Branch) -> Self {
        Self {
            branch: branch.number,
            parent: branch.parent,
            forks_at: branch.forks_at,
            created_at: branch.created_at.into(),
        }
    }
}

/// One who takes part in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// What it is.
    pub kind: ParticipantKind,
    /// The id of the user or of the agent.
    #[schema(example = "user_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b")]
    pub id: String,
    /// What it may do.
    pub role: SessionRole,
    /// When it joined.
    pub joined_at: Time,
}

impl From<sophon_model::Participant> for Participant {
    fn from(participant: sophon_model::Participant) -> Self {
        Self {
            kind: participant.kind,
            id: participant.member_id,
            role: participant.role,
            joined_at: participant.joined_at.into(),
        }
    }
}

/// With whom a session is shared.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShareSession {
    /// A user of the same tenant.
    pub user_id: UserId,
    /// What the user may do: a viewer or a member. A session has one owner.
    pub role: SessionRole,
}

/// How to fork.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForkSession {
    /// The last message to copy; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_message_id: Option<MessageId>,
    /// At most 200 characters; the parent's title if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub title: Option<String>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::sessions;

    use super::{ForkSession, NewSession, SessionPatch};

    impl From<NewSession> for sessions::NewSession {
        fn from(new: NewSession) -> Self {
            Self {
                agent: new.agent_id,
                title: new.title,
                visibility: new.visibility,
                mode: new.mode,
                while_busy: new.while_busy,
                channel_id: None,
                model: new.model,
            }
        }
    }

    impl From<SessionPatch> for sessions::ChangeSession {
        fn from(patch: SessionPatch) -> Self {
            Self {
                title: patch.title.or_cleared(String::new()),
                visibility: patch.visibility,
                status: patch.status,
                while_busy: patch.while_busy,
                model: patch.model.into(),
                branch: patch.branch,
                ..Self::default()
            }
        }
    }

    impl From<ForkSession> for sessions::Fork {
        fn from(fork: ForkSession) -> Self {
            Self { from_message: fork.from_message_id, title: fork.title }
        }
    }
}
