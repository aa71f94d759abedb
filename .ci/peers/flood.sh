#!/bin/sh
# Floods of nine kinds, as fast as this computer makes them, over TCP, a pseudo-terminal and MQTT: every command and the
# console end within a second of being told to, in 64 MiB. Takes the program's path; without one, that of the release
# build. Under a minute.
set -eu
# A busy machine may take longer than the second that a quiet one is held to.
export FLOOD_SECONDS="${FLOOD_SECONDS:-2.0}"
peer=flood
. "$(dirname "$0")/lib/common.sh"
needs python3
export HOME="$work" XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"
python3 "$here/lib/flood.py" "$program" >flood.log 2>&1 || fail "something does not end in time, or takes too much memory"
echo "PASSED flood: $(tail -n 1 flood.log)"
