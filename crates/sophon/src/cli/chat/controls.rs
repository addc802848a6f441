//! What the person does meanwhile: Ctrl-C, lines, and what is typed while an answer comes.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::editor::{Editor, Entered};
use super::keyboard::{Draft, Keyboard, QuietTerminal, Typed};
use super::reader::Reader;

/// Lines that may wait while an answer comes; with more, no further ones are read.
const MOST_WAITING: usize = 16;
/// The longest line that is taken from a pipe, in bytes; a longer one is cut into several.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What the person did.
#[derive(Debug, PartialEq, Eq)]
pub enum Control {
    /// Ctrl-C.
    Interrupt,
    /// A line.
    Line(String),
    /// Part of a line was typed; see [`Controls::draft`].
    Typed,
    /// No more lines will come.
    End,
    /// Nobody reads any more what is written.
    ReaderGone,
}

/// Where lines come from.
enum Source {
    /// From nowhere.
    Nothing,
    /// From a pipe.
    Pipe(mpsc::Receiver<String>),
    /// From a person: at the prompt through an editor, if there is one, and meanwhile from the keyboard.
    Terminal { editor: Option<Box<Editor>>, keyboard: Option<Keyboard> },
}

/// Hears what the person does.
pub struct Controls {
    interrupts: Signal,
    reader: Reader,
    source: Source,
    waiting: VecDeque<String>,
    draft: Draft,
    /// What was being typed when something was asked.
    set_aside: Option<Draft>,
    /// In a conversation nothing is echoed between an answer and the prompt, either.
    _quiet: Option<QuietTerminal>,
}

impl Controls {
    /// Hears Ctrl-C from now on, and nothing else.
    pub fn interrupts() -> io::Result<Self> {
        Self::new(Source::Nothing, None)
    }

    /// Hears Ctrl-C, and takes lines from a pipe.
    pub fn pipe() -> io::Result<Self> {
        Self::new(Source::Pipe(stdin_lines()), None)
    }

    /// Hears Ctrl-C, and takes lines from a person at a terminal, with `editor` at the prompt.
    pub fn terminal(editor: Editor) -> io::Result<Self> {
        let quiet = QuietTerminal::new()?;
        Self::new(Source::Terminal { editor: Some(Box::new(editor)), keyboard: None }, Some(quiet))
    }

    fn new(source: Source, quiet: Option<QuietTerminal>) -> io::Result<Self> {
        Ok(Self {
            interrupts: signal(SignalKind::interrupt())?,
            reader: Reader::new(),
            source,
            waiting: VecDeque::new(),
            draft: Draft::default(),
            set_aside: None,
            _quiet: quiet,
        })
    }

    /// Whether a person types at a prompt of ours.
    pub fn has_prompt(&self) -> bool {
        matches!(&self.source, Source::Terminal { editor: Some(_), .. })
    }

