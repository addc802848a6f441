//! `/hubs/node`: where nodes get their commands and report the outcomes.
//!
//! What a node is to be sent is in storage, not on the bus: each connection has a task that fetches it, so that it
//! does not matter which process the caller talks to.

mod machines;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use signalr::{Call, ClientError, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::{NodeEvent, RefreshScopes, ReportResult, RevokeAccess, ScopeChanged};
use sophon_api::{CommandResult, ExecuteCommand, NodeHeartbeat};
use sophon_core::Gateway;
use sophon_core::identity::Identified;
use sophon_core::nodes::{Heartbeat, NodeInstruction, Outcome};
use sophon_core::rates::{Asker, Class};
use sophon_model::{Event, NodeCommand, NodeCommandId, NodeId, NodeScope, Topic};

use tokio::time::Instant;

use super::error::hub_error;
use super::project::invocation;
use super::refusals::{self, CallError};
use machines::Machines;

/// Why a connection ends when its node was deleted.
const REVOKED: &str = "The node was deleted: its access is revoked.";
/// Why a connection ends when the node's tenant is not in use.
const SUSPENDED: &str = "The node's tenant is not in use. Ask an administrator of the gateway.";
/// Why a connection ends when the same node comes again.
const REPLACED: &str = "The node has connected again.";
/// Why a connection ends that cannot be served.
const UNAVAILABLE: &str = "The gateway cannot serve the node now. Come back in a moment.";
/// What stock clients answer, in this or nearly these words, when no handler returned a value. The result comes by
/// `CommandResult` then.
const NO_RESULT: &str = "provide a result";
/// A node that says more often how it is is not listened to.
const HEARD_EVERY: Duration = Duration::from_secs(1);
/// How long an answer is waited for after the command's own time.
const TO_ANSWER: Duration = Duration::from_secs(2);
/// The largest message of a node, in bytes: a result and what stands around it.
pub(super) const LARGEST_MESSAGE: usize = 512 * 1024;

#[derive(Clone)]
pub(crate) struct NodeHub {
    gateway: Gateway,
    machines: Machines,
    /// The connection of each node that is here: a new one takes the place of the old one.
    connected: Arc<Mutex<HashMap<NodeId, Here>>>,
}

/// A node that is here.
struct Here {
    connection: Connection<NodeHub>,
    /// When it last said how it is.
    heard: Option<Instant>,
}

impl NodeHub {
    pub(super) fn new(gateway: Gateway) -> Self {
        Self { machines: Machines::new(gateway.clone()), gateway, connected: Arc::default() }
    }
}

impl Hub for NodeHub {
    type Auth = Machines;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &Machines {
        &self.machines
    }

    fn project<'a>(&'a self, _: u64, _: &'a Event) -> Option<Invocation<'a>> {
        None
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] =
            &[Method::new("Heartbeat"), Method::new("CommandResult"), Method::new("ScopeChanged")];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        let scopes = self.gateway.nodes.scopes(connection.caller()).await.map_err(hub_error)?;
        let here = Here { connection: connection.clone(), heard: None };
        let replaced = self.connected.lock().insert(connection.caller().node.clone(), here);
        if let Some(replaced) = replaced {
            replaced.connection.close(Some(REPLACED), false);
        }
        let (hub, connection) = (self.clone(), connection.clone());
        self.gateway.lifecycle.spawn(async move { hub.attend(&connection, scopes).await });
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        let mut connected = self.connected.lock();
        let node = &connection.caller().node;
        if connected.get(node).is_some_and(|here| here.connection.id() == connection.id()) {
            connected.remove(node);
        }
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let method = call.method().to_owned();
        let outcome = self.call(connection, call).await;
        refusals::answer(&self.gateway, connection.caller(), (super::FOR_NODES, &method), outcome)
    }
}

