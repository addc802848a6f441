//! Announcements of administrators.

use serde::{Deserialize, Serialize};
use sophon_model::{AnnouncementId, Severity, UserId};
use utoipa::ToSchema;

use crate::Time;

/// An announcement to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnouncement {
    /// What it is about: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Maintenance tonight")]
    pub title: String,
    /// The whole of it: 1 to 4,000 characters.
    #[schema(min_length = 1, max_length = 4_000, example = "The gateway restarts at 22:00.")]
    pub body: String,
    /// `info` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// An announcement as it was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// What it is about.
    #[schema(example = "Maintenance tonight")]
    pub title: String,
    /// The whole of it.
    #[schema(example = "The gateway restarts at 22:00.")]
    pub body: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The user who announced it.
    pub created_by: UserId,
    /// When.
    pub created_at: Time,
}

impl From<sophon_model::Announcement> for Announcement {
    fn from(told: sophon_model::Announcement) -> Self {
        Self {
            id: told.id,
            title: told.title,
            body: told.body,
            severity: told.severity,
            created_by: told.created_by,
            created_at: told.created_at.into(),
        }
    }
}

#[cfg(feature = "core")]
impl From<NewAnnouncement> for sophon_core::announcements::NewAnnouncement {
    fn from(new: NewAnnouncement) -> Self {
        Self { title: new.title, body: new.body, severity: new.severity.unwrap_or(Severity::Info) }
    }
}
