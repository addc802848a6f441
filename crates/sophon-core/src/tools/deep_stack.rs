//! Work of libraries that call themselves for each level of their input.

/// The stack of such work, in bytes. Of an input whose depth is limited it uses a part.
const STACK: usize = 64 * 1024 * 1024;

/// Does the work on a thread with a large stack, off the async threads. None if it panics or no thread can be started.
pub(super) async fn on_deep_stack<T, F>(work: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let (reply, outcome) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("deep stack".into()).stack_size(STACK);
    let spawned = thread.spawn(move || {
        // Nobody may wait any more.
        let _ = reply.send(work());
    });
    spawned.ok()?;
    outcome.await.ok()
}
