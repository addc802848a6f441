//! Lists that come in pages.

use serde::{Deserialize, Serialize};

use crate::ClientError;

/// The most items that the gateway puts in one page.
const LARGEST_PAGE: usize = 200;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The items, in the gateway's order.
    pub items: Vec<T>,
    /// What to ask with for the next page; opaque.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    #[serde(default)]
    pub has_more: bool,
}

/// Follows a list page by page until `limit` items are there or it ends. `fetch` is given the size of a page, at most
/// 200, and the cursor.
pub async fn collect<T, F>(
    limit: usize,
    mut fetch: impl FnMut(usize, Option<String>) -> F,
) -> Result<List<T>, ClientError>
where
    F: Future<Output = Result<List<T>, ClientError>>,
{
    let mut all = List { items: Vec::new(), next_cursor: None, has_more: limit > 0 };
    while all.has_more && all.items.len() < limit {
        let wanted = (limit - all.items.len()).min(LARGEST_PAGE);
        let page = fetch(wanted, all.next_cursor.take()).await?;
        // A page that brings nothing would be asked for again and again.
        all.has_more = page.has_more && page.next_cursor.is_some() && !page.items.is_empty();
        all.next_cursor = page.next_cursor;
        all.items.extend(page.items);
    }
    Ok(all)
}
