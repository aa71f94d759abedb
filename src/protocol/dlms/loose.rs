//! Lists whose elements are written without tags, as meters of EG.D in Czechia write them (ZPA, Sagemcom XT211;
//! dumps in `esphome-libs/dlms_parser`).

use super::axdr::{Item, read_item, untagged};

/// A list whose elements are written without tags, as meters of EG.D (Czechia; ZPA, Sagemcom XT211) do
/// (`esphome-libs/dlms_parser`, dumps): a structure of structures `02 02`, class, OBIS code and attribute as they
/// are, then the value with its tag. Taken for one only where it fits to the last byte.
pub fn list(bytes: &[u8], start: usize) -> Option<Vec<Item>> {
    let &[0x02, count, ..] = bytes.get(start..)? else { return None };
    let outer =
        Item { tag: 0x02, depth: 0, count: count.into(), start, content: start + 2, end: start + 2, next: 0 };
    let mut items = vec![outer];
    let mut at = outer.end;
    for _ in 0..count {
        at = element(bytes, at, &mut items)?;
    }
    (at == bytes.len() && count > 0).then_some(items)
}

fn element(bytes: &[u8], at: usize, items: &mut Vec<Item>) -> Option<usize> {
    let &[0x02, 0x02, 0x00, _, a, _, _, _, _, 0xFF, attribute, ..] = bytes.get(at..)? else { return None };
    if a > 8 || !(1..=15).contains(&attribute) {
        return None;
    }
    let group = Item { tag: 0x02, depth: 1, count: 2, start: at, content: at + 2, end: at + 2, next: 0 };
    items.push(group);
    items.push(untagged(bytes, 0x12, at + 2, 2)?);
    // An OBIS code has six bytes and here no length before them.
    items.push(Item { tag: 0x09, depth: 2, count: 0, start: at + 4, content: at + 4, end: at + 10, next: 0 });
    items.push(untagged(bytes, 0x0F, at + 10, 2)?);
    let value = read_item(bytes, at + 11, 2).ok().filter(|value| !value.is_group())?;
    items.push(value);
    Some(value.end)
}
