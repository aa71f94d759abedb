#!/usr/bin/env python3
"""Makes dlms_peers.jsonl: DLMS frames whose ciphers and compact arrays come from programs not written here.

AES-GCM, GMAC and AES in counter mode are those of `cryptography`; FCS and the reading of compact arrays are those of
`gurux-dlms`. Run with both installed: python3 dlms_peers.py > dlms_peers.jsonl
"""

import json
from importlib.metadata import version

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from gurux_dlms.GXByteBuffer import GXByteBuffer
from gurux_dlms.internal._GXCommon import _GXCommon
from gurux_dlms.internal._GXDataInfo import _GXDataInfo
from gurux_dlms._GXFCS16 import _GXFCS16

CIPHER = f"cryptography {version('cryptography')} (PyPI)"
GURUX = f"gurux-dlms {version('gurux-dlms')} (PyPI)"
EGD = "esphome-libs/dlms_parser, tests/dumps/raw_egd_example.log"
XT211 = "esphome-libs/dlms_parser, tests/dumps/raw_sagecom_xt211.log, serial number zeroed"
CE = "esphome-libs/dlms_parser, tests/dumps/raw_energomera.log, identifications zeroed"
EGM = "UtilitechAS/amsreader-firmware, frames/EGM5G35.txt"

K16, A16 = bytes(range(16)), bytes(range(0xD0, 0xE0))
K32, A32 = bytes(range(32)), bytes(range(0xC0, 0xE0))
TITLE = b"LGZ\x00\x01\x02\x03\x04"

# A notification with clock, 1.8.0 = 12345678 Wh, 1.7.0 = 366 W, 32.7.0 = 233.8 V.
PLAIN = bytes.fromhex(
    "0F00000001" "0C07EA0B1405100A1E00FFC400" "020A" "090C07EA0B1405100A1E00FFC400"
    "09060100010800FF" "0600BC614E" "02020F00161E" "09060100010700FF" "060000016E" "02020F00161B"
    "09060100200700FF" "120922" "02020FFF1623"
)
READ = [["1.8.0", "12345678 Wh"], ["1.7.0", "366 W"], ["32.7.0", "L1 233.8 V"]]


def ber(length):
    if length < 0x80:
        return bytes([length])
    return bytes([0x81, length]) if length < 0x100 else bytes([0x82]) + length.to_bytes(2, "big")


def protect(plain, control, counter, key, auth):
    """What follows the length of a ciphered APDU."""
    nonce = TITLE + counter.to_bytes(4, "big")
    head = bytes([control]) + counter.to_bytes(4, "big")
    if control & 0x30 == 0x20:
        block = nonce + (2).to_bytes(4, "big")
        return head + Cipher(algorithms.AES(key), modes.CTR(block)).encryptor().update(plain)
    if control & 0x30 == 0x10:
        tag = AESGCM(key).encrypt(nonce, b"", bytes([control]) + auth + plain)
        return head + plain + tag[:12]
    sealed = AESGCM(key).encrypt(nonce, plain, bytes([control]) + auth)
    return head + sealed[:-16] + sealed[-16:-4]


def apdu(behind):
    return b"\xdb" + bytes([len(TITLE)]) + TITLE + ber(len(behind)) + behind


def hdlc(information):
    def fcs(data):
        return _GXFCS16.countFCS16(bytearray(data), 0, len(data)).to_bytes(2, "big")

    length = 2 + 1 + 2 + 1 + 2 + len(information) + 2
    head = (0xA000 | length).to_bytes(2, "big") + bytes([0xCF, 0x02, 0x23, 0x13])
    body = head + fcs(head) + information
    return b"\x7e" + body + fcs(body) + b"\x7e"


def mbus(apdu_bytes, payload=245):
    chunks = [apdu_bytes[i : i + payload] for i in range(0, len(apdu_bytes), payload)]
    frames = b""
    for number, chunk in enumerate(chunks):
        last = 0x10 if number == len(chunks) - 1 else 0
        body = bytes([0x53, 0xFF, last | number, 0x01, 0x67]) + chunk
        frames += bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) % 256, 0x16])
    return frames


def line(identity, protocol, frame, source, **more):
    print(json.dumps({"id": identity, "protocol": protocol, "hex": frame.hex().upper(), "source": source, **more}))


