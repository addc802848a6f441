//! Everything that is wrong with a configuration, collected before any of it is reported.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Problem {
    /// The key, as the operator writes it: `agents.workers`, or the name of a variable or file.
    key: String,
    /// What is wrong with it, and what to do.
    text: String,
}

/// Everything that is wrong with a configuration: one line for each problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    found: Vec<Problem>,
    /// The file that was read, if one was.
    file: Option<PathBuf>,
}

impl Problems {
    /// A single problem.
    pub(crate) fn one(key: &str, text: String) -> Self {
        let mut problems = Self::default();
        problems.add(key, text);
        problems
    }

    /// Says which file was read.
    pub(super) fn read_from(&mut self, file: &Path) {
        self.file = Some(file.to_owned());
    }

    /// The file, in brackets; empty if none was read.
    pub(crate) fn place(&self) -> String {
        self.file.as_ref().map_or_else(String::new, |file| format!(" ({})", file.display()))
    }

    /// Adds a problem of `key`.
    pub(crate) fn add(&mut self, key: &str, text: String) {
        self.found.push(Problem { key: key.to_owned(), text });
    }

    /// Whether `key` has a problem.
    pub(super) fn has(&self, key: &str) -> bool {
        self.found.iter().any(|problem| problem.key == key)
    }

    /// Says of keys that were set by a variable which one it was: `variables` has their names.
    pub(super) fn name_variables(&mut self, variables: &BTreeMap<String, String>) {
        for problem in &mut self.found {
            if let Some(name) = variables.get(&problem.key) {
                problem.key = format!("{} (set by {name})", problem.key);
            }
        }
    }

    /// `value`, if nothing is wrong.
    pub(crate) fn none_or<T>(self, value: T) -> Result<T, Self> {
        if self.found.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { key, text }) in self.found.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}  {key}: {text}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
