//! Explains what comes over a TCP converter, and sends nothing:
//! `cargo run --example sniff -- energomera-ce 192.168.1.7:8899`.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Instant;

use meterscope::frame::At;
use meterscope::protocol::{Context, LineSettings, Piece, PieceKind, Seen, Source, registry};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [protocol, converter] = arguments.as_slice() else {
        return Err("give a protocol and a converter: energomera-ce 192.168.1.7:8899".into());
    };
    let family = registry::family(protocol).ok_or("no such protocol")?;
    let mut framer = family.framer(Source::Both, LineSettings::default());
    let mut tracker = family.tracker(meterscope::protocol::Dialect::default());
    let mut number = 0;
    let mut explain = |piece: Piece<'_>| {
        let Piece { kind: PieceKind::Frame(_), bytes, first, last } = piece else { return };
        let relation = tracker.track(Seen { number, bytes, source: Source::Both, first, last });
        number += 1;
        let context = Context {
            direction: relation.direction,
            dialect: relation.dialect,
            step: relation.step,
            ..Context::default()
        };
        println!("{}", family.dissect(bytes, &context).summary());
    };
    let begun = Instant::now();
    let mut line = TcpStream::connect(converter)?;
    let mut bytes = [0; 4096];
    loop {
        let count = line.read(&mut bytes)?;
        if count == 0 {
            framer.finish(&mut explain);
            return Ok(());
        }
        let now = At::from_millis(u64::try_from(begun.elapsed().as_millis())?);
        framer.push(bytes.get(..count).unwrap_or_default(), now, &mut explain);
    }
}
