//! What simulated meters say: the objects of each variant in the order of a real meter of that kind, with its
//! widths and decimals.
//!
//! In braces: the time of the telegram, a time of the last five minutes or hour (without the letter in old
//! versions), when the running month and the one before began and the greatest demand of the months before them was,
//! the serial number as hex.

use crate::protocol::dsmr_p1::variant::{self, Variant};

/// An object and what stands behind it.
pub(super) type Row = (&'static str, &'static str);

/// What a simulated meter says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telegram {
    /// Whose it is.
    pub variant: &'static Variant,
    /// The first line without the slash.
    pub first_line: &'static str,
    /// The data lines.
    pub rows: &'static [&'static [Row]],
}

/// The sheet of a variant; that of DSMR 5 where none is fixed.
pub(super) fn of(variant: &Variant) -> &'static Telegram {
    let own = SHEETS.iter().copied().find(|sheet| sheet.variant.dialect == variant.dialect);
    own.unwrap_or(&DUTCH_5)
}

const DUTCH_ENERGY: &[Row] = &[
    ("1-0:1.8.1", "(003808.351*kWh)"),
    ("1-0:1.8.2", "(002948.827*kWh)"),
    ("1-0:2.8.1", "(001285.951*kWh)"),
    ("1-0:2.8.2", "(002876.514*kWh)"),
    ("0-0:96.14.0", "(0002)"),
    ("1-0:1.7.0", "(00.428*kW)"),
    ("1-0:2.7.0", "(00.000*kW)"),
];

const FAILURES: &[Row] = &[
    ("0-0:96.7.21", "(00006)"),
    ("0-0:96.7.9", "(00003)"),
    ("1-0:99.97.0", "(1)(0-0:96.7.19)(180529135630S)(0000002451*s)"),
    ("1-0:32.32.0", "(00003)"),
    ("1-0:52.32.0", "(00002)"),
    ("1-0:72.32.0", "(00002)"),
    ("1-0:32.36.0", "(00001)"),
    ("1-0:52.36.0", "(00001)"),
    ("1-0:72.36.0", "(00001)"),
    ("0-0:96.13.0", "()"),
];

const VOLTAGES: &[Row] =
    &[("1-0:32.7.0", "(230.4*V)"), ("1-0:52.7.0", "(229.8*V)"), ("1-0:72.7.0", "(231.1*V)")];

const CURRENTS: &[Row] = &[("1-0:31.7.0", "(001*A)"), ("1-0:51.7.0", "(000*A)"), ("1-0:71.7.0", "(000*A)")];

const FINE_CURRENTS: &[Row] =
    &[("1-0:31.7.0", "(001.12*A)"), ("1-0:51.7.0", "(000.39*A)"), ("1-0:71.7.0", "(000.35*A)")];

const PHASES: &[Row] = &[
    ("1-0:21.7.0", "(00.258*kW)"),
    ("1-0:41.7.0", "(00.090*kW)"),
    ("1-0:61.7.0", "(00.080*kW)"),
    ("1-0:22.7.0", "(00.000*kW)"),
    ("1-0:42.7.0", "(00.000*kW)"),
    ("1-0:62.7.0", "(00.000*kW)"),
];

const GAS_5: &[Row] = &[
    ("0-1:24.1.0", "(003)"),
    ("0-1:96.1.0", "(4730303339303031373030343630313137)"),
    ("0-1:24.2.1", "({five})(01569.646*m3)"),
];

const GAS_4: &[Row] = &[
    ("0-1:24.1.0", "(003)"),
    ("0-1:96.1.0", "(4730303136353631323037313331363133)"),
    ("0-1:24.2.1", "({hour})(01003.125*m3)"),
];

/// Iskra AM550.
static DUTCH_5: Telegram = Telegram {
    variant: &variant::V5,
    first_line: "ISK5\\2M550T-1011",
    rows: &[
        &[("1-3:0.2.8", "(50)"), ("0-0:1.0.0", "({clock})"), ("0-0:96.1.1", "({serial})")],
        DUTCH_ENERGY,
        FAILURES,
        VOLTAGES,
        CURRENTS,
        PHASES,
        GAS_5,
    ],
};

