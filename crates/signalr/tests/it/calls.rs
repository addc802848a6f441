//! Calls, streams and requests to the client, over a WebSocket with the JSON format.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use signalr::Options;

use crate::support::{LIMIT, TestHub, serve, start};

#[tokio::test]
async fn a_call_is_answered_with_its_id() {
    let server = start().await;
    let mut client = server.connect().await;
    client.call("7", "Echo", json!(["hello"])).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "7", "result": "hello" }));
    client.call("8", "nothing", json!([])).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "8" }));
}

#[tokio::test]
async fn a_call_without_an_id_is_never_answered() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 1, "target": "Unknown", "arguments": [] })).await;
    client.say(&json!({ "type": 1, "target": "Fail", "arguments": ["now"] })).await;
    client.call("1", "ECHO", json!([1])).await;
    assert_eq!(client.hear().await["invocationId"], "1");
}

#[tokio::test]
async fn errors_have_microsofts_words() {
    let server = start().await;
    let mut client = server.connect().await;
    let cases = [
        ("Nope", json!([]), "Unknown hub method 'Nope'"),
        (
            "a_name_of_more_than_sixty_four_characters_is_cut_as_it_is_repeated_to_its_sender",
            json!([]),
            "Unknown hub method 'a_name_of_more_than_sixty_four_characters_is_cut_as_it_is_repeat…'",
        ),
        ("fail", json!(["now"]), "An unexpected error occurred invoking 'fail' on the server."),
        (
            "Fail",
            json!(["deliberate"]),
            "An unexpected error occurred invoking 'Fail' on the server. HubException: as you wish",
        ),
        ("Fail", json!(["unauthorized"]), "Failed to invoke 'Fail' because user is unauthorized"),
        ("Panic", json!([]), "An unexpected error occurred invoking 'Panic' on the server."),
        ("Echo", json!([]), "Failed to invoke 'Echo' due to an error on the server."),
        (
            "Count",
            json!([1]),
            "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
        ),
        ("Sum", json!([]), "Client sent 0 stream(s), Hub method expects 1."),
    ];
    for (method, arguments, error) in cases {
        client.call("1", method, arguments).await;
        assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "error": error }));
    }
    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Echo", "arguments": [1] })).await;
    let error = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn detailed_errors_tell_type_and_text() {
    let options = Options { detailed_errors: true, ..Options::default() };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.connect().await;
    client.call("1", "Fail", json!(["now"])).await;
    let error = "An unexpected error occurred invoking 'Fail' on the server. IoError: the disk is full";
    assert_eq!(client.hear().await["error"], error);
    client.call("2", "Echo", json!([1, 2])).await;
    let error = "Failed to invoke 'Echo' due to an error on the server. InvalidDataException: Invocation provides \
                 2 argument(s) but target expects 1.";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn the_calls_of_one_client_run_one_at_a_time_and_in_order() {
    let hub = TestHub::default();
    let gate = hub.gate.clone();
    let server = serve(hub, Options::default()).await;
    let mut client = server.connect().await;
    client.call("1", "Wait", json!([])).await;
    client.call("2", "Echo", json!(["after"])).await;
    // Streams do not wait behind it.
    client.say(&json!({ "type": 4, "invocationId": "3", "target": "Count", "arguments": [1] })).await;
    assert_eq!(client.hear().await, json!({ "type": 2, "invocationId": "3", "item": 0 }));
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "3" }));
    gate.notify_one();
    assert_eq!(client.hear().await["invocationId"], "1");
    assert_eq!(client.hear().await["invocationId"], "2");
}

#[tokio::test]
async fn more_calls_than_may_wait_are_read_later_and_none_is_lost() {
    let hub = TestHub::default();
    let gate = hub.gate.clone();
    let options = Options { max_queued_invocations: 2, ..Options::default() };
    let server = serve(hub, options).await;
    let mut client = server.connect().await;
    client.call("first", "Wait", json!([])).await;
    for id in 0..20 {
        client.call(&id.to_string(), "Echo", json!([id])).await;
    }
    gate.notify_one();
    assert_eq!(client.hear().await["invocationId"], "first");
    for id in 0..20 {
        assert_eq!(client.hear().await["result"], id);
    }
}

#[tokio::test]
async fn a_client_answers_the_server() {
    let server = start().await;
    let mut client = server.connect().await;
    client.call("1", "Ask", json!([10_000])).await;
    let question = client.hear().await;
    assert_eq!((&question["target"], &question["arguments"]), (&json!("Question"), &json!(["what?"])));
    // While the method waits for the client, the client's next call runs.
    client.call("2", "Echo", json!(["meanwhile"])).await;
    assert_eq!(client.hear().await["result"], "meanwhile");
    client.say(&json!({ "type": 3, "invocationId": question["invocationId"], "result": 42 })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "result": 42 }));
}

