//! The audit log of the tenant.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header;
use serde::Deserialize;
use sophon_api::{AuditEntry, List, Time};
use sophon_core::audit::{Export, line};
use sophon_model::ports::AuditFilter;
use sophon_model::{
    ActorKind, AgentId, AuditOutcome, CredentialKind, Error, NodeId, SessionId, TaskId, UserId,
};
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Params};
use crate::list::{Limit, Listing};

/// Declares the parameters of a query: those that say which entries, and `others`.
macro_rules! queries {
    ($($(#[doc = $doc:literal])* $name:ident { $($others:tt)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Deserialize, utoipa::IntoParams)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(super) struct $name {
            /// Only what happened then or later.
            #[param(value_type = Option<String>, format = DateTime)]
            from: Option<Time>,
            /// Only what happened before.
            #[param(value_type = Option<String>, format = DateTime)]
            until: Option<Time>,
            /// Only with this number or a higher one.
            #[param(minimum = 1)]
            from_number: Option<i64>,
            /// Only with a lower number.
            #[param(minimum = 1)]
            until_number: Option<i64>,
            /// One action, or several with commas between them.
            #[param(value_type = Option<String>, example = "user.create,user.update")]
            action: Option<Words>,
            /// One outcome, or several with commas between them: `success`, `denied`, `failure`.
            #[param(value_type = Option<String>, example = "denied")]
            outcome: Option<Outcomes>,
            /// One kind of actor, or several with commas between them: `person`, `agent`, `node`, `system`, `nobody`.
            #[param(value_type = Option<String>, example = "person,agent")]
            actor: Option<Actors>,
            /// By this user, or in its name.
            #[param(value_type = Option<String>)]
            user: Option<UserId>,
            /// By the user who had this e-mail address then.
            email: Option<String>,
            /// By a user who had this role then.
            role: Option<String>,
            /// By this kind of proof.
            credential: Option<CredentialKind>,
            /// By this sign-in or API token.
            credential_id: Option<String>,
            /// By this agent.
            #[param(value_type = Option<String>)]
            agent: Option<AgentId>,
            /// By this node.
            #[param(value_type = Option<String>)]
            node: Option<NodeId>,
            /// Done to things of this type.
            #[param(example = "user")]
            resource_type: Option<String>,
            /// Done to this thing.
            resource_id: Option<String>,
            /// Done to a thing with this in its name, whatever the case.
            resource_name: Option<String>,
            /// From this address.
            address: Option<String>,
            /// By a client with this in its name, whatever the case.
            user_agent: Option<String>,
            /// In this request.
            request_id: Option<String>,
            /// In this session.
            #[param(value_type = Option<String>)]
            session: Option<SessionId>,
            /// In this task.
            #[param(value_type = Option<String>)]
            task: Option<TaskId>,
            /// With this in the action, in the name or id of the resource, in the address or in the e-mail address.
            q: Option<String>,
            $($others)*
        }

        impl From<&mut $name> for AuditFilter {
            fn from(query: &mut $name) -> Self {
                Self {
                    from: query.from.take().map(|Time(at)| at),
                    until: query.until.take().map(|Time(at)| at),
                    from_number: query.from_number.take(),
                    until_number: query.until_number.take(),
                    actions: query.action.take().unwrap_or_default().0,
                    outcomes: query.outcome.take().unwrap_or_default().0,
                    actors: query.actor.take().unwrap_or_default().0,
                    user: query.user.take(),
                    email: query.email.take(),
                    role: query.role.take(),
                    credential: query.credential.take(),
                    credential_id: query.credential_id.take(),
                    agent: query.agent.take(),
                    node: query.node.take(),
                    resource_type: query.resource_type.take(),
                    resource_id: query.resource_id.take(),
                    resource_name: query.resource_name.take().filter(|text| !text.trim().is_empty()),
                    address: query.address.take(),
                    user_agent: query.user_agent.take().filter(|text| !text.trim().is_empty()),
                    request_id: query.request_id.take(),
                    session: query.session.take(),
                    task: query.task.take(),
                    search: query.q.take().filter(|text| !text.trim().is_empty()),
                }
            }
        }
    )*};
}

