//! *Admin*: announcements.

use sophon_api::{Announcement, NewAnnouncement};

use crate::{Client, ClientError};

impl Client {
    /// `POST /api/admin/announcements`.
    pub async fn announce(&self, new: &NewAnnouncement) -> Result<Announcement, ClientError> {
        self.fetch(self.post(&["api", "admin", "announcements"])?.json(new)).await
    }
}
