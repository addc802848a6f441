//! Sessions with what else a list is to show of them, in one read.

use std::collections::{BTreeSet, HashMap};

use sophon_model::ports::{AgentsById, ParticipantsOf, SessionFilter, Tx};
use sophon_model::{
    Agent, AgentId, Caller, Message, Page, Paged, Participant, Result, Session, SessionId, ToolCall,
};

use super::history::{calls_for, with_calls};
use super::marks::marked;
use super::{MarkedSession, MessageWithCalls, Sessions};
use crate::policy::{Visible, visible};

/// What is to be read with the sessions of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expand {
    /// The agent that answers in each.
    pub agent: bool,
    /// Who takes part in each.
    pub participants: bool,
    /// The last message of each.
    pub last_message: bool,
}

/// A session with what was asked for.
#[derive(Clone, Debug)]
pub struct ExpandedSession {
    /// The session, with the caller's marks.
    pub marked: MarkedSession,
    /// The agent that answers in it.
    pub agent: Option<Agent>,
    /// Those who take part, in the order in which they joined.
    pub participants: Option<Vec<Participant>>,
    /// Its last message, if it has one.
    pub last_message: Option<MessageWithCalls>,
}

/// What was read with the sessions of a page.
#[derive(Default)]
struct Read {
    agents: Option<HashMap<AgentId, Agent>>,
    participants: Option<HashMap<SessionId, Vec<Participant>>>,
    last_messages: Option<(Vec<Message>, Vec<ToolCall>)>,
}

impl Sessions {
    /// Like [`list`](Self::list), each with what is to be read beside it. What is being written has its text so far.
    pub async fn list_expanded(
        &self,
        caller: &Caller,
        filter: SessionFilter,
        page: Page,
        expand: Expand,
    ) -> Result<Paged<ExpandedSession>> {
        let sessions = visible::<Session>(caller)?;
        let agents = visible::<Agent>(caller)?;
        let (found, read) = self
            .db
            .read(move |tx| {
                let found = marked(tx, &sessions, &filter, &page)?;
                let read = read_beside(tx, &found.items, expand, &agents)?;
                Ok((found, read))
            })
            .await?;
        let Read { agents, mut participants, last_messages } = read;
        let mut last_messages = last_messages.map(|(messages, calls)| self.by_session(messages, calls));
        Ok(found.map(|marked| {
            let Session { id, agent_id, .. } = &marked.session;
            ExpandedSession {
                agent: agents.as_ref().and_then(|agents| agents.get(agent_id).cloned()),
                participants: participants.as_mut().map(|all| all.remove(id).unwrap_or_default()),
                last_message: last_messages.as_mut().and_then(|all| all.remove(id)),
                marked,
            }
        }))
    }

    fn by_session(
        &self,
        mut messages: Vec<Message>,
        calls: Vec<ToolCall>,
    ) -> HashMap<SessionId, MessageWithCalls> {
        self.pending.complete(&mut messages);
        let whole = with_calls(messages, calls).into_iter();
        whole.map(|last| (last.message.session_id.clone(), last)).collect()
    }
}

fn read_beside(
    tx: &dyn Tx,
    sessions: &[MarkedSession],
    expand: Expand,
    agents: &Visible<Agent>,
) -> Result<Read> {
    if sessions.is_empty() {
        return Ok(Read::default());
    }
    let ids: Vec<SessionId> = sessions.iter().map(|marked| marked.session.id.clone()).collect();
    Ok(Read {
        agents: expand.agent.then(|| agents_of(tx, sessions, agents)).transpose()?,
        last_messages: expand.last_message.then(|| last_messages(tx, &ids)).transpose()?,
        participants: expand.participants.then(|| participants_of(tx, ids)).transpose()?,
    })
}

fn agents_of(
    tx: &dyn Tx,
    sessions: &[MarkedSession],
    visible: &Visible<Agent>,
) -> Result<HashMap<AgentId, Agent>> {
    let ids: BTreeSet<&AgentId> = sessions.iter().map(|marked| &marked.session.agent_id).collect();
    let ids: Vec<AgentId> = ids.into_iter().cloned().collect();
    let most = ids.len();
    let agents = tx.list_in(visible.tenant(), &AgentsById(ids), most)?;
    Ok(agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect())
}

fn participants_of(tx: &dyn Tx, sessions: Vec<SessionId>) -> Result<HashMap<SessionId, Vec<Participant>>> {
    let mut all: HashMap<SessionId, Vec<Participant>> = HashMap::new();
    for participant in tx.all(&ParticipantsOf(sessions))? {
        all.entry(participant.session_id.clone()).or_default().push(participant);
    }
    Ok(all)
}

fn last_messages(tx: &dyn Tx, sessions: &[SessionId]) -> Result<(Vec<Message>, Vec<ToolCall>)> {
    let messages = tx.last_messages(sessions)?;
    let calls = calls_for(tx, &messages)?;
    Ok((messages, calls))
}