/// Kaifa MA105.
static DUTCH_4: Telegram = Telegram {
    variant: &variant::V4,
    first_line: "KFM5KAIFA-METER",
    rows: &[
        &[("1-3:0.2.8", "(42)"), ("0-0:1.0.0", "({clock})"), ("0-0:96.1.1", "({serial})")],
        DUTCH_ENERGY,
        &[
            ("0-0:96.7.21", "(00000)"),
            ("0-0:96.7.9", "(00000)"),
            ("1-0:99.97.0", "(1)(0-0:96.7.19)(000101000001W)(2147483647*s)"),
            ("1-0:32.32.0", "(00000)"),
            ("1-0:32.36.0", "(00000)"),
            ("0-0:96.13.1", "()"),
            ("0-0:96.13.0", "()"),
            ("1-0:31.7.0", "(001*A)"),
            ("1-0:21.7.0", "(00.428*kW)"),
            ("1-0:22.7.0", "(00.000*kW)"),
        ],
        GAS_4,
    ],
};

/// Iskra MT382, which is sold as 2.2.
static DUTCH_2: Telegram = Telegram {
    variant: &variant::V2,
    first_line: "ISk5\\2MT382-1003",
    rows: &[&[
        ("0-0:96.1.1", "({serial})"),
        ("1-0:1.8.1", "(16719.940*kWh)"),
        ("1-0:1.8.2", "(19403.220*kWh)"),
        ("1-0:2.8.1", "(00859.681*kWh)"),
        ("1-0:2.8.2", "(01817.057*kWh)"),
        ("0-0:96.14.0", "(0002)"),
        ("1-0:1.7.0", "(0000.89*kW)"),
        ("1-0:2.7.0", "(0000.00*kW)"),
        ("0-0:17.0.0", "(0999.00*kW)"),
        ("0-0:96.3.10", "(1)"),
        ("0-0:96.13.1", "()"),
        ("0-0:96.13.0", "()"),
        ("0-1:24.1.0", "(3)"),
        ("0-1:96.1.0", "(3238313031353431303031333733353132)"),
        ("0-1:24.3.0", "({old})(00)(60)(1)(0-1:24.2.1)(m3)\r\n(12785.123)"),
        ("0-1:24.4.0", "(1)"),
    ]],
};

/// Sagemcom S211 of Fluvius.
static BELGIAN: Telegram = Telegram {
    variant: &variant::BELGIUM,
    first_line: "FLU5\\253769484_A",
    rows: &[
        &[("0-0:96.1.4", "(50217)"), ("0-0:96.1.1", "({serial})"), ("0-0:1.0.0", "({clock})")],
        DUTCH_ENERGY,
        &[
            ("1-0:1.4.0", "(00.351*kW)"),
            ("1-0:1.6.0", "({five})(02.589*kW)"),
            (
                "0-0:98.1.0",
                "(2)(1-0:1.6.0)(1-0:1.6.0)({month before})({peak before})(04.329*kW)({month})({peak})(04.529*kW)",
            ),
        ],
        PHASES,
        VOLTAGES,
        FINE_CURRENTS,
        &[
            ("0-0:96.3.10", "(1)"),
            ("0-0:17.0.0", "(999.9*kW)"),
            ("1-0:31.4.0", "(999*A)"),
            ("0-0:96.13.0", "()"),
            ("0-1:24.1.0", "(003)"),
            ("0-1:96.1.1", "(37464C4F32313139303333373333)"),
            ("0-1:24.4.0", "(1)"),
            ("0-1:24.2.3", "({five})(00112.384*m3)"),
            ("0-2:24.1.0", "(007)"),
            ("0-2:96.1.1", "(3853414731323334353637383930)"),
            ("0-2:24.2.1", "({five})(00872.234*m3)"),
        ],
    ],
};

