//! The part of a text around the words that were searched for.

use std::ops::Range;

use sophon_model::text::words;

/// Characters shown before the first hit, and in all.
const BEFORE: usize = 60;
const LONGEST: usize = 240;

/// A part of a text, cut into pieces at the words that were searched for.
pub type Excerpt = Vec<Piece>;

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// Whether it is a word that was searched for.
    pub is_hit: bool,
}

/// The part of `content` that begins shortly before the first of the words in `typed`; its beginning if none is there.
pub(super) fn excerpt(content: &str, typed: &str) -> Excerpt {
    let wanted: Vec<String> = words(typed).map(|at| typed[at].to_lowercase()).collect();
    let is_wanted = |at: &Range<usize>| {
        let word = content[at.clone()].to_lowercase();
        wanted.iter().any(|wanted| word.starts_with(wanted))
    };
    let first = words(content).find(is_wanted).map_or(0, |at| at.start);
    let start = backwards(content, first, BEFORE);
    let end = forwards(content, start, LONGEST);
    let mut pieces = Pieces::default();
    pieces.push(if start > 0 { "…" } else { "" }, false);
    let mut reached = start;
    for at in
        words(content).skip_while(|at| at.start < first).take_while(|at| at.end <= end).filter(is_wanted)
    {
        pieces.push(&content[reached..at.start], false);
        pieces.push(&content[at.clone()], true);
        reached = at.end;
    }
    pieces.push(&content[reached..end], false);
    pieces.push(if end < content.len() { "…" } else { "" }, false);
    pieces.0
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds text to the last piece if it is of the same kind.
    fn push(&mut self, text: &str, is_hit: bool) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.is_hit == is_hit => last.text.push_str(text),
            _ => self.0.push(Piece { text: text.into(), is_hit }),
        }
    }
}

/// The place so many characters before `from`, at the beginning of a word.
fn backwards(text: &str, from: usize, characters: usize) -> usize {
    let Some((start, _)) = text[..from].char_indices().rev().nth(characters) else { return 0 };
    words(text).map(|at| at.start).find(|at| *at >= start).unwrap_or(from).min(from)
}

/// The place so many characters after `from`.
fn forwards(text: &str, from: usize, characters: usize) -> usize {
    text[from..].char_indices().nth(characters).map_or(text.len(), |(length, _)| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces, with hits in brackets.
    fn marked(content: &str, typed: &str) -> String {
        let piece = |piece: Piece| if piece.is_hit { format!("[{}]", piece.text) } else { piece.text };
        excerpt(content, typed).into_iter().map(piece).collect()
    }

    #[test]
    fn words_are_marked_by_their_beginning_and_in_any_case() {
        assert_eq!(marked("The blue whale sings to whales.", "WHA"), "The blue [whale] sings to [whales].");
        assert_eq!(marked("A narwhal", "whal"), "A narwhal");
        assert_eq!(marked("ÄRGER im Büro", "ärg bür"), "[ÄRGER] im [Büro]");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_hit() {
        let long = format!("{}needle {}", "hay ".repeat(200), "straw ".repeat(200));
        let cut = marked(&long, "needle");
        assert!(
            cut.starts_with("…hay hay ") && cut.contains(" [needle] straw ") && cut.ends_with('…'),
            "{cut}"
        );
        assert!(cut.chars().count() <= LONGEST + 4, "{cut}");
    }

    #[test]
    fn a_text_without_a_hit_is_shown_from_its_beginning() {
        assert_eq!(marked("Nothing here", "else"), "Nothing here");
        assert_eq!(marked("", "else"), "");
    }

    #[test]
    fn a_word_that_is_longer_than_an_excerpt_is_cut() {
        let cut = marked(&"a".repeat(1_000), "a");
        assert_eq!(cut, format!("{}…", "a".repeat(LONGEST)));
    }
}
