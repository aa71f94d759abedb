//! The times of the protocol by speed (M236, table 1.1), for a stored multiplier of 1.

use std::time::Duration;

use crate::protocol::LineSettings;

/// A line of the table: a speed, the silence that ends a frame, and how long an answer may take to begin.
struct Row {
    baud: u32,
    silence: u64,
    answer: u64,
}

/// Slowest last; a speed takes the row of the next one below it.
#[rustfmt::skip]
static TABLE: [Row; 8] = [
    Row { baud: 38_400, silence: 2, answer: 150 },
    Row { baud: 19_200, silence: 3, answer: 150 },
    Row { baud: 9_600, silence: 5, answer: 150 },
    Row { baud: 4_800, silence: 10, answer: 180 },
    Row { baud: 2_400, silence: 20, answer: 250 },
    Row { baud: 1_200, silence: 40, answer: 400 },
    Row { baud: 600, silence: 80, answer: 800 },
    Row { baud: 300, silence: 160, answer: 1_600 },
];

fn row(line: LineSettings) -> &'static Row {
    let [.., slowest] = &TABLE;
    TABLE.iter().find(|row| row.baud <= line.baud).unwrap_or(slowest)
}

/// Silence that ends a frame.
pub(super) fn silence(line: LineSettings) -> Duration {
    Duration::from_millis(row(line).silence)
}

/// How long a master should wait for an answer to begin.
pub(super) fn answer(line: LineSettings) -> Duration {
    Duration::from_millis(row(line).answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_table_and_odd_speeds_the_next_one_below() {
        let at = |baud| {
            (silence(LineSettings::n81(baud)).as_millis(), answer(LineSettings::n81(baud)).as_millis())
        };
        assert_eq!((at(115_200), at(38_400), at(19_200)), ((2, 150), (2, 150), (3, 150)));
        assert_eq!(
            (at(9_600), at(10_400), at(300), at(110)),
            ((5, 150), (5, 150), (160, 1_600), (160, 1_600))
        );
    }
}
