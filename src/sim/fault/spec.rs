//! `KIND=RATE[:ARG][@POSITION]`: how a fault is written on the command line and in the console.

use std::str::FromStr;

use super::kind::{Fault, KINDS, kind};
use super::rng::Rng;
use crate::frame::{near, visible};

/// Which way the bytes go that a fault is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// Replies and pushes, on their way to the reading side.
    Reader,
    /// Requests, on their way to the meters.
    Meter,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// With this probability, in millionths.
    Millionths(u32),
    /// Only on the occasion with this number, from 1.
    Only(u32),
    /// On the occasion with this number, from 1, and on all that follow.
    From(u32),
}

impl Rate {
    /// Every time.
    pub const ALWAYS: Self = Self::Millionths(1_000_000);

    /// Whether it strikes on the occasion with this number, from 1. Rolls at every occasion where it depends on
    /// chance, so that the sequence is the same whatever comes out.
    pub fn strikes(self, occasion: u32, rng: &mut Rng) -> bool {
        match self {
            Self::Millionths(share) => rng.below(1_000_000) < u64::from(share),
            Self::Only(number) => occasion == number,
            Self::From(number) => occasion >= number,
        }
    }
}

/// One fault as specified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// As it was written.
    pub text: String,
    /// Which way the bytes go.
    pub toward: Toward,
    /// What is done to them.
    pub fault: Fault,
    /// How often: a byte where the fault is done to a byte and no position is given, else a message.
    pub rate: Rate,
    /// At which byte of a message, from 0.
    pub position: Option<usize>,
    pub(super) name: &'static str,
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No such kind.
    #[error("unknown fault \"{}\"{advice}", visible::string(.name))]
    Unknown {
        /// What was typed.
        name: String,
        /// The names that come near, and those there are.
        advice: String,
    },
    /// The rate is not understood.
    #[error("fault {kind}: rate \"{}\": expected 0 to 1, a percentage such as 5%, once, #3 for the third time only, or #3.. from then on", visible::string(.rate))]
    Rate {
        /// The kind.
        kind: &'static str,
        /// What was typed.
        rate: String,
    },
    /// The argument is not understood.
    #[error("fault {kind}: \"{}\": expected {expected}", visible::string(.argument))]
    Argument {
        /// The kind.
        kind: &'static str,
        /// What was typed.
        argument: String,
        /// Its form.
        expected: &'static str,
    },
    /// The position is not understood, or the kind has none.
    #[error("fault {kind}: \"@{}\": {why}", visible::string(.position))]
    Position {
        /// The kind.
        kind: &'static str,
        /// What was typed.
        position: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The fault cannot be done to requests.
    #[error("fault {0} cannot be done to requests: leave tx- away")]
    NotToMeter(&'static str),
}

impl FromStr for Spec {
    type Err = SpecError;

    /// Reads `drop=0.01`, `late=once:800ms`, `insert=1:FF@3`, `tx-split=1:4/6ms`; `echo` alone is `echo=1`. With
    /// `tx-` in front, the fault is done to requests.
    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, rest) = text.trim().split_once('=').unwrap_or((text.trim(), "1"));
        let (toward, name) =
            name.trim().strip_prefix("tx-").map_or((Toward::Reader, name.trim()), |n| (Toward::Meter, n));
        let kind = kind(name).ok_or_else(|| unknown(name))?;
        let (rest, position) = rest.split_once('@').map_or((rest, None), |(rest, p)| (rest, Some(p)));
        let (rate, argument) = rest.split_once(':').map_or((rest, None), |(rate, a)| (rate, Some(a.trim())));
        let fault = (kind.read)(argument).ok_or_else(|| SpecError::Argument {
            kind: kind.name,
            argument: argument.unwrap_or_default().to_owned(),
            expected: if kind.argument.is_empty() { "no argument" } else { kind.argument },
        })?;
        if toward == Toward::Meter && !fault.fits_requests() {
            return Err(SpecError::NotToMeter(kind.name));
        }
        Ok(Self {
            text: text.trim().to_owned(),
            toward,
            rate: read_rate(rate, kind.name)?,
            position: read_position(position, &fault, kind.name)?,
            fault,
            name: kind.name,
        })
    }
}

impl Spec {
    /// The name of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.name
    }
}

impl Fault {
    /// Whether it is done to bytes on their way, whichever way that is.
    const fn fits_requests(&self) -> bool {
        !matches!(
            self,
            Self::Echo(_)
                | Self::Stale
                | Self::Merge(_)
                | Self::Coalesce(_)
                | Self::Preload(_)
                | Self::LateLine(_)
                | Self::Idle(..)
                | Self::Freeze(_)
                | Self::Fin(_)
                | Self::Rst(_)
                | Self::Refuse(_)
                | Self::Unplug(_)
        )
    }

    const fn takes_position(&self) -> bool {
        matches!(
            self,
            Self::Drop | Self::Flip(_) | Self::Insert(_) | Self::Fin(_) | Self::Rst(_) | Self::Unplug(_)
        )
    }
}

