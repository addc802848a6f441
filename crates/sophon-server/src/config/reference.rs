//! What can be configured, as data: the JSON schema of `sophon.toml`, and a table of its keys for people. Both come from
//! the sections, so that they cannot say anything else.

use std::fmt::Write;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Config;

/// How different a key may be from one that is suggested in its place, in letters to change.
const FARTHEST_SUGGESTION: usize = 4;

/// How a variable's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it stands.
    Text,
    /// As a whole number.
    Number,
    /// As yes or no.
    Switch,
    /// As a JSON array, or as texts with commas between them.
    List,
}

/// A key, and all that there is to say about it.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Its path: `agents.workers`, `providers[].id`.
    pub(super) path: String,
    /// The variable that sets it. Keys of tables in a list have none; the list has one.
    pub(super) variable: Option<String>,
    /// How the variable's text is read.
    pub(super) kind: Kind,
    /// The default, as the table of keys has it.
    pub(super) default: String,
    unit: String,
    limits: String,
    sentence: String,
}

/// The JSON schema of `sophon.toml`.
fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

/// The JSON schema of `sophon.toml`, as text: for editors that check and complete the file.
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

/// All keys: those outside of sections first, then each section's, by name.
pub(super) fn keys() -> Vec<Key> {
    let mut keys = Vec::new();
    collect(&schema(), "", &mut keys);
    keys.sort_by_cached_key(|key| (key.path.contains(['.', '[']), key.path.clone()));
    keys
}

fn collect(section: &Value, prefix: &str, keys: &mut Vec<Key>) {
    let Some(properties) = section["properties"].as_object() else { return };
    let required = section["required"].as_array();
    for (name, property) in properties {
        let path = format!("{prefix}{name}");
        if property["properties"].is_object() {
            collect(property, &format!("{path}."), keys);
            continue;
        }
        let is_required = required.is_some_and(|names| names.iter().any(|required| required == name));
        keys.push(Key::read(path.clone(), property, is_required));
        collect(&property["items"], &format!("{path}[]."), keys);
    }
}

impl Key {
    fn read(path: String, property: &Value, is_required: bool) -> Self {
        let in_list = path.contains('[');
        let variable = format!("SOPHON__{}", path.replace('.', "__").to_uppercase());
        Self {
            variable: (!in_list).then_some(variable),
            kind: kind(property),
            default: if is_required { "required".into() } else { default(property) },
            unit: property["x-unit"].as_str().unwrap_or_default().to_owned(),
            limits: limits(property),
            sentence: one_line(property["description"].as_str().unwrap_or_default()),
            path,
        }
    }
}

#[cfg(test)]
impl Key {
    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(super) fn has_unit_and_limits(&self) -> bool {
        !self.unit.is_empty() && !self.limits.is_empty()
    }
}

fn kind(property: &Value) -> Kind {
    let is = |wanted: &str| match &property["type"] {
        Value::Array(types) => types.iter().any(|listed| listed == wanted),
        listed => listed == wanted,
    };
    if is("integer") {
        Kind::Number
    } else if is("boolean") {
        Kind::Switch
    } else if is("array") {
        Kind::List
    } else {
        Kind::Text
    }
}

fn default(property: &Value) -> String {
    if let Some(text) = property["x-default"].as_str() {
        return text.to_owned();
    }
    match &property["default"] {
        Value::Null => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

fn limits(property: &Value) -> String {
    let choices: Vec<String> = (property["enum"].as_array().into_iter().flatten())
        .chain(property["oneOf"].as_array().into_iter().flatten().map(|choice| &choice["const"]))
        .filter_map(|choice| Some(format!("`{}`", choice.as_str()?)))
        .collect();
    match (&property["minimum"], &property["maximum"]) {
        (Value::Null, _) => choices.join(", "),
        (least, Value::Null) => format!("at least {least}"),
        (least, most) => format!("{least} to {most}"),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table of all keys, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    for key in keys() {
        let Key { path, variable, default, unit, limits, sentence, .. } = key;
        let variable = variable.map_or_else(String::new, |name| format!("`{name}`"));
        let _written = writeln!(
            page,
            "| `{path}` | {variable} | {default} | {unit} | {limits} | {} |",
            sentence.replace('|', "\\|")
        );
    }
    page
}

const INTRODUCTION: &str = "\
# Configuration

This page is generated: `make generate` writes it, and [sophon.schema.json](sophon.schema.json), from the source code.

Sophon reads `sophon.toml` in the working folder (or `--config FILE`). Environment variables override the file, and flags
override both. A list in a variable is a JSON array, or texts with commas between them. A blank variable counts as not
set. All problems of a configuration are reported at once, and a gateway with any does not start.

SIGHUP reads the file again while the gateway serves: `http.allowed_hosts`, `http.allowed_origins`, `http.trusted_proxies` and
`log.filter` count at once, all other keys after a restart. A configuration with problems changes nothing. The log says what
became of it; it does not name a secret that has changed.

| key | variable | default | unit | allowed | what it does |
|---|---|---|---|---|---|
";

/// A suggestion of the name that `wanted` may have been meant to be; empty if none is near.
pub(super) fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, _)| *distance <= FARTHEST_SUGGESTION)
        .min()
        .map(|(_, name)| format!(" Did you mean {name}?"))
        .unwrap_or_default()
}
