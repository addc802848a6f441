//! Rights that change in another process on the same database.
//!
//! Each change is noted in the transaction that makes it. Every process looks now and then at what was noted since, and has what
//! it serves reviewed. A database that is one process's own has no notes.

use std::collections::HashSet;
use std::time::Duration;

use sophon_model::ports::{Condition, Conditions, Filter};
use sophon_model::{Result, RightsChange, RightsChangeId, RightsOf, Timestamp};
use tokio::sync::broadcast;

use crate::database::{Database, Unit};
use crate::lifecycle::Lifecycle;
use crate::maintenance::REMOVED_AT_ONCE;
use crate::registry::Registry;

/// How often a process looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How far back it looks: beyond what clocks of machines differ, and what a commit takes.
const LOOK_BACK: Duration = Duration::from_mins(1);
/// How long notes are kept.
const KEPT: Duration = Duration::from_hours(1);

/// Registers the removal of notes.
pub(super) fn register(registry: &mut Registry) {
    registry.keep_for(KEPT, |unit, before| unit.tx.prune::<RightsChange>(before, REMOVED_AT_ONCE));
}

/// Notes a change for other processes.
pub(super) fn note_in(unit: &mut Unit<'_>, of: &RightsOf) -> Result<()> {
    let (id, at) = (unit.new_id(), unit.now());
    unit.tx.insert(&RightsChange { id, whose: of.clone(), at })
}

struct Since(Timestamp);

impl Filter for Since {
    type Of = RightsChange;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.and(Condition::AtLeast("at", self.0.as_millis().into()));
    }
}

/// Publishes what other processes note, until this one drains. What this one notes is published a second time, which does no
/// harm: a review of what is as it was changes nothing.
pub(crate) async fn watch(db: Database, changes: broadcast::Sender<RightsOf>, lifecycle: Lifecycle) {
    let mut known: HashSet<RightsChangeId> = HashSet::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = lifecycle.followers_released() => return,
        }
        let since = Since(db.now().minus(LOOK_BACK));
        let noted = match db.read(move |tx| tx.all(&since)).await {
            Ok(noted) => noted,
            Err(error) => {
                tracing::warn!(%error, "it cannot be looked at whose rights have changed");
                continue;
            }
        };
        let before = std::mem::take(&mut known);
        for RightsChange { id, whose, .. } in noted {
            if !before.contains(&id) {
                let _nobody_listens = changes.send(whose);
            }
            known.insert(id);
        }
    }
}
