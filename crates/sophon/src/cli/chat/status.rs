//! The last lines of the terminal while an answer comes: what is done, for how long, and what the person types.

use std::time::Duration;

use console::{measure_text_width, style};
use indicatif::{ProgressBar, ProgressStyle};

/// How often the spinner moves.
const SPIN_EVERY: Duration = Duration::from_millis(120);
/// Columns that the spinner and the time take.
const AROUND_DOING: usize = 12;

/// Lines below everything that is written, which leave no trace.
pub struct Status {
    width: usize,
    doing: String,
    /// What is being written; its end stands in the place of what is done.
    written: String,
    /// The label of the line that the person types in, and what it holds.
    typed: Option<(String, String)>,
    bar: Option<ProgressBar>,
}

impl Status {
    /// Nothing, on a terminal of `width` columns.
    pub fn new(width: usize) -> Self {
        Self { width, doing: String::new(), written: String::new(), typed: None, bar: None }
    }

    /// Shows what is done; the time begins anew with something else.
    pub fn doing(&mut self, doing: &str) {
        if self.doing != doing {
            doing.clone_into(&mut self.doing);
            self.written.clear();
            if let Some(bar) = &self.bar {
                bar.reset_elapsed();
            }
        }
        self.show();
    }

    /// Shows the end of what is being written in the place of what is done, until something else is done.
    pub fn preview(&mut self, text: &str) {
        text.lines().next_back().unwrap_or_default().clone_into(&mut self.written);
        if let Some(bar) = &self.bar {
            bar.set_message(self.message());
        }
    }

    fn message(&self) -> String {
        let text = if self.written.is_empty() { &self.doing } else { &self.written };
        end_of(text, self.width.saturating_sub(AROUND_DOING))
    }

    /// Shows a line to type in.
    pub fn typing(&mut self, label: &str, text: &str) {
        self.typed = Some((label.to_owned(), text.to_owned()));
        self.show();
    }

    /// Takes the line to type in away.
    pub fn stop_typing(&mut self) {
        self.typed = None;
        self.show();
    }

    /// Writes something above.
    pub fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes it away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self) {
        let message = self.message();
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(SPIN_EVERY);
            bar
        });
        let first = "{spinner:.dim} {msg:.dim} {elapsed:.dim}";
        let template = if self.typed.is_some() { format!("{first}\n{{prefix}}") } else { first.to_owned() };
        bar.set_style(
            ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_message(message);
        if let Some((label, text)) = &self.typed {
            let room = self.width.saturating_sub(measure_text_width(label) + 2);
            let text = end_of(&text.replace('\n', "⏎"), room);
            bar.set_prefix(format!("{}{text}▏", style(label).for_stderr().cyan()));
        }
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The end of a text, in at most `width` columns.
fn end_of(text: &str, width: usize) -> String {
    if measure_text_width(text) <= width {
        return text.to_owned();
    }
    let mut columns = 1;
    let is_room = |c: &char| {
        columns += measure_text_width(c.encode_utf8(&mut [0; 4]));
        columns <= width
    };
    let end: Vec<char> = text.chars().rev().take_while(is_room).collect();
    std::iter::once('…').chain(end.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_text_is_shown() {
        assert_eq!(end_of("short", 5), "short");
        assert_eq!(end_of("rather long", 5), "…long");
        assert_eq!(end_of("日本語", 5), "…本語");
    }
}
