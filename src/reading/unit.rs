//! Units as DLMS and OBIS practice writes them.

use std::fmt;

use super::Decimal;

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// The unit of a value; [`Unit::None`] where the value is a bare number, a code or a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub enum Unit {
            /// No unit.
            #[default]
            None,
            $($(#[$doc])* $name,)+
        }

        impl Unit {
            /// Every unit there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// How the unit is written, empty for none.
            #[must_use]
            pub const fn symbol(self) -> &'static str {
                match self {
                    Self::None => "",
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

units! {
    /// Active energy.
    WattHour = "Wh",
    /// Active energy.
    KilowattHour = "kWh",
    /// Active energy.
    MegawattHour = "MWh",
    /// Reactive energy.
    VarHour = "varh",
    /// Reactive energy.
    KilovarHour = "kvarh",
    /// Apparent energy.
    VoltAmpereHour = "VAh",
    /// Apparent energy.
    KilovoltAmpereHour = "kVAh",
    /// Active power.
    Watt = "W",
    /// Active power.
    Kilowatt = "kW",
    /// Reactive power.
    Var = "var",
    /// Reactive power.
    Kilovar = "kvar",
    /// Apparent power.
    VoltAmpere = "VA",
    /// Apparent power.
    KilovoltAmpere = "kVA",
    /// Voltage.
    Volt = "V",
    /// Current.
    Ampere = "A",
    /// Frequency.
    Hertz = "Hz",
    /// Temperature.
    Celsius = "°C",
    /// Angle.
    Degree = "°",
    /// Volume of gas or water.
    CubicMetre = "m3",
    /// Flow.
    CubicMetrePerHour = "m3/h",
    /// Heat.
    Gigajoule = "GJ",
    /// Heat.
    Joule = "J",
    /// Heat power.
    JoulePerHour = "J/h",
    /// Flow.
    CubicMetrePerMinute = "m3/min",
    /// Flow.
    CubicMetrePerSecond = "m3/s",
    /// Mass.
    Kilogram = "kg",
    /// Flow of mass.
    KilogramPerHour = "kg/h",
    /// Temperature difference.
    Kelvin = "K",
    /// Pressure.
    Bar = "bar",
    /// Pressure.
    Pascal = "Pa",
    /// Volume.
    Litre = "l",
    /// Length.
    Metre = "m",
    /// Charge.
    AmpereHour = "Ah",
    /// Signal level.
    DecibelMilliwatt = "dBm",
    /// Signal level.
    Decibel = "dB",
    /// Duration.
    Week = "wk",
    /// Duration.
    Year = "a",
    /// Square of the voltage, integrated over time.
    VoltSquaredHour = "V2h",
    /// Square of the current, integrated over time.
    AmpereSquaredHour = "A2h",
    /// Meter constant.
    PulsePerWattHour = "1/Wh",
    /// Meter constant.
    PulsePerVarHour = "1/varh",
    /// A share.
    Percent = "%",
    /// Duration.
    Second = "s",
    /// Duration.
    Minute = "min",
    /// Duration.
    Hour = "h",
    /// Duration.
    Day = "d",
    /// Duration.
    Month = "months",
    /// Meter constant.
    PulsePerKilowattHour = "imp/kWh",
    /// Parts per million, of a clock.
    PartsPerMillion = "ppm",
    /// Voltage.
    Kilovolt = "kV",
    /// Current.
    Kiloampere = "kA",
    /// Frequency.
    Kilohertz = "kHz",
    /// Heat.
    Megajoule = "MJ",
}

impl Unit {
    /// A number in this unit, exact, in another one; `None` where they do not measure the same, or it does not fit.
    #[must_use]
    pub fn convert(self, number: Decimal, to: Self) -> Option<Decimal> {
        let ((base, from_power), (other, to_power)) = (self.base(), to.base());
        if base == other { number.shifted(from_power - to_power) } else { None }
    }

    /// The unit without prefix, and the power of ten that the prefix stands for.
    const fn base(self) -> (Self, i8) {
        match self {
            Self::KilowattHour => (Self::WattHour, 3),
            Self::MegawattHour => (Self::WattHour, 6),
            Self::KilovarHour => (Self::VarHour, 3),
            Self::KilovoltAmpereHour => (Self::VoltAmpereHour, 3),
            Self::Kilowatt => (Self::Watt, 3),
            Self::Kilovar => (Self::Var, 3),
            Self::KilovoltAmpere => (Self::VoltAmpere, 3),
            Self::Kilovolt => (Self::Volt, 3),
            Self::Kiloampere => (Self::Ampere, 3),
            Self::Kilohertz => (Self::Hertz, 3),
            Self::Megajoule => (Self::Joule, 6),
            Self::Gigajoule => (Self::Joule, 9),
            Self::Litre => (Self::CubicMetre, -3),
            unit => (unit, 0),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_power_of_ten_and_nothing_else_is_converted() {
        let convert = |units, from: Unit, to| from.convert(Decimal::new(units, 1), to).map(|d| d.to_string());
        assert_eq!(convert(123_456_780, Unit::WattHour, Unit::KilowattHour).as_deref(), Some("12345.6780"));
        assert_eq!(convert(3, Unit::MegawattHour, Unit::WattHour).as_deref(), Some("300000"));
        assert_eq!(convert(15, Unit::Litre, Unit::CubicMetre).as_deref(), Some("0.0015"));
        assert_eq!(convert(15, Unit::Watt, Unit::WattHour), None);
        assert_eq!(convert(15, Unit::None, Unit::WattHour), None);
    }

    #[test]
    fn a_conversion_and_back_is_the_same_number() {
        let number = Decimal::new(123_456, 2);
        for from in Unit::ALL {
            for to in Unit::ALL {
                if let Some(there) = from.convert(number, *to) {
                    assert_eq!(to.convert(there, *from), Some(number), "{from} {to}");
                }
            }
            assert_eq!(from.convert(number, *from), Some(number));
        }
    }
}
