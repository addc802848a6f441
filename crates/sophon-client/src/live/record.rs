//! The records of the SignalR hub protocol in JSON: each ends with the byte 1E, and one WebSocket message may carry
//! several.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

/// What ends a record.
const SEPARATOR: char = '\u{1e}';
/// The first record that a client sends.
pub(super) const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
/// Says that we are still here.
pub(super) const PING: &str = "{\"type\":6}\u{1e}";

/// A text that is not made of whole records.
#[derive(Debug, thiserror::Error)]
#[error("it sent half a record")]
pub(super) struct Incomplete;

/// The records in one WebSocket message.
pub(super) fn split(text: &str) -> Result<impl Iterator<Item = &str>, Incomplete> {
    let records = text.strip_suffix(SEPARATOR).ok_or(Incomplete)?;
    Ok(records.split(SEPARATOR))
}

/// The record that calls `method` with one argument and asks for an answer.
pub(super) fn invocation(
    id: &str,
    method: &str,
    argument: &impl Serialize,
) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Call<'a, A> {
        r#type: u8,
        invocation_id: &'a str,
        target: &'a str,
        arguments: [&'a A; 1],
    }
    let record = Call { r#type: 1, invocation_id: id, target: method, arguments: [argument] };
    let mut text = serde_json::to_string(&record)?;
    text.push(SEPARATOR);
    Ok(text)
}

/// What the server answers to the handshake.
#[derive(Debug, Deserialize)]
pub(super) struct HandshakeAnswer {
    /// Why not.
    pub(super) error: Option<String>,
}

/// What a server sends.
#[derive(Debug)]
pub(super) enum Incoming {
    /// An event, with its argument.
    Event { target: String, argument: Value },
    /// The answer to a call.
    Completion(Completion),
    /// The end, with the reason.
    Close(Option<String>),
    /// A ping, or a kind of record that a client of this hub has no use for.
    Other,
}

/// The answer to a call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Completion {
    /// Which call.
    pub(super) invocation_id: String,
    /// What it returned; nothing for methods that return nothing.
    #[serde(default)]
    pub(super) result: Option<Box<RawValue>>,
    /// Why it failed.
    #[serde(default)]
    pub(super) error: Option<String>,
}

impl Incoming {
    /// Reads one record.
    pub(super) fn read(record: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Kind {
            r#type: u8,
        }
        #[derive(Deserialize)]
        struct Event {
            target: String,
            #[serde(default)]
            arguments: Vec<Value>,
        }
        #[derive(Deserialize)]
        struct Close {
            error: Option<String>,
        }
        let kind: Kind = serde_json::from_str(record)?;
        Ok(match kind.r#type {
            1 => {
                let Event { target, arguments } = serde_json::from_str(record)?;
                let argument = arguments.into_iter().next().unwrap_or(Value::Null);
                Incoming::Event { target, argument }
            }
            3 => Incoming::Completion(serde_json::from_str(record)?),
            7 => Incoming::Close(serde_json::from_str::<Close>(record)?.error),
            _ => Incoming::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_may_carry_several_records() {
        let records: Vec<&str> =
            split("{\"type\":6}\u{1e}{\"type\":7}\u{1e}").expect("whole records").collect();
        assert_eq!(records, ["{\"type\":6}", "{\"type\":7}"]);
    }

    #[test]
    fn half_a_record_is_refused() {
        assert!(split("{\"type\":6}\u{1e}{\"ty").is_err());
        assert!(split("").is_err());
    }

    #[test]
    fn an_invocation_has_one_argument_and_ends_with_the_separator() {
        let record =
            invocation("7", "JoinSession", &serde_json::json!({"sessionId": "ses_1"})).expect("a record");
        assert_eq!(
            record,
            "{\"type\":1,\"invocationId\":\"7\",\"target\":\"JoinSession\",\"arguments\":[{\"sessionId\":\"ses_1\"}]}\u{1e}"
        );
    }

    #[test]
    fn records_are_told_apart_by_their_type() {
        let event = Incoming::read(r#"{"type":1,"target":"X","arguments":[{"a":1}]}"#).expect("a record");
        assert!(matches!(event, Incoming::Event { target, argument } if target == "X" && argument["a"] == 1));
        let done = Incoming::read(r#"{"type":3,"invocationId":"1","result":{"b":2}}"#).expect("a record");
        assert!(matches!(done, Incoming::Completion(c) if c.invocation_id == "1" && c.error.is_none()));
        let close = Incoming::read(r#"{"type":7,"error":"gone"}"#).expect("a record");
        assert!(matches!(close, Incoming::Close(Some(reason)) if reason == "gone"));
        assert!(matches!(Incoming::read(r#"{"type":6}"#).expect("a record"), Incoming::Other));
        assert!(matches!(Incoming::read(r#"{"type":9,"sequenceId":1}"#).expect("a record"), Incoming::Other));
        assert!(Incoming::read("not json").is_err());
    }
}
