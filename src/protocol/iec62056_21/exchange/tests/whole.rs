//! Every command of every dialect: its bytes, and its way through a session.

use super::bench::{plan, profile, setup, talk};
use crate::frame::{Direction, Verdict};
use crate::protocol::iec62056_21::dissect::Asked;
use crate::protocol::iec62056_21::{EKT, EMR, GENERIC, Iec, NEVA_1, NEVA_3};
use crate::protocol::{
    Access, Command, ComposeError, Context, Dialect, Family, Fault, Kind, LineSettings, Parameter,
};

const MODELS: [(&str, Dialect); 5] = [
    ("neva-mt113", NEVA_1),
    ("neva-mt324", NEVA_3),
    ("energomera-ce303", EKT),
    ("energomera-ce308", EMR),
    ("iec62056-21", GENERIC),
];

/// An argument that fits.
fn argument(parameter: &Parameter) -> &'static str {
    if let Some(default) = parameter.default {
        return default;
    }
    match (parameter.kind, parameter.name) {
        (Kind::Integer { .. }, "year") => "2024",
        (Kind::Integer { .. }, _) => "4",
        (Kind::Choice(choices), _) => choices[0].word,
        (Kind::DateTime, _) => "2024-05-31T12:00:00",
        (Kind::Date, _) => "2024-05-14",
        (Kind::Code { .. }, _) => "60.01.04*FF",
        (Kind::Text { .. }, "names") => "400D(1)",
        (Kind::Password { .. }, _) => "12345678",
        _ => "0101",
    }
}

fn arguments(command: &Command, dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    let fit = |parameter: &Parameter| match (dialect, parameter.name) {
        (EKT | EMR, "code") => (parameter.name, "VOLTA"),
        (EMR, "names") => (parameter.name, "VOLTA()FREQU()"),
        (GENERIC, "code") => (parameter.name, "1.8.0"),
        _ => (parameter.name, argument(parameter)),
    };
    command.parameters.iter().map(fit).collect()
}

#[test]
fn what_is_composed_is_explained_as_what_was_asked() {
    for (model, dialect) in MODELS {
        let profile = profile(&setup(model, dialect, LineSettings::e71(9600)));
        for command in Iec.profile().dialect(dialect).commands {
            let pairs = arguments(command, dialect);
            let plan = plan(profile.clone(), &[(command.id, &pairs)]);
            let frames = Iec.compose(&profile, &plan.requests[0]).expect("it can be sent");
            let mut access = Access::Read;
            for frame in &frames {
                let context = Context { direction: Direction::Request, dialect, ..Context::default() };
                let explained = (&Iec as &dyn Family).dissect(frame, &context);
                assert_eq!(explained.direction, Direction::Request, "{model} {}", command.id);
                assert!(!explained.verdict.is_bad(), "{model} {}: {:?}", command.id, explained.verdict);
                let is_block = frame.contains(&3);
                assert_eq!(explained.verdict == Verdict::Good, is_block, "{model} {}", command.id);
                access = access.max(Iec.access(frame, dialect).expect("recognised"));
            }
            assert_eq!(access, command.access, "{model} {}", command.id);
            let code = command.code.as_bytes();
            if command.access == Access::Read && code.get(2) == Some(&b'.') && code.len() == 8 {
                let asked = Asked::new(&frames[2]).expect("a command");
                let plain: Vec<u8> = code.iter().copied().filter(|byte| *byte != b'.').collect();
                assert_eq!(&asked.address[..2], &plain[..2], "{model} {}", command.id);
            }
        }
    }
}

