//! The SignalR hubs of seed 000.

mod chat;
mod error;
mod project;
mod rejoin;
mod sign_in;
mod tasks;

use std::time::Duration;

use axum::Router;
use signalr::{HubServer, Options};
use sophon_core::Gateway;
use sophon_core::identity::Revoked;
use sophon_model::Caller;
use tokio::sync::broadcast::error::RecvError;

use crate::slots::{CHAT_HUB, TASKS_HUB};
use chat::ChatHub;
use sign_in::People;
use tasks::TasksHub;

/// Why a connection ends when its credential does.
const REVOKED: &str = "The credential was revoked. Sign in again.";
/// Why connections end when the gateway does.
const RESTARTING: &str = "The gateway is restarting.";

/// Where the events of a session go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionEventScope {
    /// To the connections that joined the session: the rule since 1.11.
    #[default]
    Session,
    /// To all connections of the session's owner: the rule before.
    User,
}

/// All hubs at work.
#[derive(Clone)]
pub struct Hubs {
    chat: HubServer<ChatHub>,
    tasks: HubServer<TasksHub>,
}

impl Hubs {
    /// The hubs of `gateway`, with `options` for each.
    pub fn new(gateway: &Gateway, options: &Options, scope: SessionEventScope) -> Self {
        let bus = gateway.db.bus();
        let people = People::new(gateway.clone());
        Self {
            chat: HubServer::new(
                ChatHub::new(gateway.clone(), people.clone(), scope),
                bus.clone(),
                CHAT_HUB,
                options.clone(),
            ),
            tasks: HubServer::new(TasksHub::new(people), bus.clone(), TASKS_HUB, options.clone()),
        }
    }

    /// Their routes.
    pub fn router(&self) -> Router {
        Router::new().merge(self.chat.router("/hubs/chat")).merge(self.tasks.router("/hubs/tasks"))
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.chat.connection_count() + self.tasks.connection_count()
    }

    /// Closes the connections of revoked credentials until the gateway stops.
    pub async fn watch_revocations(self, gateway: Gateway) {
        let mut revocations = gateway.identity.revocations();
        loop {
            let revoked = tokio::select! {
                revoked = revocations.recv() => revoked,
                () = gateway.lifecycle.draining() => return,
            };
            match revoked {
                Ok(revoked) => self.close_where(&|caller| revoked.ends(caller)),
                // Too many at once to be told of each: look at every connection.
                Err(RecvError::Lagged(_)) => self.close_dead(&gateway).await,
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn close_where(&self, matches: &impl Fn(&Caller) -> bool) {
        self.chat.close_where(matches, Some(REVOKED), false);
        self.tasks.close_where(matches, Some(REVOKED), false);
    }

    async fn close_dead(&self, gateway: &Gateway) {
        let chat = self.chat.connections().into_iter().map(|connection| connection.caller().clone());
        let tasks = self.tasks.connections().into_iter().map(|connection| connection.caller().clone());
        for caller in chat.chain(tasks) {
            if matches!(gateway.identity.is_live(&caller).await, Ok(false)) {
                let dead = match &caller.credential {
                    sophon_model::Credential::Access(id, _) => Revoked::SignIn(id.clone()),
                    sophon_model::Credential::ApiToken(id) => Revoked::ApiToken(id.clone()),
                    sophon_model::Credential::AutoAdmin | sophon_model::Credential::Agent(_) => continue,
                };
                self.close_where(&|other| dead.ends(other));
            }
        }
    }

    /// Closes all connections with a reason and waits for them to end; false if some had not within `limit`.
    pub async fn drain(&self, limit: Duration) -> bool {
        let (chat, tasks) =
            tokio::join!(self.chat.drain(RESTARTING, limit), self.tasks.drain(RESTARTING, limit));
        chat && tasks
    }
}
