//! The screen of links: what was found, what is remembered, what is being typed.

use serde::{Deserialize, Serialize};
use tui_input::Input;

use super::scroll::Scroll;

/// A serial port that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    /// Its link name.
    pub link: String,
    /// What is known of it: the USB adapter's name.
    pub about: String,
}

/// Why a link is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The port is there.
    Found,
    /// The person keeps it.
    Saved,
    /// It was used lately.
    Recent,
    /// It is always there: the simulated bus.
    BuiltIn,
}

impl Origin {
    /// The heading it stands under.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Found => "Ports found",
            Self::Saved => "Saved",
            Self::Recent => "Recent",
            Self::BuiltIn => "Without a meter",
        }
    }
}

/// A link that is remembered, with the meter on it. All texts as they were written; empty for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// What the person calls it.
    pub name: String,
    /// The link's name.
    pub link: String,
    /// Id of the model on it.
    pub model: String,
    /// The meter's address.
    pub address: String,
}

impl Kept {
    fn about(&self) -> String {
        [&self.name, &self.model, &self.address]
            .into_iter()
            .filter(|word| !word.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join("  ")
    }
}

/// A link in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Why it is there.
    pub origin: Origin,
    /// The link, with the meter that was on it.
    pub kept: Kept,
    /// What is known of it.
    pub about: String,
}

impl Choice {
    /// Its name.
    #[must_use]
    pub(crate) fn link(&self) -> &str {
        &self.kept.link
    }

    fn bare(origin: Origin, link: &str, about: &str) -> Self {
        Self { origin, kept: Kept { link: link.to_owned(), ..Kept::default() }, about: about.to_owned() }
    }

    fn kept(origin: Origin, kept: &Kept) -> Self {
        Self { origin, kept: kept.clone(), about: kept.about() }
    }
}

/// The screen of links.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connect {
    /// Ports that are there now.
    pub ports: Vec<Port>,
    /// Whether they were looked for yet.
    pub looked: bool,
    /// Links named in the configuration.
    pub configured: Vec<Kept>,
    /// Links the person keeps.
    pub saved: Vec<Kept>,
    /// Links used lately, the last one first.
    pub recent: Vec<Kept>,
    /// The chosen link and the part of the list on screen.
    pub list: Scroll,
    /// A link being typed.
    pub entry: Input,
    /// Line settings being typed; empty for the model's.
    pub line: Input,
    /// What is wrong with what was typed, or why the last opening failed; empty for nothing.
    pub complaint: String,
}

impl Connect {
    /// All links that can be chosen, in the order of the list.
    #[must_use]
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let found = self.ports.iter().map(|port| Choice::bare(Origin::Found, &port.link, &port.about));
        let saved = self.configured.iter().chain(&self.saved).map(|kept| Choice::kept(Origin::Saved, kept));
        let recent = self.recent.iter().filter(|kept| !self.saved.contains(kept));
        let recent = recent.map(|kept| Choice::kept(Origin::Recent, kept));
        let mut choices: Vec<Choice> = found.chain(saved).chain(recent).collect();
        choices.push(Choice::bare(Origin::BuiltIn, "sim:", "simulated bus, one meter of every family"));
        choices
    }

    /// The chosen link.
    #[must_use]
    pub(crate) fn chosen(&self) -> Option<Choice> {
        self.choices().into_iter().nth(self.list.at)
    }

    /// Takes in which ports are there now, keeping the choice on the same link. Whether anything changed.
    pub(crate) fn set_ports(&mut self, ports: Vec<Port>) -> bool {
        if self.looked && self.ports == ports {
            return false;
        }
        let chosen = self.chosen().filter(|_| self.looked);
        self.ports = ports;
        self.looked = true;
        let same = |choice: Choice| self.choices().iter().position(|c| c.kept == choice.kept);
        self.list.at = chosen.and_then(same).unwrap_or(self.list.at);
        true
    }

    /// Row of a choice on screen, headings counted.
    #[must_use]
    pub(crate) fn row_of(choices: &[Choice], at: usize) -> usize {
        let before = choices.get(..=at).unwrap_or(choices);
        let headings = before
            .iter()
            .enumerate()
            .filter(|(i, c)| *i == 0 || before.get(i - 1).is_none_or(|b| b.origin != c.origin));
        at + headings.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str) -> Port {
        Port { link: format!("serial:{name}"), about: String::new() }
    }

    #[test]
    fn the_choice_stays_on_its_link_when_a_port_appears() {
        let mut connect = Connect::default();
        connect.set_ports(vec![port("/dev/ttyUSB1")]);
        assert!(connect.set_ports(vec![port("/dev/ttyUSB0"), port("/dev/ttyUSB1")]));
        assert_eq!(connect.chosen().map(|c| c.kept.link).as_deref(), Some("serial:/dev/ttyUSB1"));
        assert!(!connect.set_ports(vec![port("/dev/ttyUSB0"), port("/dev/ttyUSB1")]), "nothing new");
    }

    #[test]
    fn rows_count_the_headings_above() {
        let mut connect = Connect {
            saved: vec![Kept { link: "tcp://a:1".into(), ..Kept::default() }],
            ..Connect::default()
        };
        connect.set_ports(vec![port("a"), port("b")]);
        let choices = connect.choices();
        assert_eq!((0..4).map(|at| Connect::row_of(&choices, at)).collect::<Vec<_>>(), [1, 2, 4, 6]);
    }
}
