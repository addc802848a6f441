//! Times in headers.

use sophon_model::Timestamp;

/// The time in an HTTP `Date` header, which has whole seconds.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let time = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp::from_millis(time.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_header_is_understood() {
        assert_eq!(
            http_date("Sun, 27 Oct 2024 03:33:20 GMT"),
            Some(Timestamp::from_millis(1_730_000_000_000))
        );
        assert_eq!(http_date("soon"), None);
    }
}
