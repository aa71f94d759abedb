//! Passwords by their place: opening the channel and changing a password (M236, 1.6 and appendix B).
//!
//! ```text
//! ADDR 01    level          password 6               CRC 2
//! ADDR 03 1F level old password 6   new password 6   CRC 2
//! ```
//!
//! Nothing but the CRC tells such a frame from other bytes, so it is asked whether one flipped bit makes it fit.

use std::ops::Range;
use std::sync::LazyLock;

use super::form::PASSWORD;
use super::wire::SHORTEST;
use crate::frame::checksum::MODBUS;
use crate::protocol::incotex::CRC;
use crate::protocol::secrets::Suspect;
use crate::protocol::secrets::near::flips;

/// A message that carries passwords: what stands between the address and the level, and how many passwords.
struct Carrier {
    code: &'static [u8],
    passwords: usize,
}

const CARRIERS: [Carrier; 2] =
    [Carrier { code: &[0x01], passwords: 1 }, Carrier { code: &[0x03, 0x1F], passwords: 2 }];

/// Levels that a channel is opened with; the makers' tools use the third.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=3;

/// Those that meters have; what is cut is looked at more strictly.
const COMMON_LEVELS: std::ops::RangeInclusive<u8> = 1..=2;

/// The longest carrier.
const LONGEST: usize = 18;

/// What a flipped bit does to the CRC of a frame, by its distance from the end of the frame.
static SYNDROMES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let residue = |bit: usize| {
        let mut frame = [0u8; LONGEST];
        if let Some(byte) = frame.get_mut(LONGEST - 1 - bit / 8) {
            *byte = 1 << (bit % 8);
        }
        MODBUS.checksum(&frame) ^ MODBUS.checksum(&[0; LONGEST])
    };
    (0..8 * LONGEST).map(residue).collect()
});

/// What the CRC of bytes that end with it comes to.
#[derive(PartialEq, Eq)]
enum Check {
    Fits,
    OneFlip,
    Fails,
}

impl Check {
    fn of(bytes: &[u8]) -> Self {
        match MODBUS.checksum(bytes) {
            0 => Self::Fits,
            other if SYNDROMES.iter().take(8 * bytes.len()).any(|flip| *flip == other) => Self::OneFlip,
            _ => Self::Fails,
        }
    }

    /// Whether some address in front makes it fit, which was cut off.
    fn of_headless(rest: &[u8], lost: &[u8]) -> bool {
        (0..=u8::MAX).any(|address| MODBUS.checksum(&[&[address], lost, rest].concat()) == 0)
    }
}

impl Carrier {
    const fn head(&self) -> usize {
        1 + self.code.len()
    }

    /// How long it is, CRC included.
    const fn len(&self) -> usize {
        self.head() + 1 + self.passwords * PASSWORD + CRC
    }

    /// How many bits of the code and level that stand at `at` are wrong.
    fn errors(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let code = bytes.get(at..at + self.code.len())?;
        let level = *bytes.get(at + self.code.len())?;
        let wrong = code.iter().zip(self.code).map(|(found, wanted)| flips(*found, *wanted)).sum::<u32>();
        Some(wrong + LEVELS.map(|known| flips(known, level)).min().unwrap_or(8))
    }

    /// The secret bytes of one whose address stands at `start`, or would stand there.
    fn secret(&self, bytes: &[u8], start: isize) -> Option<Range<usize>> {
        let level = usize::try_from(start + self.head().cast_signed()).ok()?;
        let end = usize::try_from(start + self.len().cast_signed()).ok()?.min(bytes.len());
        let passwords = bytes.get(level + 1..end.min(level + 1 + self.passwords * PASSWORD))?;
        passwords.iter().any(|byte| *byte != 0).then_some(level + 1..end)
    }

    /// One that is sound, or is but for one flipped bit. Many bytes are by chance what one flipped bit makes sound:
    /// where the head is right, the frame has to begin or end with an entry; where it is not, the bit is there.
    fn is_whole(&self, suspect: &Suspect<'_>, start: usize) -> bool {
        let end = start + self.len();
        let Some(frame) = suspect.bytes.get(start..end) else { return false };
        match (self.errors(frame, 1), Check::of(frame)) {
            (Some(0), Check::Fits) => true,
            (Some(0), Check::OneFlip) => {
                !suspect.is_sound && (suspect.begins(start) || followed(suspect, end))
            }
            (Some(1), Check::OneFlip) => !suspect.is_sound && self.is_right_but_for_its_head(frame),
            _ => false,
        }
    }

