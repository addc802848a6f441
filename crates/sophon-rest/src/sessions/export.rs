//! `GET /api/sessions/{id}/export`: a session as a file, page by page, so that none is too long.

use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};
use serde::Deserialize;
use sophon_api::{Message, Session};
use sophon_core::Gateway;
use sophon_model::{Caller, Error, MessageRole, Page, SessionId};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id, Params};
use crate::save_as::disposition;

/// Characters of a title that become the name of the file.
const LONGEST_NAME: usize = 80;

/// As what.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `markdown` (the default) is for people and leaves out what tools were called with; `json` has all that
    /// `GET /api/sessions/{id}` and its messages have.
    #[serde(default)]
    #[param(value_type = Option<Format>, inline)]
    format: Format,
}

/// What a session is exported as.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Markdown,
    Json,
}

/// Export a session
///
/// The messages of the branch that is shown, as a file to be saved. It is streamed; if something fails on the way, it
/// breaks off.
#[utoipa::path(
    get, path = "/api/sessions/{id}/export", tag = "Chat + sessions",
    params(("id" = SessionId, Path, description = "The session."), ExportQuery),
    responses((status = 200, description = "The file.", content(
        (String = "text/markdown", example = "# Flights to Lisbon\n\n## User, 2026-11-22T12:00:00.000Z\n\nWhich?\n"),
        (String = "application/octet-stream"),
    ))),
)]
pub(super) async fn export_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    Params(ExportQuery { format }): Params<ExportQuery>,
) -> Result<Response> {
    let session = gateway.sessions.get(Some(&caller), &id).await?;
    let agent = gateway.agents.get(&caller, session.agent_id.as_str()).await.map(|agent| agent.name);
    let names = Names { agent: agent.unwrap_or_else(|_| "Agent".to_owned()) };
    let name = file_name(&session.title, format);
    let session = Session::from(session);
    let head = format.head(&session)?;
    let pages = pages(gateway, caller, id).map(move |page| format.page(&page?, &names));
    let body = stream::iter([Ok(head)]).chain(pages).chain(stream::iter([Ok(format.tail())]));
    let mut response = Body::from_stream(body).into_response();
    let name = HeaderValue::from_str(&disposition(&name)).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// How authors are called.
struct Names {
    agent: String,
}

/// A page of messages, and whether it is the first.
struct ExportPage {
    messages: Vec<Message>,
    is_first: bool,
}

/// The messages of a session, oldest first.
fn pages(
    gateway: Gateway,
    caller: Caller,
    id: SessionId,
) -> impl stream::Stream<Item = sophon_model::Result<ExportPage>> + Send {
    stream::try_unfold(Some(0), move |since| {
        let (gateway, caller, id) = (gateway.clone(), caller.clone(), id.clone());
        async move {
            let Some(since) = since else { return Ok(None) };
            let history =
                gateway.sessions.messages(Some(&caller), &id, Some(since), None, Some(Page::MOST)).await?;
            let messages: Vec<Message> = history.items.into_iter().map(Message::from).collect();
            let next = messages.last().map(|message| message.id).filter(|_| history.has_more);
            Ok(Some((ExportPage { messages, is_first: since == 0 }, next)))
        }
    })
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            // Not as JSON, which has an entity tag and is held as a whole for it.
            Self::Json => "application/octet-stream",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    fn head(self, session: &Session) -> sophon_model::Result<Bytes> {
        let head = match self {
            Self::Markdown => format!("# {}\n", one_line(&session.title)),
            Self::Json => format!("{{\"session\":{},\"messages\":[", json(session)?),
        };
        Ok(head.into())
    }

    fn page(self, page: &ExportPage, names: &Names) -> sophon_model::Result<Bytes> {
        let text = match self {
            Self::Markdown => page.messages.iter().map(|message| markdown(message, names)).collect(),
            Self::Json => {
                let messages = page.messages.iter().map(json).collect::<sophon_model::Result<Vec<_>>>()?;
                let before = if page.is_first || messages.is_empty() { "" } else { "," };
                format!("{before}{}", messages.join(","))
            }
        };
        Ok(text.into())
    }

    fn tail(self) -> Bytes {
        match self {
            Self::Markdown => Bytes::new(),
            Self::Json => Bytes::from_static(b"]}\n"),
        }
    }
}

fn json(thing: &impl serde::Serialize) -> sophon_model::Result<String> {
    serde_json::to_string(thing).map_err(Error::internal)
}

/// A message for people: who said it and when, its text, and the names of its files and tools.
fn markdown(message: &Message, names: &Names) -> String {
    let author = match message.role {
        MessageRole::User => "User",
        MessageRole::Agent => names.agent.as_str(),
        MessageRole::System => "System",
    };
    let at = message.created_at.0;
    let mut text = format!("\n## {}, {at}\n", one_line(author));
    if !message.tool_calls.is_empty() {
        let tools: Vec<String> =
            message.tool_calls.iter().map(|call| format!("`{}`", one_line(&call.tool_name))).collect();
        let _never_fails = write!(text, "\n*Used {}.*\n", tools.join(", "));
    }
    if !message.content.is_empty() {
        let _never_fails = write!(text, "\n{}\n", message.content.trim_end());
    }
    for file in &message.attachments {
        let name = file.name.as_deref().unwrap_or(&file.key);
        let _never_fails =
            write!(text, "\n- File: {} ({}, {} bytes)\n", one_line(name), file.mime, file.size);
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn file_name(title: &str, format: Format) -> String {
    let title: String = one_line(title).replace(['/', '\\', ':'], "-").chars().take(LONGEST_NAME).collect();
    let title = if title.is_empty() { "session" } else { &title };
    format!("{title}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_like_its_session_without_what_no_file_may_be_called() {
        assert_eq!(file_name("Flights: Lisbon/\n Porto", Format::Markdown), "Flights- Lisbon- Porto.md");
        assert_eq!(file_name(" ", Format::Json), "session.json");
        assert_eq!(file_name(&"ä".repeat(200), Format::Json).chars().count(), LONGEST_NAME + 5);
    }
}
