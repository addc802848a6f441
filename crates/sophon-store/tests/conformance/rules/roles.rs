//! Roles of administrators' own making.

use sophon_model::{CustomRole, Permission, Role, RoleId, TenantId, User, UserId};

use crate::fixtures::{at, move_in, tenant, user};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_role_is_found_in_its_tenant_alone),
        rule(a_name_is_taken_once_in_a_tenant),
        rule(a_user_keeps_a_role_of_an_administrators_making),
    ]
}

fn custom_role(id: &str, tenant: &str) -> CustomRole {
    CustomRole {
        id: RoleId::from(id),
        tenant_id: TenantId::from(tenant),
        name: "Night shift".into(),
        permissions: vec![Permission::ViewUsers, Permission::SendMessages],
        created_at: at(1),
        updated_at: at(2),
    }
}

fn a_role_is_found_in_its_tenant_alone(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert_role(&custom_role("role_1", "home"))).unwrap();
    read(&*store, |tx| {
        let id = RoleId::from("role_1");
        assert_eq!(tx.role(&TenantId::from("home"), &id)?, Some(custom_role("role_1", "home")));
        assert_eq!(tx.role(&TenantId::from("other"), &id)?, None);
        Ok(())
    });
}

fn a_name_is_taken_once_in_a_tenant(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert_role(&custom_role("role_1", "home"))).unwrap();
    let second = write(&*store, |tx| tx.insert_role(&custom_role("role_2", "home")));
    assert_eq!(code(second), "conflict");
    write(&*store, |tx| {
        tx.insert_tenant(&tenant("other"))?;
        tx.insert_role(&custom_role("role_2", "other"))
    })
    .unwrap();
}

fn a_user_keeps_a_role_of_an_administrators_making(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let role = Role::Custom(RoleId::from("role_1"));
    let bob = User { role: role.clone(), ..user("bob") };
    write(&*store, move |tx| tx.insert_user(&bob)).unwrap();
    assert_eq!(read(&*store, |tx| tx.user(&UserId::from("bob"))).unwrap().role, role);
}
