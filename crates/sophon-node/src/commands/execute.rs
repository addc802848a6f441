//! `system.execute`: a program with its arguments, never a shell, and never without consent.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

use super::{EXECUTE, denied, failed, late};
use crate::answer::Answer;
use crate::consent::Judge;

/// Bytes of each of the two outputs that are kept; the rest is read and dropped.
const KEPT_OUTPUT: usize = 64 * 1024;
/// How long the outputs may stay open after the program's end: what it left behind is ended then.
const LEFT_BEHIND: Duration = Duration::from_secs(1);
/// The share of the time that is kept for stopping and reporting.
const TO_STOP: Duration = Duration::from_millis(200);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Params {
    /// The program and its arguments.
    argv: Vec<String>,
    /// Variables that are added to the node's own.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Where it runs.
    cwd: Option<PathBuf>,
    /// How long it may run, if that is less than the command's own time.
    timeout_ms: Option<u64>,
}

pub(super) async fn execute(params: Params, limit: Duration, judge: &Judge) -> Result<Value, Answer> {
    let limit = params.timeout_ms.map_or(limit, |asked| limit.min(Duration::from_millis(asked)));
    let until = Instant::now() + limit.saturating_sub(TO_STOP);
    let shown = describe(&params);
    judge.agrees(EXECUTE, &shown, limit.saturating_sub(TO_STOP)).await.map_err(denied)?;
    let mut group = Group::start(&params)?;
    let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
    let mut outputs = tokio::spawn(async move { tokio::join!(read(stdout), read(stderr)) });
    let Ok(status) = timeout_at(until, group.child.wait()).await else {
        group.kill();
        return Err(late(limit));
    };
    let status = status.map_err(failed)?;
    let read = if let Ok(read) = timeout(LEFT_BEHIND, &mut outputs).await {
        read
    } else {
        group.kill();
        outputs.await
    };
    let ((stdout, stdout_cut), (stderr, stderr_cut)) = read.map_err(failed)?;
    Ok(json!({
        "exitCode": status.code(),
        "stdout": stdout,
        "stderr": stderr,
        "truncated": stdout_cut || stderr_cut,
    }))
}

/// The program as a person is asked about it: every word in quotes, with control characters escaped.
fn describe(params: &Params) -> String {
    let mut text = format!("{:?}", params.argv);
    if let Some(folder) = &params.cwd {
        text = format!("{text} in {:?}", folder.to_string_lossy());
    }
    if !params.env.is_empty() {
        text = format!("{text} with {:?}", params.env);
    }
    text
}

/// A program and whatever it starts. Dropped, all of it ends.
struct Group {
    child: Child,
    #[cfg(unix)]
    id: Option<u32>,
}

impl Group {
    fn start(params: &Params) -> Result<Self, Answer> {
        let (program, arguments) =
            params.argv.split_first().ok_or_else(|| failed("argv names no program."))?;
        let mut command = Command::new(program);
        command.args(arguments).envs(&params.env).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = &params.cwd {
            command.current_dir(folder);
        }
        #[cfg(unix)]
        command.process_group(0);
        let child =
            command.spawn().map_err(|error| failed(format!("{program} cannot be started: {error}.")))?;
        Ok(Self {
            #[cfg(unix)]
            id: child.id(),
            child,
        })
    }

    /// Ends all of it.
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.id.take().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            // It may have ended by itself.
            let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _gone = self.child.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Only while the program runs is the group's number sure to be its own.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

/// What comes out, up to the limit, and whether there was more.
async fn read(output: Option<impl AsyncRead + Unpin>) -> (String, bool) {
    let Some(mut output) = output else { return Default::default() };
    let (mut kept, mut was_cut, mut buffer) = (Vec::new(), false, vec![0; 8 * 1024]);
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        let room = KEPT_OUTPUT - kept.len();
        kept.extend_from_slice(&buffer[..count.min(room)]);
        was_cut |= count > room;
    }
    (String::from_utf8_lossy(&kept).into_owned(), was_cut)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::consent::Consent;
    use crate::folder::Folder;

    async fn run(params: Value, consent: Consent) -> Result<Value, Value> {
        let params = serde_json::from_value(params).unwrap();
        let place = tempfile::tempdir().unwrap();
        let judge = Judge::new(consent, Folder::open(Some(place.path().to_owned())).unwrap());
        let outcome = execute(params, Duration::from_secs(10), &judge).await;
        outcome.map_err(|answer| json!(answer)["error"]["code"].clone())
    }

    #[tokio::test]
    async fn arguments_are_given_as_they_are() {
        let outcome =
            run(json!({ "argv": ["printf", "%s", "$HOME; `id` | *"] }), Consent::Allow).await.unwrap();
        assert_eq!(outcome["stdout"], "$HOME; `id` | *");
        assert_eq!(outcome["exitCode"], 0);
    }

    #[tokio::test]
    async fn without_consent_nothing_runs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let outcome = run(json!({ "argv": ["touch", file] }), Consent::Deny).await;
        assert_eq!(outcome, Err(json!("consent_denied")));
        assert!(!file.exists());
    }

    #[tokio::test]
    async fn when_its_time_is_over_all_that_it_started_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 60 & echo $! > {}; wait", file.display());
        let outcome = run(json!({ "argv": ["sh", "-c", script], "timeoutMs": 1_000 }), Consent::Allow).await;
        assert_eq!(outcome, Err(json!("timeout")));
        let child = std::fs::read_to_string(file).unwrap();
        let stat = format!("/proc/{}/stat", child.trim());
        // Ended, or ended and not yet waited for by whoever inherited it.
        let is_gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        let ends = async {
            while !is_gone() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(5), ends).await.expect("the grandchild ends");
    }

    #[tokio::test]
    async fn output_is_cut_where_it_is_too_long() {
        let outcome =
            run(json!({ "argv": ["head", "-c", "100000", "/dev/zero"] }), Consent::Allow).await.unwrap();
        assert_eq!(outcome["truncated"], true);
        assert_eq!(outcome["stdout"].as_str().unwrap().len(), KEPT_OUTPUT);
    }
}
