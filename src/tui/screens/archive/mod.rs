//! ```text
//! ┏ ▶ Days  today and 2 before ━━━━━┓┌ 2026-03-01 ─────────────────────────────────────────┐
//! ┃▶ 2026-03-01  48  93 781.5 Wh    ┃│ stacked bars, a column an interval                  │
//! ┃  2026-02-29  48  88 012.0 Wh    ┃├ Intervals ──────────────────────────────────────────┤
//! ┃ T1 ...                          ┃│ 00:00  3977 W  1 988.5 Wh   T2 1 988.5              │
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛└─────────────────────────────────────────────────────┘
//! ```

mod chart;
mod days;
mod intervals;

use super::Look;

/// Draws the screen of the load profile.
pub(crate) fn draw(look: &mut Look<'_>) {
    days::draw(look);
    chart::draw(look);
    intervals::draw(look);
}
