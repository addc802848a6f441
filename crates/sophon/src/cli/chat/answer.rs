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
    /// For a program: all of it at its end. What it has read cannot be taken back, and an answer may begin again.
    Held,
    /// For a terminal without colours: line by line, so that nothing else comes into the middle of one.
    Lines { pending: String },
    /// For a terminal: Markdown, block by block.
    Markdown(MarkdownStream),
}

impl Answer {
    /// An answer that begins.
    pub fn new(screen: Screen) -> Self {
        let form = match screen.width {
            None => Form::Held,
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
            Form::Held => "",
            Form::Lines { pending } => pending,
            Form::Markdown(stream) => stream.pending(),
        }
    }

    /// Takes a piece. Gives what is to be written now.
    pub fn push(&mut self, piece: &str) -> String {
        self.text.push_str(piece);
        let piece = self.screen.safe(piece);
        match &mut self.form {
            Form::Held => String::new(),
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
            Form::Held => String::new(),
            Form::Lines { pending } if pending.is_empty() => String::new(),
            Form::Lines { pending } => format!("{}\n", std::mem::take(pending)),
            Form::Markdown(stream) => stream.finish(),
        }
    }

    /// Gives what is missing of the whole: nothing of it can become void any more.
    pub fn complete(&mut self) -> String {
        match self.form {
            Form::Held if self.text.is_empty() => String::new(),
            Form::Held => {
                let end = if self.text.ends_with('\n') { "" } else { "\n" };
                format!("{}{end}", self.screen.safe(&self.text))
            }
            Form::Lines { .. } | Form::Markdown(_) => self.end_line(),
        }
    }

    /// Whether what came so far is not written before it is complete.
    pub fn is_held(&self) -> bool {
        matches!(self.form, Form::Held)
    }

    /// What came so far is void.
    pub fn begin_again(&mut self) {
        *self = Self::new(self.screen);
    }
}
