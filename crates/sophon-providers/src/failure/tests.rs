use ModelErrorKind as K;

use super::*;

fn refused(status: u16, body: &str) -> ModelError {
    let reporter = Reporter::new("p".into(), "http://127.0.0.1".into(), Some("sk-secret".into()));
    reporter.refusal(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
}

#[test]
fn the_status_decides_unless_the_conversation_is_too_long() {
    let table = [
        (400, r#"{"error":{"message":"bad"}}"#, K::Refused),
        (404, r#"{"error":"model 'x' not found"}"#, K::UnknownModel),
        (404, r#"{"error":{"type":"not_found_error","message":"model: x"}}"#, K::UnknownModel),
        (400, r#"{"error":{"message":"x is not a valid model ID"}}"#, K::UnknownModel),
        (404, r#"{"error":{"message":"You have no access.","code":"model_not_found"}}"#, K::UnknownModel),
        (404, r#"{"detail":"Not Found"}"#, K::Refused),
        (400, r#"{"error":"Incorrect API key provided: x"}"#, K::Unauthorized),
        (422, "{}", K::Refused),
        (302, "", K::Refused),
        (401, "{}", K::Unauthorized),
        (403, "{}", K::Unauthorized),
        (408, "", K::TimedOut),
        (429, "{}", K::RateLimited),
        (500, "<html>", K::ServerError),
        (503, "", K::ServerError),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            K::ServerError,
        ),
        (413, "", K::TooLong),
        (400, r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#, K::TooLong),
        (400, r#"{"error":{"message":"prompt is too long: 9 tokens"}}"#, K::TooLong),
        (
            400,
            r#"[{"error":{"code":400,"message":"The input token count exceeds the maximum"}}]"#,
            K::TooLong,
        ),
        (500, r#"{"error":{"message":"exceeds the available context size"}}"#, K::TooLong),
        (429, r#"{"error":{"message":"context window quota"}}"#, K::RateLimited),
    ];
    for (status, body, kind) in table {
        assert_eq!(refused(status, body).kind, kind, "{status} {body}");
    }
}

#[test]
fn the_providers_words_are_found_in_every_shape() {
    for body in [
        r#"{"error":{"message":"no such model"}}"#,
        r#"{"error":"no such model"}"#,
        r#"[{"error":{"code":404,"message":"no such model"}}]"#,
        r#"{"type":"error","error":{"type":"not_found_error","message":"no such model"}}"#,
        r#"{"message":"no such model"}"#,
        "no such\n  model",
    ] {
        assert_eq!(refused(404, body).message, "HTTP 404: no such model", "{body}");
    }
    assert_eq!(refused(404, "").message, "HTTP 404: no reason given");
}

#[test]
fn the_key_is_taken_out_before_the_message_is_cut() {
    let message = refused(401, &format!("{} sk-secret {}", "a".repeat(480), "b".repeat(9000))).message;
    assert!(!message.contains("sk-") && message.contains("[API key]"), "{message}");
    assert_eq!(message.chars().count(), 501);
}

#[test]
fn a_wait_is_read_in_seconds_and_has_a_limit() {
    let asked = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", value.parse().unwrap());
        retry_after(&headers)
    };
    assert_eq!(asked("7"), Some(Duration::from_secs(7)));
    assert_eq!(asked("0.25"), Some(Duration::from_millis(250)));
    assert_eq!(asked("1e300"), None);
    assert_eq!(asked("999999"), Some(LONGEST_RETRY_AFTER));
    assert_eq!(asked("-1"), None);
    assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None, "nobody knows how far away that is");
}

#[test]
fn a_wait_may_be_a_date_or_milliseconds() {
    let asked = |pairs: &[(&'static str, &str)]| {
        let headers = pairs.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
        });
        retry_after(&headers.collect())
    };
    let (now, later) = ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:09 GMT");
    assert_eq!(asked(&[("date", now), ("retry-after", later)]), Some(Duration::from_secs(9)));
    assert_eq!(asked(&[("date", later), ("retry-after", now)]), Some(Duration::ZERO));
    assert_eq!(
        asked(&[("retry-after-ms", "1500"), ("retry-after", "2")]),
        Some(Duration::from_millis(1_500))
    );
}

#[test]
fn only_a_key_is_taken_out_not_a_word_that_looks_like_one() {
    let told = |key: &str, body: &str| {
        let reporter = Reporter::new("p".into(), String::new(), Some(key.into()));
        reporter.error(&Failure::malformed(body)).message
    };
    for key in ["x", "none", "EMPTY", "ollama"] {
        assert_eq!(
            told(key, "EMPTY: the next ollama model does not exist, none"),
            "EMPTY: the next ollama model does not exist, none"
        );
    }
    assert_eq!(told("password", "passwords, password=password."), "passwords, [API key]=[API key].");
    assert_eq!(
        told("none", "got Authorization: 'Bearer none', sorry"),
        "got Authorization: 'Bearer [API key]', sorry"
    );
}

#[test]
fn a_redirect_says_where_it_leads() {
    let mut headers = HeaderMap::new();
    headers.insert("location", "https://api.example/v1/".parse().unwrap());
    let reporter = Reporter::new("p".into(), String::new(), None);
    let error = reporter.refusal(StatusCode::MOVED_PERMANENTLY, &headers, b"<html>");
    assert_eq!(error.kind, K::Refused);
    assert!(error.message.contains("https://api.example/v1/") && error.message.contains("base_url"));
}

#[test]
fn markup_is_taken_out() {
    let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title><style>p{a:b}</style></head>\
        <body><script>let x = '<p>';</script><h1>nginx &amp; co</h1>";
    assert_eq!(refused(502, page).message, "HTTP 502: 502 Bad Gateway nginx & co");
    assert_eq!(Failure::page("<p>").message, "it sent no answer but a page: no text");
}

#[test]
fn the_limit_of_output_is_told_from_the_length_of_the_conversation() {
    for words in [
        "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 8192 tokens",
        "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens",
        "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000",
        "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
        "The value of maxOutputTokens must be between 1 and 8192",
    ] {
        let body = serde_json::json!({ "error": { "message": words } }).to_string();
        assert_eq!(refused(400, &body).kind, K::OutputTooLong, "{words}");
    }
}

#[test]
fn an_error_inside_an_answer_is_judged_by_its_code() {
    let kind = |json: Value| Failure::reported(&json).kind;
    assert_eq!(kind(serde_json::json!({"type": "overloaded_error", "message": "x"})), K::ServerError);
    assert_eq!(kind(serde_json::json!({"type": "rate_limit_error", "message": "x"})), K::RateLimited);
    assert_eq!(kind(serde_json::json!({"code": 429, "message": "x"})), K::RateLimited);
    assert_eq!(kind(serde_json::json!({"code": "invalid_api_key", "message": "x"})), K::Unauthorized);
    assert_eq!(kind(serde_json::json!({})), K::ServerError);
}
