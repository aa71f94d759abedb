//! A code being chosen.
//!
//! ```text
//! ┏ ▶ Code ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
//! ┃ 1.8                                                             ┃
//! ┃ 0F.08.80*FF  1.8.0   active energy                    kWh   R   ┃
//! ┃ 1.8          as typed                                           ┃
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ Tab completes · Enter reads it ━┛
//! ```

use ratatui::layout::Rect;

use super::{Look, open};
use crate::frame::visible;
use crate::tui::state::codes::{Choice, Codes};
use crate::tui::theme::Role;
use crate::tui::update::meter_on_link;
use crate::tui::widgets::TextInput;

/// Columns: code, OBIS code, name; unit and access stand at the right.
const OBIS: u16 = 13;
const NAME: u16 = 21;
const RIGHT: u16 = 12;

/// Draws the text and what it may mean.
pub(super) fn draw(look: &mut Look<'_>, codes: &Codes) {
    let title = format!("Code  {} known", codes.known.len());
    let inner = open(look, &title, "Tab completes · Enter takes it", (84, 20));
    let line = Rect { height: 1.min(inner.height), ..inner };
    let placeholder = "1.8, energy, 60.01.04*FF, 600104FF";
    TextInput { placeholder, ..TextInput::new(&codes.input, "") }.render(line, look.buf, look.theme);
    let meter = meter_on_link(look.state);
    let choices = codes.choices();
    let rows = usize::from(inner.height.saturating_sub(1));
    let first = (codes.at + 1).saturating_sub(rows);
    for (y, (index, choice)) in (1..inner.height).zip(choices.iter().enumerate().skip(first)) {
        let area = Rect { y: inner.y + y, height: 1, ..inner };
        row(look, area, choice, look.state.absent.has(&meter, choice.code()));
        if index == codes.at {
            look.pen(area).select(0, 0, area.width);
        }
    }
}

fn row(look: &mut Look<'_>, area: Rect, choice: &Choice<'_>, is_absent: bool) {
    let role = if is_absent { Role::Dim } else { Role::Text };
    let mut pen = look.pen(area);
    pen.fit(0, 0, area.width, &visible::string(choice.code()), role);
    let Choice::Known(known) = choice else {
        let about = if is_absent { "as typed; not in this model" } else { "as typed" };
        pen.fit(NAME, 0, area.width, about, Role::Dim);
        return;
    };
    pen.fit(OBIS, 0, area.width, &known.obis, Role::Dim);
    let end = area.width.saturating_sub(RIGHT);
    let name = if is_absent { format!("{}: not in this model", known.name) } else { known.name.clone() };
    pen.fit(NAME, 0, end.saturating_sub(NAME), &name, role);
    let unit = look.theme.unit(known.unit);
    let mut pen = look.pen(area);
    pen.fit(end + 1, 0, area.width, unit, role);
    pen.right(0, 0, area.width, known.access, Role::Dim);
}
