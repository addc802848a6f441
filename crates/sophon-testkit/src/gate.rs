//! A place where a script waits until the test lets it go on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How long anything in this crate is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A place where a script waits until the test lets it go on. Clones are the same gate; once open it stays open.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Sides>);

#[derive(Debug)]
struct Sides {
    reached: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Sides { reached: watch::Sender::new(false), open: watch::Sender::new(false) }))
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the script go on.
    pub fn open(&self) {
        self.0.open.send_replace(true);
    }

    /// Waits until the script has come to the gate. Panics after 20 seconds.
    pub async fn reached(&self) {
        until(&self.0.reached, "the script did not come to its gate", |reached| *reached).await;
    }

    /// The script's side: comes to the gate and waits until it is open.
    pub(crate) async fn pass(&self) {
        self.0.reached.send_replace(true);
        let mut seen = self.0.open.subscribe();
        let is_open = seen.wait_for(|open| *open).await.is_ok();
        assert!(is_open, "a gate outlives those who wait at it");
    }
}

/// Waits until the value is as wanted. Panics with `complaint` after 20 seconds.
pub(crate) async fn until<T>(value: &watch::Sender<T>, complaint: &str, wanted: impl FnMut(&T) -> bool) {
    let mut seen = value.subscribe();
    let waited = timeout(PATIENCE, seen.wait_for(wanted)).await;
    assert!(waited.is_ok(), "{complaint} within {PATIENCE:?}");
}
