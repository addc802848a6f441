//! The verbs that all entities have, once and typed.

use super::{
    Conditions, Delete, Ends, Entity, Filter, Insert, Key, Order, Record, Row, Scoped, Shape, Table, ToValue,
    Tx, Update, Value,
};
use crate::{Error, Page, Paged, Position, Result, Timestamp};

/// What is done with each row of an answer.
pub type OnRow<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<()>;

/// Where one row is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The value of its key column.
    pub key: Value<'a>,
    /// The column and the value of the scope that it must be in.
    pub scope: Option<(&'static str, Value<'a>)>,
}

impl<'a> Place<'a> {
    fn of(key: &'a impl Key) -> Self {
        Place { key: key.to_value(), scope: None }
    }

    fn within<K: Key<Of: Scoped>>(scope: &'a <K::Of as Scoped>::Scope, key: &'a K) -> Self {
        Place { key: key.to_value(), scope: Some((K::Of::SCOPE, scope.to_value())) }
    }
}

/// Which rows are asked for.
#[derive(Debug)]
pub struct Selection<'a> {
    /// What must be so.
    pub conditions: Conditions<'a>,
    /// In which order.
    pub order: Order,
    /// Only what comes after this.
    pub after: Option<&'a Position>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Whether they are looked up to be changed, if their table is one whose rows are held.
    pub is_locked: bool,
}

impl<'a> Selection<'a> {
    fn of<F: Filter>(filter: &'a F) -> Self {
        let mut conditions = Conditions::default();
        filter.conditions(&mut conditions);
        Selection { conditions, order: F::ORDER, after: None, limit: None, is_locked: false }
    }

    fn within<F: Filter<Of: Scoped>>(scope: &'a <F::Of as Scoped>::Scope, filter: &'a F) -> Self {
        let mut conditions = Conditions::default();
        conditions.is(F::Of::SCOPE, scope);
        filter.conditions(&mut conditions);
        Selection { conditions, order: F::ORDER, after: None, limit: None, is_locked: false }
    }
}

/// What the typed verbs come down to: rows of whichever table. For storage to implement; everything else uses the verbs
/// of [`Tx`].
pub trait EntityRows {
    /// Adds a row. A key that is taken is a conflict, where callers choose keys.
    fn insert_row(&mut self, shape: Shape, row: &Record) -> Result<()>;
    /// Adds a row, or overwrites the one with its key.
    fn put_row(&mut self, shape: Shape, row: &Record) -> Result<()>;
    /// Overwrites the row with its key; `false` if there is none.
    fn update_row(&mut self, shape: Shape, row: &Record) -> Result<bool>;
    /// Removes a row; `false` if there is none.
    fn delete_row(&mut self, table: &'static Table, place: Place<'_>) -> Result<bool>;
    /// Removes at most so many rows whose time in the column `ended` is before, oldest first; returns how many.
    fn prune_rows(
        &mut self,
        table: &'static Table,
        ended: &'static str,
        before: Timestamp,
        at_most: usize,
    ) -> Result<u64>;
    /// Finds a row, and holds it if the table says so.
    fn find_row(&self, shape: Shape, place: Place<'_>, on_row: OnRow<'_>) -> Result<()>;
    /// The rows that match.
    fn select_rows(&self, shape: Shape, selection: &Selection<'_>, on_row: OnRow<'_>) -> Result<()>;
    /// How many rows match.
    fn count_rows(&self, table: &'static Table, conditions: &Conditions<'_>) -> Result<u64>;
}

