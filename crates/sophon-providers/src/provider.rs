//! A provider: one request and the beginning of its answer, whatever the wire format.

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sophon_egress::{Egress, EgressError, OperatorDoor, Reply};
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelService, ModelStream};
use sophon_model::{Error, Result};

use crate::answer::{Answer, play};
use crate::body::{plain, whole};
use crate::failure::{Failure, Reporter};
use crate::format::{Addressee, Format, format_of};
use crate::listing::LONGEST_LIST;
use crate::names::ToolNames;
use crate::{ProviderConfig, ProviderKind, listing};

/// How much of a refusal's body is read, in bytes.
const REFUSAL_BYTES: usize = 64 * 1024;

/// A provider that is asked in its format through one door.
pub(crate) struct Provider {
    id: String,
    /// Never none.
    models: Vec<ModelInfo>,
    format: &'static dyn Format,
    kind: ProviderKind,
    door: OperatorDoor,
    /// The door to the list of models.
    list: OperatorDoor,
    headers: HeaderMap,
    reporter: Reporter,
    longest_record: usize,
}

impl Provider {
    /// Opens the door. Fails with a validation error if the base URL or the API key cannot be used.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let format = format_of(config.kind);
        let mut door = egress
            .for_operator(&config.base_url())
            .map_err(|error| Error::validation("base_url", error.to_string()))?;
        let limits = config.limits(door.limits(), door.is_private());
        door = door.with_limits(limits);
        let list = with_query(door.clone(), format.list_query());
        door = with_query(door, format.query());
        let key = config.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let reporter = Reporter::new(config.id.clone(), door.url(), key.map(str::to_owned));
        let headers = headers(format, key)?;
        let (id, models, longest_record) = (config.id.clone(), config.models(), config.longest_record());
        let kind = config.kind;
        Ok(Self { id, models, format, kind, door, list, headers, reporter, longest_record })
    }

    /// With these models, each with its own limits; as configured if there are none.
    pub(crate) fn with_models(mut self, models: &[ModelInfo]) -> Self {
        if !models.is_empty() {
            self.models = models.to_vec();
        }
        self
    }

    /// The model that is asked, as far as it is known: one that is not on offer has the limits of the first.
    fn model(&self, wanted: Option<&str>) -> ModelInfo {
        let first = &self.models[0];
        let Some(wanted) = wanted else { return first.clone() };
        let known = self.models.iter().find(|model| model.id == wanted).cloned();
        known.unwrap_or_else(|| ModelInfo { id: wanted.to_owned(), ..first.clone() })
    }

    /// The name of an entry in the list of models: the one that it is configured with, if it is configured.
    fn listed(&self, entry: &Value) -> Option<String> {
        let name = self.format.listed(entry)?;
        let short = self.format.short_name(&name);
        let configured = self.models.iter().find(|model| self.format.short_name(&model.id) == short);
        Some(configured.map_or_else(|| short.to_owned(), |model| model.id.clone()))
    }

    fn pieces(
        &self,
        reply: Reply,
        reporter: &Reporter,
    ) -> Result<impl futures_util::Stream<Item = Result<Bytes, EgressError>> + Send + use<>, ModelError> {
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

    fn service(&self) -> Option<ModelService> {
        Some(ModelService { kind: self.kind.as_str(), url: self.door.url() })
    }

    async fn offered(&self) -> Result<Option<Vec<ModelInfo>>, ModelError> {
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let at_the_door = |error: &EgressError| self.reporter.error(&Failure::at_the_door(error));
        let asked = self.list.get(self.format.list_path(), headers).await;
        let reply = asked.map_err(|error| at_the_door(&error))?;
        match reply.status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                return Ok(None);
            }
            status if !status.is_success() => return Err(self.refusal(reply, &self.reporter).await),
            _ => {}
        }
        let headers = reply.headers.clone();
        let (body, is_cut) = reply.read_up_to(LONGEST_LIST).await.map_err(|error| at_the_door(&error))?;
        let malformed = |text: &str| self.reporter.error(&Failure::malformed(text));
        if is_cut {
            return Err(malformed(&format!("the list of models is longer than {} KiB", LONGEST_LIST / 1024)));
        }
        let body = whole(&headers, body.into(), LONGEST_LIST).await;
        let names = listing::models(&body, |entry| self.listed(entry))
            .ok_or_else(|| malformed("what it sends is no list of models"))?;
        Ok(Some(names.iter().map(|name| self.model(Some(name))).collect()))
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

fn with_query(door: OperatorDoor, query: Option<&str>) -> OperatorDoor {
    match query {
        Some(query) => door.with_query(query),
        None => door,
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
