//! How many turns are ahead of one that waits for a free worker, published to the people who wait.

use std::time::Duration;

use sophon_model::event::{Activity, TaskProgress};
use sophon_model::{Queue, Result, Task, TaskEvent};

use super::runner::Runner;

/// How often it is published.
const PUBLISHED_EVERY: Duration = Duration::from_secs(2);
/// Turns that learn their place; those behind them learn it later.
const MOST_PUBLISHED: usize = 100;

impl Runner {
    /// Publishes the places in the queue until the gateway drains.
    pub(super) async fn publish_places(self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(PUBLISHED_EVERY) => {}
                () = self.lifecycle.draining() => return,
            }
            // With fewer at work nobody waits.
            if self.at_work(Queue::Turns) < self.workers.turns_per_user.min(self.workers.turns) {
                continue;
            }
            match self.waiting().await {
                Ok(waiting) => {
                    for (ahead, task) in waiting.into_iter().enumerate() {
                        self.publish_place(ahead, task);
                    }
                }
                Err(error) => tracing::warn!(%error, "who waits for a worker could not be read"),
            }
        }
    }

    /// The tasks that wait for a worker, the next one first.
    async fn waiting(&self) -> Result<Vec<Task>> {
        let now = self.db.now();
        let read = self.db.read(move |tx| {
            let waiting = tx.waiting_tasks(Queue::Turns, now, MOST_PUBLISHED)?;
            waiting.iter().map(|id| tx.get(id)).collect::<Result<Vec<_>>>()
        });
        Ok(read.await?.into_iter().flatten().collect())
    }

    fn publish_place(&self, ahead: usize, task: Task) {
        let (Some(session_id), Some(agent_id)) = (task.session_id, task.agent_id) else { return };
        let detail = match ahead {
            0 => "Next in the queue".to_owned(),
            1 => "1 turn ahead".to_owned(),
            ahead => format!("{ahead} turns ahead"),
        };
        self.db.pass(TaskEvent::Progress(TaskProgress {
            task_id: task.id,
            session_id,
            agent_id,
            activity: Activity::Queued,
            detail: Some(detail),
            at: self.db.now(),
        }));
    }
}
