"""Reads a simulated NEVA MT324 with pyneva and compares what it understands: port, address."""

import datetime
import sys

import serial_of_terminals  # noqa: F401
from pyneva.meters import NevaMT3R
from pyneva.types import (ActiveEnergy, ActivePower, Current, PowerFactor, ReactivePower, SeasonalSchedule,
                          TariffSchedule, TariffSchedulePart, Voltage)

DAY = TariffSchedule((TariffSchedulePart(7, 0, 1), TariffSchedulePart(23, 0, 2)))
EXPECTED = {
    "identifier": "NEVAMT324.2303",
    "model": "MT324 AR E4S 5(100)A",
    "version": "03",
    "serial_number": "60089784",
    "address": "00000201",
    "firmware": "000V0307",
    "temperature": -5,
    "frequency": 49.97,
    "active_energy": ActiveEnergy(13576.84, 8963.66, 4613.18, 0.0, 0.0),
    "active_energy_last_month": ActiveEnergy(100.2, 63.06, 37.14, 0.0, 0.0),
    "active_energy_last_day": ActiveEnergy(6.04, 3.02, 3.02, 0.0, 0.0),
    "seasonal_schedules": (SeasonalSchedule(1, 1, 1, 2, 3), SeasonalSchedule(6, 1, 2, 3, 4)),
    "special_days_schedules": (),
    "tariff_schedules": None,
    "voltage": Voltage(230.11, 231.12, 232.13),
    "current": Current(1.501, 2.502, 3.503),
    "power_factor": PowerFactor("L0.986", "C0.818", "C0.818"),
    "active_power": ActivePower(134.1, 134.1, 234.2, 702.6),
    "reactive_power": ReactivePower(1.1, 1.2, 2.1, 2.2, 3.1, 3.2, 6.3, 6.6),
}

port, address = sys.argv[1:]
with NevaMT3R(port, address=address, initial_baudrate=9600) as meter:
    for name, expected in EXPECTED.items():
        found = getattr(meter, name)
        if name == "tariff_schedules":
            assert found and set(found) == {DAY}, found
        else:
            assert found == expected, (name, found, expected)
    now = datetime.datetime.now()
    for clock in (meter.datetime, datetime.datetime.combine(meter.date, meter.time)):
        assert abs(clock - now) < datetime.timedelta(seconds=30), (clock, now)
print(f"{len(EXPECTED) + 3} values")
