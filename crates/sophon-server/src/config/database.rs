//! `[database]`: where everything is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The database.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    #[schemars(extend("x-default" = "a file in the data folder"))]
    pub url: Option<String>,
}
