//! Lists whose elements are written without tags, as meters of EG.D in Czechia write them (ZPA, Sagemcom XT211;
//! dumps in `esphome-libs/dlms_parser`).

use super::axdr::{Halt, Item, length_at, read_item, untagged};

/// Bytes before the array: the structure's tag and count, an enum.
const HEAD: usize = 4;
/// Bytes of an element before its value.
const ELEMENT: usize = 11;
/// Why something is not read as one.
const NO_LIST: &str = "not a list without tags";
/// How deep the parts of an element lie.
const DEPTH: u8 = 3;

/// Goes through a structure of an enum and an array, whose elements begin `02 02`: class, OBIS code and attribute as
/// they are, then the value with its tag. Hands on its items and gives the index after it.
///
/// # Errors
/// [`Halt`] for what is none, or not all of one.
pub(super) fn walk(bytes: &[u8], start: usize, found: &mut dyn FnMut(Item)) -> Result<usize, Halt> {
    let Some([0x02, 0x02, 0x16, _, 0x01]) = bytes.get(start..).and_then(|rest| rest.first_chunk()) else {
        return Err(Halt::wrong(start, NO_LIST));
    };
    let array_at = start + HEAD;
    let (count, first) = length_at(bytes, array_at + 1)?;
    let count = u16::try_from(count).map_err(|_| Halt::wrong(array_at, NO_LIST))?;
    let group = |tag, depth, count, start, end| Item { tag, depth, count, start, content: end, end, next: 0 };
    let kind = read_item(bytes, start + 2, 1)?;
    found(group(0x02, 0, 2, start, start + 2));
    found(kind);
    found(group(0x01, 1, count, array_at, first));
    let mut at = first;
    for _ in 0..count {
        at = element(bytes, at, found)?;
    }
    if count > 0 { Ok(at) } else { Err(Halt::wrong(array_at, NO_LIST)) }
}

fn element(bytes: &[u8], at: usize, found: &mut dyn FnMut(Item)) -> Result<usize, Halt> {
    let short = Halt::short(at, "the data ends before an element");
    let head = bytes.get(at..).and_then(|rest| rest.first_chunk::<ELEMENT>()).ok_or(short)?;
    let &[0x02, 0x02, 0x00, _, 0..=8, _, _, _, _, 0xFF, 1..=15] = head else {
        return Err(Halt::wrong(at, NO_LIST));
    };
    let untagged = |tag, at| untagged(bytes, tag, at, DEPTH).ok_or(short);
    found(Item { tag: 0x02, depth: DEPTH - 1, count: 2, start: at, content: at + 2, end: at + 2, next: 0 });
    found(untagged(0x12, at + 2)?);
    // An OBIS code has six bytes and here no length before them.
    let code = at + 4;
    found(Item { tag: 0x09, depth: DEPTH, count: 0, start: code, content: code, end: code + 6, next: 0 });
    found(untagged(0x0F, code + 6)?);
    let value = read_item(bytes, at + ELEMENT, DEPTH)?;
    if value.is_group() {
        return Err(Halt::wrong(value.start, NO_LIST));
    }
    found(value);
    Ok(value.end)
}
