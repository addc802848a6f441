//! Announcements: what an administrator sends to everybody in the tenant who is connected.

use sophon_model::{Announcement, AnnouncementEvent, AuditAction, Caller, Result, Severity};

use crate::database::Database;
use crate::gateway::Shared;
use crate::limits::{LONGEST_ANNOUNCEMENT, bounded, name};
use crate::policy::{Create, allow};

/// An announcement to be made.
#[derive(Clone, Debug)]
pub struct NewAnnouncement {
    /// What it is about, in 1 to 200 characters.
    pub title: String,
    /// The whole of it, in 1 to 4,000 characters.
    pub body: String,
    /// How urgent it is.
    pub severity: Severity,
}

/// The service.
#[derive(Clone)]
pub struct Announcements {
    db: Database,
}

impl Announcements {
    pub(crate) fn open(shared: &Shared) -> Self {
        Self { db: shared.db.clone() }
    }

    /// Tells everybody in the caller's tenant who is connected now. It is not kept for those who are not.
    pub async fn announce(&self, caller: &Caller, new: NewAnnouncement) -> Result<Announcement> {
        let allowed = allow::<Announcement, Create>(caller)?;
        let NewAnnouncement { title, body, severity } = new;
        let title = name("title", &title)?;
        bounded("body", &body, 1, LONGEST_ANNOUNCEMENT)?;
        let (tenant_id, created_by) = (allowed.tenant().clone(), allowed.user().clone());
        // A unit of work although nothing is kept: the caller learns if it could not be published.
        self.db
            .write_once(caller, AuditAction::AnnouncementSend, move |unit| {
                let (id, created_at) = (unit.new_id(), unit.now());
                let announcement =
                    Announcement { id, tenant_id, title, body, severity, created_by, created_at };
                unit.about(&announcement);
                unit.emit(AnnouncementEvent { announcement: Box::new(announcement.clone()) });
                Ok(announcement)
            })
            .await
    }
}
