//! A provider: one request and the beginning of its answer, whatever the wire format.

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use sophon_egress::{Egress, OperatorDoor, Reply};
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_model::{Error, Result};

use crate::ProviderConfig;
use crate::answer::{Answer, play};
use crate::body::{plain, whole};
use crate::failure::{Failure, Reporter};
use crate::format::{Addressee, Format};
use crate::names::ToolNames;

/// How much of a refusal's body is read, in bytes.
const REFUSAL_BYTES: usize = 64 * 1024;

/// A provider that is asked in its format through one door.
pub(crate) struct Provider {
    id: String,
    /// Never none.
    models: Vec<ModelInfo>,
    format: &'static dyn Format,
    door: OperatorDoor,
    headers: HeaderMap,
    reporter: Reporter,
    longest_record: usize,
}

impl Provider {
    /// Opens the door. Fails with a validation error if the base URL or the API key cannot be used.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let format = config.kind.format();
        let mut door = egress
            .for_operator(&config.base_url())
            .map_err(|error| Error::validation("base_url", format!("Provider '{}': {error}", config.id)))?;
        let limits = config.limits(door.limits(), door.is_private());
        door = door.with_limits(limits);
        if let Some(query) = format.query() {
            door = door.with_query(query);
        }
        let key = config.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let reporter = Reporter::new(config.id.clone(), door.url(), key.map(str::to_owned));
        let headers = headers(format, key)?;
        let (id, models, longest_record) = (config.id.clone(), config.models(), config.longest_record());
        Ok(Self { id, models, format, door, headers, reporter, longest_record })
    }

    /// The model that is asked, as far as it is known: one that is not on offer has the limits of the first.
    fn model(&self, wanted: Option<&str>) -> ModelInfo {
        let first = &self.models[0];
        let Some(wanted) = wanted else { return first.clone() };
        let known = self.models.iter().find(|model| model.id == wanted).cloned();
        known.unwrap_or_else(|| ModelInfo { id: wanted.to_owned(), ..first.clone() })
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
        plain(&headers, reply.into_stream(), self.door.host(), most).map_err(|encoding| {
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

#[async_trait]
impl ModelProvider for Provider {
    fn id(&self) -> &str {
        &self.id
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = self.model(request.model.as_deref());
        let reporter = self.reporter.for_model(&model.id);
        let to = Addressee { host: self.door.host(), model: &model };
        let body = Bytes::from(self.format.body(&request, &to).to_string());
        let sent = self.door.post_json(&self.format.path(&model.id), self.headers.clone(), body).await;
        let reply = sent.map_err(|error| reporter.error(&Failure::at_the_door(&error)))?;
        if !reply.status.is_success() {
            return Err(self.refusal(reply, &reporter).await);
        }
        let answer = Answer::new(&self.id, &model.id, ToolNames::new(&request.tools));
        let pieces = self.pieces(reply, &reporter)?;
        Ok(Box::pin(play(pieces, self.format.reader(), answer, reporter, self.longest_record)))
    }
}

/// The headers of every request. The API key is marked, so that nobody logs it.
fn headers(format: &dyn Format, key: Option<&str>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    for (name, value) in format.headers() {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some((name, value)) = key.map(|key| format.credential(key)) {
        let unusable = |_| Error::validation("api_key", "It has characters that cannot be sent.");
        let mut value = HeaderValue::from_str(&value).map_err(unusable)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}
