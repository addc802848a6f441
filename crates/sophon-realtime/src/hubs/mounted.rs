//! A hub for people at its address, for any of its events.

use std::time::Duration;

use axum::Router;
use futures_util::future::BoxFuture;
use signalr::{Figures, Hub, HubServer, Method};
use sophon_core::identity::{AuthorizationState, Identity};
use sophon_model::RightsOf;

use super::sign_in::ForPeople;

/// Why a connection ends when its credential does.
const REVOKED: &str = "The credential was revoked. Sign in again.";
/// Why a connection ends when its user may do more or less than before.
const CHANGED: &str = "Your rights have changed. Connect again.";

/// What is done with all hubs for people alike.
pub(super) trait Mounted: Send + Sync {
    /// Its routes.
    fn router(&self) -> Router;
    /// Its address, and the methods that clients may call.
    fn methods(&self) -> (&'static str, &'static [Method]);
    /// What it has and has done.
    fn figures(&self) -> Figures;
    /// Closes the connections of those whose rights have changed, or of everybody, whose rights are others than they were
    /// opened with.
    fn review<'a>(&'a self, identity: &'a Identity, of: Option<&'a RightsOf>) -> BoxFuture<'a, ()>;
    /// Closes all connections and waits for them to end; false if some had not within `limit`.
    fn drain<'a>(&'a self, reason: &'a str, limit: Duration) -> BoxFuture<'a, bool>;
}

/// A hub and its address.
pub(super) struct At<H: Hub>(pub(super) &'static str, pub(super) HubServer<H>);

impl<H: ForPeople> Mounted for At<H> {
    fn router(&self) -> Router {
        self.1.router(self.0)
    }

    fn methods(&self) -> (&'static str, &'static [Method]) {
        (self.0, self.1.hub().methods())
    }

    fn figures(&self) -> Figures {
        self.1.figures()
    }

    fn review<'a>(&'a self, identity: &'a Identity, of: Option<&'a RightsOf>) -> BoxFuture<'a, ()> {
        let mut connections = self.1.connections();
        connections.retain(|connection| of.is_none_or(|of| of.concern(connection.caller())));
        Box::pin(async move {
            for connection in connections {
                match identity.standing(connection.caller()).await {
                    Ok(AuthorizationState::Unchanged) => {}
                    Ok(AuthorizationState::Changed) => connection.close(Some(CHANGED), true),
                    Ok(AuthorizationState::Ended) => connection.close(Some(REVOKED), false),
                    // Storage in trouble is no reason to cut off everybody. The next look is soon.
                    Err(error) => tracing::warn!(%error, "the rights of a connection cannot be looked at"),
                }
            }
        })
    }

    fn drain<'a>(&'a self, reason: &'a str, limit: Duration) -> BoxFuture<'a, bool> {
        Box::pin(self.1.drain(reason, limit))
    }
}
