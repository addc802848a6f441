//! `[secrets]`: the keys that stored secrets depend on.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The master keys, under which all secrets in the database are sealed. The variable `SOPHON_MASTER_KEY` comes before
/// both keys: 32 bytes in base64, several separated by commas, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// The file with the master keys, of mode 0600. It is made at the first start. Back it up, apart from the database.
    #[schemars(extend("x-default" = "`security/master.keys` in the data folder"))]
    pub master_key_file: Option<PathBuf>,
    /// A program and its arguments that print the master keys, in place of the file: one a line, newest first.
    pub master_key_command: Vec<String>,
}
