//! The meters that can be simulated: list, carrier, interval.

use super::body::Form;
use super::carrier::Carrier;

/// A kind of meter.
#[derive(Debug)]
pub(super) struct Kind {
    /// Model id.
    model: &'static str,
    /// The maker's three letters.
    letters: &'static [u8; 3],
    /// How its list is written.
    pub form: Form,
    /// On what it goes.
    pub carrier: Carrier,
    /// The suite it names in its security control.
    pub suite: u8,
    /// Seconds from push to push.
    pub interval_s: u64,
}

/// Bytes of an APDU in a segment of a body of 250, and of one of 257.
const SHORT: usize = 245;
const WRAPPED: usize = 252;

const FLAT: Kind = Kind {
    model: "kaifa-ma309",
    letters: b"KFM",
    form: Form::Flat,
    carrier: Carrier::Segments(SHORT),
    suite: 0,
    interval_s: 5,
};

#[rustfmt::skip]
static KINDS: &[Kind] = &[
    FLAT,
    Kind { model: "kaifa-ma110", form: Form::Mixed, suite: 1, ..FLAT },
    Kind { model: "sagemcom-t210d", letters: b"SAG", carrier: Carrier::Segments(WRAPPED), ..FLAT },
    Kind { model: "sagemcom-s210", letters: b"SAG", carrier: Carrier::Segments(WRAPPED), ..FLAT },
    Kind { model: "dlms-push", ..FLAT },
    Kind { model: "iskra-am550", letters: b"ISK", form: Form::Structures, carrier: Carrier::Hdlc, ..FLAT },
    Kind { model: "siemens-im350", letters: b"SMS", form: Form::Headed, carrier: Carrier::Hdlc, ..FLAT },
    Kind { model: "landisgyr-e450", letters: b"LGZ", form: Form::Described, carrier: Carrier::Blocks, ..FLAT },
    Kind {
        model: "kamstrup-omnipower", letters: b"KAM", form: Form::Pairs, carrier: Carrier::Hdlc,
        interval_s: 10, ..FLAT
    },
    Kind { model: "aidon", letters: b"AID", form: Form::Array, carrier: Carrier::Hdlc, interval_s: 10, ..FLAT },
    Kind { model: "dlms-hdlc", letters: b"LGZ", form: Form::Array, carrier: Carrier::Hdlc, ..FLAT },
];

/// The kind of a model.
pub(super) fn of_model(model: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.model == model)
}

impl Kind {
    /// The maker's letters and the last digits of the serial number.
    pub(super) fn system_title(&self, serial: &str) -> [u8; 8] {
        let digits = serial.bytes().filter(u8::is_ascii_digit).rev().map(|digit| digit - b'0');
        let number =
            digits.zip(0u32..10).fold(0u64, |sum, (digit, place)| sum + u64::from(digit) * 10u64.pow(place));
        let mut title = number.to_be_bytes();
        title.iter_mut().zip(self.letters).for_each(|(byte, letter)| *byte = *letter);
        title
    }
}
