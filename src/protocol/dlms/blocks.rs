//! The information of an HDLC frame: LLC header, block of the general block transfer, payload (Green Book, ed. 8,
//! 8.4.5 and 9.4.6.13).

use super::axdr::length_at;
use super::ciphering::BLOCK_TRANSFER;
use super::hdlc::Frame;
use crate::frame::{Role, Value};
use crate::protocol::dissection_builder::DissectionBuilder;

/// Bytes of the LLC header.
const LLC: usize = 3;
/// In the block control: this is the last block.
const LAST_BLOCK: u8 = 0x80;

/// The information of a frame, taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Info {
    /// Where the LLC header ends; the start of the information if there is none.
    pub llc_end: usize,
    /// The block, if there is one.
    pub block: Option<Block>,
    /// Where the payload lies.
    pub payload: (usize, usize),
}

/// A block of the general block transfer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The block control byte.
    pub control: u8,
    /// Its number, from 1.
    pub number: u16,
    /// The number of the block that was received last.
    pub acknowledged: u16,
    /// Where its data begins.
    pub data_at: usize,
}

impl Info {
    /// `is_inner` is set for a segment that is not the first: it has neither LLC nor block header.
    pub(super) fn of(frame: &Frame<'_>, is_inner: bool) -> Self {
        let (start, end) = frame.information;
        if is_inner {
            return Self { llc_end: start, block: None, payload: (start, end) };
        }
        let has_llc = matches!(frame.payload(), [0xE6, 0xE6 | 0xE7, 0x00, ..]);
        let llc_end = if has_llc { start + LLC } else { start };
        match block(frame.bytes, (llc_end, end), frame.is_segmented) {
            Some((block, payload_end)) => {
                Self { llc_end, block: Some(block), payload: (block.data_at, payload_end) }
            }
            None => Self { llc_end, block: None, payload: (llc_end, end) },
        }
    }
}

/// The block in the information and where its data ends.
fn block(bytes: &[u8], (start, end): (usize, usize), is_segmented: bool) -> Option<(Block, usize)> {
    let head = bytes.get(start..end)?.first_chunk::<6>()?;
    let &[BLOCK_TRANSFER, control, n1, n2, a1, a2] = head else { return None };
    let (length, data_at) = length_at(bytes, start + 6).ok()?;
    let data_end = data_at.saturating_add(length);
    let fits = data_end <= end || (is_segmented && data_at <= end);
    fits.then_some((
        Block {
            control,
            number: u16::from_be_bytes([n1, n2]),
            acknowledged: u16::from_be_bytes([a1, a2]),
            data_at,
        },
        data_end.min(end),
    ))
}

impl Block {
    /// Whether no other follows.
    pub(super) const fn is_last(self) -> bool {
        self.control & LAST_BLOCK != 0
    }
}

/// The fields of the information.
pub(super) fn info_fields(builder: &mut DissectionBuilder, frame: &Frame<'_>, info: &Info) {
    let (start, end) = frame.information;
    builder.rest_as(Role::Frame, 0, "LLC", (start, info.llc_end));
    if let Some(block) = &info.block {
        let at = info.llc_end;
        builder.field(0, "APDU", (at, at + 1), Value::Word("general-block-transfer"));
        let note = if block.is_last() { "the last block" } else { "more blocks follow" };
        builder.field(0, "block control", (at + 1, at + 2), Value::Hex(block.control.into(), 2)).note(note);
        builder.field(0, "block number", (at + 2, at + 4), Value::count(block.number.into()));
        builder.field(0, "block acknowledged", (at + 4, at + 6), Value::count(block.acknowledged.into()));
        builder.rest(0, "length of block", (at + 6, block.data_at));
    }
    builder.rest(0, "payload", info.payload);
    builder.rest(0, "beyond the block", (info.payload.1, end));
}
