//! Lists in pages: `limit` and `cursor` in the query, `items`, `nextCursor` and `hasMore` in the answer.

use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::Deserialize;
use sophon_api::List;
use sophon_core::Gateway;
use sophon_core::cursors::{CursorKey, SIGNATURE};
use sophon_model::{Error, Kind, Page, Paged, Position};

use crate::error::{ApiError, Result};

/// The longest cursor that is looked at, in bytes.
const LONGEST_CURSOR: usize = 512;

/// Which list is asked for: its address, and its filters and order, which are all of the query but for the page. A
/// cursor is bound to it by a signature, for a position in one list means nothing in another.
pub(crate) struct Listing {
    name: String,
    key: CursorKey,
}

impl FromRequestParts<Gateway> for Listing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self> {
        let name = name(parts.uri.path(), parts.uri.query().unwrap_or_default());
        Ok(Self { name, key: gateway.cursors.clone() })
    }
}

impl Listing {
    /// The list at this address, without filters.
    pub(crate) fn of(gateway: &Gateway, path: &str) -> Self {
        Self { name: name(path, ""), key: gateway.cursors.clone() }
    }

    /// The page that is asked for. 400 for a cursor that this list did not hand out.
    pub(crate) fn page(&self, limit: Option<Limit>, cursor: Option<&str>) -> Result<Page> {
        let position = self.position(cursor)?;
        Ok(Page::new(limit.map(|Limit(limit)| limit), position))
    }

    /// The position that a cursor stands for; none for the first page, which an empty cursor asks for as well.
    pub(crate) fn position(&self, cursor: Option<&str>) -> Result<Option<Position>> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
        Ok(Some(self.open(cursor).ok_or_else(foreign_cursor)?))
    }

    /// The cursor that stands for a position.
    pub(crate) fn cursor(&self, position: &Position) -> String {
        let position = serde_json::json!({ "at": position.at, "id": position.id }).to_string();
        let signature = self.key.sign(&self.name, position.as_bytes());
        URL_SAFE_NO_PAD.encode([&signature, position.as_bytes()].concat())
    }

    fn open(&self, cursor: &str) -> Option<Position> {
        if cursor.len() > LONGEST_CURSOR {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (signature, position) = bytes.split_first_chunk::<SIGNATURE>()?;
        if !self.key.verifies(&self.name, position, signature) {
            return None;
        }
        serde_json::from_slice(position).ok()
    }

    /// A page of a list that is at hand as a whole. It goes on after the item that came last or, if that is gone, at its
    /// place.
    pub(crate) fn slice<E, T>(
        &self,
        mut items: Vec<E>,
        query: &PageQuery,
        id: impl Fn(&E) -> String,
        shape: impl FnMut(E) -> T,
    ) -> Result<List<T>> {
        let page = self.page(query.limit, query.cursor.as_deref())?;
        let begin = page.after.as_ref().map_or(0, |last| {
            let place = items.iter().position(|item| id(item) == last.id);
            place.map_or(usize::try_from(last.at).unwrap_or_default(), |place| place + 1)
        });
        let mut rest = items.split_off(begin.min(items.len()));
        let has_more = rest.len() > page.limit();
        rest.truncate(page.limit());
        let last = i64::try_from(begin + rest.len()).unwrap_or(i64::MAX) - 1;
        let position = |item: &E| Position { at: last, id: id(item) };
        let next = if has_more { rest.last().map(position) } else { None };
        Ok(self.answer(Paged { items: rest, next }, shape))
    }

    /// A page as it is answered.
    pub(crate) fn answer<E, T>(&self, paged: Paged<E>, shape: impl FnMut(E) -> T) -> List<T> {
        List {
            has_more: paged.next.is_some(),
            next_cursor: paged.next.as_ref().map(|position| self.cursor(position)),
            items: paged.items.into_iter().map(shape).collect(),
        }
    }
}

fn foreign_cursor() -> Error {
    let reason = "This cursor is not from this list with these filters. Begin again without it.";
    let details = serde_json::json!({ "field": "cursor", "reason": reason });
    Error::new(Kind::InvalidRequest, reason).with_details(details)
}

/// The address with the query in a fixed order, without what says which page.
fn name(path: &str, query: &str) -> String {
    let filters =
        form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != "limit" && key != "cursor");
    let mut filters: Vec<_> = filters.collect();
    filters.sort_unstable();
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
    format!("{path}?{query}")
}

/// How many items are asked for: 1 to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct Limit(pub(crate) usize);

impl TryFrom<usize> for Limit {
    type Error = String;

    fn try_from(limit: usize) -> Result<Self, Self::Error> {
        let is_served = (1..=Page::MOST).contains(&limit);
        is_served.then_some(Self(limit)).ok_or_else(|| format!("a page has 1 to {} items", Page::MOST))
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    pub(crate) cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(path: &str, query: &str) -> Listing {
        Listing { name: name(path, query), key: CursorKey::new(&[7; 32]) }
    }

    fn position() -> Position {
        Position { at: 1_795_348_800_000, id: "ses_ü\"\\".into() }
    }

    #[test]
    fn a_cursor_comes_back_as_it_was_handed_out() {
        let list = listing("/api/tasks", "status=failed&limit=2");
        let cursor = list.cursor(&position());
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(list.position(Some(&cursor)).unwrap(), Some(position()));
        assert_eq!(list.position(Some("")).unwrap(), None, "the first page");
    }

    #[test]
    fn a_cursor_counts_for_the_list_and_the_filters_that_it_is_from() {
        let cursor = listing("/api/tasks", "status=failed&kind=chat").cursor(&position());
        let same = format!("kind=chat&cursor={cursor}&status=failed&limit=7");
        assert!(listing("/api/tasks", &same).position(Some(&cursor)).is_ok());
        for (path, query) in [
            ("/api/tasks", "status=failed"),
            ("/api/tasks", "status=completed&kind=chat"),
            ("/api/approvals", "status=failed&kind=chat"),
        ] {
            assert!(listing(path, query).position(Some(&cursor)).is_err(), "{path}?{query}");
        }
    }

    #[test]
    fn a_list_at_hand_goes_on_where_it_was_also_if_its_last_item_is_gone() {
        let list = listing("/api/auth/tokens", "");
        let page = |items: &[&str], cursor: Option<String>| {
            let query = PageQuery { limit: Some(Limit(2)), cursor };
            let items = items.iter().map(|&item| item.to_owned()).collect();
            list.slice(items, &query, String::clone, |item| item).unwrap()
        };
        let first = page(&["a", "b", "c", "d", "e"], None);
        assert_eq!((first.items, first.has_more), (vec!["a".to_owned(), "b".into()], true));
        let next = first.next_cursor;
        assert_eq!(page(&["new", "a", "b", "c", "d"], next.clone()).items, ["c", "d"]);
        assert_eq!(page(&["a", "c", "d", "e"], next.clone()).items, ["c", "d"]);
        let last = page(&["a", "b", "c"], next);
        assert_eq!((last.items, last.has_more, last.next_cursor), (vec!["c".to_owned()], false, None));
    }

    #[test]
    fn what_was_not_handed_out_is_no_cursor() {
        let list = listing("/api/tasks", "");
        let long = "A".repeat(100_000);
        for text in ["x", "e30", "bnVsbA", "eyJhdCI6IngiLCJpZCI6IjEifQ", "%00", "💥", &long] {
            assert!(list.position(Some(text)).is_err(), "{text}");
        }
    }
}
