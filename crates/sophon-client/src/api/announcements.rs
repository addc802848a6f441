//! *Admin*: telling everybody something.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sophon_model::{AnnouncementId, Severity, Timestamp, UserId};

use crate::{Client, ClientError, time};

/// An announcement as it was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// What it is about.
    pub title: String,
    /// The whole of it.
    pub body: String,
    /// How urgent it is.
    pub severity: Severity,
    /// Who announced it.
    pub created_by: UserId,
    /// When.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
}

impl Client {
    /// `POST /api/admin/announcements`.
    pub async fn announce(
        &self,
        title: &str,
        body: &str,
        severity: Severity,
    ) -> Result<Announcement, ClientError> {
        let request = self.post(&["api", "admin", "announcements"])?;
        self.fetch(request.json(&json!({ "title": title, "body": body, "severity": severity }))).await
    }
}
