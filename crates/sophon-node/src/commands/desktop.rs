//! What needs a desktop, by the tools that the desktop has: `notify.show`, `clipboard.*`, `screen.capture`.

use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::failed;
use crate::work::Answer;

/// Bytes of a clipboard that are read; more is an error.
const LARGEST_CLIPBOARD: usize = 64 * 1024;
/// Bytes of a picture; more does not fit into a result.
const LARGEST_PICTURE: usize = 180 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notification {
    title: String,
    #[serde(default, alias = "message")]
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clip {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Capture {
    /// 1 to 100.
    #[serde(default = "usual_quality")]
    quality: u8,
    /// In pixels; only where the tool can do it.
    max_width: Option<u32>,
}

const fn usual_quality() -> u8 {
    80
}

/// A tool, with its arguments.
type Tool = (&'static str, Vec<String>);

fn tool(name: &'static str, arguments: &[&str]) -> Tool {
    (name, arguments.iter().map(|&argument| argument.to_owned()).collect())
}

fn has(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Those of the tools that fit the desktop, the best first.
fn fitting(wayland: Vec<Tool>, x11: Vec<Tool>) -> Result<Vec<Tool>, Answer> {
    let mut tools = Vec::new();
    if has("WAYLAND_DISPLAY") {
        tools.extend(wayland);
    }
    if has("DISPLAY") {
        tools.extend(x11);
    }
    if tools.is_empty() { Err(Answer::failed("unsupported", "The node has no desktop.")) } else { Ok(tools) }
}

pub(super) async fn notify(notification: Notification) -> Result<Value, Answer> {
    let Notification { title, body } = notification;
    let shown = tool("notify-send", &["--app-name=Sophon", "--", &title, &body]);
    use_first(vec![shown], &[], LARGEST_CLIPBOARD).await?;
    Ok(json!({ "shown": true }))
}

pub(super) async fn read_clipboard() -> Result<Value, Answer> {
    let tools = fitting(
        vec![tool("wl-paste", &["--no-newline"])],
        vec![tool("xclip", &["-selection", "clipboard", "-o"]), tool("xsel", &["-b", "-o"])],
    )?;
    let text = use_first(tools, &[], LARGEST_CLIPBOARD).await?;
    Ok(json!({ "text": String::from_utf8_lossy(&text) }))
}

pub(super) async fn write_clipboard(clip: Clip) -> Result<Value, Answer> {
    let tools = fitting(
        vec![tool("wl-copy", &[])],
        vec![tool("xclip", &["-selection", "clipboard", "-i"]), tool("xsel", &["-b", "-i"])],
    )?;
    use_first(tools, clip.text.as_bytes(), LARGEST_CLIPBOARD).await?;
    Ok(json!({ "written": true }))
}

pub(super) async fn capture(capture: Capture) -> Result<Value, Answer> {
    let quality = capture.quality.clamp(1, 100).to_string();
    let mut import = vec!["-window", "root", "-quality", &quality];
    let width = capture.max_width.map(|width| format!("{width}x>"));
    if let Some(width) = &width {
        import.extend(["-resize", width]);
    }
    import.push("jpeg:-");
    let mut x11 = vec![tool("import", &import)];
    let mut wayland = Vec::new();
    if width.is_none() {
        wayland.push(tool("grim", &["-t", "jpeg", "-q", &quality, "-"]));
        x11.push(tool("scrot", &["--quality", &quality, "--format", "jpg", "-"]));
    }
    let picture = use_first(fitting(wayland, x11)?, &[], LARGEST_PICTURE).await?;
    Ok(json!({ "image": STANDARD.encode(&picture), "sizeBytes": picture.len(), "format": "jpeg" }))
}

/// What the first of the tools that is installed writes, given `input`.
async fn use_first(tools: Vec<Tool>, input: &[u8], most: usize) -> Result<Vec<u8>, Answer> {
    let names: Vec<&str> = tools.iter().map(|(name, _)| *name).collect();
    for (name, arguments) in tools {
        let mut command = Command::new(name);
        command.args(arguments).kill_on_drop(true);
        // A clipboard tool stays to serve what it holds: what it says is no part of the answer.
        let output = if input.is_empty() { Stdio::piped() } else { Stdio::null() };
        command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => return converse(child, input, most, name).await,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(format!("{name} cannot be started: {error}."))),
        }
    }
    Err(Answer::failed("unsupported", format!("The node has none of these: {}.", names.join(", "))))
}

async fn converse(
    mut child: tokio::process::Child,
    input: &[u8],
    most: usize,
    name: &str,
) -> Result<Vec<u8>, Answer> {
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input).await.map_err(failed)?;
    }
    let mut written = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(most as u64 + 1).read_to_end(&mut written).await.map_err(failed)?;
    }
    if written.len() > most {
        return Err(failed(format!("It has more than {most} bytes: ask for less.")));
    }
    let status = child.wait().await.map_err(failed)?;
    if status.success() { Ok(written) } else { Err(failed(format!("{name} failed ({status})."))) }
}
