//! The rounds of a run.
//!
//! The panelists of a round speak at the same time, and know what was said in the rounds before. Each turn that ends is
//! stored at once: a run that is taken up again keeps those, and begins the ones that were under way anew.

use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};
use sophon_model::{DiscussionEvent, DiscussionTurn, DiscussionTurnStatus, Error, Task, TaskKind, Usage};
use tokio::time::{Instant, timeout_at};

use super::runner::{ActiveRun, Stop, begin_part_in, count};
use crate::tasks::{Outcome, RunningTask, finish_in};

/// How a turn ended.
enum Spoken {
    Text(String),
    Failed(Error),
    TooLate,
    Cancelled,
}

impl ActiveRun<'_> {
    /// Lets those speak who have not yet spoken in a round.
    pub(super) async fn hold_round(&mut self, round: i64) -> Result<(), Stop> {
        self.require_wanted()?;
        let is_new = !self.turns.iter().any(|turn| turn.round == round);
        let to_take: Vec<DiscussionTurn> =
            self.run.panelists.iter().filter_map(|panelist| self.turn_of(round, &panelist.id)).collect();
        if to_take.is_empty() {
            return Ok(());
        }
        // Noted before they are stored: from then on they can be cancelled.
        let parts: Vec<RunningTask> = to_take.iter().map(|turn| self.part(&turn.task_id)).collect();
        self.begin_turns(round, is_new, to_take.clone()).await?;
        let deadline = Instant::now() + self.round_timeout();
        let speaking = to_take.iter().zip(&parts).map(|(turn, part)| self.take_turn(turn, part, deadline));
        let taken = try_join_all(speaking).await?;
        self.turns.retain(|turn| turn.status != DiscussionTurnStatus::Running);
        self.turns.extend(taken);
        Ok(())
    }

    /// The turn that is to be taken: a new one, one that was interrupted, or none if it has ended.
    fn turn_of(&self, round: i64, panelist: &str) -> Option<DiscussionTurn> {
        let begun = self.turns.iter().find(|turn| turn.round == round && turn.panelist_id == panelist);
        match begun {
            Some(begun) if begun.status != DiscussionTurnStatus::Running => None,
            Some(begun) => Some(DiscussionTurn { started_at: self.with.db.now(), ..begun.clone() }),
            None => Some(DiscussionTurn {
                run_id: self.run.id.clone(),
                round,
                panelist_id: panelist.to_owned(),
                task_id: self.with.db.new_id(),
                status: DiscussionTurnStatus::Running,
                content: String::new(),
                content_hash: String::new(),
                error: None,
                usage: None,
                started_at: self.with.db.now(),
                ended_at: None,
            }),
        }
    }

    async fn begin_turns(&self, round: i64, is_new: bool, turns: Vec<DiscussionTurn>) -> Result<(), Stop> {
        let (run, running) = (self.run.clone(), self.with.running.clone());
        self.write(move |unit, task| {
            if is_new {
                unit.emit(DiscussionEvent::RoundStarted { run_id: run.id.clone(), round });
            }
            for turn in turns {
                let name = run.panelists.iter().find(|panelist| panelist.id == turn.panelist_id);
                let name = name.map_or(turn.panelist_id.as_str(), |panelist| &panelist.name);
                let asked = format!("Round {round}, {name}: {}", run.topic);
                begin_part_in(unit, &running, task, &turn.task_id, TaskKind::DiscussionTurn, &asked)?;
                unit.tx.put(&turn)?;
                unit.emit(DiscussionEvent::TurnStarted { turn: Box::new(turn) });
            }
            Ok(())
        })
        .await
    }

    async fn take_turn(
        &self,
        turn: &DiscussionTurn,
        part: &RunningTask,
        deadline: Instant,
    ) -> Result<DiscussionTurn, Stop> {
        let before: Vec<DiscussionTurn> =
            self.turns.iter().filter(|before| before.round < turn.round).cloned().collect();
        let mut usage = Usage::default();
        let speaking = self.with.speak(&self.run, turn, &before, &mut usage);
        let spoken = tokio::select! {
            biased;
            () = part.cancel().cancelled() => Spoken::Cancelled,
            spoken = timeout_at(deadline, speaking) => match spoken {
                Ok(Ok(text)) => Spoken::Text(text),
                Ok(Err(error)) => Spoken::Failed(error),
                Err(_) => Spoken::TooLate,
            },
        };
        let turn = self.ended_turn(turn.clone(), spoken, usage);
        self.end_turn(turn.clone()).await?;
        Ok(turn)
    }

    fn ended_turn(&self, turn: DiscussionTurn, spoken: Spoken, usage: Usage) -> DiscussionTurn {
        let (status, content, error) = match spoken {
            Spoken::Text(text) => (DiscussionTurnStatus::Completed, text, None),
            Spoken::Failed(error) => {
                tracing::warn!(run.id = %turn.run_id, turn.panelist_id, %error, "a panelist did not speak");
                (DiscussionTurnStatus::Failed, String::new(), Some(error.message().to_owned()))
            }
            Spoken::TooLate => {
                let text =
                    format!("It did not finish within the {} s of a round.", self.round_timeout().as_secs());
                (DiscussionTurnStatus::TimedOut, String::new(), Some(text))
            }
            Spoken::Cancelled => (DiscussionTurnStatus::Cancelled, String::new(), None),
        };
        DiscussionTurn {
            status,
            content_hash: hex::encode(Sha256::digest(&content)),
            content,
            error,
            usage: (usage.total() > 0).then_some(usage),
            ended_at: Some(self.with.db.now()),
            ..turn
        }
    }

    /// Stores how a turn ended, with its task.
    async fn end_turn(&self, turn: DiscussionTurn) -> Result<(), Stop> {
        self.write(move |unit, task| {
            unit.tx.put(&turn)?;
            if let Some(part) = unit.tx.get_in(&task.tenant_id, &turn.task_id)? {
                let outcome = match turn.status {
                    DiscussionTurnStatus::Completed => Outcome::completed(),
                    DiscussionTurnStatus::Cancelled => Outcome::cancelled(),
                    _ => Outcome::failed(turn.error.clone().unwrap_or_default()),
                };
                let is_cancelled = turn.status == DiscussionTurnStatus::Cancelled;
                let part = if is_cancelled { part.cancelled_with(task) } else { part };
                finish_in(unit, Task { usage: turn.usage.clone(), ..part }, outcome)?;
            }
            count(task, turn.usage.as_ref());
            unit.tx.update_open_task(task)?;
            unit.emit(DiscussionEvent::TurnEnded { turn: Box::new(turn) });
            Ok(())
        })
        .await
    }
}
