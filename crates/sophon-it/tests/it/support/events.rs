//! An `EventSource` on a session.

use std::pin::Pin;

use eventsource_stream::{Event, Eventsource};
use futures_util::{Stream, StreamExt};
use reqwest::Method;
use serde_json::Value;

use super::{Http, soon};

pub struct Events {
    stream: Pin<Box<dyn Stream<Item = Event> + Send>>,
}

impl Events {
    /// Follows a public session.
    pub async fn open(base: &str, session: &str, last_event_id: Option<u64>) -> Self {
        Self::open_with(&Http::new(base), session, last_event_id).await
    }

    /// Follows a session with the token of this client.
    pub async fn open_with(http: &Http, session: &str, last_event_id: Option<u64>) -> Self {
        let mut request = http.request(Method::GET, &format!("/api/sessions/{session}/stream"));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        // A broken connection ends the stream, as a closed one does.
        let stream =
            response.bytes_stream().eventsource().take_while(|event| std::future::ready(event.is_ok()));
        Self { stream: Box::pin(stream.filter_map(|event| std::future::ready(event.ok()))) }
    }

    /// The next event but heartbeats: its name, id and data. Nothing once the server has closed.
    pub async fn next(&mut self) -> Option<(String, String, Value)> {
        soon("an event", async {
            while let Some(event) = self.stream.next().await {
                if event.event != "heartbeat" {
                    return Some((event.event, event.id, serde_json::from_str(&event.data).unwrap()));
                }
            }
            None
        })
        .await
    }

    /// The data of the next event with this name.
    pub async fn named(&mut self, name: &str) -> Value {
        loop {
            let (event, _, data) = self.next().await.expect("the stream lives");
            if event == name {
                return data;
            }
        }
    }
}
