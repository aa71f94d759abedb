//! A link served over TCP: listening as a converter in server mode, or dialling out as one in client mode.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::client::{Ending, attend};
use super::error::{Reach, ServeError};
use super::hub::{Door, Hub};
use crate::sim::SharedBus;

/// Listens on an address and serves a link to whoever connects. Gives the bound address, and the future that does
/// the serving: it ends when the link is closed, and dropping it disconnects everybody.
///
/// # Errors
/// [`ServeError`] when the address cannot be had or may not be reached.
pub async fn listen(
    address: SocketAddr,
    reach: Reach,
    bus: SharedBus,
) -> Result<(SocketAddr, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    if reach == Reach::ThisComputer && !address.ip().is_loopback() {
        return Err(ServeError::Exposed(address));
    }
    let listener = bind(address).await?;
    let bound = listener.local_addr().map_err(|error| bind_error(address, &error))?;
    let (hub, door) = Hub::new(bus);
    let serving = async move {
        tokio::select! {
            () = hub.run() => Ok(()),
            ended = accept(listener, bound, door) => ended,
        }
    };
    Ok((bound, serving))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| bind_error(address, &error))
}

fn bind_error(address: SocketAddr, error: &std::io::Error) -> ServeError {
    ServeError::Bind { address, what: error.to_string() }
}

/// Accepts while the link is there. When it is lost the listener goes too, so that callers are refused.
async fn accept(first: TcpListener, bound: SocketAddr, mut door: Door) -> Result<(), ServeError> {
    let mut clients = JoinSet::new();
    let mut listener = Some(first);
    loop {
        let open = match listener.take() {
            Some(open) => open,
            None => bind(bound).await?,
        };
        let mut shut = door.clone();
        tokio::select! {
            () = accept_all(&open, &door, &mut clients) => {}
            () = shut.shut() => {}
        }
        drop(open);
        door.opened().await;
    }
}

/// More clients than this at once are sent away.
const MOST_CLIENTS: usize = 64;

async fn accept_all(listener: &TcpListener, door: &Door, clients: &mut JoinSet<()>) {
    loop {
        match listener.accept().await {
            Ok(_) if clients.len() >= MOST_CLIENTS => {}
            Ok((stream, _)) => {
                clients.spawn(serve(stream, door.clone()));
            }
            // Out of file handles or a caller that was gone at once: neither is a reason to stop.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
        while clients.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: TcpStream, door: Door) {
    // A converter that packs late only costs time; it is no reason not to serve.
    let _ = stream.set_nodelay(true);
    if attend(&mut stream, &door).await == Ending::Reset {
        let _ = stream.set_zero_linger();
    }
}

/// The waits between attempts to call: 1, 2, 4 and so on up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// An attempt to call takes at most this long.
const CALL: Duration = Duration::from_secs(10);

/// Calls `host:port` and serves a link to it, again after every end, with waits that grow from 1 s to 30 s while nobody
/// answers. Ends when the link is closed.
pub async fn dial(target: &str, bus: SharedBus) {
    let (hub, door) = Hub::new(bus);
    tokio::select! {
        () = hub.run() => {}
        () = call_for_ever(target, door) => {}
    }
}

async fn call_for_ever(target: &str, mut door: Door) {
    let mut wait = FIRST_WAIT;
    loop {
        door.opened().await;
        if let Ok(Ok(stream)) = timeout(CALL, TcpStream::connect(target)).await {
            serve(stream, door.clone()).await;
            wait = FIRST_WAIT;
        }
        sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}
