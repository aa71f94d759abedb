//! The write log as a table.

use super::table::{Align, Table};
use crate::app::write_log::Record;
use crate::frame::visible;

/// Records as a table, in their order.
#[must_use]
pub fn table(records: &[Record]) -> Table {
    let mut table = Table::new(&[
        ("time", Align::Key),
        ("link", Align::Left),
        ("meter", Align::Left),
        ("command", Align::Key),
        ("bytes", Align::Left),
        ("answer", Align::Left),
        ("verdict", Align::Left),
    ]);
    for record in records {
        table.row(cells(record));
    }
    table
}

fn cells(record: &Record) -> [String; 7] {
    let shown = |text: &str| visible::string(text);
    let meter = format!("{} {}", record.model, record.address);
    [
        record.time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        shown(&record.link),
        shown(meter.trim()),
        shown(&record.command),
        shown(&record.bytes),
        if record.answer.is_empty() { "nothing".to_owned() } else { shown(&record.answer) },
        verdict(record),
    ]
}

/// The verdict of a record, with its reason.
#[must_use]
pub fn verdict(record: &Record) -> String {
    let gap = if record.reason.is_empty() { "" } else { ": " };
    visible::string(&format!("{}{gap}{}", record.verdict, record.reason))
}
