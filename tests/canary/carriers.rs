//! Every message that carries a password or a key, made by hand from the books so that no code under test makes
//! them: IEC 62056-21, 6.3; Energomera's and NEVA's names of passwords; the CE protocol (INES.411152.094D5, 2.2);
//! Mercury 230 (system of commands, 1.6); DLMS Green Book, ed. 8, 9.4.2 and 11.

use std::ops::Range;

use meterscope::frame::checksum::{CE, MODBUS, X_25};

/// A message with what must not be seen of it.
pub struct Carrier {
    pub name: &'static str,
    pub protocol: &'static str,
    pub bytes: Vec<u8>,
    pub secrets: Vec<Range<usize>>,
}

impl Carrier {
    fn new(name: &'static str, protocol: &'static str, bytes: Vec<u8>, secrets: &[&[u8]]) -> Self {
        let place = |secret: &&[u8]| {
            let start = bytes.windows(secret.len()).position(|window| window == *secret).unwrap();
            start..start + secret.len()
        };
        let secrets = secrets.iter().map(place).collect();
        Self { name, protocol, bytes, secrets }
    }

    pub fn is_secret(&self, at: usize) -> bool {
        self.secrets.iter().any(|secret| secret.contains(&at))
    }
}

/// With the exclusive or of what stands behind the first SOH or STX.
fn bcc(message: &[u8], add: bool) -> Vec<u8> {
    let start = message.iter().position(|byte| matches!(byte, 1 | 2)).unwrap() + 1;
    let sum =
        message[start..].iter().fold(0u8, |sum, byte| if add { sum.wrapping_add(*byte) } else { sum ^ byte });
    [message, &[sum & 0x7F]].concat()
}

fn even(message: &[u8]) -> Vec<u8> {
    message.iter().map(|byte| byte | if byte.count_ones() % 2 == 1 { 0x80 } else { 0 }).collect()
}

fn ce(password: [u8; 4], command: &[u8], data: &[u8]) -> Vec<u8> {
    let mut content = vec![0x48, 0x96, 0x34, 0xFD, 0x00];
    content.extend(password);
    content.push(0xD0 | data.len() as u8);
    content.extend([command, data].concat());
    content.push(CE.checksum(&content));
    [&[0xC0], content.as_slice(), &[0xC0]].concat()
}

fn mercury(body: &[u8]) -> Vec<u8> {
    [body, &MODBUS.checksum(body).to_le_bytes()].concat()
}

/// A frame of HDLC from client 32 to server 1/16, I 0/0.
pub fn hdlc(apdu: &[u8]) -> Vec<u8> {
    let payload = [&[0xE6, 0xE6, 0x00], apdu].concat();
    let length = 2 + 2 + 1 + 1 + 2 + payload.len() + 2;
    let mut frame = vec![0xA0 | (length >> 8) as u8, length as u8, 0x02, 0x21, 0x41, 0x10];
    frame.extend(X_25.checksum(&frame).to_le_bytes());
    frame.extend(payload);
    frame.extend(X_25.checksum(&frame).to_le_bytes());
    [&[0x7E], frame.as_slice(), &[0x7E]].concat()
}

fn aarq(password: &[u8], dedicated: Option<&[u8]>) -> Vec<u8> {
    let mut initiate = vec![0x01];
    match dedicated {
        Some(key) => initiate.extend([&[0x01, key.len() as u8], key].concat()),
        None => initiate.push(0x00),
    }
    initiate.extend([0x00, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00, 0x00, 0x1E, 0x5D, 0xFF, 0xFF]);
    let len = initiate.len() as u8;
    let inner = [
        &[0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01][..],
        &[0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x01],
        &[0xAC, password.len() as u8 + 2, 0x80, password.len() as u8],
        password,
        &[0xBE, len + 2, 0x04, len],
        &initiate,
    ]
    .concat();
    [&[0x60, inner.len() as u8], inner.as_slice()].concat()
}

const ASSOCIATION: [u8; 8] = [0x00, 0x0F, 0x00, 0x00, 0x28, 0x00, 0x00, 0xFF];

fn act(head: &[u8], object: &[u8], rest: &[u8], secret: &[u8]) -> Vec<u8> {
    hdlc(&[head, object, rest, secret].concat())
}

