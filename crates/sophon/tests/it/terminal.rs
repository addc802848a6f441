//! The program as a person runs it: in a terminal.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::gateway::PATIENCE;
use crate::program::{Program, interrupt};

const ROWS: NonZeroU16 = NonZeroU16::new(40).expect("it is not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(100).expect("it is not zero");
/// With this a program asks a terminal where the cursor is.
const WHERE_IS_THE_CURSOR: &[u8] = b"\x1b[6n";

/// A terminal in which the program runs.
pub struct Terminal {
    keyboard: File,
    output: watch::Receiver<Output>,
    /// How much of what was written has been looked at, in bytes.
    seen: usize,
    child: Child,
}

/// What the program has written.
struct Output {
    /// All of it.
    text: String,
    /// What a person sees of it, with what has scrolled away.
    screen: vt100::Parser,
}

impl Program {
    /// Runs in a terminal of its own.
    pub fn in_terminal(&self, arguments: &[&str]) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let size = Winsize { ws_row: ROWS.get(), ws_col: COLUMNS.get(), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("a size");
        let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("UTF-8");
        let end = || -> Stdio {
            let file = OpenOptions::new().read(true).write(true).open(&name).expect("the other end");
            file.into()
        };
        let mut command = self.command(arguments);
        // Colours are for terminals.
        command.env_remove("NO_COLOR").env("TERM", "xterm-256color");
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        let (sender, output) = watch::channel(Output { text: String::new(), screen });
        let terminal = File::from(master.try_clone().expect("another handle"));
        thread::spawn(move || show(terminal, &sender));
        Terminal { keyboard: File::from(master), output, seen: 0, child }
    }
}

/// Shows what the program writes until it has ended, and answers as a terminal does.
fn show(mut terminal: File, output: &watch::Sender<Output>) {
    let mut bytes = [0; 4096];
    // A question, or a letter, may come in two pieces.
    let mut rest = Vec::new();
    while let Ok(count @ 1..) = terminal.read(&mut bytes) {
        rest.extend_from_slice(&bytes[..count]);
        while let Some(at) = find(&rest, WHERE_IS_THE_CURSOR) {
            let before: Vec<u8> = rest.drain(..at + WHERE_IS_THE_CURSOR.len()).collect();
            output.send_modify(|output| output.write(&before[..at]));
            let (row, column) = output.borrow().screen.screen().cursor_position();
            write!(terminal, "\x1b[{};{}R", row + 1, column + 1).expect("the program hears it");
        }
        let whole = rest.len() - unfinished(&rest);
        let whole: Vec<u8> = rest.drain(..whole).collect();
        output.send_modify(|output| output.write(&whole));
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Bytes at the end that wait for more: of a letter, or of what may become the question.
fn unfinished(bytes: &[u8]) -> usize {
    let question = (1..WHERE_IS_THE_CURSOR.len()).rev();
    let begun = question.into_iter().find(|length| bytes.ends_with(&WHERE_IS_THE_CURSOR[..*length]));
    let letter = std::str::from_utf8(bytes).map_or_else(
        |error| if error.error_len().is_none() { bytes.len() - error.valid_up_to() } else { 0 },
        |_| 0,
    );
    begun.unwrap_or(0).max(letter)
}

impl Output {
    fn write(&mut self, bytes: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.screen.process(bytes);
    }
}

impl Terminal {
    /// Waits until `text` was written, after what was waited for before.
    pub async fn shows(&mut self, text: &str) {
        let seen = self.seen;
        let find = |output: &Output| output.text[seen..].find(text).map(|at| seen + at + text.len());
        let shown = timeout(PATIENCE, self.output.wait_for(|output| find(output).is_some())).await;
        let end = shown.ok().and_then(Result::ok).and_then(|output| find(&output));
        self.seen = end.unwrap_or_else(|| panic!("no {text:?} in {}", self.output.borrow().text));
    }

    /// Waits until what a person sees is so; gives it.
    pub async fn looks(&mut self, like: impl Fn(&str) -> bool) -> String {
        let seen = |output: &Output| output.screen.screen().contents();
        let waited = timeout(PATIENCE, self.output.wait_for(|output| like(&seen(output)))).await;
        let looked = waited.ok().and_then(Result::ok).map(|output| seen(&output));
        looked.unwrap_or_else(|| panic!("it looks like this:\n{}", seen(&self.output.borrow())))
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.presses(&format!("{line}\r"));
    }

    /// Types keys.
    pub fn presses(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it is typed");
    }

    /// Waits until what is typed does not appear: what was typed before is lost.
    pub async fn hides_input(&self) {
        let hidden = async {
            let echoes = || {
                let modes = tcgetattr(&self.keyboard).expect("a terminal").local_modes;
                modes.contains(LocalModes::ECHO)
            };
            while echoes() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, hidden).await.expect("it hides what is typed");
    }

    /// Ctrl-C from another program.
    pub async fn interrupt(&self) {
        interrupt(&self.child).await;
    }

    /// Waits for the end; gives the exit status and all that was written.
    pub async fn finish(mut self) -> (Option<i32>, String) {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("it was waited for");
        // The last that it wrote may not have been read yet.
        let all_is_read = async { while self.output.changed().await.is_ok() {} };
        timeout(PATIENCE, all_is_read).await.expect("nobody else writes");
        (status.code(), self.output.borrow().text.clone())
    }
}
