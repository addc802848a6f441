//! The client errors that the document lists, for holding what is answered to it.

use std::sync::LazyLock;

use http::Method;
use serde_json::Value;

/// Statuses of requests that reach no operation: another method, a long address, a strange host.
const BEFORE_OPERATIONS: [u16; 3] = [405, 414, 421];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(sophon_rest::openapi()).unwrap());

/// Whether an answer is no client error, or one that its operation lists.
pub fn is_listed(method: &Method, address: &str, status: u16) -> bool {
    if !(400..500).contains(&status) || BEFORE_OPERATIONS.contains(&status) {
        return true;
    }
    let path = address.split('?').next().unwrap_or_default();
    let method = method.as_str().to_lowercase();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let matching = paths.iter().filter(|(template, item)| fits(template, path) && item[&method].is_object());
    let listed: Vec<bool> =
        matching.map(|(_, item)| item[&method]["responses"][status.to_string()].is_object()).collect();
    listed.is_empty() || listed.contains(&true)
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}
