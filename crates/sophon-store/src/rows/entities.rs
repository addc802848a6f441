//! The verbs that all entities have.

use sophon_model::ports::{
    Condition, Conditions, Entity, EntityRows, OnRow, Order, Place, Record, Selection, Shape, Table, Value,
};
use sophon_model::{Error, Result, Timestamp};

use crate::engine::{Conn, Engine, Failure, Query, Sql, Verb};

impl EntityRows for Conn {
    fn insert_row(&mut self, shape: Shape, row: &Record) -> Result<()> {
        match (self.write_row(shape, Verb::Insert, row)?, shape.table.taken) {
            (0, Some(message)) => Err(Error::conflict(message)),
            _ => Ok(()),
        }
    }

    fn put_row(&mut self, shape: Shape, row: &Record) -> Result<()> {
        self.write_row(shape, Verb::Put, row)?;
        Ok(())
    }

    fn update_row(&mut self, shape: Shape, row: &Record) -> Result<bool> {
        let updated = self.write_row(shape, Verb::Update, row);
        Ok(updated.map_err(|failure| failure.or_conflict(shape.table.taken))? > 0)
    }

    fn delete_row(&mut self, table: &'static Table, place: Place<'_>) -> Result<bool> {
        let verb = Verb::Delete(place.scope.map(|(column, _)| column));
        let (args, count) = args(place);
        let text = self.text(Shape { table, columns: &[] }, verb);
        Ok(self.run(&text, &args[..count], &mut |_| Ok(()))? > 0)
    }

    fn prune_rows(
        &mut self,
        table: &'static Table,
        ended: &'static str,
        before: Timestamp,
        at_most: usize,
    ) -> Result<u64> {
        let text = self.text(Shape { table, columns: &[] }, Verb::Prune(ended));
        Ok(self.run(&text, &[before.into(), at_most.into()], &mut |_| Ok(()))?)
    }

    fn find_row(&self, shape: Shape, place: Place<'_>, on_row: OnRow<'_>) -> Result<()> {
        let scope = place.scope.map(|(column, _)| column);
        let is_locked = shape.table.is_locked && self.locks_rows();
        let text = self.text(shape, if is_locked { Verb::FindForUpdate(scope) } else { Verb::Find(scope) });
        let (args, count) = args(place);
        self.run(&text, &args[..count], &mut |row| on_row(row).map_err(Failure::bug))?;
        Ok(())
    }

    fn select_rows(&self, shape: Shape, selection: &Selection<'_>, on_row: OnRow<'_>) -> Result<()> {
        let mut query = Query::new(&self.text(shape, Verb::Select));
        must(&mut query, self.engine(), selection.conditions.all());
        let Order { by, is_descending } = selection.order;
        let (compare, direction) = if is_descending { (" < (", " DESC") } else { (" > (", "") };
        if let (Some(after), [time, id]) = (selection.after, by) {
            query.push(" AND (").push(time).push(", ").push(id).push(")").push(compare);
            query.bind(after.at).push(", ").bind(after.id.as_str()).push(")");
        }
        for (n, column) in by.iter().enumerate() {
            query.push(if n == 0 { " ORDER BY " } else { ", " }).push(column).push(direction);
        }
        if let Some(limit) = selection.limit {
            query.push(" LIMIT ").bind(limit);
        }
        if selection.is_locked && shape.table.is_locked {
            query.push(" ").push(self.for_update());
        }
        self.run(query.text(), query.args(), &mut |row| on_row(row).map_err(Failure::bug))?;
        Ok(())
    }

    fn count_rows(&self, table: &'static Table, conditions: &Conditions<'_>) -> Result<u64> {
        let mut query = Query::new("SELECT count(*) FROM ");
        query.push(table.name).push(" WHERE ");
        must(&mut query, self.engine(), conditions.all());
        Ok(self.count(query.text(), query.args())?)
    }
}

impl Conn {
    /// Overwrites an entity as far as `verb` lets it; returns whether it did.
    pub(super) fn overwrite<E: Entity>(&mut self, verb: Verb, entity: &E) -> Result<bool> {
        Ok(self.write_row(Shape::of::<E>(), verb, &Record::of(entity)?)? > 0)
    }

