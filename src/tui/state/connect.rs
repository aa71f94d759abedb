//! The screen of links: what was found, what is remembered, what is being typed.

use tui_input::Input;

use super::scroll::Scroll;

/// A serial port that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its link name.
    pub link: String,
    /// What is known of it: the USB adapter's name.
    pub about: String,
}

/// Why a link is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
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
    pub const fn title(self) -> &'static str {
        match self {
            Self::Found => "Ports found",
            Self::Saved => "Saved",
            Self::Recent => "Recent",
            Self::BuiltIn => "Without a meter",
        }
    }
}

/// A link in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Why it is there.
    pub origin: Origin,
    /// Its name.
    pub link: String,
    /// What is known of it.
    pub about: String,
}

/// The screen of links.
#[derive(Debug, Clone, Default)]
pub struct Connect {
    /// Ports that are there now.
    pub ports: Vec<Port>,
    /// Whether they were looked for yet.
    pub looked: bool,
    /// Links the person keeps.
    pub saved: Vec<String>,
    /// Links used lately, the last one first.
    pub recent: Vec<String>,
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
    pub fn choices(&self) -> Vec<Choice> {
        let found = self.ports.iter().map(|port| (Origin::Found, &port.link, port.about.as_str()));
        let saved = self.saved.iter().map(|link| (Origin::Saved, link, ""));
        let recent = self.recent.iter().filter(|link| !self.saved.contains(link));
        let recent = recent.map(|link| (Origin::Recent, link, ""));
        let mut choices: Vec<Choice> = found
            .chain(saved)
            .chain(recent)
            .map(|(origin, link, about)| Choice { origin, link: link.clone(), about: about.to_owned() })
            .collect();
        choices.push(Choice {
            origin: Origin::BuiltIn,
            link: "sim:".to_owned(),
            about: "simulated bus, one meter of every family".to_owned(),
        });
        choices
    }

    /// The chosen link.
    #[must_use]
    pub fn chosen(&self) -> Option<Choice> {
        self.choices().into_iter().nth(self.list.at)
    }

    /// Takes in which ports are there now, keeping the choice on the same link. Whether anything changed.
    pub fn set_ports(&mut self, ports: Vec<Port>) -> bool {
        if self.looked && self.ports == ports {
            return false;
        }
        let chosen = self.chosen().filter(|_| self.looked);
        self.ports = ports;
        self.looked = true;
        let same = |choice: Choice| self.choices().iter().position(|c| c.link == choice.link);
        self.list.at = chosen.and_then(same).unwrap_or(self.list.at);
        true
    }

    /// Row of a choice on screen, headings counted.
    #[must_use]
    pub fn row_of(choices: &[Choice], at: usize) -> usize {
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
        assert_eq!(connect.chosen().map(|c| c.link).as_deref(), Some("serial:/dev/ttyUSB1"));
        assert!(!connect.set_ports(vec![port("/dev/ttyUSB0"), port("/dev/ttyUSB1")]), "nothing new");
    }

    #[test]
    fn rows_count_the_headings_above() {
        let mut connect = Connect { saved: vec!["tcp://a:1".into()], ..Connect::default() };
        connect.set_ports(vec![port("a"), port("b")]);
        let choices = connect.choices();
        assert_eq!((0..4).map(|at| Connect::row_of(&choices, at)).collect::<Vec<_>>(), [1, 2, 4, 6]);
    }
}
