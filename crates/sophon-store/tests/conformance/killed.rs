//! A process that writes and says so, to be killed at any moment.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use sophon_model::MessageId;
use sophon_store::Options;

use crate::fixtures::message;
use crate::harness::write;

/// What makes this program the child; the database's address follows.
const CHILD: &str = "--write-until-killed";
/// Threads of the child that write at the same time.
const WRITERS: usize = 8;

/// The address of the database, if this process is the child.
pub fn child_url() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == CHILD).then(|| arguments.next()).flatten()
}

/// Adds messages to the session `s`; prints the id of each once it is acknowledged. Never ends by itself.
pub fn run_child(url: &str) -> ! {
    let store = sophon_store::open(url, &Options::default()).unwrap();
    let run = RandomState::new().build_hasher().finish();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                for n in 0.. {
                    let id = format!("{run}-{writer}-{n}");
                    let told = message(&id, "Nothing that was acknowledged may be lost.");
                    write(&*store, move |tx| tx.insert_message(&told)).unwrap();
                    // One write a line, so that no line is torn.
                    std::io::stdout().write_all(format!("{id}\n").as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    unreachable!("the writers never end")
}

/// Runs the child until some messages were acknowledged, and kills it. Returns the ids of those.
pub fn acknowledged_until_killed(url: &str) -> Vec<MessageId> {
    let wanted = 1 + RandomState::new().build_hasher().finish() % 500;
    let program = std::env::current_exe().unwrap();
    let mut child: Child = Command::new(program).args([CHILD, url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ids: Vec<String> = lines.by_ref().take(wanted as usize).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    ids.extend(lines.map(Result::unwrap));
    assert!(ids.len() as u64 >= wanted, "the child ended by itself");
    ids.into_iter().map(MessageId::from).collect()
}
