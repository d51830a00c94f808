//! Mail as files: whole, on disk, and under a name that only this delivery has.

use std::path::Path;

use lettre::{AsyncFileTransport, AsyncTransport as _, Tokio1Executor};

use super::{Mail, MailError};
use crate::domain::Verdict;

/// Where mail is written before it is whole.
const WRITING: &str = ".writing";

/// Makes the directory, and clears what a killed process left half-written.
pub(super) async fn prepare(directory: &Path) -> Result<(), MailError> {
    let failed = |error: std::io::Error| MailError::Directory {
        path: directory.to_owned(),
        reason: error.to_string(),
    };
    let writing = directory.join(WRITING);
    match tokio::fs::remove_dir_all(&writing).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
        _ => tokio::fs::create_dir_all(&writing).await.map_err(failed),
    }
}

/// lettre writes under a name of its own, apart; the rename makes the mail appear whole, on disk, and under its delivery's
/// name.
pub(super) async fn write(directory: &Path, mail: &Mail) -> Verdict {
    let writing = directory.join(WRITING);
    let path = directory.join(&mail.file_name);
    let deferred = |reason: String| Verdict::Deferred(format!("{}: {reason}", path.display()));
    let transport = AsyncFileTransport::<Tokio1Executor>::new(&writing);
    let half = match transport.send_raw(&mail.envelope, &mail.bytes).await {
        Ok(id) => writing.join(format!("{id}.eml")),
        Err(error) => return deferred(error.to_string()),
    };
    match appear(&half, &path).await {
        Ok(()) => Verdict::Sent(path.display().to_string()),
        Err(error) => deferred(error.to_string()),
    }
}

async fn appear(half: &Path, path: &Path) -> std::io::Result<()> {
    tokio::fs::File::open(half).await?.sync_all().await?;
    tokio::fs::rename(half, path).await?;
    match path.parent() {
        Some(directory) => tokio::fs::File::open(directory).await?.sync_all().await,
        None => Ok(()),
    }
}
