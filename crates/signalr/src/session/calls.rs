//! What a client has under way: its calls of hub methods, streams in both directions, and what it was asked.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::FutureExt as _;
use parking_lot::Mutex;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Stall, streams};
use crate::connection::Connection;
use crate::error::HubError;
use crate::hub::{Call, Hub, Method, Reply, Upload, UploadItem};
use crate::ident::random_name;
use crate::payload::{Payload, Raw};
use crate::protocol::{Format, IncomingCall, Outcome};

/// The state behind it. Its maps take no memory while nothing is under way.
#[derive(Default)]
pub(crate) struct Calls {
    /// The hub has accepted the connection, so calls may run.
    open: bool,
    /// Calls that wait for their turn.
    queue: VecDeque<Job>,
    running: usize,
    pub(super) streams: HashMap<String, CancellationToken>,
    uploads: HashMap<String, mpsc::Sender<UploadItem>>,
    answers: HashMap<String, oneshot::Sender<Outcome>>,
}

impl Calls {
    /// Forgets the uploads of methods that have returned: the client may never end them.
    pub(super) fn forget_uploads(&mut self) {
        self.uploads.retain(|_, sender| !sender.is_closed());
    }

    pub(super) fn end_stream(&mut self, id: &str) {
        self.streams.remove(id);
        self.forget_uploads();
    }
}

/// A request to the client that waits for its answer, for as long as somebody waits for it.
pub(crate) struct Question<'a> {
    calls: &'a Mutex<Calls>,
    id: String,
    answer: oneshot::Receiver<Outcome>,
}

