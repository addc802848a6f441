//! Digests in entries. Arguments and results are often short, so that who reads the log could try all that they may be: a
//! digest is made with a key that nobody but the gateway has. Equal values of a tenant have equal digests.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sophon_model::{AuditDetails, TenantId};

/// Makes the digests of entries.
pub(crate) struct Digests(Hmac<Sha256>);

impl Digests {
    /// With a key that follows from the private key of the audit log.
    pub(crate) fn new(audit_key: &[u8; 32]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(audit_key).expect("a key of any length will do");
        Self(mac.chain_update(b"a digest in the audit log of "))
    }

    /// Puts keyed digests in the place of plain ones.
    pub(super) fn replace_in(&self, tenant: &TenantId, details: &mut AuditDetails) {
        for digest in [&mut details.digest, &mut details.result_digest].into_iter().flatten() {
            let mac = self.0.clone().chain_update(tenant.as_str()).chain_update([0]).chain_update(&*digest);
            *digest = hex::encode(mac.finalize().into_bytes());
        }
    }
}
