//! `[backplane]`: how several gateways on one database tell each other what happens.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Database, Problems};

/// The messages between several gateways that share one PostgreSQL database and one data folder's keys. Without them each
/// gateway finds in the database what the others do, about two seconds later.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Backplane {
    /// The NATS servers, `nats://HOST:PORT` or `tls://HOST:PORT`, separated by commas; a name and a password may stand
    /// before the host. A gateway starts and serves also while they are away.
    #[schemars(extend("x-default" = "none"))]
    pub nats_url: Option<String>,
    /// The file with the credentials for NATS, as `nsc` makes it.
    #[schemars(extend("x-default" = "none"))]
    pub nats_credentials_file: Option<PathBuf>,
    /// The file with the certificates, in PEM, that the certificate of NATS must go back to.
    #[schemars(extend("x-default" = "the certificates of the system"))]
    pub nats_root_certificate_file: Option<PathBuf>,
}

impl Backplane {
    /// Refuses what needs other keys beside it.
    pub(super) fn check(&self, database: &Database, problems: &mut Problems) {
        if self.nats_url.is_some() && !database.is_shared() {
            let text = "several gateways need a PostgreSQL database: set database.url, or remove this key";
            problems.add("backplane.nats_url", text.into());
        }
        let files = [
            ("backplane.nats_credentials_file", &self.nats_credentials_file),
            ("backplane.nats_root_certificate_file", &self.nats_root_certificate_file),
        ];
        for (key, file) in files {
            if file.is_some() && self.nats_url.is_none() {
                problems.add(key, "it needs backplane.nats_url beside it".into());
            }
        }
    }
}
