#!/bin/sh
# Talks RFC 2217 with ser2net: a simulated meter behind its port is read, the line follows, and every byte passes
# both ways. Takes the program's path; without one, that of the release build.
set -eu
peer=ser2net
. "$(dirname "$0")/lib/common.sh"
needs ser2net socat python3

serve() { # name, device
    printf 'connection: &%s\n  accepter: telnet(rfc2217),tcp,127.0.0.1,0\n  connector: serialdev,%s,9600n81,local\n' \
        "$1" "$2" >"$1.yaml"
    port=$(free_port)
    sed -i "s/127.0.0.1,0/127.0.0.1,$port/" "$1.yaml"
    ser2net -n -d -c "$1.yaml" -u >"$1.log" 2>&1 &
    started="$started $!"
    until_so "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", $port), 1)' 2>/dev/null" \
        "it does not listen"
    # It holds its port for a moment after a caller has left.
    sleep 0.5
}

simulate meter --pty "$work/meter" --model energomera-ce307 --address 13462 --speed max
serve reading "$place"
"$program" read "rfc2217://127.0.0.1:$port" --model energomera-ce307 --address 13462 --capture read.pcapng \
    >read.log 2>&1 || fail "the meter is not read"
grep -q kWh read.log || fail "no energy was read"

socat -d PTY,link=near,raw,echo=0 PTY,link=far,raw,echo=0 >socat.log 2>&1 &
started="$started $!"
until_so '[ -e near ] && [ -e far ]' "no pair of terminals"
serve bytes "$work/near"
python3 - >all.hex <<'PYTHON'
print(" ".join(f"{byte:02X}" for byte in range(256)), "FF FF 0D 0A")
PYTHON
python3 - <<'PYTHON' &
import os, termios
device = os.open("far", os.O_RDWR | os.O_NOCTTY)
taken = b""
while len(taken) < 260:
    taken += os.read(device, 512)
near = os.open("near", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
open("speed", "w").write(str(termios.tcgetattr(near)[5] == termios.B19200))
open("taken.bin", "wb").write(taken)
os.write(device, taken[::-1])
PYTHON
started="$started $!"
sleep 0.5
# Bytes of no protocol count as no answer; what came is looked at below.
"$program" send "rfc2217://127.0.0.1:$port?line=19200-8N1" --raw "$(cat all.hex)" --silence 1s --allow-write \
    --json >send.log 2>&1 || true
python3 - <<'PYTHON' || fail "bytes were changed on their way, or the speed did not follow"
import json
expected = bytes(range(256)) + b"\xff\xff\r\n"
assert open("taken.bin", "rb").read() == expected
shown = "".join(json.loads(line)["hex"] for line in open("send.log") if line.startswith("{"))
assert shown == (expected + expected[::-1]).hex().upper()
assert open("speed").read() == "True"
PYTHON
echo "PASSED ser2net: $(ser2net -v 2>&1 | head -n 1)"
