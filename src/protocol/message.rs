//! The frames of a message of several frames, found again by what their tracker noted.

use super::tracker::Relation;

/// The most frames of one message that are looked for.
const MOST_PARTS: u16 = 255;
/// How many entries may lie between the first and the last of them.
const FURTHEST_PART: u32 = 4096;

/// Numbers of the frames of a message up to one of them, in order; none where one is missing. `relation` gives what
/// was noted of a frame of the same way, by its number.
pub fn until(number: u32, relation: impl Fn(u32) -> Option<Relation>) -> Vec<u32> {
    let Some(Relation { message: Some(first), part: last @ 0..=MOST_PARTS, .. }) = relation(number) else {
        return Vec::new();
    };
    if number.saturating_sub(first) > FURTHEST_PART {
        return Vec::new();
    }
    let mut parts = Vec::with_capacity(usize::from(last) + 1);
    for (number, found) in (first..=number).filter_map(|number| Some((number, relation(number)?))) {
        if found.message == Some(first) && usize::from(found.part) == parts.len() {
            parts.push(number);
        }
    }
    if parts.len() == usize::from(last) + 1 { parts } else { Vec::new() }
}

/// Numbers of the frames of the last message before a frame that is of another one.
pub fn before(number: u32, relation: impl Fn(u32) -> Option<Relation>) -> Vec<u32> {
    let own = relation(number).and_then(|own| own.message);
    let is_other =
        |number: &u32| relation(*number).is_some_and(|found| found.message.is_some() && found.message != own);
    let last = (number.saturating_sub(FURTHEST_PART)..number).rev().find(is_other);
    last.map_or_else(Vec::new, |last| until(last, &relation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(message: u32, part: u16) -> Relation {
        Relation { message: Some(message), part, ..Relation::default() }
    }

    #[test]
    fn the_parts_of_a_message_are_found_among_others() {
        let noted = [part(0, 0), Relation::default(), part(2, 0), part(0, 1), part(2, 1), part(0, 2)];
        let relation = |number: u32| noted.get(number as usize).copied();
        assert_eq!(until(5, relation), [0, 3, 5]);
        assert_eq!(until(4, relation), [2, 4]);
        assert_eq!(before(5, relation), [2, 4]);
    }

    #[test]
    fn a_message_with_a_part_missing_or_too_far_is_none() {
        let noted = [part(0, 0), part(0, 2)];
        assert!(until(1, |number| noted.get(number as usize).copied()).is_empty());
        assert!(until(FURTHEST_PART + 1, |_| Some(part(0, 1))).is_empty());
        assert!(until(300, |_| Some(part(0, MOST_PARTS + 1))).is_empty());
    }
}
