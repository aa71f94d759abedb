//! The grammar: what the bytes from a certain place on are.

use super::LONGEST;
use crate::protocol::iec62056_21::bcc::{Method, Rule};
use crate::protocol::iec62056_21::chars::{ACK, CR, EOT, ETX, LF, NAK, SOH, STX, is_graphic, is_text};
use crate::protocol::{Integrity, Source, Weight};

/// Longest line that begins with a slash.
const LONGEST_LINE: usize = 96;

/// What is known about the bytes at the place looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Not enough to tell.
    More,
    /// A message of so many bytes.
    Frame(usize, Integrity),
    /// So many bytes that are none.
    Noise(usize),
}

/// Looks for a message at the beginning of a run; keeps how far it has looked, so that no byte is looked at
/// twice however the bytes are chunked.
#[derive(Debug)]
pub(super) struct Scan {
    source: Source,
    /// How many bytes of the run have been looked at.
    seen: usize,
    /// Where the next ETX or EOT stands.
    end: Ahead,
    /// Where the next bracket stands.
    bracket: Ahead,
    /// Whether an identification came last, so that a line end may begin data lines.
    after_identification: bool,
    lines: Lines,
}

/// Where a run of data lines stands.
#[derive(Debug, Clone, Copy, Default)]
struct Lines {
    /// Where the last line ended.
    whole: usize,
    depth: u16,
    /// Whether the present line has a data set.
    set: bool,
    /// Whether a line before it has one.
    any: bool,
}

/// How many bytes at the beginning of a run are known not to hold what is looked for: starts that come to nothing
/// follow each other, and each would search the same bytes again.
#[derive(Debug, Clone, Copy)]
struct Ahead(usize);

impl Ahead {
    /// The first place from `from` on that is looked for. Nothing before `from` may be.
    fn find(&mut self, run: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
        let from = from.max(self.0);
        let found = run.get(from..)?.iter().position(|byte| is_it(*byte)).map(|at| from + at);
        self.0 = found.unwrap_or(run.len());
        found
    }

    /// So many bytes are gone.
    const fn forget(&mut self, count: usize) {
        self.0 = self.0.saturating_sub(count);
    }
}

impl Scan {
    pub(super) const fn new(source: Source) -> Self {
        let lines = Lines { whole: 0, depth: 0, set: false, any: false };
        Self { source, seen: 0, end: Ahead(0), bracket: Ahead(0), after_identification: false, lines }
    }

    /// Whether it waits for the rest of a message rather than for a hint.
    pub(super) const fn is_inside_message(&self) -> bool {
        self.seen > 0
    }

    /// Forgets what came before.
    pub(super) const fn reset(&mut self) {
        self.begin();
        (self.end, self.bracket) = (Ahead(0), Ahead(0));
        self.after_identification = false;
    }

    const fn begin(&mut self) {
        self.seen = 0;
        self.lines = Lines { whole: 0, depth: 0, set: false, any: false };
    }

    /// What `run`, which is not empty, begins with.
    pub(super) fn step(&mut self, run: &[u8], ended: bool) -> Step {
        let first = run.first().map_or(0, |byte| character(*byte));
        let step = match first {
            SOH | STX => self.block(run, 0, ended),
            b'/' => self.slash(run, ended),
            ACK => self.ack(run, ended),
            NAK => Step::Frame(1, Integrity::Unchecked),
            byte if self.may_begin_lines(byte) => self.lines(run, ended),
            _ => Step::Noise(1),
        };
        match step {
            Step::More => {}
            Step::Noise(len) | Step::Frame(len, _) => {
                self.begin();
                self.end.forget(len);
                self.bracket.forget(len);
            }
        }
        if let Step::Frame(len, _) = step {
            let is_identification = first == b'/' && run.get(..len).is_some_and(is_identification);
            self.after_identification = is_identification;
        }
        step
    }

    const fn may_begin_lines(&self, byte: u8) -> bool {
        let has_lines = !matches!(self.source, Source::Requests);
        has_lines
            && ((is_graphic(byte) && byte != b'!') || (self.after_identification && matches!(byte, CR | LF)))
    }

