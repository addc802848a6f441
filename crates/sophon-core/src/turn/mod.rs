//! An agent's turn: the model is asked, the tools it calls are run, and it is asked again, until it is done.
//!
//! Each answer of the model that calls tools is stored as a *step* before its tools run, and each tool's result as it
//! returns. A turn that waits for a person or a machine is parked, and resumed after its last stored step when what it
//! waits for has happened. So is a turn that was interrupted, but what it had streamed since that step is void
//! ([`MessageEvent::Reset`]) and written anew.

mod ask;
mod attached;
mod begin;
mod clearance;
mod context;
mod conversation;
mod finish;
mod step;
mod tool_calls;
mod writer;

pub(crate) use begin::{TurnJob, enqueue_in};

use std::time::Duration;

use async_trait::async_trait;
use sophon_model::event::{Activity, TaskProgress};
use sophon_model::ports::{ModelMessage, ModelRequest, StopReason};
use sophon_model::{
    Agent, Caller, Error, Job, Kind, Message, MessageEvent, MessageId, Result, Session, Task, TaskEvent,
    Timestamp, ToolCallId, Usage,
};

use crate::attachments::Attachments;
use crate::database::Unit;
use crate::gateway::Shared;
use crate::identity::{ActingFor, acting_for};
use crate::jobs::{Begun, Handler, Held, HeldError, Released};
use crate::live::PendingTexts;
use crate::models::Models;
use crate::registry::Registry;
use crate::tools::{ToolContext, Tools, Toolset};
use begin::{Claimed, Start};
use context::{Context, Stored};
use step::Step;
use writer::Writer;

/// Model calls in a turn.
pub const MOST_STEPS: u32 = 50;
/// Tokens that one answer may have, if the model can write as many.
const MOST_OUTPUT_TOKENS: u32 = 16_384;

/// What a turn may consume.
#[derive(Clone, Copy, Debug)]
pub struct TurnLimits {
    /// Tokens read and written by all model calls of a turn together.
    pub token_budget: i64,
    /// How long a turn waits for a person's approval or answer. Silence is a rejection.
    pub answer_within: Duration,
    /// How long a turn may work, waiting for people not counted. Then it fails.
    pub work_within: Duration,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self {
            token_budget: 1_000_000,
            answer_within: Duration::from_mins(5),
            work_within: Duration::from_hours(1),
        }
    }
}

/// After the deadline of what a turn waits for, the time until it is resumed all the same.
const WAKE_GRACE: Duration = Duration::from_secs(5);

/// Runs turns.
#[derive(Clone)]
struct Turns {
    pending: PendingTexts,
    models: Models,
    tools: Tools,
    attachments: Attachments,
    limits: TurnLimits,
}

/// Registers how turns are run and ended.
pub(crate) fn register(shared: &Shared, attachments: &Attachments, registry: &mut Registry) {
    registry.handler(Turns {
        pending: shared.pending.clone(),
        models: shared.models.clone(),
        tools: shared.tools.clone(),
        attachments: attachments.clone(),
        limits: shared.settings.turn,
    });
    registry.task_end(finish::TurnsEnd);
}

