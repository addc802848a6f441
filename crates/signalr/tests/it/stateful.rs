//! Stateful reconnect, record by record. `clients/signalr` has Microsoft's client for it.

use serde_json::{Value, json};
use signalr::Options;

use crate::support::{Client, TestHub, TestServer, serve};

async fn token(server: &TestServer) -> String {
    let url = "/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let request = http::Request::post(url).body(axum::body::Body::empty()).unwrap();
    let body = axum::body::to_bytes(server.request(request).await.into_body(), 10_000).await.unwrap();
    let offer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(offer["useStatefulReconnect"], true);
    offer["connectionToken"].as_str().unwrap().to_owned()
}

/// The next record that is no acknowledgement.
async fn hear(client: &mut Client) -> Value {
    loop {
        let record = client.hear().await;
        if record["type"] != 8 {
            return record;
        }
    }
}

#[tokio::test]
async fn a_call_on_the_new_socket_is_answered_even_before_the_client_says_where_it_goes_on() {
    let server = serve(TestHub::default(), Options { stateful_reconnect: true, ..Options::default() }).await;
    let query = format!("?id={}", token(&server).await);
    let mut first = server.open(&query).await;
    first.say(&json!({ "protocol": "json", "version": 2 })).await;
    assert_eq!(hear(&mut first).await, json!({}));
    first.call("1", "Echo", json!(["one"])).await;
    assert_eq!(hear(&mut first).await["result"], "one");
    drop(first);

    let mut second = server.open(&query).await;
    second.call("2", "Echo", json!(["two"])).await;
    assert_eq!(hear(&mut second).await, json!({ "type": 9, "sequenceId": 1 }));
    assert_eq!(hear(&mut second).await["result"], "one", "it was never acknowledged");
    assert_eq!(hear(&mut second).await["result"], "two");
    // The client's own replay is known by its numbers.
    second.say(&json!({ "type": 9, "sequenceId": 2 })).await;
    second.call("2", "Echo", json!(["two"])).await;
    second.call("3", "Echo", json!(["three"])).await;
    assert_eq!(hear(&mut second).await["result"], "three");
}
