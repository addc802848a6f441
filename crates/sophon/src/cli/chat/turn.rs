//! One turn: from the message to the end of the answer, over lost connections.

use sophon_client::{Accepted, ChatEvent, ChatHub, ClientError, Message, MessageRange};
use sophon_model::TaskStatus;

use super::super::context::Context;
use super::super::stop::Stop;
use super::controls::{Control, Controls};
use super::conversation::reconnect;
use super::view::View;

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer is complete.
    Completed,
    /// There is none, or not all of it, for this reason.
    Failed(String),
    /// Someone stopped it.
    Cancelled,
    /// It goes on in the gateway, but not before our eyes.
    Left,
}

/// A turn under way.
pub struct Turn<'a> {
    /// What the command works with.
    pub context: &'a Context,
    /// The task and where it is.
    pub accepted: Accepted,
    /// The connection that it is watched on.
    pub hub: ChatHub,
    /// Where it is shown.
    pub view: View,
    /// Whether the person has asked to stop it.
    pub has_asked_to_stop: bool,
}

impl Turn<'_> {
    /// Shows the turn to its end. Gives the connection back, unless it was left.
    pub async fn follow(mut self, controls: &mut Controls) -> Result<(Ending, Option<ChatHub>), Stop> {
        loop {
            let step = tokio::select! {
                event = self.hub.next() => Step::Event(event),
                control = controls.meanwhile() => Step::Control(control),
            };
            let ending = match step {
                Step::Event(Ok(event)) => self.shown(&event)?,
                Step::Event(Err(error)) => self.resume(error, controls).await?,
                Step::Control(control) => self.obey(control, controls).await?,
            };
            if let Some(ending) = ending {
                self.view.end(&ending)?;
                let hub = (ending != Ending::Left).then_some(self.hub);
                return Ok((ending, hub));
            }
        }
    }

    /// Shows an event if it is of this turn. Says how the turn ended, if it did.
    fn shown(&mut self, event: &ChatEvent) -> Result<Option<Ending>, Stop> {
        if event.task_id() != Some(&self.accepted.task_id) {
            return Ok(None);
        }
        self.view.event(event)?;
        Ok(match event {
            ChatEvent::TaskCompleted(_) => Some(Ending::Completed),
            ChatEvent::TaskFailed(task) => Some(Ending::Failed(task.error.clone())),
            ChatEvent::TaskCancelled(_) => Some(Ending::Cancelled),
            _ => None,
        })
    }

    async fn obey(&mut self, control: Control, controls: &mut Controls) -> Result<Option<Ending>, Stop> {
        match control {
            Control::Interrupt if self.has_asked_to_stop => return Ok(Some(Ending::Left)),
            Control::Interrupt => return self.stop(controls).await,
            Control::Line(line) if line.trim() == "/stop" => return self.stop(controls).await,
            Control::Line(line) => controls.keep(line),
            Control::End => {}
        }
        Ok(None)
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
            Missed::Nothing => Ok(None),
            Missed::Text(content) => {
                self.view.text_so_far(&content)?;
                Ok(None)
            }
            Missed::Ending(ending, answer) => {
                if let Some(answer) = answer {
                    self.view.event(&ChatEvent::ReceiveMessage(answer))?;
                }
                Ok(Some(ending))
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
        TaskStatus::Failed => Ending::Failed(task.error.unwrap_or_else(|| "it failed".to_owned())),
        TaskStatus::Cancelled => Ending::Cancelled,
    };
    let messages = context.client.messages(&accepted.session_id, MessageRange::default()).await?;
    let answer = messages
        .items
        .into_iter()
        .find(|message| Some(&message.message_id) == task.reply_message_id.as_ref());
    Ok((hub, Missed::Ending(ending, answer.map(Box::new))))
}

enum Step {
    Event(Result<ChatEvent, ClientError>),
    Control(Control),
}
