//! The last lines of the terminal while an answer comes: what is done, for how long, and what the person types.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use console::{Term, measure_text_width, style};

/// How often the spinner moves, and how soon a window that was made narrower is drawn anew.
const SPIN_EVERY: Duration = Duration::from_millis(120);
/// What the spinner looks like, one after the other.
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// Columns that the spinner and the time take.
const AROUND_DOING: usize = 12;

/// Lines below everything that is written, which leave no trace.
pub struct Status(Arc<Mutex<Lines>>);

/// What the lines say, and what of it stands on the terminal.
struct Lines {
    terminal: Term,
    is_shown: bool,
    doing: String,
    since: Instant,
    /// What is being written; its end stands in the place of what is done.
    written: String,
    /// The label of the line that the person types in, and what it holds.
    typed: Option<(String, String)>,
    /// Which picture of the spinner comes next.
    frame: usize,
    /// The columns of each line that stands on the terminal.
    standing: Vec<usize>,
}

impl Status {
    /// Nothing yet, on `terminal`.
    pub fn new(terminal: Term) -> Self {
        let lines = Arc::new(Mutex::new(Lines {
            terminal,
            is_shown: false,
            doing: String::new(),
            since: Instant::now(),
            written: String::new(),
            typed: None,
            frame: 0,
            standing: Vec::new(),
        }));
        let weak = Arc::downgrade(&lines);
        thread::spawn(move || spin(&weak));
        Self(lines)
    }

    /// Shows what is done; the time begins anew with something else.
    pub fn doing(&mut self, doing: &str) {
        let mut lines = lock(&self.0);
        if lines.doing != doing {
            doing.clone_into(&mut lines.doing);
            lines.written.clear();
            lines.since = Instant::now();
        }
        lines.show();
    }

    /// Shows the end of what is being written in the place of what is done, until something else is done.
    pub fn preview(&mut self, text: &str) {
        let mut lines = lock(&self.0);
        text.lines().next_back().unwrap_or_default().clone_into(&mut lines.written);
        lines.draw();
    }

    /// Shows a line to type in.
    pub fn typing(&mut self, label: &str, text: &str) {
        let mut lines = lock(&self.0);
        lines.typed = Some((label.to_owned(), text.to_owned()));
        lines.show();
    }

    /// Takes the line to type in away.
    pub fn stop_typing(&mut self) {
        let mut lines = lock(&self.0);
        lines.typed = None;
        lines.show();
    }

    /// Writes something above.
    pub fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        let mut lines = lock(&self.0);
        lines.erase();
        let written = write();
        lines.draw();
        written
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        let mut lines = lock(&self.0);
        lines.erase();
        lines.is_shown = false;
    }
}

/// Moves the spinner as long as the lines are there.
fn spin(lines: &Weak<Mutex<Lines>>) {
    loop {
        thread::park_timeout(SPIN_EVERY);
        let Some(lines) = lines.upgrade() else { return };
        let mut lines = lock(&lines);
        lines.frame += 1;
        lines.draw();
    }
}

/// The lines are whole whenever they are let go: one who panicked while holding them does no harm.
fn lock(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lines {
    fn show(&mut self) {
        self.is_shown = true;
        self.draw();
    }

    fn width(&self) -> usize {
        usize::from(self.terminal.size().1)
    }

    /// Draws what is to be seen over what stands there.
    fn draw(&mut self) {
        if !self.is_shown {
            return;
        }
        let width = self.width();
        let texts = self.texts(width);
        let taken_away = taken_away(&self.standing, width);
        self.standing = texts.iter().map(|text| measure_text_width(text)).collect();
        self.write(&format!("{taken_away}{}", texts.join("\r\n")));
    }

    /// Takes away what stands there.
    fn erase(&mut self) {
        if !self.standing.is_empty() {
            let taken_away = taken_away(&self.standing, self.width());
            self.standing.clear();
            self.write(&taken_away);
        }
    }

    /// The lines, none of which is wider than the terminal.
    fn texts(&self, width: usize) -> Vec<String> {
        let text = if self.written.is_empty() { &self.doing } else { &self.written };
        let text = end_of(text, width.saturating_sub(AROUND_DOING));
        let spinner = SPINNER[self.frame % SPINNER.len()];
        let line = format!("{spinner} {text} {}", seconds(self.since.elapsed()));
        let mut texts = vec![style(end_of(&line, width)).for_stderr().dim().to_string()];
        if let Some((label, text)) = &self.typed {
            let room = width.saturating_sub(measure_text_width(label) + 2);
            let text = end_of(&text.replace('\n', "⏎"), room);
            texts.push(format!("{}{text}▏", style(label).for_stderr().cyan()));
        }
        texts
    }

    fn write(&self, text: &str) {
        // Where nobody watches there is nobody to tell that.
        let _unseen = self.terminal.write_str(text).and_then(|()| self.terminal.flush());
    }
}

/// What takes lines of these widths away from a terminal of `width` columns, with the cursor at their end. Terminals fold
/// lines that are wider than they have become.
fn taken_away(standing: &[usize], width: usize) -> String {
    let rows: usize = standing.iter().map(|columns| columns.div_ceil(width.max(1)).max(1)).sum();
    match rows {
        0 => String::new(),
        1 => "\r\x1b[J".to_owned(),
        rows => format!("\x1b[{}A\r\x1b[J", rows - 1),
    }
}

/// A time in whole seconds: `7s`, `2m 5s`.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..60 => format!("{seconds}s"),
        seconds => format!("{}m {}s", seconds / 60, seconds % 60),
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

    #[test]
    fn lines_that_a_narrower_terminal_has_folded_are_taken_away_whole() {
        assert_eq!(taken_away(&[], 80), "");
        assert_eq!(taken_away(&[80], 80), "\r\x1b[J");
        assert_eq!(taken_away(&[80, 0], 80), "\x1b[1A\r\x1b[J");
        assert_eq!(taken_away(&[80, 12], 30), "\x1b[3A\r\x1b[J", "three rows and one");
    }

    #[test]
    fn a_time_is_told_in_whole_seconds() {
        assert_eq!(seconds(Duration::from_millis(7_900)), "7s");
        assert_eq!(seconds(Duration::from_secs(125)), "2m 5s");
    }
}
