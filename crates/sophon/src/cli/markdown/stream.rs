//! Markdown that is still being written, shown block by block.

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use super::{lines, parser};

/// Takes Markdown in pieces and gives the lines that nothing can change any more.
pub struct MarkdownStream {
    width: usize,
    /// What is not shown, or not all of it: at most one block, and what may become another.
    pending: String,
    /// Lines of the pending block that were shown.
    shown: usize,
    has_shown_block: bool,
}

/// A block of the text, and how much of it is certain.
struct Block {
    start: usize,
    end: usize,
    /// What is shown of it before it is complete ends here.
    certain: usize,
    /// Whether the text behind it cannot belong to it.
    is_complete: bool,
}

impl MarkdownStream {
    /// A stream for a terminal of `width` columns.
    pub fn new(width: usize) -> Self {
        Self { width, pending: String::new(), shown: 0, has_shown_block: false }
    }

    /// Takes a piece. Gives the text that can be shown now, in whole lines.
    pub fn push(&mut self, piece: &str) -> String {
        self.pending.push_str(piece);
        // Nothing is certain before its line is.
        if !piece.contains('\n') {
            return String::new();
        }
        let (mut text, mut taken) = (String::new(), 0);
        for block in blocks(&self.pending) {
            let source = self.pending.get(block.start..block.end).unwrap_or_default().to_owned();
            if block.is_complete {
                self.show(&source, &mut text);
                self.shown = 0;
                taken = block.end;
            } else {
                let certain = self.pending.get(block.start..block.certain).unwrap_or_default().to_owned();
                self.show(&certain, &mut text);
                taken = block.start;
            }
        }
        self.pending.drain(..taken);
        text
    }

    /// Gives what was not shown. The next piece begins a new block.
    pub fn finish(&mut self) -> String {
        let mut text = String::new();
        let rest = std::mem::take(&mut self.pending);
        if !rest.trim().is_empty() {
            self.show(&rest, &mut text);
        }
        self.shown = 0;
        text
    }

    /// What is not shown yet.
    pub fn pending(&self) -> &str {
        &self.pending
    }

    /// Adds the lines of a block that were not shown yet.
    fn show(&mut self, source: &str, text: &mut String) {
        let lines = lines(source, self.width);
        if lines.len() <= self.shown {
            return;
        }
        if self.shown == 0 && self.has_shown_block {
            text.push('\n');
        }
        for line in lines.iter().skip(self.shown) {
            text.push_str(line);
            text.push('\n');
        }
        self.shown = lines.len();
        self.has_shown_block = true;
    }
}

/// The blocks of a text that may go on.
fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut depth) = (Vec::<Block>::new(), 0);
    let whole_lines = text.rfind('\n').map_or(0, |end| end + 1);
    for (event, range) in parser(text).into_offset_iter() {
        let is_top = depth == 0;
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if matches!(event, Event::End(_)) {
            continue;
        }
        if is_top {
            // Another block begins, so the one before is complete.
            if let Some(before) = blocks.last_mut() {
                before.is_complete = true;
            }
            let start = text.get(..range.start).and_then(|text| text.rfind('\n')).map_or(0, |end| end + 1);
            blocks.push(Block::new(text, start, range.end, &event, whole_lines));
        } else if let (Some(block), 2, Event::Start(Tag::Item)) = (blocks.last_mut(), depth, &event) {
            // An item is certain when the next one begins.
            block.certain = range.start;
        }
    }
    blocks
}

impl Block {
    fn new(text: &str, start: usize, end: usize, event: &Event<'_>, whole_lines: usize) -> Self {
        let source = text.get(start..end).unwrap_or_default();
        let is_followed_by_blank = text.get(start..).is_some_and(|rest| rest.ends_with("\n\n"));
        let (certain, is_complete) = match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => (whole_lines, is_fence_closed(source)),
            Event::Start(Tag::List(_) | Tag::CodeBlock(CodeBlockKind::Indented)) => (start, false),
            Event::Start(Tag::Heading { .. }) | Event::Rule => (start, text.ends_with('\n')),
            _ => (start, is_followed_by_blank),
        };
        Self { start, end, certain, is_complete }
    }
}

/// Whether a fenced block has its closing fence.
fn is_fence_closed(source: &str) -> bool {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    let opened = first.trim_start();
    let mark = opened.chars().next().unwrap_or('`');
    let length = opened.chars().take_while(|c| *c == mark).count();
    let last = rest.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default().trim();
    length >= 3 && last.chars().count() >= length && last.chars().all(|c| c == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n\nOne *two*\nthree.\n\n- a\n- b\n  more\n- c\n\n```rust\nfn a() {}\n\nfn b() {}\n```\n\n\
                        | n | v |\n|---|---|\n| x | 1 |\n\n> said\n\n---\nlast";

    fn streamed(pieces: impl Iterator<Item = String>) -> String {
        let mut stream = MarkdownStream::new(80);
        let mut text: String = pieces.map(|piece| stream.push(&piece)).collect();
        text.push_str(&stream.finish());
        text
    }

    #[test]
    fn a_text_in_pieces_is_shown_as_the_whole_is() {
        let whole = format!("{}\n", lines(TEXT, 80).join("\n"));
        assert_eq!(streamed(TEXT.chars().map(String::from)), whole);
        assert_eq!(streamed(TEXT.split_inclusive('\n').map(String::from)), whole);
        assert_eq!(streamed(std::iter::once(TEXT.to_owned())), whole);
    }

    #[test]
    fn a_block_is_shown_when_it_is_complete_and_code_line_by_line() {
        let mut stream = MarkdownStream::new(80);
        assert_eq!(stream.push("One\ntwo"), "");
        assert_eq!(stream.push("\n\n"), "One two\n");
        assert_eq!(stream.push("- a\n"), "");
        assert_eq!(stream.push("- b\n"), "\n• a\n");
        assert_eq!(stream.push("\n```\nfn"), "• b\n");
        assert_eq!(stream.push(" a()\nfn"), "\n  fn a()\n");
        assert_eq!(stream.pending(), "```\nfn a()\nfn");
        assert_eq!(stream.push(" b()\n```\n"), "  fn b()\n");
        assert_eq!(stream.finish(), "");
    }
}
