//! Sending messages.

use sophon_api::{Accepted, SendMessage};

use crate::{Client, ClientError};

impl Client {
    /// `POST /api/chat`. With the same `key` the message is applied once, however often it is sent.
    pub async fn send_message(&self, message: &SendMessage, key: &str) -> Result<Accepted, ClientError> {
        self.fetch(self.post(&["api", "chat"])?.json(message).once(key)).await
    }
}
