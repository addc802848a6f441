//! Sealed secrets and the keys that they are sealed with.

use sophon_model::{DataKey, MasterKeyUse, SecretName, SecretPurpose, StoredSecret, TenantId, UserId};

use crate::fixtures::{at, move_in, tenant};
use crate::harness::{Place, Rule, at_once, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_secret_is_found_by_tenant_owner_and_purpose),
        rule(a_secret_that_is_set_again_is_overwritten),
        rule(data_keys_are_counted_and_found_by_their_master_key),
        rule(jobs_that_make_the_first_data_key_make_one),
    ]
}

pub(super) fn name(tenant: &str, owner: &str, purpose: SecretPurpose) -> SecretName {
    SecretName { tenant: TenantId::from(tenant), owner: (&UserId::from(owner)).into(), purpose }
}

pub(super) fn stored(name: SecretName, version: i64) -> StoredSecret {
    StoredSecret {
        tenant_id: name.tenant,
        owner_id: name.owner,
        purpose: name.purpose,
        version,
        sealed: format!("sealed {version}"),
        created_at: at(1),
        updated_at: at(1 + version),
    }
}

pub(super) fn data_key(of: &str, master_key: &str) -> DataKey {
    DataKey {
        tenant_id: TenantId::from(of),
        master_key_id: master_key.into(),
        sealed: "sealed".into(),
        created_at: at(1),
        sealed_at: at(2),
    }
}

fn a_secret_is_found_by_tenant_owner_and_purpose(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let ann = name("home", "ann", SecretPurpose::Totp);
    let secret = stored(ann.clone(), 1);
    write(&*store, {
        let secret = secret.clone();
        move |tx| tx.insert(&tenant("away")).and_then(|()| tx.put_secret(&secret))
    })
    .unwrap();
    for other in [
        name("away", "ann", SecretPurpose::Totp),
        name("home", "bob", SecretPurpose::Totp),
        name("home", "ann", SecretPurpose::Connection),
    ] {
        assert_eq!(read(&*store, move |tx| tx.secret(&other)), None);
    }
    assert_eq!(read(&*store, move |tx| tx.secret(&ann)), Some(secret));
}

fn a_secret_that_is_set_again_is_overwritten(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let ann = name("home", "ann", SecretPurpose::Totp);
    for version in [1, 2] {
        let secret = stored(ann.clone(), version);
        write(&*store, move |tx| tx.put_secret(&secret)).unwrap();
    }
    let found = {
        let ann = ann.clone();
        read(&*store, move |tx| tx.secret(&ann))
    };
    assert_eq!(found, Some(stored(ann.clone(), 2)));
    let gone = {
        let ann = ann.clone();
        write(&*store, move |tx| tx.delete_secret(&ann)).unwrap()
    };
    let gone_before = write(&*store, move |tx| tx.delete_secret(&ann)).unwrap();
    assert_eq!((gone, gone_before), (true, false));
}

fn data_keys_are_counted_and_found_by_their_master_key(place: &Place) {
    let store = place.open();
    write(&*store, |tx| {
        for (of, master_key) in [("a", "old"), ("b", "old"), ("c", "new")] {
            tx.insert(&tenant(of))?;
            tx.put_data_key(&data_key(of, master_key))?;
        }
        Ok(())
    })
    .unwrap();
    let uses = read(&*store, |tx| tx.master_key_uses());
    let used = |id: &str, data_keys| MasterKeyUse { master_key_id: id.into(), data_keys };
    assert_eq!(uses, [used("new", 1), used("old", 2)]);
    assert_eq!(read(&*store, |tx| tx.data_keys_not_under("new", 1)), [data_key("a", "old")]);
    write(&*store, |tx| tx.put_data_key(&data_key("a", "new"))).unwrap();
    assert_eq!(read(&*store, |tx| tx.data_keys_not_under("new", 9)), [data_key("b", "old")]);
    assert_eq!(read(&*store, |tx| tx.data_key(&TenantId::from("a"))), Some(data_key("a", "new")));
}

fn jobs_that_make_the_first_data_key_make_one(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let made = at_once(8, || {
        write(&*store, |tx| {
            if tx.data_key(&TenantId::from("home"))?.is_some() {
                return Ok(0);
            }
            tx.put_data_key(&data_key("home", "m")).map(|()| 1)
        })
        .unwrap()
    });
    assert_eq!(made.iter().sum::<i32>(), 1);
}
