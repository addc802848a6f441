//! The texts of the typed verbs.

use sophon_model::ports::{Shape, Table};

/// The clause that locks rows in PostgreSQL. Rows that refer to them can still be added meanwhile.
pub(super) const FOR_UPDATE: &str = "FOR NO KEY UPDATE";

/// What is done with a row. The parameters of a verb that writes are the columns, in order, without those that the
/// database fills; those of the others are the key and the scope, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    /// Add it.
    Insert,
    /// Add it, and return the number that the database gave it.
    InsertNumbered,
    /// Add it, or overwrite the one with its key.
    Put,
    /// Overwrite it.
    Update,
    /// Overwrite it, if its `status` is this.
    UpdateFrom(&'static str),
    /// Overwrite it, if it has not ended. A wish to cancel that is noted in it stands.
    UpdateOpen,
    /// Remove it; from this scope alone.
    Delete(Option<&'static str>),
    /// Find it; in this scope alone.
    Find(Option<&'static str>),
    /// The same, and hold it.
    FindForUpdate(Option<&'static str>),
    /// The beginning of a query for rows.
    Select,
    /// Remove some that have ended: when, this column says.
    Prune(&'static str),
}

impl Verb {
    /// The statement for a table.
    pub(super) fn text(self, shape: Shape) -> String {
        let Shape { table, columns } = shape;
        let name = table.name;
        match self {
            Verb::Insert if table.taken.is_some() => format!("{} ON CONFLICT DO NOTHING", insert(shape)),
            Verb::Insert => insert(shape),
            Verb::InsertNumbered => format!("{} RETURNING {}", insert(shape), table.given.join(", ")),
            Verb::Put => {
                let set = assignments(shape, |column, _| format!("excluded.{column}"));
                format!("{} ON CONFLICT ({}) DO UPDATE SET {set}", insert(shape), table.key.join(", "))
            }
            Verb::Update => update(shape, |_, given| given.to_owned()),
            Verb::UpdateFrom(status) => {
                format!("{} AND status = '{status}'", update(shape, |_, given| given.to_owned()))
            }
            Verb::UpdateOpen => {
                let update = update(shape, |column, given| match column {
                    "cancelled_by" | "cancel_reason" | "cancel_requested_at" => {
                        format!("COALESCE({column}, {given})")
                    }
                    _ => given.to_owned(),
                });
                format!("{update} AND status IN ('queued', 'running')")
            }
            Verb::Delete(scope) => format!("DELETE FROM {name} WHERE {}", place(table, scope)),
            Verb::Find(scope) => {
                format!("SELECT {} FROM {name} WHERE {}", columns.join(", "), place(table, scope))
            }
            Verb::FindForUpdate(scope) => format!("{} {FOR_UPDATE}", Verb::Find(scope).text(shape)),
            Verb::Select => format!("SELECT {} FROM {name} WHERE ", columns.join(", ")),
            Verb::Prune(ended) => {
                let key = table.key.join(", ");
                // PostgreSQL looks again at the outer condition alone, after it has waited for who holds a row.
                format!(
                    "DELETE FROM {name} WHERE ({key}) IN \
                     (SELECT {key} FROM {name} WHERE {ended} < $1 ORDER BY {ended} LIMIT $2) AND {ended} < $1"
                )
            }
        }
    }
}

/// The columns that are written, each with its parameter.
fn written(shape: Shape) -> impl Iterator<Item = (&'static str, String)> {
    let written = shape.columns.iter().filter(move |column| !shape.table.given.contains(column));
    written.enumerate().map(|(n, column)| (*column, format!("${}", n + 1)))
}

fn insert(shape: Shape) -> String {
    let (columns, parameters): (Vec<_>, Vec<_>) = written(shape).unzip();
    format!("INSERT INTO {} ({}) VALUES ({})", shape.table.name, columns.join(", "), parameters.join(", "))
}

/// Gives all columns but the key a value, which is computed from the column and its parameter.
fn assignments(shape: Shape, value: impl Fn(&str, &str) -> String) -> String {
    let changed = written(shape).filter(|(column, _)| !shape.table.key.contains(column));
    let set = changed.map(|(column, parameter)| format!("{column} = {}", value(column, &parameter)));
    set.collect::<Vec<_>>().join(", ")
}

fn update(shape: Shape, value: impl Fn(&str, &str) -> String) -> String {
    let key = written(shape).filter(|(column, _)| shape.table.key.contains(column));
    let row = key.map(|(column, parameter)| format!("{column} = {parameter}")).collect::<Vec<_>>();
    format!("UPDATE {} SET {} WHERE {}", shape.table.name, assignments(shape, value), row.join(" AND "))
}

fn place(table: &Table, scope: Option<&str>) -> String {
    let key = format!("{} = $1", table.key.join(", "));
    scope.map_or_else(|| key.clone(), |scope| format!("{key} AND {scope} = $2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &Table = &Table::new("things", "thing").key(&["a", "b"]).given(&["number"]).taken("Taken.");
    const SHAPE: Shape = Shape { table: TABLE, columns: &["number", "a", "b", "c", "over"] };

    fn text(verb: Verb) -> String {
        verb.text(SHAPE)
    }

    #[test]
    fn all_columns_are_written_but_those_that_the_database_fills() {
        let insert = "INSERT INTO things (a, b, c, over) VALUES ($1, $2, $3, $4)";
        assert_eq!(text(Verb::Insert), format!("{insert} ON CONFLICT DO NOTHING"));
        assert_eq!(text(Verb::InsertNumbered), format!("{insert} RETURNING number"));
        let put = "ON CONFLICT (a, b) DO UPDATE SET c = excluded.c, over = excluded.over";
        assert_eq!(text(Verb::Put), format!("{insert} {put}"));
        assert_eq!(text(Verb::Update), "UPDATE things SET c = $3, over = $4 WHERE a = $1 AND b = $2");
    }

    #[test]
    fn rows_are_found_by_key_and_scope_and_pruned_by_the_time_at_which_they_ended() {
        const TABLE: &Table = &Table::new("things", "thing");
        let shape = Shape { table: TABLE, columns: &["id", "over"] };
        let text = |verb: Verb| verb.text(shape);
        assert_eq!(text(Verb::Find(None)), "SELECT id, over FROM things WHERE id = $1");
        let held = "SELECT id, over FROM things WHERE id = $1 AND home = $2 FOR NO KEY UPDATE";
        assert_eq!(text(Verb::FindForUpdate(Some("home"))), held);
        assert_eq!(text(Verb::Delete(Some("home"))), "DELETE FROM things WHERE id = $1 AND home = $2");
        let some = "SELECT id FROM things WHERE over < $1 ORDER BY over LIMIT $2";
        let prune = format!("DELETE FROM things WHERE (id) IN ({some}) AND over < $1");
        assert_eq!(text(Verb::Prune("over")), prune);
    }
}
