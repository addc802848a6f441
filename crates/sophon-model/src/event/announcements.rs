//! Administrators announce something.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::Announcement;

/// Something was announced. It concerns everybody in the tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnouncementEvent {
    /// What.
    pub announcement: Box<Announcement>,
}

impl AnnouncementEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::Tenant(&self.announcement.tenant_id)]
    }
}
