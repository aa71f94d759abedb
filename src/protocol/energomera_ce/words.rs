//! The names of codes.

use super::layout::Names;

/// A password that is wrong or gives too little.
const WRONG_PASSWORD: u8 = 0x02;

/// Why a meter refuses (CE102 description, table 2.6; CE307 manual, table B.6).
const ERRORS: &[(u8, &str)] = &[
    (0x00, "the meter does not know this command"),
    (0x01, "wrong packet format"),
    (WRONG_PASSWORD, "the password does not give this access"),
    (0x03, "wrong number of parameters"),
    (0x04, "not possible with the meter's present configuration"),
    (0x05, "the access button was not pressed"),
    (0x10, "wrong parameter"),
    (0x20, "no such record in the meter's memory"),
    (0x40, "invalid tariff programme"),
    (0x80, "the meter could not read its memory"),
];

/// What a refusal means; `code` is missing from old firmware.
pub(super) fn refusal(code: Option<u8>) -> &'static str {
    match code {
        None => "refused without a reason",
        Some(code) => name(ERRORS, code).unwrap_or("refused with an unknown code"),
    }
}

/// Whether a refusal must not be provoked again: meters count wrong passwords and lock after the third.
pub(super) const fn counts_against_us(code: Option<u8>) -> bool {
    matches!(code, Some(WRONG_PASSWORD))
}

/// The name of a value.
pub(super) fn name(names: Names, value: u8) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == value).map(|(_, name)| *name)
}

/// The days of the week as the clock numbers them.
pub(super) const WEEKDAYS: Names = &[
    (0, "Sunday"),
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
];

/// Firmware by kernel (first byte of the version) and type (CE102 description, table D.1; kernel 10 from
/// captured frames of CE102 R5.1 and CE307).
pub(super) const fn firmware(kernel: u8, kind: u8) -> &'static str {
    match (kernel, kind) {
        (1, 1) => "CE102 S6, R5",
        (1, 2) => "CE102 S6 AKV, R5 AK",
        (2, 1) => "CE102 S7",
        (2, 2) => "CE102 R8",
        (2, 4) => "CE102 R8Q",
        (3, 1) => "CE301M R33",
        (3, 2) => "CE102 S7J",
        (3, 3) => "CE301M S31",
        (10, _) => "CE102 R5.1 or CE307",
        _ => "unknown firmware",
    }
}

/// The microcontrollers behind the kernels (CE102 description, app. D).
pub(super) const KERNELS: Names =
    &[(1, "holtek"), (2, "pic18f6490"), (3, "pic18f65j90"), (10, "CE102 R5.1 or CE307")];

/// Firmware lines by the third word of SKOP, as third-party integrations publish them.
pub(super) const fn model_number(number: u16) -> &'static str {
    match number {
        1020 => "CE102 R8 OKPQZ",
        1022 => "CE102 S6/R5 AK",
        1023 => "CE102 S6/R5 OK",
        1024 => "CE102 S7J",
        1025 => "CE102 S7",
        1026 => "CE102 R8",
        1027 => "CE102 R5.1",
        3010 => "CE301M",
        3060 => "CE306",
        3070 | 3073 | 3079 => "CE307",
        3076 => "CE307 R34",
        3080 | 3081 => "CE308",
        2086..=2089 => "CE208",
        _ => "unknown model",
    }
}

/// Journals of classic meters (CE102 description, app. E).
pub(super) const CLASSIC_JOURNALS: Names = &[
    (0x01, "unauthorised-access"),
    (0x02, "resets"),
    (0x03, "daylight-saving"),
    (0x04, "relay-commands"),
    (0x05, "limits"),
    (0x06, "configuration"),
    (0x07, "data-changes"),
    (0x08, "clock-corrections"),
    (0x09, "clock-syncs"),
    (0x0A, "restarts"),
    (0x0B, "self-test"),
    (0x0C, "power"),
    (0x0D, "access-button"),
];

/// Journals of kernel-10 meters (CE307 manual, table B.12).
pub(super) const KERNEL10_JOURNALS: Names = &[
    (0x00, "self-test"),
    (0x01, "clock-syncs"),
    (0x02, "daylight-saving"),
    (0x03, "wrong-password"),
    (0x04, "power"),
    (0x05, "restarts"),
    (0x06, "clock-faults"),
    (0x07, "clock-writes"),
    (0x08, "schedule"),
    (0x09, "clock-trim"),
    (0x0A, "daylight-saving-settings"),
    (0x0B, "registers-cleared"),
    (0x0C, "technology-parameters"),
    (0x0D, "electronic-seal"),
    (0x0E, "power-limit"),
    (0x0F, "power-limit-settings"),
    (0x10, "relay"),
    (0x11, "relay-settings"),
];

/// An event in a journal of a classic meter (CE102 description, app. E).
pub(super) const fn event(code: u8) -> &'static str {
    match code {
        0x10 => "wrong password",
        0x11 => "interface locked",
        0x12 => "seal opened",
        0x13 => "opening began",
        0x14 => "opening ended",
        0x20..=0x23 => "cleared",
        0x30 => "to winter time",
        0x31 => "to summer time",
        0x40..=0x4F => "relay",
        0x50..=0x52 => "limit",
        0x60..=0x7F => "configuration changed",
        0x80..=0x8E => "data changed",
        0x90 => "clock corrected",
        0x93 => "clock set",
        0xA0 => "clock sync asked",
        0xA2 => "clock sync done",
        0xB0 => "restart",
        0xC0 => "self-test passed",
        0xC1 => "EEPROM fault",
        0xC2 => "clock fault",
        0xC3 => "I2C fault",
        0xC4 => "battery fault",
        0xD0 => "power off",
        0xD1 => "power on",
        0xE0 => "access button",
        _ => "unknown event",
    }
}
