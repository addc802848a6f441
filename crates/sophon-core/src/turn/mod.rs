//! An agent's turn: the model is asked, the tools it calls are run, and it is asked again, until it is done.
//!
//! Each answer of the model that calls tools is stored as a *step* before its tools run, and each tool's result as it
//! returns. A turn that was interrupted is taken up after its last stored step; what had been streamed since is void
//! ([`Event::MessageReset`]) and written anew.

mod ask;
mod context;
mod finish;
mod leave;
mod step;
mod tool_calls;
mod writer;

use std::time::Duration;

use sophon_model::event::{Activity, TaskProgress};
use sophon_model::ports::{ModelMessage, ModelRequest};
use sophon_model::{Agent, Caller, Error, Event, Kind, Message, MessageId, Session, Task, ToolCallId, Usage};
use tokio_util::sync::CancellationToken;

use crate::approvals::Approvals;
use crate::database::Database;
use crate::live::PendingTexts;
use crate::models::Models;
use crate::tasks::{Claimed, Seat};
use crate::tools::{ToolContext, Tools};
use context::Context;
use step::Step;
use writer::Writer;

/// Model calls in a turn.
pub const MOST_STEPS: u32 = 50;
/// Tokens that one answer may have.
const MOST_OUTPUT_TOKENS: u32 = 8_192;

/// What a turn may consume.
#[derive(Clone, Copy, Debug)]
pub struct TurnLimits {
    /// Tokens read and written by all model calls of a turn together.
    pub token_budget: i64,
    /// How long a turn waits for a person's leave, or answer. Silence is a refusal.
    pub answer_within: Duration,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self { token_budget: 1_000_000, answer_within: Duration::from_mins(5) }
    }
}

/// Runs turns.
#[derive(Clone)]
pub(crate) struct Turns {
    pub(crate) db: Database,
    pub(crate) pending: PendingTexts,
    pub(crate) models: Models,
    pub(crate) tools: Tools,
    pub(crate) approvals: Approvals,
    pub(crate) limits: TurnLimits,
}

/// How a turn ends other than well.
#[derive(Debug)]
enum Ended {
    /// Somebody cancelled it.
    Cancelled,
    /// It cannot go on.
    Failed(Error),
    /// Another worker has taken it over: nothing more is written.
    Lost,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Failed(error)
    }
}

/// One turn at work.
struct Turn {
    with: Turns,
    task: Task,
    question: MessageId,
    session: Session,
    agent: Agent,
    reply: Message,
    writer: Writer,
    usage: Usage,
    seat: Seat,
    cancel: CancellationToken,
}

impl Turns {
    /// Runs a turn to its end and stores how it ended. A turn whose task was lost writes nothing.
    pub(crate) async fn run(&self, claimed: Claimed, seat: Seat, cancel: CancellationToken) {
        let Claimed { task, question, session, agent, reply, is_resumed } = claimed;
        let writer = Writer::open(self, &task, &agent.id, &reply);
        let id = task.id.clone();
        let usage = Usage::default();
        let mut turn =
            Turn { with: self.clone(), task, question, session, agent, reply, writer, usage, seat, cancel };
        let outcome = turn.work(is_resumed).await;
        if let Err(error) = turn.finish(outcome).await {
            // The lease runs out, and the task is taken up again.
            tracing::error!(task.id = %id, %error, "the end of a turn could not be stored");
        }
    }
}

impl Turn {
    async fn work(&mut self, is_resumed: bool) -> Result<(), Ended> {
        if self.cancel.is_cancelled() {
            return Err(Ended::Cancelled);
        }
        let mut context = Context::load(self).await?;
        if is_resumed {
            self.progress(Activity::Resuming, None);
            self.reset().await?;
        }
        for answer in &context.steps {
            self.usage.add(&answer.usage);
            self.writer.restore(&answer.text);
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
                return Err(Ended::Failed(Error::new(Kind::Conflict, text)));
            }
            let answer = self.ask(&context, number).await?;
            if answer.tool_calls.is_empty() {
                return Ok(());
            }
            self.store_step(number, &answer).await?;
            context.messages.push(answer.as_message());
            let results = self.call_tools(&answer.tool_calls).await?;
            context.messages.extend(results);
            context.steps.push(answer);
        }
        let text = format!("The agent did not come to an end within {MOST_STEPS} steps.");
        Err(Ended::Failed(Error::new(Kind::Conflict, text)))
    }

    /// Tells what the turn is doing.
    fn progress(&self, activity: Activity, detail: Option<String>) {
        self.with.db.tell(
            &self.task.user_id,
            Event::TaskProgress(TaskProgress {
                task_id: self.task.id.clone(),
                session_id: self.session.id.clone(),
                agent_id: self.agent.id.clone(),
                activity,
                detail,
                at: self.with.db.now(),
            }),
        );
    }

    /// Voids what was streamed and streams again what is stored of the turn.
    async fn reset(&mut self) -> Result<(), Ended> {
        let event = Event::MessageReset {
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            message_id: self.reply.id.clone(),
        };
        let owner = self.task.user_id.clone();
        self.with
            .db
            .write(move |unit| {
                unit.emit(&owner, event);
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
            tools: self.with.tools.allowed(&self.agent),
            max_output_tokens: MOST_OUTPUT_TOKENS,
        }
    }

    fn tool_context(&self, caller: &Caller, call: &ToolCallId) -> ToolContext {
        ToolContext {
            caller: caller.clone(),
            agent: self.agent.clone(),
            session: self.session.id.clone(),
            task: self.task.id.clone(),
            attempt: self.task.attempt,
            call: call.clone(),
        }
    }

    /// Stores an answer that calls tools, before they run.
    async fn store_step(&self, number: u32, answer: &Step) -> Result<(), Ended> {
        let (task, text) = (self.task.clone(), self.writer.text().to_owned());
        let reply = self.reply.id.clone();
        let step = serde_json::to_value(answer).map_err(Error::internal)?;
        let held = self.with.db.write(move |unit| {
            let now = unit.now();
            if !unit.tx.update_running_task(&task)? {
                return Ok(false);
            }
            unit.tx.insert_step(&task.id, number, &step)?;
            unit.tx.checkpoint_message(&reply, &text, now)?;
            Ok(true)
        });
        if held.await? { Ok(()) } else { Err(Ended::Lost) }
    }
}

impl Step {
    fn as_message(&self) -> ModelMessage {
        ModelMessage::Assistant { content: self.text.clone(), tool_calls: self.tool_calls.clone() }
    }
}
