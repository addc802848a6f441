//! `[audit]`: the audit log.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The audit log.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The file to which signed checkpoints are added, one line each: every 100 entries, and every minute. Put it where
    /// the gateway can only append.
    #[schemars(extend("x-default" = "`audit-checkpoints` in the data folder"))]
    pub checkpoints: Option<PathBuf>,
}
