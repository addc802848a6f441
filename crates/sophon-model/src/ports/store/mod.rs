//! Storage: transactions made of plain, synchronous verbs.
//!
//! A job is a closure that storage runs on a thread of its own, inside a transaction. Jobs that write are committed
//! in groups, so that one sync to disk answers many callers. A shared `&dyn Tx` can only be read from; the verbs
//! that write take `&mut self`, and only write jobs have that.
//!
//! What a job that writes has looked up by its key, nobody else changes until the job has ended. Of users that is not
//! so, of agents only by a verb of its own, and tasks are guarded by their lease.
//!
//! Lookups return `None` for what is not there; that is never an error of storage. Owner or tenant is a part of
//! each query that serves a caller.

mod approvals;
mod attachments;
mod audit;
mod discussions;
mod entity;
mod jobs;
mod nodes;
mod participants;
mod record;
mod row;
mod saved_prompts;
mod secrets;
mod value;
mod verbs;

pub use approvals::{ApprovalFilter, ApprovalRows, InfoRequestRows, PendingInfoRequests};
pub use attachments::{AttachmentRows, BlobRows};
pub use audit::{AuditFilter, AuditRange, AuditRows, ChainHead};
pub use discussions::DiscussionRunRows;
pub use entity::{
    Condition, Conditions, Delete, Ends, Entity, Every, Filter, Insert, Key, Order, Scoped, Table, Update,
    every,
};
pub use jobs::{ClaimJobs, JobCount, JobRows};
pub use nodes::{NodeCommandRows, NodeRows};
pub use participants::{ParticipantRows, ParticipantsOf, TagUse};
pub use record::Record;
pub use row::{Row, Shape};
pub use saved_prompts::{PrivateTo, SavedPromptRows, SharedPrompts, UsableBy};
pub use secrets::SecretRows;
pub use value::{ToValue, Value};
pub use verbs::{EntityRows, OnRow, Place, Selection};

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{
    Agent, AgentId, ApiToken, AuthSession, BranchPart, Event, IdentityLink, Member, Membership, MemoryEntry,
    Message, MessageId, Page, Paged, Result, RightsOf, Role, Session, SessionId, SessionStatus, Task, TaskId,
    TaskStatus, Tenant, TenantId, TenantStatus, Timestamp, ToolCall, Topic, User, UserId, UserInTenant,
    UserStatus,
};

/// Work that writes.
pub trait WriteJob: Send {
    /// Runs in the transaction. An error undoes what this job wrote, and nothing of the others in its group. So does
    /// a verb that failed, even if the job goes on; only after a conflict of an insert it may.
    ///
    /// Runs once more, in a new transaction, where a store that is not [exclusive](Store::is_exclusive) undid the first for
    /// the sake of another process's (a deadlock).
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()>;

    /// Told once the transaction is durable (`Ok`) or undone (`Err`). If storage was lost in the middle of a commit,
    /// the error says that it is not known which. Runs on the storage thread: must be quick.
    fn done(self: Box<Self>, outcome: Result<()>);
}

/// Work that reads, from one consistent state.
pub type ReadJob = Box<dyn FnOnce(Result<&dyn Tx>) + Send>;

/// A database.
pub trait Store: Send + Sync {
    /// Queues a job. A full queue answers at once with `storage_unavailable`, by way of [`WriteJob::done`].
    fn write(&self, job: Box<dyn WriteJob>);

    /// Queues a reading job. It always runs; with an error if no transaction could be opened for it.
    fn read(&self, job: ReadJob);

    /// Whether no other process can use it as long as this one does.
    fn is_exclusive(&self) -> bool;

    /// Why nothing can be stored any more, if that is so: the disk has lost what it was given, or has refused
    /// everything for too long. The process is of no use then, and a new one may be.
    fn broken(&self) -> Option<Arc<str>>;
}

/// Everything that can be said in a transaction.
///
/// What all entities have in common are the typed verbs: `insert`, `put`, `update`, `delete`, `get`, `page` and so on.
/// The traits are for what a subject has of its own.
pub trait Tx:
    EntityRows
    + TenantRows
    + UserRows
    + AuthSessionRows
    + ApiTokenRows
    + AgentRows
    + SessionRows
    + ParticipantRows
    + SavedPromptRows
    + MessageRows
    + TaskRows
    + JobRows
    + StepRows
    + ToolCallRows
    + MemoryRows
    + ApprovalRows
    + InfoRequestRows
    + NodeRows
    + NodeCommandRows
    + DiscussionRunRows
    + EventRows
    + IdempotencyRows
    + SecretRows
    + BlobRows
    + AttachmentRows
    + AuditRows
{
}