#[test]
fn every_read_goes_through_a_session_with_its_meter() {
    for (model, dialect) in MODELS {
        for command in
            Iec.profile().dialect(dialect).commands.iter().filter(|command| command.access == Access::Read)
        {
            let pairs = arguments(command, dialect);
            let told = talk(&setup(model, dialect, LineSettings::e71(9600)), &[(command.id, &pairs)]);
            let [result] = &told.results[..] else { panic!("{model} {}: {:?}", command.id, told.results) };
            match result {
                Ok(()) => assert!(!told.readings.is_empty(), "{model} {} gives no reading", command.id),
                Err((_, Fault::Refused { .. })) => {}
                Err((_, Fault::NoAnswer { .. })) if matches!(command.id, "push" | "table" | "quick") => {}
                Err(other) => panic!("{model} {}: {other:?}", command.id),
            }
        }
    }
}

#[test]
fn the_simulated_energomera_refuses_nothing_that_its_generation_can_be_asked() {
    for (model, dialect) in [("energomera-ce303", EKT), ("energomera-ce308", EMR)] {
        // Only an older CE208 has it.
        let reads =
            Iec.profile().dialect(dialect).commands.iter().filter(|command| command.access == Access::Read);
        for command in reads.filter(|command| command.id != "energy-old") {
            let pairs = arguments(command, dialect);
            let told = talk(&setup(model, dialect, LineSettings::e71(9600)), &[(command.id, &pairs)]);
            assert_eq!(told.results, [Ok(())], "{model} {}", command.id);
            assert!(!told.readings.is_empty(), "{model} {} gives no reading", command.id);
        }
    }
}

#[test]
fn a_load_profile_of_energomera_has_the_time_of_each_half_hour() {
    let day: &[_] = &[("date", "2024-05-14")];
    let back: &[_] = &[("day", "1")];
    for (model, dialect, pairs) in [("energomera-ce301", EKT, day), ("energomera-ce308", EMR, back)] {
        let asked = setup(model, dialect, LineSettings::e71(9600));
        let told = talk(&asked, &[("load-profile", pairs)]);
        let times: Vec<_> = told.readings.iter().filter_map(|reading| reading.at?.civil()).collect();
        let start = jiff::civil::date(2024, 5, 14).at(0, 0, 0, 0);
        assert_eq!(times.len(), 48, "{model}");
        assert_eq!((times[0], times[47]), (start, start.date().at(23, 30, 0, 0)), "{model}");
    }
    let asked = setup("energomera-ce308", EMR, LineSettings::e71(9600));
    let told = talk(&asked, &[("load-profile", &[])]);
    assert_eq!(told.readings.len(), 25, "an interval that is not there yet is no reading");
}

#[test]
fn every_write_is_sent_once() {
    for (model, dialect) in MODELS {
        for command in
            Iec.profile().dialect(dialect).commands.iter().filter(|command| command.access != Access::Read)
        {
            let pairs = arguments(command, dialect);
            let told = talk(&setup(model, dialect, LineSettings::e71(9600)), &[(command.id, &pairs)]);
            let mut writes: Vec<&Vec<u8>> =
                told.sent.iter().filter(|sent| sent.starts_with(b"\x01W")).collect();
            let count = writes.len();
            writes.dedup();
            assert_eq!(writes.len(), count, "{model} {}", command.id);
            assert!(count >= 1, "{model} {}", command.id);
        }
    }
}

#[test]
fn what_cannot_be_sent_is_named_before_anything_is() {
    let profile = profile(&setup("neva-mt324", NEVA_3, LineSettings::e71(9600)));
    let refused = |id: &str, pairs: &[(&str, &str)]| {
        let plan = plan(profile.clone(), &[(id, pairs)]);
        Iec.exchange(plan).err()
    };
    for code in ["600102FF", "0A.00.67*FF"] {
        let error = refused("write-obis", &[("code", code), ("value", "1")]);
        assert!(matches!(error, Some(ComposeError::Argument { name: "code", .. })), "{code}: {error:?}");
    }
    assert!(refused("obis", &[("code", "nonsense")]).is_some());
    assert!(refused("set-name", &[("value", "a)b")]).is_some());
    assert!(refused("serial", &[]).is_none());
}
