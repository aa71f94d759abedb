#!/bin/sh
# Has tshark read captures of ours and compares what it shows with what was written.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v tshark >/dev/null 2>&1; then
    echo "SKIPPED tshark: not installed"
    exit 0
fi
cargo test --quiet --test tshark
echo "PASSED tshark: $(tshark --version 2>/dev/null | head -n 1)"
