//! Arguments of a command: typed once, at the border, from what a person wrote.

use std::fmt;

use super::command::{Choice, Command, Kind, Parameter};
use crate::frame::{Secret, hex, near, visible};

/// The value given for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A number or the number of a choice.
    Integer(i64),
    /// Characters.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date and time.
    DateTime(jiff::civil::DateTime),
    /// A date.
    Date(jiff::civil::Date),
    /// A password.
    Password(Secret),
}

/// What is wrong with the arguments of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentError {
    /// The command has no such parameter.
    Unknown {
        /// The command's id.
        command: &'static str,
        /// What was typed.
        name: String,
        /// The names that come near: `; near it: depth`, or nothing.
        near: String,
        /// The names it has.
        known: String,
    },
    /// A required parameter was left out.
    Missing {
        /// The command's id.
        command: &'static str,
        /// The parameter.
        name: &'static str,
        /// What it is.
        title: &'static str,
    },
    /// The value does not fit.
    Unfit {
        /// The parameter.
        name: &'static str,
        /// What was typed (empty for a password).
        found: String,
        /// What it takes.
        expected: String,
    },
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { command, name, near, known } => {
                let name = visible::string(name);
                write!(f, "{command} has no parameter \"{name}\"{near}; it takes: {known}")
            }
            Self::Missing { command, name, title } => write!(f, "{command} needs {name}=...: {title}"),
            Self::Unfit { name, found, expected } => {
                write!(f, "{name}={}: expected {expected}", visible::string(found))
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

/// The arguments of one command, each fitting its parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arguments(Vec<(&'static str, Argument)>);

impl Arguments {
    /// See [`Command::arguments`].
    pub(super) fn parse<'a>(
        command: &Command,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ArgumentError> {
        let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
        if let Some((name, _)) =
            pairs.iter().find(|(name, _)| command.parameters.iter().all(|p| p.name != *name))
        {
            return Err(ArgumentError::Unknown {
                command: command.id,
                name: (*name).to_owned(),
                near: near::hint(name, command.parameters.iter().map(|parameter| parameter.name)),
                known: names(command),
            });
        }
        let given =
            |parameter: &Parameter| pairs.iter().rev().find(|(name, _)| *name == parameter.name).map(|p| p.1);
        let mut arguments = Vec::with_capacity(command.parameters.len());
        for parameter in command.parameters {
            let text = given(parameter).or(parameter.default).ok_or(ArgumentError::Missing {
                command: command.id,
                name: parameter.name,
                title: parameter.title,
            })?;
            arguments.push((parameter.name, parameter.parse(text)?));
        }
        Ok(Self(arguments))
    }

    /// The argument of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// A number or choice; 0 when there is no such argument.
    #[must_use]
    pub fn integer(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Argument::Integer(number)) => *number,
            _ => 0,
        }
    }

    /// All of them, in the order of the command's parameters.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Argument)> {
        self.0.iter().map(|(name, argument)| (*name, argument))
    }
}

impl Parameter {
    /// Reads a value for this parameter.
    ///
    /// # Errors
    /// [`ArgumentError::Unfit`] with what it takes.
    pub fn parse(&self, text: &str) -> Result<Argument, ArgumentError> {
        self.kind.parse(text.trim()).ok_or_else(|| ArgumentError::Unfit {
            name: self.name,
            found: if matches!(self.kind, Kind::Password { .. }) { String::new() } else { text.to_owned() },
            expected: self.kind.expectation() + &self.kind.near(text),
        })
    }
}

impl Kind {
    /// What fits, in words: `a number of 0 to 12`, `one of T1, T2`.
    #[must_use]
    pub fn expectation(&self) -> String {
        match self {
            Self::Integer { min, max } => format!("a number of {min} to {max}"),
            Self::Choice(choices) => {
                format!("one of {}", choices.iter().map(|c| c.word).collect::<Vec<_>>().join(", "))
            }
            Self::DateTime => "a date and time such as 2024-05-31T12:00:00".to_owned(),
            Self::Date => "a date such as 2024-05-31".to_owned(),
            Self::Text { max } => format!("at most {max} characters of ASCII"),
            Self::Code { .. } => "a code or name that the meter knows".to_owned(),
            Self::Bytes { min, max } if min == max => format!("{min} bytes as hex"),
            Self::Bytes { min, max } => format!("{min} to {max} bytes as hex"),
            Self::Password { max } => format!("a password of at most {max} characters"),
        }
    }

    /// The words that come near to what was typed, where there are words.
    fn near(&self, typed: &str) -> String {
        match self {
            Self::Choice(choices) => near::hint(typed, choices.iter().map(|choice| choice.word)),
            _ => String::new(),
        }
    }

    fn parse(&self, text: &str) -> Option<Argument> {
        match *self {
            Self::Integer { min, max } => {
                integer(text).filter(|n| (min..=max).contains(n)).map(Argument::Integer)
            }
            Self::Choice(choices) => choice(choices, text).map(Argument::Integer),
            Self::DateTime => text.parse().ok().map(Argument::DateTime),
            Self::Date => text.parse().ok().map(Argument::Date),
            Self::Code { max } => {
                let fits = !text.is_empty() && text.len() <= max && text.is_ascii();
                fits.then(|| Argument::Text(text.to_owned()))
            }
            Self::Text { max } => {
                (text.len() <= max && text.is_ascii()).then(|| Argument::Text(text.to_owned()))
            }
            Self::Bytes { min, max } => {
                hex::parse(text).ok().filter(|b| (min..=max).contains(&b.len())).map(Argument::Bytes)
            }
            Self::Password { max } => (text.len() <= max && text.is_ascii())
                .then(|| Argument::Password(Secret::new(text.as_bytes().to_vec()))),
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn choice(choices: &[Choice], text: &str) -> Option<i64> {
    let by_word = choices.iter().find(|c| c.word.eq_ignore_ascii_case(text));
    let by_number = || choices.iter().find(|c| integer(text) == Some(c.value));
    by_word.or_else(by_number).map(|c| c.value)
}

fn names(command: &Command) -> String {
    if command.parameters.is_empty() {
        return "nothing".to_owned();
    }
    command.parameters.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::protocol::example::ENERGY;

    #[test]
    fn defaults_fill_what_is_left_out_and_words_become_numbers() {
        let arguments = ENERGY.arguments([("depth", "3")]).expect("fits");
        assert_eq!((arguments.integer("tariff"), arguments.integer("depth")), (0, 3));
        let arguments = ENERGY.arguments([("tariff", "t1"), ("depth", "0x0C")]).expect("fits");
        assert_eq!((arguments.integer("tariff"), arguments.integer("depth")), (1, 12));
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_would() {
        let message = |pairs: &[(&str, &str)]| {
            ENERGY.arguments(pairs.iter().copied()).expect_err("refused").to_string()
        };
        assert_eq!(message(&[]), "energy needs depth=...: Months back");
        assert_eq!(message(&[("depth", "13")]), "depth=13: expected a number of 0 to 12");
        assert_eq!(message(&[("tariff", "T9"), ("depth", "0")]), "tariff=T9: expected one of sum, T1");
        assert_eq!(
            message(&[("deep", "1")]),
            "energy has no parameter \"deep\"; near it: depth; it takes: tariff, depth"
        );
    }
}
