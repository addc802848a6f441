//! Files that go with a message.

use std::path::{Path, PathBuf};

use sophon_api::{Attachment, AttachmentLimits};
use sophon_client::NewFile;

use super::super::context::Context;
use super::super::environment;
use super::super::stop::Stop;

/// Uploads files. All of them are looked at first, so that nothing is uploaded if one of them cannot be.
pub async fn upload(context: &Context, paths: &[PathBuf]) -> Result<Vec<Attachment>, Stop> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let limits = context.client.attachment_limits().await?;
    if paths.len() as u64 > limits.files_per_message {
        return Err(Stop::failed(format!("a message has at most {} files", limits.files_per_message)));
    }
    let sizes = paths.iter().map(|path| size(path, &limits)).collect::<Result<Vec<u64>, Stop>>()?;
    let mut attachments = Vec::new();
    for (path, size) in paths.iter().zip(sizes) {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let boundary = environment::idempotency_key()?;
        let file = NewFile { path, size, name: &name, boundary: &boundary };
        attachments.push(context.client.upload(file).await?);
    }
    Ok(attachments)
}

/// The size of a file that can be uploaded.
fn size(path: &Path, limits: &AttachmentLimits) -> Result<u64, Stop> {
    let shown = path.display();
    let failed = |error: std::io::Error| Stop::failed(format!("{shown} cannot be read: {error}"));
    let found = std::fs::File::open(path).and_then(|file| file.metadata()).map_err(failed)?;
    if !found.is_file() {
        return Err(Stop::failed(format!("{shown} is not a file")));
    }
    if found.len() > limits.file_bytes {
        let most = limits.file_bytes >> 20;
        return Err(Stop::failed(format!(
            "{shown} is larger than {most} MiB, the most that this gateway takes"
        )));
    }
    Ok(found.len())
}
