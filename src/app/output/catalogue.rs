//! Models and commands as tables and as JSON.

use serde::Serialize;

use super::table::{Align, Table};
use crate::meter::{AddressRule, Login, Model, Order, Preset};
use crate::protocol::{Command, Family, Kind, Parameter};

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
    everyday: Vec<String>,
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
    /// The JSON form of a model of a family.
    #[must_use]
    pub fn of(model: &Model, family: Option<&dyn Family>) -> Self {
        Self {
            id: model.id,
            maker: model.maker,
            title: model.title,
            protocol: model.protocol,
            dialect: family.and_then(|family| some(family.dialect_name(model.dialect))),
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
            everyday: model.everyday.iter().map(preset).collect(),
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
        ("address", Align::Left),
        ("wiring", Align::Left),
    ]);
    for model in models {
        let wiring = [model.wiring.interface, model.wiring.terminals, model.wiring.supply];
        table.row([
            model.id.to_owned(),
            format!("{} {}", model.maker, model.title),
            model.protocol.to_owned(),
            model.line.to_string(),
            address(&model.address),
            wiring.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        ]);
    }
    table
}

/// `1-239, last five digits of the serial number`.
fn address(rule: &AddressRule) -> String {
    if rule.order != Order::Text && rule.max == 0 {
        return "none: nobody is asked".to_owned();
    }
    let mut words = match rule.order {
        Order::Text => vec![format!("up to {} characters", rule.max)],
        Order::LittleEndian | Order::BigEndian => vec![format!("{}-{}", rule.min, rule.max)],
    };
    words.extend(rule.serial.iter().map(|way| way.because.to_owned()));
    if rule.order == Order::Text && rule.unaddressed.is_some() {
        words.push("empty: every meter".to_owned());
        return words.join(", ");
    }
    if let Some(number) = rule.unaddressed {
        words.push(format!("empty: {number}"));
    }
    words.join(", ")
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
    use crate::app::output::paint::Sheet;
    use crate::protocol::example::ENERGY;

    #[test]
    fn a_command_tells_what_it_takes_in_the_table() {
        let text = commands(std::slice::from_ref(&ENERGY)).render(Sheet::default());
        assert!(text.contains("tariff=sum: one of sum, T1; depth=...: a number of 0 to 12 months"), "{text}");
    }
}