/// Tenants.
pub trait TenantRows {
    /// By slug.
    fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>>;
    /// The one that runs the deployment.
    fn main_tenant(&self) -> Result<Option<Tenant>>;
    /// One, for a job that changes it: nobody else does until the job has ended. Whatever anybody does reads it, so `get`
    /// lets nobody wait.
    fn tenant_to_change(&mut self, id: &TenantId) -> Result<Option<Tenant>>;
    /// All, oldest first, that match.
    fn tenants(&self, filter: &TenantFilter, page: &Page) -> Result<Paged<Tenant>>;
    /// How many there are.
    fn tenant_count(&self) -> Result<u64>;
    /// Removes up to about `limit` rows of all that a tenant has; `true` if nothing was left, and the tenant itself is gone
    /// too. Users of other tenants whose home it was have another home from then on.
    fn erase_tenant(&mut self, id: &TenantId, limit: usize) -> Result<bool>;
}

/// Which tenants are asked for.
#[derive(Clone, Debug, Default)]
pub struct TenantFilter {
    /// What the name or the slug contains, whatever the case.
    pub search: Option<String>,
    /// With this status.
    pub status: Option<TenantStatus>,
}

/// People.
pub trait UserRows {
    /// By e-mail address, lower case.
    fn user_by_email(&self, email: &str) -> Result<Option<User>>;
    /// The active administrator who was there first; if there is none, the user who was.
    fn first_user(&self) -> Result<Option<User>>;
    /// One, for a job that changes it: nobody else does until the job has ended. Whatever a user does reads it, so `get`
    /// lets nobody wait.
    fn user_to_change(&mut self, id: &UserId) -> Result<Option<User>>;
    /// The active administrators, each with its tenant, of all tenants that the user is a member of: they stay that until
    /// the job has ended. To be asked before [`user_to_change`](Self::user_to_change) and
    /// [`membership_to_change`](Self::membership_to_change): two jobs that hold users in different orders would wait for
    /// each other.
    fn administrators_to_keep(&mut self, user: &UserId) -> Result<Vec<(TenantId, UserId)>>;
    /// Whether and how a user is a member of a tenant, for a job that changes it.
    fn membership_to_change(&mut self, tenant: &TenantId, user: &UserId) -> Result<Option<Membership>>;
    /// Ends that a user is a member of a tenant; `false` if it is none.
    fn delete_membership(&mut self, tenant: &TenantId, user: &UserId) -> Result<bool>;
    /// What is a user's own in a tenant.
    fn belongings(&self, tenant: &TenantId, user: &UserId) -> Result<Belongings>;
    /// Makes all that is a user's own in a tenant another one's.
    fn hand_over(&mut self, tenant: &TenantId, from: &UserId, to: &UserId) -> Result<()>;
    /// Ends that a user takes part in sessions of others in a tenant.
    fn leave_sessions(&mut self, tenant: &TenantId, user: &UserId) -> Result<()>;
}

/// How much is a user's own in a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Sessions.
    pub sessions: u64,
    /// Discussions, and runs that belong to none of them.
    pub discussions: u64,
    /// Memories.
    pub memories: u64,
    /// Attachments.
    pub attachments: u64,
}

impl Belongings {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which users in tenants are asked for. Those that were deleted are not, unless their status is asked for.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// This one.
    pub user: Option<UserId>,
    /// In the tenant with this slug.
    pub slug: Option<String>,
    /// What the name or the address contains, whatever the case.
    pub search: Option<String>,
    /// With this role.
    pub role: Option<Role>,
    /// With this status.
    pub status: Option<UserStatus>,
}

impl Filter for MemberFilter {
    type Of = Member;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_if("id", self.user.as_ref()).is_if("tenant_slug", self.slug.as_ref());
        if let Some(words) = &self.search {
            let columns = ["name", "email"];
            must.and(Condition::Either(columns.map(|column| Condition::Contains(column, words)).into()));
        }
        must.is_if("role", self.role.as_ref().map(Role::name));
        match &self.status {
            Some(status) => must.is("status", status),
            None => must.is_literally("status", &["active", "suspended"]),
        };
    }
}

