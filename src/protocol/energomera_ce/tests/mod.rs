//! The laws of the family, and its exchanges against its own meters.

use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::frame::{Data, Kind, Packet};
use super::*;
use crate::frame::{At, Direction, FieldTree, Secret, Value, Verdict, hex};
use crate::protocol::drive::{self, Outcome};
use crate::protocol::{Address, Choice, Fault, Kind as ParameterKind, Options, Parameter, Unfit};
use crate::reading::{Absent, Code, Decimal, Measured, Period, Reading, Unit};

mod conversations;
mod explained;
mod laws;
mod relations;

const METER: u16 = 13462;

fn bytes(text: &str) -> Vec<u8> {
    hex::parse(text).unwrap()
}

fn profile(dialect: Dialect, address: u64) -> Profile {
    Profile {
        model: "",
        dialect,
        address: Address::numeric(address.to_string(), address),
        password: None,
        line: LineSettings::default(),
        is_line_chosen: false,
        network_delay: Duration::ZERO,
        families: crate::protocol::registry::FAMILIES,
        keys: Vec::new(),
    }
}

fn request(dialect: Dialect, id: &str, arguments: &[(&str, &str)]) -> Request {
    let command = Ce.profile().dialect(dialect).commands.iter().find(|command| command.id == id).expect(id);
    Request { command, arguments: command.arguments(arguments.iter().copied()).expect(id) }
}

fn model(dialect: Dialect) -> &'static str {
    if dialect == KERNEL10 { "energomera-ce307" } else { "energomera-ce102" }
}

fn setup(dialect: Dialect, values: &[(&str, &str)]) -> Setup {
    Setup {
        model: model(dialect),
        dialect,
        address: Address::numeric("13462", METER.into()),
        serial: "011791165813462".into(),
        password: None,
        line: LineSettings::default(),
        keys: Vec::new(),
        values: values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    }
}

fn plan(dialect: Dialect, requests: Vec<Request>) -> Plan {
    Plan { profile: profile(dialect, METER.into()), requests, options: Options::default() }
}

fn carry_out(dialect: Dialect, id: &str, arguments: &[(&str, &str)]) -> Outcome {
    drive::run(&Ce, plan(dialect, vec![request(dialect, id, arguments)]), &setup(dialect, &[]))
}

fn reply_to(dialect: Dialect, request: &[u8], data: &[u8]) -> Vec<Reading> {
    let asked = frame::parse(request, Direction::Request).unwrap();
    let reply = Packet {
        kind: Kind::Reply,
        to: asked.from,
        from: asked.to,
        command: asked.command,
        data: Data::new(data).unwrap(),
    };
    let context = Context { request: Some(request), dialect, ..Context::default() };
    let explained = (&Ce as &dyn Family).dissect(&reply.to_wire(), &context);
    assert_eq!(explained.verdict, Verdict::Good);
    explained.readings
}

fn compose_one(dialect: Dialect, id: &str, arguments: &[(&str, &str)]) -> Vec<u8> {
    let frames = Ce.compose(&profile(dialect, METER.into()), &request(dialect, id, arguments)).unwrap();
    assert_eq!(frames.len(), 1);
    frames.concat()
}

fn shown(readings: &[Reading]) -> Vec<String> {
    readings.iter().map(crate::frame::visible::reading).collect()
}

/// The fields of every layer tile it.
fn assert_tiled(explained: &Dissection) {
    for layer in &explained.layers {
        assert!(layer.fields.tiles(layer.bytes.len()), "{}: {:#?}", layer.kind, layer.fields);
    }
}