/// Why a turn stops before it is done.
#[derive(Debug)]
enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// The rights that it was started with have ended: in words for people.
    RightsEnded(&'static str),
    /// It cannot go on.
    Failed(Error),
    /// It goes on when what it waits for has happened.
    Parked(Released),
    /// Another worker has its job: nothing more is written.
    Lost,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

impl From<HeldError> for Stop {
    fn from(error: HeldError) -> Self {
        match error {
            HeldError::Lost => Stop::Lost,
            HeldError::Failed(error) => Stop::Failed(error),
        }
    }
}

/// The caller that a turn acts as; the turn stops if its rights have ended.
fn require_rights(acting: ActingFor) -> Result<Caller, Stop> {
    match acting {
        ActingFor::Caller(caller) => Ok(caller),
        ActingFor::Nobody(reason) => Err(Stop::RightsEnded(reason)),
    }
}

/// One turn at work. It writes through its lease, and in no other way.
struct Turn {
    with: Turns,
    held: Held,
    task: Task,
    question: MessageId,
    session: Session,
    agent: Agent,
    reply: Message,
    /// The tools that it has, as of when it was begun or taken up again.
    tools: Toolset,
    writer: Writer,
    usage: Usage,
}

#[async_trait]
impl Handler for Turns {
    type Kind = TurnJob;
    type Work = Claimed;

    fn begin(&self, unit: &mut Unit<'_>, job: &Job, payload: TurnJob) -> Result<Begun<Claimed>> {
        begin::begin_in(unit, job, &payload)
    }

    async fn run(&self, claimed: Claimed, held: Held) -> Result<Released> {
        let Claimed { task, question, session, agent, reply, start } = claimed;
        let writer = Writer::open(self, &held, &task, &agent.id, &reply);
        let (with, usage, tools) = (self.clone(), Usage::default(), Toolset::default());
        let mut turn = Turn { with, held, task, question, session, agent, reply, tools, writer, usage };
        let within = turn.with.limits.work_within;
        let worked = tokio::time::timeout(within, turn.work(start)).await;
        let outcome = worked.unwrap_or_else(|_| {
            let text = format!("The turn did not come to an end within {} s of work.", within.as_secs());
            Err(Stop::Failed(Error::new(Kind::Conflict, text)))
        });
        Released::here_or_elsewhere(turn.finish(outcome).await)
    }
}

impl Turn {
    /// Works until the model has nothing more to do, and says why it stopped then.
    async fn work(&mut self, start: Start) -> Result<StopReason, Stop> {
        self.require_wanted()?;
        let (tools, stored) = Stored::read(self).await?;
        self.tools = tools;
        let mut context = stored.into_context(self).await;
        for answer in &context.steps {
            self.usage.add(&answer.usage);
            self.note_fallback(answer);
            self.writer.restore(&answer.text);
        }
        if start == Start::Interrupted {
            self.progress(Activity::Resuming, None);
            self.reset().await?;
        }
        // The last stored answer may have called tools that did not all return.
        if let Some(last) = context.steps.last().cloned() {
            let results = self.call_tools(&last.tool_calls).await?;
            context.messages.extend(results);
        }
        let begun = u32::try_from(context.steps.len()).unwrap_or(MOST_STEPS);
        for number in begun..MOST_STEPS {
            if self.usage.total() >= self.with.limits.token_budget {
                let text =
                    format!("The turn has used its budget of {} tokens.", self.with.limits.token_budget);
                return Err(Stop::Failed(Error::new(Kind::Conflict, text)));
            }
            let answer = self.ask(&context, number).await?;
            if answer.tool_calls.is_empty() {
                return Ok(answer.stop);
            }
            self.store_step(number, &answer).await?;
            context.messages.push(answer.as_message());
            let results = self.call_tools(&answer.tool_calls).await?;
            context.messages.extend(results);
            context.steps.push(answer);
        }
        let text = format!("The agent did not come to an end within {MOST_STEPS} steps.");
        Err(Stop::Failed(Error::new(Kind::Conflict, text)))
    }

    fn require_wanted(&self) -> Result<(), Stop> {
        if self.held.cancel().is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// The agent as a caller, with the rights that the person for whom it works, and the API token that started the turn,
    /// have now.
    async fn caller(&self) -> Result<Caller, Stop> {
        let (user, token) = (self.task.works_for(), self.task.api_token_id.clone());
        let (agent, now) = (self.agent.id.clone(), self.held.now());
        require_rights(self.held.read(move |tx| acting_for(tx, &user, token, &agent, now)).await?)
    }

    /// Parks the turn until what it waits for has happened, or until a moment after `until`. Returns if something
    /// happened meanwhile: look again.
    async fn park(&self, until: Timestamp) -> Result<(), Stop> {
        self.require_wanted()?;
        if let Some(released) = self.held.park(until.plus(WAKE_GRACE)).await? {
            return Err(Stop::Parked(released));
        }
        let id = self.task.id.clone();
        let task = self.held.read(move |tx| tx.get(&id)).await?.ok_or(Stop::Lost)?;
        if task.cancel_requested_at.is_some() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// Publishes what the turn is doing.
    fn progress(&self, activity: Activity, detail: Option<String>) {
        self.held.pass(TaskEvent::Progress(TaskProgress {
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            agent_id: self.agent.id.clone(),
            activity,
            detail,
            at: self.held.now(),
        }));
    }

    /// Voids what was streamed and streams again what is stored of the turn.
    async fn reset(&mut self) -> Result<(), Stop> {
        let event = MessageEvent::Reset {
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            message_id: self.reply.id.clone(),
        };
        self.held
            .write(move |unit| {
                unit.emit(event);
                Ok(())
            })
            .await?;
        self.writer.begin_again();
        Ok(())
    }

    fn request(&self, context: &Context) -> ModelRequest {
        ModelRequest {
            model: None,
            system: context.system.clone(),
            messages: context.messages.clone(),
            tools: self.tools.specs(),
            max_output_tokens: MOST_OUTPUT_TOKENS,
        }
    }

    fn tool_context(&self, caller: &Caller, call: &ToolCallId) -> ToolContext {
        ToolContext {
            caller: caller.clone(),
            agent: self.agent.clone(),
            session: self.session.id.clone(),
            task: self.task.id.clone(),
            held: self.held.clone(),
            call: call.clone(),
        }
    }

    /// Stores an answer that calls tools, before they run.
    async fn store_step(&mut self, number: u32, answer: &Step) -> Result<(), Stop> {
        self.writer.checkpointed().await;
        let (task, reply) = (self.task.id.clone(), self.reply.id.clone());
        let text = self.writer.text().to_owned();
        let step = serde_json::to_value(answer).map_err(Error::internal)?;
        self.held
            .write_progress(move |unit| {
                let now = unit.now();
                unit.tx.insert_step(&task, number, &step)?;
                unit.tx.checkpoint_message(&reply, &text, now)
            })
            .await?;
        Ok(())
    }
}

impl Step {
    fn as_message(&self) -> ModelMessage {
        ModelMessage::Assistant {
            content: self.text.clone(),
            tool_calls: self.tool_calls.clone(),
            reasoning: self.reasoning.clone(),
        }
    }
}
