//! Markdown as lines for a terminal.

mod inline;
mod stream;
mod table;

use std::iter::Peekable;

use console::{Style, measure_text_width, style};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use inline::{Inline, inline, is_inline};
pub use stream::MarkdownStream;

/// A rule is no wider than this.
const WIDEST_RULE: usize = 40;
/// Text keeps at least this width, however deep it is nested.
const NARROWEST: usize = 20;

type Events<'a> = Peekable<Parser<'a>>;

fn parser(source: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    Parser::new_ext(source, options)
}

/// The lines that show `source` in at most `width` columns. Code is not wrapped, so that it can be copied.
pub fn lines(source: &str, width: usize) -> Vec<String> {
    let mut page = Page { lines: Vec::new(), margins: Vec::new(), width };
    page.blocks(&mut parser(source).peekable(), Spacing::Loose);
    page.lines
}

/// Whether blank lines separate the blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Loose,
    Tight,
}

/// What stands left of the text: a bullet on the first line, say, and spaces on the others.
struct Margin {
    first: Option<String>,
    rest: String,
}

struct Page {
    lines: Vec<String>,
    margins: Vec<Margin>,
    width: usize,
}

impl Page {
    /// Everything up to the end of the enclosing block, or of the text.
    fn blocks(&mut self, events: &mut Events<'_>, spacing: Spacing) {
        let mut is_first = true;
        while let Some(event) = events.peek() {
            if matches!(event, Event::End(_)) {
                events.next();
                return;
            }
            if !std::mem::take(&mut is_first) && spacing == Spacing::Loose {
                self.put("");
            }
            self.block(events);
        }
    }

    fn block(&mut self, events: &mut Events<'_>) {
        let Some(event) = events.peek() else { return };
        let Event::Start(tag) = event else {
            if matches!(event, Event::Rule) {
                events.next();
                let rule = style("─".repeat(self.room().min(WIDEST_RULE))).dim().to_string();
                return self.put(&rule);
            }
            return self.text(&inline(events, Style::new()));
        };
        let tag = tag.clone();
        if is_inline(&tag) {
            return self.text(&inline(events, Style::new()));
        }
        events.next();
        match tag {
            Tag::Heading { level, .. } => self.heading(level, events),
            Tag::BlockQuote(_) => {
                let bar = style("│ ").dim().to_string();
                self.within(Margin { first: None, rest: bar }, |page| page.blocks(events, Spacing::Loose));
            }
            Tag::CodeBlock(kind) => self.code(&kind, events),
            Tag::List(start) => self.list(start, events),
            Tag::Table(_) => self.table(events),
            Tag::HtmlBlock => self.verbatim(events),
            _ => self.blocks(events, Spacing::Tight),
        }
    }

    fn heading(&mut self, level: HeadingLevel, events: &mut Events<'_>) {
        let bold = Style::new().bold();
        self.text(&inline(events, if level == HeadingLevel::H1 { bold.underlined() } else { bold }));
        events.next();
    }

    fn list(&mut self, start: Option<u64>, events: &mut Events<'_>) {
        let mut number = start;
        while let Some(Event::Start(Tag::Item)) = events.next() {
            let bullet = match &mut number {
                Some(number) => {
                    let bullet = format!("{number}. ");
                    *number += 1;
                    bullet
                }
                None => "• ".to_owned(),
            };
            let rest = " ".repeat(measure_text_width(&bullet));
            self.within(Margin { first: Some(bullet), rest }, |page| page.blocks(events, Spacing::Tight));
        }
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, events: &mut Events<'_>) {
        if let CodeBlockKind::Fenced(language) = kind
            && !language.is_empty()
        {
            self.put(&style(format!("  {language}")).dim().to_string());
        }
        let code = text_to_end(events);
        for line in code.lines() {
            self.put(&format!("  {}", style(line).cyan()));
        }
    }

    fn verbatim(&mut self, events: &mut Events<'_>) {
        for line in text_to_end(events).lines() {
            self.put(line);
        }
    }

    fn table(&mut self, events: &mut Events<'_>) {
        for line in table::read(events).lines(self.room()) {
            self.put(&line);
        }
    }

    fn text(&mut self, text: &Inline) {
        for line in text.wrapped(self.room()) {
            self.put(&line);
        }
    }

    fn within(&mut self, margin: Margin, fill: impl FnOnce(&mut Self)) {
        self.margins.push(margin);
        fill(self);
        // A bullet with nothing behind it is shown all the same.
        if self.margins.last().is_some_and(|margin| margin.first.is_some()) {
            self.put("");
        }
        self.margins.pop();
    }

    fn put(&mut self, text: &str) {
        let mut line = String::new();
        for margin in &mut self.margins {
            line.push_str(margin.first.take().as_deref().unwrap_or(&margin.rest));
        }
        line.push_str(text);
        self.lines.push(line.trim_end().to_owned());
    }

    /// The columns that the margins leave.
    fn room(&self) -> usize {
        let taken: usize = self.margins.iter().map(|margin| measure_text_width(&margin.rest)).sum();
        self.width.saturating_sub(taken).max(NARROWEST)
    }
}

/// The text of a block that holds nothing else; takes its end, too.
fn text_to_end(events: &mut Events<'_>) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(piece) | Event::Html(piece) => text.push_str(&piece),
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => break,
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, width: usize) -> String {
        console::strip_ansi_codes(&lines(source, width).join("\n")).into_owned()
    }

    #[test]
    fn blocks_are_told_apart() {
        let text = "## Plan\nDo **this**, then [that](https://x.test).\n\n1. one\n   - [x] deep\n   - [ ] deeper\n2. two\n\n> said\n\n***\n";
        assert_eq!(
            shown(text, 80),
            "Plan\n\nDo this, then that (https://x.test).\n\n1. one\n   • ☑ deep\n   • ☐ deeper\n2. two\n\n│ said\n\n\
             ────────────────────────────────────────"
        );
    }

    #[test]
    fn text_is_wrapped_within_its_margin_and_code_is_not() {
        assert_eq!(shown("- alpha beta gamma delta epsilon", 24), "• alpha beta gamma delta\n  epsilon");
        let code = "```sh\nalpha beta gamma delta epsilon zeta\n```";
        assert_eq!(shown(code, 24), "  sh\n  alpha beta gamma delta epsilon zeta");
    }

    #[test]
    fn a_table_has_columns_where_they_fit_and_loses_nothing_where_they_do_not() {
        let table = "| name | what it is |\n|---|---|\n| `a` | the first |\n| b | the second one |\n";
        assert_eq!(
            shown(table, 40),
            "name │ what it is\n─────┼───────────────\na    │ the first\nb    │ the second one"
        );
        assert_eq!(shown(table, 20), "name: a\nwhat it is: the first\n\nname: b\nwhat it is: the second one");
    }

    #[test]
    fn what_is_no_markdown_is_shown_as_it_is() {
        assert_eq!(shown("2 * 3 < 7 & <b>so</b>", 80), "2 * 3 < 7 & <b>so</b>");
        assert_eq!(shown("<p>\nraw\n</p>\n", 80), "<p>\nraw\n</p>");
    }
}