impl<'a> Question<'a> {
    /// Asks under a name that no other connection can guess.
    pub(crate) fn new(calls: &'a Mutex<Calls>) -> Self {
        let (id, (sender, answer)) = (random_name(), oneshot::channel());
        calls.lock().answers.insert(id.clone(), sender);
        Self { calls, id, answer }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The client's answer; `None` when it has left.
    pub(crate) async fn answer(&mut self) -> Option<Outcome> {
        (&mut self.answer).await.ok()
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.calls.lock().answers.remove(&self.id);
    }
}

/// One of the places for parallel calls. Its holder may give it back before its end, while it waits for the
/// client.
#[derive(Default)]
pub(crate) struct Slot {
    given_back: AtomicBool,
}

impl Slot {
    pub(crate) fn give_back<H: Hub>(&self, connection: &Connection<H>) {
        if !self.given_back.swap(true, Ordering::Relaxed) {
            connection.shared.calls.lock().running -= 1;
            start_waiting(connection);
        }
    }
}

/// What is to be done for one invocation message.
enum Job {
    Run {
        id: Option<String>,
        /// The method's name as the client spelt it: so it is called in errors.
        target: String,
        call: Call,
    },
    /// It cannot be run; the client gets that error in its turn.
    Refuse { id: Option<String>, error: String },
}

/// Whether one more call may be taken from the client.
pub(super) fn has_room<H: Hub>(connection: &Connection<H>) -> bool {
    connection.shared.calls.lock().queue.len() < connection.shared.server.options.max_queued_invocations
}

/// The hub has accepted the connection: calls that came in the meantime may run.
pub(super) fn open<H: Hub>(connection: &Connection<H>) {
    connection.shared.calls.lock().open = true;
    start_waiting(connection);
}

/// The connection has ended: what waits is given up, what runs finds its streams and answers broken off.
pub(super) fn abandon<H: Hub>(connection: &Connection<H>) {
    let mut calls = connection.shared.calls.lock();
    calls.open = false;
    calls.queue.clear();
    calls.uploads.clear();
    calls.answers.clear();
}

/// Takes a call from the client. Plain calls wait for their turn; those with streams run beside them.
pub(super) fn begin<H: Hub>(connection: &Connection<H>, incoming: IncomingCall) {
    let mut calls = connection.shared.calls.lock();
    let method = match check(&calls, connection, &incoming) {
        Ok(method) => method,
        Err(error) => {
            calls.queue.push_back(Job::Refuse { id: incoming.id, error });
            drop(calls);
            return start_waiting(connection);
        }
    };
    let uploads = open_uploads(&mut calls, connection, &incoming.upload_ids);
    let call = Call { method: method.name, arguments: incoming.arguments, uploads };
    let target = incoming.target;
    match incoming.id {
        Some(id) if incoming.streaming => {
            let cancelled = connection.link().ended.child_token();
            calls.streams.insert(id.clone(), cancelled.clone());
            drop(calls);
            let task = streams::run(connection.clone(), id, target, call, cancelled);
            connection.shared.server.tasks.spawn(task);
        }
        id if method.uploads > 0 => {
            drop(calls);
            let connection = connection.clone();
            let tasks = connection.shared.server.tasks.clone();
            tasks.spawn(async move { run(&connection, Job::Run { id, target, call }).await });
        }
        id => {
            calls.queue.push_back(Job::Run { id, target, call });
            drop(calls);
            start_waiting(connection);
        }
    }
}

/// Finds the method, or the words in which the call is refused.
fn check<H: Hub>(calls: &Calls, connection: &Connection<H>, call: &IncomingCall) -> Result<Method, String> {
    let (server, target) = (&connection.shared.server, &call.target);
    let found = server.hub.methods().iter().find(|method| method.name.eq_ignore_ascii_case(target));
    let method = *found.ok_or_else(|| HubError::UnknownMethod.text_for(target, &server.options))?;
    if method.streams != call.streaming {
        let (is, was) =
            if method.streams { ("streaming", "non-streaming") } else { ("non-streaming", "streaming") };
        return Err(format!(
            "The client attempted to invoke the {is} '{target}' method with a {was} invocation."
        ));
    }
    if method.uploads != call.upload_ids.len() {
        let (sent, expected) = (call.upload_ids.len(), method.uploads);
        return Err(format!("Client sent {sent} stream(s), Hub method expects {expected}."));
    }
    let streaming_id = call.id.iter().filter(|_| call.streaming);
    if let Some(id) = streaming_id
        .chain(&call.upload_ids)
        .find(|id| calls.streams.contains_key(*id) || calls.uploads.contains_key(*id))
    {
        return Err(format!("Invocation ID '{id}' is already in use."));
    }
    let wanted = usize::from(call.streaming) + call.upload_ids.len();
    if wanted > 0 && calls.streams.len() + calls.uploads.len() + wanted > server.options.max_streams {
        return Err(format!("Failed to invoke '{target}': too many streams are open."));
    }
    Ok(method)
}

fn open_uploads<H: Hub>(calls: &mut Calls, connection: &Connection<H>, ids: &[String]) -> VecDeque<Upload> {
    let items = connection.shared.server.options.upload_buffer_items;
    let mut uploads = VecDeque::new();
    for id in ids {
        let (sender, receiver) = mpsc::channel(items);
        calls.uploads.insert(id.clone(), sender);
        uploads.push_back(Upload { items: receiver, finished: false });
    }
    uploads
}

/// Starts the calls that wait, as many as may run at a time.
fn start_waiting<H: Hub>(connection: &Connection<H>) {
    while let Some(job) = next_job(connection) {
        connection.shared.server.tasks.spawn(work(connection.clone(), job));
    }
}

fn next_job<H: Hub>(connection: &Connection<H>) -> Option<Job> {
    let options = &connection.shared.server.options;
    let mut calls = connection.shared.calls.lock();
    if !calls.open || calls.running >= options.max_parallel_invocations {
        return None;
    }
    let was_full = calls.queue.len() >= options.max_queued_invocations;
    let job = calls.queue.pop_front()?;
    calls.running += 1;
    drop(calls);
    if was_full {
        connection.link().wake.notify_one();
    }
    Some(job)
}

/// Runs a call and, in the same task, those that wait behind it.
async fn work<H: Hub>(mut connection: Connection<H>, first: Job) {
    let mut next = Some(first);
    while let Some(job) = next {
        let slot = std::sync::Arc::new(Slot::default());
        connection.slot = Some(slot.clone());
        run(&connection, job).await;
        // Given back here as well: a handle that outlives its call has no place to give.
        if slot.given_back.swap(true, Ordering::Relaxed) {
            return;
        }
        connection.shared.calls.lock().running -= 1;
        next = next_job(&connection);
    }
}

async fn run<H: Hub>(connection: &Connection<H>, job: Job) {
    let (id, target, result) = match job {
        Job::Refuse { id, error } => (id, String::new(), Err(error)),
        Job::Run { id, target, call } => {
            let result = invoke(connection, &target, call).await;
            connection.shared.calls.lock().forget_uploads();
            (id, target, result)
        }
    };
    let result = result.and_then(|reply| match reply {
        Reply::Void => Ok(None),
        Reply::Value(value) => Ok(Some(value)),
        Reply::Stream(_) => {
            let error = HubError::internal("InvalidOperationException", "the method is not a streaming one");
            Err(error.text_for(&target, &connection.shared.server.options))
        }
    });
    // Without an id nobody waits for the outcome.
    if let Some(id) = id {
        complete_call(
            connection,
            &id,
            &target,
            result.as_ref().map(Option::as_deref).map_err(String::as_str),
        )
        .await;
    }
}

/// Calls the hub. An error comes back in the words that the client gets.
pub(super) async fn invoke<H: Hub>(
    connection: &Connection<H>,
    target: &str,
    call: Call,
) -> Result<Reply, String> {
    let server = &connection.shared.server;
    let span = tracing::info_span!("hub_call", connection.id = %connection.id(), method = call.method);
    let invoked = AssertUnwindSafe(server.hub.invoke(connection, call)).catch_unwind();
    let invoked = invoked.instrument(span.clone()).await;
    let result = invoked.unwrap_or_else(|_| Err(HubError::internal("Panic", "the method panicked")));
    server.counts.calls.fetch_add(1, Ordering::Relaxed);
    result.map_err(|error| {
        server.counts.failed_calls.fetch_add(1, Ordering::Relaxed);
        span.in_scope(|| tracing::debug!(%error, "a hub method failed"));
        error.text_for(target, &server.options)
    })
}

pub(super) async fn complete_call<H: Hub>(
    connection: &Connection<H>,
    id: &str,
    target: &str,
    outcome: Result<Option<&dyn Payload>, &str>,
) {
    let format = connection.link().format().unwrap_or(Format::Json);
    let encoded = format.completion(id, outcome).or_else(|error| {
        let error = HubError::internal("SerializationException", error);
        format.completion(id, Err(&error.text_for(target, &connection.shared.server.options)))
    });
    deliver(connection, encoded).await;
}

/// Queues a message for the client. One that has left meanwhile misses nothing.
async fn deliver<H: Hub>(connection: &Connection<H>, encoded: Result<Bytes, String>) {
    match encoded {
        Ok(bytes) => drop(connection.queue(bytes).await),
        Err(error) => tracing::error!(connection = %connection.id(), error, "a message cannot be encoded"),
    }
}

/// An item of an upload stream. If there is no room for it, what to wait for.
pub(super) fn upload<H: Hub>(connection: &Connection<H>, id: &str, item: Raw) -> Option<Stall> {
    let sender = connection.shared.calls.lock().uploads.get(id)?.clone();
    push(sender, UploadItem::Item(item))
}

/// The end of an upload stream, or the answer to a request to the client; others mean nothing (any more).
pub(super) fn complete<H: Hub>(connection: &Connection<H>, id: &str, outcome: Outcome) -> Option<Stall> {
    let mut calls = connection.shared.calls.lock();
    if let Some(sender) = calls.uploads.remove(id) {
        drop(calls);
        return push(
            sender,
            match outcome {
                Outcome::Error(error) => UploadItem::Error(error),
                Outcome::Void | Outcome::Value(_) => UploadItem::End,
            },
        );
    }
    if let Some(answer) = calls.answers.remove(id) {
        // The caller may have stopped waiting.
        let _ = answer.send(outcome);
    }
    None
}

/// Hands an item on. A method that has dropped its stream does not want it.
fn push(sender: mpsc::Sender<UploadItem>, item: UploadItem) -> Option<Stall> {
    match sender.try_send(item) {
        Ok(()) | Err(TrySendError::Closed(_)) => None,
        Err(TrySendError::Full(item)) => Some(Box::pin(async move { drop(sender.send(item).await) })),
    }
}