    fn is_right_but_for_its_head(&self, frame: &[u8]) -> bool {
        let mut repaired = frame.to_vec();
        let level = repaired.get(self.head()).copied().unwrap_or_default();
        let mut levels = LEVELS.filter(|known| flips(*known, level) <= 1);
        levels.any(|level| {
            for (place, byte) in self.code.iter().chain([&level]).enumerate() {
                repaired.get_mut(1 + place).into_iter().for_each(|found| *found = *byte);
            }
            Check::of(&repaired) == Check::Fits
        })
    }

    /// Whether a password that is none but for one flipped bit makes the frame sound: then it is none.
    fn was_none(&self, bytes: &[u8], start: usize) -> bool {
        let Some(frame) = bytes.get(start..start + self.len()) else { return false };
        let passwords = frame.get(self.head() + 1..self.len() - CRC).unwrap_or_default();
        let bits: u32 = passwords.iter().map(|byte| byte.count_ones()).sum();
        let zeroed = [frame.get(..=self.head()).unwrap_or_default(), &vec![0; passwords.len()]].concat();
        let sum = frame.get(self.len() - CRC..).unwrap_or_default();
        bits == 1 && MODBUS.checksum(&[&zeroed, sum].concat()) == 0
    }

    /// One whose head or tail was cut off at the ends of an entry. What is sound as it is, or but for one bit, is
    /// another frame.
    fn is_cut(&self, suspect: &Suspect<'_>, start: isize) -> bool {
        let (Ok(from), bytes) = (usize::try_from(start.max(0)), suspect.bytes) else { return false };
        let to = usize::try_from(start + self.len().cast_signed()).unwrap_or(0).min(bytes.len());
        let Some(run) = bytes.get(from..to) else { return false };
        let lost = start.min(0).unsigned_abs();
        let missing = self.len() - lost - run.len();
        let level = self.head().checked_sub(lost).and_then(|at| run.get(at));
        let is_known = level.is_some_and(|level| COMMON_LEVELS.contains(level));
        if !is_known {
            return false;
        }
        match (lost, missing) {
            (0, 1..=3) => {
                let is_entry = suspect.begins(from) && suspect.ends(to);
                is_entry && self.errors(run, 1) == Some(0) && Check::of(run) == Check::Fails
            }
            (1, 0) => {
                self.errors(run, 0) == Some(0)
                    && (self.passwords > 1 || Check::of_headless(run, &[]))
                    && followed(suspect, to)
            }
            (2, 0) => {
                let (lost, kept) = self.code.split_at_checked(1).unwrap_or((self.code, &[]));
                let has_level = run.get(kept.len()).is_some_and(|level| LEVELS.contains(level));
                run.starts_with(kept) && has_level && Check::of_headless(run, lost) && followed(suspect, to)
            }
            _ => false,
        }
    }
}

/// Whether an entry ends at `at`, or an answer of the shortest length follows.
fn followed(suspect: &Suspect<'_>, at: usize) -> bool {
    let answer = suspect.bytes.get(at..at + SHORTEST);
    suspect.ends(at) || answer.is_some_and(|answer| MODBUS.checksum(answer) == 0)
}

/// Where passwords stand.
pub(super) fn find(suspect: &Suspect<'_>, hide: &mut dyn FnMut(Range<usize>)) {
    for carrier in &CARRIERS {
        if suspect.is_sound {
            let is_carrier = suspect.bytes.len() == carrier.len() && carrier.is_whole(suspect, 0);
            carrier.secret(suspect.bytes, 0).filter(|_| is_carrier).into_iter().for_each(&mut *hide);
            continue;
        }
        for start in 0..suspect.bytes.len() {
            if carrier.is_whole(suspect, start) && !carrier.was_none(suspect.bytes, start) {
                carrier.secret(suspect.bytes, start.cast_signed()).into_iter().for_each(&mut *hide);
            }
        }
        let ends = [suspect.entry.end, suspect.bytes.len()];
        for edge in [0, suspect.entry.start].into_iter().filter(|edge| suspect.begins(*edge)) {
            for end in ends.into_iter().filter(|end| suspect.ends(*end)) {
                find_cut(carrier, suspect, edge..end, hide);
            }
        }
    }
}

/// Looks for carriers that begin and end with a part of the bytes.
fn find_cut(
    carrier: &Carrier,
    suspect: &Suspect<'_>,
    part: Range<usize>,
    hide: &mut dyn FnMut(Range<usize>),
) {
    let edge = part.start;
    let bytes = suspect.bytes.get(part).unwrap_or_default();
    let entry = 0..suspect.entry.end.saturating_sub(edge);
    let cut = Suspect { bytes, entry, is_all: [true; 2], is_sound: false };
    for lost in [0, -1, -2] {
        if carrier.is_cut(&cut, lost)
            && let Some(secret) = carrier.secret(cut.bytes, lost)
        {
            hide(secret.start + edge..secret.end + edge);
        }
    }
}