/// Sagemcom T210-D of Luxembourg.
static SMARTY: Telegram = Telegram {
    variant: &variant::LUXEMBOURG,
    first_line: "Lux5\\253663629_D",
    rows: &[
        &[
            ("1-3:0.2.8", "(42)"),
            ("0-0:1.0.0", "({clock})"),
            ("0-0:42.0.0", "({serial})"),
            ("1-0:1.8.0", "(000006.695*kWh)"),
            ("1-0:2.8.0", "(000000.025*kWh)"),
            ("1-0:3.8.0", "(000000.818*kvarh)"),
            ("1-0:4.8.0", "(000002.745*kvarh)"),
            ("1-0:1.7.0", "(00.428*kW)"),
            ("1-0:2.7.0", "(00.000*kW)"),
            ("1-0:3.7.0", "(00.000*kvar)"),
            ("1-0:4.7.0", "(00.007*kvar)"),
            ("0-0:17.0.0", "(77.376*kVA)"),
            ("0-0:96.3.10", "(1)"),
            ("0-0:96.7.21", "(00069)"),
            ("0-0:96.13.0", "()"),
            ("0-0:96.13.2", "()"),
        ],
        CURRENTS,
        PHASES,
    ],
};

/// Sagemcom T210-D-r.
static AUSTRIAN: Telegram = Telegram {
    variant: &variant::AUSTRIA,
    first_line: "EST5\\253740976_A",
    rows: &[&[
        ("1-3:0.2.8", "(50)"),
        ("0-0:1.0.0", "({clock})"),
        ("1-0:1.8.0", "(000326641*Wh)"),
        ("1-0:1.8.1", "(000230515*Wh)"),
        ("1-0:1.8.2", "(000096126*Wh)"),
        ("1-0:1.7.0", "(000000621*W)"),
        ("1-0:2.8.0", "(000004998*Wh)"),
        ("1-0:2.8.1", "(000001350*Wh)"),
        ("1-0:2.8.2", "(000003648*Wh)"),
        ("1-0:2.7.0", "(000000000*W)"),
        ("1-0:3.8.0", "(000005672*varh)"),
        ("1-0:4.8.0", "(000181352*varh)"),
        ("1-0:3.7.0", "(000000000*var)"),
        ("1-0:4.7.0", "(000000303*var)"),
    ]],
};

/// Landis+Gyr E360.
static SWEDISH: Telegram = Telegram {
    variant: &variant::SWEDEN,
    first_line: "LGF5E360",
    rows: &[&[
        ("0-0:1.0.0", "({clock})"),
        ("1-0:1.8.0", "(00000896.020*kWh)"),
        ("1-0:2.8.0", "(00000048.792*kWh)"),
        ("1-0:3.8.0", "(00000518.309*kVArh)"),
        ("1-0:4.8.0", "(00000023.732*kVArh)"),
        ("1-0:1.7.0", "(0000.428*kW)"),
        ("1-0:2.7.0", "(0000.000*kW)"),
        ("1-0:3.7.0", "(0000.000*kVAr)"),
        ("1-0:4.7.0", "(0000.308*kVAr)"),
        ("1-0:21.7.0", "(0000.258*kW)"),
        ("1-0:22.7.0", "(0000.000*kW)"),
        ("1-0:41.7.0", "(0000.090*kW)"),
        ("1-0:42.7.0", "(0000.000*kW)"),
        ("1-0:61.7.0", "(0000.080*kW)"),
        ("1-0:62.7.0", "(0000.000*kW)"),
        ("1-0:32.7.0", "(240.3*V)"),
        ("1-0:52.7.0", "(240.1*V)"),
        ("1-0:72.7.0", "(241.3*V)"),
        ("1-0:31.7.0", "(001.1*A)"),
        ("1-0:51.7.0", "(000.4*A)"),
        ("1-0:71.7.0", "(000.3*A)"),
    ]],
};

