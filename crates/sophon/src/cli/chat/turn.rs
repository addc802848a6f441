//! One turn: from the message to the end of the answer, over lost connections.

use std::io::{self, IsTerminal};

use sophon_api::hubs::{ChatEvent, ReceiveMessage, TaskFailed};
use sophon_api::{Accepted, Message};
use sophon_client::{ChatHub, ClientError, MessageRange};
use sophon_model::{Activity, FinishReason, MessageRole, TaskStatus};

use super::super::context::Context;
use super::super::environment;
use super::super::screen::one_line;
use super::super::stop::Stop;
use super::asking::{Asked, Asking};
use super::controls::{Control, Controls};
use super::conversation::reconnect;
use super::view::{View, cut};

/// What is said when an answer to what stands before the person's eyes would come too late.
const OVERTAKEN: &str = "it waits no longer: somebody answered elsewhere, or its time is over";

/// What is said when the program that reads the answer has ended.
const LEFT_UNREAD: &str =
    "nobody reads the answer any more; the gateway finishes it: `sophon chat --last` comes back to it";

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer is complete.
    Completed,
    /// The answer ends before its end, for this reason.
    CutOff(FinishReason),
    /// There is none, or not all of it.
    Failed(Cause),
    /// Someone stopped it, or the gateway did, for this reason.
    Cancelled(Option<String>),
    /// It goes on in the gateway, but not before our eyes.
    Left,
}

/// Why an answer failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// In words for people.
    pub reason: String,
    /// The code of the error, where it had one.
    pub code: Option<String>,
}

/// A turn under way.
pub struct Turn<'a> {
    context: &'a Context,
    accepted: Accepted,
    hub: ChatHub,
    view: View,
    has_asked_to_stop: bool,
    asking: Asking,
    /// Whether the person can be asked in the terminal.
    is_here: bool,
    /// Why the answer ends before its end, if it does.
    cut_off: Option<FinishReason>,
}

impl<'a> Turn<'a> {
    /// A turn that was accepted, watched on `hub`.
    pub fn new(context: &'a Context, accepted: Accepted, hub: ChatHub, view: View) -> Self {
        let is_here = !context.screen.json && context.screen.is_watched && io::stdin().is_terminal();
        Self {
            context,
            accepted,
            hub,
            view,
            has_asked_to_stop: false,
            asking: Asking::default(),
            is_here,
            cut_off: None,
        }
    }

    /// Shows the turn to its end. Gives the connection back, unless it was left.
    pub async fn follow(mut self, controls: &mut Controls) -> Result<(Ending, Option<ChatHub>), Stop> {
        match self.watch(controls).await {
            Ok(ending) => {
                self.view.end(&ending)?;
                let hub = (ending != Ending::Left).then_some(self.hub);
                Ok((ending, hub))
            }
            Err(stop) => {
                self.view.abandon()?;
                Err(stop)
            }
        }
    }

    /// Shows the turn until it ends, and says how.
    async fn watch(&mut self, controls: &mut Controls) -> Result<Ending, Stop> {
        loop {
            let is_asked = self.first_asked().is_some();
            let step = tokio::select! {
                event = self.hub.next() => Step::Event(event.map(Box::new)),
                control = controls.meanwhile(is_asked) => Step::Control(control),
            };
            let ending = match step {
                Step::Event(Ok(event)) => self.shown(&event, controls).await?,
                Step::Event(Err(error)) => self.resume(error, controls).await?,
                Step::Control(control) => self.obey(control, controls).await?,
            };
            if let Some(ending) = ending {
                return Ok(ending);
            }
            self.ask(controls)?;
            self.show_typing(controls);
        }
    }

