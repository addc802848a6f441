//! How many connections one caller may hold, and what is left for the others.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use sophon_server::config::Bounded;
use sophon_testkit::{ModelServer, Script};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{App, Events, Http, Hub, soon};

/// A public session.
async fn public_session(http: &Http) -> String {
    let (status, session) = http.post("/api/sessions", &json!({ "visibility": "public" })).await;
    assert_eq!(status, 201, "{session}");
    session["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_connection_more_than_a_user_may_have_closes_its_oldest_with_the_reason() {
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.hubs.connections_per_user = Bounded::new(2);
    })
    .await;
    let admin = app.admin().await;
    let (signed_in, other) = (admin.sign_in().await, admin.api_token().await.1);
    let mut first = Hub::connect(&app.url(), "chat", Some(&signed_in)).await;
    let mut second = Hub::connect(&app.url(), "chat", Some(&signed_in)).await;
    // Neither another hub nor another credential counts.
    let _tasks = Hub::connect(&app.url(), "tasks", Some(&signed_in)).await;
    let _script = Hub::connect(&app.url(), "chat", Some(&other)).await;
    assert!(second.invoke("SendMessage", json!({ "content": "hello" })).await["error"].is_null());

    let mut third = Hub::connect(&app.url(), "chat", Some(&signed_in)).await;
    let closed = loop {
        let record = first.record().await.expect("a Close message");
        if record["type"] != 1 {
            break record;
        }
    };
    assert_eq!((closed["type"].as_i64(), closed["allowReconnect"].as_bool()), (Some(7), None), "{closed}");
    assert!(closed["error"].as_str().unwrap().contains("too many connections"), "{closed}");
    for hub in [&mut second, &mut third] {
        assert!(hub.invoke("SendMessage", json!({ "content": "hello" })).await["error"].is_null());
    }

    // What has ended does not count.
    second.break_off();
    app.until_connections(3).await;
    let mut fourth = Hub::connect(&app.url(), "chat", Some(&signed_in)).await;
    for hub in [&mut third, &mut fourth] {
        assert!(hub.invoke("SendMessage", json!({ "content": "hello" })).await["error"].is_null());
    }
}

#[tokio::test]
async fn one_stream_more_than_a_caller_may_have_is_refused_until_one_is_closed() {
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.hubs.streams_per_user = Bounded::new(2);
        config.hubs.streams_per_address = Bounded::new(3);
    })
    .await;
    let user = app.http().with_token(&app.admin().await.sign_in().await);
    let session = public_session(&user).await;
    for (client, most) in [(user, 2), (app.http(), 3)] {
        let mut open = Vec::new();
        for _ in 0..most {
            open.push(Events::open_with(&client, &session, None).await);
        }
        let path = format!("/api/sessions/{session}/stream");
        let refused = client.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.headers()["retry-after"], "5");
        let text = refused.text().await.unwrap();
        assert!(text.contains("rate_limited") && text.contains(&format!("{most} of your streams")), "{text}");

        open.pop();
        soon("a free place", async {
            while client.request(Method::GET, &path).send().await.unwrap().status() != 200 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn while_all_connections_are_taken_short_requests_are_served_and_sockets_are_not() {
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.auth.auto_admin = true;
        config.http.connections = Bounded::new(4);
    })
    .await;
    let session = public_session(&app.http()).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        // Each with a connection of its own: a client shares what is idle.
        streams.push(Events::open(&app.url(), &session, None).await);
    }
    let stranger = Http::new(&app.url());
    assert_eq!(stranger.get("/health").await.0, 200);
    assert_eq!(stranger.get("/api/tasks/active").await.0, 200, "administration");
    assert!(Hub::open(&app.url(), "chat", None).await.is_err());
    streams.clear();
    let opened = async {
        while Hub::open(&app.url(), "chat", None).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    soon("a free slot", Box::pin(opened)).await;
}

/// Asks for the stream of a session and reads no further than its beginning.
async fn stopped_reader(app: &App, session: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(app.started.address).await.unwrap();
    let head =
        format!("GET /api/sessions/{session}/stream HTTP/1.1\r\nhost: {}\r\n\r\n", app.started.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut beginning = [0; 16];
    stream.read_exact(&mut beginning).await.unwrap();
    assert_eq!(&beginning, b"HTTP/1.1 200 OK\r");
    stream
}

#[tokio::test]
async fn a_reader_of_a_stream_that_stops_is_closed_after_seconds() {
    let model = ModelServer::playing([Script::answer().text(&"a long word ".repeat(30_000))]).await;
    let app = App::start(tempfile::tempdir().unwrap(), |config| {
        config.providers = vec![App::provider(&model)];
        config.hubs.streams_per_address = Bounded::new(1);
    })
    .await;
    let user = app.http().with_token(&app.admin().await.sign_in().await);
    let session = public_session(&user).await;
    let _stopped = stopped_reader(&app, &session).await;
    let sent = user.chat(Some(&session), "much").await;
    user.ended(sent["taskId"].as_str().unwrap()).await;
    let since = Instant::now();
    let path = format!("/api/sessions/{session}/stream");
    soon("a free place", async {
        while app.http().request(Method::GET, &path).send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
}
