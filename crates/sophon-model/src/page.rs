//! Keyset pagination.

use serde::{Deserialize, Serialize};

/// A place in a list ordered by time and id, newest first. Wires hand it out in an opaque form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The ordering time of the last item seen, in milliseconds since the epoch.
    pub at: i64,
    /// Its id, which decides between equal times.
    pub id: String,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug)]
pub struct Page {
    limit: usize,
    /// Where the last page ended; `None` for the first.
    pub after: Option<Position>,
}

impl Page {
    /// Items in a page when the caller does not say.
    pub const DEFAULT: usize = 50;
    /// The most items in a page; more is lowered to this.
    pub const MOST: usize = 200;

    /// A page of `limit` items, which is kept between 1 and [`Page::MOST`].
    pub fn new(limit: Option<usize>, after: Option<Position>) -> Self {
        Self { limit: limit.unwrap_or(Self::DEFAULT).clamp(1, Self::MOST), after }
    }

    /// How many items are wanted.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Position>,
}

impl<T> Paged<T> {
    /// The same page of other items.
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(shape).collect(), next: self.next }
    }

    /// A page with nothing on it.
    pub fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// From one item more than the page holds, if the list goes on. `position` gives an item's place.
    pub fn from_one_more(mut items: Vec<T>, page: &Page, position: impl Fn(&T) -> Position) -> Self {
        let more = items.len() > page.limit();
        items.truncate(page.limit());
        let next = if more { items.last().map(position) } else { None };
        Self { items, next }
    }
}