#[tokio::test]
async fn a_client_answers_whoever_still_asks_when_the_method_has_returned() {
    let hub = TestHub::default();
    let gate = hub.gate.clone();
    let server = serve(hub, Options::default()).await;
    let mut client = server.connect().await;
    client.call("1", "AskLater", json!([])).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1" }));
    gate.notify_one();
    let id = client.hear().await["invocationId"].clone();
    client.say(&json!({ "type": 3, "invocationId": id, "result": 42 })).await;
    assert_eq!(client.hear().await["arguments"], json!([42]));
    // The calls still run one at a time.
    client.call("2", "Wait", json!([])).await;
    client.call("3", "Echo", json!([3])).await;
    gate.notify_one();
    assert_eq!(client.hear().await["invocationId"], "2");
    assert_eq!(client.hear().await["invocationId"], "3");
}

#[tokio::test]
async fn no_one_else_can_answer_and_a_failed_answer_is_an_error() {
    let server = start().await;
    let (mut asked, mut stranger) = (server.connect().await, server.connect().await);
    asked.call("1", "Ask", json!([10_000])).await;
    let id = asked.hear().await["invocationId"].clone();
    stranger.say(&json!({ "type": 3, "invocationId": id, "result": "forged" })).await;
    stranger.call("1", "Nothing", json!([])).await;
    stranger.hear().await;
    asked.say(&json!({ "type": 3, "invocationId": id, "error": "I will not say" })).await;
    let error = "An unexpected error occurred invoking 'Ask' on the server. HubException: I will not say";
    assert_eq!(asked.hear().await["error"], error);
    asked.call("2", "Ask", json!([10])).await;
    assert_eq!(asked.hear().await["target"], "Question");
    let error = "An unexpected error occurred invoking 'Ask' on the server.";
    assert_eq!(asked.hear().await["error"], error);
}

#[tokio::test]
async fn streams_go_both_ways_and_can_be_cancelled() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 4, "invocationId": "1", "target": "Break", "arguments": [] })).await;
    assert_eq!(client.hear().await["item"], 1);
    let error = "An error occurred on the server while streaming results. HubException: broken";
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "error": error }));

    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Forever", "arguments": [] })).await;
    assert_eq!(client.hear().await["item"], "first");
    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Forever", "arguments": [] })).await;
    assert_eq!(client.hear().await["error"], "Invocation ID '2' is already in use.");
    client.say(&json!({ "type": 5, "invocationId": "2" })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "2" }));

    client
        .say(&json!({ "type": 1, "invocationId": "3", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    for item in 1..=50 {
        client.say(&json!({ "type": 2, "invocationId": "s", "item": item })).await;
    }
    client.say(&json!({ "type": 3, "invocationId": "s" })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "3", "result": 1275 }));

    client
        .say(&json!({ "type": 1, "invocationId": "4", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    client.say(&json!({ "type": 3, "invocationId": "s", "error": "out of numbers" })).await;
    let error = "An unexpected error occurred invoking 'Sum' on the server. HubException: out of numbers";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn an_upload_that_its_method_has_left_and_its_client_never_ends_takes_no_place() {
    let options = Options { max_streams: 1, ..Options::default() };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.connect().await;
    for id in ["1", "2", "3"] {
        let call =
            json!({ "type": 1, "invocationId": id, "target": "Sum", "arguments": [], "streamIds": [id] });
        client.say(&call).await;
        client.say(&json!({ "type": 2, "invocationId": id, "item": "no number" })).await;
        let answer = client.hear().await;
        let error = "An unexpected error occurred invoking 'Sum' on the server. HubException: Failed to bind Stream \
                     message.";
        assert_eq!(answer["error"], error);
    }
}

#[tokio::test]
async fn hub_methods_learn_that_the_client_has_gone() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 4, "invocationId": "1", "target": "Forever", "arguments": [] })).await;
    client.hear().await;
    client
        .say(&json!({ "type": 1, "invocationId": "2", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    drop(client);
    let gone: Arc<_> = server.hub.hub().gone.clone();
    server.until(|_| gone.load(Ordering::SeqCst) == 1).await;
    // Nothing of the connection is left running.
    assert!(server.hub.drain("end", LIMIT).await);
}

#[tokio::test]
async fn a_burst_of_calls_in_one_large_frame_is_taken() {
    let server = start().await;
    let mut client = server.connect().await;
    let mut burst = String::new();
    for id in 0..5_000 {
        let call = json!({ "type": 1, "invocationId": id.to_string(), "target": "Echo", "arguments": [id] });
        burst.push_str(&call.to_string());
        burst.push('\u{1e}');
    }
    assert!(burst.len() > 300_000);
    client.say_text(burst).await;
    for id in 0..5_000 {
        assert_eq!(client.hear().await["result"], id);
    }
}
