//! Tenants, people and their credentials.

use sophon_model::ports::{LinkFilter, Tx, every};
use sophon_model::{
    ApiTokenId, AuthSessionId, IdentityLink, Member, SecondFactor, SignInChallenge, SignInChallengeId,
    Tenant, TenantId, User, UserId,
};

use crate::fixtures::{api_token, at, auth_session, move_in, second_factor, sign_in_challenge, tenant, user};
use crate::harness::{Place, Rule, code, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_tenant_is_found_by_id_and_by_slug),
        rule(a_slug_of_a_tenant_is_taken_once),
        rule(a_user_comes_back_as_it_went_in),
        rule(an_email_address_is_taken_once),
        rule(an_update_of_nobody_is_not_found),
        rule(the_first_user_is_the_oldest),
        rule(a_sign_in_is_found_by_its_newest_and_its_previous_refresh_token),
        rule(only_live_sign_ins_are_listed_last_seen_first),
        rule(a_user_has_one_second_factor_and_it_goes_with_the_user),
        rule(an_api_token_is_found_by_its_owner_and_by_its_hash),
        rule(only_live_api_tokens_are_listed_newest_first),
        rule(an_identity_is_one_accounts_and_goes_with_it),
    ]
}

fn a_tenant_is_found_by_id_and_by_slug(place: &Place) {
    let store = place.open();
    write(&*store, |tx| tx.insert(&tenant("home"))).unwrap();
    read(&*store, |tx| {
        assert_eq!(tx.get(&TenantId::from("home"))?, Some(tenant("home")));
        assert_eq!(tx.tenant_by_slug("home-slug")?, Some(tenant("home")));
        assert_eq!(tx.tenant_by_slug("home")?, None);
        Ok(())
    });
}

fn a_user_has_one_second_factor_and_it_goes_with_the_user(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&user("bob"))).unwrap();
    write(&*store, |tx| tx.insert(&second_factor("f", "ann"))).unwrap();
    assert_eq!(code(write(&*store, |tx| tx.insert(&second_factor("g", "ann")))), "conflict");
    write(&*store, |tx| tx.insert(&second_factor("g", "bob"))).unwrap();
    let of = |user: &'static str| {
        read(&*store, move |tx| tx.list_in(&UserId::from(user), &every::<SecondFactor>(), 10))
    };
    assert_eq!(of("ann"), [second_factor("f", "ann")]);
    let since = |tx: &dyn Tx| {
        Ok(tx.all(&every::<Member>())?.into_iter().map(|one| one.second_factor_since).collect::<Vec<_>>())
    };
    assert_eq!(read(&*store, since), [Some(at(2))]);
    let off = SecondFactor {
        confirmed_at: None,
        last_step: 9,
        recovery_hashes: Vec::new(),
        wrong_codes: 0,
        wrong_at: None,
        created_at: at(8),
        updated_at: at(9),
        ..second_factor("f", "ann")
    };
    let expected = off.clone();
    write(&*store, move |tx| tx.update(&off)).unwrap();
    assert_eq!(of("ann"), [expected]);
    assert_eq!(read(&*store, since), [None]);
    // Nothing else refers to this one.
    let bobs = SignInChallenge { user_id: UserId::from("bob"), ..sign_in_challenge("c", 1) };
    write(&*store, move |tx| tx.insert(&bobs)).unwrap();
    write(&*store, |tx| tx.delete(&UserId::from("bob"))).unwrap();
    assert_eq!((of("ann").len(), of("bob")), (1, Vec::new()));
    assert_eq!(read(&*store, |tx| tx.get(&SignInChallengeId::from("c"))), None);
}

fn a_slug_of_a_tenant_is_taken_once(place: &Place) {
    let store = place.open();
    write(&*store, |tx| tx.insert(&tenant("a"))).unwrap();
    let second = Tenant { slug: "a-slug".into(), ..tenant("b") };
    assert_eq!(code(write(&*store, move |tx| tx.insert(&second))), "conflict");
}

fn a_user_comes_back_as_it_went_in(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    read(&*store, |tx| {
        assert_eq!(tx.get(&UserId::from("ann"))?, Some(user("ann")));
        assert_eq!(tx.user_by_email("ann@example.org")?, Some(user("ann")));
        assert_eq!(tx.get(&UserId::from("bob"))?, None);
        Ok(())
    });
    let changed = User { name: "Anne".into(), updated_at: at(99), ..user("ann") };
    let expected = changed.clone();
    write(&*store, move |tx| tx.update(&changed)).unwrap();
    assert_eq!(read(&*store, |tx| tx.get(&UserId::from("ann"))), Some(expected));
}

fn an_email_address_is_taken_once(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&user("bob"))).unwrap();
    let second_ann = || User { email: "ann@example.org".into(), ..user("bob") };
    assert_eq!(code(write(&*store, move |tx| tx.update(&second_ann()))), "conflict");

    // A job that knows what to do about the conflict can go on.
    write(&*store, move |tx| {
        let third = User { id: UserId::from("cid"), ..second_ann() };
        assert_eq!(code(tx.insert(&third)), "conflict");
        tx.insert(&user("dan"))
    })
    .unwrap();
    assert!(read(&*store, |tx| tx.get(&UserId::from("cid"))).is_none());
    assert!(read(&*store, |tx| tx.get(&UserId::from("dan"))).is_some());
}

