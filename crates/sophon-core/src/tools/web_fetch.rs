//! `web.fetch`

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::{Fetch, ToolSpec};

use super::deep_stack::on_deep_stack;
use super::{Tool, ToolContext, ToolFailure, ToolOutput, spec, typed};
use crate::database::Database;
use crate::untrusted::fence;

/// Bytes of a page that are read.
const LARGEST_PAGE: usize = 1024 * 1024;

pub(super) struct FetchPage {
    db: Database,
    fetch: Arc<dyn Fetch>,
}

impl FetchPage {
    pub(super) fn new(db: Database, fetch: Arc<dyn Fetch>) -> Self {
        Self { db, fetch }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    url: String,
}

#[async_trait]
impl Tool for FetchPage {
    fn spec(&self) -> ToolSpec {
        let url =
            json!({ "type": "string", "description": "An http or https address on the public internet." });
        spec(
            "web.fetch",
            "Reads a web page and returns it as Markdown.",
            Risk::Low,
            &json!({ "url": url }),
            &["url"],
        )
    }

    async fn call(&self, _: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure> {
        let Arguments { url } = typed(arguments)?;
        let page = self.fetch.get(&url, LARGEST_PAGE).await?;
        let (is_html, status) = (page.content_type.contains("html"), page.status);
        let text = if is_html { to_markdown(page.text).await? } else { page.text };
        let note = if page.truncated { "\n[The page is longer; the rest was not read.]" } else { "" };
        Ok(format!("HTTP status {status}.{note}\n{}", fence("tool:web.fetch", &text, self.db.random()))
            .into())
    }
}

/// Levels of a page.
const DEEPEST: usize = 500;
/// Elements that contain nothing.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
/// Elements that end where the next of their kind begins.
const SIBLINGS: [&str; 5] = ["p", "li", "dt", "dd", "option"];

async fn to_markdown(html: String) -> Result<String, ToolFailure> {
    let unreadable = || ToolFailure("The page could not be read.".into());
    // Parsing a megabyte of markup takes long enough to be kept off the async threads.
    let converted = on_deep_stack(move || {
        let converter =
            htmd::HtmlToMarkdown::builder().skip_tags(vec!["script", "style", "noscript", "svg"]).build();
        if is_too_deep(&html) {
            return Err(ToolFailure("The page could not be read: it is nested too deeply.".into()));
        }
        converter.convert(&html).map_err(|_| unreadable())
    });
    converted.await.ok_or_else(unreadable)?
}

/// Whether elements are nested deeper than pages are. The converter calls itself for each level.
fn is_too_deep(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let is_end = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        if name.is_empty() || VOID.iter().any(|void| void.eq_ignore_ascii_case(name)) {
            continue;
        }
        let is_same = |other: &&str| other.eq_ignore_ascii_case(name);
        if is_end {
            if let Some(at) = open.iter().rposition(is_same) {
                open.truncate(at);
            }
        } else {
            // Their ends may be left out.
            if SIBLINGS.iter().any(is_same) && open.last().is_some_and(is_same) {
                open.pop();
            }
            open.push(name);
        }
        if open.len() > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_that_is_nested_without_an_end_is_refused_and_others_are_read() {
        for (piece, depth) in
            [("<table><tr><td>", 3_000), ("<div>", 5_000), ("<b><i>", 5_000), ("<div>", 200_000)]
        {
            assert!(to_markdown(piece.repeat(depth)).await.is_err(), "{piece}");
        }
        let deep = format!("{}deep{}", "<div>".repeat(490), "</div>".repeat(490));
        let long = "<p>one<br><img src=x><ul><li>a<li>b</ul>".repeat(5_000);
        assert!(to_markdown(deep).await.unwrap().contains("deep"));
        assert!(to_markdown(long).await.unwrap().contains("one"));
    }
}
