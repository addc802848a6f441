//! `web.fetch`

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use sophon_model::Risk;
use sophon_model::ports::{Fetch, ToolSpec};

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

async fn to_markdown(html: String) -> Result<String, ToolFailure> {
    // Parsing a megabyte of markup takes long enough to be kept off the async threads.
    let converted = tokio::task::spawn_blocking(move || {
        let converter =
            htmd::HtmlToMarkdown::builder().skip_tags(vec!["script", "style", "noscript", "svg"]).build();
        converter.convert(&html)
    });
    let unreadable = || ToolFailure("The page could not be read.".into());
    converted.await.map_err(|_| unreadable())?.map_err(|_| unreadable())
}
