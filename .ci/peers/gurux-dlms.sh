#!/bin/sh
# Has gurux-dlms read the pushes of simulated meters, encrypted and authenticated, and compares every value: a Kaifa over
# M-Bus in two segments, a Sagemcom T210-D with the length that wraps, a Landis+Gyr E450 over HDLC with block transfer, an
# Iskra AM550 over HDLC in segments. What is odd in gurux-dlms 1.0.203: after a frame of wired M-Bus it does not step over
# the checksum and the stop byte, and it takes a length as it is written; 01 that means 257 is unwrapped here. It
# does not compare the tag.
set -eu
peer=gurux-dlms
. "$(dirname "$0")/lib/common.sh"
needs_python gurux-dlms==1.0.203 gurux_dlms

example_keys

reads() { # model, keys
    "$python" "$here/lib/gurux_dlms_reads.py" "$place" "$@" >"$1-read.log" 2>&1
}
push() { # model, seconds from push to push, where, speed
    model=$1
    seconds=$2
    shift 2
    simulate "$model" "$@" --model "$model" --keys "$keys" --set interval="$seconds" --set 1.8.0=12345679 \
        --set 2.8.0=4322 --set 1.7.0=367 --set 2.7.0=3 --set 32.7.0=233.9 --set 52.7.0=234.2 --set 72.7.0=234.9 \
        --set 31.7.0=1.58 --set 51.7.0=0.02 --set 71.7.0=0.03 --set 13.7.0=0.997
}

models="kaifa-ma309 sagemcom-t210d landisgyr-e450 iskra-am550"
for model in $models; do
    push "$model" 1 --listen tcp://127.0.0.1:0 --speed max
    reads "$model" "$encryption_key" "$authentication_key" || fail "$model"
    stop_simulating
done
# As fast as the line of the meter.
push kaifa-ma309 3 --pty "$work/meter"
reads kaifa-ma309 "$encryption_key" "$authentication_key" || fail "over a pseudo-terminal"
stop_simulating
push sagemcom-t210d 1 --listen tcp://127.0.0.1:0 --speed max
reads sagemcom-t210d "$authentication_key" "$authentication_key" && fail "a wrong encryption key is taken"
stop_simulating
echo "PASSED gurux-dlms: $models over TCP, one over a pseudo-terminal"
