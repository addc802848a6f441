//! Sealed secrets and the keys that they are sealed with.

use sophon_model::ports::{SecretRows, Tx, Value};
use sophon_model::{DataKey, MasterKeyUse, Result, SecretName, StoredSecret, TenantId};

use crate::engine::Conn;

const NAMED: &str = "tenant_id = $1 AND owner_id = $2 AND purpose = $3";

impl SecretRows for Conn {
    fn data_key(&self, tenant: &TenantId) -> Result<Option<DataKey>> {
        if self.writes() {
            // Or two jobs could make the first key of a tenant, and one of them would seal with what is overwritten.
            self.serialize_on(&format!("data key {tenant}"))?;
        }
        Ok(self.that("tenant_id = $1", &[tenant.as_str().into()])?)
    }

    fn put_data_key(&mut self, key: &DataKey) -> Result<()> {
        let tx: &mut dyn Tx = self;
        tx.put(key)
    }

    fn data_keys_not_under(&self, master_key: &str, limit: usize) -> Result<Vec<DataKey>> {
        let sql = "master_key_id <> $1 ORDER BY tenant_id LIMIT $2";
        Ok(self.those(sql, &[master_key.into(), limit.into()])?)
    }

    fn master_key_uses(&self) -> Result<Vec<MasterKeyUse>> {
        let sql = "SELECT master_key_id, count(*) AS data_keys FROM data_keys GROUP BY master_key_id \
                   ORDER BY master_key_id";
        Ok(self.all(sql, &[])?)
    }

    fn secret(&self, name: &SecretName) -> Result<Option<StoredSecret>> {
        let sql = format!("{NAMED} {}", self.for_update());
        Ok(self.that(sql.as_str(), &key(name))?)
    }

    fn put_secret(&mut self, secret: &StoredSecret) -> Result<()> {
        let tx: &mut dyn Tx = self;
        tx.put(secret)
    }

    fn delete_secret(&mut self, name: &SecretName) -> Result<bool> {
        let sql = format!("DELETE FROM secrets WHERE {NAMED}");
        Ok(self.exec(sql.as_str(), &key(name))? > 0)
    }
}

fn key(name: &SecretName) -> [Value<'_>; 3] {
    [name.tenant.as_str().into(), name.owner.as_str().into(), name.purpose.as_str().into()]
}
