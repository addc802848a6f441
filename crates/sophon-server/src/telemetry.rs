//! The log, on standard error.

use std::fmt::Display;
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::reload;

use crate::StartError;
use crate::config::{Log, LogFormat, Problems};
use crate::environment::variable;

/// Changes the filter of the log while the process runs.
pub(crate) struct LogFilter(Box<Replace>);

type Replace = dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync;

impl LogFilter {
    /// Logs by the filter of `log` from now on; `RUST_LOG` counts first, as at the start.
    pub(crate) fn apply(&self, log: &Log) -> Result<(), StartError> {
        (self.0)(filter_of(log)?).map_err(cannot_start)
    }
}

/// Starts the log. `RUST_LOG` counts before the configuration.
pub(crate) fn start(log: &Log) -> Result<LogFilter, StartError> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter_of(log)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    match log.format {
        LogFormat::Text => {
            let builder = builder.with_target(false).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.try_init().map_err(cannot_start)?;
            Ok(LogFilter(Box::new(move |filter| handle.reload(filter))))
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(true).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.try_init().map_err(cannot_start)?;
            Ok(LogFilter(Box::new(move |filter| handle.reload(filter))))
        }
    }
}

fn filter_of(log: &Log) -> Result<EnvFilter, StartError> {
    let filter = variable("RUST_LOG").unwrap_or_else(|| log.filter.clone());
    let unreadable = |error| Problems::one("RUST_LOG", format!("'{filter}' is not a filter: {error}"));
    Ok(EnvFilter::try_new(&filter).map_err(unreadable)?)
}

fn cannot_start(error: impl Display) -> StartError {
    Problems::one("log", format!("it cannot be started: {error}")).into()
}
