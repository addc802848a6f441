//! What needs a desktop, by the tools that the desktop has: `notify.show`, `clipboard.*`, `screen.capture`.

use std::num::{NonZeroU8, NonZeroU32};
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::failed;
use crate::answer::Answer;
use crate::machine::{has, has_desktop};

/// Bytes of a clipboard that are read; more is an error.
const LARGEST_CLIPBOARD: usize = 64 * 1024;
/// Bytes of a picture; more does not fit into a result.
const LARGEST_PICTURE: usize = 180 * 1024;
/// How often a picture is taken with half the quality, until it fits.
const MOST_PICTURES: usize = 4;
/// Bytes of a tool's complaint that are told.
const LONGEST_COMPLAINT: u64 = 500;

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
    /// 1 to 100, and less if the picture would not fit into a result.
    #[serde(default = "usual_quality")]
    quality: NonZeroU8,
    /// In pixels; only where the tool can do it.
    max_width: Option<NonZeroU32>,
}

const fn usual_quality() -> NonZeroU8 {
    NonZeroU8::new(80).expect("it is not zero")
}

/// A tool, with its arguments.
type Tool = (&'static str, Vec<String>);

fn tool(name: &'static str, arguments: &[&str]) -> Tool {
    (name, arguments.iter().map(|&argument| argument.to_owned()).collect())
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
    if tools.is_empty() { Err(no_desktop()) } else { Ok(tools) }
}

fn no_desktop() -> Answer {
    Answer::failed("unsupported", "The node has no desktop.")
}

pub(super) async fn notify(notification: Notification) -> Result<Value, Answer> {
    // Notifications go by the session's bus, which a service has also where it knows of no screen.
    if !has_desktop() && !has("DBUS_SESSION_BUS_ADDRESS") {
        return Err(no_desktop());
    }
    let Notification { title, body } = notification;
    let shown = tool("notify-send", &["--app-name=Sophon", "--", &title, &body]);
    use_first(vec![shown], Use::Read(LARGEST_CLIPBOARD)).await?;
    Ok(json!({ "shown": true }))
}

pub(super) async fn read_clipboard() -> Result<Value, Answer> {
    let tools = fitting(
        vec![tool("wl-paste", &["--no-newline"])],
        vec![tool("xclip", &["-selection", "clipboard", "-o"]), tool("xsel", &["-b", "-o"])],
    )?;
    let text = use_first(tools, Use::Read(LARGEST_CLIPBOARD + 1)).await?;
    if text.len() > LARGEST_CLIPBOARD {
        return Err(failed(format!("The clipboard has more than {LARGEST_CLIPBOARD} bytes.")));
    }
    Ok(json!({ "text": String::from_utf8_lossy(&text) }))
}

pub(super) async fn write_clipboard(clip: Clip) -> Result<Value, Answer> {
    let tools = fitting(
        vec![tool("wl-copy", &[])],
        vec![tool("xclip", &["-selection", "clipboard", "-i"]), tool("xsel", &["-b", "-i"])],
    )?;
    use_first(tools, Use::Write(clip.text.as_bytes())).await?;
    Ok(json!({ "written": true }))
}

pub(super) async fn capture(capture: Capture) -> Result<Value, Answer> {
    let Capture { quality, max_width } = capture;
    if quality.get() > 100 {
        return Err(failed("The quality is 1 to 100."));
    }
    let mut quality = quality.get();
    for _ in 0..MOST_PICTURES {
        if let Some(picture) = picture(quality, max_width).await? {
            let (image, size) = (STANDARD.encode(&picture), picture.len());
            return Ok(json!({ "image": image, "sizeBytes": size, "format": "jpeg", "quality": quality }));
        }
        quality = (quality / 2).max(1);
    }
    Err(failed(format!("The picture has more than {LARGEST_PICTURE} bytes: ask for a smaller maxWidth.")))
}

/// A picture of the whole screen; none if it is too large.
async fn picture(quality: u8, max_width: Option<NonZeroU32>) -> Result<Option<Vec<u8>>, Answer> {
    let quality = quality.to_string();
    let mut import = vec!["-window", "root", "-quality", &quality];
    let width = max_width.map(|width| format!("{width}x>"));
    if let Some(width) = &width {
        import.extend(["-resize", width]);
    }
    import.push("jpeg:-");
    let grim = tool("grim", &["-t", "jpeg", "-q", &quality, "-"]);
    let wayland = if width.is_none() { vec![grim] } else { Vec::new() };
    let tools = fitting(wayland, vec![tool("import", &import)])?;
    let picture = use_first(tools, Use::Read(LARGEST_PICTURE + 1)).await?;
    Ok((picture.len() <= LARGEST_PICTURE).then_some(picture))
}

/// What a tool is for.
#[derive(Clone, Copy)]
enum Use<'a> {
    /// What it writes, up to so many bytes, is wanted.
    Read(usize),
    /// It is given this.
    Write(&'a [u8]),
}

/// What the first of the tools that is installed writes.
async fn use_first(tools: Vec<Tool>, wanted: Use<'_>) -> Result<Vec<u8>, Answer> {
    let names: Vec<&str> = tools.iter().map(|(name, _)| *name).collect();
    for (name, arguments) in tools {
        let mut command = Command::new(name);
        command.args(arguments).kill_on_drop(true);
        match wanted {
            Use::Read(_) => command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()),
            // A clipboard tool stays to serve what it holds, with its outputs open: nobody waits for their end.
            Use::Write(_) => command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()),
        };
        match command.spawn() {
            Ok(child) => return converse(child, wanted, name).await,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(format!("{name} cannot be started: {error}."))),
        }
    }
    Err(Answer::failed("unsupported", format!("The node has none of these: {}.", names.join(", "))))
}

async fn converse(mut child: Child, wanted: Use<'_>, name: &str) -> Result<Vec<u8>, Answer> {
    let (mut written, mut complaint) = (Vec::new(), Vec::new());
    match wanted {
        Use::Write(input) => {
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input).await.map_err(failed)?;
            }
        }
        Use::Read(most) => {
            let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
            tokio::try_join!(
                read(stdout, most as u64, &mut written),
                read(stderr, LONGEST_COMPLAINT, &mut complaint)
            )
            .map_err(failed)?;
        }
    }
    let status = child.wait().await.map_err(failed)?;
    if status.success() {
        return Ok(written);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    Err(failed(format!("{name} failed ({status}). {}", complaint.trim())))
}

/// Reads the beginning and drops the rest.
async fn read(output: Option<impl AsyncRead + Unpin>, most: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
    if let Some(mut output) = output {
        (&mut output).take(most).read_to_end(into).await?;
        tokio::io::copy(&mut output, &mut tokio::io::sink()).await?;
    }
    Ok(())
}