/// The link of one identity at a provider.
#[derive(Clone, Copy, Debug)]
pub struct LinkFilter<'f> {
    /// The provider.
    pub issuer: &'f str,
    /// The provider's name for the person.
    pub subject: &'f str,
}

impl Filter for LinkFilter<'_> {
    type Of = IdentityLink;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is("issuer", self.issuer).is("subject", self.subject);
    }
}

/// Sign-ins.
pub trait AuthSessionRows {
    /// The one whose newest or previous refresh token has this hash.
    fn auth_session_by_refresh(&self, hash: &str) -> Result<Option<AuthSession>>;
    /// The live ones of a user, last seen first.
    fn auth_sessions(&self, user: &UserId, now: Timestamp) -> Result<Vec<AuthSession>>;
}

/// API tokens.
pub trait ApiTokenRows {
    /// By the hash of the secret.
    fn api_token_by_hash(&self, hash: &str) -> Result<Option<ApiToken>>;
    /// The live ones of a user in a tenant, newest first.
    fn api_tokens(&self, tenant: &TenantId, user: &UserId, now: Timestamp) -> Result<Vec<ApiToken>>;
}

/// The agents with the given ids, at least one.
#[derive(Clone, Debug)]
pub struct AgentsById(pub Vec<AgentId>);

impl Filter for AgentsById {
    type Of = Agent;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_one_of("id", &self.0);
    }
}

/// Agents.
pub trait AgentRows {
    /// By id or slug.
    fn agent(&self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>>;
    /// The same, for a job that changes it: nobody else does until the job has ended. All turns of an agent read it, so
    /// [`agent`](Self::agent) lets nobody wait.
    fn agent_to_change(&mut self, tenant: &TenantId, id_or_slug: &str) -> Result<Option<Agent>>;
}

/// Which sessions are asked for.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Words that title or messages must contain, each by its beginning.
    pub search: Option<String>,
    /// The agent that answers in it.
    pub agent: Option<AgentId>,
    /// Its status.
    pub status: Option<SessionStatus>,
    /// When it was made.
    pub created: Period,
    /// When something last happened in it.
    pub updated: Period,
    /// What the user has marked of it.
    pub marks: MarksFilter,
    /// By which time they are ordered.
    pub order: SessionOrder,
}

/// Which sessions are asked for, by what the user has marked of them. Archived ones are left out by default.
#[derive(Clone, Debug, Default)]
pub struct MarksFilter {
    /// Only archived ones, in place of all others.
    pub is_archived: bool,
    /// Only those that are pinned, or that are not.
    pub is_pinned: Option<bool>,
    /// Only those with messages that the user has not read, or those without.
    pub is_unread: Option<bool>,
    /// Only those with this tag.
    pub tag: Option<String>,
}

/// A time from which and until which something was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// Only at or after.
    pub from: Option<Timestamp>,
    /// Only before.
    pub until: Option<Timestamp>,
}

/// By which time sessions are ordered; the newest come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionOrder {
    /// When something last happened in it. A session moves to the top while the list is read.
    #[default]
    Updated,
    /// When it was made. Nothing moves.
    Created,
}

/// Sessions.
pub trait SessionRows {
    /// Those of a tenant in which the user takes part, in the order of the filter.
    fn sessions(
        &self,
        tenant: &TenantId,
        user: &UserId,
        filter: &SessionFilter,
        page: &Page,
    ) -> Result<Paged<Session>>;
    /// The users who take part in a session, its owner first, each in the session's tenant; nobody if it is not there. It
    /// is not held for that.
    fn session_members(&self, session: &SessionId) -> Result<Vec<UserInTenant>>;
}

