//! The gateways of the deployment.

use axum::Json;
use axum::extract::State;
use sophon_api::{GatewayProcess, List};

use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;

/// List the gateways that serve on the same database
///
/// Each gives a sign of life every ten seconds. One that crashed is listed for an hour.
#[utoipa::path(
    get, path = "/api/ops/gateways", tag = "Operations",
    responses((status = 200, body = List<GatewayProcess>)),
)]
pub(super) async fn list_gateways(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<GatewayProcess>>> {
    let gateways = gateway.roll.list(&caller).await?;
    Ok(Json(List::whole(gateways.into_iter().map(GatewayProcess::from))))
}
