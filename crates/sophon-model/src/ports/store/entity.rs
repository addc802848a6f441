//! What an entity says of the table that keeps it.
//!
//! The fields of an entity are the columns of its table, in that order; serde's `Serialize` and `Deserialize` name
//! them. So an entity that is to be kept says in its own file how its table is called, and the verbs of
//! [`Tx`](super::Tx) do the rest.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ToValue, Value};

/// A thing that a table keeps.
pub trait Entity: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static Table;
}

/// An entity that can simply be added. Another one has a verb of its own for that, which sees to more than the row.
pub trait Insert: Entity {}

/// An entity that can simply be overwritten by who has looked it up. Another one changes only from a certain state, by
/// a verb of its own that compares.
pub trait Update: Entity {}

/// An entity that can simply be removed, with what belongs to it.
pub trait Delete: Entity {}

/// What one entity is found by: the value of the key column of its table.
pub trait Key: ToValue {
    /// Whose key it is.
    type Of: Entity;
}

/// An entity that belongs to somebody, or is a part of something: the lists that people see are of one scope.
pub trait Scoped: Entity {
    /// Which tenant's, user's, node's it is.
    type Scope: ToValue;
    /// The column that says so.
    const SCOPE: &'static str;
}

/// An entity that is kept for some time after it ended, and then removed.
pub trait Ends: Entity {
    /// The column that says when it did; without a value it has not.
    const ENDED: &'static str;
}

/// A table of entities.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What one of its rows is called in errors.
    pub one: &'static str,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// The columns kept as JSON; all others are plain.
    pub json: &'static [&'static str],
    /// The columns that the database fills.
    pub given: &'static [&'static str],
    /// The error for a row that has the key of another one; without it that is our fault.
    pub taken: Option<&'static str>,
    /// Whether a job that writes holds the rows that it finds by their keys: nobody else changes them until it has
    /// ended. For what is changed by looking it up, changing it and storing it whole.
    pub is_locked: bool,
    /// The order of its lists.
    pub order: Order,
}

impl Table {
    /// A table of plain columns whose key is `id`.
    pub const fn new(name: &'static str, one: &'static str) -> Self {
        Table {
            name,
            one,
            key: &["id"],
            json: &[],
            given: &[],
            taken: None,
            is_locked: false,
            order: Order::oldest_first(&["created_at", "id"]),
        }
    }

    /// With other columns as its key, by which its lists go.
    pub const fn key(mut self, columns: &'static [&'static str]) -> Self {
        self.key = columns;
        self.order = Order::oldest_first(columns);
        self
    }

    /// With these columns kept as JSON.
    pub const fn json(mut self, columns: &'static [&'static str]) -> Self {
        self.json = columns;
        self
    }

    /// With these columns filled by the database.
    pub const fn given(mut self, columns: &'static [&'static str]) -> Self {
        self.given = columns;
        self
    }

    /// With a key that callers choose.
    pub const fn taken(mut self, message: &'static str) -> Self {
        self.taken = Some(message);
        self
    }

    /// With rows that are locked when they are read to be changed.
    pub const fn locked(mut self) -> Self {
        self.is_locked = true;
        self
    }

    /// With lists in another order than that in which the rows were made.
    pub const fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it goes by, first things first. Lists that are read page by page go by a time and `id`.
    pub by: &'static [&'static str],
    /// Whether the highest comes first.
    pub is_descending: bool,
}

impl Order {
    /// The lowest first.
    pub const fn oldest_first(by: &'static [&'static str]) -> Self {
        Order { by, is_descending: false }
    }

    /// The highest first.
    pub const fn newest_first(by: &'static [&'static str]) -> Self {
        Order { by, is_descending: true }
    }
}

/// Which entities of a kind are asked for.
pub trait Filter {
    /// The kind.
    type Of: Entity;
    /// In which order.
    const ORDER: Order = <Self::Of as Entity>::TABLE.order;

    /// What must be so. All of it.
    fn conditions<'a>(&'a self, must: &mut Conditions<'a>);
}

/// All entities of a kind: a filter that lets everything through.
#[derive(Debug)]
pub struct Every<E>(std::marker::PhantomData<E>);

/// See [`Every`].
pub fn every<E: Entity>() -> Every<E> {
    Every(std::marker::PhantomData)
}

impl<E: Entity> Filter for Every<E> {
    type Of = E;

    fn conditions<'a>(&'a self, _: &mut Conditions<'a>) {}
}

/// One thing that must be so.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition<'a> {
    /// The column has this value.
    Is(&'static str, Value<'a>),
    /// The column has one of these texts, which never change: they are written into the statement, so that an index
    /// over the rows that have them can serve it.
    IsLiterally(&'static str, &'static [&'static str]),
    /// The column has no value.
    IsNull(&'static str),
    /// The column has one of these values.
    IsOneOf(&'static str, Vec<Value<'a>>),
    /// The column has this value or a higher one.
    AtLeast(&'static str, Value<'a>),
    /// The column has a higher value.
    Above(&'static str, Value<'a>),
    /// The column has a lower value.
    Below(&'static str, Value<'a>),
    /// The text in the column has this text in it, whatever the case.
    Contains(&'static str, &'a str),
    /// One of these is so.
    Either(Vec<Condition<'a>>),
}

/// What must be so.
#[derive(Clone, Debug, Default)]
pub struct Conditions<'a>(Vec<Condition<'a>>);

impl<'a> Conditions<'a> {
    /// `column` must be `value`.
    pub fn is(&mut self, column: &'static str, value: &'a (impl ToValue + ?Sized)) -> &mut Self {
        self.and(Condition::Is(column, value.to_value()))
    }

    /// `column` must be `value`, if there is one.
    pub fn is_if(&mut self, column: &'static str, value: Option<&'a (impl ToValue + ?Sized)>) -> &mut Self {
        if let Some(value) = value {
            self.is(column, value);
        }
        self
    }

    /// `column` must have one of these texts: see [`Condition::IsLiterally`].
    pub fn is_literally(&mut self, column: &'static str, texts: &'static [&'static str]) -> &mut Self {
        self.and(Condition::IsLiterally(column, texts))
    }

    /// `column` must be one of `values`; nothing must be if there are none.
    pub fn is_one_of(&mut self, column: &'static str, values: &'a [impl ToValue]) -> &mut Self {
        if !values.is_empty() {
            self.and(Condition::IsOneOf(column, values.iter().map(ToValue::to_value).collect()));
        }
        self
    }

    /// `column` must be `from` or later, and earlier than `until`, as far as they are there.
    pub fn is_within(
        &mut self,
        column: &'static str,
        from: Option<&'a (impl ToValue + ?Sized)>,
        until: Option<&'a (impl ToValue + ?Sized)>,
    ) -> &mut Self {
        if let Some(from) = from {
            self.and(Condition::AtLeast(column, from.to_value()));
        }
        if let Some(until) = until {
            self.and(Condition::Below(column, until.to_value()));
        }
        self
    }

    /// This must be so.
    pub fn and(&mut self, condition: Condition<'a>) -> &mut Self {
        self.0.push(condition);
        self
    }

    /// All that must be so.
    pub fn all(&self) -> &[Condition<'a>] {
        &self.0
    }
}
