#!/usr/bin/env bash
# Writes fuzz/seeds anew from the frames in tests/vectors and a capture of simulated reads. Needs bash, sed and Cargo.
set -euo pipefail
cd "$(dirname "$0")"

frames() { sed -n 's/.*"hex": *"\([0-9A-Fa-f ]*\)".*/\1/p' "../tests/vectors/$1.jsonl" | tr -d ' ' | sort -u; }

# Hex digits as a file named after its number.
put() { printf "$(sed 's/../\\x&/g' <<<"$2")" >"$1"; }

family() {
  local name=$1 vectors=$2 number=0 previous="" hex
  mkdir -p "seeds/${name}_framer" "seeds/${name}_dissector"
  for hex in $(frames "$vectors"); do
    number=$((number + 1))
    put "seeds/${name}_framer/$number" "00$hex"
    put "seeds/${name}_dissector/$number" "00$hex"
    # Two frames in four chunks with silences between; the second as the answer to the first.
    if [ -n "$previous" ]; then
      put "seeds/${name}_framer/pair$number" "0405000A140530010A$previous$hex"
      put "seeds/${name}_dissector/pair$number" "$(printf '%02X' $((${#previous} / 2)))$previous$hex"
    fi
    previous=$hex
  done
}

rm -rf seeds
family energomera_ce energomera_ce
family mercury200 mercury200

mkdir -p seeds/any_protocol seeds/capture
for name in energomera_ce mercury200; do
  for seed in "seeds/${name}_framer/pair"*; do
    cp "$seed" "seeds/any_protocol/$name-${seed##*/pair}"
  done
done

read_of() {
  (cd .. && cargo run --quiet -- read sim: --model "$1" --address "$2" --capture "$PWD/fuzz/seeds/capture/$1.pcapng") >/dev/null
}
read_of energomera-ce307 00107
read_of mercury-206 11200195
