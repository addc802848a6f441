//! The deletion of a tenant: row by row, some at a time, so that it holds nobody up.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::ports::TaskFilter;
use sophon_model::{Queue, Result, TaskStatus, TenantId, TenantStatus, Timestamp};

use crate::database::Unit;
use crate::jobs::{Chore, JobKind, JobOptions, Next};

/// Rows that are removed in one transaction.
const ROWS_AT_ONCE: usize = 1_000;
/// How often it is looked whether the tenant's work has ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long that is waited for.
const WORK_ENDS_WITHIN: Duration = Duration::from_mins(5);

/// The payload of the job that deletes a tenant.
#[derive(Serialize, Deserialize)]
pub(super) struct TenantErasure {
    tenant: TenantId,
    since: Timestamp,
}

impl JobKind for TenantErasure {
    const NAME: &'static str = "tenant.erase";
    const QUEUE: Queue = Queue::Maintenance;
}

pub(super) fn begin_in(unit: &mut Unit<'_>, tenant: &TenantId) -> Result<()> {
    let payload = TenantErasure { tenant: tenant.clone(), since: unit.now() };
    unit.enqueue(&payload, JobOptions { dedupe_key: Some(tenant.to_string()), ..JobOptions::default() })
}

/// Deletes what a tenant has, once its work was cancelled, and then the tenant.
pub(super) struct Eraser;

impl Chore for Eraser {
    type Kind = TenantErasure;

    fn run_in(&self, unit: &mut Unit<'_>, TenantErasure { tenant, since }: TenantErasure) -> Result<Next> {
        let found = unit.tx.get(&tenant)?;
        if found.is_none_or(|found| found.status != TenantStatus::Deleting) {
            return Ok(Next::Done);
        }
        let now = unit.now();
        let statuses = vec![TaskStatus::Queued, TaskStatus::Running];
        let open = unit.tx.count_in(&tenant, &TaskFilter { statuses, ..TaskFilter::default() })?;
        if open > 0 && now.since(since) < WORK_ENDS_WITHIN {
            return Ok(Next::At(now.plus(LOOK_EVERY)));
        }
        unit.all_members_changed();
        Ok(if unit.tx.erase_tenant(&tenant, ROWS_AT_ONCE)? { Next::Done } else { Next::At(now) })
    }
}
