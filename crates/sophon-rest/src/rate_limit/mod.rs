//! How often one may ask, by class of route.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use http::Method;
use sophon_core::identity::Identified;
use sophon_model::{ApiTokenId, Caller, Credential, Error, Kind, NodeId, UserId};

use crate::client::ClientAddress;
use crate::error::Result;
use crate::options::Rates;

/// After so many checks those who have been away for a minute are forgotten. So at most this many, and those of the
/// last minute, are remembered.
const FORGET_EVERY: u32 = 4_096;

/// What kind of asking it is; each has a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Looks at things.
    Read,
    /// Makes, changes or deletes things.
    Write,
    /// Approves, answers and cancels.
    Decide,
    /// Sends messages.
    Chat,
    /// For load balancers, who ask as often as they are told to.
    Unlimited,
}

/// The class of each route: by path as it is registered, then by method. Filled where routes are registered.
pub(crate) type Classes = HashMap<String, HashMap<Method, Class>>;

/// Who is counted. An API token has its own count beside its user's, and so has a node's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asker {
    User(UserId),
    Token(ApiTokenId),
    Node(NodeId),
    Address(Option<IpAddr>),
}

impl Asker {
    fn of(identified: &Identified, address: ClientAddress) -> Self {
        match identified {
            Identified::Nobody | Identified::Rejected => Asker::Address(address.0.map(network)),
            Identified::Node(node) => Asker::Node(node.node.clone()),
            Identified::Caller(Caller { credential: Credential::ApiToken(id), .. }) => {
                Asker::Token(id.clone())
            }
            Identified::Caller(caller) => Asker::User(caller.user.clone()),
        }
    }
}

/// One client commands a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
    }
}

type Limiter<C> = RateLimiter<Asker, DefaultKeyedStateStore<Asker>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The counts of all askers.
pub(crate) struct RateLimits<C: Clock = DefaultClock> {
    classes: Classes,
    read: Limiter<C>,
    write: Limiter<C>,
    decide: Limiter<C>,
    chat: Limiter<C>,
    clock: C,
    checks: AtomicU32,
}

