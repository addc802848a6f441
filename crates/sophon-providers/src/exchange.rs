//! One request and the answer as it comes, whatever the wire format.

use std::pin::pin;

use async_stream::stream;
use bytes::Bytes;
use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::{Stream, StreamExt};
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sophon_egress::{Egress, EgressError, OperatorDoor, Reply};
use sophon_model::ports::{ModelError, ModelEvent, ModelStream, StopReason};
use sophon_model::{Error, Result, Usage};

use crate::failure::{Failure, Reporter};
use crate::{ProviderConfig, presets};

/// How much of a refusal's body is read, in bytes.
const REFUSAL_BYTES: usize = 64 * 1024;

/// Whether more records are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Complete,
}

/// Understands the records of one answer.
pub(crate) trait Decoder: Send + 'static {
    /// Reads a record and appends the text and the tool calls that it completes.
    fn read(&mut self, data: &str, events: &mut Vec<ModelEvent>) -> Result<Progress, Failure>;

    /// Consumption, if it was told, and why the model stopped. Asked once, when the answer is complete or nothing more
    /// comes; a failure if the model never said why.
    fn end(&mut self) -> Result<(Option<Usage>, StopReason), Failure>;
}

/// The way to one provider.
pub(crate) struct Exchange {
    door: OperatorDoor,
    headers: HeaderMap,
    reporter: Reporter,
}

impl Exchange {
    /// Opens the door. `credential` says how the API key is sent, and `path` what is appended to the base URL once.
    pub(crate) fn new(
        config: &ProviderConfig,
        egress: &Egress,
        path: &str,
        credential: impl FnOnce(&str) -> (HeaderName, String),
    ) -> Result<Self> {
        let base_url = config.base_url.as_deref().unwrap_or_else(|| presets::base_url(config.kind));
        let door = egress
            .for_operator(&format!("{}{path}", base_url.trim_end_matches('/')))
            .map_err(|error| Error::validation("base_url", error.to_string()))?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let key = config.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        if let Some((name, value)) = key.map(credential) {
            let unusable = |_| Error::validation("api_key", "It has characters that cannot be sent.");
            let mut value = HeaderValue::from_str(&value).map_err(unusable)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let reporter = Reporter::new(config.id.clone(), key.map(str::to_owned));
        Ok(Self { door, headers, reporter })
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// The host that the requests go to.
    pub(crate) fn host(&self) -> &str {
        self.door.host()
    }

    /// Sends the request and waits for the answer to begin.
    pub(crate) async fn begin(
        &self,
        path: &str,
        body: &Value,
        decoder: impl Decoder,
    ) -> Result<ModelStream, ModelError> {
        let body = Bytes::from(body.to_string());
        let sent = self.door.post_json(path, self.headers.clone(), body).await;
        let reply = sent.map_err(|error| self.reporter.error(&Failure::at_the_door(&error)))?;
        if reply.status.is_success() {
            Ok(Box::pin(decode(reply.into_stream(), decoder, self.reporter.clone())))
        } else {
            Err(self.refusal(reply).await)
        }
    }

    async fn refusal(&self, reply: Reply) -> ModelError {
        let (status, headers) = (reply.status, reply.headers.clone());
        match reply.read_up_to(REFUSAL_BYTES).await {
            Ok((body, _)) => self.reporter.refusal(status, &headers, &body),
            Err(error) => self.reporter.refusal(status, &headers, error.to_string().as_bytes()),
        }
    }
}

/// The events of an answer. The last one is an error or a stop.
fn decode(
    bytes: impl Stream<Item = Result<Bytes, EgressError>> + Send,
    mut decoder: impl Decoder,
    reporter: Reporter,
) -> impl Stream<Item = Result<ModelEvent, ModelError>> + Send {
    stream! {
        let mut records = pin!(bytes.eventsource());
        let mut events = Vec::new();
        loop {
            let progress = match records.next().await {
                Some(Ok(record)) => decoder.read(&record.data, &mut events),
                Some(Err(error)) => Err(unreadable(&error)),
                None => Ok(Progress::Complete),
            };
            for event in events.drain(..) {
                yield Ok(event);
            }
            match progress {
                Ok(Progress::More) => {}
                Ok(Progress::Complete) => break,
                Err(failure) => {
                    yield Err(reporter.error(&failure));
                    return;
                }
            }
        }
        match decoder.end() {
            Ok((usage, stop)) => {
                if let Some(usage) = usage {
                    yield Ok(ModelEvent::Usage(usage));
                }
                yield Ok(ModelEvent::Stop(stop));
            }
            Err(failure) => yield Err(reporter.error(&failure)),
        }
    }
}

fn unreadable(error: &EventStreamError<EgressError>) -> Failure {
    match error {
        EventStreamError::Transport(error) => Failure::on_the_way(error),
        EventStreamError::Utf8(_) | EventStreamError::Parser(_) => {
            Failure::malformed("the answer is not a stream of events")
        }
    }
}
