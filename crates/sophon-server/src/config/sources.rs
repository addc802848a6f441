//! The file and the environment, laid over each other.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Problems;
use super::reference::{Key, Kind, nearest};

/// The file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "sophon.toml";

/// What the sources say, before it is read as a configuration.
pub(super) struct Sources {
    /// The keys and their values.
    pub(super) value: Value,
    /// For each key that a variable set, the variable's name.
    pub(super) variables: BTreeMap<String, String>,
    /// The file that was read, if one was, with its text.
    pub(super) file: Option<(PathBuf, String)>,
}

impl Sources {
    /// Reads the file: one that is named must be there, `sophon.toml` in the working folder need not. A file that is
    /// there and cannot be read is a problem in both cases.
    pub(super) fn from_file(named: Option<&Path>, problems: &mut Problems) -> Self {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let mut file = None;
        let read = match std::fs::read_to_string(path) {
            // A link that leads nowhere is there.
            Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
                Ok(Value::Null)
            }
            Err(error) => Err(format!("the file cannot be read: {error}")),
            Ok(text) => {
                problems.read_from(path);
                let value = toml::from_str::<Map<_, _>>(&text).map(Value::Object);
                file = Some((path.to_owned(), text));
                value.map_err(|error| error.to_string())
            }
        };
        let mut value = read.unwrap_or_else(|text| {
            problems.add(&path.display().to_string(), text);
            Value::Null
        });
        if value.is_null() {
            value = Value::Object(Map::new());
        }
        Self { value, variables: BTreeMap::new(), file }
    }

    /// Lays `variables` over the file. A blank variable counts as not set.
    pub(super) fn overlay(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
        keys: &[Key],
        problems: &mut Problems,
    ) {
        for (name, text) in variables.filter(|(_, text)| !text.trim().is_empty()) {
            let with_names = || keys.iter().filter_map(|key| Some((key, key.variable.as_deref()?)));
            let Some((key, _)) = with_names().find(|(_, known)| known.eq_ignore_ascii_case(&name)) else {
                let hint = nearest(&name.to_uppercase(), with_names().map(|(_, known)| known));
                problems.add(&name, format!("no key has this name.{hint}"));
                continue;
            };
            match parse(&text, key.kind) {
                Ok(parsed) => self.set(&key.path, parsed),
                Err(reason) => problems.add(&name, reason),
            }
            self.variables.insert(key.path.clone(), name);
        }
    }

    /// Sets the key with this path. Where the file has something else than a section there, that stays, to be refused.
    fn set(&mut self, path: &str, value: Value) {
        let mut parts: Vec<&str> = path.split('.').collect();
        let Some(last) = parts.pop() else { return };
        let mut section = &mut self.value;
        for part in parts {
            let Value::Object(keys) = section else { return };
            section = keys.entry(part).or_insert_with(|| Value::Object(Map::new()));
        }
        if let Value::Object(keys) = section {
            keys.insert(last.to_owned(), value);
        }
    }
}

/// The value that a variable's text stands for. What is no number or switch stays text, to be refused by its key.
fn parse(text: &str, kind: Kind) -> Result<Value, String> {
    let trimmed = text.trim();
    Ok(match kind {
        Kind::Text => text.into(),
        Kind::Number => trimmed.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Kind::Switch => match trimmed.to_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => true.into(),
            "false" | "0" | "off" | "no" => false.into(),
            _ => text.into(),
        },
        Kind::List if trimmed.starts_with('[') => serde_json::from_str(trimmed)
            .map_err(|error| format!("it begins like a JSON array, and is none: {error}"))?,
        Kind::List => trimmed.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
    })
}
