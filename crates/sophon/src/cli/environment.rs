//! The present time and chance, taken from the machine in this one place of the command line.

use std::time::SystemTime;

use sophon_model::Timestamp;

use super::stop::Stop;

/// The present.
#[expect(
    clippy::disallowed_methods,
    reason = "a program that a person starts is where the clock is handed in"
)]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(0).plus(since_epoch)
}

/// A key that nobody has used before.
#[expect(clippy::disallowed_methods, reason = "a program that a person starts is where chance is handed in")]
pub fn idempotency_key() -> Result<String, Stop> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Stop::failed(format!("the system gives no chance ({error})")))?;
    Ok(hex::encode(bytes))
}