impl NodeHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        match call.method() {
            "Heartbeat" => {
                let (heartbeat,): (NodeHeartbeat,) = call.arguments()?;
                let heartbeat = Heartbeat::from(heartbeat);
                if !heartbeat.is_last && !self.listens(connection) {
                    return Ok(Reply::Void);
                }
                let node = Identified::Node(connection.caller().clone());
                self.gateway.rates.check(Class::Write, &Asker::of(&node, None))?;
                self.gateway.nodes.record_heartbeat(connection.caller(), heartbeat).await?;
            }
            // Not counted: there are no more of them than there were commands, and none may be lost.
            "CommandResult" => {
                let (ReportResult { command_id, outcome },) = call.arguments()?;
                let reported = self.gateway.nodes.report(connection.caller(), &command_id, outcome.into());
                reported.await?;
            }
            // The scopes that count are ours; that the node has heard of them changes nothing.
            "ScopeChanged" => {
                let (ScopeChanged { scopes },) = call.arguments()?;
                tracing::debug!(node = %connection.caller().node, ?scopes, "a node knows its scopes");
            }
            _ => return Err(HubError::UnknownMethod.into()),
        }
        Ok(Reply::Void)
    }

    /// Whether it is time for another heartbeat of this node. What comes in between says nothing new, and would
    /// be a write and an event each.
    fn listens(&self, connection: &Connection<Self>) -> bool {
        let mut connected = self.connected.lock();
        let Some(here) = connected.get_mut(&connection.caller().node) else { return false };
        let is_time = here.heard.is_none_or(|heard| heard.elapsed() >= HEARD_EVERY);
        if is_time {
            here.heard = Some(Instant::now());
        }
        is_time
    }

    /// Sends the node its commands and its scopes, until the connection ends.
    async fn attend(&self, connection: &Connection<Self>, mut believed: Vec<NodeScope>) {
        let caller = connection.caller();
        loop {
            let errand = tokio::select! {
                errand = self.gateway.nodes.next_instruction(caller, &believed) => errand,
                () = connection.closed() => return,
            };
            let sent = match errand {
                Ok(NodeInstruction::Tell { scopes, commands }) => {
                    for command in commands {
                        self.execute(connection, command);
                    }
                    match scopes {
                        Some(scopes) => {
                            believed.clone_from(&scopes);
                            let refresh = invocation(NodeEvent::RefreshScopes(RefreshScopes { scopes }));
                            connection.send(refresh).await
                        }
                        None => Ok(()),
                    }
                }
                Ok(NodeInstruction::Revoked) => {
                    let sent = connection.send(invocation(NodeEvent::RevokeAccess(RevokeAccess {}))).await;
                    connection.close(Some(REVOKED), false);
                    sent
                }
                Ok(NodeInstruction::Suspended) => {
                    connection.close(Some(SUSPENDED), true);
                    Ok(())
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "a node cannot be served");
                    connection.close(Some(UNAVAILABLE), true);
                    Ok(())
                }
            };
            if sent.is_err() || connection.is_closed() {
                return;
            }
        }
    }

    /// Sends a command that was handed out to this connection, and takes in what the node returns.
    fn execute(&self, connection: &Connection<Self>, command: NodeCommand) {
        let (hub, connection) = (self.clone(), connection.clone());
        self.gateway.lifecycle.spawn(async move {
            let left = hub.gateway.nodes.time_left(&command);
            let id = command.id.clone();
            let invocation = invocation(NodeEvent::ExecuteCommand(ExecuteCommand::new(command, left)));
            let returned = connection.invoke_client::<serde_json::Value>(invocation, left + TO_ANSWER).await;
            match returned {
                Ok(value) => hub.take_in(&connection, &id, outcome(value)).await,
                Err(ClientError::Failed(message)) if !message.contains(NO_RESULT) => {
                    let outcome = Outcome::Failed { code: "failed".into(), message };
                    hub.take_in(&connection, &id, outcome).await;
                }
                // It may still come by `CommandResult`; when its time is over, the core says so.
                Err(_) => {}
            }
        });
    }

    async fn take_in(&self, connection: &Connection<Self>, id: &NodeCommandId, outcome: Outcome) {
        if let Err(error) = self.gateway.nodes.report(connection.caller(), id, outcome).await {
            tracing::warn!(command = %id, %error, "what a node returned could not be taken in");
        }
    }
}

/// What a handler returned: an answer of the usual shape, or the result itself.
fn outcome(returned: serde_json::Value) -> Outcome {
    CommandResult::deserialize(&returned).map_or(Outcome::Done(returned), Outcome::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_handler_may_return_an_answer_or_the_bare_result() {
        assert_eq!(outcome(json!({ "ok": true, "result": [1] })), Outcome::Done(json!([1])));
        assert_eq!(outcome(json!({ "os": "linux" })), Outcome::Done(json!({ "os": "linux" })));
        assert_eq!(outcome(json!("text")), Outcome::Done(json!("text")));
        let refused = json!({ "ok": false, "error": { "code": "consent_denied", "message": "No." } });
        let expected = Outcome::Failed { code: "consent_denied".into(), message: "No.".into() };
        assert_eq!(outcome(refused), expected);
        let dotnet = json!({ "Ok": false, "Error": { "Code": "consent_denied", "Message": "No." } });
        let expected = Outcome::Failed { code: "consent_denied".into(), message: "No.".into() };
        assert_eq!(outcome(dotnet), expected);
        let newer = json!({ "ok": true, "result": 1, "tookMs": 5 });
        assert_eq!(outcome(newer), Outcome::Done(json!(1)));
        let in_words = outcome(json!({ "ok": false, "error": "It broke." }));
        assert_eq!(in_words, Outcome::Failed { code: "failed".into(), message: "It broke.".into() });
    }
}
