//! Verifying an export, line by line and without a gateway: each entry has the hash that it should have, follows the one
//! before it, and is what checkpoints say it was.
//!
//! What cannot be found: that entries after the newest checkpoint were removed, or were all written anew. So checkpoints
//! belong where those do not write who can write to the database.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use sophon_model::AuditAction;

use super::Checkpoint;
use super::chain::hash;

/// Findings that are told one by one; more are counted.
const MOST_FINDINGS: usize = 100;
/// How an entry ends: `,"hash":"`, 64 digits, `"}`.
const HASH: &str = r#","hash":""#;
const END: &str = r#""}"#;
const HASH_DIGITS: usize = 64;

/// Something that should not be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line of the export or of the checkpoints, from 1; 0 if it is about the end.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The line is no entry.
    NotAnEntry,
    /// The entry was changed: it does not have the hash that it says.
    Changed(i64),
    /// The entry does not come next: entries are missing, were added or swapped.
    OutOfOrder {
        /// The number that comes next.
        expected: i64,
        /// The number that is there.
        found: i64,
    },
    /// The entry before it is not the one that it was chained to.
    NotChained(i64),
    /// The entry is of another tenant than those before.
    OtherTenant(i64),
    /// The export begins in the middle, and no entry tells of a cut there.
    NoBeginning(i64),
    /// The entry is not the one that was there when the checkpoint was signed.
    NotAsSigned(i64),
    /// Entries up to this one were there when a checkpoint was signed.
    EndMissing(i64),
    /// The line is no checkpoint.
    NotACheckpoint,
    /// The checkpoint is not signed by the key that it names.
    BadSignature,
    /// The checkpoint is signed by another key than is expected.
    OtherKey(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnEntry => write!(f, "this is not an entry of an export"),
            Self::Changed(number) => write!(f, "entry {number} was changed: its hash does not match"),
            Self::OutOfOrder { expected, found } => {
                write!(f, "entry {expected} is expected here, and this is entry {found}")
            }
            Self::NotChained(number) => write!(f, "entry {number} does not follow the entry before it"),
            Self::OtherTenant(number) => write!(f, "entry {number} belongs to another tenant"),
            Self::NoBeginning(number) => {
                write!(f, "the log begins with entry {number}, and no entry tells that it was cut there")
            }
            Self::NotAsSigned(number) => {
                write!(f, "entry {number} is not the one that a checkpoint was signed for")
            }
            Self::EndMissing(number) => {
                write!(f, "the end is missing: a checkpoint was signed for entry {number}")
            }
            Self::NotACheckpoint => write!(f, "this is not a checkpoint"),
            Self::BadSignature => write!(f, "the signature of this checkpoint is wrong"),
            Self::OtherKey(key) => write!(f, "this checkpoint is signed by another key: {key}"),
        }
    }
}

/// What verifying came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries that were looked at.
    pub entries: u64,
    /// Checkpoints of the same tenant that were compared.
    pub checkpoints: u64,
    /// The number of the last entry that a checkpoint was signed for.
    pub signed_up_to: Option<i64>,
    /// What is wrong, the first hundred.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub problems: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems == 0
    }

    fn find(&mut self, line: usize, problem: Problem) {
        self.problems += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { line, problem });
        }
    }
}

/// What verifying reads of an entry.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    tenant_id: String,
    number: i64,
    action: String,
    details: Details,
    prev_hash: String,
    hash: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    cut_up_to: Option<i64>,
    cut_hash: Option<String>,
}

/// Verifies an export. Checkpoints are given first, then the lines of the export, then it is finished.
#[derive(Debug, Default)]
pub struct Verifier {
    report: Report,
    /// The key that must have signed.
    key: Option<String>,
    /// The hashes that were signed, by tenant and number.
    signed: BTreeMap<(String, i64), String>,
    tenant: Option<String>,
    /// Number and hash of the entry before.
    last: Option<(i64, String)>,
    /// Where the export begins, if not with the first entry: its number, and the hash of the entry before it.
    begins: Option<(usize, i64, String)>,
    is_beginning_told: bool,
    line: usize,
}

