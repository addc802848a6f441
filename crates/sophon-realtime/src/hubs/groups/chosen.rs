//! The groups that clients choose: by joining them, or by sending something there.

use std::collections::HashMap;

use signalr::ConnectionId;
use sophon_model::Topic;

/// Groups that the client of a connection may choose.
pub(super) const MOST_CHOSEN: usize = 100;

/// A group that a client chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) topic: Topic,
    /// The client did not join the group, but sent something there. Where there is no room for another group, it leaves
    /// the oldest of these.
    pub(super) by_sending: bool,
}

/// Whether clients choose the group; all others are followed from the start.
pub(super) fn is_chosen(topic: &Topic) -> bool {
    match topic {
        Topic::Session(_) | Topic::Task(_) | Topic::Tasks(_) | Topic::Discussion(_) | Topic::Node(_) => true,
        Topic::User(_) | Topic::Feed(_) | Topic::Tenant(_) | Topic::Approvals(_) | Topic::Holders(..) => {
            false
        }
    }
}

/// The groups that clients chose by sending and did not join, oldest first.
#[derive(Debug, Default)]
pub(super) struct BySending(HashMap<ConnectionId, Vec<Topic>>);

impl BySending {
    pub(super) fn add(&mut self, connection: ConnectionId, topic: &Topic) {
        let groups = self.0.entry(connection).or_default();
        if !groups.contains(topic) {
            groups.push(topic.clone());
        }
    }

    /// Adds one that the client chose before all others, on a connection that it has lost.
    pub(super) fn add_older(&mut self, connection: ConnectionId, topic: &Topic) {
        let groups = self.0.entry(connection).or_default();
        if !groups.contains(topic) {
            groups.insert(0, topic.clone());
        }
    }

    pub(super) fn remove(&mut self, connection: ConnectionId, topic: &Topic) {
        let Some(groups) = self.0.get_mut(&connection) else { return };
        groups.retain(|other| other != topic);
        if groups.is_empty() {
            self.0.remove(&connection);
        }
    }

    pub(super) fn oldest(&self, connection: ConnectionId) -> Option<&Topic> {
        self.0.get(&connection)?.first()
    }

    /// All groups of a connection that has ended.
    pub(super) fn take(&mut self, connection: ConnectionId) -> Vec<Topic> {
        self.0.remove(&connection).unwrap_or_default()
    }
}