/// Which messages of a session are asked for. In order of number, oldest first; `limit` of them: those nearest to
/// `since` if it is given, and else the newest ones (below `before`).
#[derive(Clone, Copy, Debug)]
pub struct MessageRange {
    /// Only those with a higher number.
    pub since: Option<i64>,
    /// Only those with a lower number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// Messages.
pub trait MessageRows {
    /// Adds one and returns its number; the number in `message` is not looked at.
    fn insert_message(&mut self, message: &Message) -> Result<i64>;
    /// Overwrites the text of a message that is still pending: a checkpoint of what was streamed.
    fn checkpoint_message(&mut self, id: &MessageId, content: &str, at: Timestamp) -> Result<()>;
    /// Hides all messages of a session but those of these parts of its branches.
    fn show_branch(&mut self, session: &SessionId, parts: &[BranchPart]) -> Result<()>;
    /// The number of the first message of a branch, shown or hidden.
    fn first_of_branch(&self, session: &SessionId, branch: i64) -> Result<Option<i64>>;
    /// The messages of a session that are shown.
    fn messages(&self, session: &SessionId, range: &MessageRange) -> Result<Vec<Message>>;
    /// The last message that is shown of each of the sessions, of those that have one.
    fn last_messages(&self, sessions: &[SessionId]) -> Result<Vec<Message>>;
    /// The messages of a session that are shown and contain all words, each by its beginning; best match first. Not those that are
    /// pending.
    fn search_messages(&self, session: &SessionId, words: &str, limit: usize) -> Result<Vec<Message>>;
    /// The messages of all sessions of a tenant in which the user takes part that are shown and contain all words, each by
    /// its beginning; newest first, by their numbers. Not those that are pending.
    fn find_messages(
        &self,
        tenant: &TenantId,
        user: &UserId,
        words: &str,
        page: &Page,
    ) -> Result<Paged<Message>>;
}

/// Which tasks are asked for.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Only of this user; of the whole tenant if absent.
    pub user: Option<UserId>,
    /// Only with one of these statuses; any if empty.
    pub statuses: Vec<TaskStatus>,
    /// Only of this agent.
    pub agent: Option<AgentId>,
    /// Only of this session.
    pub session: Option<SessionId>,
    /// Only made at or after.
    pub from: Option<Timestamp>,
    /// Only made before.
    pub until: Option<Timestamp>,
    /// Only with this text in the description.
    pub text: Option<String>,
}

impl Filter for TaskFilter {
    type Of = Task;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_if("user_id", self.user.as_ref())
            .is_one_of("status", &self.statuses)
            .is_if("agent_id", self.agent.as_ref())
            .is_if("session_id", self.session.as_ref())
            .is_within("created_at", self.from.as_ref(), self.until.as_ref());
        if let Some(text) = &self.text {
            must.and(Condition::Contains("description", text));
        }
    }
}

/// On whose behalf a task is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller<'a> {
    /// A user's.
    User(&'a UserId),
    /// The gateway's, for this reason.
    Gateway(&'a str),
}

/// The ledger of work.
pub trait TaskRows {
    /// Overwrites a task that has not ended; `false` if it has. A request to cancel that others noted meanwhile stands.
    fn update_open_task(&mut self, task: &Task) -> Result<bool>;
    /// Notes that cancelling was asked for, by a user or for a reason of the gateway's own, if the task has not ended;
    /// returns it as it is then.
    fn request_cancel(&mut self, id: &TaskId, by: Canceller<'_>, now: Timestamp) -> Result<Option<Task>>;
    /// The running tasks that are to be cancelled, of all tenants: what workers look at now and then.
    fn tasks_to_cancel(&self, limit: usize) -> Result<Vec<TaskId>>;
    /// The parts of a task, oldest first.
    fn child_tasks(&self, parent: &TaskId) -> Result<Vec<Task>>;
    /// The tasks of a session that have not ended, oldest first.
    fn open_tasks_of(&self, session: &SessionId) -> Result<Vec<Task>>;
    /// Tasks that wait or run although their rights have ended: the user is suspended or is no member of the task's tenant
    /// any more, the tenant is not in use, or the API token that started them was revoked or has expired. Those that are to
    /// be cancelled already are left out. At most `limit`, and no part before its whole.
    fn tasks_without_rights(&self, of: &RightsOf, now: Timestamp, limit: usize) -> Result<Vec<TaskId>>;
    /// How many wait.
    fn queued_tasks(&self) -> Result<u64>;
    /// How many of a user wait.
    fn queued_tasks_of(&self, user: &UserId) -> Result<u64>;
}

/// The completed steps of a task, so that a turn that is taken up again does not repeat them.
pub trait StepRows {
    /// Adds the step with this number, from 0.
    fn insert_step(&mut self, task: &TaskId, number: u32, step: &Json) -> Result<()>;
    /// All of a task, in order.
    fn steps(&self, task: &TaskId) -> Result<Vec<Json>>;
    /// Removes those of a task that has ended.
    fn delete_steps(&mut self, task: &TaskId) -> Result<()>;
}

/// Calls of tools.
pub trait ToolCallRows {
    /// All of a task, in order of start.
    fn tool_calls(&self, task: &TaskId) -> Result<Vec<ToolCall>>;
    /// All of these tasks, in order of start.
    fn tool_calls_of(&self, tasks: &[TaskId]) -> Result<Vec<ToolCall>>;
}

/// Which memory entries are asked for.
#[derive(Clone, Debug)]
pub struct MemoryFilter {
    /// In which tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// As this agent sees them: entries of user scope, and its own; all of the user's if absent.
    pub seen_by: Option<AgentId>,
}

/// What agents remember.
pub trait MemoryRows {
    /// Removes all of the user's in a tenant; returns how many.
    fn delete_memories(&mut self, tenant: &TenantId, user: &UserId) -> Result<u64>;
    /// The newest that match.
    fn memories(&self, filter: &MemoryFilter, limit: usize) -> Result<Vec<MemoryEntry>>;
    /// Those that contain any of the words, each by its beginning; best match first.
    fn search_memories(&self, filter: &MemoryFilter, words: &str, limit: usize) -> Result<Vec<MemoryEntry>>;
}

/// An event that is to be stored.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// What happened.
    pub event: &'a Event,
    /// Under which topics it is found.
    pub topics: Vec<Topic>,
}

/// An event as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Its number.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened; `None` if this program cannot read it, because another version stored it.
    pub event: Option<Event>,
}

