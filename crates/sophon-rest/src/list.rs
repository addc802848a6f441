//! Lists: a page of items and where the next one begins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sophon_api::List;
use sophon_model::{Page, Paged, Position};

/// A page as it is answered, its items in the shape of this wire.
pub(crate) fn answer<E, T>(paged: Paged<E>, shape: impl FnMut(E) -> T) -> List<T> {
    List {
        has_more: paged.next.is_some(),
        next_cursor: paged.next.as_ref().map(Cursor::text),
        items: paged.items.into_iter().map(shape).collect(),
    }
}

/// A position in the form that clients hand back: they are not to read it, and it tells nothing that they could not
/// see in the last item.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Cursor(Option<Position>);

impl Cursor {
    /// The place that it stands for; none for the first page.
    pub(crate) fn position(self) -> Option<Position> {
        self.0
    }

    /// The text that stands for a place.
    pub(crate) fn text(position: &Position) -> String {
        let json = serde_json::json!({ "at": position.at, "id": position.id });
        URL_SAFE_NO_PAD.encode(json.to_string())
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    /// An empty one is the first page: clients send it that have no other yet.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok();
        let position = json.and_then(|json| serde_json::from_slice(&json).ok());
        position.map(|position| Self(Some(position))).ok_or("this is not a cursor that was handed out")
    }
}

/// How many items are wanted: 1 to 200.
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

/// The page that is asked for.
pub(crate) fn page(limit: Option<Limit>, cursor: Option<Cursor>) -> Page {
    Page::new(limit.map(|Limit(limit)| limit), cursor.and_then(Cursor::position))
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Items in a page: 50 unless told otherwise, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

impl From<PageQuery> for Page {
    fn from(query: PageQuery) -> Self {
        page(query.limit, query.cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_handed_out() {
        let position = Position { at: 1_795_348_800_000, id: "ses_ü\"\\".into() };
        let text = Cursor::text(&position);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(Cursor::try_from(text).unwrap().0, Some(position));
        assert_eq!(Cursor::try_from(String::new()).unwrap().0, None, "the first page");
    }

    #[test]
    fn what_was_not_handed_out_is_no_cursor() {
        for text in ["x", "e30", "bnVsbA", "eyJhdCI6IngiLCJpZCI6IjEifQ", "%00", "💥"] {
            assert!(Cursor::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
