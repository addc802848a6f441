//! Roles of administrators' own making.

use sophon_model::ports::RoleRows;
use sophon_model::{CustomRole, Result, RoleId, TenantId};

use crate::engine::{Conn, Table};

const ROLES: Table =
    Table::new("roles", "role").json(&["permissions"]).taken("There is a role with this name already.");

impl RoleRows for Conn {
    fn insert_role(&mut self, role: &CustomRole) -> Result<()> {
        self.insert(ROLES, role)
    }

    fn role(&self, tenant: &TenantId, id: &RoleId) -> Result<Option<CustomRole>> {
        let sql = "SELECT * FROM roles WHERE id = $1 AND tenant_id = $2";
        Ok(self.one(sql, &[id.as_str().into(), tenant.as_str().into()])?)
    }
}
