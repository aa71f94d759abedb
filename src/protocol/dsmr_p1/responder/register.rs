//! Numbers within the text of a line: read, changed, and put back with the same width and decimals.

/// The number in the last bracket of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Register {
    /// The number without its point.
    pub units: u64,
    /// Digits behind the point.
    decimals: u32,
    /// Characters it takes, the point included.
    width: usize,
    /// Whether its unit is a thousand of the base unit.
    is_kilo: bool,
}

/// Where the number of the last bracket stands.
fn place(content: &str) -> Option<(usize, usize)> {
    let from = content.rfind('(')? + 1;
    let rest = content.get(from..)?;
    let width = rest.find(['*', ')'])?;
    Some((from, from + width))
}

impl Register {
    /// The number of a line; `None` where the last bracket holds none.
    pub(super) fn of(content: &str) -> Option<Self> {
        let (from, to) = place(content)?;
        let text = content.get(from..to)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let units = format!("{whole}{fraction}").parse().ok()?;
        let is_kilo = content.get(to..)?.starts_with("*k");
        Some(Self { units, decimals: u32::try_from(fraction.len()).ok()?, width: to - from, is_kilo })
    }

    /// One unit of the register in base units, as a fraction of ten.
    fn scale(self) -> u64 {
        10u64.saturating_pow(self.decimals)
    }

    /// With watt hours added.
    pub(super) fn plus_watt_hours(self, watt_hours: u64) -> Self {
        let divisor = if self.is_kilo { 1000 } else { 1 };
        let more = watt_hours.saturating_mul(self.scale()) / divisor;
        Self { units: self.units.saturating_add(more), ..self }
    }

    /// With a power in place of the number.
    pub(super) fn with_watts(self, watts: u32) -> Self {
        let divisor = if self.is_kilo { 1000 } else { 1 };
        Self { units: u64::from(watts).saturating_mul(self.scale()) / divisor, ..self }
    }

    /// With a quotient in place of the number.
    pub(super) fn with_quotient(self, dividend: u32, divisor: u32) -> Self {
        Self { units: u64::from(dividend).saturating_mul(self.scale()) / u64::from(divisor.max(1)), ..self }
    }

    fn text(self) -> String {
        if self.decimals == 0 {
            return format!("{:0width$}", self.units, width = self.width);
        }
        let (whole, fraction) = (self.units / self.scale(), self.units % self.scale());
        let decimals = usize::try_from(self.decimals).unwrap_or(0);
        let width = self.width.saturating_sub(decimals + 1);
        format!("{whole:0width$}.{fraction:0decimals$}")
    }

    /// Puts the number into its line; one that has become too long keeps its last digits, as a counter does.
    pub(super) fn put(self, content: &mut String) {
        let text = self.text();
        let kept = text.get(text.len().saturating_sub(self.width)..).unwrap_or(&text);
        if let Some((from, to)) = place(content) {
            content.replace_range(from..to, kept);
        }
    }
}

/// Writes a text into the last bracket of a line: a bare number in the format that the line has, anything else
/// as it stands. What would fit, if it does not.
pub(super) fn write(content: &mut String, value: &str) -> Result<(), String> {
    let Some((from, to)) = place(content) else { return Err("nothing: it cannot be set".to_owned()) };
    let is_number =
        value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && value.contains(|c: char| c != '.');
    match Register::of(content) {
        Some(register) if is_number && !content.contains("()") => {
            let fitted = fit(register, value).ok_or_else(|| {
                format!(
                    "a number of at most {} characters with {} decimals",
                    register.width, register.decimals
                )
            })?;
            fitted.put(content);
        }
        _ => {
            let end = content.rfind(')').unwrap_or(to);
            content.replace_range(from..end, value);
        }
    }
    Ok(())
}

/// A number with the decimals of a register; `None` when it has more of them or more digits.
fn fit(register: Register, value: &str) -> Option<Register> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let decimals = usize::try_from(register.decimals).ok()?;
    let missing = decimals.checked_sub(fraction.len())?;
    let units = format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()?;
    let fitted = Register { units, ..register };
    (fitted.text().len() <= register.width).then_some(fitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(content: &str, value: &str) -> Result<String, String> {
        let mut content = content.to_owned();
        write(&mut content, value).map(|()| content)
    }

    #[test]
    fn a_bare_number_takes_the_format_of_the_line() {
        assert_eq!(written("(003808.351*kWh)", "12.5").as_deref(), Ok("(000012.500*kWh)"));
        assert_eq!(written("(000326641*Wh)", "7").as_deref(), Ok("(000000007*Wh)"));
        assert_eq!(written("(0002)", "1").as_deref(), Ok("(0001)"));
        assert_eq!(written("({five})(01569.646*m3)", "1.5").as_deref(), Ok("({five})(00001.500*m3)"));
    }

    #[test]
    fn anything_else_is_taken_as_it_stands() {
        assert_eq!(written("()", "4B4C").as_deref(), Ok("(4B4C)"));
        assert_eq!(written("(00.428*kW)", "1*MW").as_deref(), Ok("(1*MW)"));
        assert_eq!(written("({clock})", "230101000000W").as_deref(), Ok("(230101000000W)"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let expected = "a number of at most 10 characters with 3 decimals";
        assert_eq!(written("(003808.351*kWh)", "1.2345").unwrap_err(), expected);
        assert_eq!(written("(003808.351*kWh)", "1234567").unwrap_err(), expected);
    }

    #[test]
    fn energy_and_power_come_in_the_unit_of_the_line() {
        let changed = |content: &str, change: fn(Register) -> Register| {
            let mut line = content.to_owned();
            change(Register::of(content).unwrap()).put(&mut line);
            line
        };
        assert_eq!(changed("(003808.351*kWh)", |r| r.plus_watt_hours(650)), "(003809.001*kWh)");
        assert_eq!(changed("(000326641*Wh)", |r| r.plus_watt_hours(650)), "(000327291*Wh)");
        assert_eq!(changed("(00052185.7825309*kWh)", |r| r.plus_watt_hours(1)), "(00052185.7835309*kWh)");
        assert_eq!(changed("(0000.89*kW)", |r| r.with_watts(2346)), "(0002.34*kW)");
        assert_eq!(changed("(000428.00*W)", |r| r.with_watts(2346)), "(002346.00*W)");
        assert_eq!(changed("(001.12*A)", |r| r.with_quotient(2300, 230)), "(010.00*A)");
        assert_eq!(changed("(999999.999*kWh)", |r| r.plus_watt_hours(1)), "(000000.000*kWh)");
    }
}
