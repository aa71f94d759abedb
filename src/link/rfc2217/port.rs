//! What is asked of the serial port at the far end, and what it acknowledges (RFC 2217, section 3).

use super::options::{COM_PORT, Use};
use super::telnet::sub;
use crate::protocol::{LineSettings, Parity};

const SET_BAUD_RATE: u8 = 1;
const SET_DATA_SIZE: u8 = 2;
const SET_PARITY: u8 = 3;
const SET_STOP_SIZE: u8 = 4;
const SET_CONTROL: u8 = 5;
const PURGE_DATA: u8 = 12;
/// A server's command is the client's plus this.
const FROM_SERVER: u8 = 100;

/// Values of [`SET_CONTROL`]: no flow control; DTR and RTS on, as a port of this computer has them.
const NO_FLOW_CONTROL: u8 = 1;
const DTR_ON: u8 = 8;
const RTS_ON: u8 = 11;
/// Value of [`PURGE_DATA`]: what was received and what waits to be sent.
const PURGE_BOTH: u8 = 3;

/// Readies a port just opened: no flow control, DTR up; who also writes has RTS up and old bytes gone. Where only is
/// listened, RTS could switch an RS-485 driver on, and what waits to be sent is another's.
pub(super) fn ready(is_for: Use) -> Vec<u8> {
    let listening = [(SET_CONTROL, NO_FLOW_CONTROL), (SET_CONTROL, DTR_ON)];
    let talking: &[_] = match is_for {
        Use::Talking => &[(SET_CONTROL, RTS_ON), (PURGE_DATA, PURGE_BOTH)],
        Use::Listening => &[],
    };
    let mut out = Vec::new();
    for &(command, value) in listening.iter().chain(talking) {
        sub(&[COM_PORT, command, value], &mut out);
    }
    out
}

/// Asks for line settings.
pub(super) fn ask(line: LineSettings) -> Vec<u8> {
    let [a, b, c, d] = line.baud.to_be_bytes();
    let mut out = Vec::new();
    sub(&[COM_PORT, SET_BAUD_RATE, a, b, c, d], &mut out);
    sub(&[COM_PORT, SET_DATA_SIZE, line.data_bits], &mut out);
    sub(&[COM_PORT, SET_PARITY, parity_code(line.parity)], &mut out);
    sub(&[COM_PORT, SET_STOP_SIZE, line.stop_bits], &mut out);
    out
}

const fn parity_code(parity: Parity) -> u8 {
    match parity {
        Parity::None => 1,
        Parity::Odd => 2,
        Parity::Even => 3,
    }
}

/// What was acknowledged since settings were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Answers {
    baud: Option<u32>,
    data_bits: Option<u8>,
    parity: Option<u8>,
    stop_bits: Option<u8>,
}

impl Answers {
    /// Takes the content of a subnegotiation; others than acknowledged settings are left alone. Some servers
    /// put more bytes behind a value than they should (sredird, behind the speed).
    pub(super) fn hear(&mut self, content: &[u8]) {
        let [COM_PORT, command, value @ ..] = content else { return };
        match (command.checked_sub(FROM_SERVER), value) {
            (Some(SET_BAUD_RATE), &[a, b, c, d, ..]) => self.baud = Some(u32::from_be_bytes([a, b, c, d])),
            (Some(SET_DATA_SIZE), &[bits, ..]) => self.data_bits = Some(bits),
            (Some(SET_PARITY), &[code, ..]) => self.parity = Some(code),
            (Some(SET_STOP_SIZE), &[code, ..]) => self.stop_bits = Some(code),
            _ => {}
        }
    }

    /// The settings in force, once all are acknowledged; an error when they are none that can be used.
    pub(super) fn line(&self) -> Option<Result<LineSettings, String>> {
        let (baud, data_bits, parity, stop_bits) =
            (self.baud?, self.data_bits?, self.parity?, self.stop_bits?);
        let known = match parity {
            1 => Some(Parity::None),
            2 => Some(Parity::Odd),
            3 => Some(Parity::Even),
            _ => None,
        };
        let is_usable = baud > 0 && matches!(data_bits, 7 | 8) && matches!(stop_bits, 1 | 2);
        let line =
            known.filter(|_| is_usable).map(|parity| LineSettings { baud, data_bits, parity, stop_bits });
        Some(line.ok_or_else(|| {
            format!(
                "the converter set its port to something else: speed {baud}, {data_bits} data bits, parity code \
                 {parity}, stop code {stop_bits}"
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(contents: &[&[u8]]) -> Option<Result<LineSettings, String>> {
        let mut answers = Answers::default();
        for content in contents {
            answers.hear(content);
        }
        answers.line()
    }

    #[test]
    fn settings_are_asked_for_in_the_codes_of_the_rfc() {
        let asked = ask(LineSettings::e71(300));
        assert_eq!(
            asked,
            [
                [0xFF, 0xFA, 44, 1, 0, 0, 0x01, 0x2C, 0xFF, 0xF0].as_slice(),
                &[0xFF, 0xFA, 44, 2, 7, 0xFF, 0xF0],
                &[0xFF, 0xFA, 44, 3, 3, 0xFF, 0xF0],
                &[0xFF, 0xFA, 44, 4, 1, 0xFF, 0xF0],
            ]
            .concat()
        );
    }

    #[test]
    fn a_speed_with_an_ff_in_it_is_escaped() {
        let asked = ask(LineSettings::n81(0xFF00));
        assert_eq!(asked[..11], [0xFF, 0xFA, 44, 1, 0, 0, 0xFF, 0xFF, 0x00, 0xFF, 0xF0]);
    }

    #[test]
    fn what_is_in_force_is_what_was_acknowledged() {
        let three: [&[u8]; 3] = [&[44, 101, 0, 0, 0x25, 0x80], &[44, 102, 8], &[44, 103, 1]];
        assert_eq!(heard(&three), None);
        let all = [three.as_slice(), &[&[44, 104, 1]]].concat();
        assert_eq!(heard(&all), Some(Ok(LineSettings::n81(9600))));
    }

    #[test]
    fn more_bytes_than_needed_and_other_messages_do_no_harm() {
        let answers: [&[u8]; 7] = [
            &[44, 107, 0x30],
            &[44, 100, b's', b'e', b'r'],
            &[44, 101, 0, 0, 0x12, 0xC0, 0, 0, 0, 0],
            &[44, 102, 7],
            &[44, 103, 3],
            &[3, 104, 2],
            &[44, 104, 1],
        ];
        assert_eq!(heard(&answers), Some(Ok(LineSettings::e71(4800))));
    }

    #[test]
    fn settings_that_nobody_can_use_are_an_error() {
        let answers: [&[u8]; 4] = [&[44, 101, 0, 0, 0x25, 0x80], &[44, 102, 8], &[44, 103, 4], &[44, 104, 1]];
        assert!(matches!(heard(&answers), Some(Err(why)) if why.contains("parity code 4")));
    }
}