static LITHUANIAN: Telegram = Telegram {
    variant: &variant::LITHUANIA,
    first_line: "ESO5\\VMMmm",
    rows: &[
        &[
            ("0-0:1.0.0", "({clock})"),
            ("1-0:1.8.0", "(000360.152*kWh)"),
            ("1-0:1.8.1", "(000232.998*kWh)"),
            ("1-0:1.8.2", "(000081.859*kWh)"),
            ("1-0:1.8.3", "(000009.963*kWh)"),
            ("1-0:1.8.4", "(000035.332*kWh)"),
            ("1-0:2.8.0", "(000007.297*kWh)"),
            ("1-0:1.7.0", "(00.428*kW)"),
        ],
        PHASES,
        VOLTAGES,
        CURRENTS,
        &[
            ("1-0:13.7.0", "(-0.998)"),
            ("1-0:14.7.0", "(50.0*Hz)"),
            ("0-0:96.1.1", "({serial})"),
            ("1-0:0.2.8", "(1EA43311)"),
        ],
    ],
};

/// Sagemcom of E.ON.
static HUNGARIAN: Telegram = Telegram {
    variant: &variant::HUNGARY,
    first_line: "SAG5SAG-METER",
    rows: &[
        &[
            ("0-0:1.0.0", "({clock})"),
            ("0-0:96.1.0", "({serial})"),
            ("0-0:96.14.0", "(0001)"),
            ("0-0:96.3.10", "(1)"),
            ("0-0:17.0.0", "(90.000*kW)"),
            ("1-0:1.8.0", "(000173.640*kWh)"),
            ("1-0:1.8.1", "(000047.719*kWh)"),
            ("1-0:1.8.2", "(000125.921*kWh)"),
            ("1-0:2.8.0", "(000627.177*kWh)"),
            ("1-0:5.8.0", "(000000.668*kvarh)"),
        ],
        VOLTAGES,
        CURRENTS,
        &[
            ("1-0:13.7.0", "(4.556)"),
            ("1-0:14.7.0", "(50.00*Hz)"),
            ("1-0:1.7.0", "(00.428*kW)"),
            ("1-0:2.7.0", "(00.000*kW)"),
            ("0-0:96.13.0", "()"),
        ],
    ],
};

/// Sagemcom XT211 of Groupe E.
static SWISS: Telegram = Telegram {
    variant: &variant::SWITZERLAND,
    first_line: "GRE5\\12341234_A",
    rows: &[
        &[
            ("0-0:1.0.0", "({clock})"),
            ("1-1:1.8.1", "(001595.070*kWh)"),
            ("1-1:1.8.2", "(005216.778*kWh)"),
            ("1-1:2.8.1", "(004478.038*kWh)"),
            ("1-1:2.8.2", "(000004.648*kWh)"),
            ("0-0:96.14.0", "(0001)"),
            ("1-1:1.7.0", "(00.428*kW)"),
            ("1-1:2.7.0", "(00.000*kW)"),
        ],
        FAILURES,
        VOLTAGES,
        CURRENTS,
        PHASES,
    ],
};

/// Iskra AM550 of Slovenia: no CRC, date and time apart.
static SLOVENIAN: Telegram = Telegram {
    variant: &variant::SLOVENIA,
    first_line: "ISK9\\2M551T-200",
    rows: &[&[
        ("0-0:96.1.0", "(96815390)"),
        ("0-0:97.97.0", "(00000000)"),
        ("1-0:0.9.1", "({time})"),
        ("1-0:0.9.2", "({date})"),
        ("1-0:1.8.0", "(000317.695*kWh)"),
        ("1-0:1.8.1", "(000162.246*kWh)"),
        ("1-0:1.8.2", "(000155.449*kWh)"),
        ("1-0:2.8.0", "(000000.000*kWh)"),
        ("1-0:1.7.0", "(00.428*kW)"),
        ("1-0:2.7.0", "(00.000*kW)"),
        ("1-0:32.7.0", "(00234.6*V)"),
        ("1-0:31.7.0", "(002.22*A)"),
    ]],
};

/// Elgama GAMA 150.
static POLISH: Telegram = Telegram {
    variant: &variant::POLAND,
    first_line: "EGM5G15",
    rows: &[&[
        ("0-0:1.0.0", "({clock})"),
        ("1-0:1.8.0", "(012345.035*kWh)"),
        ("1-0:1.8.1", "(012345.035*kWh)"),
        ("1-0:2.8.0", "(000000.000*kWh)"),
        ("1-0:1.7.0", "(00.428*kW)"),
        ("1-0:2.7.0", "(00.000*kW)"),
        ("0-0:17.0.0", "(16500)"),
    ]],
};