queries! {
    /// Which entries.
    AuditQuery {
        /// Items in a page: 50 by default, at most 200.
        #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
        limit: Option<Limit>,
        /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
        cursor: Option<String>,
    }
    /// Which entries, and how.
    ExportQuery {
        /// `ndjson`, unless it is `csv`.
        #[param(inline)]
        format: Option<Format>,
    }
}

/// Words with commas between them.
#[derive(Default, Deserialize)]
#[serde(from = "String")]
struct Words(Vec<String>);

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(text.split(',').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect())
    }
}

/// Outcomes with commas between them.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
struct Outcomes(Vec<AuditOutcome>);

impl TryFrom<String> for Outcomes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let outcome = |word| AuditOutcome::parse(word).ok_or_else(|| format!("'{word}' is not an outcome"));
        text.split(',').map(outcome).collect::<Result<_, _>>().map(Self)
    }
}

/// Kinds of actors with commas between them.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
struct Actors(Vec<ActorKind>);

impl TryFrom<String> for Actors {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let actor = |word| ActorKind::parse(word).ok_or_else(|| format!("'{word}' is not a kind of actor"));
        text.split(',').map(actor).collect::<Result<_, _>>().map(Self)
    }
}

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// One JSON object a line. It can be verified.
    #[default]
    Ndjson,
    /// For spreadsheets.
    Csv,
}

/// List the entries of the audit log, newest first
///
/// Each action and each refusal has one entry. All filters that are given must fit.
#[utoipa::path(
    get, path = "/api/admin/audit", tag = "Admin", params(AuditQuery),
    responses((status = 200, body = List<AuditEntry>)),
)]
pub(super) async fn list_audit_entries(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(mut query): Params<AuditQuery>,
) -> Result<Json<List<AuditEntry>>> {
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let entries = gateway.audit.list(&caller, (&mut query).into(), page).await?;
    Ok(Json(list.answer(entries, AuditEntry::from)))
}

/// The lines of an export.
#[derive(ToSchema)]
#[schema(value_type = String, example = "{\"id\":\"audit_01933b7c8f0a7d3f\",\"number\":1}\n")]
#[expect(dead_code, reason = "it describes the answer, which is streamed")]
struct AuditExport(String);

