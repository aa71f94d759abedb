//! Why a port could not be opened, in words that help.

use std::io;

use crate::frame::visible;
use crate::link::OpenError;
use crate::link::ports::PortInfo;

/// What else is known about a port that could not be opened.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Who holds it, already made visible.
    pub(super) holder: Option<String>,
    /// The group that may use it, if there is one that may.
    pub(super) group: Option<String>,
    /// Who we are.
    pub(super) user: Option<String>,
    /// The ports there are.
    pub(super) ports: Vec<PortInfo>,
}

/// The refusal of a port that somebody else holds.
pub(super) fn busy(port: &str, facts: &Facts) -> OpenError {
    let (what, hint) = match facts.holder.as_deref() {
        Some(holder) if holder.starts_with("ModemManager") => (
            format!("{holder} has it open"),
            "ModemManager tries every new adapter for a modem: wait half a minute or stop that service"
                .to_owned(),
        ),
        Some(holder) => (format!("{holder} has it open"), "close it there first".to_owned()),
        None => ("another program has it open".to_owned(), "close it there first".to_owned()),
    };
    OpenError::Busy { link: visible::string(port), what, hint }
}

/// The refusal behind an error of the system. Everything that is not busy, missing or forbidden is said in the
/// system's own words.
pub(super) fn refusal(port: &str, error: &io::Error, facts: &Facts) -> OpenError {
    let link = visible::string(port);
    match error.kind() {
        io::ErrorKind::ResourceBusy => busy(port, facts),
        io::ErrorKind::NotFound => OpenError::Missing {
            link,
            what: "there is no such port".to_owned(),
            hint: there_are(&facts.ports),
        },
        io::ErrorKind::PermissionDenied => OpenError::Forbidden { link, hint: join_group(facts) },
        _ => OpenError::Refused {
            link,
            what: visible::error(&error),
            hint: "is the adapter still plugged in?".to_owned(),
        },
    }
}

#[cfg(unix)]
/// The refusal of something that is not a serial port.
pub(super) fn no_port(port: &str, facts: &Facts) -> OpenError {
    OpenError::Refused {
        link: visible::string(port),
        what: "this is not a serial port".to_owned(),
        hint: there_are(&facts.ports),
    }
}

/// The refusal of line settings that the port cannot have.
pub(super) fn bad_line(port: &str, line: crate::protocol::LineSettings, error: &io::Error) -> OpenError {
    OpenError::Refused {
        link: visible::string(port),
        what: format!("it does not take {line}: {}", visible::error(&error)),
        hint: "choose a speed and format that the adapter can have".to_owned(),
    }
}

fn there_are(ports: &[PortInfo]) -> String {
    if ports.is_empty() {
        return "no serial port was found; is the adapter plugged in?".to_owned();
    }
    let names: Vec<String> = ports.iter().map(PortInfo::to_string).collect();
    format!("there are: {}", names.join(", "))
}

fn join_group(facts: &Facts) -> String {
    let user = facts.user.as_deref().unwrap_or("$USER");
    match &facts.group {
        Some(group) => {
            format!("join the group {group}: sudo usermod -aG {group} {user}, then log in again")
        }
        None => "its mode lets no group use it: ask who looks after this computer for access".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::ports::PortKind;

    fn said(kind: io::ErrorKind, facts: &Facts) -> String {
        refusal("/dev/ttyUSB0", &io::Error::from(kind), facts).to_string()
    }

    #[test]
    fn a_forbidden_port_names_the_command_that_helps() {
        let facts = Facts { group: Some("dialout".into()), user: Some("anna".into()), ..Facts::default() };
        assert_eq!(
            said(io::ErrorKind::PermissionDenied, &facts),
            "/dev/ttyUSB0: no permission; join the group dialout: sudo usermod -aG dialout anna, then log in again"
        );
    }

    #[test]
    fn no_group_is_advised_that_would_not_help() {
        let text = said(io::ErrorKind::PermissionDenied, &Facts::default());
        assert!(text.contains("lets no group use it"), "{text}");
    }

    #[test]
    fn a_missing_port_names_the_ports_there_are() {
        let port = PortInfo { path: "/dev/ttyACM0".into(), by_id: None, kind: PortKind::Other };
        let facts = Facts { ports: vec![port], ..Facts::default() };
        assert_eq!(
            said(io::ErrorKind::NotFound, &facts),
            "/dev/ttyUSB0: there is no such port; there are: /dev/ttyACM0"
        );
        assert!(said(io::ErrorKind::NotFound, &Facts::default()).contains("is the adapter plugged in?"));
    }

    #[test]
    fn a_busy_port_names_its_holder() {
        let held = |holder: Option<&str>| {
            let facts = Facts { holder: holder.map(str::to_owned), ..Facts::default() };
            said(io::ErrorKind::ResourceBusy, &facts)
        };
        assert_eq!(
            held(Some("tio (process 12)")),
            "/dev/ttyUSB0 is busy: tio (process 12) has it open; close it there first"
        );
        assert!(held(Some("ModemManager (process 12)")).contains("wait half a minute"));
        assert!(held(None).contains("another program has it open"));
    }

    #[test]
    fn any_other_error_is_said_in_the_words_of_the_system() {
        assert!(matches!(
            refusal("/dev/ttyUSB0", &io::Error::other("odd\u{1B}"), &Facts::default()),
            OpenError::Refused { what, .. } if what == "odd\\u{1B}"
        ));
    }
}
