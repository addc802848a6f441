//! Verifying an export, line by line and without a gateway: each entry has the hash that it should have, follows the one
//! before it, and is what checkpoints say it was.
//!
//! Not found: entries after the newest checkpoint that were removed or all written anew. So keep checkpoints where those who
//! can write to the database cannot write.

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
/// How far from its end the entry of an export itself may be: others act while an export begins.
const NEAR_THE_END: i64 = 100;

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
    /// The file of checkpoints has none of this tenant.
    NoCheckpoints(String),
    /// No checkpoint was signed for any of the entries.
    NothingSigned,
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
                write!(
                    f,
                    "the log begins with entry {number}, and it has no audit.cut entry of exactly this cut"
                )
            }
            Self::NotAsSigned(number) => {
                write!(f, "entry {number} is not the one that a checkpoint was signed for")
            }
            Self::EndMissing(number) => {
                write!(f, "the end is missing: a checkpoint was signed for entry {number}")
            }
            Self::NoCheckpoints(tenant) => write!(
                f,
                "there is no checkpoint of this log{tenant}: is this the file of the gateway that wrote the log?"
            ),
            Self::NothingSigned => {
                write!(
                    f,
                    "no checkpoint was signed for any of these entries, so they can all be written anew"
                )
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
    /// The number of the first entry.
    pub begins: Option<i64>,
    /// The number of the entry that says that those before the first one were removed because their time was over.
    pub cut_by: Option<i64>,
    /// That checkpoints were signed after the export was made.
    pub older: Option<Older>,
    /// The line of the checkpoints that a full disk or a crash has cut off. One is forgiven.
    pub cut_off_checkpoint: Option<usize>,
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

/// An export that is older than the newest checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// When the export was made, by its own entry.
    pub exported: String,
    /// The number of the entry that the newest checkpoint was signed for.
    pub newest: i64,
}

/// What is known of an export before it is verified.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The public key that checkpoints must be signed with, in hex; without it, all must be signed with one.
    pub key: Option<String>,
    /// The tenant whose log it must be.
    pub tenant: Option<String>,
    /// Whether there must be a checkpoint that was signed for one of the entries.
    pub checkpoints: bool,
    /// Whether it is made after the checkpoints were read, so that it cannot be older than one of them.
    pub is_newer: bool,
}

/// What verifying reads of an entry.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    tenant_id: String,
    number: i64,
    timestamp: String,
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
    expected: Expected,
    /// What was signed, by tenant and number.
    signed: BTreeMap<(String, i64), Signed>,
    /// Number and hash of the entry before.
    last: Option<(i64, String)>,
    /// Where the export begins, if not with the first entry: its number, and the hash of the entry before it.
    begins: Option<(usize, i64, String)>,
    /// Number and time of the last entry of an export.
    exported: Option<(i64, String)>,
    line: usize,
}

/// What a checkpoint was signed for, and when.
#[derive(Debug)]
struct Signed {
    hash: String,
    timestamp: String,
}

impl Verifier {
    /// Of an export of which this is known.
    pub fn new(expected: Expected) -> Self {
        let key = expected.key.map(|key| key.to_ascii_lowercase());
        Self { expected: Expected { key, ..expected }, ..Self::default() }
    }

