//! What is refused on hubs, and how the audit log hears of it.

use std::sync::Arc;

use http::request::Parts;
use signalr::{HubError, SendError};
use sophon_core::Gateway;
use sophon_core::audit::Refused;
use sophon_core::identity::Identified;
use sophon_model::{Error, Origin};

use super::error::hub_error;

/// What opening a connection is called.
pub(super) const CONNECT: &str = "connect";

/// From where a request comes.
pub(super) fn origin(request: &Parts) -> Arc<Origin> {
    request.extensions.get::<Arc<Origin>>().cloned().unwrap_or_default()
}

/// Why a call of a method failed.
pub(super) enum CallError {
    /// The core refused it, or could not do it.
    Core(Error),
    /// It could not be read, or the client could not be served.
    Hub(HubError),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        Self::Hub(error.into())
    }
}

impl From<HubError> for CallError {
    fn from(error: HubError) -> Self {
        Self::Hub(error)
    }
}

/// Has a refusal written down, if the error is one.
pub(super) fn note(
    gateway: &Gateway,
    identified: &Identified,
    origin: &Arc<Origin>,
    operation: &str,
    target: &str,
    error: &Error,
) {
    if Refused::is_one(identified, error) {
        gateway.audit.refuse(Refused { identified, origin, operation, target, error });
    }
}

/// The outcome of a call of a hub's method as clients get it. A refusal is written down.
pub(super) fn answer<R>(
    gateway: &Gateway,
    caller: impl Into<Identified>,
    (hub, method): (&str, &str),
    outcome: Result<R, CallError>,
) -> Result<R, HubError> {
    outcome.map_err(|error| match error {
        CallError::Hub(error) => error,
        CallError::Core(error) => {
            let identified = caller.into();
            let operation = format!("{hub} {method}");
            note(gateway, &identified, &identified.origin(), &operation, hub, &error);
            hub_error(error)
        }
    })
}
