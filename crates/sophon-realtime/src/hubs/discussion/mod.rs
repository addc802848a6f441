//! `/hubs/discussion`: following runs of discussions.

mod project;

use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::{RunRef, Subscribed};
use sophon_core::Gateway;
use sophon_model::{DiscussionRunId, Event, Topic};

use super::groups::{Groups, Membership};
use super::named::named;
use super::project::invocation;
use super::rates;
use super::refusals::{self, CallError};
use super::sign_in::People;

/// Where it is.
pub(super) const ADDRESS: &str = "/hubs/discussion";

pub(crate) struct DiscussionHub {
    gateway: Gateway,
    people: People,
    groups: Groups,
}

impl DiscussionHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { groups: Groups::new(gateway.clone(), "runs"), gateway, people }
    }
}

impl Hub for DiscussionHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        match event {
            Event::Discussion(event) => Some(invocation(project::discussion(seq, event))),
            Event::Message(_)
            | Event::Task(_)
            | Event::ToolCall(_)
            | Event::Session(_)
            | Event::Marks(_)
            | Event::Approval(_)
            | Event::InfoRequest(_)
            | Event::Node(_)
            | Event::Announcement(_) => None,
        }
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] =
            &[Method::new("Subscribe"), Method::new("Unsubscribe"), Method::new("CancelRun")];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        self.groups.connected(connection, []).await;
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        self.groups.disconnected(connection);
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let method = call.method().to_owned();
        let outcome = self.call(connection, call).await;
        refusals::answer(&self.gateway, connection.caller(), (ADDRESS, &method), outcome)
    }
}

impl DiscussionHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        let run: RunRef = named::<_, DiscussionRunId>(&call)?;
        match call.method() {
            "Subscribe" => self.subscribe(connection, run).await,
            "Unsubscribe" => {
                self.groups.leave(connection, &Topic::Discussion(run.run_id));
                Ok(Reply::Void)
            }
            "CancelRun" => {
                self.gateway.discussions.cancel(connection.caller(), &run.run_id).await?;
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod.into()),
        }
    }

    /// Follows a run: from now on, or from where the client left (`since`).
    async fn subscribe(&self, connection: &Connection<Self>, wanted: RunRef) -> Result<Reply, CallError> {
        let run_id = wanted.run_id;
        let topic = Topic::Discussion(run_id.clone());
        // Before the run is read: what happens to it after that is sent.
        let since = wanted.since.unwrap_or_else(|| self.gateway.db.bus().shown(&topic));
        let place = self.groups.catch_up(self, connection, &topic, Some(since)).await?;
        let found = self.gateway.discussions.run(connection.caller(), &run_id).await?;
        let Membership { seq, complete } = self.groups.join_at(connection, &topic, place)?;
        self.groups.confirm(connection, &topic).await?;
        Ok(Reply::value(Subscribed { run_id, seq, complete, status: found.run.status }))
    }
}