def modes_of_security():
    """Every mode of the security control byte in every suite, with a notification inside."""
    for control in (0x10, 0x20, 0x30, 0x11, 0x21, 0x31, 0x12, 0x22, 0x32, 0x70):
        key, auth = (K32, A32) if control & 0x0F == 2 else (K16, A16)
        frame = hdlc(b"\xe6\xe7\x00" + apdu(protect(PLAIN, control, 7, key, auth)))
        keys = {"key": key.hex(), "decrypted_plaintext_hex": PLAIN.hex()}
        if control & 0x10:
            keys["auth_key"] = auth.hex()
        line(f"peer-sc-{control:02x}", "hdlc-dlms", frame, CIPHER, readings=READ, **keys)
    behind = protect(PLAIN, 0x32, 8, K32, A32)
    line("peer-suite-2-mbus", "mbus-dlms", mbus(apdu(behind)), CIPHER, key=K32.hex(), auth_key=A32.hex(),
         decrypted_plaintext_hex=PLAIN.hex(), readings=READ)


def headers():
    """The ciphering headers besides the usual one."""
    behind = protect(PLAIN, 0x30, 9, K16, A16)
    general = b"\xdd" + b"\x01\x05" + b"\x08" + TITLE + b"\x00\x00\x00" + b"\x00" + ber(len(behind)) + behind
    keys = {"key": K16.hex(), "auth_key": A16.hex(), "decrypted_plaintext_hex": PLAIN.hex(), "readings": READ}
    line("peer-general-ciphering", "hdlc-dlms", hdlc(b"\xe6\xe7\x00" + general), CIPHER, **keys)
    behind = protect(PLAIN, 0x30, 0, K16, A16)
    nameless = b"\x00\x82" + len(behind).to_bytes(2, "big") + behind
    # The title does not go over the line, but the nonce is made of it.
    more = {**keys, "system_title": TITLE.hex()}
    line("peer-no-title", "dlms-apdu", nameless, CIPHER, **more)
    text = b"/EGM5G35\r\n\r\n" + nameless + b"!"
    # Its low byte comes first, as Gurux has it.
    crc = _GXFCS16.countFCS16(bytearray(text), 0, len(text))
    line("peer-no-title-wrapped", "dlms-apdu", text + b"%04X\r\n" % crc, f"{CIPHER}; laid out as {EGM}", **more)


def compact(description, contents):
    data = bytes.fromhex("13" + description) + ber(len(bytes.fromhex(contents))) + bytes.fromhex(contents)
    read = _GXCommon.getData(None, GXByteBuffer(data), _GXDataInfo())

    def flat(value):
        return [leaf for one in value for leaf in flat(one)] if isinstance(value, list) else [str(value)]

    return data, flat(read)


def compact_arrays():
    """Compact arrays in a notification, with the values that Gurux reads."""
    cases = {
        "unsigned": ("12", "0001FFFF1234"),
        "structure": ("02021206", "000100000002" "FFFF00BC614E"),
        "signed": ("02040F100514", "80" "8000" "80000000" "FFFFFFFFFFFFFFFE"),
        "array-in-structure": ("02021201000311", "0007010203" "0008040506"),
        "long": ("15", "".join(f"{n:016X}" for n in range(1, 21))),
        "nested": ("0202110202120F", "01" "0002" "FF" "03" "0004" "FE"),
    }
    for name, (description, contents) in cases.items():
        data, values = compact(description, contents)
        body = bytes.fromhex("0F0000000100") + bytes([0x02, 0x01]) + data
        line(f"peer-compact-{name}", "hdlc-dlms", hdlc(b"\xe6\xe7\x00" + body), f"values as read by {GURUX}",
             values=values)


