//! How a load profile is asked for.

/// Which command reads a load profile, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadProfile {
    /// The id of the command.
    pub command: &'static str,
    /// How its stretch is named.
    pub reach: Reach,
    /// The furthest day back.
    pub furthest: u16,
}

/// How the stretch of a load profile is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The first and the last day, both in days back, in one command: names of the parameters.
    Days {
        /// The newest day.
        first: &'static str,
        /// The oldest day.
        last: &'static str,
    },
    /// A command a day, in days back: name of the parameter.
    DayBack(&'static str),
    /// A command a day, by its date: name of the parameter.
    Date(&'static str),
    /// Records counted back from the newest one: names of the parameters, and how many are asked for at once.
    Records {
        /// How many records back.
        back: &'static str,
        /// How many records.
        count: &'static str,
        /// The most at once.
        most: u16,
    },
}