    /// Adds an entity and returns the number that the database gave it.
    pub(super) fn insert_numbered<E: Entity>(&mut self, entity: &E) -> Result<i64> {
        let (text, record) = (self.text(Shape::of::<E>(), Verb::InsertNumbered), Record::of(entity)?);
        let row: Option<(i64,)> = self.one(&*text, &record.values())?;
        row.map(|(number,)| number).ok_or_else(|| Error::internal("an insert returned nothing"))
    }

    /// The entities for which the condition `sql` holds, which may end with an order and a limit.
    pub(super) fn those<'s, E: Entity>(
        &self,
        sql: impl Into<Sql<'s>>,
        args: &[Value<'_>],
    ) -> Result<Vec<E>, Failure> {
        let text = format!("{}{}", self.text(Shape::of::<E>(), Verb::Select), sql.into().of(self.engine()));
        self.decoded(&text, args)
    }

    /// The first one of them.
    pub(super) fn that<'s, E: Entity>(
        &self,
        sql: impl Into<Sql<'s>>,
        args: &[Value<'_>],
    ) -> Result<Option<E>, Failure> {
        Ok(self.those(sql, args)?.into_iter().next())
    }

    /// The beginning of a query for entities, up to its conditions.
    pub(super) fn query<'a, E: Entity>(&self) -> Query<'a> {
        Query::new(&self.text(Shape::of::<E>(), Verb::Select))
    }

    /// The entities that such a query finds.
    pub(super) fn found_by<E: Entity>(&self, query: &Query<'_>) -> Result<Vec<E>, Failure> {
        self.decoded(query.text(), query.args())
    }

    fn decoded<E: Entity>(&self, text: &str, args: &[Value<'_>]) -> Result<Vec<E>, Failure> {
        let (shape, mut entities) = (Shape::of::<E>(), Vec::new());
        self.run(text, args, &mut |row| {
            entities.push(shape.decode(row).map_err(Failure::bug)?);
            Ok(())
        })?;
        Ok(entities)
    }

    fn write_row(&self, shape: Shape, verb: Verb, row: &Record) -> Result<u64, Failure> {
        self.run(&self.text(shape, verb), &row.values(), &mut |_| Ok(()))
    }
}

/// The values that say where a row is, and how many they are.
fn args(place: Place<'_>) -> ([Value<'_>; 2], usize) {
    match place.scope {
        Some((_, scope)) => ([place.key, scope], 2),
        None => ([place.key, Value::Null], 1),
    }
}

/// Adds what must be so.
fn must<'a>(query: &mut Query<'a>, engine: Engine, conditions: &[Condition<'a>]) {
    join(query, engine, conditions, " AND ", "TRUE");
}

fn join<'a>(
    query: &mut Query<'a>,
    engine: Engine,
    conditions: &[Condition<'a>],
    word: &'static str,
    none: &'static str,
) {
    if conditions.is_empty() {
        query.push(none);
    }
    for (n, condition) in conditions.iter().enumerate() {
        if n > 0 {
            query.push(word);
        }
        add(query, engine, condition);
    }
}

fn add<'a>(query: &mut Query<'a>, engine: Engine, condition: &Condition<'a>) {
    match condition {
        Condition::Is(column, value) => query.push(column).push(" = ").bind(*value),
        Condition::IsLiterally(column, [text]) => query.push(column).push(" = '").push(text).push("'"),
        Condition::IsLiterally(column, texts) => {
            query.push(column).push(" IN (");
            for (n, text) in texts.iter().enumerate() {
                query.push(if n == 0 { "'" } else { ", '" }).push(text).push("'");
            }
            query.push(")")
        }
        Condition::IsNull(column) => query.push(column).push(" IS NULL"),
        Condition::AtLeast(column, value) => query.push(column).push(" >= ").bind(*value),
        Condition::Above(column, value) => query.push(column).push(" > ").bind(*value),
        Condition::Below(column, value) => query.push(column).push(" < ").bind(*value),
        Condition::IsOneOf(column, values) => {
            query.push(column).push(" IN (");
            for (n, value) in values.iter().enumerate() {
                query.push(if n == 0 { "" } else { ", " }).bind(*value);
            }
            query.push(")")
        }
        Condition::Contains(column, text) => {
            let find = match engine {
                Engine::Sqlite => "instr(lower(",
                Engine::Postgres => "strpos(lower(",
            };
            query.push(find).push(column).push("), lower(").bind(*text).push(")) > 0")
        }
        Condition::Either(conditions) => {
            query.push("(");
            join(query, engine, conditions, " OR ", "FALSE");
            query.push(")")
        }
    };
}
