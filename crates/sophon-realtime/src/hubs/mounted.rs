//! A hub for people at its address, whatever it tells.

use std::time::Duration;

use axum::Router;
use futures_util::future::BoxFuture;
use signalr::{Hub, HubServer, Method};
use sophon_model::{Caller, Event, Topic};

use super::sign_in::People;

/// What is done with all hubs for people alike.
pub(super) trait Mounted: Send + Sync {
    /// Its routes.
    fn router(&self) -> Router;
    /// Its address, and the methods that clients may call.
    fn methods(&self) -> (&'static str, &'static [Method]);
    /// How many connections are open.
    fn connection_count(&self) -> usize;
    /// Who is connected, once for each connection.
    fn callers(&self) -> Vec<Caller>;
    /// Closes the connections of the callers that match, for good.
    fn close_where(&self, matches: &dyn Fn(&Caller) -> bool, reason: &str);
    /// Closes all connections and waits for them to end; false if some had not within `limit`.
    fn drain<'a>(&'a self, reason: &'a str, limit: Duration) -> BoxFuture<'a, bool>;
}

/// A hub and its address.
pub(super) struct At<H: Hub>(pub(super) &'static str, pub(super) HubServer<H>);

impl<H: Hub<Auth = People, Topic = Topic, Event = Event>> Mounted for At<H> {
    fn router(&self) -> Router {
        self.1.router(self.0)
    }

    fn methods(&self) -> (&'static str, &'static [Method]) {
        (self.0, self.1.hub().methods())
    }

    fn connection_count(&self) -> usize {
        self.1.connection_count()
    }

    fn callers(&self) -> Vec<Caller> {
        self.1.connections().iter().map(|connection| connection.caller().clone()).collect()
    }

    fn close_where(&self, matches: &dyn Fn(&Caller) -> bool, reason: &str) {
        self.1.close_where(matches, Some(reason), false);
    }

    fn drain<'a>(&'a self, reason: &'a str, limit: Duration) -> BoxFuture<'a, bool> {
        Box::pin(self.1.drain(reason, limit))
    }
}
