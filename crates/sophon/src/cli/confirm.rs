//! Asking before something that cannot be undone.

use std::io::{self, IsTerminal};

use super::context::Context;
use super::screen::ask;
use super::stop::Stop;

/// Goes on if the person has said `--yes`, or says it now; `question` is put only where somebody can answer.
pub async fn confirmed(
    context: &Context,
    has_said_yes: bool,
    question: impl AsyncFn() -> Result<String, Stop>,
) -> Result<(), Stop> {
    if has_said_yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Stop::failed("deleting cannot be undone").hint("Say `--yes` if you mean it."));
    }
    let answer = ask(&format!("{} [y/N] ", question().await?))?;
    if !answer.trim().eq_ignore_ascii_case("y") && !answer.trim().eq_ignore_ascii_case("yes") {
        context.screen.remark("Nothing was deleted.");
        return Err(Stop::reported());
    }
    Ok(())
}
