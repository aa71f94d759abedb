#!/usr/bin/env bash
# Writes fuzz/seeds anew from the frames in tests/vectors and a capture of simulated reads. Needs bash, sed and Cargo.
set -euo pipefail
cd "$(dirname "$0")"

frames() { sed -n 's/.*"hex": *"\([0-9A-Fa-f ]*\)".*/\1/p' "../tests/vectors/$1.jsonl" | tr -d ' ' | sort -u; }

# Hex digits as a file named after its number.
put() { printf "$(sed 's/../\\x&/g' <<<"$2")" >"$1"; }

# Two frames at a time: for framers in three chunks with silences between, for dissectors the second as the answer to
# the first, and every fifth pair for the driver of every protocol.
family() {
  local name=$1 number=0 previous="" hex stream
  mkdir -p "seeds/${name}_framer" "seeds/${name}_dissector" seeds/any_protocol
  for hex in $(frames "$name"); do
    number=$((number + 1))
    stream="0305000A140530$previous$hex"
    put "seeds/${name}_framer/$number" "$stream"
    put "seeds/${name}_dissector/$number" "$(printf '%02X' $((${#previous} / 2)))$previous$hex"
    [ $((number % 5)) -ne 0 ] || put "seeds/any_protocol/${name}_$number" "$stream"
    previous=$hex
  done
}

rm -rf seeds
mkdir -p seeds/capture
family energomera_ce
family mercury200

read_of() {
  (cd .. && cargo run --quiet -- read sim: --model "$1" --address "$2" --capture "$PWD/fuzz/seeds/capture/$1.pcapng") >/dev/null
}
read_of energomera-ce307 00107
read_of mercury-206 11200195
