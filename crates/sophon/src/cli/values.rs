//! Values that people type.

use clap::Args;
use serde_json::Value;
use sophon_model::Permission;

/// The length of a list, where there is no reason for another default.
#[derive(Clone, Copy, Debug, Args)]
pub struct Limit {
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

impl From<Limit> for usize {
    fn from(Limit { limit }: Limit) -> Self {
        limit.into()
    }
}

/// JSON, as an argument.
pub fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("that is not JSON ({error})"))
}

/// A number of days, as `30d` or `30`.
pub fn days(text: &str) -> Result<u32, String> {
    let days = text.strip_suffix('d').unwrap_or(text).parse().ok();
    days.filter(|days| *days > 0)
        .ok_or_else(|| "give a number of days, at least 1, for example 30d".to_owned())
}

/// A permission by its name, in any case.
pub fn permission(text: &str) -> Result<Permission, String> {
    let found = Permission::ALL.iter().find(|permission| permission.name().eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let all: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        format!("one of {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_number_with_or_without_their_unit() {
        assert_eq!((days("30d"), days("7")), (Ok(30), Ok(7)));
        for wrong in ["", "d", "0d", "-1", "1w", "1.5d"] {
            assert!(days(wrong).is_err_and(|told| told.contains("at least 1")), "{wrong}");
        }
    }
}
