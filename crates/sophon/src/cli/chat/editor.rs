//! The prompt of a conversation in a terminal: line editing, several lines, and a history that is kept.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use reedline::{
    Color, EditCommand, FileBackedHistory, Highlighter, Prompt, PromptEditMode, PromptHistorySearch,
    Reedline, Signal, StyledText, ValidationResult, Validator,
};

use super::keyboard::Draft;

/// Messages that are remembered; older ones are forgotten.
const MOST_REMEMBERED: usize = 1_000;
/// What stands before what is typed.
pub const INDICATOR: &str = "› ";
/// A history is its owner's alone.
const OWNER_ONLY: u32 = 0o600;

/// Reads messages from the terminal.
pub struct Editor(Reedline);

/// What was done at the prompt.
#[derive(Debug, PartialEq, Eq)]
pub enum Entered {
    /// A message, or a command.
    Message(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    End,
}

impl Editor {
    /// An editor that remembers messages as long as it lives.
    pub fn new(has_colors: bool) -> Self {
        let editor = Reedline::create()
            .with_validator(Box::new(TrailingBackslash))
            .with_highlighter(Box::new(Plain))
            .with_ansi_colors(has_colors)
            .use_bracketed_paste(true);
        Self(editor)
    }

    /// An editor that remembers messages in the file `history`, which nobody else can read.
    pub fn with_history(history: &Path, has_colors: bool) -> io::Result<Self> {
        if let Some(folder) = history.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().append(true).create(true).mode(OWNER_ONLY).open(history)?;
        file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
        let remembered = FileBackedHistory::with_file(MOST_REMEMBERED, history.to_owned());
        let remembered = remembered.map_err(io::Error::other)?;
        let Self(editor) = Self::new(has_colors);
        Ok(Self(editor.with_history(Box::new(remembered))))
    }

    /// Reads what the person enters, who may go on with `draft`. Blocks.
    pub fn read(&mut self, draft: &Draft) -> io::Result<Entered> {
        if !draft.as_str().is_empty() {
            self.0.run_edit_commands(&[EditCommand::InsertString(draft.as_str().to_owned())]);
        }
        let entered = match self.0.read_line(&Indicator).map_err(io::Error::other)? {
            Signal::Success(text) => Entered::Message(text.replace("\\\n", "\n")),
            Signal::CtrlC => Entered::Interrupt,
            _ => Entered::End,
        };
        self.0.sync_history()?;
        Ok(entered)
    }
}

/// A line that ends with a backslash goes on in the next.
struct TrailingBackslash;

impl Validator for TrailingBackslash {
    fn validate(&self, text: &str) -> ValidationResult {
        if text.ends_with('\\') { ValidationResult::Incomplete } else { ValidationResult::Complete }
    }
}

/// Messages have no syntax.
struct Plain;

impl Highlighter for Plain {
    fn highlight(&self, text: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        styled.push((Color::Default.normal(), text.to_owned()));
        styled
    }
}

struct Indicator;

impl Prompt for Indicator {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed(INDICATOR)
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("  ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("search {}{INDICATOR}", search.term))
    }
}
