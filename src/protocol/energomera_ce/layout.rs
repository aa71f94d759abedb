//! How the data of a command is laid out, as data: what the tables in `commands` are written in.

use crate::protocol::{Access, Command, Group, Parameter};
use crate::reading::{Code, Period, Unit};

/// A command of one dialect: what the catalogue shows of it and how its data lies on the wire.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Command code.
    pub code: u16,
    /// The code as the manual prints it.
    pub code_text: &'static str,
    /// Name on the command line.
    pub id: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Heading.
    pub group: Group,
    /// What it may do to a meter.
    pub access: Access,
    /// What a person fills in.
    pub parameters: &'static [Parameter],
    /// The request's data: where the parameters go.
    pub request: &'static [Slot],
    /// The forms the reply's data may have, told apart by length; one empty form for a confirmation.
    pub replies: &'static [Layout],
    /// What a good reply measures.
    pub yields: Yield,
    /// Which questions it takes.
    pub steps: Steps,
    /// Goes to every meter at once, always; there is no reply.
    pub is_broadcast: bool,
    /// Means the same in both dialects.
    pub is_shared: bool,
    /// A remark.
    pub note: &'static str,
}

impl Spec {
    /// A command that reads.
    pub const fn read(code: &'static str, id: &'static str, title: &'static str, group: Group) -> Self {
        Self {
            code: number(code),
            code_text: code,
            id,
            title,
            group,
            access: Access::Read,
            parameters: &[],
            request: &[],
            replies: &[Layout::EMPTY],
            yields: Yield::Nothing,
            steps: Steps::One,
            is_broadcast: false,
            is_shared: false,
            note: "",
        }
    }

    /// A command that changes a setting; its reply is empty.
    pub const fn write(code: &'static str, id: &'static str, title: &'static str, group: Group) -> Self {
        Self { access: Access::Write, ..Self::read(code, id, title, group) }
    }

    /// A command that acts; its reply is empty.
    pub const fn control(code: &'static str, id: &'static str, title: &'static str, group: Group) -> Self {
        Self { access: Access::Control, ..Self::read(code, id, title, group) }
    }

    /// With parameters and where they go.
    pub const fn takes(self, parameters: &'static [Parameter], request: &'static [Slot]) -> Self {
        Self { parameters, request, ..self }
    }

    /// With request data that is always the same.
    pub const fn always(self, request: &'static [Slot]) -> Self {
        Self { request, ..self }
    }

    /// With the forms of its reply and what they measure.
    pub const fn gives(self, replies: &'static [Layout], yields: Yield) -> Self {
        Self { replies, yields, ..self }
    }

    /// That takes several questions.
    pub const fn in_steps(self, steps: Steps) -> Self {
        Self { steps, ..self }
    }

    /// That only makes sense sent to all.
    pub const fn to_all(self) -> Self {
        Self { is_broadcast: true, ..self }
    }

    /// That both dialects have alike.
    pub const fn shared(self) -> Self {
        Self { is_shared: true, ..self }
    }

    /// With a remark.
    pub const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// As the catalogue shows it.
    pub const fn command(&self) -> Command {
        Command {
            id: self.id,
            code: self.code_text,
            title: self.title,
            group: self.group,
            access: self.access,
            parameters: self.parameters,
            note: self.note,
        }
    }

    /// Whether `length` request bytes can be its data.
    pub fn takes_length(&self, length: usize) -> bool {
        match self.request.split_last() {
            Some((Slot::Points(_, grid), before)) => {
                let fixed = width(before) + 1;
                length > fixed && (length - fixed).is_multiple_of(grid.width())
            }
            _ => length == width(self.request),
        }
    }

    /// The form of a reply of `length` data bytes to a request with this data, if it has one.
    pub fn reply_layout(&self, length: usize, request: Option<&[u8]>) -> Option<&'static Layout> {
        self.replies.iter().find(|layout| layout.fits(length, request))
    }

    /// How long a reply to a request with this data is: the shortest form, for messages.
    pub fn reply_length(&self, request: Option<&[u8]>) -> usize {
        self.replies.iter().map(|layout| layout.shortest(request)).min().unwrap_or_default()
    }
}

/// A command code from its four hex digits.
const fn number(text: &str) -> u16 {
    let mut rest = text.as_bytes();
    let mut code = 0;
    while let [digit, after @ ..] = rest {
        code = code << 4
            | match *digit {
                b'0'..=b'9' => *digit - b'0',
                b'A'..=b'F' => *digit - b'A' + 10,
                _ => 0,
            } as u16;
        rest = after;
    }
    code
}