/// All of them.
pub fn all() -> Vec<Carrier> {
    let (neva, ekt, number) = (b"73951846", b"561938", 3_141_592_653_u32.to_le_bytes());
    let other = 2_718_281_828_u32.to_le_bytes();
    let (digits, letters, second) = ([4, 8, 2, 9, 1, 3], *b"kT7wQz", [7, 3, 9, 5, 2, 6]);
    let tag: Vec<u8> = (0..17u8).map(|n| n.wrapping_mul(37) ^ 0x5B).collect();
    let key: Vec<u8> = (0..16u8).map(|n| n.wrapping_mul(73) ^ 0xA9).collect();
    let wrapped: Vec<u8> = (0..24u8).map(|n| n.wrapping_mul(51) ^ 0x6D).collect();
    let iec = "iec62056-21";
    let p1 = |password: &[u8], add| bcc(&[b"\x01P1\x02(", password, b")\x03"].concat(), add);
    let w1 = |name: &[u8], password: &[u8], add| {
        bcc(&[b"\x01W1\x02", name, b"(", password, b")\x03"].concat(), add)
    };
    let fast = [b"/?!", bcc(b"\x01W1(73951846)\x02CTIME(5)\x03", true).as_slice()].concat();
    let soh = bcc(b"\x01W1(73951846)\x02CTIME(5)\x03", true);
    let parity = even(&p1(neva, false));
    let even_neva = even(neva);
    let hdlc_id = "dlms-hdlc";
    vec![
        Carrier::new("IEC P1, xor", iec, p1(neva, false), &[neva]),
        Carrier::new("IEC P1, sum", iec, p1(ekt, true), &[ekt]),
        Carrier::new("IEC P1, letters", iec, p1(b"ABCD1234", false), &[b"ABCD1234"]),
        Carrier::new("IEC P1 with parity bits", iec, parity, &[&even_neva]),
        Carrier::new("NEVA set-password", iec, w1(b"600102FF", neva, false), &[neva]),
        Carrier::new("Energomera PSW", iec, w1(b"PSW01", neva, true), &[neva]),
        Carrier::new("Energomera W1 outside a session", iec, fast, &[neva]),
        Carrier::new("Energomera W1 without sign-on", iec, soh, &[neva]),
        Carrier::new("CE request", "energomera-ce", ce(number, &[0x01, 0x20], &[]), &[&number]),
        Carrier::new("CE request with data", "energomera-ce", ce(number, &[0x01, 0x30], &[0, 1]), &[&number]),
        Carrier::new("CE set-password", "energomera-ce", ce([0; 4], &[0x01, 0x17], &number), &[&number]),
        Carrier::new(
            "CE set-password, two levels",
            "energomera-ce",
            ce(other, &[0x01, 0x17], &[&[1], number.as_slice()].concat()),
            &[&other, &number],
        ),
        Carrier::new(
            "M230 open, digits",
            "mercury230",
            mercury(&[&[86, 1, 1][..], &digits].concat()),
            &[&digits],
        ),
        Carrier::new(
            "M230 open, letters",
            "mercury230",
            mercury(&[&[86, 1, 2][..], &letters].concat()),
            &[&letters],
        ),
        Carrier::new(
            "M230 set-password",
            "mercury230",
            mercury(&[&[86, 3, 0x1F, 1][..], &digits, &second].concat()),
            &[&digits, &second],
        ),
        Carrier::new("DLMS low security", hdlc_id, hdlc(&aarq(b"zK49wq7L", None)), &[b"zK49wq7L"]),
        Carrier::new(
            "DLMS dedicated key",
            hdlc_id,
            hdlc(&aarq(b"zK49wq7L", Some(&key))),
            &[b"zK49wq7L", &key],
        ),
        Carrier::new(
            "DLMS answer to a challenge",
            hdlc_id,
            act(&[0xC3, 0x01, 0xC1], &ASSOCIATION, &[0x01, 0x01, 0x09, 17], &tag),
            &[&tag],
        ),
        Carrier::new(
            "DLMS change of secret",
            hdlc_id,
            act(&[0xC3, 0x01, 0xC1], &ASSOCIATION, &[0x02, 0x01, 0x09, 16], &key),
            &[&key],
        ),
        Carrier::new(
            "DLMS set of secret",
            hdlc_id,
            act(&[0xC1, 0x01, 0xC1], &ASSOCIATION, &[0x07, 0x00, 0x09, 16], &key),
            &[&key],
        ),
        Carrier::new(
            "DLMS key transfer",
            hdlc_id,
            act(
                &[0xC3, 0x01, 0xC1],
                &[0x00, 0x40, 0x00, 0x00, 0x2B, 0x00, 0x00, 0xFF],
                &[0x02, 0x01, 0x01, 0x01, 0x02, 0x02, 0x16, 0x00, 0x09, 24],
                &wrapped,
            ),
            &[&wrapped],
        ),
    ]
}
