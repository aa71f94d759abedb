//! The telnet layer: data and commands in one stream of bytes (RFC 854), eight bits both ways (RFC 856).

/// Interpret as command. As data it is sent twice.
const IAC: u8 = 0xFF;
const SB: u8 = 0xFA;
const SE: u8 = 0xF0;
/// Longest content of a subnegotiation that is kept; those of RFC 2217 have a few bytes, signatures more.
const LONGEST: usize = 256;

/// What is said of an option (RFC 854).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Will,
    Wont,
    Do,
    Dont,
}

impl Verb {
    const fn of(byte: u8) -> Option<Self> {
        match byte {
            0xFB => Some(Self::Will),
            0xFC => Some(Self::Wont),
            0xFD => Some(Self::Do),
            0xFE => Some(Self::Dont),
            _ => None,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Will => 0xFB,
            Self::Wont => 0xFC,
            Self::Do => 0xFD,
            Self::Dont => 0xFE,
        }
    }

    /// IAC, the verb and the option.
    pub(super) const fn say(self, option: u8) -> [u8; 3] {
        [IAC, self.byte(), option]
    }
}

/// A command of the far end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Negotiation {
    /// A verb and its option.
    Option(Verb, u8),
    /// A subnegotiation: its option, then its content.
    Sub(Vec<u8>),
}

/// Data as it goes over the connection: every FF doubled.
pub(super) fn escape(data: &[u8], out: &mut Vec<u8>) {
    for &byte in data {
        out.push(byte);
        if byte == IAC {
            out.push(IAC);
        }
    }
}

/// A subnegotiation; `content` begins with its option.
pub(super) fn sub(content: &[u8], out: &mut Vec<u8>) {
    out.extend([IAC, SB]);
    escape(content, out);
    out.extend([IAC, SE]);
}

/// Takes data and commands apart.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    state: State,
    content: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Data,
    Command,
    Option(Verb),
    Sub,
    SubCommand,
}

impl Decoder {
    /// Appends the data in `bytes` to `data` and the commands to `told`, in order.
    pub(super) fn decode(&mut self, bytes: &[u8], data: &mut Vec<u8>, told: &mut Vec<Negotiation>) {
        for &byte in bytes {
            self.state = match (self.state, byte) {
                (State::Data, IAC) => State::Command,
                (State::Data, byte) => {
                    data.push(byte);
                    State::Data
                }
                (State::Command, IAC) => {
                    data.push(IAC);
                    State::Data
                }
                (State::Option(verb), option) => {
                    told.push(Negotiation::Option(verb, option));
                    State::Data
                }
                (State::Sub, IAC) => State::SubCommand,
                (State::Sub, byte) => self.run_reconnecting(byte),
                (State::SubCommand, IAC) => self.run_reconnecting(IAC),
                (State::SubCommand, SE) => {
                    told.push(Negotiation::Sub(std::mem::take(&mut self.content)));
                    State::Data
                }
                // A subnegotiation without its end is dropped, and what follows is a command of its own.
                (State::Command | State::SubCommand, byte) => self.command(byte),
            };
        }
    }

    fn command(&mut self, byte: u8) -> State {
        self.content.clear();
        match (Verb::of(byte), byte) {
            (Some(verb), _) => State::Option(verb),
            (None, SB) => State::Sub,
            // The rest (no operation, are you there, go ahead) has no content and asks for nothing here.
            (None, _) => State::Data,
        }
    }

