//! Peers at the far end of a line, none of them helpful.

use std::time::Duration;

use meterscope::frame::At;
use meterscope::protocol::{Family, Now, Output, Responder, Setup};

use crate::plans::Named;

/// Whoever hears what is sent.
pub trait Peer {
    /// What it says to that, and how long after its end.
    fn answer(&mut self, sent: &[u8], at: At) -> Vec<(Duration, Vec<u8>)>;

    /// What it says unasked, again and again; `None` if it speaks only when asked.
    fn unasked(&mut self) -> Option<Vec<u8>> {
        None
    }
}

const SOON: Duration = Duration::from_millis(30);

/// Says what a function makes of each message and its number.
pub struct Says<F>(pub F, pub usize);

impl<F: FnMut(&[u8], usize) -> Vec<u8>> Peer for Says<F> {
    fn answer(&mut self, sent: &[u8], _: At) -> Vec<(Duration, Vec<u8>)> {
        self.1 += 1;
        let bytes = (self.0)(sent, self.1 - 1);
        if bytes.is_empty() { Vec::new() } else { vec![(SOON, bytes)] }
    }
}

/// Says the same function's bytes without end.
pub struct Floods<F>(pub F);

impl<F: FnMut() -> Vec<u8>> Peer for Floods<F> {
    fn answer(&mut self, _: &[u8], _: At) -> Vec<(Duration, Vec<u8>)> {
        Vec::new()
    }

    fn unasked(&mut self) -> Option<Vec<u8>> {
        Some((self.0)())
    }
}

/// Says something once, unasked, and nothing after that.
pub struct Once(pub Option<Vec<u8>>);

impl Peer for Once {
    fn answer(&mut self, _: &[u8], _: At) -> Vec<(Duration, Vec<u8>)> {
        Vec::new()
    }

    fn unasked(&mut self) -> Option<Vec<u8>> {
        self.0.take()
    }
}

/// Bytes that look like chance and are the same in every run.
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap_or(0) % end.max(1)
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = 1 + self.below(most);
        (0..length).map(|_| self.next().to_be_bytes()[3]).collect()
    }
}

/// What becomes of the answers of a good meter from some answer on.
#[derive(Debug, Clone, Copy)]
pub enum Turn {
    Silence,
    Noise,
    Nak,
    Ack,
    Half,
    Flipped,
    Twice,
    /// The answer to something that was asked before.
    Old,
}

pub const TURNS: [Turn; 8] =
    [Turn::Silence, Turn::Noise, Turn::Nak, Turn::Ack, Turn::Half, Turn::Flipped, Turn::Twice, Turn::Old];

/// A good meter until so many answers have been given.
pub struct Meter {
    responder: Box<dyn Responder>,
    good: usize,
    turn: Turn,
    random: Random,
    first: Vec<u8>,
    answers: usize,
}

impl Meter {
    /// `None` where the family has no such meter.
    pub fn new(family: &dyn Family, named: &Named, good: usize, turn: Turn) -> Option<Self> {
        Some(Self {
            responder: responder(family, named)?,
            good,
            turn,
            random: Random::new(good as u64 + 7),
            first: Vec::new(),
            answers: 0,
        })
    }

    fn spoilt(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self.turn {
            Turn::Silence => Vec::new(),
            Turn::Noise => self.random.bytes(40),
            Turn::Nak => vec![0x15],
            Turn::Ack => vec![if bytes.first() == Some(&0xE5) { 0xE5 } else { 0x06 }],
            Turn::Half => bytes[..bytes.len() / 2].to_vec(),
            Turn::Flipped => {
                let place = self.random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << self.random.below(8);
                }
                bytes
            }
            Turn::Twice => [bytes.clone(), bytes].concat(),
            Turn::Old => self.first.clone(),
        }
    }
}

/// A good meter of the plan's model; `None` where the family has none.
fn responder(family: &dyn Family, named: &Named) -> Option<Box<dyn Responder>> {
    let profile = &named.plan.profile;
    let setup = Setup {
        model: profile.model,
        dialect: profile.dialect,
        address: profile.address.clone(),
        serial: "00000201".to_owned(),
        password: None,
        keys: Vec::new(),
        line: profile.line,
        values: Vec::new(),
    };
    family.responder(&setup).ok()
}

/// What the plan's meter says by itself at first; `None` where it speaks only when asked.
pub fn first_word(family: &dyn Family, named: &Named) -> Option<Vec<u8>> {
    let mut meter = responder(family, named)?;
    let mut at = At::ZERO;
    for _ in 0..8 {
        match meter.poll(now(at)) {
            Some(Output::Send { bytes, .. }) => return Some(bytes),
            Some(_) => {}
            None => at = meter.deadline()?.max(at),
        }
    }
    None
}

fn now(at: At) -> Now {
    let wall = jiff::civil::date(2024, 5, 31).at(12, 0, 0, 0);
    Now { at, wall, ahead_minutes: 0, is_summer: false }
}

impl Peer for Meter {
    fn answer(&mut self, sent: &[u8], at: At) -> Vec<(Duration, Vec<u8>)> {
        let now = now(at);
        self.responder.receive(sent, now);
        let mut answers = Vec::new();
        while let Some(told) = self.responder.poll(now) {
            if let Output::Send { bytes, due } = told {
                self.answers += 1;
                if self.first.is_empty() {
                    self.first.clone_from(&bytes);
                }
                let bytes = if self.answers > self.good { self.spoilt(bytes) } else { bytes };
                if !bytes.is_empty() {
                    answers.push((due.max(at).since(at), bytes));
                }
            }
        }
        answers
    }
}
