//! The variables of a prompt: `{{name}}`, or `{{name=default}}`.
//!
//! Braces that hold anything else are text, as in templates and code that people ask about.

use sophon_model::{Error, Result};

/// Different variables of a prompt.
pub const MOST_VARIABLES: usize = 20;
/// The name of a variable, in characters.
pub const LONGEST_VARIABLE: usize = 40;
/// The variables that a client fills in itself: today's date, the time of day, and the name of the user.
pub const BUILT_IN: [&str; 3] = ["date", "time", "user"];

/// A value that a prompt needs before it can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The value that it has unless the user gives another one.
    pub default: Option<String>,
}

/// The variables that a user is asked for, in the order in which the text first names them. A default that is given at any
/// place counts for all places.
pub fn variables(content: &str) -> Vec<Variable> {
    let mut found: Vec<Variable> = Vec::new();
    for (name, default) in placeholders(content) {
        if BUILT_IN.contains(&name) {
            continue;
        }
        match found.iter_mut().find(|variable| variable.name == name) {
            Some(known) if known.default.is_none() => known.default = default.map(str::to_owned),
            Some(_) => {}
            None => found.push(Variable { name: name.to_owned(), default: default.map(str::to_owned) }),
        }
    }
    found
}

/// Refuses a text with more variables than a form can ask for.
pub(super) fn require_few(content: &str) -> Result<()> {
    if variables(content).len() <= MOST_VARIABLES {
        return Ok(());
    }
    let text = format!("A prompt has at most {MOST_VARIABLES} variables. Use fewer, or write two prompts.");
    Err(Error::validation("content", text))
}

/// The names between double braces, each with its default.
fn placeholders(content: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    content.split("{{").skip(1).filter_map(|rest| {
        let (inner, _) = rest.split_once("}}")?;
        let (name, default) = match inner.split_once('=') {
            Some((name, default)) => (name.trim(), Some(default.trim())),
            None => (inner.trim(), None),
        };
        let is_plain = !inner.contains(['{', '}', '\n']);
        (is_plain && is_name(name)).then_some((name, default))
    })
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_alphabetic)
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ' '))
        && name.chars().count() <= LONGEST_VARIABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(content: &str) -> Vec<(String, Option<String>)> {
        variables(content).into_iter().map(|variable| (variable.name, variable.default)).collect()
    }

    fn one(name: &str, default: Option<&str>) -> (String, Option<String>) {
        (name.to_owned(), default.map(str::to_owned))
    }

    #[test]
    fn variables_come_in_the_order_of_the_text_each_once_with_its_default() {
        let text = "Translate {{text}} to {{ target language = French }}. {{text}} is in {{source=}}.";
        let expected = [one("text", None), one("target language", Some("French")), one("source", Some(""))];
        assert_eq!(found(text), expected);
        assert_eq!(found("{{tone}}, {{tone=dry}}, {{tone=warm}}"), [one("tone", Some("dry"))]);
        assert_eq!(found("{{größe}} {{言語}}"), [one("größe", None), one("言語", None)]);
    }

    #[test]
    fn what_a_client_fills_in_itself_is_not_asked_for() {
        assert_eq!(found("It is {{date}}, {{ time }}. I am {{user}}. {{dated}}"), [one("dated", None)]);
    }

    #[test]
    fn other_braces_are_text() {
        for text in
            ["{{}}", "{{ }}", "{{a", "a}}", "{a}", "{{{a}}}", "{{1}}", "{{a\nb}}", "{{a.b}}", "{{#if x}}"]
        {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found(&format!("{{{{{}}}}}", "a".repeat(LONGEST_VARIABLE))).len(), 1);
        assert_eq!(found(&format!("{{{{{}}}}}", "a".repeat(LONGEST_VARIABLE + 1))), []);
    }

    #[test]
    fn more_variables_than_a_form_can_ask_for_are_refused() {
        let with = |count: usize| (0..count).map(|n| format!("{{{{v{n}}}}}")).collect::<Vec<_>>().concat();
        require_few(&with(MOST_VARIABLES)).unwrap();
        assert_eq!(require_few(&with(MOST_VARIABLES + 1)).unwrap_err().field(), Some("content"));
    }
}
