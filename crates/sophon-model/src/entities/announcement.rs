//! Announcements.

use serde::{Deserialize, Serialize};

use super::text_enum;
use crate::{AnnouncementId, TenantId, Timestamp, UserId};

/// How urgent an announcement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something is to be done, or will not work for a while.
    Warning,
    /// Act now.
    Critical,
}

text_enum!(Severity { Info = "info", Warning = "warning", Critical = "critical", });

/// What an administrator tells everybody in the tenant. It is told, not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What it is about, in a few words.
    pub title: String,
    /// The whole of it.
    pub body: String,
    /// How urgent it is.
    pub severity: Severity,
    /// Who announces it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}
