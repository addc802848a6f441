//! Announcements.

use serde::{Deserialize, Serialize};

use crate::words::text_enum;
use crate::{AnnouncementId, TenantId, Timestamp, UserId};

text_enum! {
    /// How urgent an announcement is.
    pub enum Severity {
        /// Good to know.
        Info = "info",
        /// Something is to be done, or will not work for a while.
        Warning = "warning",
        /// Act now.
        Critical = "critical",
    }
}

/// What an administrator sends to everybody in the tenant. It is published, not kept.
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
    /// The user who announces it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}
