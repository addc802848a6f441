//! Waiting for the end of a task.

use std::time::Duration;

use fanout::Start;
use sophon_model::{Caller, Event, Result, TaskEvent, TaskId, Topic};
use tokio::time::{Instant, timeout_at};

use super::{TaskDetail, Tasks};
use crate::live::{EventDelivery, EventSubscription};

/// How often the task is looked at while no event announces its end: it may end in another process.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Tasks {
    /// One as it is when it has ended, or when `time` is over.
    pub async fn until_ended(&self, caller: &Caller, id: &TaskId, time: Duration) -> Result<TaskDetail> {
        let until = Instant::now() + time;
        let events = self.db.bus().subscribe();
        if let Some(session) = self.get(caller, id).await?.task.session_id {
            events.follow(&Topic::Session(session), Start::Now);
        }
        loop {
            // After events are followed, so that no end is missed.
            let detail = self.get(caller, id).await?;
            if detail.task.status.is_final() || Instant::now() >= until {
                return Ok(detail);
            }
            let next_look = until.min(Instant::now() + LOOK_EVERY);
            let _ended_or_not = timeout_at(next_look, ended(&events, id)).await;
        }
    }
}

/// Resolves when an event announces the end of the task; never if events were missed.
async fn ended(events: &EventSubscription, id: &TaskId) {
    let mut told = Vec::new();
    while events.next(&mut told).await.is_ok() {
        if told.iter().any(|event| is_end_of(event, id)) {
            return;
        }
        told.clear();
    }
    std::future::pending::<()>().await;
}

fn is_end_of(event: &EventDelivery, id: &TaskId) -> bool {
    match event.value() {
        Event::Task(TaskEvent::Completed(task) | TaskEvent::Failed(task) | TaskEvent::Cancelled(task)) => {
            task.id == *id
        }
        _ => false,
    }
}
