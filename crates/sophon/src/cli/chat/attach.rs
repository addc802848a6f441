//! Files that go with a message.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sophon_client::Attachment;

use super::super::context::Context;
use super::super::stop::Stop;

/// The largest file that a gateway takes, in bytes.
const LARGEST: u64 = 25 * 1024 * 1024;

/// Uploads files. All of them are read first, so that nothing is uploaded if one of them cannot be.
pub async fn upload(context: &Context, paths: &[PathBuf]) -> Result<Vec<Attachment>, Stop> {
    let files = paths.iter().map(|path| Ok((name(path), read(path)?))).collect::<Result<Vec<_>, Stop>>()?;
    let mut attachments = Vec::new();
    for (name, content) in files {
        attachments.push(context.client.upload(&name, &content).await?);
    }
    Ok(attachments)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| Stop::failed(format!("{} cannot be read: {error}", path.display()));
    let mut content = Vec::new();
    File::open(path).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > LARGEST {
        return Err(Stop::failed(format!("{} has more than 25 MiB", path.display())));
    }
    Ok(content)
}
