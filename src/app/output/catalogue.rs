//! Models and commands as tables and as JSON.

use serde::Serialize;

use super::table::{Align, Table};
use crate::meter::{AddressRule, Login, Model, Order, Preset};
use crate::protocol::{Command, Kind, Parameter};

/// A model as JSON.
#[derive(Debug, Serialize)]
pub struct ModelJson {
    id: &'static str,
    maker: &'static str,
    title: &'static str,
    protocol: &'static str,
    dialect: Option<&'static str>,
    line: String,
    other_speeds: &'static [u32],
    address: AddressJson,
    password: &'static str,
    wiring: WiringJson,
    tariffs: u8,
    #[serde(rename = "everyday")]
    default_reads: Vec<String>,
    note: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct AddressJson {
    bytes: u8,
    order: &'static str,
    min: u64,
    max: u64,
    unaddressed: Option<u64>,
    from_serial: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct WiringJson {
    interface: &'static str,
    terminals: Option<&'static str>,
    supply: Option<&'static str>,
}

/// A command as JSON.
#[derive(Debug, Serialize)]
pub struct CommandJson {
    id: &'static str,
    code: &'static str,
    title: &'static str,
    group: &'static str,
    access: &'static str,
    parameters: Vec<ParameterJson>,
    note: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct ParameterJson {
    name: &'static str,
    title: &'static str,
    expects: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<&'static str>,
    default: Option<&'static str>,
    unit: Option<&'static str>,
}

fn some(text: &'static str) -> Option<&'static str> {
    Some(text).filter(|text| !text.is_empty())
}

impl ModelJson {
    /// The JSON form of a model.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        Self {
            id: model.id,
            maker: model.maker,
            title: model.title,
            protocol: model.protocol.id(),
            dialect: some(model.protocol.profile().dialect(model.dialect).name),
            line: model.line.to_string().replace(' ', "-"),
            other_speeds: model.other_speeds,
            address: AddressJson::of(&model.address),
            password: password(model.login),
            wiring: WiringJson {
                interface: model.wiring.interface,
                terminals: some(model.wiring.terminals),
                supply: some(model.wiring.supply),
            },
            tariffs: model.tariffs,
            default_reads: model.default_reads.iter().map(preset).collect(),
            note: some(model.note),
        }
    }
}

impl AddressJson {
    fn of(rule: &AddressRule) -> Self {
        Self {
            bytes: rule.width,
            order: match rule.order {
                Order::LittleEndian => "little-endian",
                Order::BigEndian => "big-endian",
                Order::Text => "characters",
            },
            min: rule.min,
            max: rule.max,
            unaddressed: rule.unaddressed,
            from_serial: rule.serial.iter().map(|way| way.because).collect(),
        }
    }
}

impl CommandJson {
    /// The JSON form of a command.
    #[must_use]
    pub fn of(command: &'static Command) -> Self {
        Self {
            id: command.id,
            code: command.code,
            title: command.title,
            group: command.group.title(),
            access: command.access.word(),
            parameters: command.parameters.iter().map(ParameterJson::of).collect(),
            note: some(command.note),
        }
    }
}

impl ParameterJson {
    fn of(parameter: &'static Parameter) -> Self {
        let choices = match parameter.kind {
            Kind::Choice(choices) => choices.iter().map(|choice| choice.word).collect(),
            _ => Vec::new(),
        };
        Self {
            name: parameter.name,
            title: parameter.title,
            expects: parameter.kind.expectation(),
            choices,
            default: parameter.default,
            unit: some(parameter.unit.symbol()),
        }
    }
}

const fn password(login: Login) -> &'static str {
    match login {
        Login::None => "none",
        Login::Optional { .. } => "optional",
        Login::Required { .. } => "required",
    }
}

/// `energy tariff=sum`.
fn preset(preset: &Preset) -> String {
    let arguments = preset.arguments.iter().map(|(name, value)| format!("{name}={value}"));
    std::iter::once(preset.command.to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// The models as a table.
#[must_use]
pub fn models(models: &[&'static Model]) -> Table {
    let mut table = Table::new(&[
        ("model", Align::Key),
        ("meter", Align::Left),
        ("protocol", Align::Left),
        ("line", Align::Left),
    ]);
    for model in models {
        table.row([
            model.id.to_owned(),
            format!("{} {}", model.maker, model.title),
            model.protocol.id().to_owned(),
            model.line.to_string(),
        ]);
    }
    table
}

/// All that is known of one model, a line each; what is empty is left out.
#[must_use]
pub fn model(model: &'static Model) -> Table {
    let mut table = Table::new(&[(model.id, Align::Key), (model.title, Align::Left)]);
    let dialect = model.protocol.profile().dialect(model.dialect).name;
    let default_reads: Vec<String> = model.default_reads.iter().map(preset).collect();
    let mut row = |name: &str, words: String| {
        if !words.is_empty() {
            table.row([name.to_owned(), words]);
        }
    };
    row("maker", model.maker.to_owned());
    row("protocol", listed([model.protocol.id(), dialect]));
    row("line", line(model));
    row("address", address(&model.address));
    row("password", login(model.login));
    row("key", if model.encrypts { "of the grid operator".to_owned() } else { String::new() });
    row("interface", model.wiring.interface.to_owned());
    row("terminals", model.wiring.terminals.to_owned());
    row("supply", model.wiring.supply.to_owned());
    row("tariffs", if model.tariffs == 0 { String::new() } else { model.tariffs.to_string() });
    row("everyday", default_reads.join(", "));
    row("lookalike", model.lookalike.to_owned());
    row("remark", model.note.to_owned());
    table
}

/// Those that are not empty, with commas.
fn listed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// `9600 8N1, can be set to 300, 600 Bd`.
fn line(model: &Model) -> String {
    let speeds: Vec<String> = model.other_speeds.iter().map(u32::to_string).collect();
    match speeds.as_slice() {
        [] => model.line.to_string(),
        _ => format!("{}, can be set to {} Bd", model.line, speeds.join(", ")),
    }
}

fn login(login: Login) -> String {
    match login {
        Login::None => String::new(),
        Login::Optional { form, .. } => format!("not needed for reading; {form}"),
        Login::Required { form, .. } => format!("needed; {form}"),
    }
}

/// `1-239, or last five digits of the serial number; empty: 1`.
fn address(rule: &AddressRule) -> String {
    let range = match rule.order {
        Order::Text => format!("up to {} characters", rule.max),
        _ if rule.max == 0 => return "none: nobody is asked".to_owned(),
        Order::LittleEndian | Order::BigEndian => format!("{}-{}", rule.min, rule.max),
    };
    let mut words = vec![range];
    words.extend(rule.serial.iter().map(|way| format!("or {}", way.because)));
    match rule.unaddressed {
        Some(_) if rule.order == Order::Text => words.push("empty: every meter".to_owned()),
        Some(number) => words.push(format!("empty: {number}")),
        None => {}
    }
    words.join("; ")
}

/// The commands of a model as a table.
#[must_use]
pub fn commands(commands: &'static [Command]) -> Table {
    let mut table = Table::new(&[
        ("command", Align::Key),
        ("code", Align::Left),
        ("access", Align::Left),
        ("what it does", Align::Left),
        ("parameters", Align::Left),
        ("remark", Align::Left),
    ]);
    for command in commands {
        let parameters: Vec<String> = command.parameters.iter().map(parameter).collect();
        table.row([
            command.id.to_owned(),
            command.code.to_owned(),
            command.access.word().to_owned(),
            command.title.to_owned(),
            parameters.join("; "),
            command.note.to_owned(),
        ]);
    }
    table
}

/// `depth=0: a number of 0 to 12 (months)`.
fn parameter(parameter: &Parameter) -> String {
    let unit = match parameter.unit.symbol() {
        "" => String::new(),
        symbol => format!(" {symbol}"),
    };
    let default = parameter.default.map_or("...".to_owned(), str::to_owned);
    format!("{}={default}: {}{unit}", parameter.name, parameter.kind.expectation())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::output::paint::TermStyle;
    use crate::protocol::example::ENERGY;

    #[test]
    fn a_command_tells_what_it_takes_in_the_table() {
        let text = commands(std::slice::from_ref(&ENERGY)).render(TermStyle::default());
        assert!(text.contains("tariff=sum: one of sum, T1; depth=...: a number of 0 to 12 months"), "{text}");
    }
}
