//! Contents that nothing refers to are deleted.
//!
//! First the content is marked, which nobody can come to refer to from then on; then it is deleted; then its row goes,
//! and the same content can be put again. A crash in between is made good by the next run.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sophon_model::ports::Blobs;
use sophon_model::{Blob, Job, Priority, Queue, Result};

use crate::database::Unit;
use crate::jobs::{Begun, Handler, Held, HeldError, JobKind, JobOptions, Released, Retry};

/// The time between two collections.
const EVERY: Duration = Duration::from_hours(1);
/// Contents that are looked for at a time.
const AT_ONCE: usize = 100;

/// The payload of the job that deletes contents which nothing refers to. There is one for the whole deployment.
#[derive(Serialize, Deserialize)]
pub(crate) struct Collect {}

impl JobKind for Collect {
    const NAME: &'static str = "attachments.collect";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Sees to it that there is the job. From the first upload on it comes again each hour.
pub(super) fn schedule_in(unit: &mut Unit<'_>) -> Result<()> {
    let options = JobOptions {
        run_at: Some(unit.now().plus(EVERY)),
        priority: Priority::Low,
        dedupe_key: Some("hourly".into()),
        ..JobOptions::default()
    };
    unit.enqueue(&Collect {}, options)
}

/// Deletes contents which nothing refers to.
pub(super) struct Collector {
    pub(super) blobs: Arc<dyn Blobs>,
}

#[async_trait]
impl Handler for Collector {
    type Kind = Collect;
    type Work = ();

    fn retry(&self) -> Retry {
        Retry { attempts: i64::MAX, first: Duration::from_secs(10), longest: Duration::from_hours(1) }
    }

    fn begin(&self, _: &mut Unit<'_>, _: &Job, _: Collect) -> Result<Begun<()>> {
        Ok(Begun::Work(()))
    }

    async fn run(&self, (): (), held: Held) -> Result<Released> {
        Released::here_or_elsewhere(self.collect(&held).await)
    }
}

impl Collector {
    async fn collect(&self, held: &Held) -> Result<Released, HeldError> {
        self.blobs.sweep(held.now()).await?;
        loop {
            let now = held.now();
            let found = held.read(move |tx| tx.unreferenced_blobs(now, AT_ONCE)).await?;
            let mut deleted = 0;
            for blob in found {
                deleted += usize::from(self.delete(held, blob).await?);
            }
            // What was found and not deleted is referred to by now, and is not found again.
            if deleted == 0 {
                return held.again_at(held.now().plus(EVERY)).await;
            }
            tracing::debug!(deleted, "deleted contents that nothing refers to");
        }
    }

    /// Deletes a content, unless something refers to it by now.
    async fn delete(&self, held: &Held, blob: Blob) -> Result<bool, HeldError> {
        let digest = blob.digest.clone();
        let begun = held.write_progress(move |unit| unit.tx.begin_blob_deletion(&digest, unit.now()));
        if !begun.await? {
            return Ok(false);
        }
        self.blobs.delete(&blob.name()).await?;
        held.write(move |unit| unit.tx.end_blob_deletion(&blob.digest)).await?;
        Ok(true)
    }
}
