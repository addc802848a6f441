//! `datetime.now`

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;

use super::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};
use crate::database::Database;

pub(super) struct Now {
    db: Database,
}

impl Now {
    pub(super) fn new(db: Database) -> Self {
        Self { db }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    timezone: Option<String>,
}

#[async_trait]
impl Tool for Now {
    fn spec(&self) -> ToolSpec {
        let zone = json!({ "type": "string", "description": "An IANA time zone such as Europe/Berlin; UTC if absent." });
        spec(
            "datetime.now",
            "The present date, weekday and time.",
            Risk::None,
            &json!({ "timezone": zone }),
            &[],
        )
    }

    async fn call(&self, _: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { timezone } = typed(arguments)?;
        let zone = timezone.as_deref().unwrap_or("UTC");
        let now = jiff::Timestamp::from_millisecond(self.db.now().as_millis())
            .map_err(|error| ToolFailure(error.to_string()))?;
        let local =
            now.in_tz(zone).map_err(|_| ToolFailure(format!("'{zone}' is not a known time zone.")))?;
        Ok(local.strftime("%A, %Y-%m-%d %H:%M:%S %Z (%:z)").to_string().into())
    }
}
