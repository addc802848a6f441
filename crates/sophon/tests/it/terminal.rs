//! The program as a person runs it: in a terminal.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::gateway::PATIENCE;
use crate::program::Program;

/// A terminal in which the program runs.
pub struct Terminal {
    keyboard: File,
    screen: watch::Receiver<String>,
    /// How much of the screen has been looked at, in bytes.
    seen: usize,
    child: Child,
}

impl Program {
    /// Runs in a terminal of its own.
    pub fn in_terminal(&self, arguments: &[&str]) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("UTF-8");
        let end = || -> Stdio {
            let file = OpenOptions::new().read(true).write(true).open(&name).expect("the other end");
            file.into()
        };
        let child =
            self.command(arguments).stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        let (output, screen) = watch::channel(String::new());
        let reader = File::from(master.try_clone().expect("another handle"));
        thread::spawn(move || copy(reader, &output));
        Terminal { keyboard: File::from(master), screen, seen: 0, child }
    }
}

/// Copies what the program writes to the screen, until it has ended.
fn copy(mut reader: File, screen: &watch::Sender<String>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        screen.send_modify(|screen| screen.push_str(&String::from_utf8_lossy(&bytes[..count])));
    }
}

impl Terminal {
    /// Waits until `text` stands on the screen, below what was waited for before.
    pub async fn shows(&mut self, text: &str) {
        let seen = self.seen;
        let find = |screen: &String| screen[seen..].find(text).map(|at| seen + at + text.len());
        let shown = timeout(PATIENCE, self.screen.wait_for(|screen| find(screen).is_some())).await;
        let end = shown.ok().and_then(Result::ok).and_then(|screen| find(&screen));
        self.seen = end.unwrap_or_else(|| panic!("no {text:?} in {}", *self.screen.borrow()));
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).expect("it is typed");
    }

    /// Waits for the end; gives the exit status and all that was on the screen.
    pub async fn finish(mut self) -> (Option<i32>, String) {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("it was waited for");
        (status.code(), self.screen.borrow().clone())
    }
}
