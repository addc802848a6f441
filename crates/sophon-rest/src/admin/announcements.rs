//! Telling everybody something.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Announcement, NewAnnouncement};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body};

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
