//! Sealed secrets: what tampering, rotation and a wrong master key make of them.

use std::sync::Arc;

use sophon_core::secrets::LONGEST_SECRET;
use sophon_model::{Result, SecretBytes, SecretName, SecretPurpose, StoredSecret, TenantId, UserId};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::{MemoryKeys, make};

async fn on_each_engine(test: impl AsyncFn(TestGateway, Arc<MemoryKeys>)) {
    for engine in Engine::available() {
        let keys = Arc::new(MemoryKeys::default());
        let app = Setup::default().on(engine).master_keys(&keys).start().await;
        test(app, keys).await;
    }
}

fn name_of(app: &TestGateway, owner: &str, purpose: SecretPurpose) -> SecretName {
    SecretName { tenant: app.admin().tenant, owner: (&UserId::from(owner)).into(), purpose }
}

async fn set(app: &TestGateway, name: &SecretName, secret: &str) {
    let (secrets, name, secret) = (app.gateway.secrets.clone(), name.clone(), secret.as_bytes().to_vec());
    let set = app.gateway.db.write(move |unit| secrets.set_in(unit, &name, &SecretBytes::from(secret)));
    set.await.expect("the secret is set");
}

async fn get(app: &TestGateway, name: &SecretName) -> Result<Option<String>> {
    let secret = app.gateway.secrets.get(name).await?;
    Ok(secret.map(|secret| String::from_utf8_lossy(secret.expose()).into_owned()))
}

async fn row(app: &TestGateway, name: &SecretName) -> StoredSecret {
    let name = name.clone();
    app.gateway.db.read(move |tx| tx.secret(&name)).await.unwrap().expect("the secret is stored")
}

