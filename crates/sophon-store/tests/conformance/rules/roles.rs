//! Roles of administrators' own making.

use sophon_model::ports::MemberFilter;
use sophon_model::{Membership, Role, RoleId, TenantId};

use crate::fixtures::{custom_role, membership, move_in, tenant, user};
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
    let bob = Membership { role: role.clone(), ..membership("home", "bob") };
    write(&*store, move |tx| {
        tx.insert(&user("bob"))?;
        tx.insert(&bob)
    })
    .unwrap();
    let filter = MemberFilter { role: Some(role), ..MemberFilter::default() };
    let found = read(&*store, move |tx| tx.list_in(&TenantId::from("home"), &filter, 9));
    assert_eq!(found.iter().map(|member| member.id.as_str()).collect::<Vec<_>>(), ["bob"]);
}
