//! Lists: a page of items and where the next one begins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end. Not to be read.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// Whether the list goes on.
    pub has_more: bool,
}

impl<T> List<T> {
    /// A list that is never longer than a page.
    pub fn whole(items: impl IntoIterator<Item = T>) -> Self {
        Self { items: items.into_iter().collect(), next_cursor: None, has_more: false }
    }
}
