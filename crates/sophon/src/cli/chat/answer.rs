//! The text of an answer, in the form that suits where it goes.

use super::super::markdown::MarkdownStream;
use super::super::screen::Screen;

/// The text of an answer while it comes.
pub struct Answer {
    screen: Screen,
    form: Form,
    /// All of it so far, as it came.
    text: String,
}

enum Form {
    /// For a program: each piece at once.
    Pieces { is_at_line_start: bool },
    /// For a terminal without colours: line by line, so that nothing else comes into the middle of one.
    Lines { pending: String },
    /// For a terminal: Markdown, block by block.
    Markdown(MarkdownStream),
}

impl Answer {
    /// An answer that begins.
    pub fn new(screen: Screen) -> Self {
        let form = match screen.width {
            None => Form::Pieces { is_at_line_start: true },
            Some(width) if console::colors_enabled() => Form::Markdown(MarkdownStream::new(width)),
            Some(_) => Form::Lines { pending: String::new() },
        };
        Self { screen, form, text: String::new() }
    }

    /// All of it so far, as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What came and is not written yet.
    pub fn pending(&self) -> &str {
        match &self.form {
            Form::Pieces { .. } => "",
            Form::Lines { pending } => pending,
            Form::Markdown(stream) => stream.pending(),
        }
    }

    /// Takes a piece. Gives what is to be written now.
    pub fn push(&mut self, piece: &str) -> String {
        self.text.push_str(piece);
        let piece = self.screen.safe(piece);
        match &mut self.form {
            Form::Pieces { is_at_line_start } => {
                *is_at_line_start = piece.ends_with('\n');
                piece.into_owned()
            }
            Form::Lines { pending } => {
                pending.push_str(&piece);
                let whole = pending.rfind('\n').map_or(0, |end| end + 1);
                pending.drain(..whole).collect()
            }
            Form::Markdown(stream) => stream.push(&piece),
        }
    }

    /// Gives what is missing up to the end of a line.
    pub fn end_line(&mut self) -> String {
        match &mut self.form {
            Form::Pieces { is_at_line_start } if *is_at_line_start => String::new(),
            Form::Pieces { is_at_line_start } => {
                *is_at_line_start = true;
                "\n".to_owned()
            }
            Form::Lines { pending } if pending.is_empty() => String::new(),
            Form::Lines { pending } => format!("{}\n", std::mem::take(pending)),
            Form::Markdown(stream) => stream.finish(),
        }
    }

    /// Whether a remark on the terminal begins at the start of a line.
    pub fn is_at_line_start(&self) -> bool {
        !matches!(self.form, Form::Pieces { is_at_line_start: false })
    }

    /// What was written is void.
    pub fn begin_again(&mut self) {
        *self = Self::new(self.screen);
    }
}