    /// Shows an event if it is of this turn. Says how the turn ended, if it did.
    async fn shown(&mut self, event: &ChatEvent, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        if event.task_id() != Some(&self.accepted.task_id) {
            return Ok(None);
        }
        if self.asking.overtaken(event).is_some() && self.is_here {
            self.overtaken(controls);
        }
        self.view.event(event)?;
        Ok(match event {
            ChatEvent::AgentStatus(status) if status.status == Activity::WaitingApproval => {
                self.look(controls).await?
            }
            ChatEvent::ReceiveMessage(received) => {
                self.cut_off = cut_off(&received.message);
                None
            }
            ChatEvent::TaskCompleted(_) => Some(self.completed()),
            ChatEvent::TaskFailed(task) => {
                let TaskFailed { error: reason, code, .. } = task.clone();
                Some(Ending::Failed(Cause { reason, code }))
            }
            ChatEvent::TaskCancelled(task) => Some(Ending::Cancelled(task.reason.clone())),
            _ => None,
        })
    }

    fn completed(&self) -> Ending {
        self.cut_off.map_or(Ending::Completed, Ending::CutOff)
    }

    async fn obey(&mut self, control: Control, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        match control {
            Control::Interrupt if self.has_asked_to_stop => return Ok(Some(Ending::Left)),
            Control::Interrupt => return self.stop(controls).await,
            Control::Line(line) if line.trim() == "/stop" => return self.stop(controls).await,
            Control::Line(line) if self.first_asked().is_some() => {
                return self.answer(&line, controls).await;
            }
            Control::Line(line) if line.trim().is_empty() => {}
            Control::Line(line) => {
                if controls.is_listening() {
                    self.view.remark(&format!("next: {}", one_line(&line)));
                }
                controls.keep(line);
            }
            Control::End if self.is_here => {
                self.is_here = false;
                self.direct_elsewhere(0);
            }
            Control::Typed | Control::End => {}
            Control::ReaderGone => {
                self.view.remark(LEFT_UNREAD);
                return Err(Stop::reader_gone());
            }
        }
        Ok(None)
    }

    /// Looks for what the turn asks. Tells how it is answered elsewhere if the person cannot be asked here.
    async fn look(&mut self, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        let before = self.first_asked().map(|asked| asked.call().clone());
        let looked = tokio::select! {
            looked = self.asking.look(self.context, &self.accepted) => looked,
            () = controls.interrupt() => return self.stop(controls).await,
        };
        match looked {
            Ok(known) if !self.is_here => self.direct_elsewhere(known),
            Ok(_) => {}
            // It is looked for again when the connection is there again; and others can answer meanwhile.
            Err(error) => self.view.remark(&format!("what the agent asks could not be read: {error}")),
        }
        if before.is_some() && before.as_ref() != self.first_asked().map(Asked::call) {
            self.overtaken(controls);
        }
        Ok(None)
    }

    /// What stands before the person's eyes is asked no more.
    fn overtaken(&mut self, controls: &mut Controls) {
        controls.take_up();
        self.view.was_answered("");
        self.view.remark(OVERTAKEN);
    }

    /// What is before the person's eyes, if the person can be asked here.
    fn first_asked(&self) -> Option<&Asked> {
        self.asking.first().filter(|_| self.is_here && !self.has_asked_to_stop)
    }

    /// Asks what is to be asked first, unless it stands there already.
    fn ask(&mut self, controls: &mut Controls) -> Result<(), Stop> {
        if let Some(asked) = self.first_asked()
            && !self.view.is_asking()
        {
            let prompt = asked.prompt(environment::now());
            controls.listen()?;
            controls.set_aside();
            self.view.ask(&prompt)?;
        }
        Ok(())
    }

    /// Shows what is typed. Where only an answer to what is asked is, the rest is for the shell.
    fn show_typing(&mut self, controls: &mut Controls) {
        if self.first_asked().is_none() && !controls.has_prompt() {
            controls.end_turn();
        }
        if controls.is_listening() {
            self.view.typing(controls.draft());
        }
    }

    async fn answer(&mut self, line: &str, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        self.view.was_answered(line);
        controls.take_up();
        let became = tokio::select! {
            became = self.asking.answer(self.context, line) => became?,
            () = controls.interrupt() => return Ok(Some(Ending::Left)),
        };
        self.view.remark(&became);
        Ok(None)
    }

