//! What people type into a search box, as queries for full text.
//!
//! Only runs of letters and digits are taken, so nothing that was typed can be an operator of either engine.

use sophon_model::text::words;

use crate::engine::Engine;

/// Words taken from a search; the rest is dropped.
const WORDS: usize = 16;
/// Characters taken of a word: every match is by its beginning anyway.
const WORD_CHARS: usize = 64;

/// How many of the words must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Each.
    All,
    /// At least one.
    Any,
}

/// A query in the language of `engine` for text with words that begin like those in `typed`; `None` if there is no
/// word in it.
pub(crate) fn words_query(engine: Engine, typed: &str, need: Need) -> Option<String> {
    let terms: Vec<String> = words(typed).take(WORDS).map(|at| term(engine, &typed[at])).collect();
    let operator = match (engine, need) {
        (Engine::Sqlite, Need::All) => " AND ",
        (Engine::Sqlite, Need::Any) => " OR ",
        (Engine::Postgres, Need::All) => " & ",
        (Engine::Postgres, Need::Any) => " | ",
    };
    (!terms.is_empty()).then(|| terms.join(operator))
}

fn term(engine: Engine, word: &str) -> String {
    let beginning: String = word.to_lowercase().chars().take(WORD_CHARS).collect();
    match engine {
        Engine::Sqlite => format!("\"{beginning}\"*"),
        Engine::Postgres => format!("'{beginning}':*"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_own_language() {
        let query = |engine, need| words_query(engine, "Blue  whale's", need);
        assert_eq!(query(Engine::Sqlite, Need::All).unwrap(), r#""blue"* AND "whale"* AND "s"*"#);
        assert_eq!(query(Engine::Postgres, Need::Any).unwrap(), "'blue':* | 'whale':* | 's':*");
    }

    #[test]
    fn operators_are_taken_for_blanks() {
        let query = words_query(Engine::Sqlite, r#"a" OR title:* NEAR(b) -"#, Need::All);
        assert_eq!(query.unwrap(), r#""a"* AND "or"* AND "title"* AND "near"* AND "b"*"#);
        assert_eq!(words_query(Engine::Postgres, "' & !*:() \\ --", Need::All), None);
    }

    #[test]
    fn a_search_is_bounded() {
        let many = words_query(Engine::Sqlite, &"a ".repeat(1_000), Need::Any).unwrap();
        assert_eq!(many.matches("\"a\"*").count(), WORDS);
        let long = words_query(Engine::Postgres, &"ß".repeat(10_000), Need::All).unwrap();
        assert_eq!(long.chars().count(), WORD_CHARS + 4);
    }
}
