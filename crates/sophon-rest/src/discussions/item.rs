//! One discussion.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_core::discussions::{self, ChangeDiscussion};
use sophon_model::DiscussionId;
use utoipa::ToSchema;

use super::discussion::{self, Discussion};
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// What is to change of a discussion; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DiscussionPatch {
    /// At most 4,000 characters.
    topic: Option<String>,
    /// All who argue from now on: two to five.
    #[schema(value_type = Option<Vec<discussion::NewPanelist>>)]
    panelists: Option<Vec<discussions::NewPanelist>>,
    #[schema(value_type = Option<discussion::NewPanelist>)]
    judge: Option<discussions::NewPanelist>,
    #[schema(minimum = 1, maximum = 10)]
    rounds: Option<i64>,
    #[schema(minimum = 5, maximum = 3600)]
    round_timeout_seconds: Option<i64>,
}

impl From<DiscussionPatch> for ChangeDiscussion {
    fn from(patch: DiscussionPatch) -> Self {
        let DiscussionPatch { topic, panelists, judge, rounds, round_timeout_seconds } = patch;
        Self { topic, panelists, judge, rounds, round_timeout_seconds }
    }
}

/// Describe a discussion
#[utoipa::path(
    get, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = String, Path)),
    responses((status = 200, body = Discussion)),
)]
pub(super) async fn get_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
) -> Result<Json<Discussion>> {
    Ok(Json(gateway.discussions.get(&caller, &id).await?.into()))
}

/// Change a discussion
///
/// Runs that were asked for before keep what they began with.
#[utoipa::path(
    patch, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = String, Path)),
    request_body = DiscussionPatch,
    responses((status = 200, body = Discussion)),
)]
pub(super) async fn update_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
    Body(patch): Body<DiscussionPatch>,
) -> Result<Json<Discussion>> {
    Ok(Json(gateway.discussions.update(&caller, &id, patch.into()).await?.into()))
}

/// Delete a discussion with its runs
///
/// Those that wait or run are ended; their tasks stay in the ledger.
#[utoipa::path(
    delete, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn delete_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
) -> Result<StatusCode> {
    gateway.discussions.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
