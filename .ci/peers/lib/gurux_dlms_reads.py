"""Reads one push of a simulated meter with gurux-dlms and compares its values: place, model, encryption and authentication key."""

import datetime
import select
import socket
import sys
import time

from gurux_dlms.enums import Authentication, InterfaceType, Security
from gurux_dlms.GXByteBuffer import GXByteBuffer
from gurux_dlms.GXReplyData import GXReplyData
from gurux_dlms.secure.GXDLMSSecureClient import GXDLMSSecureClient

# A push is whole when nothing has followed for this long; they come a second apart at least.
SILENCE_S = 0.3
MBUS_LENGTHS_WRAP_AT = 256

# Code without group F, value, exponent of ten, unit by the table of the Blue Book.
VALUES = [("1.0.1.8.0", 12345679, 0, 30), ("1.0.2.8.0", 4322, 0, 30), ("1.0.1.7.0", 367, 0, 27),
          ("1.0.2.7.0", 3, 0, 27), ("1.0.32.7.0", 2339, -1, 35), ("1.0.52.7.0", 2342, -1, 35),
          ("1.0.72.7.0", 2349, -1, 35), ("1.0.31.7.0", 158, -2, 33), ("1.0.51.7.0", 2, -2, 33),
          ("1.0.71.7.0", 3, -2, 33), ("1.0.13.7.0", 997, -3, 255)]
# Each simulated model has a serial number of its own.
SERIALS = {
    "kaifa-ma309": b"112001123",
    "sagemcom-t210d": b"112001125",
    "landisgyr-e450": b"112001129",
    "iskra-am550": b"112001127",
}
SERIAL = SERIALS[sys.argv[2]]


def one_push(place):
    """The bytes from one silence to the next."""
    if place.startswith("tcp://"):
        host, port = place.removeprefix("tcp://").split(":")
        stream = socket.create_connection((host, int(port))).makefile("rb", buffering=0)
    else:
        stream = open(place, "rb", buffering=0)
    taken, heard_silence, deadline = b"", False, time.monotonic() + 20
    while time.monotonic() < deadline:
        if select.select([stream], [], [], SILENCE_S)[0]:
            piece = stream.read(4096)
            taken += piece if heard_silence else b""
        elif taken:
            return taken
        else:
            heard_silence = True
    raise TimeoutError("no push")


def unwrapped(frames):
    """The APDU out of M-Bus frames, one of which is longer than its length byte can say."""
    apdu, wraps = b"", 0
    while frames:
        written = frames[1]
        lengths = [written, written + MBUS_LENGTHS_WRAP_AT]
        length = next(length for length in lengths if frames[length + 5:length + 6] == b"\x16"
                      and sum(frames[4:length + 4]) & 0xFF == frames[length + 4])
        wraps += length != written
        apdu += frames[9:length + 4]
        frames = frames[length + 6:]
    assert wraps == 1, wraps
    return apdu


def notification(model, push, keys):
    interface = {"kaifa-ma309": InterfaceType.WIRED_MBUS, "sagemcom-t210d": InterfaceType.PDU}
    interface = interface.get(model, InterfaceType.HDLC)
    client = GXDLMSSecureClient(True, 1, 1, Authentication.NONE, None, interface)
    client.ciphering.security = Security.AUTHENTICATION_ENCRYPTION
    client.ciphering.blockCipherKey, client.ciphering.authenticationKey = map(bytes.fromhex, keys)
    buffer, reply, notify = GXByteBuffer(), GXReplyData(), GXReplyData()
    buffer.set(unwrapped(push) if interface == InterfaceType.PDU else push)
    while buffer.position < buffer.size and notify.value is None:
        before = buffer.position
        client.getData(buffer, reply, notify)
        assert buffer.position > before or notify.value is not None, "stuck"
        buffer.position += 2 if interface == InterfaceType.WIRED_MBUS else 0
    return notify.value


def code(bytes):
    return ".".join(str(byte) for byte in bytes[:5])


def near(clock):
    year, month, day, hour, minute, second = clock[0] << 8 | clock[1], *clock[2:4], *clock[5:8]
    late = datetime.datetime.now() - datetime.datetime(year, month, day, hour, minute, second)
    assert abs(late) < datetime.timedelta(seconds=30), clock


def flat(value):
    """Netz NÖ: the clock, then code, value, scaler and unit over and over, the serial number."""
    near(value[0])
    assert bytes(value[-1]) == SERIAL, value[-1]
    rows = list(value)[1:-1]
    return [(code(rows[at]), rows[at + 1], *rows[at + 2]) for at in range(0, len(rows), 3)]


def structures(value):
    (_, serial), (_, clock), *rows = value
    assert bytes(serial) == SERIAL, serial
    near(clock)
    return [(code(row[0]), row[1], *row[2]) for row in rows]


def described(value):
    """Landis+Gyr: class, code, attribute of everything, then the values without scalers."""
    _setup, *descriptions = value[0]
    serial, *values = list(value)[1:]
    assert bytes(serial) == SERIAL, serial
    rows = zip(descriptions[1:], values, strict=True)
    return [(code(description[1]), number) for description, number in rows]


model, keys = sys.argv[2], sys.argv[3:]
value = notification(model, one_push(sys.argv[1]), keys)
expected = VALUES
if model == "landisgyr-e450":
    # It sends whole volts.
    found = described(value)
    whole = {"1.0.32.7.0": 233, "1.0.52.7.0": 234, "1.0.72.7.0": 234}
    expected = [(name, whole.get(name, number)) for name, number, *_ in VALUES]
else:
    found = structures(value) if model == "iskra-am550" else flat(value)
assert found == expected, (found, expected)
print(f"{model}: {len(found)} values")
