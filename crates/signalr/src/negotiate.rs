//! `POST {hub}/negotiate`: what is on offer, and the names of a new connection.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, header};
use serde_json::{Value, json};

use crate::authenticate::authenticate;
use crate::endpoint::{FULL, NOT_ALLOWED, query};
use crate::hub::Hub;
use crate::options::Transports;
use crate::server::Server;

/// The highest negotiate version; clients that ask for more get this one.
const VERSION: u32 = 1;

pub(crate) async fn serve<H: Hub>(State(server): State<Arc<Server<H>>>, parts: Parts) -> Response {
    if parts.method != Method::POST {
        return NOT_ALLOWED.into_response();
    }
    if let Err(rejection) = authenticate(server.hub.auth(), &parts).await {
        return rejection.into_response();
    }
    let asks = query(&parts, "useStatefulReconnect").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let stateful = asks && server.options.stateful_reconnect;
    let body = match version(&parts, server.options.minimum_negotiate_version) {
        Ok(version) => match server.add(version, stateful) {
            Ok((id, token)) => {
                let mut offer = json!({
                    "negotiateVersion": version,
                    "connectionId": id.to_string(),
                    "availableTransports": offered(server.options.transports),
                });
                if version > 0 {
                    offer["connectionToken"] = token.0.to_string().into();
                }
                if stateful {
                    offer["useStatefulReconnect"] = true.into();
                }
                offer
            }
            Err(_) => return FULL.into_response(),
        },
        Err(error) => json!({ "error": error }),
    };
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn version(parts: &Parts, minimum: u32) -> Result<u32, String> {
    let asked = match query(parts, "negotiateVersion") {
        None => 0,
        Some(text) => text
            .parse::<i32>()
            .map_err(|_| format!("The client requested an invalid protocol version '{text}'"))?,
    };
    if i64::from(asked) < i64::from(minimum) {
        return Err(format!(
            "The client requested version '{asked}', but the server does not support this version."
        ));
    }
    // A negative number is below any minimum.
    Ok(u32::try_from(asked).unwrap_or(VERSION).min(VERSION))
}

fn offered(transports: Transports) -> Value {
    let mut list = Vec::new();
    if transports.websockets {
        list.push(json!({ "transport": "WebSockets", "transferFormats": ["Text", "Binary"] }));
    }
    if transports.server_sent_events {
        list.push(json!({ "transport": "ServerSentEvents", "transferFormats": ["Text"] }));
    }
    if transports.long_polling {
        list.push(json!({ "transport": "LongPolling", "transferFormats": ["Text", "Binary"] }));
    }
    list.into()
}
