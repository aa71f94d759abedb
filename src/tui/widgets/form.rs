//! The parameters of a command in a row.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_input::Input;

use super::{Pen, TextInput, width};
use crate::tui::theme::{Role, Theme};

/// What stands in a field of a form.
#[derive(Debug, Clone, Copy)]
pub enum FormValue<'a> {
    /// One of several; the arrows change it.
    Choice(&'a str),
    /// A text that is typed.
    Text(&'a Input),
    /// A password that is typed; its length shows only while it is selected.
    Secret(&'a Input),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct FormField<'a> {
    /// What it is.
    pub label: &'a str,
    /// What stands in it.
    pub value: FormValue<'a>,
    /// The unit of its number; empty for none.
    pub unit: &'a str,
    /// Columns it is given at least, where it is typed.
    pub columns: u16,
    /// What it takes, told while it is selected; empty for nothing.
    pub hint: &'a str,
    /// What is wrong with it; empty for nothing.
    pub error: &'a str,
}

/// Parameters side by side, wrapped where there is no room, and under them what is wrong or what the selected
/// one takes.
///
/// ```text
/// Days back: 0__ d    Tariff: ‹ T1 ›    Password: ********
/// Days back: 0 for today, a number of 0 to 36
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The parameters.
    pub fields: &'a [FormField<'a>],
    /// Index of the one that keys go to, if the form has the focus.
    pub selected: Option<usize>,
}

const GAP: u16 = 4;
const MOST_TEXT_COLUMNS: u16 = 32;
const SECRET_COLUMNS: u16 = 12;
const MASKS: usize = 8;

impl Form<'_> {
    /// How many rows it takes in that many columns, the line under it included.
    #[must_use]
    pub fn height(&self, width: u16, theme: &Theme) -> u16 {
        self.places(width, theme).last().map_or(0, |place| place.y + 2)
    }

    /// The parameter drawn at a place of the screen when the form is drawn in `area`.
    #[must_use]
    pub fn field_at(&self, area: Rect, x: u16, y: u16, theme: &Theme) -> Option<usize> {
        if !area.contains(Position::new(x, y)) {
            return None;
        }
        let here = Position::new(x - area.x, y - area.y);
        self.places(area.width, theme).iter().position(|place| place.contains(here))
    }

    /// Draws it.
    pub fn render(self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let places = self.places(area.width, theme);
        for (index, (field, place)) in self.fields.iter().zip(&places).enumerate() {
            if place.y >= area.height {
                break;
            }
            let cell =
                Rect { x: area.x.saturating_add(place.x), y: area.y.saturating_add(place.y), ..*place };
            draw(field, self.selected == Some(index), cell.intersection(area), buf, theme);
        }
        let y = places.last().map_or(0, |place| place.y + 1);
        let mut pen = Pen::new(area, buf, theme);
        if let Some(field) = self.wrong() {
            let text = format!("{} {}: {}", theme.glyphs().bad, field.label, field.error);
            pen.fit(0, y, area.width, &text, Role::Bad);
        } else if let Some(field) = self.selected.and_then(|index| self.fields.get(index)) {
            pen.fit(0, y, area.width, field.hint, Role::Hint);
        }
    }

    /// The parameter whose fault is told: the selected one's before the first one's.
    fn wrong(&self) -> Option<&FormField<'_>> {
        let selected = self.selected.and_then(|index| self.fields.get(index));
        selected.into_iter().chain(self.fields).find(|field| !field.error.is_empty())
    }

    /// Where each parameter goes, counted from the form's corner.
    fn places(&self, room: u16, theme: &Theme) -> Vec<Rect> {
        let (mut x, mut y) = (0u16, 0u16);
        let mut place = |field: &FormField<'_>| {
            let columns = columns(field, theme).min(room);
            if x > 0 && x.saturating_add(columns) > room {
                (x, y) = (0, y.saturating_add(1));
            }
            let rect = Rect { x, y, width: columns, height: 1 };
            x = x.saturating_add(columns).saturating_add(GAP);
            rect
        };
        self.fields.iter().map(&mut place).collect()
    }
}

fn columns(field: &FormField<'_>, theme: &Theme) -> u16 {
    let value = match field.value {
        FormValue::Choice(choice) => width(&theme.text(choice)).saturating_add(4),
        FormValue::Text(input) => width(&theme.text(input.value()))
            .saturating_add(1)
            .clamp(field.columns.min(MOST_TEXT_COLUMNS), MOST_TEXT_COLUMNS),
        FormValue::Secret(_) => SECRET_COLUMNS,
    };
    width(&theme.text(field.label))
        .saturating_add(2)
        .saturating_add(value)
        .saturating_add(unit_columns(field, theme))
}

