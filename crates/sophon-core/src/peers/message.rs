//! Messages between gateways: a line that says what it is and whom it concerns, and then the event, which is read only where
//! somebody follows it.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sophon_model::event::EVENT_VERSION;
use sophon_model::{Event, TextDelta, Topic};

/// A message, as it is read.
#[derive(Debug, PartialEq)]
pub(super) enum Message<'a> {
    /// A durable event.
    Event { number: u64, topics: Vec<Topic>, body: Body<'a> },
    /// One that passes after a number.
    Passing { after: u64, topics: Vec<Topic>, body: Body<'a> },
    /// The text so far of a message that is being written, and after which number.
    Text { after: u64, topics: Vec<Topic>, body: Body<'a> },
    /// Something has happened that handlers are registered for.
    Notice { subject: &'a str, key: &'a str },
}

/// What is read only if it is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Body<'a> {
    version: i64,
    json: &'a str,
}

impl Body<'_> {
    /// The content; `None` if it was too large to be sent, or if another version of the program sent it.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        (self.version == EVENT_VERSION).then(|| serde_json::from_str(self.json).ok()).flatten()
    }
}

impl<'a> Message<'a> {
    /// Reads a message up to its body; `None` if it is of another kind than those that this program knows.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (line, json) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        let (kind, rest) = line.split_once(' ')?;
        if kind == "notice" {
            let (subject, key) = rest.split_once(' ')?;
            return Some(Message::Notice { subject, key });
        }
        let mut words = rest.split(' ');
        let body = Body { version: words.next()?.parse().ok()?, json };
        let number = words.next()?.parse().ok()?;
        let topics = words.map(|topic| topic.parse().ok()).collect::<Option<Vec<Topic>>>()?;
        match kind {
            "event" => Some(Message::Event { number, topics, body }),
            "passing" => Some(Message::Passing { after: number, topics, body }),
            "text" => Some(Message::Text { after: number, topics, body }),
            _ => None,
        }
    }
}

/// A durable event. One that is too large is sent without its body: whoever wants it reads it from storage.
pub(super) fn encode_event(number: u64, topics: &[Topic], event: &Event, largest: usize) -> Option<Bytes> {
    encode("event", number, topics, event, largest).or_else(|| fits(head("event", number, topics), largest))
}

pub(super) fn encode_passing(after: u64, topics: &[Topic], event: &Event, largest: usize) -> Option<Bytes> {
    encode("passing", after, topics, event, largest)
}

pub(super) fn encode_text(after: u64, topics: &[Topic], text: &TextDelta, largest: usize) -> Option<Bytes> {
    encode("text", after, topics, text, largest)
}

pub(super) fn encode_notice(subject: &str, key: &str) -> Bytes {
    format!("notice {subject} {key}\n").into()
}

fn encode(kind: &str, number: u64, topics: &[Topic], body: &impl Serialize, largest: usize) -> Option<Bytes> {
    let mut message = head(kind, number, topics);
    serde_json::to_writer(&mut message, body).ok()?;
    fits(message, largest)
}

fn head(kind: &str, number: u64, topics: &[Topic]) -> Vec<u8> {
    let mut line = format!("{kind} {EVENT_VERSION} {number}");
    for topic in topics {
        line.push(' ');
        line.push_str(&topic.to_string());
    }
    line.push('\n');
    line.into_bytes()
}

fn fits(message: Vec<u8>, largest: usize) -> Option<Bytes> {
    (message.len() <= largest).then(|| message.into())
}

#[cfg(test)]
mod tests {
    use sophon_model::{NodeEvent, Permission};
    use sophon_testkit::make;

    use super::*;

    const LARGEST: usize = 1_000_000;

    fn event() -> Event {
        NodeEvent::Changed { node: Box::new(make::node("node_1")) }.into()
    }

    #[test]
    fn an_event_is_read_as_it_was_sent() {
        let topics =
            vec![Topic::Node("node_1".into()), Topic::Holders("tenant_1".into(), Permission::ViewSystem)];
        let sent = encode_event(42, &topics, &event(), LARGEST).unwrap();
        let Some(Message::Event { number: 42, topics: read, body }) = Message::parse(&sent) else { panic!() };
        assert_eq!((read, body.read()), (topics.clone(), Some(event())));
        let passing = encode_passing(41, &topics, &event(), LARGEST).unwrap();
        assert!(matches!(Message::parse(&passing), Some(Message::Passing { after: 41, .. })));
    }

    #[test]
    fn what_is_too_large_is_sent_without_its_body_or_not_at_all() {
        let topics = [Topic::Node("node_1".into())];
        let sent = encode_event(42, &topics, &event(), 100).unwrap();
        let Some(Message::Event { body, .. }) = Message::parse(&sent) else { panic!() };
        assert_eq!(body.read::<Event>(), None);
        assert_eq!(encode_event(42, &topics, &event(), 10), None);
        assert_eq!(encode_passing(42, &topics, &event(), 100), None);
    }

    #[test]
    fn what_another_version_sent_is_not_read() {
        let sent = encode_event(42, &[], &event(), LARGEST).unwrap();
        let newer =
            String::from_utf8(sent.to_vec()).unwrap().replacen(&format!("{EVENT_VERSION} 42"), "99 42", 1);
        let Some(Message::Event { number: 42, body, .. }) = Message::parse(newer.as_bytes()) else {
            panic!()
        };
        assert_eq!(body.read::<Event>(), None);
        for strange in
            ["", "event", "event 2 x\n{}", "event 2 1 nothing:1\n{}", "other 2 1\n{}", "notice jobs\n"]
        {
            assert_eq!(Message::parse(strange.as_bytes()), None, "{strange}");
        }
    }

    #[test]
    fn a_notice_has_a_subject_and_a_key() {
        let sent = encode_notice("jobs", "");
        assert_eq!(Message::parse(&sent), Some(Message::Notice { subject: "jobs", key: "" }));
    }
}
