//! Units as DLMS and OBIS practice writes them.

use std::fmt;

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

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