    fn run_reconnecting(&mut self, byte: u8) -> State {
        if self.content.len() < LONGEST {
            self.content.push(byte);
        }
        State::Sub
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What stands in a stream.
    #[derive(Debug, Clone)]
    enum Item {
        Data(Vec<u8>),
        Negotiation(Negotiation),
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        let verb = prop::sample::select(vec![Verb::Will, Verb::Wont, Verb::Do, Verb::Dont]);
        // Bytes that mean something to telnet come often.
        let byte = prop_oneof![any::<u8>(), Just(IAC), Just(SB), Just(SE), 0xFB_u8..=0xFE];
        prop::collection::vec(
            prop_oneof![
                prop::collection::vec(byte.clone(), 1..20).prop_map(Item::Data),
                (verb, any::<u8>())
                    .prop_map(|(verb, option)| Item::Negotiation(Negotiation::Option(verb, option))),
                prop::collection::vec(byte, 1..20)
                    .prop_map(|content| Item::Negotiation(Negotiation::Sub(content))),
            ],
            0..12,
        )
    }

    fn encoded(items: &[Item]) -> Vec<u8> {
        let mut out = Vec::new();
        for item in items {
            match item {
                Item::Data(data) => escape(data, &mut out),
                Item::Negotiation(Negotiation::Option(verb, option)) => out.extend(verb.say(*option)),
                Item::Negotiation(Negotiation::Sub(content)) => sub(content, &mut out),
            }
        }
        out
    }

    fn decoded(chunks: impl Iterator<Item = Vec<u8>>) -> (Vec<u8>, Vec<Negotiation>) {
        let (mut decoder, mut data, mut told) = (Decoder::default(), Vec::new(), Vec::new());
        for chunk in chunks {
            decoder.decode(&chunk, &mut data, &mut told);
        }
        (data, told)
    }

    #[test]
    fn a_server_that_offers_its_port_is_understood_between_data() {
        let bytes = [0x41, 0xFF, 0xFD, 0x2C, 0xFF, 0xFF, 0xFF, 0xFA, 0x2C, 0x65, 0xFF, 0xF0, 0x42];
        let (data, told) = decoded(std::iter::once(bytes.to_vec()));
        assert_eq!(data, [0x41, 0xFF, 0x42]);
        assert_eq!(told, [Negotiation::Option(Verb::Do, 0x2C), Negotiation::Sub(vec![0x2C, 0x65])]);
    }

    #[test]
    fn a_subnegotiation_without_an_end_is_dropped_and_what_follows_is_not() {
        let bytes = [0xFF, 0xFA, 0x2C, 0x65, 0xFF, 0xFB, 0x03, 0x42];
        let (data, told) = decoded(std::iter::once(bytes.to_vec()));
        assert_eq!((data, told), (vec![0x42], vec![Negotiation::Option(Verb::Will, 3)]));
    }

    #[test]
    fn a_subnegotiation_without_bounds_takes_no_memory_without_bounds() {
        let mut decoder = Decoder::default();
        decoder.decode(&[IAC, SB], &mut Vec::new(), &mut Vec::new());
        decoder.decode(&vec![0x2C; 100_000], &mut Vec::new(), &mut Vec::new());
        assert_eq!(decoder.content.len(), LONGEST);
    }

    proptest! {
        #[test]
        fn data_and_commands_come_out_as_they_went_in_for_any_chunking(items in items(), size in 1_usize..30) {
            let bytes = encoded(&items);
            let (data, told) = decoded(bytes.chunks(size).map(<[u8]>::to_vec));
            let sent: Vec<u8> = items.iter().flat_map(|item| match item {
                Item::Data(data) => data.clone(),
                Item::Negotiation(_) => Vec::new(),
            }).collect();
            let meant: Vec<Negotiation> = items.into_iter().filter_map(|item| match item {
                Item::Negotiation(told) => Some(told),
                Item::Data(_) => None,
            }).collect();
            prop_assert_eq!(data, sent);
            prop_assert_eq!(told, meant);
        }

        #[test]
        fn any_bytes_are_taken_and_none_are_made_up(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (data, told) = decoded(std::iter::once(bytes.clone()));
            let commands: usize = told.iter().map(|told| match told {
                Negotiation::Option(..) => 3,
                Negotiation::Sub(content) => content.len() + 4,
            }).sum();
            prop_assert!(data.len() + commands <= bytes.len());
        }
    }
}
