//! The tasks that this process works on, so that they can be told to end; and the bell of the workers.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sophon_model::{SessionId, TaskId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What runs here.
#[derive(Debug, Default)]
pub struct Running {
    tasks: Mutex<HashMap<TaskId, Entry>>,
    bell: Notify,
    idle: Notify,
}

#[derive(Debug)]
struct Entry {
    session: Option<SessionId>,
    /// Of a part: the task that a worker took out of the queue, whose lease covers it.
    held_by: Option<TaskId>,
    cancel: CancellationToken,
}

impl Running {
    /// Notes a task that begins to run, and returns the token that ends it.
    pub(crate) fn begin(&self, task: &TaskId, session: Option<&SessionId>) -> CancellationToken {
        let cancel = CancellationToken::new();
        let entry = Entry { session: session.cloned(), held_by: None, cancel: cancel.clone() };
        self.tasks.lock().insert(task.clone(), entry);
        cancel
    }

    /// Notes a part of a task that runs here, until it is dropped. It ends alone, or with the whole.
    pub(crate) fn begin_part(self: &Arc<Self>, task: &TaskId, whole: &TaskId) -> Part {
        let mut tasks = self.tasks.lock();
        let of = tasks.get(whole);
        let cancel = of.map_or_else(CancellationToken::new, |whole| whole.cancel.child_token());
        let held_by = of.and_then(|whole| whole.held_by.clone()).unwrap_or_else(|| whole.clone());
        let entry = Entry { session: None, held_by: Some(held_by), cancel: cancel.clone() };
        tasks.insert(task.clone(), entry);
        Part { running: self.clone(), task: task.clone(), cancel }
    }

    /// The parts, at any depth, of a task that a worker took out of the queue.
    pub(crate) fn parts(&self, held_by: &TaskId) -> Vec<TaskId> {
        let tasks = self.tasks.lock();
        let parts = tasks.iter().filter(|(_, entry)| entry.held_by.as_ref() == Some(held_by));
        parts.map(|(id, _)| id.clone()).collect()
    }

    /// Forgets a task that has ended, and rings: its session may have more.
    pub(crate) fn end(&self, task: &TaskId) {
        let is_idle = {
            let mut tasks = self.tasks.lock();
            tasks.remove(task);
            tasks.is_empty()
        };
        if is_idle {
            self.idle.notify_waiters();
        }
        self.wake();
    }

    /// Tells a task to end, if it runs here.
    pub(crate) fn cancel(&self, task: &TaskId) {
        if let Some(entry) = self.tasks.lock().get(task) {
            entry.cancel.cancel();
        }
    }

    /// Tells the tasks of a session to end.
    pub(crate) fn cancel_session(&self, session: &SessionId) {
        for entry in self.tasks.lock().values() {
            if entry.session.as_ref() == Some(session) {
                entry.cancel.cancel();
            }
        }
    }

    /// Tells the workers that there may be work.
    pub(crate) fn wake(&self) {
        self.bell.notify_one();
    }

    /// Resolves when the bell was rung since the last time.
    pub(crate) async fn woken(&self) {
        self.bell.notified().await;
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
        self.tasks.lock().values().filter(|entry| entry.held_by.is_none()).count()
    }
}

/// A part of a task, for as long as it runs.
pub(crate) struct Part {
    running: Arc<Running>,
    task: TaskId,
    cancel: CancellationToken,
}

impl Part {
    /// What ends it.
    pub(crate) fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.running.tasks.lock().remove(&self.task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_alone_or_with_the_whole_and_is_forgotten_after_use() {
        let running = Arc::new(Running::default());
        let (chat, run, turn) = ("task_chat".into(), "task_run".into(), "task_turn".into());
        let cancel = running.begin(&chat, Some(&"ses_1".into()));
        let part = running.begin_part(&run, &chat);
        let (one, other) = (running.begin_part(&turn, &run), running.begin_part(&"task_other".into(), &run));
        assert_eq!((running.count(), running.parts(&chat).len()), (1, 3));
        running.cancel(&turn);
        assert!(
            one.cancel().is_cancelled() && !part.cancel().is_cancelled() && !other.cancel().is_cancelled()
        );
        running.cancel_session(&"ses_1".into());
        assert!(cancel.is_cancelled() && part.cancel().is_cancelled() && other.cancel().is_cancelled());
        drop((part, one, other));
        assert_eq!((running.count(), running.parts(&chat)), (1, Vec::new()));
    }
}