/// Export the audit log
///
/// All entries that fit, oldest first, as a stream. As NDJSON each line is an entry; an export without filters can be
/// verified with `sophon admin audit verify`. An export is an entry of its own.
#[utoipa::path(
    get, path = "/api/admin/audit/export", tag = "Admin", params(ExportQuery),
    responses(
        (status = 200, content(
            (AuditExport = "application/x-ndjson"),
            (AuditExport = "text/csv"),
        )),
    ),
)]
pub(super) async fn export_audit_log(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(mut query): Params<ExportQuery>,
) -> Result<Response> {
    let export = gateway.audit.export(&caller, (&mut query).into()).await?;
    let (kind, name, body) = match query.format.unwrap_or_default() {
        Format::Ndjson => {
            ("application/x-ndjson", "audit.ndjson", Body::from_stream(pieces(export, None, ndjson)))
        }
        Format::Csv => {
            let head = csv(|rows| rows.write_record(COLUMNS))?;
            ("text/csv; charset=utf-8", "audit.csv", Body::from_stream(pieces(export, Some(head), rows)))
        }
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

/// How some entries are written.
type Write = fn(&[sophon_model::AuditEntry]) -> sophon_model::Result<Bytes>;

/// An export, some entries at a time: no more is read than the client takes.
fn pieces(
    export: Export,
    head: Option<Bytes>,
    write: Write,
) -> impl Stream<Item = sophon_model::Result<Bytes>> {
    stream::try_unfold((export, head), move |(mut export, head)| async move {
        if let Some(head) = head {
            return Ok(Some((head, (export, None))));
        }
        let entries = export.next().await?;
        if entries.is_empty() {
            return Ok(None);
        }
        Ok(Some((write(&entries)?, (export, None))))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of two ways to write entries")]
fn ndjson(entries: &[sophon_model::AuditEntry]) -> sophon_model::Result<Bytes> {
    let mut text = String::new();
    for entry in entries {
        text.push_str(&line(entry));
        text.push('\n');
    }
    Ok(text.into())
}

fn rows(entries: &[sophon_model::AuditEntry]) -> sophon_model::Result<Bytes> {
    csv(|rows| entries.iter().try_for_each(|entry| rows.write_record(cells(entry))))
}

fn csv(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> sophon_model::Result<Bytes> {
    let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    write(&mut rows).map_err(Error::internal)?;
    let written = rows.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    Ok(written.into())
}

/// The columns of a table.
const COLUMNS: [&str; 25] = [
    "number",
    "timestamp",
    "actor",
    "userId",
    "email",
    "role",
    "credential",
    "credentialId",
    "agentId",
    "nodeId",
    "action",
    "resourceType",
    "resourceId",
    "resourceName",
    "outcome",
    "address",
    "userAgent",
    "requestId",
    "sessionId",
    "taskId",
    "details",
    "id",
    "tenantId",
    "prevHash",
    "hash",
];

/// An entry as a row of a table.
fn cells(entry: &sophon_model::AuditEntry) -> [String; COLUMNS.len()] {
    fn text<T: ToString>(value: Option<&T>) -> String {
        value.map(T::to_string).unwrap_or_default()
    }
    let cells = [
        entry.number.to_string(),
        entry.at.to_string(),
        entry.actor.as_str().to_owned(),
        text(entry.user_id.as_ref()),
        text(entry.email.as_ref()),
        text(entry.role.as_ref()),
        text(entry.credential.map(CredentialKind::as_str).as_ref()),
        text(entry.credential_id.as_ref()),
        text(entry.agent_id.as_ref()),
        text(entry.node_id.as_ref()),
        entry.action.clone(),
        entry.resource_type.clone(),
        text(entry.resource_id.as_ref()),
        text(entry.resource_name.as_ref()),
        entry.outcome.as_str().to_owned(),
        text(entry.address.as_ref()),
        text(entry.user_agent.as_ref()),
        text(entry.request_id.as_ref()),
        text(entry.session_id.as_ref()),
        text(entry.task_id.as_ref()),
        serde_json::to_string(&entry.details).unwrap_or_default(),
        entry.id.to_string(),
        entry.tenant_id.to_string(),
        entry.prev_hash.clone(),
        entry.hash.clone(),
    ];
    cells.map(|cell| harmless(&cell))
}

/// A cell that no spreadsheet takes for a formula, and in which nothing is hidden.
fn harmless(cell: &str) -> String {
    let shown = sophon_model::text::visible(cell).replace('\n', " ");
    if shown.starts_with(['=', '+', '-', '@']) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use sophon_model::AuditDetails;

    use super::*;

    #[test]
    fn a_line_of_an_export_is_what_the_list_answers() {
        let details = AuditDetails { fields: vec!["name".into()], count: Some(1), ..AuditDetails::default() };
        let entry = sophon_model::AuditEntry {
            id: "audit_1".into(),
            tenant_id: "tenant_1".into(),
            number: 1,
            at: sophon_model::Timestamp::from_millis(7),
            actor: ActorKind::Agent,
            user_id: Some("usr_1".into()),
            email: Some("ada@example.com".into()),
            role: Some("Admin".into()),
            credential: Some(CredentialKind::SignIn),
            credential_id: Some("auth_1".into()),
            agent_id: Some("agent_1".into()),
            node_id: None,
            action: "user.update".into(),
            resource_type: "user".into(),
            resource_id: Some("usr_2".into()),
            resource_name: None,
            outcome: AuditOutcome::Success,
            address: Some("203.0.113.9".into()),
            user_agent: None,
            request_id: Some("req_1".into()),
            session_id: None,
            task_id: None,
            details,
            prev_hash: String::new(),
            hash: "00".into(),
        };
        let listed = serde_json::to_string(&AuditEntry::from(entry.clone())).unwrap();
        assert_eq!(line(&entry), listed);
        let row = csv(|rows| rows.write_record(cells(&entry))).unwrap();
        assert_eq!(str::from_utf8(&row).unwrap().lines().count(), 1);
    }

    #[test]
    fn a_cell_is_no_formula_and_hides_nothing() {
        assert_eq!(harmless("=cmd()"), "'=cmd()");
        assert_eq!(harmless("a\r\nb\u{1b}[2K"), "a\\u{d} b\\u{1b}[2K");
        assert_eq!(harmless("ada@example.com"), "ada@example.com");
    }
}
