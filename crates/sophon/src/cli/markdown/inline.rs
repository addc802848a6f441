//! Text within a block: words with their styles, and where a line may end.

use console::{Style, measure_text_width};
use pulldown_cmark::{Event, Tag, TagEnd};

use super::Events;

/// A piece of a line.
enum Piece {
    /// A word or a part of one, with its style.
    Word(String),
    /// A line may end here.
    Space,
    /// The line ends here.
    Break,
}

/// The text of a paragraph, a heading or a cell.
#[derive(Default)]
pub struct Inline(Vec<Piece>);

/// Whether a tag stands within a line.
pub fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

/// Reads text in the style `base`, up to where a block begins or ends.
pub fn inline(events: &mut Events<'_>, base: Style) -> Inline {
    let mut text = Inline::default();
    let mut styles = vec![base];
    let mut addresses = Vec::new();
    let style = |styles: &[Style]| styles.last().cloned().unwrap_or_default();
    while let Some(event) = events.peek() {
        match event {
            Event::Text(words) | Event::InlineHtml(words) | Event::Html(words) => {
                text.words(words, &style(&styles));
            }
            Event::Code(code) => text.words(code, &style(&styles).cyan()),
            Event::SoftBreak => text.0.push(Piece::Space),
            Event::HardBreak => text.0.push(Piece::Break),
            Event::TaskListMarker(is_done) => {
                text.words(if *is_done { "☑ " } else { "☐ " }, &Style::new());
            }
            Event::Start(tag) if is_inline(tag) => {
                let outer = style(&styles);
                styles.push(match tag {
                    Tag::Emphasis => outer.italic(),
                    Tag::Strong => outer.bold(),
                    Tag::Strikethrough => outer.strikethrough(),
                    _ => outer.underlined(),
                });
                if let Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } = tag {
                    addresses.push((text.0.len(), dest_url.to_string()));
                }
            }
            Event::End(end) if is_inline_end(*end) => {
                styles.pop();
                if matches!(end, TagEnd::Link | TagEnd::Image)
                    && let Some((start, address)) = addresses.pop()
                {
                    text.address(start, &address);
                }
            }
            Event::Start(_) | Event::End(_) | Event::Rule => break,
            _ => {}
        }
        events.next();
    }
    text
}

fn is_inline_end(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

impl Inline {
    /// Adds words, each with its style, so that a line can end between any two.
    fn words(&mut self, text: &str, style: &Style) {
        for (index, word) in text.split([' ', '\n', '\t']).enumerate() {
            if index > 0 {
                self.0.push(Piece::Space);
            }
            if !word.is_empty() {
                self.0.push(Piece::Word(style.apply_to(word).to_string()));
            }
        }
    }

    /// Adds the address of a link behind its text, unless the text is the address.
    fn address(&mut self, start: usize, address: &str) {
        let shown: String = self.0.iter().skip(start).map(Piece::text).collect();
        let shown = console::strip_ansi_codes(&shown).into_owned();
        if address.trim_start_matches("mailto:") != shown && !address.is_empty() {
            self.0.push(Piece::Space);
            self.words(&format!("({address})"), &Style::new().dim());
        }
    }

    /// The lines of at most `width` columns; only a word that is wider itself has a wider line.
    pub fn wrapped(&self, width: usize) -> Vec<String> {
        let (mut lines, mut line, mut columns) = (Vec::new(), String::new(), 0);
        let mut rest = self.0.iter().peekable();
        while let Some(piece) = rest.next() {
            match piece {
                Piece::Space => {}
                Piece::Break => {
                    lines.push(std::mem::take(&mut line));
                    columns = 0;
                }
                Piece::Word(first) => {
                    let mut word = first.clone();
                    while let Some(Piece::Word(more)) = rest.peek() {
                        word.push_str(more);
                        rest.next();
                    }
                    let wide = measure_text_width(&word);
                    if columns > 0 && columns + 1 + wide > width {
                        lines.push(std::mem::take(&mut line));
                        columns = 0;
                    }
                    if columns > 0 {
                        line.push(' ');
                        columns += 1;
                    }
                    line.push_str(&word);
                    columns += wide;
                }
            }
        }
        if columns > 0 || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// All of it in one line.
    pub fn one_line(&self) -> String {
        self.wrapped(usize::MAX).join(" ")
    }
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Piece::Word(word) => word,
            Piece::Space | Piece::Break => " ",
        }
    }
}
