//! Forking: a new session that begins with what another one says.

use std::collections::HashMap;

use sophon_model::ports::MessageRange;
use sophon_model::{
    AuditAction, Caller, Error, Message, MessageId, MessageStatus, Result, Session, SessionId, SessionStatus,
    Visibility,
};

use super::{Sessions, View, store_new_in};
use crate::attachments::{self, Quotas};
use crate::database::Unit;
use crate::limits::title;
use crate::policy::{Allowed, Create, Granted, Read, allow, grant};

/// The most messages that are copied: the newest ones.
const MOST_COPIED: usize = 2_000;

/// How to fork.
#[derive(Clone, Debug, Default)]
pub struct Fork {
    /// The last message to copy; all if absent.
    pub from_message: Option<MessageId>,
    /// The title; the parent's if absent.
    pub title: Option<String>,
}

impl Sessions {
    /// Makes a session of the caller's own out of one that the caller can read. Copies are finished messages only;
    /// they keep who spoke, not the tasks and tool calls behind them.
    pub async fn fork(&self, caller: &Caller, id: &SessionId, fork: Fork) -> Result<Session> {
        let allowed = allow(caller)?;
        let fork = Fork { title: fork.title.as_deref().map(title).transpose()?, ..fork };
        let (known, id) = (caller.clone(), id.clone());
        let quotas = self.quotas;
        self.db
            .write_once(caller, AuditAction::SessionFork, move |unit| {
                let session = fork_in(unit, &known, &allowed, quotas, &id, fork)?;
                unit.about(&session);
                Ok(session)
            })
            .await
    }
}

fn fork_in(
    unit: &mut Unit<'_>,
    caller: &Caller,
    allowed: &Allowed<Session, Create>,
    quotas: Quotas,
    id: &SessionId,
    fork: Fork,
) -> Result<Session> {
    let parent: Granted<Session, Read> = grant(unit.tx, caller, unit.tx.get(id)?)?;
    let messages = copied(unit, caller, &parent, fork.from_message.as_ref())?;
    let session = Session {
        id: unit.new_id(),
        tenant_id: allowed.tenant().clone(),
        owner_id: allowed.user().clone(),
        agent_id: parent.agent_id.clone(),
        title: fork.title.unwrap_or_else(|| parent.title.clone()),
        visibility: Visibility::Private,
        status: SessionStatus::Active,
        mode: parent.mode,
        while_busy: parent.while_busy,
        channel_id: parent.channel_id.clone(),
        model: parent.model.clone(),
        parent_id: Some(parent.id.clone()),
        forked_at_message_id: messages.last().map(|message| message.id.clone()),
        message_count: i64::try_from(messages.len()).unwrap_or(i64::MAX),
        branch: 0,
        last_outcome: None,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    store_new_in(unit, &session)?;
    // What answers what is kept: the order in which messages were written does not say so.
    let ids: HashMap<MessageId, MessageId> =
        messages.iter().map(|message| (message.id.clone(), unit.new_id())).collect();
    let copy = |message: Message| Message {
        id: ids[&message.id].clone(),
        session_id: session.id.clone(),
        tenant_id: session.tenant_id.clone(),
        task_id: None,
        local_id: None,
        branch: 0,
        reply_to: message.reply_to.as_ref().and_then(|question| ids.get(question)).cloned(),
        ..message
    };
    let mut copies: Vec<Message> = messages.into_iter().map(copy).collect();
    attachments::copy_all_in(unit, allowed, quotas, &mut copies)?;
    for copy in copies {
        unit.tx.insert_message(&copy)?;
    }
    Ok(session)
}

/// The finished messages of `parent` up to `last`.
fn copied(
    unit: &Unit<'_>,
    caller: &Caller,
    parent: &Granted<Session, Read>,
    last: Option<&MessageId>,
) -> Result<Vec<Message>> {
    let before = match last {
        None => None,
        Some(id) => {
            let message = unit.tx.get(id)?.filter(|message| message.session_id == parent.id);
            Some(message.ok_or_else(|| Error::not_found("message"))?.number + 1)
        }
    };
    let range = MessageRange { since: None, before, limit: MOST_COPIED };
    let mut messages = unit.tx.messages(&parent.id, &range)?;
    messages.retain(|message| message.status != MessageStatus::Pending);
    Ok(match View::of(parent, Some(caller)) {
        View::Participant => messages,
        View::Visitor => messages.into_iter().map(Message::without_details).collect(),
    })
}
