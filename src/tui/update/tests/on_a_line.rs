//! Looking about on a real socket: with every model, with and without traffic, no byte goes out.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::app::session::{self, Opening, Recording, Role, Session, Simulation};
use crate::bus::{BusEvent, Speech, Standing};
use crate::meter::{MODELS, Model};
use crate::tui::keymap::{ACTIONS, Context};

/// Keys pressed with each model.
const PRESSED: usize = 60;

/// What is heard on the line: nothing; a question of another master; an answer, noise and a push without one.
const TRAFFIC: &[&[u8]] = &[
    &[],
    &[0xC0, 0x48, 0x96, 0x34, 0xFD, 0x00, 0x00, 0x00, 0x00, 0x00, 0xD2, 0x01, 0x30, 0x00, 0x00, 0x40, 0xC0],
    b"/ISk5\\2MT382-1003\r\n\r\n1-0:1.8.1(000001.718*kWh)\r\n!\r\n",
];

/// Keys that only look: of no action that sends, and none that leaves or closes the link.
fn looking() -> Vec<&'static str> {
    let ends = ["quit", "force-quit", "suspend", "disconnect"];
    let sends: Vec<&str> =
        ACTIONS.iter().filter(|info| info.sends).flat_map(|info| info.keys).copied().collect();
    let looks = ACTIONS.iter().filter(|info| info.context != Context::Question && !ends.contains(&info.id));
    looks.flat_map(|info| info.keys).copied().filter(|key| !sends.contains(key)).collect()
}

struct Desk {
    state: State,
    session: Session,
}

impl Desk {
    fn open(place: &str, model: &'static Model) -> Self {
        let mut state = fresh(SIZE);
        let address = crate::sim::demo_address(model);
        let effects = start(&mut state, place.parse().ok(), Some((model.id.to_owned(), address)));
        let opened = effects.into_iter().find_map(|effect| match effect {
            Effect::Open { name, line, decoder, keys, .. } => Some(session::open_here(Opening {
                name,
                role: Role::Talk,
                line,
                decoder,
                recording: Recording::None,
                keys,
                zone: None,
                simulation: Simulation::default(),
                standing: Standing::default(),
                before: None,
            })),
            _ => None,
        });
        let session = opened.expect("a link is opened");
        send(&mut state, Message::Opened(session.trace.clone()));
        Self { state, session }
    }

    /// Lets the bus say what it has to say, and does what follows.
    fn follow(&mut self) {
        while let Ok(event) = self.session.events.try_recv() {
            let message = match event {
                BusEvent::Job(id, event) => Message::Job(id, event),
                BusEvent::Line(finding) => Message::Said(finding.to_string()),
                BusEvent::OtherMaster(other) => Message::OtherMaster(other),
                BusEvent::Ended(result) => Message::Ended(result.err().map(|error| error.to_string())),
            };
            self.tell(message);
        }
        let status = self.session.status.borrow_and_update().clone();
        self.tell(Message::Traffic(status));
    }

    fn tell(&mut self, message: Message) {
        for effect in send(&mut self.state, message) {
            if let Effect::Bus(intent) = effect {
                self.session.send(intent);
            }
        }
    }

    fn press(&mut self, name: &str) {
        for effect in keys(&mut self.state, &[name]) {
            if let Effect::Bus(intent) = effect {
                self.session.send(intent);
            }
        }
    }

    async fn until(&mut self, is_so: impl Fn(&Status) -> bool) {
        let _ = self.session.status.wait_for(|status| is_so(status)).await;
        self.follow();
    }
}

#[tokio::test]
async fn no_byte_goes_out_whatever_is_looked_at_with_any_model() {
    let looking = looking();
    let mut seed = 0x9E37_79B9_u32;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize % below
    };
    for model in MODELS {
        for traffic in TRAFFIC {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut desk = Desk::open(&format!("tcp://{}", listener.local_addr().unwrap()), model);
            let (mut peer, _) = listener.accept().await.unwrap();
            desk.until(|status| matches!(status.link, LinkState::Open(_))).await;
            peer.write_all(traffic).await.unwrap();
            desk.until(|status| status.counters.bytes_in == traffic.len() as u64).await;
            for _ in 0..PRESSED {
                let name = looking[random(looking.len())];
                desk.press("esc");
                desk.press(["1", "2", "3", "4", "5", "6"][random(6)]);
                desk.press(name);
                let now = Moment { at: desk.state.now.at + Duration::from_secs(7), ..desk.state.now };
                desk.tell(Message::Tick(now));
                tokio::task::yield_now().await;
                desk.follow();
            }
            let status = desk.session.status.borrow().clone();
            assert_eq!(status.counters.bytes_out, 0, "{} {traffic:02X?}", model.id);
            let is_asked = traffic.first() == Some(&0xC0);
            assert!(!is_asked || status.speech == Speech::Listening, "{}", model.id);
            desk.session.end().await;
            let mut rest = Vec::new();
            peer.read_to_end(&mut rest).await.unwrap();
            assert!(rest.is_empty(), "{} {traffic:02X?}: {rest:02X?}", model.id);
        }
    }
}
