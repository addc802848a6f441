//! Times and durations as people say them.

use std::time::Duration;

use sophon_model::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Days after which a date says more than a distance.
const DISTANT: u64 = 30;

/// How long ago `then` was, for a point in the past; the date when that is long ago.
pub fn ago(now: Timestamp, then: impl Into<Timestamp>) -> String {
    let then = then.into();
    let seconds = now.since(then).as_secs();
    match seconds {
        0..10 => "just now".to_owned(),
        10..MINUTE => format!("{seconds} s ago"),
        MINUTE..HOUR => format!("{} min ago", seconds / MINUTE),
        HOUR..DAY => format!("{} h ago", seconds / HOUR),
        _ if seconds / DAY == 1 => "yesterday".to_owned(),
        _ if seconds / DAY <= DISTANT => format!("{} days ago", seconds / DAY),
        _ => then.to_string().chars().take("2026-01-31".len()).collect(),
    }
}

/// How long something takes or took.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min {} s", seconds / MINUTE, seconds % MINUTE),
        // What was 30 days a moment ago is still called so.
        _ if seconds + MINUTE >= DAY => days(seconds + MINUTE),
        _ => format!("{} h {} min", seconds / HOUR, seconds % HOUR / MINUTE),
    }
}

fn days(seconds: u64) -> String {
    let (days, hours) = (seconds / DAY, seconds % DAY / HOUR);
    let unit = if days == 1 { "day" } else { "days" };
    match hours {
        0 => format!("{days} {unit}"),
        _ => format!("{days} {unit} {hours} h"),
    }
}

/// How long something took, in milliseconds as the gateway counts.
pub fn span_ms(millis: i64) -> String {
    span(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_told_as_people_tell_it() {
        let now = Timestamp::from_millis(1_730_000_000_000);
        let told = |seconds| ago(now, now.minus(Duration::from_secs(seconds)));
        assert_eq!(told(3), "just now");
        assert_eq!(told(59), "59 s ago");
        assert_eq!(told(60), "1 min ago");
        assert_eq!(told(2 * HOUR + 1800), "2 h ago");
        assert_eq!(told(DAY + HOUR), "yesterday");
        assert_eq!(told(3 * DAY), "3 days ago");
        assert_eq!(told(40 * DAY), "2024-09-17");
        assert_eq!(ago(now, now.plus(Duration::from_secs(5))), "just now");
    }

    #[test]
    fn durations_have_two_figures_at_most() {
        assert_eq!(span_ms(12), "12 ms");
        assert_eq!(span_ms(1_234), "1.2 s");
        assert_eq!(span_ms(42_900), "42 s");
        assert_eq!(span_ms(125_000), "2 min 5 s");
        assert_eq!(span_ms(3_780_000), "1 h 3 min");
        assert_eq!(span_ms(-5), "0 ms");
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(told(DAY - 2 * MINUTE), "23 h 58 min");
        assert_eq!(told(DAY - 1), "1 day");
        assert_eq!(told(DAY + 5 * HOUR), "1 day 5 h");
        assert_eq!(told(30 * DAY - 1), "30 days");
    }
}
