//! One client: a stream on one side, the hub on the other.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

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

/// A client that has said its last word is served this long if it has an answer to come.
const OWED: Duration = Duration::from_secs(2);
/// And this long after the last piece of it.
const REST: Duration = Duration::from_millis(100);

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
    let (mut is_asking, mut is_owed) = (true, false);
    loop {
        tokio::select! {
            read = stream.read(&mut buffer), if is_asking => {
                match read.ok().and_then(|count| buffer.get(..count)) {
                    None => return Ending::Left,
                    Some([]) => is_asking = false,
                    Some(bytes) => {
                        is_owed = true;
                        door.tell(FromClient::Bytes(id, bytes.to_vec())).await;
                    }
                }
            }
            () = sleep(if is_owed { OWED } else { REST }), if !is_asking => return Ending::Left,
            told = inbox.recv() => match told {
                Some(ToClient::Bytes(bytes)) => match timeout(STUCK, stream.write_all(&bytes)).await {
                    Ok(Ok(())) => is_owed = false,
                    _ => return Ending::Left,
                },
                Some(ToClient::Reset) => return Ending::Reset,
                None => return Ending::Closed,
            },
        }
    }
}
