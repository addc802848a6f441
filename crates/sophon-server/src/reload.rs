//! SIGHUP: the configuration is read again, and what can change while the gateway serves does.

use sophon_core::lifecycle::Lifecycle;
use tokio::signal::unix::Signal;

use crate::config::{Config, InForce, in_force};
use crate::http::Front;
use crate::telemetry::LogFilter;
use crate::{ServeArgs, StartError};

/// The keys that count at once. All others count from the next start on.
const RELOADED: [&str; 4] =
    ["http.allowed_hosts", "http.allowed_origins", "http.trusted_proxies", "log.filter"];

/// A gateway whose configuration can be read again.
pub(crate) struct Reloading {
    pub(crate) args: ServeArgs,
    pub(crate) log: LogFilter,
    pub(crate) front: Front,
    /// What counts now. Of keys that need a restart, what counted at the start.
    pub(crate) config: Config,
    /// The same as the sources said when they were last read.
    pub(crate) read: Vec<InForce>,
}

impl Reloading {
    /// Reads the configuration again at each signal, until the process drains.
    pub(crate) async fn at_each(mut self, mut hangups: Signal, lifecycle: Lifecycle) {
        loop {
            tokio::select! {
                Some(()) = hangups.recv() => {}
                () = lifecycle.draining() => return,
            }
            match self.reload() {
                Ok(changed) => tell(&changed),
                Err(error) => {
                    tracing::error!(
                        "the configuration stays as it was, because the new one is refused: {error}"
                    );
                }
            }
        }
    }

    /// Applies what changed, all of it or nothing. Returns the keys that changed.
    fn reload(&mut self) -> Result<Vec<String>, StartError> {
        let Config { http, log, .. } = Config::load(&self.args)?;
        let read = in_force(&self.args)?;
        let mut config = self.config.clone();
        config.http.allowed_hosts = http.allowed_hosts;
        config.http.allowed_origins = http.allowed_origins;
        config.http.trusted_proxies = http.trusted_proxies;
        config.log.filter = log.filter;
        // The new values must go with those that stay.
        config.check()?;
        self.log.apply(&config.log)?;
        let changed = differences(&self.read, &read);
        if changed.iter().any(|key| key.starts_with("http.") && is_reloaded(key)) {
            self.front.replace_guards(&config);
        }
        (self.config, self.read) = (config, read);
        Ok(changed)
    }
}

/// The keys whose values differ.
fn differences(before: &[InForce], after: &[InForce]) -> Vec<String> {
    let is_other = |(one, other): &(&InForce, &InForce)| one.value != other.value;
    before.iter().zip(after).filter(is_other).map(|(one, _)| one.key.clone()).collect()
}

fn is_reloaded(key: &str) -> bool {
    RELOADED.contains(&key)
}

fn tell(changed: &[String]) {
    let (reloaded, waiting): (Vec<&str>, Vec<&str>) =
        changed.iter().map(String::as_str).partition(|key| is_reloaded(key));
    if changed.is_empty() {
        tracing::info!("the configuration was read again: nothing has changed");
    }
    if !reloaded.is_empty() {
        tracing::info!("the configuration was read again; these count now: {}", reloaded.join(", "));
    }
    if !waiting.is_empty() {
        tracing::warn!("these count after a restart: {}", waiting.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_counts_at_once_is_a_key() {
        let keys = in_force(&ServeArgs::default()).unwrap();
        for key in RELOADED {
            assert!(keys.iter().any(|known| known.key == key), "{key}");
        }
    }

    #[test]
    fn a_change_is_told_by_its_key() {
        let of = |value: &str| {
            ["a", "b"].map(|key| InForce { key: key.into(), value: value.into(), origin: "default".into() })
        };
        let mut other = of("1");
        assert!(differences(&of("1"), &other).is_empty());
        other[1].value = "2".into();
        assert_eq!(differences(&of("1"), &other), ["b"]);
    }
}
