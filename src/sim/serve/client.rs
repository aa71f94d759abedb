//! One client: a stream on one side, the hub on the other.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::hub::{Door, FromClient, ToClient};

/// Why a client is no longer served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It went.
    Left,
    /// It was sent away in an orderly way.
    Closed,
    /// It was cut off.
    Reset,
}

/// Bytes taken from a client at once.
const READ_SIZE: usize = 4096;

/// A client that takes nothing for this long is given up.
const STUCK: Duration = Duration::from_secs(5);

/// Carries bytes between a stream and the hub until one of them ends.
pub(super) async fn attend<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, door: &Door) -> Ending {
    let Some((id, mut inbox)) = door.join().await else { return Ending::Closed };
    let ending = carry(stream, door, id, &mut inbox).await;
    door.tell(FromClient::Left(id)).await;
    ending
}

async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    door: &Door,
    id: u64,
    inbox: &mut mpsc::Receiver<ToClient>,
) -> Ending {
    let mut buffer = vec![0; READ_SIZE];
    loop {
        tokio::select! {
            read = stream.read(&mut buffer) => match read.ok().and_then(|count| buffer.get(..count)) {
                None | Some([]) => return Ending::Left,
                Some(bytes) => door.tell(FromClient::Bytes(id, bytes.to_vec())).await,
            },
            told = inbox.recv() => match told {
                Some(ToClient::Bytes(bytes)) => match timeout(STUCK, stream.write_all(&bytes)).await {
                    Ok(Ok(())) => {}
                    _ => return Ending::Left,
                },
                Some(ToClient::Reset) => return Ending::Reset,
                None => return Ending::Closed,
            },
        }
    }
}
