//! Calls whose answer is a stream of items.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, StreamExt as _};
use tokio_util::sync::CancellationToken;

use super::calls::{complete_call, invoke};
use crate::connection::Connection;
use crate::error::HubError;
use crate::hub::{Call, Hub, Items, Reply};
use crate::protocol::Format;

/// Runs a call whose answer is a stream of items.
pub(super) async fn run<H: Hub>(
    connection: Connection<H>,
    id: String,
    target: String,
    call: Call,
    cancelled: CancellationToken,
) {
    let result = match invoke(&connection, &target, call).await {
        Ok(Reply::Stream(items)) => send_items(&connection, &id, items, &cancelled).await,
        Ok(_) => {
            let error = HubError::internal("InvalidOperationException", "the method gave no stream");
            Err(error.text_for(&target, &connection.shared.server.options))
        }
        Err(error) => Err(error),
    };
    // Before the completion: the client may use the ids again when it has seen it.
    connection.shared.calls.lock().end_stream(&id);
    complete_call(&connection, &id, &target, result.as_ref().map(|()| None).map_err(String::as_str)).await;
}

async fn send_items<H: Hub>(
    connection: &Connection<H>,
    id: &str,
    mut items: Items,
    cancelled: &CancellationToken,
) -> Result<(), String> {
    let detailed = connection.shared.server.options.detailed_errors;
    let told = |error: HubError| {
        error.told_after("An error occurred on the server while streaming results.", detailed)
    };
    let format = connection.link().format().unwrap_or(Format::Json);
    loop {
        let next = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            item = AssertUnwindSafe(items.next()).catch_unwind() => {
                item.unwrap_or_else(|_| Some(Err(HubError::internal("Panic", "the stream panicked"))))
            }
        };
        let Some(item) = next else { return Ok(()) };
        let bytes = format
            .stream_item(id, item.map_err(told)?.as_ref())
            .map_err(|error| told(HubError::internal("SerializationException", error)))?;
        if connection.queue(bytes).await.is_err() {
            return Ok(());
        }
    }
}

/// The client wants no more of a stream.
pub(super) fn cancel<H: Hub>(connection: &Connection<H>, id: &str) {
    if let Some(cancelled) = connection.shared.calls.lock().streams.get(id) {
        cancelled.cancel();
    }
}
