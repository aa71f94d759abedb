//! What a person hands in to be decoded: a capture, hex as text, or bytes as they are. Read a piece at a time.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _};
use std::path::Path;

use super::foreign::Foreign;
use super::hex_text::HexText;
use crate::decode::LOOKED_AT;
use crate::frame::hex::HexError;
use crate::frame::visible;
use crate::trace::pcapng::{CaptureError, is_capture};
use crate::trace::private;
use crate::trace::regular::{self, FileFault};

/// Bytes that are read and handed on at once.
const PIECE: usize = 16 << 10;

/// Longest file that is read as bare bytes or hex: three years of a line at 9600 baud that never rests. Captures and
/// standard input have no limit.
const LONGEST: u64 = 1 << 30;

/// What hex text of other systems may begin with.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Why input is not understood.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It looks like hex, but is not.
    #[error("line {line}: {error}")]
    Hex {
        /// Line, from 1.
        line: usize,
        /// What is wrong, with the place in the line.
        error: HexError,
    },
    /// There is nothing in it.
    #[error("there are no bytes in it")]
    Empty,
    /// It is no file that is read.
    #[error("{0}")]
    File(#[from] FileFault),
    /// Another program's form that is not read.
    #[error("it is {}, which is not read: {}", .0.name, .0.remedy)]
    Foreign(Foreign),
    /// The system does not let us read it.
    #[error("{}", visible::error(.0))]
    Read(#[from] io::Error),
    /// It begins like a capture, but is none.
    #[error("{}", visible::error(.0))]
    Capture(#[from] CaptureError),
}

/// Where input is read from.
pub enum Origin {
    /// A regular file, or a pipe that this process was started with.
    File(File),
    /// Anything else, of which every byte comes once.
    Stream(Box<dyn Read>),
}

impl Origin {
    /// A file, or standard input for `-`.
    ///
    /// # Errors
    /// [`FileFault`].
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        if path == Path::new("-") {
            return Ok(Self::Stream(Box::new(io::stdin())));
        }
        regular::open(path).map(Self::File)
    }

    /// Whether it is longer than any traffic that is kept as bare bytes.
    fn is_too_long(&self) -> bool {
        matches!(self, Self::File(file) if file.metadata().is_ok_and(|file| file.len() > LONGEST))
    }

    /// The beginning: all of it, when it is shorter than what was asked for.
    fn beginning(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let from: &mut dyn Read = match self {
            Self::File(file) => file,
            Self::Stream(stream) => stream,
        };
        let mut read = Vec::new();
        from.take(most as u64).read_to_end(&mut read)?;
        Ok(read)
    }

    /// All of it as a file that can be read twice; `read` are the bytes that were read already.
    fn into_file(mut self, read: &[u8]) -> io::Result<File> {
        if let Self::File(file) = &mut self
            && file.rewind().is_ok()
        {
            return file.try_clone();
        }
        let mut file = private::nameless_file(&std::env::temp_dir())?;
        io::copy(&mut read.chain(self.into_stream()), &mut file)?;
        file.rewind()?;
        Ok(file)
    }

    fn into_stream(self) -> Box<dyn Read> {
        match self {
            Self::File(file) => Box::new(file),
            Self::Stream(stream) => stream,
        }
    }
}

/// The forms of input.
#[derive(Debug)]
pub enum Input {
    /// A capture file (pcapng).
    Capture(File),
    /// Bytes of a link.
    Bytes(Bytes),
}

impl Input {
    /// Finds out what was handed in.
    ///
    /// It is hex when all of its first 256 KiB is printable and the first thing that is no space is a hex digit
    /// or a `#`; in hex `#` begins a remark up to the end of the line. A capture begins like one. All else is
    /// bytes.
    ///
    /// # Errors
    /// [`InputError`] names line and character of what is not hex.
    pub fn open(mut origin: Origin) -> Result<Self, InputError> {
        let read = origin.beginning(LOOKED_AT)?;
        if read.is_empty() {
            return Err(InputError::Empty);
        }
        if is_capture(&read) {
            return Ok(Self::Capture(origin.into_file(&read)?));
        }
        if let Some(form) = Foreign::of(&read) {
            return Err(InputError::Foreign(form));
        }
        if origin.is_too_long() {
            return Err(FileFault::TooLong { most: LONGEST }.into());
        }
        let hex = looks_like_hex(&read).then(HexText::default);
        Bytes::begin(&read, hex, origin.into_stream()).map(Self::Bytes)
    }

    /// Bytes typed as hex.
    ///
    /// # Errors
    /// [`InputError`] names line and character of what is not hex.
    pub fn of_hex(text: &str) -> Result<Self, InputError> {
        let rest = Cursor::new(Vec::new());
        Bytes::begin(text.as_bytes(), Some(HexText::default()), Box::new(rest)).map(Self::Bytes)
    }
}

/// Bytes of a link, read a piece at a time.
pub struct Bytes {
    /// Read and understood; those before `given` were handed on.
    held: Vec<u8>,
    given: usize,
    hex: Option<HexText>,
    /// Room for what is read at once.
    raw: Box<[u8]>,
    rest: Box<dyn Read>,
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bytes").field("hex", &self.hex).finish_non_exhaustive()
    }
}