fn an_update_of_nobody_is_not_found(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    assert_eq!(code(write(&*store, |tx| tx.update(&user("bob")))), "not_found");
}

fn the_first_user_is_the_oldest(place: &Place) {
    let store = place.open();
    assert_eq!(read(&*store, |tx| tx.first_user()), None);
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&User { created_at: at(1), ..user("zoe") })).unwrap();
    assert_eq!(read(&*store, |tx| tx.first_user()).unwrap().id, UserId::from("zoe"));
}

fn a_sign_in_is_found_by_its_newest_and_its_previous_refresh_token(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&auth_session("a", 5))).unwrap();
    read(&*store, |tx| {
        let expected = Some(auth_session("a", 5));
        assert_eq!(tx.get(&AuthSessionId::from("a"))?, expected);
        assert_eq!(tx.auth_session_by_refresh("a-new")?, expected);
        assert_eq!(tx.auth_session_by_refresh("a-old")?, expected);
        assert_eq!(tx.auth_session_by_refresh("a-older")?, None);
        Ok(())
    });
}

fn only_live_sign_ins_are_listed_last_seen_first(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (id, last_seen) in [("early", 5), ("late", 7), ("revoked", 9), ("over", 9)] {
            tx.insert(&auth_session(id, last_seen))?;
        }
        let mut revoked = auth_session("revoked", 9);
        revoked.revoked_at = Some(at(8));
        tx.update(&revoked)?;
        let mut over = auth_session("over", 9);
        over.expires_at = at(500);
        tx.update(&over)
    })
    .unwrap();
    let live = read(&*store, |tx| tx.auth_sessions(&UserId::from("ann"), at(500)));
    assert_eq!(live, [auth_session("late", 7), auth_session("early", 5)]);
    assert_eq!(read(&*store, |tx| tx.auth_sessions(&UserId::from("bob"), at(500))), []);
}

fn an_api_token_is_found_by_its_owner_and_by_its_hash(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| tx.insert(&api_token("t", 5))).unwrap();
    read(&*store, |tx| {
        let id = ApiTokenId::from("t");
        assert_eq!(tx.get_in(&UserId::from("ann"), &id)?, Some(api_token("t", 5)));
        assert_eq!(tx.get_in(&UserId::from("bob"), &id)?, None);
        assert_eq!(tx.api_token_by_hash("t-hash")?, Some(api_token("t", 5)));
        assert_eq!(tx.api_token_by_hash("T-HASH")?, None);
        Ok(())
    });
}

fn only_live_api_tokens_are_listed_newest_first(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    write(&*store, |tx| {
        for (id, created) in [("early", 5), ("late", 7), ("revoked", 9), ("over", 9)] {
            tx.insert(&api_token(id, created))?;
        }
        let mut revoked = api_token("revoked", 9);
        revoked.revoked_at = Some(at(8));
        tx.update(&revoked)?;
        let mut over = api_token("over", 9);
        over.expires_at = Some(at(500));
        tx.update(&over)
    })
    .unwrap();
    let live = read(&*store, |tx| tx.api_tokens(&TenantId::from("home"), &UserId::from("ann"), at(500)));
    assert_eq!(live, [api_token("late", 7), api_token("early", 5)]);
}

fn an_identity_is_one_accounts_and_goes_with_it(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let link = |issuer: &str, subject: &str| IdentityLink {
        issuer: issuer.into(),
        subject: subject.into(),
        user_id: "ann".into(),
        created_at: at(1),
        used_at: at(2),
    };
    let find = |issuer: &'static str, subject: &'static str| {
        read(&*store, move |tx| tx.first(&LinkFilter { issuer, subject }))
    };
    for (issuer, subject) in [("https://one", "1"), ("https://one", "2"), ("https://other", "1")] {
        let one = link(issuer, subject);
        write(&*store, move |tx| tx.insert(&one)).unwrap();
    }
    let second = IdentityLink { user_id: "bob".into(), ..link("https://one", "1") };
    let taken = write(&*store, move |tx| {
        tx.insert(&user("bob"))?;
        tx.insert(&second)
    });
    assert_eq!(code(taken), "conflict");
    assert_eq!(find("https://one", "1"), Some(link("https://one", "1")));
    assert_eq!(find("https://one", "3"), None);
    let used = IdentityLink { used_at: at(9), ..link("https://one", "2") };
    let expected = used.clone();
    write(&*store, move |tx| tx.update(&used)).unwrap();
    assert_eq!(find("https://one", "2"), Some(expected));
    assert_eq!(find("https://other", "1"), Some(link("https://other", "1")));
    let bobs = IdentityLink { user_id: "bob".into(), ..link("https://one", "4") };
    write(&*store, move |tx| {
        tx.insert(&user("bob"))?;
        tx.insert(&bobs)
    })
    .unwrap();
    assert!(find("https://one", "4").is_some());
    write(&*store, |tx| tx.delete(&UserId::from("bob"))).unwrap();
    assert_eq!(find("https://one", "4"), None);
}
