//! Detection of other masters: their requests among received bytes, told from our own echo and from answers to our requests.

use std::collections::VecDeque;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::frame::At;
use crate::protocol::{ForeignMaster, LineSettings, foreign_master};

/// So long after we sent something the same bytes are its echo, and a frame of the same meter is its answer.
const OURS: Duration = Duration::from_secs(3);
/// Messages of ours that are remembered.
const REMEMBERED: usize = 8;

/// Whom a request asks: the family, and the address where there is one.
type Asked = (&'static str, Option<String>);

/// A message of ours.
#[derive(Debug)]
struct Ours {
    bytes: Zeroizing<Vec<u8>>,
    asked: Option<Asked>,
    at: At,
}

/// Detector of other masters on a line that may have some.
#[derive(Debug)]
pub(super) struct OtherMasters {
    ears: Option<ForeignMaster>,
    ours: VecDeque<Ours>,
}

impl OtherMasters {
    /// On a line that others may ask on, or on one that they cannot.
    pub(super) fn new(is_shared: bool) -> Self {
        Self { ears: is_shared.then(ForeignMaster::default), ours: VecDeque::new() }
    }

    /// We sent something.
    pub(super) fn send(&mut self, bytes: &[u8], at: At) {
        if self.ears.is_none() {
            return;
        }
        let asked = foreign_master::request_at(bytes).map(|(family, request)| (family.id(), request.address));
        self.ours.truncate(REMEMBERED - 1);
        self.ours.push_front(Ours { bytes: Zeroizing::new(bytes.to_vec()), asked, at });
    }

    /// Hears received bytes; `out` is given the address of each request of another master.
    pub(super) fn hear(
        &mut self,
        bytes: &[u8],
        at: At,
        line: LineSettings,
        out: &mut dyn FnMut(Option<String>),
    ) {
        let Some(ears) = &mut self.ears else { return };
        let ours = &self.ours;
        ears.hear(bytes, at, line, &mut |heard| {
            let is_ours = |one: &Ours| {
                let is_echo = || one.bytes.windows(heard.bytes.len()).any(|window| window == heard.bytes);
                let is_answer = || {
                    one.asked.as_ref().is_some_and(|(family, address)| {
                        (*family, address.as_deref()) == (heard.family, heard.address)
                    })
                };
                at.since(one.at) <= OURS && (is_echo() || is_answer())
            };
            if !ours.iter().any(is_ours) {
                out(heard.address.map(str::to_owned));
            }
        });
    }

    /// Bytes are missing, or the line was lost: what came before is not gone on with.
    pub(super) fn cut(&mut self) {
        if let Some(ears) = &mut self.ears {
            ears.cut();
        }
    }
}
