//! Links that wait.

use meterscope::link::{Clock, listen, serial};
use tokio::time::{Duration, sleep};

use super::adapter::Adapter;
use super::tcp::called;
use super::{LINE, opened};

/// With the clock paused an idle runtime leaps from timer to timer: a link that polled would park it over and
/// over in that hour.
#[tokio::test(start_paused = true)]
async fn idle_links_never_wake_the_runtime() {
    let adapter = Adapter::plugged();
    let mut link = serial::open(adapter.name(), LINE, Clock::start()).unwrap();
    opened(&mut link.events).await;
    let (listener, mut call) = called().await;
    let _converter = listener.accept().await.unwrap();
    opened(&mut call.events).await;
    let (_callers, _) = listen::open("127.0.0.1", 0, Clock::start()).await.unwrap();

    let parks = || tokio::runtime::Handle::current().metrics().worker_park_count(0);
    let before = parks();
    sleep(Duration::from_secs(3600)).await;
    let woken = parks() - before;
    assert!(woken < 20, "{woken} times in an hour");
}
