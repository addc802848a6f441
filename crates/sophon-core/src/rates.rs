//! How often one may ask, by what kind of asking it is; the same on every wire.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use sophon_model::{Caller, Credential, Error, Kind, Result, UserId};
use tokio::time::Instant;

use crate::buckets::{Buckets, Key, common_salt, hashed};
use crate::gateway::Shared;
use crate::identity::Identified;
use crate::network::network;
use crate::registry::Registry;

/// What kind of asking it is; each has a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Looks at things.
    Read,
    /// Makes, changes or deletes things.
    Write,
    /// Approves, answers and cancels.
    Decide,
    /// Uses much of the machine, or what others must pay for.
    Expensive,
    /// Sends messages.
    Chat,
}

/// Requests a minute, for each user and separately for each API token. As many may come at once; after that they are
/// let in at an even pace. Those who did not sign in are counted by address. The owner of a gateway for one person
/// reads without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Looking at things.
    pub reads: NonZeroU32,
    /// Making, changing and deleting things.
    pub writes: NonZeroU32,
    /// Approving and cancelling.
    pub approvals: NonZeroU32,
    /// What uses much of the machine or must be paid for: the check of the model providers.
    pub expensive: NonZeroU32,
    /// Sending messages.
    pub chat: NonZeroU32,
}

impl Default for Rates {
    /// The numbers of seed 001: 120, 60, 30, 10 and 60.
    fn default() -> Self {
        let per_minute = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            reads: per_minute(120),
            writes: per_minute(60),
            approvals: per_minute(30),
            expensive: per_minute(10),
            chat: per_minute(60),
        }
    }
}

/// The owner of a gateway for one person, on its own machine, who is free to look at things as often as wanted.
const OWNER: &str = "owner";

/// Those who did not sign in, by address.
const ADDRESS: &str = "address";

/// The key of a count. An API token has its own count beside its user's, and so has a node's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asker(&'static str, String);

impl Asker {
    /// The caller of a request, or its `address` if it did not sign in. An IPv6 network (/64) is one address.
    pub fn of(identified: &Identified, address: Option<IpAddr>) -> Self {
        match identified {
            Identified::Nobody | Identified::Rejected => {
                let address = address.map(|address| network(address).to_string());
                Self(ADDRESS, address.unwrap_or_default())
            }
            Identified::Node(node) => Self("node", node.node.to_string()),
            Identified::Caller(caller) | Identified::PasswordDue(caller) => Self::from(caller),
            Identified::Outsider(outsider) => Self::by(&outsider.user, &outsider.credential),
        }
    }

    /// A user, in whichever tenant it acts: a second tenant is no second share.
    fn by(user: &UserId, credential: &Credential) -> Self {
        match credential {
            Credential::ApiToken(token, _) => Self("token", token.to_string()),
            Credential::AutoAdmin => Self(OWNER, user.to_string()),
            Credential::Access(..) | Credential::Agent(..) => Self("user", user.to_string()),
        }
    }

    /// Whether it is the owner of a gateway for one person.
    pub fn is_owner(&self) -> bool {
        self.0 == OWNER
    }

    /// Whether it is an address, of a client that did not sign in.
    pub fn is_address(&self) -> bool {
        self.0 == ADDRESS
    }
}

impl From<&Caller> for Asker {
    fn from(caller: &Caller) -> Self {
        Self::by(&caller.user, &caller.credential)
    }
}

/// What one may still ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The most requests at once.
    pub limit: u32,
    /// How many of them are left.
    pub remaining: u32,
    /// How long it is until all of them are again.
    pub full_in: Duration,
}

/// The counts of all askers.
pub struct RateLimits {
    salt: [u8; 16],
    read: Buckets,
    write: Buckets,
    decide: Buckets,
    expensive: Buckets,
    chat: Buckets,
}

