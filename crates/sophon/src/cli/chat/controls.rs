//! What the person does meanwhile: Ctrl-C, and lines.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// Lines that may wait while an answer comes; with more, no further ones are read.
const MOST_WAITING: usize = 16;
/// The longest line that is taken, in bytes; a longer one is cut into several.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What the person did.
#[derive(Debug, PartialEq, Eq)]
pub enum Control {
    /// Ctrl-C.
    Interrupt,
    /// A line.
    Line(String),
    /// No more lines will come.
    End,
}

/// Hears what the person does.
pub struct Controls {
    interrupts: Signal,
    lines: Option<mpsc::Receiver<String>>,
    waiting: VecDeque<String>,
}

impl Controls {
    /// Hears Ctrl-C from now on, and lines if there are any.
    pub fn new(lines: Option<mpsc::Receiver<String>>) -> io::Result<Self> {
        Ok(Self { interrupts: signal(SignalKind::interrupt())?, lines, waiting: VecDeque::new() })
    }

    /// What the person does next: a line that waits comes first.
    pub async fn next(&mut self) -> Control {
        match self.waiting.pop_front() {
            Some(line) => Control::Line(line),
            None => self.heard().await,
        }
    }

    /// Hears lines from now on, if it did not.
    pub fn listen(&mut self) {
        self.lines.get_or_insert_with(stdin_lines);
    }

    /// Keeps the lines that were written up to now for [`Controls::next`]: they are no answer to what is asked from now
    /// on.
    pub fn set_aside(&mut self) {
        if let Some(lines) = &mut self.lines {
            let written = std::iter::from_fn(|| lines.try_recv().ok());
            self.waiting.extend(written.take(MOST_WAITING));
        }
    }

    /// What the person does while an answer comes, or something is asked. `End` is told once.
    pub async fn meanwhile(&mut self, is_asked: bool) -> Control {
        if (is_asked || self.waiting.len() < MOST_WAITING) && self.lines.is_some() {
            return self.heard().await;
        }
        self.interrupt().await;
        Control::Interrupt
    }

    /// Keeps a line for [`Controls::next`].
    pub fn keep(&mut self, line: String) {
        self.waiting.push_back(line);
    }

    /// Waits for Ctrl-C.
    pub async fn interrupt(&mut self) {
        self.interrupts.recv().await;
    }

    async fn heard(&mut self) -> Control {
        let Some(lines) = &mut self.lines else { return Control::End };
        tokio::select! {
            _ = self.interrupts.recv() => Control::Interrupt,
            line = lines.recv() => {
                let control = line.map_or(Control::End, Control::Line);
                if control == Control::End {
                    self.lines = None;
                }
                control
            }
        }
    }
}

/// Reads standard input line by line, on a thread of its own: a read of a terminal cannot be called off.
pub fn stdin_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut bytes = Vec::new();
            let is_over =
                matches!(stdin.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes), Ok(0) | Err(_));
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned();
            if is_over || sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_that_wait_come_first_and_the_end_comes_last() {
        let (sender, receiver) = mpsc::channel(2);
        let mut controls = Controls::new(Some(receiver)).expect("signals");
        sender.send("second".to_owned()).await.expect("room");
        drop(sender);
        controls.keep("first".to_owned());
        assert_eq!(controls.next().await, Control::Line("first".to_owned()));
        assert_eq!(controls.next().await, Control::Line("second".to_owned()));
        assert_eq!(controls.next().await, Control::End);
        assert_eq!(controls.next().await, Control::End, "and stays the end");
    }
}
