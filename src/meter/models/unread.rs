//! Meters that people ask for and that no model reads, so that nobody is led to a model that cannot.

/// Meters that no model reads.
#[derive(Debug)]
pub(crate) struct Unread {
    /// What people call them.
    pub names: &'static [&'static str],
    /// What they speak.
    pub speaks: &'static str,
}

/// Every make of which it is known that nothing here reads it, by what their drivers in wb-mqtt-serial, Tasmota and
/// `ESPHome` say they speak.
pub(crate) static UNREAD: &[Unread] = &[
    Unread { names: &["milur"], speaks: "Milur meters speak a protocol of their own, or SPODES (DLMS)" },
    Unread {
        names: &["mirtek", "star104"],
        speaks: "Mirtek meters speak a protocol of their own, or SPODES (DLMS)",
    },
    Unread { names: &["nartis"], speaks: "Nartis meters speak SPODES (DLMS)" },
    Unread { names: &["pulsar"], speaks: "Pulsar meters speak a protocol of their own, or SPODES (DLMS)" },
    Unread { names: &["multical"], speaks: "Multical meters speak KMP" },
];
