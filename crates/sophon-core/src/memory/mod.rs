//! What agents remember of the people they work for.

mod entries;
mod forget;

use crate::database::Database;
use crate::registry::Registry;

/// What a search says that found nothing.
pub(crate) const NOTHING_REMEMBERED: &str = "Nothing is remembered about that.";

/// Registers the tools.
pub(crate) fn register(registry: &mut Registry, db: &Database) {
    registry.tool(entries::Write::new(db.clone()));
    registry.tool(entries::Search::new(db.clone()));
    registry.tool(forget::ForgetAll::new(db.clone()));
}
