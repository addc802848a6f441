//! The things that Sophon keeps. Field names are column names.

mod agent;
mod announcement;
mod approval;
mod discussion;
mod identity;
mod job;
mod memory;
mod message;
mod node;
mod node_command;
mod session;
mod task;
mod tool_call;

pub use agent::{Agent, AgentFile, Runtime};
pub use announcement::{Announcement, Severity};
pub use approval::{Approval, ApprovalStatus, InfoRequest, InfoRequestStatus};
pub use discussion::{
    Discussion, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus, Panelist, Speaker,
    Verdict,
};
pub use identity::{ApiToken, AuthSession, CustomRole, Tenant, User, UserStatus};
pub use job::{Job, JobStatus, Priority, Queue};
pub use memory::{MemoryCategory, MemoryEntry, MemoryScope};
pub use message::{Attachment, Message, MessageRole, MessageStatus, Usage};
pub use node::{Node, NodeScope, NodeSecrets, NodeStatus};
pub use node_command::{NodeCommand, NodeCommandStatus};
pub use session::{Session, SessionMode, SessionStatus, Visibility};
pub use task::{Task, TaskKind, TaskStatus};
pub use tool_call::{Risk, ToolCall, ToolCallStatus};

/// Implements the two directions between an enum and the text it is stored and sent as.
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The text that stands for it in storage and on the wires.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }

            /// The one that `text` stands for.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some($name::$variant),)*
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::unknown_variant(&text, &[$($text,)*]))
            }
        }
    };
}
pub(crate) use text_enum;
