//! `sophon admin audit`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use sophon_api::AuditEntry;
use sophon_client::{AuditFilter, collect};
use sophon_server::verify::{Report, Verifier};

use crate::cli::context::Context;
use crate::cli::screen::{document, line, one_line};
use crate::cli::stop::Stop;
use crate::cli::table::Table;

/// The longest line of an export or of a file of checkpoints, in bytes.
const LONGEST_LINE: usize = 1024 * 1024;

/// What to do with the audit log.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sophon admin audit list --outcome denied                       what was refused
  sophon admin audit list --action user.update,user.delete
  sophon admin audit export > audit.ndjson
  sophon admin audit verify audit.ndjson --checkpoints ~/.sophon/audit-checkpoints

`verify` needs no gateway. Entries that were changed, removed, added, swapped or written anew are found; a missing end is
found up to the last checkpoint. Keep checkpoints and the public key (security/audit.pub) where the gateway cannot change
them.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List entries, newest first
    List {
        #[command(flatten)]
        which: Box<Which>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Write all entries to standard output, oldest first
    Export {
        #[command(flatten)]
        which: Box<Which>,
        /// How to write them
        #[arg(long, value_enum, default_value_t = Format::Ndjson)]
        format: Format,
    },
    /// Check that an export is complete and was not changed
    Verify {
        /// An export as NDJSON without filters, - for standard input [default: exported from the gateway now]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// The file of signed checkpoints
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// The public key that must have signed them, in hex
        #[arg(long, value_name = "KEY", requires = "checkpoints")]
        key: Option<String>,
    },
}

/// How an export is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One JSON object a line
    Ndjson,
    /// For spreadsheets
    Csv,
}