    /// Tells how to answer in another place what is asked, but for the first `known`.
    fn direct_elsewhere(&mut self, known: usize) {
        for asked in self.asking.iter().skip(known) {
            self.view.remark(&asked.directions(environment::now()));
        }
    }

    async fn stop(&mut self, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        self.has_asked_to_stop = true;
        self.view.remark("stopping … (Ctrl-C again leaves at once)");
        let asked = tokio::select! {
            asked = self.cancel() => asked,
            () = controls.interrupt() => return Ok(Some(Ending::Left)),
        };
        match asked {
            Ok(()) => Ok(None),
            // It has ended in the same moment, and its last event is on its way.
            Err(error) if error.code() == Some("conflict") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn cancel(&mut self) -> Result<(), ClientError> {
        match self.hub.cancel_task(&self.accepted.task_id).await {
            // The next event tells that the connection is gone; over another path it can still be asked for.
            Err(error) if error.is_transient() => {
                self.context.client.cancel_task(&self.accepted.task_id).await.map(drop)
            }
            asked => asked,
        }
    }

    /// Takes the turn up again on another connection.
    async fn resume(&mut self, error: ClientError, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        if !error.is_transient() {
            return Err(error.into());
        }
        self.view.remark(&format!("{error}; connecting again …"));
        let (hub, missed) = tokio::select! {
            found = find_again(self.context, &self.accepted) => found?,
            () = controls.interrupt() => return Ok(Some(Ending::Left)),
        };
        self.hub = hub;
        match missed {
            Missed::Nothing => self.look(controls).await,
            Missed::Text(content) => {
                self.view.text_so_far(&content)?;
                self.look(controls).await
            }
            Missed::Ending(ending, answer) => {
                if let Some(answer) = answer {
                    self.cut_off = cut_off(&answer);
                    self.view.event(&received(*answer))?;
                }
                Ok(Some(if ending == Ending::Completed { self.completed() } else { ending }))
            }
        }
    }
}

/// What happened in a turn while nobody was connected.
enum Missed {
    /// It waits still.
    Nothing,
    /// The text so far.
    Text(String),
    /// It ended, perhaps with an answer.
    Ending(Ending, Option<Box<Message>>),
}

async fn find_again(context: &Context, accepted: &Accepted) -> Result<(ChatHub, Missed), ClientError> {
    let (hub, joined) = reconnect(context, &accepted.session_id).await?;
    let mut pending = joined.pending.into_iter();
    if let Some(pending) = pending.find(|message| message.task_id == accepted.task_id) {
        return Ok((hub, Missed::Text(pending.content)));
    }
    let task = context.client.task(&accepted.task_id).await?.task;
    let ending = match task.status {
        TaskStatus::Queued | TaskStatus::Running => return Ok((hub, Missed::Nothing)),
        TaskStatus::Completed => Ending::Completed,
        TaskStatus::Failed => Ending::Failed(Cause {
            reason: task.error.unwrap_or_else(|| "it failed".to_owned()),
            code: task.details.and_then(|details| details.error_code),
        }),
        TaskStatus::Cancelled => Ending::Cancelled(task.error),
    };
    let messages = context.client.messages(&accepted.session_id, MessageRange::default()).await?;
    let answer = messages
        .items
        .into_iter()
        .find(|message| Some(&message.message_id) == task.reply_message_id.as_ref());
    Ok((hub, Missed::Ending(ending, answer.map(Box::new))))
}

/// A message that was read, as the hub would have told it.
fn received(message: Message) -> ChatEvent {
    let author_agent_id = message.agent_id.clone();
    ChatEvent::ReceiveMessage(ReceiveMessage { message, author_agent_id, seq: None })
}

fn cut_off(message: &Message) -> Option<FinishReason> {
    message.finish_reason.filter(|reason| message.role == MessageRole::Agent && cut(*reason).is_some())
}

enum Step {
    Event(Result<Box<ChatEvent>, ClientError>),
    Control(Control),
}
