#!/usr/bin/env bash
# Writes fuzz/seeds anew: every vector in tests/vectors in the form in which the targets take it, and captures of
# simulated reads. Needs bash, sed, and a built meterscope, whose path may be given.
set -euo pipefail
cd "$(dirname "$0")"
meterscope=$(realpath -m "${1:-../target/release/meterscope}")

# The frames of a file of vectors as hex, each once.
frames() { sed -n 's/.*"\(frame_\)\?hex": *"\([0-9A-Fa-f ]*\)".*/\2/p' "../tests/vectors/$1.jsonl" | tr -d ' ' | sort -u; }

# Hex digits as a file.
put() { printf "$(sed 's/../\\x&/g' <<<"$2")" >"$1"; }

# The number of bytes of hex digits, as one byte.
length() { printf '%02X' $(((${#1} / 2) & 255)); }

# Two frames at a time: for framers in three chunks with silences between, for dissectors the second as the answer to
# the first, and every fifth pair for the driver of every protocol.
pairs() {
  local vectors=$1 framer=$2 dissector=$3 number=0 previous="" hex
  mkdir -p "seeds/$framer" "seeds/$dissector" seeds/any_protocol
  for hex in $(frames "$vectors"); do
    number=$((number + 1))
    put "seeds/$framer/$vectors-$number" "0305000A140530$previous$hex"
    put "seeds/$dissector/$vectors-$number-answer" "$(length "$previous")$previous$hex"
    [ $((number % 5)) -ne 0 ] || put "seeds/any_protocol/$vectors-$number" "0305000A140530$previous$hex"
    previous=$hex
  done
}

# One frame at a time, behind the four bytes that say where it is cut.
alone() {
  local vectors=$1 target=$2 number=0 hex
  mkdir -p "seeds/$target"
  for hex in $(frames "$vectors"); do
    number=$((number + 1))
    put "seeds/$target/$vectors-$number" "00000000$hex"
  done
}

# Telegrams, which are recorded as text.
telegrams() {
  local number=0 text
  mkdir -p seeds/dsmr_p1 seeds/decode
  while IFS= read -r text; do
    number=$((number + 1))
    printf '\0\0\0\0%b' "$text" >"seeds/dsmr_p1/telegram-$number"
    printf '%b' "$text" >"seeds/decode/telegram-$number"
  done < <(sed -n 's/.*"text": *"\(\([^"\\]\|\\.\)*\)".*/\1/p' ../tests/vectors/dsmr_p1.jsonl | sort -u)
}

read_of() { "$meterscope" read sim: --model "$1" --address "$2" --capture "seeds/capture/$1.pcapng" >/dev/null; }

rm -rf seeds
pairs energomera_ce energomera_ce_framer energomera_ce_dissector
pairs mercury200 mercury200_framer mercury200_dissector
pairs iec62056_21 iec62056_21 iec62056_21
pairs energomera_ascii iec62056_21 iec62056_21
alone mercury230 mercury230
alone dlms_mbus dlms
alone dlms_peers dlms
alone dsmr_p1 dsmr_p1
telegrams
mkdir -p seeds/capture
if [ -x "$meterscope" ]; then
  read_of energomera-ce307 00107
  read_of mercury-206 11200294
fi
