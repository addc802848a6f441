//! *Admin*: the audit log.

use std::time::Duration;

use sophon_api::{AuditEntry, List};

use crate::{Client, ClientError};

/// How long an export may take.
const EXPORTED_WITHIN: Duration = Duration::from_hours(1);

/// Which entries. All that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// From this time on (RFC 3339).
    pub from: Option<String>,
    /// Before this time (RFC 3339).
    pub until: Option<String>,
    /// One action, or several with commas between them.
    pub action: Option<String>,
    /// One outcome, or several with commas between them.
    pub outcome: Option<String>,
    /// One kind of actor, or several with commas between them.
    pub actor: Option<String>,
    /// By this user, or in its name.
    pub user: Option<String>,
    /// Done to things of this type.
    pub resource_type: Option<String>,
    /// Done to this thing.
    pub resource: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// In this request.
    pub request: Option<String>,
    /// In this session.
    pub session: Option<String>,
    /// In this task.
    pub task: Option<String>,
    /// With this in the action, the resource, the address or the e-mail address.
    pub search: Option<String>,
}

impl AuditFilter {
    fn pairs(&self) -> [(&'static str, Option<String>); 13] {
        let filter = self.clone();
        [
            ("from", filter.from),
            ("until", filter.until),
            ("action", filter.action),
            ("outcome", filter.outcome),
            ("actor", filter.actor),
            ("user", filter.user),
            ("resourceType", filter.resource_type),
            ("resourceId", filter.resource),
            ("address", filter.address),
            ("requestId", filter.request),
            ("session", filter.session),
            ("task", filter.task),
            ("q", filter.search),
        ]
    }
}

impl Client {
    /// `GET /api/admin/audit`, one page, newest first.
    pub async fn audit_entries(
        &self,
        filter: &AuditFilter,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<AuditEntry>, ClientError> {
        let request = self.get(&["api", "admin", "audit"])?.query(filter.pairs());
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/admin/audit/export`: given away piece by piece, as `ndjson` or `csv`.
    pub async fn export_audit_log(
        &self,
        filter: &AuditFilter,
        format: &str,
        take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), ClientError> {
        let request = self.get(&["api", "admin", "audit", "export"])?.within(EXPORTED_WITHIN);
        let request = request.query(filter.pairs()).query([("format", Some(format.to_owned()))]);
        self.download(request, take).await
    }
}