def published():
    """Notifications that others published, as they are."""
    head = "0F 00000001 00 0202 1601 011B "
    rows = (
        "0001 00002A0000FF 02 0909 454744303132333435|0028 0002190900FF 01 0906 0002190900FF|"
        "0001 0000600100FF 02 090A 30313233343536373839|0046 000060030AFF 03 1601|0047 0000110000FF 03 06 00000000|"
        "0046 000160030AFF 03 1601|0046 000260030AFF 03 1601|0046 000360030AFF 03 1600|0046 000460030AFF 03 1600|"
        "0046 000560030AFF 03 1600|0046 000660030AFF 03 1600|0001 0000600E00FF 02 0902 5433|"
        "0003 0100010700FF 02 06 00000003|0003 0100150700FF 02 06 00000001|0003 0100290700FF 02 06 00000001|"
        "0003 01003D0700FF 02 06 00000001|0003 0100020700FF 02 06 00000003|0003 0100160700FF 02 06 00000001|"
        "0003 01002A0700FF 02 06 00000001|0003 01003E0700FF 02 06 00000001|0003 0100010800FF 02 06 00000008|"
        "0003 0100010801FF 02 06 00000000|0003 0100010802FF 02 06 00000004|0003 0100010803FF 02 06 00000004|"
        "0003 0100010804FF 02 06 00000000|0003 0100020800FF 02 06 00000004|0001 0000600D00FF 02 0900"
    )
    text = bytes.fromhex(head) + b"".join(b"\x02\x02" + bytes.fromhex(row) for row in rows.split("|"))
    line("pub-egd-untagged", "dlms-apdu", text, EGD, readings=[
        ["42.0.0", "EGD012345"], ["96.1.0", "0123456789"], ["96.3.10", "1"], ["96.14.0", "T3"], ["1.7.0", "3"],
        ["21.7.0", "L1 1"], ["2.7.0", "3"], ["1.8.0", "8"], ["1.8.2", "T2 4"], ["1.8.3", "T3 4"], ["2.8.0", "4"]])
    head = "0F 8000F1D5 00 0202 1601 0116 "
    rows = (
        "0001 0000600101FF 02 090A 30303030303030303030|0046 000060030AFF 03 1601|0047 0000110000FF 03 06 00000000|"
        "0046 000160030AFF 03 1601|0046 000260030AFF 03 1600|0046 000360030AFF 03 1600|0046 000460030AFF 03 1600|"
        "0001 0000600E00FF 02 0902 5432|0003 0100010700FF 02 06 000007A4|0003 0100150700FF 02 06 000000C6|"
        "0003 0100290700FF 02 06 000006A7|0003 01003D0700FF 02 06 00000036|0003 0100020700FF 02 06 00000000|"
        "0003 0100160700FF 02 06 00000000|0003 01002A0700FF 02 06 00000000|0003 01003E0700FF 02 06 00000000|"
        "0003 0100010800FF 02 06 004AFA82|0003 0100010801FF 02 06 000E7AC5|0003 0100010802FF 02 06 003C7FBC|"
        "0003 0100010803FF 02 06 00000000|0003 0100010804FF 02 06 00000000|0003 0100020800FF 02 06 00000034"
    )
    text = bytes.fromhex(head) + b"".join(b"\x02\x02" + bytes.fromhex(row) for row in rows.split("|"))
    line("pub-xt211-untagged", "dlms-apdu", text, XT211, readings=[
        ["96.14.0", "T2"], ["1.7.0", "1956"], ["21.7.0", "L1 198"], ["41.7.0", "L2 1703"], ["61.7.0", "L3 54"],
        ["1.8.0", "4913794"], ["1.8.1", "T1 948933"], ["1.8.2", "T2 3964860"], ["2.8.0", "52"]])
    objects = [(0x28, "0000190900FF"), (1, "0000600586FF"), (1, "00002A0000FF"), (1, "0000600100FF"),
               (1, "0000616200FF"), (1, "000061620AFF"), (1, "0000600587FF")]
    described = b"".join(
        b"\x02\x06\x12" + class_.to_bytes(2, "big") + b"\x09\x06" + bytes.fromhex(obis)
        + bytes.fromhex("0F02120000020216000001 00") for class_, obis in objects)
    values = ("1601" "0910" + "30" * 16 + "0920" + "30" * 15 + "00" * 17
              + "0600000010" "060000FFFF" "020209060000636204FF120003")
    text = bytes.fromhex("0F4000004D0C07E60B03FF0F2619FFFF4CFF02070107") + described + bytes.fromhex(values)
    line("pub-energomera-event", "dlms-apdu", text, CE, time="2022-11-03 15:38:25+03:00",
         readings=[["42.0.0", "0" * 16]])
    # Its hex is kept beside this file, as it was published.
    with open(__file__.replace("dlms_peers.py", "egm5g35.hex"), encoding="ascii") as file:
        frame = bytes.fromhex(file.read())
    line("pub-egm5g35-nokey", "dlms-apdu", frame, EGM, expect={"error": "system-title-missing"})


if __name__ == "__main__":
    modes_of_security()
    headers()
    compact_arrays()
    published()
