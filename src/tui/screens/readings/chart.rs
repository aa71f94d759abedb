//! The power of the last minutes.

use jiff::Timestamp;

use crate::tui::screens::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Chart, Series};

/// Minutes that the chart can show.
const SPANS: [i64; 3] = [2, 5, 15];

/// Draws the chart where there is room and any power to show.
pub fn draw(look: &mut Look<'_>) {
    let area = look.areas.extra(1);
    if area.height < 5 {
        return;
    }
    let state = look.state;
    let Some(power) = state.readings.power() else { return };
    let oldest = power.history.front().map_or(0, |(when, _)| state.age(*when).as_secs());
    let minutes = SPANS.into_iter().find(|minutes| oldest <= minutes * 60).unwrap_or(15);
    let title = format!("Power, last {minutes} minutes");
    widgets::Pane { title: &title, ..widgets::Pane::default() }.render(area, look.buf, look.theme);
    let inner = widgets::Pane::inner(area);
    let points: Vec<(f64, f64)> =
        power.history.iter().map(|(when, number)| (seconds(*when), number.to_f64())).collect();
    let to = seconds(state.now.wall);
    let name = power.reading.phase.map_or("", crate::reading::Phase::name);
    let series = [Series { name, points: &points, role: Role::Accent }];
    let begin = format!("-{minutes} min");
    let chart = Chart {
        series: &series,
        unit: look.theme.unit(power.reading.unit),
        span: (to - seconds_of(minutes * 60), to),
        ends: (&begin, "now"),
        gap: seconds_of(60).max(state.readings.period.as_secs_f64() * 3.0),
    };
    chart.render(inner, look.buf, look.theme);
}

fn seconds(when: Timestamp) -> f64 {
    seconds_of(when.as_second())
}

#[expect(clippy::cast_precision_loss, reason = "a chart needs no more than a float holds")]
const fn seconds_of(seconds: i64) -> f64 {
    seconds as f64
}
