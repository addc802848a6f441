//! How an error of the core is sent on a hub.

use signalr::HubError;
use sophon_model::{Error, Kind};

/// Deliberate errors are sent with their code and text; the text of an internal fault is not.
pub(crate) fn hub_error(error: Error) -> HubError {
    match error.kind() {
        Kind::Internal => {
            tracing::error!(error = &error as &dyn std::error::Error, "a hub method failed");
            HubError::internal(error.code(), error)
        }
        Kind::Unauthenticated => HubError::Unauthorized,
        Kind::InvalidRequest
        | Kind::NotAuthorized
        | Kind::NotFound
        | Kind::Conflict
        | Kind::PayloadTooLarge
        | Kind::ValidationFailed
        | Kind::RateLimited
        | Kind::UpstreamUnavailable
        | Kind::ServiceUnavailable => HubError::message(format!("{}: {}", error.code(), error.message())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_and_internals_are_not() {
        for kind in Kind::ALL {
            let told = hub_error(Error::new(kind, "public text").with_cause("secret cause"));
            match kind {
                Kind::Internal => assert!(matches!(told, HubError::Internal { .. })),
                Kind::Unauthenticated => assert_eq!(told, HubError::Unauthorized),
                _ => assert_eq!(told, HubError::message(format!("{}: public text", kind.code()))),
            }
        }
    }
}