/// Which entries.
#[derive(Debug, clap::Args)]
struct Which {
    /// From this time on, like 2026-11-22T12:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Actions, like user.update, with commas between them
    #[arg(long, value_name = "ACTIONS")]
    action: Option<String>,
    /// success, denied, failure
    #[arg(long, value_name = "OUTCOMES")]
    outcome: Option<String>,
    /// person, agent, node, system, nobody
    #[arg(long, value_name = "ACTORS")]
    actor: Option<String>,
    /// By this user, or in its name
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Done to things of this type, like session
    #[arg(long, value_name = "TYPE")]
    resource_type: Option<String>,
    /// Done to the thing with this id
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
    /// From this address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// In this request
    #[arg(long, value_name = "REQUEST")]
    request: Option<String>,
    /// In this session
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
    /// In this task
    #[arg(long, value_name = "TASK")]
    task: Option<String>,
    /// With this in the action, the resource, the address or the e-mail address
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

impl From<Which> for AuditFilter {
    fn from(which: Which) -> Self {
        Self {
            from: which.from,
            until: which.until,
            action: which.action,
            outcome: which.outcome,
            actor: which.actor,
            user: which.user,
            resource_type: which.resource_type,
            resource: which.resource,
            address: which.address,
            request: which.request,
            session: which.session,
            task: which.task,
            search: which.search,
        }
    }
}

/// Lists, exports or verifies the audit log.
pub async fn run(context: &Context, args: Args) -> Result<(), Stop> {
    match args.action {
        Action::List { which, limit } => list(context, &(*which).into(), usize::from(limit)).await,
        Action::Export { which, format } => {
            let format = match format {
                Format::Ndjson => "ndjson",
                Format::Csv => "csv",
            };
            let mut stdout = io::stdout();
            let write = |piece: &[u8]| stdout.write_all(piece);
            Ok(context.client.export_audit_log(&(*which).into(), format, write).await?)
        }
        Action::Verify { file, checkpoints, key } => {
            let mut verifier = Verifier::new(key);
            if let Some(path) = &checkpoints {
                let mut number = 0;
                each_line(open(path)?, |line| {
                    number += 1;
                    verifier.checkpoint(number, line);
                })
                .map_err(|error| unreadable(path, &error))?;
            }
            match &file {
                Some(path) => each_line(open(path)?, |line| verifier.entry(line))
                    .map_err(|error| unreadable(path, &error))?,
                None => exported(context, &mut verifier).await?,
            }
            tell(context, &verifier.finish(), checkpoints.is_some())
        }
    }
}

async fn list(context: &Context, filter: &AuditFilter, limit: usize) -> Result<(), Stop> {
    let found = collect(limit, |size, cursor| context.client.audit_entries(filter, size, cursor)).await?;
    if context.screen.json {
        return Ok(document(&found)?);
    }
    if found.items.is_empty() {
        context.screen.remark("There are no such entries.");
        return Ok(());
    }
    let mut table = Table::new(&["TIME", "WHO", "ACTION", "OUTCOME", "RESOURCE", "ADDRESS"], 4);
    for entry in &found.items {
        table.row([
            entry.timestamp.to_string(),
            one_line(&who(entry)),
            one_line(&entry.action),
            entry.outcome.as_str().to_owned(),
            one_line(&resource(entry)),
            one_line(entry.address.as_deref().unwrap_or("-")),
        ]);
    }
    Ok(line(table.render(context.screen.width))?)
}

fn who(entry: &AuditEntry) -> String {
    let actor = &entry.actor;
    let kind = actor.kind.as_str();
    let name = actor.node_id.as_ref().map(ToString::to_string).or_else(|| actor.email.clone());
    let agent = actor.agent_id.as_ref().map(ToString::to_string);
    match agent.or(name) {
        Some(name) if kind == "person" => name,
        Some(name) => format!("{kind} {name}"),
        None => kind.to_owned(),
    }
}

fn resource(entry: &AuditEntry) -> String {
    let resource = &entry.resource;
    let operation = entry.details.operation.as_ref();
    operation.or(resource.name.as_ref()).or(resource.id.as_ref()).cloned().unwrap_or_else(|| "-".to_owned())
}

/// Verifies what the gateway exports now.
async fn exported(context: &Context, verifier: &mut Verifier) -> Result<(), Stop> {
    let mut rest = Vec::new();
    let take = |piece: &[u8]| {
        rest.extend_from_slice(piece);
        let end = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        each_line(&rest[..end], |line| verifier.entry(line))?;
        rest.drain(..end);
        if rest.len() > LONGEST_LINE { Err(too_long()) } else { Ok(()) }
    };
    Ok(context.client.export_audit_log(&AuditFilter::default(), "ndjson", take).await?)
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Stop> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(Box::new(BufReader::new(file)))
}

fn unreadable(path: &Path, error: &io::Error) -> Stop {
    Stop::failed(format!("{} cannot be read: {error}", path.display()))
}

/// Does something with each line, of which no more than one is in memory.
fn each_line(mut lines: impl BufRead, mut take: impl FnMut(&str)) -> io::Result<()> {
    let mut read = Vec::new();
    loop {
        read.clear();
        let most = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        io::Read::take(&mut lines, most).read_until(b'\n', &mut read)?;
        if read.is_empty() {
            return Ok(());
        }
        if read.len() == LONGEST_LINE {
            return Err(too_long());
        }
        take(String::from_utf8_lossy(&read).trim_end_matches(['\n', '\r']));
    }
}

fn too_long() -> io::Error {
    io::Error::other(format!("a line has more than {LONGEST_LINE} bytes"))
}

fn tell(context: &Context, report: &Report, has_checkpoints: bool) -> Result<(), Stop> {
    let Report { entries, checkpoints, signed_up_to, findings, problems } = report;
    if context.screen.json {
        let told = findings
            .iter()
            .map(|found| serde_json::json!({ "line": found.line, "problem": found.problem.to_string() }));
        document(&serde_json::json!({
            "sound": report.is_sound(),
            "entries": entries,
            "checkpoints": checkpoints,
            "signedUpTo": signed_up_to,
            "problems": problems,
            "findings": told.collect::<Vec<_>>(),
        }))?;
        return if report.is_sound() { Ok(()) } else { Err(Stop::reported()) };
    }
    if report.is_sound() {
        if !has_checkpoints {
            context.screen.remark(
                "Without --checkpoints, a missing end and a log that was written anew are not noticed.",
            );
        }
        let signed = signed_up_to.map_or_else(String::new, |last| format!(", signed up to entry {last}"));
        return Ok(line(format!("The audit log is sound: {entries} entries{signed}."))?);
    }
    for found in findings {
        let place = if found.line == 0 { "end".to_owned() } else { format!("line {}", found.line) };
        line(format!("{place}: {}", one_line(&found.problem.to_string())))?;
    }
    Err(Stop::failed(format!("The audit log was tampered with: {problems} problems in {entries} entries.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_too_long_ones_refused() {
        let mut read = Vec::new();
        each_line(&b"a\nb\r\nc"[..], |line| read.push(line.to_owned())).unwrap();
        assert_eq!(read, ["a", "b", "c"]);
        each_line(&vec![b'x'; LONGEST_LINE + 1][..], |_| {}).unwrap_err();
    }
}
