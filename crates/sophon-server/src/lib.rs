//! The roof: configuration, wiring and lifecycle. The only crate that sees all others; a decision about agents or
//! sessions is in the wrong room here.

mod audit_checkpoints;
mod backplane;
pub mod config;
mod dashboard;
mod data_folder;
mod environment;
mod error;
mod files;
mod http;
mod identity_providers;
mod listener;
mod master_keys;
mod metrics;
mod private_file;
mod reload;
mod serve;
mod telemetry;

pub use error::StartError;
pub use serve::{ServeArgs, Started, serve, start};
pub use sophon_core::audit::verify;
pub use sophon_providers::{ProviderConfig, ProviderKind};

/// The OpenAPI document of the REST API, as JSON for people to read.
pub fn openapi() -> Result<String, StartError> {
    sophon_rest::openapi().to_pretty_json().map_err(|error| sophon_model::Error::internal(error).into())
}
