//! What is written where: results to standard output, everything else to standard error.

use std::borrow::Cow;
use std::io::{self, BufRead, Read, Write};

use console::{Term, style};
use serde::Serialize;
use sophon_model::text::visible;

use super::markdown;

/// The longest line that is taken as an answer, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// Where results and remarks go, and in which form.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Whether results are for programs: JSON, one document a line.
    pub json: bool,
    /// Columns of the terminal; `None` if the output is no terminal, and then nothing is cut.
    pub width: Option<usize>,
    /// Whether a person watches standard error.
    pub is_watched: bool,
}

impl Screen {
    /// The screen that the process was given. Colours are for terminals only, and not with `no_color`.
    pub fn new(json: bool, no_color: bool) -> Self {
        if no_color {
            console::set_colors_enabled(false);
            console::set_colors_enabled_stderr(false);
        }
        let stdout = Term::stdout();
        let width = stdout.is_term().then(|| usize::from(stdout.size().1));
        // Where lines cannot be written over, nothing is shown that comes and goes.
        let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Self { json, width, is_watched: Term::stderr().is_term() && !is_dumb }
    }

    /// Makes a remark, which is no part of the result.
    pub fn remark(&self, text: impl AsRef<str>) {
        // Where nobody listens there is nobody to tell that.
        let _unheard = writeln!(io::stderr(), "{}", style(self.safe(text.as_ref())).for_stderr().dim());
    }

    /// Says that something was done: a sentence for people, or `value` for programs.
    pub fn done(&self, value: &impl Serialize, sentence: impl AsRef<str>) -> io::Result<()> {
        if self.json { document(value) } else { line(self.safe(sentence.as_ref())) }
    }

    /// A text in Markdown that somebody else wrote, as it is to be read here; as it is where no person reads it.
    pub fn prose(&self, text: &str) -> String {
        let safe = self.safe(text.trim_end());
        match self.width {
            Some(width) if console::colors_enabled() => markdown::lines(&safe, width).join("\n"),
            _ => safe.into_owned(),
        }
    }

    /// A text of somebody else's, without what would steer the terminal or turn the direction of what follows. Where no
    /// terminal reads it stays as it is.
    pub fn safe<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let steers = |c: char| {
            (c.is_control() && !matches!(c, '\n' | '\t'))
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if (self.width.is_none() && !self.is_watched) || !text.contains(steers) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.replace(steers, "\u{fffd}"))
    }
}

/// Writes a piece of the result at once.
pub fn piece(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Writes lines for the person.
pub fn to_stderr(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}

/// Writes a line of the result.
pub fn line(text: impl AsRef<str>) -> io::Result<()> {
    writeln!(io::stdout(), "{}", text.as_ref())
}

/// Writes a result for programs, on a line of its own.
pub fn document(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}

/// Asks on standard error and takes a line of standard input.
pub fn ask(question: &str) -> io::Result<String> {
    let mut stderr = io::stderr();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    first_line()
}

/// Takes a line of standard input, without its end.
pub fn first_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

/// A text of somebody else's in one line, fit for a cell of a table: what nobody would see in it is written out.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// Names and values below each other, the names as wide as the widest.
pub fn facts(facts: &[(&str, String)]) -> String {
    let widest = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line =
        |(name, value): &(&str, String)| format!("{}  {value}", style(format!("{name:widest$}")).dim());
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        let terminal = Screen { json: false, width: Some(80), is_watched: true };
        assert_eq!(terminal.safe("a\u{1b}[2Jb\n\tc"), "a\u{fffd}[2Jb\n\tc");
        assert_eq!(terminal.safe("a\u{202e}b 👩‍💻"), "a\u{fffd}b 👩‍💻");
        let pipe = Screen { json: false, width: None, is_watched: false };
        assert_eq!(pipe.safe("a\u{1b}[2Jb"), "a\u{1b}[2Jb");
    }

    #[test]
    fn a_cell_is_one_line() {
        assert_eq!(one_line("a\n  b\tc\u{7}"), "a b c\\u{7}");
        assert_eq!(one_line("pay\u{200b}pal \u{202e}gpj"), "pay\\u{200b}pal \\u{202e}gpj");
    }
}
