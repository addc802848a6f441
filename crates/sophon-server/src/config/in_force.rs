//! What is in force, and where each value was set: for an operator who wonders. Secrets are not shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use super::reference::{Key, keys};
use super::sources::Sources;
use super::{Config, PREFIX, Problems, providers};
use crate::ServeArgs;
use crate::environment::{variable, variables};

/// What stands in the place of a secret.
const MASK: &str = "••••";
/// Keys whose values are secrets, in whichever section.
const SECRETS: [&str; 2] = ["api_key", "client_secret"];
/// The key of a program that is called with arguments, which may hold a secret.
const COMMAND: &str = "secrets.master_key_command";

/// A key, its value, and where that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// The key's path: `agents.workers`.
    pub key: String,
    /// The value. Secrets in it are masked.
    pub value: String,
    /// `default`, a file and line, a variable or a flag.
    pub origin: String,
}

/// All keys, with the values that a gateway which is started now with these flags has. Fails with everything that is wrong.
pub fn in_force(args: &ServeArgs) -> Result<Vec<InForce>, Problems> {
    Config::load(args)?;
    Ok(list(args, variables(PREFIX), variable))
}

/// The same for sources without problems.
pub(super) fn list(
    args: &ServeArgs,
    variables: impl Iterator<Item = (String, String)>,
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<InForce> {
    let (keys, mut none) = (keys(), Problems::default());
    let mut sources = Sources::from_file(args.config.as_deref(), &mut none);
    sources.overlay(variables, &keys, &mut none);
    let lines = sources.file.as_ref().map(|(_, text)| lines(text)).unwrap_or_default();
    let of_key = |key: &Key| {
        let path = &key.path;
        let (value, origin) = overriding(path, args, &sources, &variable)
            .or_else(|| {
                let value = sources.value.pointer(&format!("/{}", path.replace('.', "/")))?;
                let line = || {
                    let (file, _) = sources.file.as_ref()?;
                    Some(format!("{}:{}", file.display(), lines.get(path)?))
                };
                Some((shown(path, value.clone()), sources.variables.get(path).cloned().or_else(line)?))
            })
            .unwrap_or_else(|| (key.default.trim_matches('`').to_owned(), "default".to_owned()));
        InForce { key: path.clone(), value, origin }
    };
    // What the tables of a list hold is shown with the list.
    keys.iter().filter(|key| !key.path.contains('[')).map(of_key).collect()
}

/// What counts before the file and its variables, or in place of them.
fn overriding(
    path: &str,
    args: &ServeArgs,
    sources: &Sources,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<(String, String)> {
    let (value, origin) = match path {
        "listen" => (args.listen?.to_string(), "--listen"),
        "data" => (args.data.as_ref()?.display().to_string(), "--data or SOPHON_DATA"),
        "log.filter" => (variable("RUST_LOG")?, "RUST_LOG"),
        "providers" if sources.value["providers"].as_array().is_none_or(Vec::is_empty) => {
            let found = providers::from_environment(variable);
            let listed: Vec<Value> = found
                .iter()
                .map(|it| json!({"id": it.id, "type": it.kind, "base_url": it.base_url, "api_key": it.api_key, "models": it.models}))
                .collect();
            if listed.is_empty() {
                return None;
            }
            (shown(path, listed.into()), "the variables of the providers")
        }
        _ => return None,
    };
    Some((value, origin.to_owned()))
}

/// A value as it is shown: text as it stands, all else as JSON.
fn shown(path: &str, mut value: Value) -> String {
    mask(&mut value);
    match value {
        Value::Array(parts) if path == COMMAND && parts.len() > 1 => json!([parts[0], MASK]).to_string(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if SECRETS.contains(&name.as_str()) && !field.is_null() {
                    *field = MASK.into();
                }
                mask(field);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => *text = without_secrets(text),
        _ => {}
    }
}

/// An address without its password and its query, which may hold one. Other text as it is.
fn without_secrets(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, _)) => (rest, format!("?{MASK}")),
        None => (rest, String::new()),
    };
    match rest.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
        Some((user, host)) => format!("{scheme}://{user}:{MASK}@{host}{query}"),
        None => format!("{scheme}://{rest}{query}"),
    }
}

/// The line of each key in a file, counted from 1.
fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    if let Ok(table) = DeTable::parse(text) {
        collect(table.get_ref(), "", text, &mut lines);
    }
    lines
}

fn collect(table: &DeTable<'_>, prefix: &str, text: &str, lines: &mut BTreeMap<String, usize>) {
    for (key, value) in table {
        let path = format!("{prefix}{}", key.get_ref());
        if let DeValue::Table(section) = value.get_ref() {
            collect(section, &format!("{path}."), text, lines);
        }
        let before = text.get(..key.span().start).unwrap_or_default();
        lines.insert(path, before.matches('\n').count() + 1);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn look(text: &str, set: &[(&str, &str)], args: ServeArgs) -> BTreeMap<String, (String, String)> {
        let mut file = tempfile::Builder::new().prefix("sophon").suffix(".toml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let args = ServeArgs { config: Some(file.path().to_owned()), ..args };
        let variable =
            |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let ours = set.iter().filter(|(name, _)| name.starts_with(PREFIX));
        let listed = list(&args, ours.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())), variable);
        let folder = format!("{}/", file.path().parent().unwrap().display());
        let name = file.path().display().to_string();
        let origin = |origin: String| origin.replace(&name, "FILE").replace(&folder, "");
        listed.into_iter().map(|it| (it.key, (it.value, origin(it.origin)))).collect()
    }

    #[test]
    fn each_value_is_shown_with_the_place_that_set_it() {
        let text = "tier = 'Pro'\n\n[hubs]\nbuffer = 7\n[agents]\nworkers = 3\n";
        let set = [("SOPHON__AGENTS__WORKERS", "5"), ("RUST_LOG", "debug")];
        let args = ServeArgs { listen: Some(([127, 0, 0, 1], 9).into()), ..ServeArgs::default() };
        let found = look(text, &set, args);
        let of = |key: &str| {
            let (value, origin) = &found[key];
            (value.as_str(), origin.as_str())
        };
        assert_eq!(of("listen"), ("127.0.0.1:9", "--listen"));
        assert_eq!(of("tier"), ("Pro", "FILE:1"));
        assert_eq!(of("hubs.buffer"), ("7", "FILE:4"));
        assert_eq!(of("agents.workers"), ("5", "SOPHON__AGENTS__WORKERS"));
        assert_eq!(of("log.filter"), ("debug", "RUST_LOG"));
        assert_eq!(of("log.format"), ("text", "default"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = "[database]\nurl = 'postgres://me:hunter2@h/db?password=hunter2'\n\
                    [secrets]\nmaster_key_command = ['vault', '-token=hunter2']\n\
                    [[providers]]\nid = 'a'\ntype = 'openai'\napi_key = 'hunter2'\n";
        let found = look(text, &[], ServeArgs::default());
        assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        assert_eq!(found["database.url"].0, format!("postgres://me:{MASK}@h/db?{MASK}"));
        let from_environment = look("", &[("OPENAI_API_KEY", "hunter2")], ServeArgs::default());
        let (value, origin) = &from_environment["providers"];
        assert!(value.contains("\"id\":\"openai\"") && !value.contains("hunter2"), "{value}");
        assert_eq!(origin, "the variables of the providers");
    }
}
