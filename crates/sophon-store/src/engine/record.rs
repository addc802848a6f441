//! Whole entities as rows: the fields of an entity are the columns of its table.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Failure, Value};

/// A table of entities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// What one of its rows is called in errors.
    pub(crate) one: &'static str,
    /// The columns kept as JSON; all others are plain.
    pub(crate) json: &'static [&'static str],
    /// The columns that the database fills.
    pub(crate) given: &'static [&'static str],
    /// What a caller is told whose row has the key of another one; without it that is our fault.
    pub(crate) taken: Option<&'static str>,
}

impl Table {
    /// A table of plain columns.
    pub(crate) const fn new(name: &'static str, one: &'static str) -> Self {
        Table { name, one, json: &[], given: &[], taken: None }
    }

    /// With these columns kept as JSON.
    pub(crate) const fn json(mut self, columns: &'static [&'static str]) -> Self {
        self.json = columns;
        self
    }

    /// With these columns filled by the database.
    pub(crate) const fn given(mut self, columns: &'static [&'static str]) -> Self {
        self.given = columns;
        self
    }

    /// With a key that callers choose.
    pub(crate) const fn taken(mut self, message: &'static str) -> Self {
        self.taken = Some(message);
        self
    }
}

/// The JSON text of `value`.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(Failure::bug)
}

enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Json(String),
}

/// An entity, taken apart into columns.
pub(crate) struct Record {
    columns: Vec<String>,
    cells: Vec<Cell>,
}

impl Record {
    /// Takes `entity` apart.
    pub(crate) fn new(table: Table, entity: &impl Serialize) -> Result<Self, Failure> {
        let Json::Object(fields) = serde_json::to_value(entity).map_err(Failure::bug)? else {
            return Err(Failure::bug(format!("a row of {} must be a struct", table.name)));
        };
        let mut record = Record { columns: Vec::new(), cells: Vec::new() };
        for (column, value) in fields {
            if table.given.contains(&column.as_str()) {
                continue;
            }
            let is_json = table.json.contains(&column.as_str());
            record.cells.push(if is_json { Cell::Json(json_text(&value)?) } else { plain(&column, value)? });
            record.columns.push(column);
        }
        Ok(record)
    }

    /// The columns' names, separated by commas.
    pub(crate) fn columns(&self) -> String {
        self.columns.join(", ")
    }

    /// The parameters `$1..$n` of the columns, separated by commas.
    pub(crate) fn parameters(&self) -> String {
        self.numbered().map(|(_, parameter)| parameter).collect::<Vec<_>>().join(", ")
    }

    /// `column = $n` for each column that is not in `but`, separated by commas; `keep` may give another expression
    /// for a column and its parameter.
    pub(crate) fn assignments(&self, but: &[&str], keep: impl Fn(&str, &str) -> Option<String>) -> String {
        let changed = self.numbered().filter(|(column, _)| !but.contains(column));
        let assignment = |(column, parameter): (&str, String)| {
            let value = keep(column, &parameter).unwrap_or(parameter);
            format!("{column} = {value}")
        };
        changed.map(assignment).collect::<Vec<_>>().join(", ")
    }

    /// `column = $n` for each column that is in `of`, joined by `AND`.
    pub(crate) fn equalities(&self, of: &[&str]) -> String {
        let named = self.numbered().filter(|(column, _)| of.contains(column));
        named.map(|(column, parameter)| format!("{column} = {parameter}")).collect::<Vec<_>>().join(" AND ")
    }

    fn numbered(&self) -> impl Iterator<Item = (&str, String)> {
        self.columns.iter().enumerate().map(|(n, column)| (column.as_str(), format!("${}", n + 1)))
    }

    /// The values, in the order of the columns.
    pub(crate) fn values(&self) -> Vec<Value<'_>> {
        let value = |cell| match cell {
            &Cell::Null => Value::Null,
            &Cell::Bool(flag) => Value::Bool(flag),
            &Cell::Int(number) => Value::Int(number),
            Cell::Text(text) => Value::Text(text),
            Cell::Json(text) => Value::Json(text),
        };
        self.cells.iter().map(value).collect()
    }
}

fn plain(column: &str, value: Json) -> Result<Cell, Failure> {
    match value {
        Json::Null => Ok(Cell::Null),
        Json::Bool(flag) => Ok(Cell::Bool(flag)),
        Json::String(text) => Ok(Cell::Text(text)),
        Json::Number(number) => {
            let whole = number.as_i64().map(Cell::Int);
            whole.ok_or_else(|| Failure::bug(format!("column {column} holds whole numbers only")))
        }
        Json::Array(_) | Json::Object(_) => {
            Err(Failure::bug(format!("column {column} is not a JSON column")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: Table = Table::new("things", "thing").json(&["parts"]).given(&["number"]);

    #[test]
    fn fields_become_columns_except_those_that_the_database_fills() {
        let entity = json!({"id": "a", "number": 3, "flag": true, "name": null, "parts": null});
        let record = Record::new(TABLE, &entity).unwrap();
        assert_eq!(record.columns(), "flag, id, name, parts");
        assert_eq!(record.parameters(), "$1, $2, $3, $4");
        let values = [Value::Bool(true), Value::Text("a"), Value::Null, Value::Json("null")];
        assert_eq!(record.values(), values);
    }

    #[test]
    fn columns_are_assigned_or_compared_and_an_expression_can_stand_for_a_value() {
        let record = Record::new(TABLE, &json!({"id": "a", "name": "b", "seen": 1})).unwrap();
        let keep = |column: &str, value: &str| (column == "seen").then(|| format!("max(seen, {value})"));
        assert_eq!(record.assignments(&["id"], keep), "name = $2, seen = max(seen, $3)");
        assert_eq!(record.equalities(&["id", "seen"]), "id = $1 AND seen = $3");
    }

    #[test]
    fn a_nested_value_needs_a_json_column() {
        assert!(Record::new(TABLE, &json!({"name": ["a"]})).is_err());
        assert!(Record::new(TABLE, &json!({"name": 0.5})).is_err());
        assert!(Record::new(TABLE, &json!({"parts": {"a": 0.5}})).is_ok());
    }
}
