//! Identifiers: a prefix that names the kind, and a time-ordered random part. Opaque to clients.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::ports::{ToValue, Value};

/// An identifier with a prefix of its own.
pub trait Id: From<String> {
    /// What its text begins with, for example `ses_`.
    const PREFIX: &'static str;

    /// A new identifier out of a moment and chance.
    fn new(stamp: Stamp, random: [u8; 8]) -> Self {
        let [high, low] = stamp.count().to_be_bytes();
        let [a, b, c, d, e, f, g, h] = random;
        let tail = [high, low, a, b, c, d, e, f, g, h];
        let uuid = uuid::Builder::from_unix_timestamp_millis(stamp.millis(), &tail).into_uuid();
        Self::from(format!("{}{}", Self::PREFIX, uuid.simple()))
    }
}

/// The ordering part of an identifier: a millisecond, and a count within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(u64);

impl Stamp {
    /// Identifiers in one millisecond before the next one is borrowed from, as a power of two.
    const COUNT_BITS: u32 = 12;

    fn millis(self) -> u64 {
        self.0 >> Self::COUNT_BITS
    }

    fn count(self) -> u16 {
        (self.0 & ((1 << Self::COUNT_BITS) - 1)) as u16
    }
}

/// Gives stamps, each higher than the one before, so that what is made later sorts later, also within a millisecond
/// and when the clock is set back.
#[derive(Debug, Default)]
pub struct Stamps(AtomicU64);

impl Stamps {
    /// The next stamp at the time `now`.
    pub fn next(&self, now: Timestamp) -> Stamp {
        let earliest = u64::try_from(now.as_millis()).unwrap_or(0) << Stamp::COUNT_BITS;
        let after = |last: u64| earliest.max(last + 1);
        let last = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        Stamp(after(last.unwrap_or_default()))
    }
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident = $prefix:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the identifier, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl ToValue for $name {
            fn to_value(&self) -> Value<'_> {
                Value::Text(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::schema::of_id(&[$($doc),*], $prefix)
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

ids! {
    /// A tenant, which the Socket.IO wire calls a workspace.
    TenantId = "tenant_";
    /// A person.
    UserId = "usr_";
    /// A signed-in device: a chain of refresh tokens.
    AuthSessionId = "auth_";
    /// An API token's public handle (the secret itself begins with `sk_`).
    ApiTokenId = "tok_";
    /// A second factor of a user.
    SecondFactorId = "mfa_";
    /// A sign-in that waits for the second factor.
    SignInChallengeId = "chal_";
    /// A note for other processes that rights have changed.
    RightsChangeId = "rights_";
    /// An agent.
    AgentId = "agent_";
    /// A session: what the Socket.IO wire calls a conversation.
    SessionId = "ses_";
    /// A message.
    MessageId = "msg_";
    /// A piece of work in the ledger.
    TaskId = "task_";
    /// A job of the durable queue.
    JobId = "job_";
    /// A file that was uploaded for a message.
    AttachmentId = "att_";
    /// One call of a tool.
    ToolCallId = "call_";
    /// A memory entry.
    MemoryId = "mem_";
    /// A prompt that is kept to be used again.
    SavedPromptId = "prompt_";
    /// A role of an administrator's own making.
    RoleId = "role_";
    /// An action that waits for a person's verdict, or had it.
    ApprovalId = "apr_";
    /// A question that an agent asks a person.
    InfoRequestId = "info_";
    /// An announcement to a whole tenant.
    AnnouncementId = "ann_";
    /// A machine that obeys the gateway.
    NodeId = "node_";
    /// One command to a node.
    NodeCommandId = "cmd_";
    /// A gateway process.
    GatewayId = "gw_";
    /// A discussion, as it was planned.
    DiscussionId = "disc_";
    /// One run of a discussion.
    DiscussionRunId = "drun_";
    /// An entry of the audit log.
    AuditEntryId = "audit_";
    /// A model provider that was added while the gateway ran.
    ProviderId = "prov_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_bear_their_prefix_and_sort_as_they_were_made() {
        let stamps = Stamps::default();
        let at = |millis| stamps.next(Timestamp::from_millis(millis));
        // Many in one millisecond, more than its count holds, and a clock that is set back.
        let times = std::iter::repeat_n(1_000, 5_000).chain([1_001, 999, 2_000]);
        let ids: Vec<SessionId> = times
            .enumerate()
            .map(|(made, millis)| SessionId::new(at(millis), [255 - (made % 200) as u8; 8]))
            .collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids[0].as_str().starts_with("ses_"));
    }
}
