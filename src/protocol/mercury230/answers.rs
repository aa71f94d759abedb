//! What a frame is as the answer to a question.

use super::dissect::dissect;
use super::pulses::Constant;
use super::rows::{self, Reply, Row};
use super::status;
use super::wire::{Frame, SHORTEST};
use crate::frame::Direction;
use crate::protocol::{Context, Dialect, Unfit};
use crate::reading::Reading;

/// What a frame is, as the answer to the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Data of the form that was asked for.
    Data(Vec<Reading>),
    /// A status.
    Status(u8),
    /// The bytes that were sent.
    Same,
    /// An answer, damaged: `CRC 1C, expected 1B`.
    Damaged(String),
    /// A sound frame that cannot be the answer; the real one may still come.
    Unfit(Unfit),
    /// Somebody else's traffic.
    Foreign,
}

/// What is known of the meter that was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The dialect it speaks.
    pub dialect: Dialect,
    /// Its constant, once it was read.
    pub constant: Option<Constant>,
}

/// Judges a frame as the answer to a request, both wire bytes.
///
/// Zeros that a line without bias leaves behind an answer fit into its CRC; where the frame without them has the
/// length that the request foretells, they are no part of it.
pub(super) fn judge(asked: &[u8], frame: &[u8], meter: Known) -> Answer {
    match judge_whole(asked, frame, meter) {
        Answer::Unfit(Unfit::Length { expected, found }) => without_zeros(asked, frame)
            .map_or(Answer::Unfit(Unfit::Length { expected, found }), |bare| judge_whole(asked, bare, meter)),
        answer => answer,
    }
}

/// An answer without the zeros after it.
fn without_zeros<'a>(asked: &[u8], frame: &'a [u8]) -> Option<&'a [u8]> {
    let sizes = rows::reply_sizes(Frame::parse(asked)?.body);
    let mut bare = frame;
    while let Some((0, shorter)) = bare.split_last() {
        bare = shorter;
        let is_status = bare.len() == SHORTEST;
        if Frame::parse(bare)?.is_sound() && (is_status || sizes.contains(&(bare.len().checked_sub(3)?))) {
            return Some(bare);
        }
    }
    None
}

/// What is wrong with an answer. It may be the damaged echo of its request: the CRC of a request with a password
/// is not told.
fn damage(asked: &[u8], found: &Frame<'_>) -> String {
    let request = Context { direction: Direction::Request, ..Context::default() };
    if dissect(asked, &request).keeps_secret() { "the CRC does not fit".to_owned() } else { found.damage() }
}

fn judge_whole(asked: &[u8], frame: &[u8], meter: Known) -> Answer {
    let (Some(request), Some(found)) = (Frame::parse(asked), Frame::parse(frame)) else {
        return Answer::Damaged("fewer than 4 bytes".to_owned());
    };
    if asked == frame {
        return Answer::Same;
    }
    if !found.is_sound() {
        return Answer::Damaged(damage(asked, &found));
    }
    let expected = rows::answers_from(request.address, request.body);
    if found.address != expected {
        if found.status().is_none() && rows::of(found.body).is_some() {
            return Answer::Foreign;
        }
        let unfit = Unfit::Address { expected: expected.into(), found: found.address.into() };
        return Answer::Unfit(unfit);
    }
    match found.status() {
        Some(status) => Answer::Status(status),
        None => data(&request, asked, frame, meter),
    }
}

fn data(request: &Frame<'_>, asked: &[u8], frame: &[u8], meter: Known) -> Answer {
    let found = frame.len().saturating_sub(3);
    let sizes = rows::reply_sizes(request.body);
    let repeats = frame.get(1) == request.body.first() && sizes.contains(&found.saturating_sub(1));
    if !sizes.is_empty() && !sizes.contains(&found) && !repeats {
        let expected = sizes.first().copied().unwrap_or(1);
        return Answer::Unfit(Unfit::Length { expected, found });
    }
    if repeats && sizes.first() == Some(&1) {
        return Answer::Status(frame.get(2).copied().unwrap_or(0));
    }
    let context = Context {
        direction: Direction::Reply,
        request: Some(asked),
        dialect: meter.dialect,
        step: meter.constant.map_or(0, Constant::in_step),
        ..Context::default()
    };
    Answer::Data(dissect(frame, &context).readings)
}

/// Whether a row is answered by a status when all is well.
pub(super) const fn is_answered_by_status(row: &Row) -> bool {
    matches!(row.reply, Reply::Status | Reply::Nothing)
}

/// Whether asking in smaller pieces helps against a status: what a meter does not know as a whole it may know
/// in parts.
pub(super) fn calls_for_pieces(status: u8) -> bool {
    status::code(status) == status::UNKNOWN
}

/// Smaller questions for the same; empty when there are none.
pub(super) fn pieces(body: &[u8]) -> Vec<Vec<u8>> {
    match *body {
        [0x08, parameter, selector] => super::instant::smaller(parameter, selector),
        [0x05, array, super::choices::FAST] => {
            [1, 2, 3, 4, 0].map(|tariff| vec![0x05, array, tariff]).to_vec()
        }
        _ => Vec::new(),
    }
}
