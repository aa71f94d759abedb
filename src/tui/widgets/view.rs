//! Which rows of a list are in view.

/// The first row to show so that `selected` is among `height` rows, as near to `first` as can be, without
/// empty rows at the end of a list of `total`.
#[must_use]
pub const fn keep_in_view(selected: usize, first: usize, height: usize, total: usize) -> usize {
    let last_first = total.saturating_sub(height);
    let lowest = selected.saturating_add(1).saturating_sub(height);
    let mut first = if first > selected { selected } else { first };
    if first < lowest {
        first = lowest;
    }
    if first > last_first { last_first } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_selection_is_always_in_view(total in 1usize..500, pick in any::<prop::sample::Index>(), first in 0usize..600, height in 1usize..60) {
            let selected = pick.index(total);
            let shown = keep_in_view(selected, first, height, total);
            prop_assert!((shown..shown + height).contains(&selected));
            prop_assert!(shown == 0 || shown + height <= total, "no empty rows at the end");
            if (first..first + height).contains(&selected) && first + height <= total {
                prop_assert_eq!(shown, first, "nothing moves without need");
            }
        }
    }
}
