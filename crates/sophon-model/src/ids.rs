//! Identifiers: a prefix that tells the kind, and a time-ordered random part. Opaque to clients.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::ports::Entropy;

/// An identifier with a prefix of its own.
pub trait Id: From<String> {
    /// What its text begins with, for example `ses_`.
    const PREFIX: &'static str;

    /// A new identifier. Those made later sort later, so that indexes stay local.
    fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let mut random = [0; 10];
        entropy.fill(&mut random);
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        Self::from(format!("{}{}", Self::PREFIX, uuid.simple()))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
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
    /// An agent.
    AgentId = "agent_";
    /// A session: what the Socket.IO wire calls a conversation.
    SessionId = "ses_";
    /// A message.
    MessageId = "msg_";
    /// A piece of work in the ledger.
    TaskId = "task_";
    /// One call of a tool.
    ToolCallId = "call_";
    /// A memory entry.
    MemoryId = "mem_";
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn ids_bear_their_prefix_and_sort_by_time() {
        let early = SessionId::new(Timestamp::from_millis(1_000), &Fixed(255));
        let late = SessionId::new(Timestamp::from_millis(2_000), &Fixed(0));
        assert!(early.as_str().starts_with("ses_"));
        assert!(early < late);
    }
}
