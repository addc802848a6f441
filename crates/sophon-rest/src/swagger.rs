//! The OpenAPI document for those who ask for it, a copy of it in OpenAPI 3.0, and a page to look at it.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use sophon_model::Error;
use utoipa::openapi::{OpenApi, Server};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::compression;
use crate::error::ApiError;
use crate::openapi::{openapi, three_zero};

const DOCUMENT: &str = "/swagger/v1/swagger.json";
const OLDER: &str = "/swagger/v1/openapi-3.0.json";

/// The documents as they are sent. Each is made when it is asked for first: few gateways are asked, and the parts of
/// one take as much memory as everything else that waits.
struct Documents {
    base_path: String,
    current: OnceLock<serde_json::Result<Bytes>>,
    older: OnceLock<serde_json::Result<Bytes>>,
}

impl Documents {
    fn current(&self) -> Response {
        answer(self.current.get_or_init(|| serde_json::to_vec(&self.document()).map(Bytes::from)))
    }

    fn older(&self) -> Response {
        let older = || serde_json::to_vec(&three_zero::of(&self.document())?);
        answer(self.older.get_or_init(|| older().map(Bytes::from)))
    }

    fn document(&self) -> OpenApi {
        let mut document = openapi();
        if !self.base_path.is_empty() {
            document.servers = Some(vec![Server::new(&self.base_path)]);
        }
        document
    }
}

fn answer(document: &serde_json::Result<Bytes>) -> Response {
    match document {
        Ok(document) => ([(CONTENT_TYPE, "application/json")], document.clone()).into_response(),
        Err(error) => ApiError::from(Error::internal(error.to_string())).into_response(),
    }
}

/// `/swagger` and the documents below it, of a gateway that a proxy shows under `base_path`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(base_path: &str) -> Router<S> {
    let pages = SwaggerUi::new("/swagger").config(Config::from(format!("{base_path}{DOCUMENT}")));
    let documents = Arc::new(Documents {
        base_path: base_path.to_owned(),
        current: OnceLock::new(),
        older: OnceLock::new(),
    });
    let of_current = Arc::clone(&documents);
    Router::from(pages)
        .route(DOCUMENT, get(async move || of_current.current()))
        .route(OLDER, get(async move || documents.older()))
        .layer(map_response(async |mut response: Response| {
            compression::mark(&mut response);
            response
        }))
}