impl Bytes {
    /// `read` is the beginning, as it was read; if it is shorter than could be, there is no more.
    fn begin(read: &[u8], hex: Option<HexText>, rest: Box<dyn Read>) -> Result<Self, InputError> {
        let raw = vec![0; PIECE].into_boxed_slice();
        let mut bytes = Self { held: Vec::with_capacity(read.len()), given: 0, hex, raw, rest };
        match &mut bytes.hex {
            Some(hex) => hex.push(read.strip_prefix(BYTE_ORDER_MARK).unwrap_or(read), &mut bytes.held)?,
            None => bytes.held.extend_from_slice(read),
        }
        if read.len() < LOOKED_AT {
            bytes.end()?;
        }
        Ok(bytes)
    }

    /// What is known of the beginning before anything was handed on.
    #[must_use]
    pub fn beginning(&self) -> &[u8] {
        &self.held
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`InputError`] when they cannot be read or are not hex.
    pub fn next_piece(&mut self) -> Result<Option<&[u8]>, InputError> {
        if self.given >= self.held.len() {
            self.refill()?;
        }
        let start = self.given;
        self.given = (start + PIECE).min(self.held.len());
        Ok(self.held.get(start..self.given).filter(|piece| !piece.is_empty()))
    }

    fn refill(&mut self) -> Result<(), InputError> {
        self.held.clear();
        self.given = 0;
        while self.held.is_empty() {
            let len = match self.rest.read(&mut self.raw) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let Some(read @ [_, ..]) = self.raw.get(..len) else {
                return self.end();
            };
            match &mut self.hex {
                Some(hex) => hex.push(read, &mut self.held)?,
                None => self.held.extend_from_slice(read),
            }
        }
        Ok(())
    }

    /// There is no more to read.
    fn end(&mut self) -> Result<(), InputError> {
        self.rest = Box::new(io::empty());
        match self.hex.take() {
            Some(mut hex) => hex.finish(&mut self.held),
            None => Ok(()),
        }
    }
}

fn looks_like_hex(beginning: &[u8]) -> bool {
    let beginning = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let first = beginning.utf8_chunks().next();
    // The last character of what was read may be cut in two.
    let text = first.filter(|chunk| chunk.valid().len() + chunk.invalid().len() == beginning.len());
    let text = text.map_or("", |chunk| chunk.valid());
    let printable = text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\r' | '\n'));
    printable && text.trim_start().starts_with(|first: char| first.is_ascii_hexdigit() || first == '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(content: &[u8]) -> Result<Input, InputError> {
        Input::open(Origin::Stream(Box::new(Cursor::new(content.to_vec()))))
    }

    fn all_of(input: Result<Input, InputError>) -> Result<Vec<u8>, String> {
        let Input::Bytes(mut bytes) = input.map_err(|error| error.to_string())? else { panic!("a capture") };
        let mut all = Vec::new();
        while let Some(piece) = bytes.next_piece().map_err(|error| error.to_string())? {
            assert!(piece.len() <= PIECE);
            all.extend_from_slice(piece);
        }
        Ok(all)
    }

    fn bytes(content: &[u8]) -> Result<Vec<u8>, String> {
        all_of(open(content))
    }

    #[test]
    fn hex_is_taken_the_way_people_keep_it() {
        let expected = Ok(vec![0xC0, 0x48, 0x96]);
        let texts = [
            "C0 48 96",
            "c04896\n",
            "# a request\nC0:48 # start\n0x96\n",
            " 0xC0,0x48,0x96",
            "\u{FEFF}C04896",
        ];
        for text in texts {
            assert_eq!(bytes(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_text_or_does_not_begin_like_hex_is_bytes() {
        for content in [&[0xC0, 0x48][..], b"/ISk5\\2MT382", b"12\x01", &[0xFF, 0xFE]] {
            assert_eq!(bytes(content), Ok(content.to_vec()));
        }
    }

    #[test]
    fn a_capture_is_known_by_its_beginning_and_can_be_read_twice_even_from_a_pipe() {
        let Ok(Input::Capture(mut file)) = open(b"\n\r\r\nrest") else { panic!("no capture") };
        for _ in 0..2 {
            let mut content = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut content).unwrap();
            assert_eq!(content, b"\n\r\r\nrest");
        }
    }

    #[test]
    fn a_mistake_is_named_by_line_and_character() {
        let message = |text: &str| Input::of_hex(text).unwrap_err().to_string();
        assert_eq!(message("C0\n48 9G"), "line 2: character 5 is 'G', not a hex digit");
        assert_eq!(message("C0\n48 ж"), "line 2: character 4 is 'ж', not a hex digit");
        assert_eq!(message("C0 4"), "line 1: odd number of hex digits (3): the last byte lacks one");
        assert_eq!(message("# nothing"), "there are no bytes in it");
        assert_eq!(bytes(b""), Err("there are no bytes in it".to_owned()));
    }

    #[test]
    fn input_longer_than_what_is_looked_at_comes_whole_and_in_pieces() {
        let content: Vec<u8> = (0..LOOKED_AT * 2 + 5).map(|n| (n / 3) as u8).collect();
        assert_eq!(bytes(&content), Ok(content.clone()));
        let text: String =
            content.chunks(32).map(|line| crate::frame::hex::spaced(line) + " # ж\n").collect();
        assert_eq!(bytes(text.as_bytes()), Ok(content));
    }

    #[test]
    fn a_mistake_far_behind_the_beginning_is_named_as_well() {
        let text = "00\n".repeat(LOOKED_AT) + "0G";
        let expected = format!("line {}: character 2 is 'G', not a hex digit", LOOKED_AT + 1);
        assert_eq!(bytes(text.as_bytes()), Err(expected));
    }
}