/// Iskra of Ireland.
static IRISH: Telegram = Telegram {
    variant: &variant::IRELAND,
    first_line: "ISk5\\2MIE5T-200",
    rows: &[&[
        ("1-0:0.0.0", "(00000000)"),
        ("0-0:96.1.0", "({serial})"),
        ("0-0:1.0.0", "({clock})"),
        ("1-0:1.8.1", "(000010.181*kWh)"),
        ("1-0:1.8.2", "(000010.182*kWh)"),
        ("1-0:2.8.1", "(000010.281*kWh)"),
        ("1-0:2.8.2", "(000010.282*kWh)"),
        ("0-0:96.14.0", "(0001)"),
        ("1-0:1.7.0", "(00.428*kW)"),
        ("1-0:2.7.0", "(00.000*kW)"),
    ]],
};

static EASYMETER: Telegram = Telegram {
    variant: &variant::Q3D,
    first_line: "ESY5Q3DB1024 V3.04",
    rows: &[&[
        ("1-0:0.0.0*255", "(0272031312565)"),
        ("1-0:1.8.0*255", "(00052185.7825309*kWh)"),
        ("1-0:2.8.0*255", "(00019949.3221493*kWh)"),
        ("1-0:21.7.0*255", "(000258.00*W)"),
        ("1-0:41.7.0*255", "(000090.00*W)"),
        ("1-0:61.7.0*255", "(000080.00*W)"),
        ("1-0:1.7.0*255", "(000428.00*W)"),
        ("1-0:96.5.5*255", "(80)"),
    ]],
};

/// ACE4000 with a GPRS modem; its gas meter gives one value an hour. The power stands under
/// the code of the specification; the one meter that was seen says 15.7.0.
static DUTCH_2_1: Telegram = Telegram {
    variant: &variant::OLDEST,
    first_line: "ACE5ACE4KGPRS",
    rows: &[&[
        ("0-0:96.1.0", "(1234567890123456)"),
        ("1-0:1.8.0", "(012345.074*kWh)"),
        ("1-0:1.8.1", "(012345.074*kWh)"),
        ("1-0:2.8.0", "(000000.000*kWh)"),
        ("1-0:2.8.1", "(000000.000*kWh)"),
        ("0-0:96.14.0", "(01)"),
        ("1-0:1.7.0", "(000123*W)"),
        ("0-0:17.0.0", "(0085*A)"),
        ("0-0:96.3.10", "(1)"),
        ("0-3:96.1.0", "(12345678         )"),
        ("7-0:23.1.0", "(01238.770*m3)(19-01-01 01:00:00)"),
        ("7-0:24.4.0", "(0)"),
    ]],
};

static SHEETS: [&Telegram; 15] = [
    &DUTCH_5,
    &DUTCH_4,
    &DUTCH_2,
    &DUTCH_2_1,
    &BELGIAN,
    &SMARTY,
    &AUSTRIAN,
    &SWEDISH,
    &LITHUANIAN,
    &HUNGARIAN,
    &SWISS,
    &SLOVENIAN,
    &POLISH,
    &IRISH,
    &EASYMETER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_that_a_model_can_fix_has_a_sheet_of_its_own() {
        for variant in variant::ALL {
            let is_open = variant.dialect == variant::ANY.dialect;
            assert_eq!(of(variant).variant.dialect == variant.dialect, !is_open, "{}", variant.name);
        }
    }

    #[test]
    fn no_object_is_said_twice() {
        for sheet in SHEETS {
            let mut objects: Vec<&str> = sheet.rows.iter().copied().flatten().map(|row| row.0).collect();
            let count = objects.len();
            objects.sort_unstable();
            objects.dedup();
            assert_eq!(objects.len(), count, "{}", sheet.variant.name);
        }
    }
}
