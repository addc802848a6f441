//! The journal: what was begun, and what came of it. It is on disk before a command runs, so that no command runs twice,
//! whatever happens to this program or its gateway.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::folder::{private_file, put_in_place};

/// Commands that are remembered after they were reported; the oldest is forgotten for one more. The gateway hands each
/// out once, so this is the second lock on the same door.
const REMEMBERED: usize = 10_000;
/// Bytes by which the file grows before it is written anew, without the answers that the gateway has.
const MOST_GROWN: usize = 8 * 1024 * 1024;

/// What is known of a command.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    Begun,
    Ended(Answer),
    Reported,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Begun { id: String },
    Ended { id: String, answer: Answer },
    Reported { id: String },
}

pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    known: HashMap<String, Known>,
    /// In order of their beginning.
    order: Vec<String>,
    /// Bytes since it was written anew.
    grown: usize,
}

impl Journal {
    /// Reads the journal. What had begun and not ended was interrupted.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let (mut known, mut order) = (HashMap::new(), Vec::new());
        // The last line may be half written: then what it would have said has not happened.
        for line in text.lines().map_while(|line| serde_json::from_str(line).ok()) {
            match line {
                Line::Begun { id } => {
                    order.push(id.clone());
                    known.insert(id, Known::Begun);
                }
                Line::Ended { id, answer } => drop(known.insert(id, Known::Ended(answer))),
                Line::Reported { id } => drop(known.insert(id, Known::Reported)),
            }
        }
        for state in known.values_mut().filter(|state| **state == Known::Begun) {
            *state = Known::Ended(Answer::failed(
                "interrupted",
                "The node stopped while the command ran: it may have been done in part.",
            ));
        }
        let forgotten = order.len().saturating_sub(REMEMBERED);
        for id in order.drain(..forgotten) {
            known.remove(&id);
        }
        let file = write_anew(path, &known, &order)?;
        Ok(Self { path: path.to_owned(), file, known, order, grown: 0 })
    }

    /// Notes that a command begins, on disk; false if it had begun before.
    pub(crate) fn begin(&mut self, id: &str) -> io::Result<bool> {
        if self.known.contains_key(id) {
            return Ok(false);
        }
        if self.order.len() >= 2 * REMEMBERED || self.grown >= MOST_GROWN {
            self.forget_old()?;
        }
        self.write(&Line::Begun { id: id.to_owned() })?;
        self.known.insert(id.to_owned(), Known::Begun);
        self.order.push(id.to_owned());
        Ok(true)
    }

    /// Notes what came of it, on disk.
    pub(crate) fn end(&mut self, id: &str, answer: Answer) -> io::Result<()> {
        self.write(&Line::Ended { id: id.to_owned(), answer: answer.clone() })?;
        self.known.insert(id.to_owned(), Known::Ended(answer));
        Ok(())
    }

    /// Notes that the gateway knows.
    pub(crate) fn reported(&mut self, id: &str) -> io::Result<()> {
        self.write(&Line::Reported { id: id.to_owned() })?;
        self.known.insert(id.to_owned(), Known::Reported);
        Ok(())
    }

    /// What the gateway is still to be told, oldest first.
    pub(crate) fn unreported(&self) -> Vec<(String, Answer)> {
        let ended = self.order.iter().filter_map(|id| match self.known.get(id) {
            Some(Known::Ended(answer)) => Some((id.clone(), answer.clone())),
            _ => None,
        });
        ended.collect()
    }

    fn forget_old(&mut self) -> io::Result<()> {
        let (known, order) = (&mut self.known, &mut self.order);
        let mut forgotten = order.len().saturating_sub(REMEMBERED);
        order.retain(|id| {
            let goes = forgotten > 0 && known.get(id) == Some(&Known::Reported);
            if goes {
                forgotten -= 1;
                known.remove(id);
            }
            !goes
        });
        self.file = write_anew(&self.path, &self.known, &self.order)?;
        self.grown = 0;
        Ok(())
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let line = encoded(line);
        self.file.write_all(&line)?;
        self.grown += line.len();
        self.file.sync_data()
    }
}

fn encoded(line: &Line) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Writes all that is known beside and moves it into place.
fn write_anew(path: &Path, known: &HashMap<String, Known>, order: &[String]) -> io::Result<File> {
    let beside = path.with_extension("new");
    let mut file = private_file(&beside)?;
    let mut text = Vec::new();
    for id in order {
        text.extend(encoded(&Line::Begun { id: id.clone() }));
        match known.get(id) {
            Some(Known::Ended(answer)) => {
                text.extend(encoded(&Line::Ended { id: id.clone(), answer: answer.clone() }));
            }
            Some(Known::Reported) => text.extend(encoded(&Line::Reported { id: id.clone() })),
            Some(Known::Begun) | None => {}
        }
    }
    file.write_all(&text)?;
    put_in_place(&file, &beside, path)?;
    OpenOptions::new().append(true).open(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_begins_once_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        assert!(journal.begin("cmd_1").unwrap());
        assert!(!journal.begin("cmd_1").unwrap());
        drop(journal);
        let mut journal = Journal::open(&path).unwrap();
        assert!(!journal.begin("cmd_1").unwrap());
        let unreported = journal.unreported();
        assert_eq!(unreported.len(), 1);
        assert_eq!(json!(unreported[0].1)["error"]["code"], "interrupted");
    }

    #[test]
    fn an_answer_is_kept_until_the_gateway_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.begin("cmd_1").unwrap();
        journal.end("cmd_1", Answer::done(json!(5))).unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.unreported(), [("cmd_1".into(), Answer::done(json!(5)))]);
        journal.reported("cmd_1").unwrap();
        assert_eq!(Journal::open(&path).unwrap().unreported(), []);
    }

    #[test]
    fn answers_that_the_gateway_has_do_not_pile_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        let large = "x".repeat(MOST_GROWN / 4);
        for number in 0..8 {
            let id = format!("cmd_{number}");
            journal.begin(&id).unwrap();
            journal.end(&id, Answer::done(json!(large))).unwrap();
            journal.reported(&id).unwrap();
            assert!(fs::metadata(&path).unwrap().len() < 2 * MOST_GROWN as u64);
        }
        assert!((0..8).all(|number| !journal.begin(&format!("cmd_{number}")).unwrap()));
    }

    #[test]
    fn half_a_line_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::open(&path).unwrap().begin("cmd_1").unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"begun\":{\"id\":\"cmd_").unwrap();
        let mut journal = Journal::open(&path).unwrap();
        assert!(!journal.begin("cmd_1").unwrap());
        assert!(journal.begin("cmd_2").unwrap());
        assert!(!Journal::open(&path).unwrap().begin("cmd_2").unwrap());
    }
}
