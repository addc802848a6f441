//! Telling everybody something.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sophon_core::announcements;
use sophon_model::{AnnouncementId, Severity, UserId};
use utoipa::ToSchema;

use crate::error::Result;
use crate::extract::{Authorized, Body};
use crate::time::Time;
use crate::{Api, words};

/// An announcement to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnnouncement {
    /// What it is about: 1 to 200 characters.
    title: String,
    /// The whole of it: 1 to 4,000 characters.
    body: String,
    /// `info` if absent.
    #[schema(schema_with = words::severity)]
    severity: Option<Severity>,
}

impl From<NewAnnouncement> for announcements::NewAnnouncement {
    fn from(new: NewAnnouncement) -> Self {
        Self { title: new.title, body: new.body, severity: new.severity.unwrap_or(Severity::Info) }
    }
}

/// An announcement as it was told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announcement {
    #[schema(value_type = String)]
    id: AnnouncementId,
    title: String,
    body: String,
    #[schema(schema_with = words::severity)]
    severity: Severity,
    /// Who announced it.
    #[schema(value_type = String)]
    created_by: UserId,
    created_at: Time,
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

/// Announce something to everybody in the tenant
///
/// It comes as `SystemAnnouncement` to all who are on the notifications hub now, and is not kept for others.
#[utoipa::path(
    post, path = "/api/admin/announcements", tag = "Admin", request_body = NewAnnouncement,
    responses((status = 201, body = Announcement)),
)]
pub(super) async fn announce(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewAnnouncement>,
) -> Result<(StatusCode, Json<Announcement>)> {
    let told = gateway.announcements.announce(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(told.into())))
}