    /// What the person does next at the prompt: a line that waits comes first.
    pub async fn next(&mut self) -> io::Result<Control> {
        self.end_turn();
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Control::Line(line));
        }
        match &mut self.source {
            Source::Terminal { editor, .. } => {
                let Some(mut open) = editor.take() else { return Ok(Control::End) };
                let draft = std::mem::take(&mut self.draft);
                let reading = spawn_blocking(move || {
                    let entered = open.read(&draft);
                    (open, entered)
                });
                let (open, entered) = tokio::select! {
                    read = reading => read.map_err(io::Error::other)?,
                    // Sent by another program; the editor reads on, but the terminal is given back.
                    _ = self.interrupts.recv() => {
                        crossterm::terminal::disable_raw_mode()?;
                        return Ok(Control::End);
                    }
                    () = self.reader.has_gone() => {
                        crossterm::terminal::disable_raw_mode()?;
                        return Ok(Control::ReaderGone);
                    }
                };
                *editor = Some(open);
                Ok(match entered? {
                    Entered::Message(message) => Control::Line(message),
                    Entered::Interrupt => Control::Interrupt,
                    Entered::End => Control::End,
                })
            }
            Source::Nothing | Source::Pipe(_) => Ok(self.heard().await),
        }
    }

    /// Hears the keyboard from now on, where the person has a terminal.
    pub fn listen(&mut self) -> io::Result<()> {
        if let Source::Nothing = self.source {
            self.source = Source::Terminal { editor: None, keyboard: None };
        }
        if let Source::Terminal { keyboard: keyboard @ None, .. } = &mut self.source {
            *keyboard = Some(Keyboard::open()?);
        }
        Ok(())
    }

    /// Whether the keyboard is listened to.
    pub fn is_listening(&self) -> bool {
        matches!(&self.source, Source::Terminal { keyboard: Some(_), .. })
    }

    /// The line that is being typed.
    pub fn draft(&self) -> &str {
        self.draft.as_str()
    }

    /// Keeps what was written up to now for [`Controls::next`]: it is no answer to what is asked from now on.
    pub fn set_aside(&mut self) {
        if self.set_aside.is_none() {
            self.set_aside = Some(std::mem::take(&mut self.draft));
        }
    }

    /// Nothing is asked any more: what was being typed before is there again.
    pub fn take_up(&mut self) {
        if let Some(draft) = self.set_aside.take() {
            self.draft = draft;
        }
    }

    /// What the person does while an answer comes, or something is asked. `End` is told once.
    pub async fn meanwhile(&mut self, is_asked: bool) -> Control {
        let hears = match &self.source {
            Source::Nothing => false,
            Source::Pipe(_) => self.waiting.len() < MOST_WAITING,
            Source::Terminal { .. } => is_asked || self.waiting.len() < MOST_WAITING,
        };
        if hears {
            return self.heard().await;
        }
        tokio::select! {
            _ = self.interrupts.recv() => Control::Interrupt,
            () = self.reader.has_gone() => Control::ReaderGone,
        }
    }

    /// Keeps a line for [`Controls::next`].
    pub fn keep(&mut self, line: String) {
        self.waiting.push_back(line);
    }

    /// Waits for Ctrl-C.
    pub async fn interrupt(&mut self) {
        self.interrupts.recv().await;
    }

    /// Gives the keyboard back; what was typed last is kept.
    pub fn end_turn(&mut self) {
        self.take_up();
        let Source::Terminal { keyboard, .. } = &mut self.source else { return };
        let Some(keyboard) = keyboard.take() else { return };
        for key in keyboard.close() {
            match self.draft.apply(key) {
                Typed::Text => {}
                Typed::Line(line) => self.waiting.push_back(line),
                Typed::End => self.source = Source::Nothing,
            }
        }
    }

    async fn heard(&mut self) -> Control {
        let control = tokio::select! {
            _ = self.interrupts.recv() => return Control::Interrupt,
            () = self.reader.has_gone() => return Control::ReaderGone,
            control = next_of(&mut self.source, &mut self.draft) => control,
        };
        if control == Control::End {
            self.source = Source::Nothing;
        }
        control
    }
}

async fn next_of(source: &mut Source, draft: &mut Draft) -> Control {
    match source {
        Source::Pipe(lines) => lines.recv().await.map_or(Control::End, Control::Line),
        Source::Terminal { keyboard: Some(keyboard), .. } => match keyboard.next().await {
            Some(key) => match draft.apply(key) {
                Typed::Text => Control::Typed,
                Typed::Line(line) => Control::Line(line),
                Typed::End => Control::End,
            },
            None => Control::End,
        },
        Source::Terminal { keyboard: None, .. } | Source::Nothing => Control::End,
    }
}

/// Reads standard input line by line, on a thread of its own: a read cannot be called off.
fn stdin_lines() -> mpsc::Receiver<String> {
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
        let mut controls = Controls::new(Source::Pipe(receiver), None).expect("signals");
        sender.send("second".to_owned()).await.expect("room");
        drop(sender);
        controls.keep("first".to_owned());
        let mut next = async || controls.next().await.expect("a control");
        assert_eq!(next().await, Control::Line("first".to_owned()));
        assert_eq!(next().await, Control::Line("second".to_owned()));
        assert_eq!(next().await, Control::End);
        assert_eq!(next().await, Control::End, "and stays the end");
    }
}
