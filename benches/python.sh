#!/usr/bin/env bash
# The same telegrams as in `pushes.rs`, read by the Python packages `dsmr-parser` and `gurux-dlms`, for scale. Makes its
# own environment in target/python; needs python3 and, once, a package index.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=target/python
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet dsmr-parser==1.11.2 gurux-dlms==1.0.203
fi
"$environment/bin/python" - <<'PYTHON'
import json
import time
import timeit

from dsmr_parser import telegram_specifications
from dsmr_parser.parsers import TelegramParser
from gurux_dlms import GXByteBuffer
from gurux_dlms.internal._GXCommon import _GXCommon
from gurux_dlms.internal._GXDataInfo import _GXDataInfo


def vectors(name):
    with open(f"tests/vectors/{name}.jsonl", encoding="utf-8") as lines:
        return {vector["id"]: vector for vector in map(json.loads, lines)}


def measure(name, work):
    work()
    count = 200
    seconds = min(timeit.repeat(work, number=count, repeat=5, timer=time.process_time)) / count
    print(f"{name:<52} {seconds * 1e6:9.1f} us  {1 / seconds:9.0f} a second")


telegram = vectors("dsmr_p1")["v50-iskra-am550"]["text"]
parser = TelegramParser(telegram_specifications.V5)
measure("dsmr-parser, 884 bytes of DSMR 5", lambda: parser.parse(telegram))

# gurux-dlms is given the deciphered notification: the value behind tag, invoke id and date and time.
push = vectors("dlms_mbus")["kaifa-ma309-3ph-rekeyed-mbus"]
plain = bytes.fromhex(push["decrypted_plaintext_hex"])
body = plain[6 + plain[5]:]


def kaifa():
    return _GXCommon.getData(None, GXByteBuffer(body), _GXDataInfo())


assert len(kaifa()) > 10
measure(f"gurux-dlms, {len(body)} bytes of a Kaifa, in clear", kaifa)
PYTHON
