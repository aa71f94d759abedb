# What the checks against peers share; each sets $peer, its name, and sources this from the folder it is in. It ends in
# a fresh folder, which goes when the check ends, with everything that was started.
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:-$here/../../target/release/meterscope}")
work=$(mktemp -d)
started=""
# Only what was started here is ended, by its number.
clean() {
    for process in $started; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM
cd "$work"

skip() {
    echo "SKIPPED $peer: $1"
    exit 0
}
fail() {
    echo "FAILED $peer: $1" >&2
    for log in ./*.log; do echo "-- $log" >&2; tail -n 40 "$log" >&2; done
    exit 1
}
needs() { # programs
    for needed in "$@"; do
        command -v "$needed" >/dev/null 2>&1 || skip "$needed is not installed"
    done
}
# Waits up to fifteen seconds for a condition.
until_so() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 150 ] || fail "$2"
        sleep 0.1
    done
}
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# Sets $python to one that has a package: this computer's, or one of its own that goes with the folder.
needs_python() { # package with version, module
    needs python3
    python=python3
    "$python" -c "import $2" 2>/dev/null && return
    python3 -m venv "$work/venv" >venv.log 2>&1 || skip "python3 cannot make an environment"
    python="$work/venv/bin/python"
    "$python" -m pip --quiet --disable-pip-version-check install "$1" >pip.log 2>&1 || skip "$1 cannot be installed"
}
# Sets $encryption_key and $authentication_key to the keys of the published examples (Green Book), and $keys to a file
# that gives them to a meter.
example_keys() {
    encryption_key=000102030405060708090A0B0C0D0E0F
    authentication_key=D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
    keys="$work/keys.toml"
    printf '[[meter]]\nencryption_key = "%s"\nauthentication_key = "%s"\n' \
        "$encryption_key" "$authentication_key" >"$keys"
    chmod 600 "$keys"
}
# Serves simulated meters, and sets $place to where: tcp://ADDRESS:PORT or the path of a terminal.
simulate() { # name of its log, where, what else simulate takes
    log=$1
    shift
    rm -f "$log.place"
    "$program" simulate "$@" >"$log.place" 2>"$log.log" &
    simulated=$!
    started="$started $simulated"
    until_so '[ -s "$log.place" ]' "$log: nothing is served"
    place=$(head -n 1 "$log.place")
}
stop_simulating() {
    kill "$simulated" 2>/dev/null || true
    wait "$simulated" 2>/dev/null || true
}
