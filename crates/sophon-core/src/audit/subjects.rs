//! What an entry says of the thing that something is done to. Titles, topics and descriptions are what people wrote, and
//! no names.

use sophon_model::{
    Agent, Announcement, ApiToken, Approval, AuthSession, CustomRole, Discussion, DiscussionRun, InfoRequest,
    Job, Member, Node, NodeCommand, SavedPrompt, SecondFactor, Session, SessionId, StoredAttachment,
    StoredProvider, Task, TaskId, Tenant, ToolCall, User,
};

/// A thing that something is done to.
pub(crate) trait Subject {
    /// Its id.
    fn id(&self) -> &str;

    /// Its name, if it has one that is nobody's secret or message.
    fn name(&self) -> Option<&str> {
        None
    }

    /// The session that it is, or is in.
    fn session(&self) -> Option<&SessionId> {
        None
    }

    /// The task that it is, or is for.
    fn task(&self) -> Option<&TaskId> {
        None
    }
}

macro_rules! subjects {
    ($($kind:ident { $($what:ident: $of:ident => $value:expr),* }),* $(,)?) => {
        $(impl Subject for $kind {
            fn id(&self) -> &str {
                self.id.as_str()
            }

            $(subjects!(@ $what $of $value);)*
        })*
    };
    (@ name $of:ident $value:expr) => {
        fn name(&self) -> Option<&str> {
            let $of = self;
            Some($value)
        }
    };
    (@ session $of:ident $value:expr) => {
        fn session(&self) -> Option<&SessionId> {
            let $of = self;
            $value
        }
    };
    (@ task $of:ident $value:expr) => {
        fn task(&self) -> Option<&TaskId> {
            let $of = self;
            $value
        }
    };
}

subjects! {
    Agent { name: it => &it.name },
    Announcement {},
    ApiToken { name: it => &it.name },
    Approval { name: it => &it.tool, session: it => Some(&it.session_id), task: it => Some(&it.task_id) },
    AuthSession {},
    CustomRole { name: it => &it.name },
    Discussion {},
    DiscussionRun { task: it => Some(&it.task_id) },
    InfoRequest { session: it => Some(&it.session_id), task: it => Some(&it.task_id) },
    Job { name: it => &it.kind, task: it => it.task_id.as_ref() },
    Member { name: it => &it.email },
    Node { name: it => &it.name },
    NodeCommand { name: it => &it.command, task: it => it.task_id.as_ref() },
    SecondFactor {},
    SavedPrompt { name: it => &it.command },
    Session { session: it => Some(&it.id) },
    StoredAttachment { name: it => &it.mime, session: it => it.session_id.as_ref() },
    StoredProvider { name: it => &it.name },
    Task { name: it => it.kind.as_str(), session: it => it.session_id.as_ref(), task: it => Some(&it.id) },
    Tenant { name: it => &it.slug },
    ToolCall { name: it => &it.tool, session: it => Some(&it.session_id), task: it => Some(&it.task_id) },
    User { name: it => &it.email },
}