fn unknown(name: &str) -> SpecError {
    SpecError::Unknown {
        name: name.to_owned(),
        advice: near::known(name, KINDS.iter().map(|kind| kind.name)),
    }
}

fn read_rate(text: &str, kind: &'static str) -> Result<Rate, SpecError> {
    let text = text.trim();
    let bad = || SpecError::Rate { kind, rate: text.to_owned() };
    if text == "once" {
        return Ok(Rate::Only(1));
    }
    if let Some(number) = text.strip_prefix('#') {
        let (number, rate): (&str, fn(u32) -> Rate) =
            number.strip_suffix("..").map_or((number, Rate::Only), |number| (number, Rate::From));
        return number.parse().ok().filter(|n| *n > 0).map(rate).ok_or_else(bad);
    }
    let (number, scale) = text.strip_suffix('%').map_or((text, 1_000_000.0), |n| (n, 10_000.0));
    let share: f64 = number.trim().parse().map_err(|_| bad())?;
    let millionths = (share * scale).round();
    #[expect(clippy::cast_sign_loss, reason = "the range is checked first")]
    let rate = (0.0..=1_000_000.0).contains(&millionths).then_some(Rate::Millionths(millionths as u32));
    rate.ok_or_else(bad)
}

fn read_position(text: Option<&str>, fault: &Fault, kind: &'static str) -> Result<Option<usize>, SpecError> {
    let Some(text) = text else { return Ok(None) };
    let bad = |why| SpecError::Position { kind, position: text.to_owned(), why };
    if !fault.takes_position() {
        return Err(bad("this fault has no position"));
    }
    text.trim().parse().map(Some).map_err(|_| bad("expected the number of a byte, from 0"))
}

impl std::fmt::Display for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&visible::string(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn spec(text: &str) -> Spec {
        text.parse().unwrap()
    }

    fn message(text: &str) -> String {
        text.parse::<Spec>().unwrap_err().to_string()
    }

    #[test]
    fn every_kind_reads_with_nothing_but_its_name() {
        for kind in KINDS {
            let read = spec(kind.name);
            assert_eq!((read.kind(), read.rate), (kind.name, Rate::ALWAYS));
        }
    }

    #[test]
    fn rates_are_shares_percentages_or_a_single_occasion() {
        assert_eq!(spec("drop=0.01").rate, Rate::Millionths(10_000));
        assert_eq!(spec("drop=5%").rate, Rate::Millionths(50_000));
        assert_eq!(spec("late=once:800ms").rate, Rate::Only(1));
        assert_eq!(spec("late=#3").rate, Rate::Only(3));
        assert_eq!(spec("swallow=#3..").rate, Rate::From(3));
    }

    #[test]
    fn arguments_are_read_into_the_fault() {
        let ms = Duration::from_millis;
        assert_eq!(spec("late=0.1:800ms").fault, Fault::Late(ms(800), ms(800)));
        assert_eq!(spec("latency=1:20ms..80ms").fault, Fault::Latency(ms(20), ms(80)));
        assert_eq!(spec("split=1:14+3/6ms").fault, Fault::Split(vec![14, 3], ms(6)));
        assert_eq!(spec("prefix=1:FF00").fault, Fault::Prefix(vec![0xFF, 0]));
        assert_eq!(spec("replace=#4").fault, Fault::Replace(vec![0x15]));
        assert_eq!(spec("late-line=1:3s").fault, Fault::LateLine(ms(3000)));
        assert_eq!(spec("noise=0.02").fault, Fault::Insert(Vec::new()));
        assert_eq!(spec("idle=1:4154 0D/2s").fault, Fault::Idle(vec![0x41, 0x54, 0x0D], ms(2000)));
        assert_eq!(spec("unplug=once:never@4").fault, Fault::Unplug(None));
        assert_eq!(spec("unplug=once:never@4").position, Some(4));
        assert_eq!(spec("tx-split=1:4/6ms").toward, Toward::Meter);
        assert_eq!(spec("map-inverted").fault, Fault::MapInverted);
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        assert!(message("blurr=1").starts_with("unknown fault \"blurr\"; known: pace, latency,"));
        assert!(message("drop=2").contains("fault drop: rate \"2\": expected 0 to 1"));
        assert!(message("drop=NaN").contains("rate \"NaN\""));
        assert!(message("drop=#0..").contains("rate \"#0..\""));
        assert!(message("drop=#0").contains("rate \"#0\""));
        assert!(message("late=1:soon").contains("fault late: \"soon\": expected TIME"));
        assert!(message("drop=1:3").contains("expected no argument"));
        assert!(message("flip=1:9").contains("expected BITS, 1 to 8"));
        assert!(message("prefix=1:F").contains("expected HEX"));
        assert!(message("echo=1@3").contains("this fault has no position"));
        assert!(message("drop=1@x").contains("expected the number of a byte"));
        assert!(message("tx-echo=1").contains("cannot be done to requests"));
        assert!(message("\x1b[2J=1").contains("known:"));
        assert!(!message("\x1b[2J=1").contains('\x1b'));
    }
}
