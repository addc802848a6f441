//! Lists of models, as services write them.

use std::collections::HashSet;

use serde_json::Value;
use sophon_model::text::is_plainly_visible;

use crate::json::{parse, word};

/// The longest list that is read, in bytes.
pub(crate) const LONGEST_LIST: usize = 2 * 1024 * 1024;
/// The most models that are taken from a list. What comes after them is left out.
const MOST_MODELS: usize = 500;
/// The longest name of a model, in bytes: an agent could not be given a longer one. A longer one is left out.
const LONGEST_NAME: usize = 200;

/// The names of the models in a list, in its order, each once, without those that could not be told from others by eye. `name_of` says how an entry is called, if it is of use.
/// Nothing if it is no list of models.
pub(crate) fn models(body: &[u8], name_of: impl Fn(&Value) -> Option<String>) -> Option<Vec<String>> {
    let body = parse(&String::from_utf8_lossy(body)).ok()?;
    let entries = [&body, &body["data"], &body["models"]].into_iter().find_map(Value::as_array)?;
    let mut seen = HashSet::new();
    let names = entries.iter().filter_map(name_of);
    let names = names.filter(|name| name.len() <= LONGEST_NAME && is_plainly_visible(name));
    Some(names.filter(|name| seen.insert(name.clone())).take(MOST_MODELS).collect())
}

/// How most services name an entry.
pub(crate) fn name_of(entry: &Value) -> Option<String> {
    let names = [entry, &entry["id"], &entry["name"], &entry["model"]];
    names.into_iter().find_map(word).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Vec<String>> {
        models(body.as_bytes(), name_of)
    }

    #[test]
    fn a_list_is_found_in_every_shape() {
        for body in [
            r#"{"object":"list","data":[{"id":"a","object":"model"},{"id":"b"}]}"#,
            r#"{"models":[{"name":"a","model":"a:1"},{"model":"b"}]}"#,
            r#"[{"id":" a "},{"id":"b"},{"id":"a"},{"id":7},{},null,""]"#,
            r#"["a","b"]"#,
        ] {
            assert_eq!(read(body), Some(vec!["a".into(), "b".into()]), "{body}");
        }
        assert_eq!(read(r#"{"data":[]}"#), Some(Vec::new()));
        for body in ["", "<html>", "{}", "7", r#"{"data":"a"}"#, r#"{"data":[{"id":"a"}"#] {
            assert_eq!(read(body), None, "{body}");
        }
    }

    #[test]
    fn a_list_has_a_limit_and_so_has_a_name() {
        let many: Vec<String> = (0..1_000).map(|number| format!("m{number}")).collect();
        assert_eq!(read(&serde_json::json!(many).to_string()).unwrap(), many[..MOST_MODELS]);
        let odd = serde_json::json!(["x".repeat(LONGEST_NAME), "y".repeat(LONGEST_NAME + 1)]);
        assert_eq!(read(&odd.to_string()).unwrap().len(), 1);
    }

    #[test]
    fn a_name_with_characters_that_nobody_sees_is_left_out() {
        let odd = serde_json::json!(["gpt-5\u{202e}oga", "m\u{200b}1", "a\nb", "\u{7}", "m1"]);
        assert_eq!(read(&odd.to_string()).unwrap(), ["m1"]);
    }
}
