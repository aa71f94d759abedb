//! The parameters of a command as they are being filled in.

use tui_input::Input;

use crate::protocol::{ArgumentError, Arguments, Choice, Command, Kind, Parameter};

/// A parameter being filled in.
#[derive(Debug, Clone)]
pub(crate) struct FormField {
    /// What it is.
    pub parameter: &'static Parameter,
    /// What was typed; for a choice, its word.
    pub input: Input,
}

impl FormField {
    fn new(parameter: &'static Parameter) -> Self {
        Self { parameter, input: Input::from(parameter.default.unwrap_or_default()) }
    }

    /// The choices, where there are only a few.
    #[must_use]
    pub(crate) const fn choices(&self) -> Option<&'static [Choice]> {
        match self.parameter.kind {
            Kind::Choice(choices) => Some(choices),
            _ => None,
        }
    }

    /// Whether it must not be shown.
    #[must_use]
    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self.parameter.kind, Kind::Password { .. })
    }

    /// What is wrong with it, empty when nothing is.
    #[must_use]
    pub(crate) fn complaint(&self) -> String {
        self.parameter
            .parse(self.input.value())
            .map_or_else(|_| self.parameter.kind.expectation(), |_| String::new())
    }

    /// The next choice, or the next number.
    fn turn(&mut self, by: isize) {
        let Some(choices) = self.choices() else { return };
        let typed = self.input.value();
        let at = choices
            .iter()
            .position(|c| c.word.eq_ignore_ascii_case(typed) || c.value.to_string() == typed)
            .unwrap_or(0);
        let count = isize::try_from(choices.len()).unwrap_or(1).max(1);
        let next = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(count).unsigned_abs();
        if let Some(choice) = choices.get(next) {
            self.input = Input::from(choice.word);
        }
    }
}

/// The parameters of one command.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// In the order of the command.
    pub fields: Vec<FormField>,
    /// The one that is being filled in.
    pub at: usize,
}

impl Form {
    /// With the defaults filled in.
    #[must_use]
    pub(crate) fn new(command: &'static Command) -> Self {
        Self { fields: command.parameters.iter().map(FormField::new).collect(), at: 0 }
    }

    /// The field that is being filled in.
    #[must_use]
    pub(crate) fn current(&self) -> Option<&FormField> {
        self.fields.get(self.at)
    }

    /// The field that is being filled in, to type into.
    pub(crate) fn current_mut(&mut self) -> Option<&mut FormField> {
        self.fields.get_mut(self.at)
    }

    /// Moves over so many fields.
    pub(crate) fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.fields.len().saturating_sub(1));
    }

    /// Turns to another choice of the current field.
    pub(crate) fn turn(&mut self, by: isize) {
        if let Some(field) = self.current_mut() {
            field.turn(by);
        }
    }

    /// The arguments, when everything fits.
    ///
    /// # Errors
    /// What does not fit first.
    pub(crate) fn arguments(&self, command: &Command) -> Result<Arguments, ArgumentError> {
        command.arguments(self.fields.iter().map(|f| (f.parameter.name, f.input.value())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::example::ENERGY;

    #[test]
    fn choices_turn_round_and_the_arguments_follow() {
        let mut form = Form::new(&ENERGY);
        form.step(1);
        form.current_mut().unwrap().input = "3".into();
        form.step(-1);
        form.turn(1);
        assert_eq!(form.arguments(&ENERGY).unwrap().integer("tariff"), 1);
        form.turn(1);
        assert_eq!(form.arguments(&ENERGY).unwrap().integer("tariff"), 0);
        form.turn(-1);
        assert_eq!(form.current().unwrap().input.value(), "T1");
    }

    #[test]
    fn a_field_says_what_it_takes_when_it_does_not_fit() {
        let mut form = Form::new(&ENERGY);
        form.step(5);
        form.current_mut().unwrap().input = "13".into();
        assert_eq!(form.current().unwrap().complaint(), "a number of 0 to 12");
        assert!(form.arguments(&ENERGY).is_err());
    }
}
