//! One request and the beginning of its answer, whatever the wire format.

use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sophon_egress::{Egress, OperatorDoor, Reply};
use sophon_model::ports::{ModelError, ModelStream};
use sophon_model::{Error, Result};

use crate::ProviderConfig;
use crate::answer::{Answer, Reader, play};
use crate::body::{plain, whole};
use crate::failure::{Failure, Reporter};
use crate::names::ToolNames;

/// How much of a refusal's body is read, in bytes.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The way to one provider.
pub(crate) struct Exchange {
    id: String,
    door: OperatorDoor,
    headers: HeaderMap,
    reporter: Reporter,
}

impl Exchange {
    /// Opens the door. `credential` says how the API key is sent.
    pub(crate) fn new(
        config: &ProviderConfig,
        egress: &Egress,
        credential: impl FnOnce(&str) -> (HeaderName, String),
    ) -> Result<Self> {
        let door = egress
            .for_operator(&config.base_url())
            .map_err(|error| Error::validation("base_url", format!("Provider '{}': {error}", config.id)))?;
        let limits = config.limits(door.limits(), door.is_private());
        let door = door.with_limits(limits);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
        let key = config.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        if let Some((name, value)) = key.map(credential) {
            let unusable = |_| Error::validation("api_key", "It has characters that cannot be sent.");
            let mut value = HeaderValue::from_str(&value).map_err(unusable)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let reporter = Reporter::new(config.id.clone(), door.url(), key.map(str::to_owned));
        Ok(Self { id: config.id.clone(), door, headers, reporter })
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    pub(crate) fn with_query(mut self, query: &str) -> Self {
        self.door = self.door.with_query(query);
        self
    }

    /// The provider's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The host that the requests go to.
    pub(crate) fn host(&self) -> &str {
        self.door.host()
    }

    /// Sends a request to `model` and waits for the answer to begin.
    pub(crate) async fn begin(
        &self,
        path: &str,
        model: &str,
        body: &Value,
        names: ToolNames,
        reader: impl Reader,
    ) -> Result<ModelStream, ModelError> {
        let reporter = self.reporter.for_model(model);
        let body = Bytes::from(body.to_string());
        let sent = self.door.post_json(path, self.headers.clone(), body).await;
        let reply = sent.map_err(|error| reporter.error(&Failure::at_the_door(&error)))?;
        if !reply.status.is_success() {
            return Err(self.refusal(reply, &reporter).await);
        }
        let answer = Answer::new(&self.id, model, names);
        let pieces = self.pieces(reply, &reporter)?;
        Ok(Box::pin(play(pieces, reader, answer, reporter)))
    }

    fn pieces(
        &self,
        reply: Reply,
        reporter: &Reporter,
    ) -> Result<
        impl futures_util::Stream<Item = Result<Bytes, sophon_egress::EgressError>> + Send + use<>,
        ModelError,
    > {
        let headers = reply.headers.clone();
        let most = self.door.limits().stream_bytes;
        plain(&headers, reply.into_stream(), self.host(), most).map_err(|encoding| {
            let text = format!("the answer is compressed as '{encoding}', which nobody asked for");
            reporter.error(&Failure::malformed(text))
        })
    }

    async fn refusal(&self, reply: Reply, reporter: &Reporter) -> ModelError {
        let (status, headers) = (reply.status, reply.headers.clone());
        let read = match reply.read_up_to(REFUSAL_BYTES).await {
            Ok((body, _)) => whole(&headers, body.into(), REFUSAL_BYTES).await,
            Err(error) => error.to_string().into(),
        };
        reporter.refusal(status, &headers, &read)
    }
}
