//! The text of statements.

use sophon_model::ports::Value;

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// SQLite, in this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// The text of a statement: one for both engines, or one for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sql<'a> {
    sqlite: &'a str,
    postgres: &'a str,
}

impl<'a> Sql<'a> {
    /// The text for `engine`.
    pub(crate) fn of(self, engine: Engine) -> &'a str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

impl<'a> From<&'a str> for Sql<'a> {
    fn from(both: &'a str) -> Self {
        Sql { sqlite: both, postgres: both }
    }
}

/// `(sqlite, postgres)`
impl<'a> From<(&'a str, &'a str)> for Sql<'a> {
    fn from((sqlite, postgres): (&'a str, &'a str)) -> Self {
        Sql { sqlite, postgres }
    }
}

/// A statement that is put together from fixed pieces of text and bound values.
pub(crate) struct Query<'a> {
    text: String,
    args: Vec<Value<'a>>,
}

impl<'a> Query<'a> {
    /// Begins with this text.
    pub(crate) fn new(text: &str) -> Self {
        Query { text: text.to_owned(), args: Vec::new() }
    }

    /// Adds text.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter with this value.
    pub(crate) fn bind(&mut self, value: impl Into<Value<'a>>) -> &mut Self {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }

    /// Adds the condition that `column` is one of `choices`; nothing if there are none.
    pub(crate) fn push_one_of(&mut self, column: &'static str, choices: impl Iterator<Item = &'a str>) {
        let before = self.args.len();
        for choice in choices {
            if self.args.len() == before {
                self.push(" AND ").push(column).push(" IN (");
            } else {
                self.push(", ");
            }
            self.bind(choice);
        }
        if self.args.len() > before {
            self.push(")");
        }
    }

    /// The text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The values, in the order of their parameters.
    pub(crate) fn args(&self) -> &[Value<'a>] {
        &self.args
    }
}
