use proptest::prelude::*;

use super::*;
use crate::frame::hex;

fn read(text: &str) -> Tree {
    Tree::read(&hex::parse(text).unwrap(), 0)
}

#[test]
fn a_structure_knows_its_elements() {
    let tree = read("02 03 06 00000001 02 02 0F FF 16 23 09 02 4142");
    assert_eq!((tree.halt, tree.end), (None, 17));
    let tags = |group| tree.elements(group).map(|i| tree.items[i].tag).collect::<Vec<_>>();
    assert_eq!(tags(0), [0x06, 0x02, 0x09]);
    assert_eq!(tags(2), [0x0F, 0x16]);
    assert_eq!(tags(1), [0u8; 0]);
}

#[test]
fn empty_groups_end_at_once() {
    let tree = read("02 02 01 00 11 07");
    assert_eq!((tree.halt, tree.items.len(), tree.elements(0).count()), (None, 3, 2));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let what = |text: &str| read(text).halt.map(|halt| halt.at);
    assert_eq!(what("02 02 11 07 07"), Some(4));
    assert_eq!(what("02 05 11 07"), Some(1));
    assert_eq!(what("06 0000"), Some(0));
    assert_eq!(what("09 82 01"), Some(1));
    assert_eq!(what("09 80"), Some(1));
    assert_eq!(what(&"0201".repeat(20)), Some(32));
    assert_eq!(what(""), Some(0));
}

#[test]
fn integers_of_every_width_and_sign() {
    let number = |text: &str| {
        let bytes = hex::parse(text).unwrap();
        integer(&Tree::read(&bytes, 0).items[0], &bytes)
    };
    assert_eq!(number("0F 80"), Some(-128));
    assert_eq!(number("10 8000"), Some(-32768));
    assert_eq!(number("05 FFFFFFFE"), Some(-2));
    assert_eq!(number("06 FFFFFFFF"), Some(4_294_967_295));
    assert_eq!(number("14 FFFFFFFFFFFFFFFE"), Some(-2));
    assert_eq!(number("15 8000000000000000"), Some(1 << 63));
    assert_eq!(number("03 01"), None);
}

#[test]
fn a_list_without_tags_is_read_where_it_fits_to_the_last_byte() {
    let text = "0202 1601 0102 0202 0003 0100010800FF 02 06 00003289 0202 0003 0100200700FF 02 12 0921";
    let tree = read(text);
    assert_eq!((tree.halt, tree.items.len()), (None, 13));
    let bytes = hex::parse(text).unwrap();
    assert_eq!(integer(&tree.items[7], &bytes), Some(12937));
    assert_eq!(tree.elements(3).map(|i| tree.items[i].tag).collect::<Vec<_>>(), [0x12, 0x09, 0x0F, 0x06]);
    assert_eq!(tree.elements(0).collect::<Vec<_>>(), [1, 2]);
    assert!(read(&format!("{text} 00")).items.len() < 13, "one byte too many");
}

proptest! {
    #[test]
    fn any_bytes_end_and_every_item_lies_within(bytes in prop::collection::vec(0u8..0x25, 0..200)) {
        let tree = Tree::read(&bytes, 0);
        prop_assert!(tree.end <= bytes.len());
        let mut at = 0;
        for (index, item) in tree.items.iter().enumerate() {
            prop_assert_eq!(item.start, at);
            prop_assert!(item.start <= item.content && item.start < item.end && item.content <= item.end && item.next > index);
            prop_assert!(item.next <= tree.items.len());
            at = item.end;
        }
    }
}
