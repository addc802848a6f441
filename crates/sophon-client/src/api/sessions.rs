//! *Sessions*.

use sophon_api::{
    Change, ForkSession, List, ListedSession, Message, NewSession, Session, SessionMarks, SessionMarksPatch,
    SessionPatch, SessionTag,
};
use sophon_model::SessionId;

use crate::{Client, ClientError};

/// Which sessions are wanted.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Words to look for.
    pub text: Option<String>,
    /// The agent, by id or slug.
    pub agent: Option<String>,
    /// Only archived ones, in place of all others.
    pub archived: bool,
    /// Only those that are pinned.
    pub pinned: bool,
    /// Only those with messages that were not read.
    pub unread: bool,
    /// Only those with this tag.
    pub tag: Option<String>,
}

/// Which messages of a session are wanted. Without bounds: the newest.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessageRange {
    /// Only those after this number.
    pub since: Option<i64>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// How many, 200 at most.
    pub limit: Option<usize>,
}

impl Client {
    /// `GET /api/sessions`, one page; those in which something happened last come first.
    pub async fn sessions(
        &self,
        filter: &SessionFilter,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<ListedSession>, ClientError> {
        let only = |is_asked: bool| is_asked.then(|| true.to_string());
        let request = self.get(&["api", "sessions"])?.query([
            ("q", filter.text.clone()),
            ("agent", filter.agent.clone()),
            ("archived", only(filter.archived)),
            ("pinned", only(filter.pinned)),
            ("unread", only(filter.unread)),
            ("tag", filter.tag.clone()),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `POST /api/sessions`.
    pub async fn create_session(&self, session: &NewSession) -> Result<Session, ClientError> {
        self.fetch(self.post(&["api", "sessions"])?.json(session)).await
    }

    /// `GET /api/sessions/{id}`.
    pub async fn session(&self, id: &SessionId) -> Result<Session, ClientError> {
        self.fetch(self.get(&["api", "sessions", id.as_str()])?).await
    }

    /// `PATCH /api/sessions/{id}` with another title.
    pub async fn rename_session(&self, id: &SessionId, title: &str) -> Result<Session, ClientError> {
        let body = SessionPatch { title: Change::Set(title.to_owned()), ..SessionPatch::default() };
        self.fetch(self.patch(&["api", "sessions", id.as_str()])?.json(&body)).await
    }

    /// `GET /api/sessions/{id}/marks`.
    pub async fn session_marks(&self, id: &SessionId) -> Result<SessionMarks, ClientError> {
        self.fetch(self.get(&["api", "sessions", id.as_str(), "marks"])?).await
    }

    /// `PATCH /api/sessions/{id}/marks`.
    pub async fn mark_session(
        &self,
        id: &SessionId,
        patch: &SessionMarksPatch,
    ) -> Result<SessionMarks, ClientError> {
        self.fetch(self.patch(&["api", "sessions", id.as_str(), "marks"])?.json(patch)).await
    }

    /// `GET /api/sessions/tags`, the most used first.
    pub async fn session_tags(&self) -> Result<List<SessionTag>, ClientError> {
        self.fetch(self.get(&["api", "sessions", "tags"])?).await
    }

    /// `DELETE /api/sessions/{id}`.
    pub async fn delete_session(&self, id: &SessionId) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "sessions", id.as_str()])?).await
    }

    /// `POST /api/sessions/{id}/fork`.
    pub async fn fork_session(&self, id: &SessionId, fork: &ForkSession) -> Result<Session, ClientError> {
        self.fetch(self.post(&["api", "sessions", id.as_str(), "fork"])?.json(fork)).await
    }

    /// `GET /api/sessions/{id}/export`: the file, given away piece by piece, as JSON or as Markdown.
    pub async fn export_session(
        &self,
        id: &SessionId,
        as_json: bool,
        take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), ClientError> {
        let format = if as_json { "json" } else { "markdown" };
        let path = ["api", "sessions", id.as_str(), "export"];
        self.download(self.get(&path)?.query([("format", Some(format.to_owned()))]), take).await
    }

    /// `GET /api/sessions/{id}/messages`, oldest first.
    pub async fn messages(&self, id: &SessionId, range: MessageRange) -> Result<List<Message>, ClientError> {
        let request = self.get(&["api", "sessions", id.as_str(), "messages"])?.query([
            ("since", range.since.map(|number| number.to_string())),
            ("before", range.before.map(|number| number.to_string())),
            ("limit", range.limit.map(|limit| limit.to_string())),
        ]);
        self.fetch(request).await
    }
}