    /// Takes in a line of a file of checkpoints; `number` counts them from 1.
    pub fn checkpoint(&mut self, number: usize, line: &str) {
        let checkpoint = match serde_json::from_str::<Checkpoint>(line) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                let is_cut_off = error.is_eof() && line.starts_with('{');
                if is_cut_off && self.report.cut_off_checkpoint.is_none() {
                    self.report.cut_off_checkpoint = Some(number);
                    return;
                }
                return self.report.find(number, Problem::NotACheckpoint);
            }
        };
        if *self.expected.key.get_or_insert_with(|| checkpoint.key.clone()) != checkpoint.key {
            return self.report.find(number, Problem::OtherKey(checkpoint.key));
        }
        if !checkpoint.is_signed() {
            return self.report.find(number, Problem::BadSignature);
        }
        let Checkpoint { tenant_id, number: signed_for, hash, timestamp, .. } = checkpoint;
        let at = (tenant_id.to_string(), signed_for);
        let known = self.signed.entry(at).or_insert_with(|| Signed { hash: hash.clone(), timestamp });
        if known.hash != hash {
            self.report.find(number, Problem::NotAsSigned(signed_for));
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
        self.report.begins.get_or_insert(number);
        if hash(&canonical) != entry.hash {
            self.report.find(at, Problem::Changed(number));
        }
        if *self.expected.tenant.get_or_insert_with(|| entry.tenant_id.clone()) != entry.tenant_id {
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
            self.report.cut_by = Some(number);
        }
        if entry.action == AuditAction::AuditExport.as_str() {
            self.exported = Some((number, entry.timestamp));
        }
        if let Some(signed) = self.signed.get(&(entry.tenant_id, number)) {
            self.report.checkpoints += 1;
            self.report.signed_up_to = self.report.signed_up_to.max(Some(number));
            if signed.hash != entry.hash {
                self.report.find(at, Problem::NotAsSigned(number));
            }
        }
        self.last = Some((number, entry.hash));
    }

    /// What it came to.
    pub fn finish(mut self) -> Report {
        if let Some((at, number, _)) = self.begins
            && self.report.cut_by.is_none()
        {
            self.report.find(at, Problem::NoBeginning(number));
        }
        let is_end_missing = self.find_missing_end();
        if self.expected.checkpoints && self.report.checkpoints == 0 && !is_end_missing {
            let problem = if self.own_checkpoints().next().is_some() {
                Problem::NothingSigned
            } else {
                let tenant = self.expected.tenant.as_ref();
                Problem::NoCheckpoints(tenant.map(|id| format!(" (tenant {id})")).unwrap_or_default())
            };
            self.report.find(0, problem);
        }
        self.report
    }

    /// The checkpoints of the export's tenant. An export without a line is of whichever tenant the checkpoints are.
    fn own_checkpoints(&self) -> impl Iterator<Item = (i64, &Signed)> {
        let is_own = |tenant: &String| self.expected.tenant.as_ref().is_none_or(|known| known == tenant);
        self.signed
            .iter()
            .filter(move |((tenant, _), _)| is_own(tenant))
            .map(|((_, number), signed)| (*number, signed))
    }

    /// Whether entries were there, when a checkpoint was signed, that are missing at the end. An export that has its own
    /// entry is complete up to there: checkpoints that were signed later are for entries that came later.
    fn find_missing_end(&mut self) -> bool {
        let last = self.last.as_ref().map_or(0, |(number, _)| *number);
        let is_near = |(number, _): &&(i64, String)| *number > last - NEAR_THE_END;
        let exported = self.exported.as_ref().filter(is_near).filter(|_| !self.expected.is_newer);
        let (mut missing, mut newer) = (None, None);
        for (number, signed) in self.own_checkpoints().filter(|(number, _)| *number > last) {
            // Times are all written in one form, in which the later one is the greater text.
            match exported {
                Some((_, at)) if signed.timestamp >= *at => newer = newer.max(Some(number)),
                _ => missing = missing.max(Some(number)),
            }
        }
        self.report.older =
            newer.zip(exported).map(|(newest, (_, at))| Older { exported: at.clone(), newest });
        if let Some(missing) = missing {
            self.report.find(0, Problem::EndMissing(missing));
        }
        missing.is_some()
    }
}

/// An entry and the bytes that its hash is over.
fn parsed(line: &str) -> Option<(Read, String)> {
    let entry: Read = serde_json::from_str(line).ok()?;
    let head = line.strip_suffix(END)?;
    let head = head.get(..head.len().checked_sub(HASH_DIGITS)?)?.strip_suffix(HASH)?;
    Some((entry, format!("{head}}}")))
}