/// Columns of the unit with the gap before it.
fn unit_columns(field: &FormField<'_>, theme: &Theme) -> u16 {
    if field.unit.is_empty() { 0 } else { width(&theme.text(field.unit)).saturating_add(1) }
}

fn draw(field: &FormField<'_>, selected: bool, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let mut pen = Pen::new(area, buf, theme);
    let label = if field.error.is_empty() { Role::Dim } else { Role::Bad };
    let label_end = pen.fit(0, 0, area.width, field.label, label);
    let x = pen.put(label_end, 0, ":", label) + 1;
    match field.value {
        FormValue::Choice(choice) => {
            let glyphs = theme.glyphs();
            let end = pen.put(x, 0, glyphs.previous, Role::Hint) + 1;
            let end = pen.fit(end, 0, area.width.saturating_sub(end + 2), choice, Role::Accent) + 1;
            let end = pen.put(end, 0, glyphs.next, Role::Hint);
            if selected {
                pen.select(x, 0, end.saturating_sub(x));
            }
        }
        FormValue::Secret(input) if !selected => {
            let text =
                if input.value().is_empty() { String::new() } else { theme.glyphs().mask.repeat(MASKS) };
            pen.put(x, 0, &text, Role::Secret);
        }
        FormValue::Text(input) | FormValue::Secret(input) => {
            let masked = matches!(field.value, FormValue::Secret(_));
            let unit = unit_columns(field, theme);
            let room = area.width.saturating_sub(x.saturating_add(unit));
            if unit > 0 {
                pen.fit(x.saturating_add(room).saturating_add(1), 0, unit, field.unit, Role::Dim);
            }
            let rest = Rect { x: area.x.saturating_add(x), width: room, ..area };
            TextInput { masked, focused: selected, ..TextInput::new(input, "") }.render(rest, buf, theme);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{ascii, draw as drawn, keeps_to_its_area, styles, unicode};

    fn with_form<T>(error: &str, selected: Option<usize>, look: impl Fn(Form<'_>) -> T) -> T {
        let (day, password) = (Input::new("2024-05-31".to_owned()), Input::new("777777".to_owned()));
        let fields = [
            FormField {
                label: "depth",
                value: FormValue::Choice("running month"),
                unit: "",
                hint: "what fits",
                columns: 5,
                error: "",
            },
            FormField {
                label: "tariff",
                value: FormValue::Choice("T1"),
                unit: "",
                hint: "what fits",
                columns: 5,
                error: "",
            },
            FormField {
                label: "day",
                value: FormValue::Text(&day),
                unit: "d",
                hint: "what fits",
                columns: 5,
                error,
            },
            FormField {
                label: "password",
                value: FormValue::Secret(&password),
                unit: "",
                hint: "what fits",
                columns: 5,
                error: "",
            },
        ];
        look(Form { fields: &fields, selected })
    }

    #[test]
    fn parameters_stand_in_a_row_and_wrap() {
        let shown: Vec<String> = [100, 60, 30, 12]
            .iter()
            .map(|w| {
                with_form("no such day", Some(0), |form| {
                    let height = form.height(*w, &unicode());
                    drawn(*w, height, &unicode(), |a, b, t| form.render(a, b, t))
                })
            })
            .collect();
        let plain = with_form("", None, |form| drawn(100, 1, &ascii(), |a, b, t| form.render(a, b, t)));
        insta::assert_snapshot!(format!("{}----\n{plain}", shown.join("----\n")));
    }

    #[test]
    fn the_selected_parameter_is_lit() {
        insta::assert_snapshot!(with_form("", Some(1), |form| {
            styles(100, 1, &unicode(), |a, b, t| form.render(a, b, t))
        }));
    }

    #[test]
    fn a_password_shows_neither_characters_nor_length() {
        let shown = with_form("", None, |form| drawn(100, 1, &unicode(), |a, b, t| form.render(a, b, t)));
        assert!(shown.trim_end().ends_with("password: ********"), "{shown}");
    }

    #[test]
    fn a_place_on_the_screen_leads_back_to_its_parameter() {
        with_form("", None, |form| {
            let area = Rect::new(1, 1, 60, 3);
            assert_eq!(form.field_at(area, 1, 1, &unicode()), Some(0));
            assert_eq!(form.field_at(area, 30, 1, &unicode()), Some(1));
            assert_eq!(form.field_at(area, 0, 1, &unicode()), None);
            assert_eq!(form.field_at(area, 60, 3, &unicode()), None);
        });
    }

    #[test]
    fn any_area_will_do() {
        for selected in [None, Some(0), Some(2), Some(3), Some(9)] {
            with_form("wrong", selected, |form| {
                keeps_to_its_area(|area, buf, theme| form.render(area, buf, theme));
            });
        }
    }
}
