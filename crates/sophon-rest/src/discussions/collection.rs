//! All discussions.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_core::discussions;
use utoipa::ToSchema;

use super::discussion::{self, Discussion};
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{List, PageQuery};

/// A discussion to be planned.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewDiscussion {
    /// What is argued about; at most 4,000 characters.
    topic: String,
    /// Who argues: two to five.
    #[schema(value_type = Vec<discussion::NewPanelist>)]
    panelists: Vec<discussions::NewPanelist>,
    /// Who decides; an impartial persona if absent.
    #[schema(value_type = Option<discussion::NewPanelist>)]
    judge: Option<discussions::NewPanelist>,
    /// How often each speaks; 2 if absent.
    #[schema(minimum = 1, maximum = 10)]
    rounds: Option<i64>,
    /// How long a round may take, and likewise the judge; 180 if absent.
    #[schema(minimum = 5, maximum = 3600)]
    round_timeout_seconds: Option<i64>,
}

impl From<NewDiscussion> for discussions::NewDiscussion {
    fn from(new: NewDiscussion) -> Self {
        let NewDiscussion { topic, panelists, judge, rounds, round_timeout_seconds } = new;
        Self { topic, panelists, judge, rounds, round_timeout_seconds }
    }
}

/// List one's discussions, newest first
#[utoipa::path(
    get, path = "/api/discussions", tag = "Discussions", params(PageQuery),
    responses((status = 200, body = List<Discussion>)),
)]
pub(super) async fn list_discussions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Discussion>>> {
    let discussions = gateway.discussions.list(&caller, page.into()).await?;
    Ok(Json(List::page(discussions, Discussion::from)))
}

/// Plan a discussion
#[utoipa::path(
    post, path = "/api/discussions", tag = "Discussions", request_body = NewDiscussion,
    responses((status = 201, body = Discussion)),
)]
pub(super) async fn create_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewDiscussion>,
) -> Result<(StatusCode, Json<Discussion>)> {
    let discussion = gateway.discussions.create(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(discussion.into())))
}
