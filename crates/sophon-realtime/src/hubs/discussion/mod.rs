//! `/hubs/discussion`: following runs of discussions.

mod project;

use fanout::Start;
use serde::{Deserialize, Serialize};
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_core::Gateway;
use sophon_core::live::catch_up;
use sophon_model::{DiscussionRun, DiscussionRunId, DiscussionRunStatus, Event, Topic};

use super::error::hub_error;
use super::sign_in::People;

/// Runs that one connection may follow.
const MOST_RUNS: usize = 100;

pub(crate) struct DiscussionHub {
    gateway: Gateway,
    people: People,
}

impl DiscussionHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { gateway, people }
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
        let Event::Discussion(event) = event else { return None };
        Some(project::discussion(seq, event))
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] =
            &[Method::new("Subscribe"), Method::new("Unsubscribe"), Method::new("CancelRun")];
        METHODS
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let (run,): (RunRef,) = call.arguments()?;
        match call.method() {
            "Subscribe" => self.subscribe(connection, run).await,
            "Unsubscribe" => {
                connection.unfollow(&Topic::Discussion(run.id()));
                Ok(Reply::Void)
            }
            "CancelRun" => {
                self.gateway.discussions.cancel(connection.caller(), &run.id()).await.map_err(hub_error)?;
                Ok(Reply::Void)
            }
            _ => Err(HubError::UnknownMethod),
        }
    }
}

impl DiscussionHub {
    /// Follows a run: from now on, or from where the client left (`since`).
    async fn subscribe(&self, connection: &Connection<Self>, wanted: RunRef) -> Result<Reply, HubError> {
        let (id, since) = (wanted.id(), wanted.since());
        // Before the run is read: what happens to it after that is told.
        let seq = self.gateway.db.bus().last_seq();
        let found = self.gateway.discussions.run(connection.caller(), &id).await.map_err(hub_error)?;
        let topic = Topic::Discussion(id.clone());
        let followed = connection.followed();
        if followed.len() >= MOST_RUNS && !followed.contains(&topic) {
            let text = format!(
                "conflict: A connection follows at most {MOST_RUNS} runs. Unsubscribe from one first."
            );
            return Err(HubError::message(text));
        }
        let Some(since) = since else {
            connection.follow(&topic, Start::After(seq));
            return Ok(Reply::value(Subscribed::new(&found.run, seq, true)));
        };
        let missed = catch_up(&self.gateway.db, &topic, since).await.map_err(hub_error)?;
        for entry in &missed.missed {
            if let Some(invocation) = self.project(entry.seq(), entry.value()) {
                connection.send(invocation).await?;
            }
        }
        let complete_after = connection.follow(&topic, Start::After(missed.resume_after));
        // Should the log have moved on in between, the client must know that it misses something.
        let complete = missed.complete && complete_after <= missed.resume_after;
        Ok(Reply::value(Subscribed::new(&found.run, seq, complete)))
    }
}

/// A run as clients name it: its bare id, or an object with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum RunRef {
    Id(DiscussionRunId),
    #[serde(rename_all = "camelCase")]
    Object {
        run_id: DiscussionRunId,
        #[serde(default)]
        since: Option<u64>,
    },
}

impl RunRef {
    fn id(&self) -> DiscussionRunId {
        match self {
            RunRef::Id(id) | RunRef::Object { run_id: id, .. } => id.clone(),
        }
    }

    fn since(&self) -> Option<u64> {
        match self {
            RunRef::Id(_) => None,
            RunRef::Object { since, .. } => *since,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscribed {
    run_id: String,
    /// The status is that of this moment; what happened later is told.
    seq: u64,
    complete: bool,
    status: DiscussionRunStatus,
}

impl Subscribed {
    fn new(run: &DiscussionRun, seq: u64, complete: bool) -> Self {
        Self { run_id: run.id.to_string(), seq, complete, status: run.status }
    }
}