impl dyn Tx + '_ {
    /// Adds an entity.
    ///
    /// # Errors
    ///
    /// A conflict, if callers choose the key and it is taken: then nothing was written, and the transaction can go on.
    /// Also a conflict if it refers to what is not there.
    pub fn insert<E: Insert>(&mut self, entity: &E) -> Result<()> {
        self.insert_row(Shape::of::<E>(), &Record::of(entity)?)
    }

    /// Adds an entity, or overwrites the one with its key.
    pub fn put<E: Insert + Update>(&mut self, entity: &E) -> Result<()> {
        self.put_row(Shape::of::<E>(), &Record::of(entity)?)
    }

    /// Overwrites an entity: all of its fields.
    ///
    /// # Errors
    ///
    /// `not_found` if it is not there; a conflict as with [`insert`](Self::insert).
    pub fn update<E: Update>(&mut self, entity: &E) -> Result<()> {
        let updated = self.update_row(Shape::of::<E>(), &Record::of(entity)?)?;
        if updated { Ok(()) } else { Err(Error::not_found(E::TABLE.one)) }
    }

    /// Removes an entity, and what belongs to it; `false` if it is not there. Whosever it is: the caller must have been
    /// judged against it.
    pub fn delete<K: Key<Of: Delete>>(&mut self, key: &K) -> Result<bool> {
        self.delete_row(K::Of::TABLE, Place::of(key))
    }

    /// The same, if it is in this scope.
    pub fn delete_in<K: Key<Of: Delete + Scoped>>(
        &mut self,
        scope: &<K::Of as Scoped>::Scope,
        key: &K,
    ) -> Result<bool> {
        self.delete_row(K::Of::TABLE, Place::within(scope, key))
    }

    /// Removes at most so many entities of a kind that ended before, with what belongs to them, oldest first; returns
    /// how many.
    pub fn prune<E: Ends>(&mut self, before: Timestamp, at_most: usize) -> Result<u64> {
        self.prune_rows(E::TABLE, E::ENDED, before, at_most)
    }

    /// By key, in whatever tenant: the caller must be judged against what comes back.
    pub fn get<K: Key>(&self, key: &K) -> Result<Option<K::Of>> {
        self.found(Place::of(key))
    }

    /// By key, if it is in this scope.
    pub fn get_in<K: Key<Of: Scoped>>(
        &self,
        scope: &<K::Of as Scoped>::Scope,
        key: &K,
    ) -> Result<Option<K::Of>> {
        self.found(Place::within(scope, key))
    }

    /// The first one that matches, in whatever tenant, held as if it had been found by its key.
    pub fn first<F: Filter>(&self, filter: &F) -> Result<Option<F::Of>> {
        let found = self.selected(&Selection { limit: Some(1), is_locked: true, ..Selection::of(filter) })?;
        Ok(found.into_iter().next())
    }

    /// All that match, in whatever tenant: for what can be only a few.
    pub fn all<F: Filter>(&self, filter: &F) -> Result<Vec<F::Of>> {
        self.selected(&Selection::of(filter))
    }

    /// The first ones of a scope that match, at most `limit`.
    pub fn list_in<F: Filter<Of: Scoped>>(
        &self,
        scope: &<F::Of as Scoped>::Scope,
        filter: &F,
        limit: usize,
    ) -> Result<Vec<F::Of>> {
        self.selected(&Selection { limit: Some(limit), ..Selection::within(scope, filter) })
    }

    /// A page of those of a scope that match.
    pub fn page<F: Filter<Of: Scoped>>(
        &self,
        scope: &<F::Of as Scoped>::Scope,
        filter: &F,
        page: &Page,
    ) -> Result<Paged<F::Of>> {
        let shape = Shape::of::<F::Of>();
        let selection = Selection {
            after: page.after.as_ref(),
            limit: Some(page.limit() + 1),
            ..Selection::within(scope, filter)
        };
        let [time, id] = selection.order.by else {
            return Err(Error::internal("a list that is read page by page goes by a time and an id"));
        };
        let (Some(time), Some(id)) = (shape.place(time), shape.place(id)) else {
            return Err(Error::internal("a list goes by a column that its entities do not have"));
        };
        let (mut items, mut next) = (Vec::with_capacity(page.limit()), None);
        let mut has_more = false;
        self.select_rows(shape, &selection, &mut |row| {
            if items.len() == page.limit() {
                has_more = true;
                return Ok(());
            }
            items.push(shape.decode(row)?);
            if items.len() == page.limit() {
                next = Some(position(row.value(time)?, row.value(id)?)?);
            }
            Ok(())
        })?;
        Ok(Paged { items, next: next.filter(|_| has_more) })
    }

    /// How many of a scope match.
    pub fn count_in<F: Filter<Of: Scoped>>(
        &self,
        scope: &<F::Of as Scoped>::Scope,
        filter: &F,
    ) -> Result<u64> {
        self.count_rows(F::Of::TABLE, &Selection::within(scope, filter).conditions)
    }

    fn found<E: Entity>(&self, place: Place<'_>) -> Result<Option<E>> {
        let (shape, mut found) = (Shape::of::<E>(), None);
        self.find_row(shape, place, &mut |row| {
            found = Some(shape.decode(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn selected<E: Entity>(&self, selection: &Selection<'_>) -> Result<Vec<E>> {
        let (shape, mut found) = (Shape::of::<E>(), Vec::new());
        self.select_rows(shape, selection, &mut |row| {
            found.push(shape.decode(row)?);
            Ok(())
        })?;
        Ok(found)
    }
}

fn position(time: Value<'_>, id: Value<'_>) -> Result<Position> {
    match (time, id) {
        (Value::Int(at), Value::Text(id)) => Ok(Position { at, id: id.to_owned() }),
        _ => Err(Error::internal("a list that is read page by page goes by a time and an id")),
    }
}
