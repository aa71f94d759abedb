//! From an APDU to the frames that carry it.

use crate::protocol::dlms::ciphering::BLOCK_TRANSFER;
use crate::protocol::dlms::{hdlc, over_mbus};

/// On what a push goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Segments over M-Bus with so many bytes of the APDU each.
    Segments(usize),
    /// HDLC, in segments where it is long.
    Hdlc,
    /// HDLC with the general block transfer.
    Blocks,
}

/// The LLC header in front of what a meter sends.
const LLC: [u8; 3] = [0xE6, 0xE7, 0x00];
/// Information bytes of an HDLC segment (AM550).
const SEGMENT: usize = 151;
/// Data bytes of a block (E450).
const BLOCK: usize = 119;
const UI: u8 = 0x03;
const UI_FINAL: u8 = 0x13;
const LAST: u8 = 0xC0;
const MORE: u8 = 0x40;

/// The frames of one push.
pub(super) fn frames(carrier: Carrier, apdu: &[u8]) -> Vec<Vec<u8>> {
    match carrier {
        Carrier::Segments(payload) => over_mbus::segments(apdu, payload),
        Carrier::Hdlc => segments(&[&LLC, apdu].concat()),
        Carrier::Blocks => blocks(apdu),
    }
}

fn segments(information: &[u8]) -> Vec<Vec<u8>> {
    let chunks: Vec<&[u8]> = information.chunks(SEGMENT).collect();
    let last = chunks.len().saturating_sub(1);
    let frame = |(index, chunk): (usize, &&[u8])| {
        let control = if index == last { (UI_FINAL, false) } else { (UI, true) };
        hdlc::seal(&[0xCF], &[0x02, 0x23], control, chunk)
    };
    chunks.iter().enumerate().map(frame).collect()
}

fn blocks(apdu: &[u8]) -> Vec<Vec<u8>> {
    let chunks: Vec<&[u8]> = apdu.chunks(BLOCK).collect();
    let last = chunks.len().saturating_sub(1);
    let frame = |(index, chunk): (usize, &&[u8])| {
        let llc: &[u8] = if index == 0 { &LLC } else { &[] };
        let control = if index == last { LAST } else { MORE };
        let head = [BLOCK_TRANSFER, control, 0, index as u8 + 1, 0, 0, chunk.len() as u8];
        hdlc::seal(&[0xCE, 0xFF], &[0x03], (UI_FINAL, false), &[llc, &head, *chunk].concat())
    };
    chunks.iter().enumerate().map(frame).collect()
}
