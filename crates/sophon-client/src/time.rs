//! Times on the REST wire and the hubs: RFC 3339 in UTC with milliseconds.

use serde::{Deserialize, Deserializer, Serializer, de};
use sophon_model::Timestamp;

fn parse(text: &str) -> Option<Timestamp> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_millis(time.as_millisecond()))
}

/// For a time that is always there.
pub(crate) mod rfc3339 {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, de, parse};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not a time in RFC 3339")))
    }
}

/// For a time that may be null or absent (with `#[serde(default)]`).
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, de, parse};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(time),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let time = parse(&text);
        time.map(Some).ok_or_else(|| de::Error::custom(format!("`{text}` is not a time in RFC 3339")))
    }
}

/// The time in an HTTP `Date` header, which has whole seconds.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let time = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(time.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        let time = parse("2024-10-27T03:33:20.007Z").expect("a time");
        assert_eq!(time, Timestamp::from_millis(1_730_000_000_007));
        assert_eq!(parse(&time.to_string()), Some(time));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn the_date_header_is_understood() {
        assert_eq!(
            http_date("Sun, 27 Oct 2024 03:33:20 GMT"),
            Some(Timestamp::from_millis(1_730_000_000_000))
        );
        assert_eq!(http_date("soon"), None);
    }
}
