//! The tasks that this process works on, so that they can be told to end; and the bell of the workers.

use std::collections::HashMap;

use parking_lot::Mutex;
use sophon_model::{SessionId, TaskId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What runs here.
#[derive(Debug, Default)]
pub struct Running {
    tasks: Mutex<HashMap<TaskId, (SessionId, CancellationToken)>>,
    bell: Notify,
    idle: Notify,
}

impl Running {
    /// Notes a task that begins to run, and returns the token that ends it.
    pub(crate) fn begin(&self, task: &TaskId, session: &SessionId) -> CancellationToken {
        let token = CancellationToken::new();
        self.tasks.lock().insert(task.clone(), (session.clone(), token.clone()));
        token
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
        if let Some((_, token)) = self.tasks.lock().get(task) {
            token.cancel();
        }
    }

    /// Tells the tasks of a session to end.
    pub(crate) fn cancel_session(&self, session: &SessionId) {
        for (of, token) in self.tasks.lock().values() {
            if of == session {
                token.cancel();
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

    /// How many run.
    pub fn count(&self) -> usize {
        self.tasks.lock().len()
    }
}
