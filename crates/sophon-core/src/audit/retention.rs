//! Removing entries whose time is over, so that what is left can be verified: the cut is an entry itself, and says with
//! which hash the part that was removed had ended.

use std::time::Duration;

use sophon_model::{AuditAction, Result, Timestamp};

use super::{Draft, Performer};
use crate::database::Unit;
use crate::maintenance::REMOVED_AT_ONCE;

/// A chain is cut when there is this much to cut, and not each hour.
const CUT_EVERY: Duration = Duration::from_hours(24);

/// Removes some of what happened before from each chain; returns how many entries.
pub(super) fn cut_in(unit: &mut Unit<'_>, before: Timestamp) -> Result<u64> {
    let (now, mut removed) = (unit.now(), 0);
    for (tenant, _) in unit.tx.audit_heads()? {
        let cut = unit.tx.audit_cut_point(&tenant, before, before.minus(CUT_EVERY), REMOVED_AT_ONCE)?;
        let Some(cut) = cut else { continue };
        let count = unit.tx.cut_audit(&tenant, &cut, now)?;
        removed += count;
        unit.note(Draft::new(Performer::system(tenant), AuditAction::AuditCut).details(|details| {
            details.count = i64::try_from(count).ok();
            details.cut_up_to = Some(cut.number);
            details.cut_hash = Some(cut.hash);
        }));
    }
    Ok(removed)
}
