//! What is said where the address is not that of a gateway.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::program::Program;

/// A web server that is no gateway, and its address.
async fn serve(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(async move || answer());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What `sophon status` says of an address.
async fn told(url: &str) -> String {
    let run = Program::new(url).run(&["status"]).await;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stderr.contains(url) && run.stderr.contains("\nhint: "), "{}", run.stderr);
    run.stderr
}

#[tokio::test]
async fn a_web_page_is_not_taken_for_a_gateway() {
    let page = serve(|| Html("<!doctype html><title>Router</title>").into_response()).await;
    assert!(told(&page).await.contains("it answers with a web page"));
    let missing = serve(|| (StatusCode::NOT_FOUND, Html("<h1>nginx</h1>")).into_response()).await;
    assert!(told(&missing).await.contains("it answers 404 Not Found with a web page"));
    let text = serve(|| "hello".into_response()).await;
    assert!(told(&text).await.contains("its answer is not JSON"));
}

#[tokio::test]
async fn a_redirect_says_where_it_leads() {
    let moved =
        || (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://elsewhere/")]).into_response();
    assert!(told(&serve(moved).await).await.contains("it redirects to https://elsewhere/"));
}

#[tokio::test]
async fn a_port_where_nobody_listens_and_one_that_speaks_no_tls_are_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    let closed = told(&closed).await;
    assert!(closed.contains("cannot be reached") && closed.contains("sophon serve"), "{closed}");
    let plain = serve(|| StatusCode::OK.into_response()).await.replace("http://", "https://");
    let plain = told(&plain).await;
    assert!(plain.contains("it does not speak TLS") && plain.contains("https:// only"), "{plain}");
}

#[tokio::test]
async fn a_server_that_knows_nobody_may_be_no_gateway() {
    let locked = serve(|| StatusCode::UNAUTHORIZED.into_response()).await;
    let run = Program::new(&locked).run(&["secrets"]).await;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stderr.contains("hint: This may be no Sophon gateway: check the address."), "{run:?}");
    assert!(run.stderr.contains("you are not signed in there"), "{run:?}");
}
