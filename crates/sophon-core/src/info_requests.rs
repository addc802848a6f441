//! Questions of agents to the people they work for. A question gates nothing; a turn that asks one waits for the
//! answer.

use std::time::Duration;

use sophon_model::ports::Tx;
use sophon_model::{
    ApprovalEvent, Caller, Error, Event, InfoRequest, InfoRequestId, InfoRequestStatus, Page, Paged, Result,
    Task,
};

use crate::database::{Database, Unit};
use crate::doorbells::Doorbells;
use crate::limits::{LONGEST_DESCRIPTION, LONGEST_NAME, bounded};
use crate::policy::{Act, authorize};
use crate::tools::ToolContext;

/// Answers to choose from.
pub const MOST_CHOICES: usize = 10;
/// An answer, in characters.
pub const LONGEST_RESPONSE: usize = 10_000;
/// Questions that one round of the sweep ends; the rest waits for the next.
const MOST_EXPIRED: usize = 1_000;

/// The service.
#[derive(Clone)]
pub struct InfoRequests {
    db: Database,
    bells: Doorbells<InfoRequestId>,
    answer_within: Duration,
}

impl InfoRequests {
    pub(crate) fn new(db: Database, answer_within: Duration) -> Self {
        Self { db, bells: Doorbells::default(), answer_within }
    }

    /// How long a question waits for its answer.
    pub(crate) fn answer_within(&self) -> Duration {
        self.answer_within
    }

    /// What the caller is asked, newest first.
    pub async fn pending(&self, caller: &Caller, page: Page) -> Result<Paged<InfoRequest>> {
        authorize(Some(caller), Act::SignedIn)?;
        let (tenant, user) = (caller.tenant.clone(), caller.user.clone());
        self.db.read(move |tx| tx.pending_info_requests(&tenant, &user, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &InfoRequestId) -> Result<InfoRequest> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db.read(move |tx| readable(tx, &caller, &wanted)).await
    }

    /// Answers one; with nothing, says that there will be no answer. The second answer is a conflict.
    pub async fn respond(
        &self,
        caller: &Caller,
        id: &InfoRequestId,
        response: Option<String>,
    ) -> Result<InfoRequest> {
        if let Some(text) = &response {
            bounded("response", text, 1, LONGEST_RESPONSE)?;
        }
        let (caller, wanted, bells) = (caller.clone(), id.clone(), self.bells.clone());
        let answered = self.db.write(move |unit| {
            let mut request = readable(unit.tx, &caller, &wanted)?;
            authorize(Some(&caller), Act::AnswerInfoRequest(&request))?;
            let is_late = request.status == InfoRequestStatus::Pending && request.expires_at <= unit.now();
            request.status = match (&response, is_late) {
                (_, true) => InfoRequestStatus::TimedOut,
                (Some(_), false) => InfoRequestStatus::Answered,
                (None, false) => InfoRequestStatus::Cancelled,
            };
            request.response = if is_late { None } else { response };
            let resolved = resolve_in(unit, &mut request, &bells)?;
            Ok((request, resolved && !is_late))
        });
        let (request, counts) = answered.await?;
        if counts {
            return Ok(request);
        }
        let text = "The question waits no longer: it was answered, or its time is over.";
        Err(Error::conflict(text).with_code("already_resolved"))
    }

    /// Asks the person whom `context` works for, and waits. A call that is made again finds the question it had asked.
    pub(crate) async fn ask(
        &self,
        context: &ToolContext,
        question: String,
        choices: Vec<String>,
    ) -> Result<InfoRequest> {
        bounded("question", &question, 1, LONGEST_DESCRIPTION)?;
        if choices.len() > MOST_CHOICES {
            return Err(Error::validation("choices", format!("At most {MOST_CHOICES} choices.")));
        }
        for choice in &choices {
            bounded("choices", choice, 1, LONGEST_NAME)?;
        }
        let (context, within) = (context.clone(), self.answer_within);
        let asked = self.db.write(move |unit| {
            let asked = unit.tx.info_requests_of_task(&context.task)?;
            if let Some(asked) = asked.into_iter().find(|asked| asked.tool_call_id == context.call) {
                return Ok(asked);
            }
            let request = InfoRequest {
                id: unit.new_id(),
                tenant_id: context.caller.tenant,
                user_id: context.caller.user,
                session_id: context.session,
                task_id: context.task,
                agent_id: context.agent.id,
                tool_call_id: context.call,
                question,
                choices,
                status: InfoRequestStatus::Pending,
                response: None,
                requested_at: unit.now(),
                expires_at: unit.now().plus(within),
                resolved_at: None,
            };
            unit.tx.insert_info_request(&request)?;
            let event = ApprovalEvent::InfoRequested { request: Box::new(request.clone()) };
            unit.emit(&request.user_id, Event::Approval(event));
            Ok(request)
        });
        self.settled(asked.await?).await
    }

    async fn settled(&self, asked: InfoRequest) -> Result<InfoRequest> {
        let mut bell = self.bells.listen(&asked.id);
        loop {
            let (tenant, id) = (asked.tenant_id.clone(), asked.id.clone());
            let stored = self.db.read(move |tx| tx.info_request(&tenant, &id)).await?;
            let stored = stored.ok_or_else(|| Error::not_found("information request"))?;
            if stored.status != InfoRequestStatus::Pending {
                return Ok(stored);
            }
            let left = stored.expires_at.since(self.db.now());
            if left.is_zero() {
                self.expire(stored).await?;
            } else {
                let _rung_or_over = tokio::time::timeout(left, bell.rung()).await;
            }
        }
    }

    /// Ends what nobody answered in time and whose turn is not here to do it. At a steady pace.
    pub(crate) async fn expire_overdue(&self) -> Result<()> {
        let now = self.db.now();
        for overdue in self.db.read(move |tx| tx.overdue_info_requests(now, MOST_EXPIRED)).await? {
            self.expire(overdue).await?;
        }
        Ok(())
    }

    async fn expire(&self, mut request: InfoRequest) -> Result<()> {
        let bells = self.bells.clone();
        let expired = self.db.write(move |unit| {
            request.status = InfoRequestStatus::TimedOut;
            resolve_in(unit, &mut request, &bells).map(|_| ())
        });
        expired.await
    }
}

/// Ends the questions that a task still asks: it has ended itself.
pub(crate) fn cancel_open_in(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    for mut request in unit.tx.info_requests_of_task(&task.id)? {
        if request.status == InfoRequestStatus::Pending {
            request.status = InfoRequestStatus::Cancelled;
            resolve_in(unit, &mut request, &Doorbells::default())?;
        }
    }
    Ok(())
}

fn readable(tx: &dyn Tx, caller: &Caller, id: &InfoRequestId) -> Result<InfoRequest> {
    let request = tx.info_request(&caller.tenant, id)?;
    let request = request.ok_or_else(|| Error::not_found("information request"))?;
    authorize(Some(caller), Act::ReadInfoRequest(&request))?;
    Ok(request)
}

/// Stores how a pending question ended, tells of it and wakes who waits; false if it had ended before.
fn resolve_in(
    unit: &mut Unit<'_>,
    request: &mut InfoRequest,
    bells: &Doorbells<InfoRequestId>,
) -> Result<bool> {
    request.resolved_at = Some(unit.now());
    if !unit.tx.resolve_info_request(request)? {
        return Ok(false);
    }
    let event = ApprovalEvent::InfoResolved { request: Box::new(request.clone()) };
    unit.emit(&request.user_id, Event::Approval(event));
    let (id, bells) = (request.id.clone(), bells.clone());
    unit.after_commit(move || bells.ring(&id));
    Ok(true)
}