    /// A block that begins with SOH or STX at `start`.
    fn block(&mut self, run: &[u8], start: usize, ended: bool) -> Step {
        if run.get(start).is_some_and(|byte| character(*byte) == SOH) {
            match run.get(start + 1).map(|byte| character(*byte)) {
                None if !ended => return self.more(run, 1),
                Some(code) if code.is_ascii_uppercase() => {}
                _ => return Step::Noise(start + 1),
            }
        }
        let longest = run.get(..LONGEST).unwrap_or(run);
        let end = self.end.find(longest, start + 1, |byte| matches!(byte & 0x7F, ETX | EOT));
        match end {
            Some(end) if end + 1 < run.len() => judge(run, start, end),
            Some(end) if !ended => self.more(run, end),
            None if !ended && run.len() < LONGEST => self.more(run, run.len()),
            _ if self.has_data(run, start) => Step::Frame(run.len().min(LONGEST), Integrity::Bad),
            _ => Step::Noise(start + 1),
        }
    }

    /// Whether a block that was cut short holds the beginning of a data set, or is a command.
    fn has_data(&mut self, run: &[u8], start: usize) -> bool {
        let is_command = run.get(start).is_some_and(|byte| byte & 0x7F == SOH);
        is_command || self.bracket.find(run, start, |byte| byte & 0x7F == b'(').is_some()
    }

    fn more(&mut self, run: &[u8], seen: usize) -> Step {
        self.seen = seen.clamp(1, run.len());
        Step::More
    }

    /// A line that begins with a slash: a request up to its mark, an identification up to its line end.
    fn slash(&mut self, run: &[u8], ended: bool) -> Step {
        let second = run.get(1).map(|byte| character(*byte));
        let is_request = match second {
            Some(b'?' | b'#' | b'0'..=b'9') => true,
            Some(letter) if letter.is_ascii_alphabetic() => false,
            None if !ended => return self.more(run, 1),
            _ => return Step::Noise(1),
        };
        for (at, byte) in run.iter().enumerate().skip(1).take(LONGEST_LINE) {
            match character(*byte) {
                b'!' if is_request => return self.after_mark(run, at, ended),
                LF if !is_request => return identification(run, at + 1),
                byte if is_graphic(byte) || (byte == CR && !is_request) => {}
                _ => return Step::Noise(1),
            }
        }
        if ended || run.len() > LONGEST_LINE { Step::Noise(1) } else { self.more(run, 1) }
    }

    /// What follows the `!` of a request: a line end or a command.
    fn after_mark(&mut self, run: &[u8], mark: usize, ended: bool) -> Step {
        let after = |count: usize| run.get(mark + count).map(|byte| character(*byte));
        match (after(1), after(2)) {
            (Some(SOH), _) => self.block(run, mark + 1, ended),
            (Some(CR), Some(LF)) => Step::Frame(mark + 3, Integrity::Unchecked),
            (Some(LF), _) => Step::Frame(mark + 2, Integrity::Unchecked),
            (None, _) | (Some(CR), None) if !ended => self.more(run, 1),
            _ => Step::Frame(mark + 1, Integrity::Bad),
        }
    }

    /// A lone ACK, or an option select.
    fn ack(&mut self, run: &[u8], ended: bool) -> Step {
        const SELECT: usize = 6;
        let alone = Step::Frame(1, Integrity::Unchecked);
        if self.source == Source::Replies {
            return alone;
        }
        for (index, byte) in run.iter().enumerate().take(SELECT).skip(1) {
            let byte = character(*byte);
            let fits = match index {
                1 => byte.is_ascii_digit(),
                2 | 3 => is_graphic(byte),
                4 => byte == CR,
                _ => byte == LF,
            };
            if !fits {
                return alone;
            }
        }
        match (run.len() >= SELECT, ended) {
            (true, _) => Step::Frame(SELECT, Integrity::Unchecked),
            (false, true) => alone,
            (false, false) => Step::More,
        }
    }

    /// Data lines without STX.
    fn lines(&mut self, run: &[u8], ended: bool) -> Step {
        let from = self.seen;
        for (at, byte) in run.iter().enumerate().take(LONGEST).skip(from) {
            let byte = character(*byte);
            let at_line_start = at == self.lines.whole;
            if !is_text(byte) || (byte == b'/' && at_line_start) {
                return self.stop(at);
            }
            match byte {
                b'(' => {
                    self.lines.depth = self.lines.depth.saturating_add(1);
                    self.lines.set = true;
                }
                b')' => self.lines.depth = self.lines.depth.saturating_sub(1),
                b'!' if self.lines.depth == 0 => return self.mark(run, at, ended),
                LF => {
                    if !self.lines.set && at + 1 - self.lines.whole > 2 {
                        return self.stop(at + 1);
                    }
                    let any = self.lines.any || self.lines.set;
                    self.lines = Lines { whole: at + 1, depth: 0, set: false, any };
                }
                _ => {}
            }
        }
        if ended || run.len() >= LONGEST {
            return self.stop(run.len().min(LONGEST));
        }
        self.more(run, run.len())
    }

