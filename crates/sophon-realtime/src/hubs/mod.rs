//! The SignalR hubs of seed 000.

mod approvals;
mod chat;
mod discussion;
mod error;
mod groups;
mod mounted;
mod named;
mod node;
mod notifications;
mod project;
mod rates;
mod refusals;
mod share;
mod sign_in;
mod tasks;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use futures_util::future::{join, join_all};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signalr::{Figures, Hub, HubServer, Options, Slots, plain_path};
use sophon_core::Gateway;
use sophon_core::identity::Identity;
use sophon_model::{Event, RightsOf, Topic};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, interval_at};

use crate::slots::{APPROVALS_HUB, CHAT_HUB, DISCUSSION_HUB, NODE_HUB, NOTIFICATIONS_HUB, TASKS_HUB};
use approvals::ApprovalsHub;
use chat::ChatHub;
use discussion::DiscussionHub;
use mounted::{At, Mounted};
use node::NodeHub;
use notifications::NotificationsHub;
use sign_in::People;
use tasks::TasksHub;

/// Where all hubs are.
const UNDER: &str = "/hubs/";
/// The address of the one hub that is not for people.
const FOR_NODES: &str = "/hubs/node";
/// How often all connections are looked at: tokens lapse, and another process may have changed what this one serves.
const LOOK_EVERY: Duration = Duration::from_secs(25);
/// Why connections end when the gateway does.
const RESTARTING: &str = "The gateway is restarting.";

/// Where the events of a session go; `hubs.session_events` in the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
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
    people: Arc<[Box<dyn Mounted>]>,
    nodes: HubServer<NodeHub>,
}

impl Hubs {
    /// The hubs of `gateway`, with `options` for each.
    pub fn new(gateway: &Gateway, options: &Options, scope: SessionEventScope) -> Self {
        let people = People::new(gateway.clone());
        let chat = ChatHub::new(gateway.clone(), people.clone(), scope);
        let at = Mounting { gateway, options };
        let for_nodes = Options { max_message_bytes: node::LARGEST_MESSAGE, ..options.clone() };
        let nodes = NodeHub::new(gateway.clone());
        Self {
            nodes: HubServer::new(nodes, gateway.db.bus().clone(), NODE_HUB, for_nodes),
            people: Arc::new([
                at.at(chat::ADDRESS, chat, CHAT_HUB),
                at.at(tasks::ADDRESS, TasksHub::new(gateway.clone(), people.clone()), TASKS_HUB),
                at.at(approvals::ADDRESS, ApprovalsHub::new(gateway.clone(), people.clone()), APPROVALS_HUB),
                at.at(
                    notifications::ADDRESS,
                    NotificationsHub::new(gateway.clone(), people.clone()),
                    NOTIFICATIONS_HUB,
                ),
                at.at(discussion::ADDRESS, DiscussionHub::new(gateway.clone(), people), DISCUSSION_HUB),
            ]),
        }
    }

    /// A request as [`router`](Self::router) takes it: clients may write the addresses of hubs in any case, and with a
    /// slash at the end. To be called before a route is chosen.
    pub fn plain_path<B>(request: http::Request<B>) -> http::Request<B> {
        plain_path(request, UNDER)
    }

    /// Their routes, and an answer for every other address under `/hubs`.
    pub fn router(&self) -> Router {
        let unknown = || async { (StatusCode::NOT_FOUND, "There is no hub at this address.") };
        let none = Router::new().route("/hubs", any(unknown)).route("/hubs/{*unknown}", any(unknown));
        self.people
            .iter()
            .fold(self.nodes.router(FOR_NODES).merge(none), |router, hub| router.merge(hub.router()))
    }

    /// All that clients may call: the address of a hub and the name of a method, each.
    pub fn methods(&self) -> Vec<(&'static str, &'static str)> {
        let nodes = std::iter::once((FOR_NODES, self.nodes.hub().methods()));
        let hubs = self.people.iter().map(|hub| hub.methods()).chain(nodes);
        hubs.flat_map(|(hub, methods)| methods.iter().map(move |method| (hub, method.name()))).collect()
    }

    /// What each hub has and has done, by its address.
    pub fn figures(&self) -> Vec<(&'static str, Figures)> {
        let nodes = std::iter::once((FOR_NODES, self.nodes.figures()));
        self.people.iter().map(|hub| (hub.methods().0, hub.figures())).chain(nodes).collect()
    }

    /// Closes connections whose rights are others than they were opened with, until no connection is
    /// served any more.
    pub async fn watch_rights(self, gateway: Gateway) {
        let mut changes = gateway.identity.changes();
        let mut look = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        loop {
            tokio::select! {
                changed = changes.recv() => match changed {
                    Ok(of) => self.review(&gateway.identity, Some(&of)).await,
                    // Too many at once to send each.
                    Err(RecvError::Lagged(_)) => self.review(&gateway.identity, None).await,
                    Err(RecvError::Closed) => return,
                },
                _ = look.tick() => self.review(&gateway.identity, None).await,
                () = gateway.lifecycle.followers_released() => return,
            }
        }
    }

    async fn review(&self, identity: &Identity, of: Option<&RightsOf>) {
        for hub in &*self.people {
            hub.review(identity, of).await;
        }
    }

    /// Closes all connections with a reason and waits for them to end; false if some had not within `limit`.
    pub async fn drain(&self, limit: Duration) -> bool {
        let people = join_all(self.people.iter().map(|hub| hub.drain(RESTARTING, limit)));
        let (people, nodes) = join(people, self.nodes.drain(RESTARTING, limit)).await;
        nodes && people.into_iter().all(|drained| drained)
    }
}

struct Mounting<'a> {
    gateway: &'a Gateway,
    options: &'a Options,
}

impl Mounting<'_> {
    fn at<H>(&self, path: &'static str, hub: H, slots: Slots) -> Box<dyn Mounted>
    where
        H: Hub<Auth = People, Topic = Topic, Event = Event>,
    {
        let bus = self.gateway.db.bus().clone();
        Box::new(At(path, HubServer::new(hub, bus, slots, self.options.clone())))
    }
}