impl Verifier {
    /// With the public key that checkpoints must be signed with, in hex; otherwise all must be signed with one.
    pub fn new(key: Option<String>) -> Self {
        Self { key: key.map(|key| key.to_ascii_lowercase()), ..Self::default() }
    }

    /// Takes in a line of a file of checkpoints; `number` counts them from 1.
    pub fn checkpoint(&mut self, number: usize, line: &str) {
        let Ok(checkpoint) = serde_json::from_str::<Checkpoint>(line) else {
            return self.report.find(number, Problem::NotACheckpoint);
        };
        if *self.key.get_or_insert_with(|| checkpoint.key.clone()) != checkpoint.key {
            return self.report.find(number, Problem::OtherKey(checkpoint.key));
        }
        if !checkpoint.is_signed() {
            return self.report.find(number, Problem::BadSignature);
        }
        let (at, signed) = ((checkpoint.tenant_id.to_string(), checkpoint.number), checkpoint.hash);
        let known = self.signed.entry(at).or_insert_with(|| signed.clone());
        if *known != signed {
            self.report.find(number, Problem::NotAsSigned(checkpoint.number));
        }
    }

    /// Takes in the next line of the export.
    pub fn entry(&mut self, line: &str) {
        self.line += 1;
        let at = self.line;
        let Some((entry, canonical)) = parsed(line) else {
            return self.report.find(at, Problem::NotAnEntry);
        };
        self.report.entries += 1;
        let number = entry.number;
        if hash(&canonical) != entry.hash {
            self.report.find(at, Problem::Changed(number));
        }
        if *self.tenant.get_or_insert_with(|| entry.tenant_id.clone()) != entry.tenant_id {
            self.report.find(at, Problem::OtherTenant(number));
        }
        match &self.last {
            Some((last, _)) if *last + 1 != number => {
                self.report.find(at, Problem::OutOfOrder { expected: last + 1, found: number });
            }
            Some((_, last)) if *last != entry.prev_hash => self.report.find(at, Problem::NotChained(number)),
            None if number != 1 || !entry.prev_hash.is_empty() => {
                self.begins = Some((at, number, entry.prev_hash.clone()));
            }
            Some(_) | None => {}
        }
        if let Some((_, begins, before)) = &self.begins
            && entry.action == AuditAction::AuditCut.as_str()
            && entry.details.cut_up_to == Some(begins - 1)
            && entry.details.cut_hash.as_ref() == Some(before)
        {
            self.is_beginning_told = true;
        }
        if let Some(signed) = self.signed.get(&(entry.tenant_id, number)) {
            self.report.checkpoints += 1;
            self.report.signed_up_to = self.report.signed_up_to.max(Some(number));
            if *signed != entry.hash {
                self.report.find(at, Problem::NotAsSigned(number));
            }
        }
        self.last = Some((number, entry.hash));
    }

    /// What it came to.
    pub fn finish(mut self) -> Report {
        if let Some((at, number, before)) = self.begins.take() {
            let tenant = self.tenant.clone().unwrap_or_default();
            let is_signed = self.signed.get(&(tenant, number - 1)) == Some(&before);
            if !self.is_beginning_told && !is_signed {
                self.report.find(at, Problem::NoBeginning(number));
            }
        }
        let last = self.last.as_ref().map_or(0, |(number, _)| *number);
        // An export without a line is of whichever tenant the checkpoints are.
        let is_of_it = |tenant: &String| self.tenant.as_ref().is_none_or(|known| known == tenant);
        let newest =
            self.signed.keys().filter(|(tenant, _)| is_of_it(tenant)).map(|(_, number)| *number).max();
        if let Some(newest) = newest.filter(|newest| *newest > last) {
            self.report.find(0, Problem::EndMissing(newest));
        }
        self.report
    }
}

/// An entry and the bytes that its hash is over.
fn parsed(line: &str) -> Option<(Read, String)> {
    let entry: Read = serde_json::from_str(line).ok()?;
    let head = line.strip_suffix(END)?;
    let head = head.get(..head.len().checked_sub(HASH_DIGITS)?)?.strip_suffix(HASH)?;
    Some((entry, format!("{head}}}")))
}
