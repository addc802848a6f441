//! Roles of administrators' own making.

use sophon_model::{Role, RoleId, User, UserId};

use crate::fixtures::{custom_role, move_in, tenant, user};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![rule(a_name_is_taken_once_in_a_tenant), rule(a_user_keeps_a_role_of_an_administrators_making)]
}

fn a_name_is_taken_once_in_a_tenant(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&custom_role("role_1", "home"))).unwrap();
    let second = write(&*store, |tx| tx.insert(&custom_role("role_2", "home")));
    assert_eq!(code(second), "conflict");
    write(&*store, |tx| {
        tx.insert(&tenant("other"))?;
        tx.insert(&custom_role("role_2", "other"))
    })
    .unwrap();
}

fn a_user_keeps_a_role_of_an_administrators_making(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let role = Role::Custom(RoleId::from("role_1"));
    let bob = User { role: role.clone(), ..user("bob") };
    write(&*store, move |tx| tx.insert(&bob)).unwrap();
    assert_eq!(read(&*store, |tx| tx.get(&UserId::from("bob"))).unwrap().role, role);
}