impl RateLimits {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        let alone = Self::salted(common_salt(&shared.settings.signing_key), &shared.settings.rates);
        let mut share = |buckets: Buckets, subject| buckets.shared(subject, shared.db.peers(), registry);
        Self {
            salt: alone.salt,
            read: share(alone.read, "rates.read"),
            write: share(alone.write, "rates.write"),
            decide: share(alone.decide, "rates.decide"),
            expensive: share(alone.expensive, "rates.expensive"),
            chat: share(alone.chat, "rates.chat"),
        }
    }

    fn salted(salt: [u8; 16], rates: &Rates) -> Self {
        Self {
            salt,
            read: Buckets::per_minute(rates.reads),
            write: Buckets::per_minute(rates.writes),
            decide: Buckets::per_minute(rates.approvals),
            expensive: Buckets::per_minute(rates.expensive),
            chat: Buckets::per_minute(rates.chat),
        }
    }

    /// Counts a request, and refuses it if there were too many.
    pub fn check(&self, class: Class, asker: &Asker) -> Result<()> {
        let Some(buckets) = self.buckets(class, asker) else { return Ok(()) };
        buckets.take(self.key(asker), Instant::now()).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let text = format!("Too many requests of this kind. Try again in {seconds} s.");
            Error::new(Kind::RateLimited, text).with_retry_after(wait)
        })
    }

    /// What the asker may still ask at once; nothing if that is not limited.
    pub fn allowance(&self, class: Class, asker: &Asker) -> Option<Allowance> {
        let buckets = self.buckets(class, asker)?;
        let (remaining, full_in) = buckets.left(&self.key(asker), Instant::now());
        Some(Allowance { limit: buckets.most(), remaining, full_in })
    }

    fn buckets(&self, class: Class, asker: &Asker) -> Option<&Buckets> {
        match class {
            Class::Read if asker.is_owner() => None,
            Class::Read => Some(&self.read),
            Class::Write => Some(&self.write),
            Class::Decide => Some(&self.decide),
            Class::Expensive => Some(&self.expensive),
            Class::Chat => Some(&self.chat),
        }
    }

    fn key(&self, Asker(kind, name): &Asker) -> Key {
        hashed(&self.salt, &[kind, name])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sophon_model::{
        ApiTokenId, AuthSessionId, NodeCaller, NodeId, Permissions, Role, TenantId, Timestamp, UserId,
    };

    use super::*;

    fn caller(user: &str, credential: Credential) -> Identified {
        Identified::Caller(Caller {
            user: UserId::from(user),
            email: "a@example.com".into(),
            tenant: TenantId::from("tenant_1"),
            role: Role::Admin,
            permissions: Permissions::ALL,
            credential,
            request_key: None,
            origin: Arc::default(),
        })
    }

    fn signed_in(user: &str) -> Identified {
        caller(user, Credential::Access(AuthSessionId::from("auth_1"), Timestamp::from_millis(0)))
    }

    fn limits() -> RateLimits {
        RateLimits::salted([1; 16], &Rates::default())
    }

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    /// How many of 200 requests at once are let in.
    fn let_in(limits: &RateLimits, class: Class, asker: &Asker) -> usize {
        (0..200).filter(|_| limits.check(class, asker).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_class_has_the_rate_of_the_seed() {
        let (limits, admin) = (limits(), Asker::of(&signed_in("usr_1"), None));
        let classes = [Class::Read, Class::Write, Class::Decide, Class::Expensive, Class::Chat];
        assert_eq!(classes.map(|class| let_in(&limits, class, &admin)), [120, 60, 30, 10, 60]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_owner_of_a_gateway_for_one_person_reads_without_a_limit() {
        let owner = Asker::of(&caller("usr_1", Credential::AutoAdmin), None);
        let classes = [Class::Read, Class::Write, Class::Decide, Class::Chat];
        assert_eq!(classes.map(|class| let_in(&limits(), class, &owner)), [200, 60, 30, 60]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_as_long_as_told_is_let_in_and_not_a_moment_before() {
        let (limits, admin) = (limits(), Asker::of(&signed_in("usr_1"), None));
        let ask = || limits.check(Class::Chat, &admin);
        while ask().is_ok() {}
        assert_eq!(ask().unwrap_err().retry_after(), Some(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert_eq!(ask().unwrap_err().retry_after(), Some(Duration::from_millis(1)));
        tokio::time::advance(Duration::from_millis(1)).await;
        ask().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_told() {
        let (limits, admin) = (limits(), Asker::of(&signed_in("usr_1"), None));
        let left = || limits.allowance(Class::Chat, &admin).unwrap();
        assert_eq!(left(), Allowance { limit: 60, remaining: 60, full_in: Duration::ZERO });
        limits.check(Class::Chat, &admin).unwrap();
        assert_eq!(left(), Allowance { limit: 60, remaining: 59, full_in: Duration::from_secs(1) });
        while limits.check(Class::Chat, &admin).is_ok() {}
        assert_eq!(left(), Allowance { limit: 60, remaining: 0, full_in: Duration::from_mins(1) });
        let owner = Asker::of(&caller("usr_1", Credential::AutoAdmin), None);
        assert_eq!(limits.allowance(Class::Read, &owner), None);
    }

    #[tokio::test(start_paused = true)]
    async fn users_tokens_nodes_and_addresses_are_counted_apart() {
        let limits = limits();
        let count = |identified: &Identified, address| {
            let_in(&limits, Class::Read, &Asker::of(identified, Some(address)))
        };
        let here = at("203.0.113.1");
        assert_eq!(count(&signed_in("usr_1"), here), 120);
        assert_eq!(count(&signed_in("usr_2"), here), 120);
        let token = Credential::ApiToken(ApiTokenId::from("tok_1"), None);
        assert_eq!(count(&caller("usr_1", token), here), 120);
        let node = NodeCaller {
            node: NodeId::from("node_1"),
            tenant: TenantId::from("tenant_1"),
            origin: Arc::default(),
        };
        assert_eq!(count(&Identified::Node(node), here), 120);
        assert_eq!(count(&Identified::Nobody, here), 120);
        assert_eq!(count(&Identified::Nobody, at("203.0.113.2")), 120);
        assert_eq!(count(&Identified::Nobody, at("2001:db8::1")), 120);
        assert_eq!(count(&Identified::Nobody, at("2001:db8::2")), 0, "the same network");
    }
}
