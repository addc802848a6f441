//! What the person types while an answer comes. The terminal does not echo it, so that it cannot mix with the answer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll,
    read,
};
use crossterm::execute;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc;

/// Keys that may wait to be looked at; with more, the terminal keeps them.
const MOST_KEYS: usize = 256;
/// How long closing may take.
const CLOSES_WITHIN: Duration = Duration::from_millis(20);
/// The longest text that is typed, in bytes; what goes beyond it is left out.
const LONGEST_TEXT: usize = 1024 * 1024;

/// A terminal that does not echo and gives keys at once. Ctrl-C stays a signal. Dropped, it is as it was before.
pub struct QuietTerminal {
    before: Termios,
}

impl QuietTerminal {
    /// Makes the terminal of standard input quiet.
    pub fn new() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?;
        Ok(Self { before })
    }
}

impl Drop for QuietTerminal {
    fn drop(&mut self) {
        // Where the terminal is gone there is nothing to be put back.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// The keyboard, as long as it is listened to.
pub struct Keyboard {
    keys: mpsc::Receiver<Event>,
    is_closed: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    _quiet: QuietTerminal,
}

impl Keyboard {
    /// Listens.
    pub fn open() -> io::Result<Self> {
        let quiet = QuietTerminal::new()?;
        let (sender, keys) = mpsc::channel(MOST_KEYS);
        let is_closed = Arc::new(AtomicBool::new(false));
        let flag = is_closed.clone();
        let reader = thread::spawn(move || listen(&sender, &flag));
        let keyboard = Self { keys, is_closed, reader: Some(reader), _quiet: quiet };
        execute!(io::stderr(), EnableBracketedPaste)?;
        Ok(keyboard)
    }

    /// The next key; `None` when the terminal is gone.
    pub async fn next(&mut self) -> Option<Event> {
        self.keys.recv().await
    }

    /// Stops listening. Gives the keys that nobody has looked at.
    pub fn close(mut self) -> Vec<Event> {
        self.stop();
        std::iter::from_fn(|| self.keys.try_recv().ok()).collect()
    }

    fn stop(&mut self) {
        self.is_closed.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            // A reader that has panicked has ended as well.
            let _ended = reader.join();
            // Where the terminal is gone there is nothing to be put back.
            let _gone = execute!(io::stderr(), DisableBracketedPaste);
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.stop();
    }
}

fn listen(keys: &mpsc::Sender<Event>, is_closed: &AtomicBool) {
    while !is_closed.load(Ordering::Relaxed) {
        match poll(CLOSES_WITHIN) {
            Ok(false) => {}
            // A key waits in the terminal until there is room.
            Ok(true) if keys.capacity() == 0 => thread::park_timeout(CLOSES_WITHIN),
            Ok(true) => {
                let Ok(event) = read() else { return };
                let _nobody_listens = keys.try_send(event);
            }
            Err(_) => return,
        }
    }
}

/// A text that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft(String);

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// The text changed, or not even that.
    Text,
    /// The text is complete.
    Line(String),
    /// The person wants to write nothing more.
    End,
}

impl Draft {
    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Does what the key says.
    pub fn apply(&mut self, event: Event) -> Typed {
        match event {
            Event::Paste(text) => self.push(&text.replace("\r\n", "\n").replace('\r', "\n")),
            Event::Key(key) if key.kind != KeyEventKind::Release => return self.key(key),
            _ => {}
        }
        Typed::Text
    }

    fn key(&mut self, key: KeyEvent) -> Typed {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        let is_alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter if is_alt => self.push("\n"),
            KeyCode::Enter if self.0.ends_with('\\') => {
                self.0.pop();
                self.push("\n");
            }
            KeyCode::Enter => return Typed::Line(std::mem::take(&mut self.0)),
            KeyCode::Backspace => {
                self.0.pop();
            }
            KeyCode::Char('u') if is_control => self.0.clear(),
            KeyCode::Char('w') if is_control => {
                let kept = self.0.trim_end().rfind(char::is_whitespace).map_or(0, |end| end + 1);
                self.0.truncate(kept);
            }
            KeyCode::Char('d') if is_control && self.0.is_empty() => return Typed::End,
            KeyCode::Char(c) if !is_control && !is_alt => self.push(c.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Typed::Text
    }

    fn push(&mut self, text: &str) {
        if self.0.len() + text.len() <= LONGEST_TEXT {
            self.0.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(draft: &mut Draft, code: KeyCode, modifiers: KeyModifiers) -> Typed {
        draft.apply(Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn a_line_can_be_mended_and_go_over_several_lines() {
        let mut draft = Draft::default();
        for c in "hello woRx".chars() {
            press(&mut draft, KeyCode::Char(c), KeyModifiers::NONE);
        }
        press(&mut draft, KeyCode::Char('w'), KeyModifiers::CONTROL);
        assert_eq!(draft.as_str(), "hello ");
        press(&mut draft, KeyCode::Enter, KeyModifiers::ALT);
        draft.apply(Event::Paste("two\r\nthree\\".to_owned()));
        assert_eq!(press(&mut draft, KeyCode::Enter, KeyModifiers::NONE), Typed::Text, "the backslash");
        press(&mut draft, KeyCode::Char('x'), KeyModifiers::NONE);
        press(&mut draft, KeyCode::Backspace, KeyModifiers::NONE);
        let line = press(&mut draft, KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(line, Typed::Line("hello \ntwo\nthree\n".to_owned()));
        assert_eq!(press(&mut draft, KeyCode::Char('d'), KeyModifiers::CONTROL), Typed::End);
    }
}
