//! Attachments, and the contents that they refer to.

use sophon_model::ports::{AttachmentRows, BlobRows};
use sophon_model::{Blob, Digest, Result, TenantId, Timestamp, UserId};

use crate::engine::{Conn, Query};

const HOLD: &str = "INSERT INTO blobs (digest, size, held_until, is_deleting, put_at) \
     VALUES ($1, $2, $3, FALSE, $4) ON CONFLICT (digest) DO UPDATE SET held_until = \
     CASE WHEN excluded.held_until > blobs.held_until THEN excluded.held_until ELSE blobs.held_until END \
     WHERE NOT blobs.is_deleting RETURNING put_at";

/// Whatever refers to contents is named here and in `begin_blob_deletion`.
const UNREFERENCED: &str = "held_until <= $1 \
     AND NOT EXISTS (SELECT 1 FROM attachments AS a WHERE a.digest = blobs.digest) ORDER BY held_until LIMIT $2";

impl BlobRows for Conn {
    fn hold_blob(&mut self, blob: &Blob) -> Result<Option<Timestamp>> {
        let args =
            [blob.digest.as_str().into(), blob.size.into(), blob.held_until.into(), blob.put_at.into()];
        let put: Option<(Timestamp,)> = self.one(HOLD, &args)?;
        Ok(put.map(|(at,)| at))
    }

    fn unreferenced_blobs(&self, now: Timestamp, limit: usize) -> Result<Vec<Blob>> {
        Ok(self.those(UNREFERENCED, &[now.into(), limit.into()])?)
    }

    fn begin_blob_deletion(&mut self, digest: &Digest, now: Timestamp) -> Result<bool> {
        // A transaction that comes to refer to it has held it, which this sees once it has waited for that row.
        let sql = "UPDATE blobs SET is_deleting = TRUE WHERE digest = $1 AND held_until <= $2 \
                   AND NOT EXISTS (SELECT 1 FROM attachments AS a WHERE a.digest = $1)";
        Ok(self.exec(sql, &[digest.as_str().into(), now.into()])? > 0)
    }

    fn end_blob_deletion(&mut self, digest: &Digest) -> Result<()> {
        self.exec("DELETE FROM blobs WHERE digest = $1 AND is_deleting", &[digest.as_str().into()])?;
        Ok(())
    }
}

impl AttachmentRows for Conn {
    fn attached_bytes(&self, tenant: &TenantId, owner: Option<&UserId>) -> Result<u64> {
        if self.writes() {
            // Or two uploads could each take the last room.
            self.serialize_on(&format!("attachments of {tenant}"))?;
        }
        let mut query =
            Query::new("SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM attachments WHERE tenant_id = ");
        query.bind(tenant.as_str());
        if let Some(owner) = owner {
            query.push(" AND owner_id = ").bind(owner.as_str());
        }
        Ok(self.count(query.text(), query.args())?)
    }
}
