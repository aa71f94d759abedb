"""Reads telegrams of simulated P1 meters with dsmr-parser: model, its specification, place, keys. Compares every object
with what is in dsmr_parser_values.json: value, unit, kind. Times of the telegram must be now, months the last ones."""

import datetime
import decimal
import json
import os
import sys
import zoneinfo

from dsmr_parser import telegram_specifications
from dsmr_parser.clients import SerialReader, SocketReader
from dsmr_parser.clients.settings import SERIAL_SETTINGS_V5
from dsmr_parser.objects import MbusDevice, ProfileGenericObject

UTC = datetime.timezone.utc
# dsmr-parser takes every telegram for one of the Netherlands: a clock in the time of Lithuania is an hour ahead there.
AHEAD = datetime.timedelta(hours=1 if sys.argv[1] == "lithuania-p1" else 0)


def near(time):
    late = datetime.datetime.now(UTC) + AHEAD - time.astimezone(UTC)
    # Sub-meters are an hour old at most; an old version says no zone.
    assert datetime.timedelta(minutes=-1) < late < datetime.timedelta(hours=3), time
    return "now"


def month_end(time):
    """Which of the last months ended then, if any did: a history ends where the running month began."""
    here = zoneinfo.ZoneInfo("Europe/Brussels")
    time, now = time.astimezone(here), datetime.datetime.now(here)
    back = (now.year - time.year) * 12 + now.month - time.month + 1
    is_midnight = (time.day, time.hour, time.minute, time.second) == (1, 0, 0, 0)
    return f"end of month, {back} back" if is_midnight and 1 <= back <= 13 else None


def plain(value, is_monthly=False):
    """A value as JSON can hold it, exactly. In a list by months a midnight is the end of one; elsewhere it is a time."""
    if isinstance(value, datetime.datetime):
        if is_monthly and (month := month_end(value)):
            return month
        is_now = abs(datetime.datetime.now(UTC) - value.astimezone(UTC)) < datetime.timedelta(hours=3)
        return near(value) if is_now else value.isoformat()
    if isinstance(value, decimal.Decimal | int):
        return str(value)
    return value


def told(thing, is_monthly=False):
    if isinstance(thing, list):
        return [told(one, is_monthly=True) for one in thing]
    if isinstance(thing, MbusDevice):
        return {name: told(one) for name, one in thing}
    if isinstance(thing, ProfileGenericObject):
        return [[plain(one.datetime), plain(one.value), one.unit] for one in thing.buffer]
    told_one = [plain(thing.value), thing.unit]
    return [plain(thing.datetime, is_monthly), *told_one] if hasattr(thing, "datetime") else told_one


def reader(place, specification, keys):
    if place.startswith("tcp://"):
        host, port = place.removeprefix("tcp://").split(":")
        return SocketReader(host, int(port), specification, *keys)
    return SerialReader(device=place, serial_settings=SERIAL_SETTINGS_V5, telegram_specification=specification)


model, specification, place, *keys = sys.argv[1:]
telegrams = reader(place, getattr(telegram_specifications, specification), keys).read()
found = {name: told(thing) for name, thing in next(telegrams)}
with open(os.path.join(os.path.dirname(__file__), "dsmr_parser_values.json"), encoding="utf-8") as file:
    expected = json.load(file)[model]
wrong = {name: (found.get(name), expected.get(name)) for name in found | expected
         if found.get(name) != expected.get(name)}
assert not wrong, wrong
print(f"{model}: {len(found)} objects")
