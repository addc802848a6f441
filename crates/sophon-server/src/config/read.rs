//! From the sources to a configuration, with every problem on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;
use serde_objects::{Complaint, Format};
use serde_path_to_error::Segment;

use super::reference::{Key, nearest};
use super::{Config, Problems};

/// How serde's message for an unknown key begins.
const UNKNOWN_KEY: &str = "unknown field";
/// How serde's message for a key that must be there begins.
const MISSING_KEY: &str = "missing field";

/// Reads `value`. Serde stops at the first problem; so what it stops at is noted and taken out, and it is asked again
/// until it reads the rest. Each round takes something out, so this ends.
pub(super) fn read(value: Value, keys: &[Key], problems: &mut Problems) -> Config {
    let mut remainder = Remainder { value, taken: BTreeMap::new() };
    loop {
        let error = match serde_path_to_error::deserialize::<_, Config>(&remainder.value) {
            Ok(config) => return config,
            Err(error) => error,
        };
        let path: Vec<Segment> = error.path().iter().cloned().collect();
        let (name, text) = (remainder.name(&path), error.inner().to_string());
        if text.starts_with(UNKNOWN_KEY) {
            problems.add(&name, format!("no key has this name.{}", suggestion(&name, keys)));
        } else if !was_taken_out(&name, &text, problems) {
            add(&name, &text, problems);
        }
        if !remainder.take_out(&path) {
            return Config::default();
        }
    }
}

/// Adds what serde says of the key `name`, in plain words.
fn add(name: &str, text: &str, problems: &mut Problems) {
    let complaint = Complaint::read(text);
    let key = match complaint {
        Complaint::Missing(key) if name.is_empty() => key.to_owned(),
        Complaint::Missing(key) => format!("{name}.{key}"),
        _ => name.to_owned(),
    };
    problems.add(&key, complaint.predicate(Format::Toml));
}

/// Whether a key is missing because its value was refused and taken out in an earlier round.
fn was_taken_out(name: &str, text: &str, problems: &Problems) -> bool {
    text.starts_with(MISSING_KEY)
        && text.split('`').nth(1).is_some_and(|key| problems.has(&format!("{name}.{key}")))
}

/// The key or section that was probably meant: also the key of a section that stands outside of it.
fn suggestion(name: &str, keys: &[Key]) -> String {
    let wanted = name.rsplit('.').next().unwrap_or(name);
    let own_name = |key: &Key| key.path.rsplit_once('.').is_some_and(|(_, last)| last == wanted);
    if let Some(key) = keys.iter().find(|key| own_name(key)) {
        return format!(" Did you mean {}?", key.path);
    }
    let sections = keys.iter().filter_map(|key| Some(key.path.split_once('.')?.0));
    let of_any_item: String = name.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    nearest(&of_any_item, keys.iter().map(|key| key.path.as_str()).chain(sections))
}

/// What is still to be read.
struct Remainder {
    value: Value,
    /// For each list, the items that were taken out of it, as they were counted at first.
    taken: BTreeMap<String, BTreeSet<usize>>,
}

impl Remainder {
    /// A path as the operator writes it: `providers[0].type`.
    fn name(&self, path: &[Segment]) -> String {
        let mut name = String::new();
        for segment in path {
            let _written = match segment {
                Segment::Seq { index } => write!(name, "[{}]", self.index_at_first(&name, *index)),
                Segment::Map { key } if name.is_empty() => write!(name, "{key}"),
                Segment::Map { key } => write!(name, ".{key}"),
                Segment::Enum { .. } | Segment::Unknown => Ok(()),
            };
        }
        name
    }

    /// Where an item of the list stood before others were taken out.
    fn index_at_first(&self, list: &str, index: usize) -> usize {
        let taken = self.taken.get(list).into_iter().flatten();
        taken.fold(index, |index, taken| if *taken <= index { index + 1 } else { index })
    }

    /// Takes out what is at `path`. Whether it was there.
    fn take_out(&mut self, path: &[Segment]) -> bool {
        let Some((last, parents)) = path.split_last() else { return false };
        let list = self.name(parents);
        let mut value = &mut self.value;
        for segment in parents {
            let inner = match segment {
                Segment::Map { key } => value.get_mut(key),
                Segment::Seq { index } => value.get_mut(index),
                Segment::Enum { .. } | Segment::Unknown => None,
            };
            let Some(inner) = inner else { return false };
            value = inner;
        }
        match (last, value) {
            (Segment::Map { key }, Value::Object(keys)) => keys.remove(key).is_some(),
            (Segment::Seq { index }, Value::Array(items)) if *index < items.len() => {
                items.remove(*index);
                let at_first = self.index_at_first(&list, *index);
                self.taken.entry(list).or_default().insert(at_first)
            }
            _ => false,
        }
    }
}