#[tokio::test]
async fn a_secret_is_kept_sealed_and_comes_back_until_it_is_deleted() {
    on_each_engine(async |app, _| {
        let name = name_of(&app, "ann", SecretPurpose::Totp);
        assert_eq!(get(&app, &name).await.unwrap(), None);
        set(&app, &name, "hunter2").await;
        set(&app, &name, "hunter3").await;
        assert_eq!(get(&app, &name).await.unwrap().as_deref(), Some("hunter3"));
        let stored = row(&app, &name).await;
        assert_eq!(stored.version, 2);
        assert!(!stored.sealed.contains("hunter"), "{}", stored.sealed);
        let (secrets, gone) = (app.gateway.secrets.clone(), name.clone());
        app.gateway.db.write(move |unit| secrets.delete_in(unit, &gone)).await.unwrap();
        assert_eq!(get(&app, &name).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_same_secret_is_never_sealed_to_the_same_text() {
    let app = TestGateway::offline().await;
    let name = name_of(&app, "ann", SecretPurpose::Totp);
    set(&app, &name, "same").await;
    let first = row(&app, &name).await.sealed;
    set(&app, &name, "same").await;
    assert_ne!(row(&app, &name).await.sealed, first);
}

#[tokio::test]
async fn a_secret_that_is_too_long_is_refused() {
    let app = TestGateway::offline().await;
    let (secrets, name) = (app.gateway.secrets.clone(), name_of(&app, "ann", SecretPurpose::Totp));
    let long = SecretBytes::from(vec![0; LONGEST_SECRET + 1]);
    let refused = app.gateway.db.write(move |unit| secrets.set_in(unit, &name, &long)).await;
    assert_eq!(refused.err().map(|error| error.code()), Some("validation_failed"));
}

/// Each row of this is what somebody who can write to the database, and has no key, could do.
#[tokio::test]
async fn sealed_bytes_open_in_no_other_row() {
    on_each_engine(async |app, _| {
        let (ann, bob) =
            (name_of(&app, "ann", SecretPurpose::Totp), name_of(&app, "bob", SecretPurpose::Totp));
        let other_purpose = name_of(&app, "ann", SecretPurpose::Connection);
        set(&app, &ann, "of ann").await;
        set(&app, &bob, "of bob").await;
        set(&app, &other_purpose, "connection").await;
        let away = make::tenant("away");
        let abroad = SecretName { tenant: away.id.clone(), ..ann.clone() };
        app.gateway.db.write(move |unit| unit.tx.insert(&away)).await.unwrap();
        set(&app, &abroad, "abroad").await;
        let (of_ann, of_bob) = (row(&app, &ann).await, row(&app, &bob).await);
        let moved = [
            ("owner", StoredSecret { owner_id: of_ann.owner_id.clone(), ..of_bob.clone() }),
            ("purpose", StoredSecret { purpose: SecretPurpose::Totp, ..row(&app, &other_purpose).await }),
            ("tenant", StoredSecret { tenant_id: of_ann.tenant_id.clone(), ..row(&app, &abroad).await }),
            ("version", StoredSecret { version: 2, ..of_ann.clone() }),
        ];
        for (what, moved) in moved {
            app.gateway.db.write(move |unit| unit.tx.put_secret(&moved)).await.unwrap();
            let opened = get(&app, &ann).await;
            assert_eq!(opened.err().map(|error| error.code()), Some("internal_error"), "another {what}");
        }
        app.gateway.db.write(move |unit| unit.tx.put_secret(&of_ann)).await.unwrap();
        assert_eq!(get(&app, &ann).await.unwrap().as_deref(), Some("of ann"));
    })
    .await;
}

#[tokio::test]
async fn the_data_key_of_another_tenant_opens_nothing() {
    on_each_engine(async |app, _| {
        let ann = name_of(&app, "ann", SecretPurpose::Totp);
        set(&app, &ann, "of ann").await;
        let away = make::tenant("away");
        let abroad = SecretName { tenant: away.id.clone(), ..ann.clone() };
        app.gateway.db.write(move |unit| unit.tx.insert(&away)).await.unwrap();
        set(&app, &abroad, "abroad").await;
        let (here, there): (TenantId, TenantId) = (ann.tenant.clone(), abroad.tenant);
        let swapped = app.gateway.db.write(move |unit| {
            let mut key = unit.tx.data_key(&there)?.expect("the tenant has a key");
            key.tenant_id = here;
            unit.tx.put_data_key(&key)
        });
        swapped.await.unwrap();
        assert_eq!(get(&app, &ann).await.err().map(|error| error.code()), Some("internal_error"));
    })
    .await;
}

#[tokio::test]
async fn secrets_are_set_and_read_while_the_master_key_is_rotated() {
    on_each_engine(async |app, keys| {
        let names: Vec<SecretName> =
            (0..4).map(|n| name_of(&app, &format!("user-{n}"), SecretPurpose::WebhookSecret)).collect();
        for name in &names {
            set(&app, name, "0").await;
        }
        let (first, admin) = (keys.bytes(), app.admin());
        let using = async |name: &SecretName| {
            for round in 1..=40 {
                set(&app, name, &round.to_string()).await;
                assert_eq!(get(&app, name).await.expect("it can be read"), Some(round.to_string()));
            }
        };
        let rotating = async {
            for _ in 0..10 {
                app.gateway.secrets.rotate(&admin).await.expect("the key is rotated");
            }
        };
        tokio::join!(rotating, using(&names[0]), using(&names[1]), using(&names[2]), using(&names[3]));
        let state = app.gateway.secrets.state(&admin).await.unwrap();
        let data_keys: Vec<u64> = state.keys.iter().map(|key| key.data_keys).collect();
        assert_eq!(data_keys, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "all is sealed under the newest");
        assert_eq!(keys.bytes().last(), first.first(), "the old keys are kept, for backups");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_another_gateway_rotated_is_found() {
    let keys = Arc::new(MemoryKeys::default());
    let app = Setup::default().master_keys(&keys).start().await;
    let name = name_of(&app, "ann", SecretPurpose::ProviderKey);
    set(&app, &name, "sk-1").await;
    let before = keys.bytes();
    app.gateway.secrets.rotate(&app.admin()).await.unwrap();
    // This one now has the keys from before, as another gateway on the database would.
    let after = keys.bytes();
    keys.set(before);
    let rotated = app.gateway.secrets.rotate(&app.admin()).await;
    assert!(rotated.is_err(), "the data key cannot be sealed again without the key that it is under");
    keys.set(after);
    assert_eq!(get(&app, &name).await.unwrap().as_deref(), Some("sk-1"));
}

async fn crash_with_a_secret(engine: Engine, keys: &Arc<MemoryKeys>) -> (Setup, SecretName) {
    let app = Setup::default().on(engine).master_keys(keys).start().await;
    let name = name_of(&app, "ann", SecretPurpose::Totp);
    set(&app, &name, "hunter2").await;
    (app.crash_and_change(|_| Ok(())).await, name)
}

#[tokio::test]
async fn a_gateway_without_its_master_key_does_not_start_and_says_what_to_do() {
    for engine in Engine::available() {
        for wrong in [vec![], vec![vec![9; 32]]] {
            let keys = Arc::new(MemoryKeys::default());
            let (setup, _) = crash_with_a_secret(engine, &keys).await;
            keys.set(wrong.clone());
            let error = setup.try_start().await.err().expect("it does not start");
            assert_eq!(error.code(), "wrong_master_key", "{error}");
            assert!(error.to_string().contains("back from your backup"), "{error}");
            assert_eq!(keys.bytes(), wrong, "no key is made that would hide the loss");
        }
    }
}

#[tokio::test]
async fn a_key_that_the_operator_puts_in_front_seals_from_the_next_start_on() {
    for engine in Engine::available() {
        let keys = Arc::new(MemoryKeys::default());
        let (setup, name) = crash_with_a_secret(engine, &keys).await;
        keys.set([vec![vec![9; 32]], keys.bytes()].concat());
        let app = setup.start().await;
        assert_eq!(get(&app, &name).await.unwrap().as_deref(), Some("hunter2"));
        let state = app.gateway.secrets.state(&app.admin()).await.unwrap();
        let data_keys: Vec<u64> = state.keys.iter().map(|key| key.data_keys).collect();
        assert_eq!(data_keys, [1, 0]);
    }
}