/// Which questions carry a command out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// One, its own.
    One,
    /// Its own; before it, once, the configuration, which tells the decimals of energies and powers.
    WithDecimals,
    /// Both parts of the serial number.
    Serial,
    /// Version, SKOP, both parts of the serial number: the order in which the maker's software asks them.
    Identify,
}

/// A place in the request's data; the name is that of a parameter.
#[derive(Debug, Clone, Copy)]
pub enum Slot {
    /// So many bytes, least significant first.
    Number(&'static str, usize),
    /// One byte, a digit in each half.
    Bcd(&'static str),
    /// One byte shared by several parameters.
    Bits(&'static [Bits]),
    /// Seven bytes BCD: second, minute, hour, weekday (0 Sunday), day, month, year.
    Clock(&'static str),
    /// Three bytes BCD: day, month, year.
    Date(&'static str),
    /// So many characters, the last one first, filled up with zeros.
    Reversed(&'static str, usize),
    /// Four bytes, least significant first: the number that a password is.
    Password(&'static str),
    /// One byte count, then so many points of a day.
    Points(&'static str, Grid),
    /// Bytes without a meaning, sent as zero.
    Zero(usize),
}

impl Slot {
    /// Bytes it takes; of points, the count byte and one point.
    pub const fn width(&self) -> usize {
        match self {
            Self::Bcd(_) | Self::Bits(_) => 1,
            Self::Clock(_) => 7,
            Self::Date(_) => 3,
            Self::Password(_) => 4,
            Self::Number(_, width) | Self::Reversed(_, width) | Self::Zero(width) => *width,
            Self::Points(_, grid) => 1 + grid.width(),
        }
    }
}

fn width(slots: &[Slot]) -> usize {
    slots.iter().map(Slot::width).sum()
}

/// A parameter's part of a byte.
#[derive(Debug, Clone, Copy)]
pub struct Bits {
    /// The parameter.
    pub name: &'static str,
    /// Its lowest bit.
    pub shift: u8,
    /// How many bits.
    pub count: u8,
}

impl Bits {
    /// The part's value in a byte.
    pub const fn of(self, byte: u8) -> u8 {
        byte >> self.shift & mask(self.count)
    }
}

/// The lowest `count` bits.
pub const fn mask(count: u8) -> u8 {
    if count >= 8 { 0xFF } else { (1 << count) - 1 }
}

/// How a point of a day's schedule is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// Two bytes: half-hour of the day, tariff.
    HalfHours,
    /// Three bytes: hour BCD, minute BCD, tariff.
    Minutes,
}

impl Grid {
    /// Bytes of a point.
    pub const fn width(self) -> usize {
        match self {
            Self::HalfHours => 2,
            Self::Minutes => 3,
        }
    }

    /// Most points a write may carry.
    pub const fn most(self) -> usize {
        match self {
            Self::HalfHours => 6,
            Self::Minutes => 4,
        }
    }
}

/// A form of a reply's data: fields, then a group of fields several times over.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The fields at the front.
    pub head: &'static [Cell],
    /// The fields that repeat.
    pub each: &'static [Cell],
    /// How often they do.
    pub times: Times,
}

/// How often the repeating fields of a [`Layout`] are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Not at all.
    Never,
    /// As often as the request byte with this index says; at most so often.
    Asked(usize, usize),
    /// Between so often and so often.
    Between(usize, usize),
}

impl Layout {
    /// No data: a confirmation.
    pub const EMPTY: Self = Self::of(&[]);

    /// Fields and nothing else.
    pub const fn of(head: &'static [Cell]) -> Self {
        Self { head, each: &[], times: Times::Never }
    }

    /// The same fields several times.
    pub const fn repeated(each: &'static [Cell], times: Times) -> Self {
        Self { head: &[], each, times }
    }

    /// Fields after these, several times.
    pub const fn then(self, each: &'static [Cell], times: Times) -> Self {
        Self { each, times, ..self }
    }

    fn fits(&self, length: usize, request: Option<&[u8]>) -> bool {
        let (head, each) = (cells_width(self.head), cells_width(self.each));
        let Some(rest) = length.checked_sub(head) else { return false };
        let (times, exact) = (rest.checked_div(each).unwrap_or(0), each == 0 || rest.is_multiple_of(each));
        match self.times {
            Times::Never => rest == 0,
            Times::Asked(at, most) => match request.and_then(|data| data.get(at)) {
                Some(&asked) => exact && times == usize::from(asked),
                None => exact && (1..=most).contains(&times),
            },
            Times::Between(least, most) => exact && (least..=most).contains(&times),
        }
    }

    fn shortest(&self, request: Option<&[u8]>) -> usize {
        let times = match self.times {
            Times::Never => 0,
            Times::Asked(at, _) => {
                request.and_then(|data| data.get(at)).map_or(1, |asked| usize::from(*asked))
            }
            Times::Between(least, _) => least,
        };
        cells_width(self.head) + times * cells_width(self.each)
    }
}

fn cells_width(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.form.width()).sum()
}

/// A field of a reply's data.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// What it is called.
    pub label: &'static str,
    /// How it is written.
    pub form: Form,
    /// Unit of a number.
    pub unit: Unit,
    /// A remark.
    pub note: &'static str,
}

impl Cell {
    /// A field without unit or remark.
    pub const fn new(label: &'static str, form: Form) -> Self {
        Self { label, form, unit: Unit::None, note: "" }
    }

    /// With a unit.
    pub const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// With a remark.
    pub const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// How a field of a reply is written.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A whole number, least significant byte first.
    Number(usize),
    /// Two bytes, most significant first.
    BigWord,
    /// Two bytes, most significant first: the number of a firmware line.
    ModelNumber,
    /// One byte, a digit in each half.
    Bcd,
    /// One byte with names for its values.
    Named(Names),
    /// One byte of several parts.
    Flags(&'static [Flag]),
    /// Seven bytes BCD: second, minute, hour, weekday, day, month, year.
    Clock,
    /// Three bytes BCD: day, month, year; day 0 for a whole month.
    Date,
    /// One byte: half-hour of the day, 0 being 00:00.
    HalfHour,
    /// So many bytes, least significant first, an energy without its decimal point; all FF for none.
    Energy(usize),
    /// The same, a power.
    Power(usize),
    /// So many characters of a text that is sent last character first.
    Reversed(usize),
    /// One byte: an event in a journal of a classic meter.
    Event,
    /// Kernel and type of the firmware: two bytes.
    Firmware,
    /// Bytes of which nothing is known.
    Raw(usize),
    /// One byte that repeats the first one of the request.
    Echo,
    /// Undocumented: two bytes, 0.01 V, byte order by plausibility.
    Volts,
    /// Undocumented: two bytes, scale and byte order not settled.
    Amperes,
    /// Undocumented: four bytes, 0.001 W, byte order by plausibility.
    Watts,
}

impl Form {
    /// Bytes it takes.
    pub const fn width(self) -> usize {
        match self {
            Self::Number(width)
            | Self::Energy(width)
            | Self::Power(width)
            | Self::Reversed(width)
            | Self::Raw(width) => width,
            Self::BigWord | Self::ModelNumber | Self::Firmware | Self::Volts | Self::Amperes => 2,
            Self::Bcd | Self::Named(_) | Self::Flags(_) | Self::HalfHour | Self::Echo | Self::Event => 1,
            Self::Clock => 7,
            Self::Date => 3,
            Self::Watts => 4,
        }
    }
}

/// Values with their names.
pub type Names = &'static [(u8, &'static str)];

/// A part of a byte.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// What it is called.
    pub label: &'static str,
    /// Its lowest bit.
    pub shift: u8,
    /// How many bits.
    pub count: u8,
    /// What they mean.
    pub means: Means,
}

/// What a part of a byte means.
#[derive(Debug, Clone, Copy)]
pub enum Means {
    /// One bit: yes or no.
    Yes,
    /// A number, to which this is added.
    Number(u8),
    /// A number of this unit.
    Measured(Unit),
    /// One of these.
    Named(Names),
}

impl Flag {
    /// One bit.
    pub const fn bit(shift: u8, label: &'static str) -> Self {
        Self { label, shift, count: 1, means: Means::Yes }
    }

    /// Several bits.
    pub const fn part(shift: u8, count: u8, label: &'static str, means: Means) -> Self {
        Self { label, shift, count, means }
    }
}

/// Which register an energy is, told by the request's data: tariff (0 for the total) and period.
pub type Register = fn(&[u8]) -> Option<(u8, Period)>;

/// What the reply to a command measures.
#[derive(Debug, Clone, Copy)]
pub enum Yield {
    /// Nothing.
    Nothing,
    /// Each number, time, text and named value in it, under the name of its field.
    Fields,
    /// An energy register.
    Energy(Register),
    /// The last field, under an OBIS code.
    Value(Code),
    /// One value a phase.
    Phases {
        /// Code of L1; group C of each further phase is 20 more.
        first: Code,
        /// Code of a lone value.
        lone: Code,
    },
    /// The meter's clock.
    Clock,
    /// The firmware version.
    Version,
    /// A part of the serial number.
    SerialPart,
}
