//! The tasks that this process works on, so that they can be cancelled, here or by another gateway.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use sophon_model::TaskId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::peers::Peers;
use crate::registry::Registry;

/// The notice that a task is to end.
const CANCEL: &str = "tasks.cancel";

/// What runs here.
#[derive(Debug, Default)]
pub struct Running {
    tasks: Mutex<HashMap<TaskId, Entry>>,
    begun: AtomicU64,
    idle: Notify,
    peers: Peers,
}

#[derive(Debug)]
struct Entry {
    /// Tells this run of the task from one that has just ended, whose worker is still leaving.
    run: u64,
    /// Whether it is done by the worker of another task.
    is_part: bool,
    cancel: CancellationToken,
}

impl Running {
    pub(crate) fn new(peers: Peers) -> Self {
        Self { peers, ..Self::default() }
    }

    /// Ends what runs here when another gateway says so.
    pub(crate) fn register(self: &Arc<Self>, registry: &mut Registry) {
        let running = self.clone();
        registry.notice(CANCEL, move |task| {
            running.cancel(&task.into());
        });
    }

    /// Notes a task that begins to run, until it is dropped.
    pub(crate) fn begin(self: &Arc<Self>, task: &TaskId) -> RunningTask {
        self.note(task, None)
    }

    /// Notes a part of a task that runs here, until it is dropped. It ends alone, or with the whole.
    pub(crate) fn begin_part(self: &Arc<Self>, task: &TaskId, whole: &TaskId) -> RunningTask {
        self.note(task, Some(whole))
    }

    fn note(self: &Arc<Self>, task: &TaskId, whole: Option<&TaskId>) -> RunningTask {
        let run = self.begun.fetch_add(1, Ordering::Relaxed);
        let mut tasks = self.tasks.lock();
        let parent = whole.and_then(|whole| tasks.get(whole));
        let cancel = parent.map_or_else(CancellationToken::new, |whole| whole.cancel.child_token());
        tasks.insert(task.clone(), Entry { run, is_part: whole.is_some(), cancel: cancel.clone() });
        RunningTask { running: self.clone(), task: task.clone(), run, cancel }
    }

    /// Tells a task to end, on whichever gateway it runs.
    pub(crate) fn cancel_everywhere(&self, task: &TaskId) {
        if !self.cancel(task) {
            self.peers.notify(CANCEL, task.as_str());
        }
    }

    /// Tells a task to end; `false` if it does not run here.
    pub(crate) fn cancel(&self, task: &TaskId) -> bool {
        let tasks = self.tasks.lock();
        let entry = tasks.get(task);
        entry.inspect(|entry| entry.cancel.cancel()).is_some()
    }

    /// Resolves when nothing runs.
    pub async fn idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.count() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// How many run, parts not counted.
    pub fn count(&self) -> usize {
        self.tasks.lock().values().filter(|entry| !entry.is_part).count()
    }
}

/// A task that runs here, until this is dropped.
pub(crate) struct RunningTask {
    running: Arc<Running>,
    task: TaskId,
    run: u64,
    cancel: CancellationToken,
}

impl RunningTask {
    /// What ends it.
    pub(crate) fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl Drop for RunningTask {
    fn drop(&mut self) {
        let mut tasks = self.running.tasks.lock();
        if tasks.get(&self.task).is_some_and(|entry| entry.run == self.run) {
            tasks.remove(&self.task);
        }
        if tasks.is_empty() {
            self.running.idle.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_alone_or_with_the_whole_and_is_forgotten_after_use() {
        let running = Arc::new(Running::default());
        let (chat, run, turn) = ("task_chat".into(), "task_run".into(), "task_turn".into());
        let whole = running.begin(&chat);
        let part = running.begin_part(&run, &chat);
        let (one, other) = (running.begin_part(&turn, &run), running.begin_part(&"task_other".into(), &run));
        assert_eq!(running.count(), 1);
        running.cancel(&turn);
        assert!(
            one.cancel().is_cancelled() && !part.cancel().is_cancelled() && !other.cancel().is_cancelled()
        );
        running.cancel(&chat);
        assert!([&whole, &part, &other].iter().all(|task| task.cancel().is_cancelled()));
        let again = running.begin(&chat);
        drop((part, one, other, whole));
        assert_eq!(running.count(), 1, "the end of an earlier run does not forget the later one");
        drop(again);
        assert_eq!(running.count(), 0);
    }
}
