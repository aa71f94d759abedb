//! Reads a meter: `cargo run --example read -- sim: mercury-206 11200294`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [link, model, address] = arguments.as_slice() else {
        return Err("give a link, a model and an address: sim: mercury-206 11200294".into());
    };
    let answers = meterscope::read(link, model, address)?;
    for reading in &answers.readings {
        println!("{}", meterscope::frame::visible::reading(reading));
    }
    for failure in &answers.failures {
        eprintln!("{}: {:?}", failure.step, failure.fault);
    }
    Ok(())
}
