//! Asking before something that cannot be undone.

use std::io::{self, IsTerminal};

use super::context::Context;
use super::screen::ask;
use super::stop::Stop;

/// What cannot be undone.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// Something is deleted.
    Delete,
    /// An access is revoked.
    Revoke,
    /// A member is removed.
    Remove,
}

/// Goes on if the person has said `--yes`, or says it now; `question` is put only where somebody can answer.
pub async fn confirmed(
    context: &Context,
    has_said_yes: bool,
    deed: Deed,
    question: impl AsyncFn() -> Result<String, Stop>,
) -> Result<(), Stop> {
    if has_said_yes {
        return Ok(());
    }
    let (doing, done) = match deed {
        Deed::Delete => ("deleting", "deleted"),
        Deed::Revoke => ("revoking", "revoked"),
        Deed::Remove => ("removing", "removed"),
    };
    if !io::stdin().is_terminal() {
        return Err(Stop::failed(format!("{doing} cannot be undone")).hint("Say `--yes` if you mean it."));
    }
    let answer = ask(&format!("{} [y/N] ", question().await?))?;
    if !answer.trim().eq_ignore_ascii_case("y") && !answer.trim().eq_ignore_ascii_case("yes") {
        context.screen.remark(format!("Nothing was {done}."));
        return Err(Stop::reported());
    }
    Ok(())
}
