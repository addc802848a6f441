//! The verbs of the store, one file a subject, as in the port.

mod agents;
mod api_tokens;
mod approvals;
mod attachments;
mod audit;
mod auth_sessions;
mod discussion_runs;
mod entities;
mod events;
mod fair_jobs;
mod idempotency;
mod info_requests;
mod jobs;
mod memories;
mod messages;
mod node_commands;
mod nodes;
mod participants;
mod saved_prompts;
mod secrets;
mod sessions;
mod steps;
mod tasks;
mod tenants;
mod tool_calls;
mod users;

use sophon_model::ports::Tx;
use sophon_model::{Page, Position};

use crate::engine::{Conn, Query};

/// The most rows that one call of a pruning verb removes, so that it holds nobody up.
pub const PRUNED_AT_ONCE: usize = 10_000;

impl Tx for Conn {}

/// Ends a query with one page of a list that is ordered by a time and `id`, newest first: the rows after the page before,
/// and one more than the page holds.
fn page<'a>(query: &mut Query<'a>, time: &'static str, page: &'a Page) {
    if let Some(Position { at, id }) = &page.after {
        query.push(" AND (").push(time).push(", id) < (");
        query.bind(*at).push(", ").bind(id.as_str()).push(")");
    }
    query.push(" ORDER BY ").push(time).push(" DESC, id DESC LIMIT ").bind(page.limit() + 1);
}
