//! The log, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::StartError;
use crate::config::{Log, LogFormat, Problems};
use crate::environment::variable;

/// Starts the log. `RUST_LOG` counts before the configuration.
pub(crate) fn start(log: &Log) -> Result<(), StartError> {
    let filter = variable("RUST_LOG").unwrap_or_else(|| log.filter.clone());
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| Problems::one("RUST_LOG", format!("'{filter}' is not a filter: {error}")))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    let started = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).try_init(),
    };
    started.map_err(|error| Problems::one("log", format!("it cannot be started: {error}")).into())
}
