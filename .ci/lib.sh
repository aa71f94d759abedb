# What the scripts of this folder share; sourced from the root of the repository.
export CARGO_TERM_COLOR=never INSTA_UPDATE=no
unset NO_COLOR CLICOLOR CLICOLOR_FORCE METERSCOPE_KEYS METERSCOPE_PASSWORD

# Tools that .ci/setup keeps, outside of the repository.
tools="${METERSCOPE_CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/meterscope-ci}"
export PATH="$tools/python/bin:$tools/cargo/bin:$PATH"

# The compiler that Debian builds Chromium and Firefox with, which brings the source of its standard library.
debian_rust="$tools/debian-rust/usr"

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }
skip() { echo "SKIPPED $1"; }
have() { command -v "$1" >/dev/null 2>&1; }
