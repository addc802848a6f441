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

impl Database {
    /// Whether several gateways can use it at once.
    pub(super) fn is_shared(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.starts_with("sqlite:"))
    }
}
