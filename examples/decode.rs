//! Explains the hex bytes of its arguments: `cargo run --example decode -- 00 06 47 5E 27 BF 6B`.

use meterscope::frame::hex;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bytes = hex::parse(&std::env::args().skip(1).collect::<Vec<_>>().join(" "))?;
    for frame in meterscope::decode(&bytes) {
        println!("{:?} {}", frame.range, frame.dissection.summary());
        for layer in &frame.dissection.layers {
            for field in &layer.fields {
                println!("  {:24} {}", layer.hex_of(field.span), layer.text_of(field));
            }
        }
    }
    Ok(())
}