impl RateLimits {
    pub(crate) fn new(rates: &Rates, classes: Classes) -> Self {
        Self::with_clock(rates, classes, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> RateLimits<C> {
    fn with_clock(rates: &Rates, classes: Classes, clock: &C) -> Self {
        let limiter = |rate| {
            RateLimiter::new(Quota::per_minute(rate), DefaultKeyedStateStore::default(), clock.clone())
        };
        Self {
            classes,
            read: limiter(rates.reads),
            write: limiter(rates.writes),
            decide: limiter(rates.approvals),
            chat: limiter(rates.chat),
            clock: clock.clone(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts a request of `route`, and refuses it if there were too many. A method that the route does not have is
    /// not counted: it is refused anyway.
    pub(crate) fn check(
        &self,
        method: &Method,
        route: &str,
        identified: &Identified,
        address: ClientAddress,
    ) -> Result<()> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let limiter = match self.classes.get(route).and_then(|methods| methods.get(method)) {
            Some(Class::Read) => &self.read,
            Some(Class::Write) => &self.write,
            Some(Class::Decide) => &self.decide,
            Some(Class::Chat) => &self.chat,
            Some(Class::Unlimited) | None => return Ok(()),
        };
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.forget_the_idle();
        }
        limiter.check_key(&Asker::of(identified, address)).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let text = "Too many requests of this kind. Wait as long as Retry-After says.";
            Error::new(Kind::RateLimited, text).with_retry_after(wait).into()
        })
    }

    fn forget_the_idle(&self) {
        for limiter in [&self.read, &self.write, &self.decide, &self.chat] {
            limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::response::IntoResponse;
    use governor::clock::FakeRelativeClock;
    use sophon_model::{NodeCaller, Permissions, Role, TenantId};

    use super::*;

    fn caller(user: &str, credential: Credential) -> Identified {
        Identified::Caller(Caller {
            user: UserId::from(user),
            tenant: TenantId::from("tenant_1"),
            role: Role::Admin,
            permissions: Permissions::ALL,
            credential,
        })
    }

    fn limits_of_the_gateway(clock: &FakeRelativeClock) -> RateLimits<FakeRelativeClock> {
        RateLimits::with_clock(&Rates::default(), crate::subjects().split().1, clock)
    }

    fn anonymous(address: &str) -> ClientAddress {
        ClientAddress(Some(address.parse().unwrap()))
    }

    /// How many of `attempts` requests at once are let in.
    fn let_in(
        limits: &RateLimits<FakeRelativeClock>,
        (method, route): (Method, &str),
        caller: &Identified,
        address: ClientAddress,
    ) -> usize {
        (0..200).filter(|_| limits.check(&method, route, caller, address).is_ok()).count()
    }

    const READ: (Method, &str) = (Method::GET, "/api/agents");

    #[test]
    fn each_class_has_the_rate_of_the_seed() {
        let limits = limits_of_the_gateway(&FakeRelativeClock::default());
        let (admin, nowhere) = (caller("usr_1", Credential::AutoAdmin), ClientAddress(None));
        let count = |route| let_in(&limits, route, &admin, nowhere);
        assert_eq!(count(READ), 120);
        assert_eq!(count((Method::HEAD, "/api/sessions")), 0, "reads are counted together");
        assert_eq!(count((Method::POST, "/api/agents")), 60);
        assert_eq!(count((Method::POST, "/api/tasks/{id}/cancel")), 30);
        assert_eq!(count((Method::POST, "/api/chat")), 60);
        assert_eq!(count((Method::GET, "/health")), 200);
    }

    #[test]
    fn who_waits_as_long_as_told_is_let_in_and_not_a_moment_before() {
        let clock = FakeRelativeClock::default();
        let limits = limits_of_the_gateway(&clock);
        let (admin, nowhere) = (caller("usr_1", Credential::AutoAdmin), ClientAddress(None));
        let ask = || limits.check(&Method::POST, "/api/chat", &admin, nowhere);
        while ask().is_ok() {}
        let refused = ask().unwrap_err().into_response();
        assert_eq!(refused.headers()["retry-after"], "1");
        clock.advance(Duration::from_millis(999));
        assert!(ask().is_err());
        clock.advance(Duration::from_millis(1));
        assert!(ask().is_ok());
    }

    #[test]
    fn users_tokens_nodes_and_addresses_are_counted_apart() {
        let limits = limits_of_the_gateway(&FakeRelativeClock::default());
        let here = anonymous("203.0.113.1");
        let count = |caller: &Identified, address| let_in(&limits, READ, caller, address);
        assert_eq!(count(&caller("usr_1", Credential::AutoAdmin), here), 120);
        assert_eq!(count(&caller("usr_2", Credential::AutoAdmin), here), 120);
        let token = Credential::ApiToken(ApiTokenId::from("tok_1"));
        assert_eq!(count(&caller("usr_1", token), here), 120);
        let node = NodeCaller { node: NodeId::from("node_1"), tenant: TenantId::from("tenant_1") };
        assert_eq!(count(&Identified::Node(node), here), 120);
        assert_eq!(count(&Identified::Nobody, here), 120);
        assert_eq!(count(&Identified::Nobody, anonymous("203.0.113.2")), 120);
        assert_eq!(count(&Identified::Nobody, anonymous("2001:db8::1")), 120);
        assert_eq!(count(&Identified::Nobody, anonymous("2001:db8::2")), 0, "the same network");
    }

    #[test]
    fn who_has_been_away_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = limits_of_the_gateway(&clock);
        for asker in 0..=FORGET_EVERY {
            let address = ClientAddress(Some(std::net::Ipv4Addr::from(asker).into()));
            limits.check(&Method::GET, "/api/agents", &Identified::Nobody, address).ok();
            clock.advance(Duration::from_millis(100));
        }
        assert!(limits.read.len() < 20, "{} are remembered", limits.read.len());
    }
}