/// A stored event, and under which topics it is found.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedEvent {
    /// Its number.
    pub number: u64,
    /// Those of its topics that are stored.
    pub topics: Vec<Topic>,
    /// What happened; `None` if this program cannot read it, because another version stored it.
    pub event: Option<Event>,
}

/// Durable events, kept for those who come back.
///
/// Their numbers follow the order of commit, for all processes on one database. Each process begins a new *epoch* as it
/// starts, above all numbers that any earlier one can have given: so if history was lost since (a backup was restored),
/// its numbers are not given again, and are known for what they are.
pub trait EventRows {
    /// Begins an epoch whose numbers are above `above` and above all before; returns the number that they are above.
    fn begin_events(&mut self, above: u64) -> Result<u64>;
    /// Adds events, numbered one after the other above `above` and all before; returns the first number. The last that
    /// a job does: on PostgreSQL other transactions that add events wait from here until it has ended.
    fn append_events(&mut self, events: &[NewEvent<'_>], above: u64, at: Timestamp) -> Result<u64>;
    /// Those of a topic with `after < number <= up_to`, in order; at most `limit`.
    fn events(&self, topic: &Topic, after: u64, up_to: u64, limit: usize) -> Result<Vec<StoredEvent>>;
    /// Those of all topics with `after < number <= up_to`, in order; at most `limit`.
    fn published_events(&self, after: u64, up_to: u64, limit: usize) -> Result<Vec<PublishedEvent>>;
    /// Whether the event with this number is found under one of these topics.
    fn is_event_under(&self, number: u64, topics: &[Topic]) -> Result<bool>;
    /// The highest number that was given, or that the epoch is above.
    fn last_event(&self) -> Result<u64>;
    /// Whether everything after this number is still there: nothing of it was removed, and the number was given in this
    /// history.
    fn has_events_since(&self, number: u64) -> Result<bool>;
    /// Removes those that happened before, oldest first and at most 10,000 at once; returns how many.
    fn prune_events(&mut self, before: Timestamp) -> Result<u64>;
}

/// The answer given to a request that bore an idempotency key.
#[derive(Clone, Debug, PartialEq)]
pub struct IdempotentReply {
    /// SHA-256 of the request, in hex: another request under the same key is a conflict.
    pub request_hash: String,
    /// The answer.
    pub reply: Json,
}

/// Requests that are applied once. A scope names tenant, principal and operation.
pub trait IdempotencyRows {
    /// The answer under this key that is not older than `since`. In a write job, others with this key wait from here
    /// until the job has ended: look here before doing the work, in the same job.
    fn idempotent_reply(&self, scope: &str, key: &str, since: Timestamp) -> Result<Option<IdempotentReply>>;
    /// Keeps an answer, in the transaction that it describes; replaces one that has lapsed.
    fn insert_idempotent_reply(
        &mut self,
        scope: &str,
        key: &str,
        reply: &IdempotentReply,
        now: Timestamp,
    ) -> Result<()>;
    /// Removes those made before, oldest first and at most 10,000 at once; returns how many.
    fn prune_idempotent_replies(&mut self, before: Timestamp) -> Result<u64>;
    /// Removes those beyond the newest `most` of each scope, at most 10,000 at once; returns how many.
    fn trim_idempotent_replies(&mut self, most: usize) -> Result<u64>;
}
