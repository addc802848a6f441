//! Questions of agents to the people they work for. A question gates nothing; a turn that asks one waits for the
//! answer.

mod tool;

use std::time::Duration;

use serde_json::json;
use sophon_model::event::{Activity, TaskProgress};
use sophon_model::ports::{PendingInfoRequests, Tx};
use sophon_model::{
    AuditAction, Caller, Error, InfoRequest, InfoRequestEvent, InfoRequestId, InfoRequestStatus, Page, Paged,
    Result, TaskEvent, TaskId, TenantId, Timestamp,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::jobs::HeldError;
use crate::limits::{LONGEST_DESCRIPTION, LONGEST_NAME, bounded};
use crate::policy::{Granted, Read, grant, visible};
use crate::prompts::{self, Prompt, Unanswered, expire_later};
use crate::registry::Registry;
use crate::tools::ToolContext;

/// Answers to choose from.
pub const MOST_CHOICES: usize = 10;
/// An answer, in characters.
pub const LONGEST_RESPONSE: usize = 10_000;

/// The service.
#[derive(Clone)]
pub struct InfoRequests {
    db: Database,
    answer_within: Duration,
}

impl InfoRequests {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        let requests = Self { db: shared.db.clone(), answer_within: shared.settings.turn.answer_within };
        prompts::register::<InfoRequest>(registry);
        registry.tool(tool::Ask::new(requests.clone()));
        let kept = shared.settings.retention.approvals;
        registry.keep::<InfoRequest>(kept);
        requests
    }

    /// What the caller is asked, newest first.
    pub async fn pending(&self, caller: &Caller, page: Page) -> Result<Paged<InfoRequest>> {
        let visible = visible::<InfoRequest>(caller)?;
        let pending = PendingInfoRequests { user: visible.own().clone() };
        self.db.read(move |tx| tx.page(visible.tenant(), &pending, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &InfoRequestId) -> Result<InfoRequest> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let request = tx.get_in(&caller.tenant, &wanted)?;
                let request: Granted<InfoRequest, Read> = grant(tx, &caller, request)?;
                Ok(request.into_inner())
            })
            .await
    }

    /// Answers one; with nothing, says that there will be no answer. The second answer is a conflict with the code
    /// `already_resolved` and the outcome in its details.
    pub async fn respond(
        &self,
        caller: &Caller,
        id: &InfoRequestId,
        response: Option<String>,
    ) -> Result<InfoRequest> {
        if let Some(text) = &response {
            bounded("response", text, 1, LONGEST_RESPONSE)?;
        }
        let (status, action) = match response {
            Some(_) => (InfoRequestStatus::Answered, AuditAction::QuestionAnswer),
            None => (InfoRequestStatus::Cancelled, AuditAction::QuestionDecline),
        };
        let answered = move |request| Ok(InfoRequest { status, response, ..request });
        prompts::answer(&self.db, caller, id, action, answered).await
    }

    /// Asks the person for whom the turn of `context` works, and returns the question as it is now: a call that is made
    /// again finds the question that it had asked.
    pub(crate) async fn ask(
        &self,
        context: &ToolContext,
        question: String,
        choices: Vec<String>,
    ) -> Result<InfoRequest, HeldError> {
        bounded("question", &question, 1, LONGEST_DESCRIPTION)?;
        if choices.len() > MOST_CHOICES {
            return Err(Error::validation("choices", format!("At most {MOST_CHOICES} choices.")).into());
        }
        for choice in &choices {
            bounded("choices", choice, 1, LONGEST_NAME)?;
        }
        let (within, waits) = (self.answer_within, waits(context, self.db.now()));
        let (asking, held) = (context.clone(), context.held.clone());
        let asked = held.write(move |unit| {
            let asked = unit.tx.info_requests_of_task(&asking.task)?;
            if let Some(asked) = asked.into_iter().find(|asked| asked.tool_call_id == asking.call) {
                return Ok(asked);
            }
            let request = InfoRequest {
                id: unit.new_id(),
                tenant_id: asking.caller.tenant,
                user_id: asking.caller.user,
                session_id: asking.session,
                task_id: asking.task,
                agent_id: asking.agent.id,
                tool_call_id: asking.call,
                question,
                choices,
                status: InfoRequestStatus::Pending,
                response: None,
                requested_at: unit.now(),
                expires_at: unit.now().plus(within),
                resolved_at: None,
            };
            unit.tx.insert(&request)?;
            expire_later(unit, &request)?;
            unit.emit(InfoRequestEvent::Requested { request: Box::new(request.clone()) });
            Ok(request)
        });
        let asked = asked.await?;
        if asked.is_pending() {
            self.db.pass(waits);
        }
        Ok(asked)
    }
}

/// That the task waits for a person.
fn waits(context: &ToolContext, at: Timestamp) -> TaskEvent {
    TaskEvent::Progress(TaskProgress {
        task_id: context.task.clone(),
        session_id: context.session.clone(),
        agent_id: context.agent.id.clone(),
        activity: Activity::WaitingApproval,
        detail: Some(tool::NAME.into()),
        at,
    })
}

impl Prompt for InfoRequest {
    type Id = InfoRequestId;
    const EXPIRY_JOB: &'static str = "info_request.expire";

    fn key(&self) -> (&TenantId, &InfoRequestId) {
        (&self.tenant_id, &self.id)
    }

    fn task(&self) -> &TaskId {
        &self.task_id
    }

    fn is_pending(&self) -> bool {
        self.status == InfoRequestStatus::Pending
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn unanswered(mut self, why: Unanswered) -> Self {
        self.status = match why {
            Unanswered::TimedOut => InfoRequestStatus::TimedOut,
            Unanswered::Cancelled => InfoRequestStatus::Cancelled,
        };
        self
    }

    fn stored(tx: &dyn Tx, tenant: &TenantId, id: &InfoRequestId) -> Result<Option<Self>> {
        tx.get_in(tenant, id)
    }

    fn of_task(tx: &dyn Tx, task: &TaskId) -> Result<Vec<Self>> {
        tx.info_requests_of_task(task)
    }

    fn resolve_in(&mut self, unit: &mut Unit<'_>) -> Result<bool> {
        self.resolved_at = Some(unit.now());
        if !unit.tx.resolve_info_request(self)? {
            return Ok(false);
        }
        unit.emit(InfoRequestEvent::Resolved { request: Box::new(self.clone()) });
        Ok(true)
    }

    fn already_resolved(&self) -> Error {
        let outcome = self.status.as_str();
        let text = match self.status {
            InfoRequestStatus::TimedOut => "Nobody answered in time; the question waits no longer.",
            InfoRequestStatus::Cancelled => "The question was taken back, or will not be answered.",
            _ => "Somebody has answered already. The first answer counts.",
        };
        Error::conflict(text).with_code("already_resolved").with_details(json!({ "outcome": outcome }))
    }
}
