//! A link served as a pseudo-terminal.

use std::future::Future;
use std::path::{Path, PathBuf};

use super::client::attend;
use super::error::ServeError;
use super::hub::{Door, Hub};
use super::pty_file::PtyFile;
use crate::sim::SharedBus;

/// Makes a pseudo-terminal, puts a symbolic link to it at `path`, and serves a link through it. Programs may open and
/// close it as often as they like. The future ends when the link is closed; when it ends or is dropped, the
/// symbolic link is removed. What a client sets the line to has no effect: a pseudo-terminal has no line. Must be
/// called within a runtime.
///
/// # Errors
/// [`ServeError`] when the terminal cannot be made or something else is at `path`.
pub fn pty(
    path: &Path,
    bus: SharedBus,
) -> Result<impl Future<Output = Result<(), ServeError>> + Send + use<>, ServeError> {
    let path = path.to_owned();
    let first = PtyFile::create(&path)?;
    let (hub, door) = Hub::new(bus);
    Ok(async move {
        tokio::select! {
            () = hub.run() => Ok(()),
            ended = serve(first, path, door) => ended,
        }
    })
}

/// Serves one terminal after the other: when the link is lost, the terminal goes as an unplugged adapter's
/// does, and another one comes with the link.
async fn serve(first: PtyFile, path: PathBuf, mut door: Door) -> Result<(), ServeError> {
    let mut next = Some(first);
    loop {
        let mut terminal = match next.take() {
            Some(terminal) => terminal,
            None => PtyFile::create(&path)?,
        };
        attend(&mut terminal, &door).await;
        drop(terminal);
        door.opened().await;
    }
}
