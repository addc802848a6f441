//! Lists that come in pages.

use sophon_api::List;

use crate::ClientError;

/// The most items that the gateway puts in one page.
const LARGEST_PAGE: usize = 200;

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

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};

    use super::*;

    /// Pages of a list of `total` numbers, whose cursor is the next number.
    fn page(total: usize, size: usize, cursor: Option<String>) -> Ready<Result<List<usize>, ClientError>> {
        let first: usize = cursor.map_or(0, |cursor| cursor.parse().expect("our own cursor"));
        let end = total.min(first + size);
        let has_more = end < total;
        ready(Ok(List {
            items: (first..end).collect(),
            next_cursor: has_more.then(|| end.to_string()),
            has_more,
        }))
    }

    #[tokio::test]
    async fn pages_are_followed_until_the_limit_or_the_end() {
        let some = collect(250, |size, cursor| page(1_000, size, cursor)).await.expect("pages");
        assert_eq!(some.items, (0..250).collect::<Vec<_>>());
        assert!(some.has_more && some.next_cursor.as_deref() == Some("250"));
        let all = collect(250, |size, cursor| page(201, size, cursor)).await.expect("pages");
        assert_eq!((all.items.len(), all.has_more, all.next_cursor), (201, false, None));
    }

    #[tokio::test]
    async fn a_page_that_brings_nothing_ends_the_list() {
        let empty = |_, _| async {
            Ok(List::<u8> { items: Vec::new(), next_cursor: Some("again".to_owned()), has_more: true })
        };
        assert!(collect(10, empty).await.expect("a page").items.is_empty());
    }
}