    /// The `!` behind data lines, with its line end if that has come or will not come any more.
    fn mark(&mut self, run: &[u8], at: usize, ended: bool) -> Step {
        if !(self.lines.any || self.lines.set) {
            return Step::Noise(at + 1);
        }
        let after = |count: usize| run.get(at + count).map(|byte| character(*byte));
        match (after(1), after(2)) {
            (Some(CR), Some(LF)) => Step::Frame(at + 3, Integrity::Unchecked),
            (None, _) | (Some(CR), None) if !ended => {
                self.seen = at;
                Step::More
            }
            (Some(LF), _) => Step::Frame(at + 2, Integrity::Unchecked),
            _ => Step::Frame(at + 1, Integrity::Unchecked),
        }
    }

    /// The lines end at `at` without a `!`.
    const fn stop(&self, at: usize) -> Step {
        if self.lines.any {
            Step::Frame(self.lines.whole, Integrity::Unchecked)
        } else {
            Step::Noise(if at == 0 { 1 } else { at })
        }
    }
}

/// The character in a byte; one with bit 7 set but no even parity is taken for noise where a message begins
/// and keeps bit 7.
const fn character(byte: u8) -> u8 {
    if byte & 0x80 == 0 || Weight::Even.fits(byte) { byte & 0x7F } else { byte }
}

/// Whether a line that begins with a slash has the three letters and the speed of an identification.
fn identification(run: &[u8], len: usize) -> Step {
    let is_one = run.get(..len).is_some_and(is_identification);
    if is_one { Step::Frame(len, Integrity::Unchecked) } else { Step::Noise(1) }
}

fn is_identification(line: &[u8]) -> bool {
    let letters = line.get(1..4).is_some_and(|maker| maker.iter().all(|b| (b & 0x7F).is_ascii_alphabetic()));
    letters && line.get(4).is_some_and(|speed| is_graphic(speed & 0x7F))
}

/// A block whose end and check character have come.
fn judge(run: &[u8], start: usize, end: usize) -> Step {
    if is_sound(run, start, end) {
        return Step::Frame(end + 2, Integrity::Good);
    }
    match later_start(run, start, end) {
        Some(later) => Step::Frame(later, Integrity::Bad),
        None => Step::Frame(end + 2, Integrity::Bad),
    }
}

/// Whether the check character of the block from `start` to the ETX or EOT at `end` fits either rule.
fn is_sound(run: &[u8], start: usize, end: usize) -> bool {
    let covered = run.get(start + 1..=end).unwrap_or_default();
    let found = run.get(end + 1).map_or(0, |byte| byte & 0x7F);
    let bits = covered.iter().chain(run.get(end + 1)).fold(0, |all, byte| all | byte);
    if bits & 0x80 == 0 {
        return Method::Auto(Rule::Xor7).judge(covered, found).is_ok();
    }
    let (xor, sum) = covered.iter().fold((0u8, 0u8), |(xor, sum), byte| {
        let byte = byte & 0x7F;
        (xor ^ byte, sum.wrapping_add(byte))
    });
    found == xor & 0x7F || found == sum & 0x7F
}

/// Where in a damaged block a sound one of the same kind begins: the end of the first was lost.
fn later_start(run: &[u8], start: usize, end: usize) -> Option<usize> {
    let kind = run.get(start).map(|byte| byte & 0x7F)?;
    let later = run.get(start + 1..end)?.iter().rposition(|byte| {
        let byte = byte & 0x7F;
        byte == SOH || (byte == STX && kind == STX)
    })?;
    let later = start + 1 + later;
    let is_command = run.get(later).is_some_and(|byte| byte & 0x7F == SOH);
    let is_formed = !is_command || run.get(later + 1).is_some_and(|b| (b & 0x7F).is_ascii_uppercase());
    (is_formed && is_sound(run, later, end)).then_some(later)
}
