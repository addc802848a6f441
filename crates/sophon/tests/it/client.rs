//! The client itself: credentials and the live connection.

use sophon_client::{Client, ClientError, Credential, CredentialStore, InMemory, Login};
use sophon_model::{SessionId, Timestamp};

use crate::gateway::Gateway;

fn login(access: &str, refresh: &str) -> InMemory {
    InMemory::new(Credential::Login(Login {
        access_token: access.to_owned().into(),
        refresh_token: refresh.to_owned().into(),
        expires_at: Timestamp::from_millis(0).into(),
    }))
}

fn client(gateway: &Gateway, store: &InMemory) -> Client {
    Client::new(gateway.url.parse().expect("an address"), store.clone()).expect("a client")
}

fn shown(store: &InMemory) -> (String, String) {
    match store.load().expect("a credential") {
        Credential::Login(login) => {
            (login.access_token.reveal().to_owned(), login.refresh_token.reveal().to_owned())
        }
        other => panic!("{other:?} is no sign-in"),
    }
}

#[tokio::test]
async fn a_sign_in_that_ran_out_is_renewed_and_kept() {
    let gateway = Gateway::start(&[]).await;
    gateway.want("new", "refresh-1");
    let store = login("old", "refresh-1");
    let client = client(&gateway, &store);
    assert_eq!(client.me().await.expect("renewed").email, "a@example.com");
    assert_eq!(shown(&store), ("new".to_owned(), "refresh-next".to_owned()));
    client.me().await.expect("still good");
    assert_eq!(gateway.refreshes(), 1);
}

#[tokio::test]
async fn those_who_find_it_run_out_at_the_same_moment_renew_it_once() {
    let gateway = Gateway::start(&[]).await;
    gateway.want("new", "refresh-1");
    let store = login("old", "refresh-1");
    let (one, other) = (client(&gateway, &store), client(&gateway, &store));
    let (first, second) = tokio::join!(one.me(), other.chat_hub());
    first.expect("renewed");
    second.expect("renewed");
    assert_eq!(gateway.refreshes(), 1);
}

#[tokio::test]
async fn a_sign_in_that_has_ended_is_told_as_such() {
    let gateway = Gateway::start(&[]).await;
    gateway.want("new", "refresh-2");
    let error = client(&gateway, &login("old", "refresh-1")).me().await.expect_err("ended");
    assert!(error.is_unauthenticated());
    assert_eq!(error.refusal().and_then(|refusal| refusal.request_id.as_deref()), Some("req_test"));
}

#[tokio::test]
async fn a_hub_method_that_is_refused_tells_code_and_reason() {
    let gateway = Gateway::start(&[]).await;
    let mut hub = client(&gateway, &InMemory::new(Credential::None)).chat_hub().await.expect("open");
    let error = hub.join_session(&SessionId::from("ses_2")).await.expect_err("refused");
    assert_eq!((error.code(), error.to_string().as_str()), (Some("not_found"), "There is no such session."));
    hub.join_session(&SessionId::from("ses_1")).await.expect("the connection goes on");
}

#[tokio::test]
async fn a_connection_that_is_closed_tells_why() {
    let gateway = Gateway::start(&[]).await;
    let mut hub = client(&gateway, &InMemory::new(Credential::None)).chat_hub().await.expect("open");
    let error = hub.join_session(&SessionId::from("ses_close")).await.expect_err("closed");
    assert!(
        matches!(&error, ClientError::Disconnected(reason) if reason == "The gateway is restarting."),
        "{error}"
    );
    assert!(error.is_transient());
}

#[tokio::test]
async fn where_nobody_listens_the_address_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let store = InMemory::new(Credential::None);
    let client = Client::new(url.parse().expect("an address"), store).expect("a client");
    let errors = [client.health().await.err(), client.chat_hub().await.err()];
    for error in errors.map(|error| error.expect("nobody is there")) {
        assert!(
            matches!(&error, ClientError::Unreachable { url: named, .. } if named.starts_with(&url)),
            "{error}"
        );
    }
}
