//! *Operations*: the gateways of the deployment.

use sophon_api::{GatewayProcess, List};

use crate::{Client, ClientError};

impl Client {
    /// `GET /api/ops/gateways`: those that serve on the same database.
    pub async fn gateways(&self) -> Result<List<GatewayProcess>, ClientError> {
        self.fetch(self.get(&["api", "ops", "gateways"])?).await
    }
}
