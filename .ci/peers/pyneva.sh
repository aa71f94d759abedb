#!/bin/sh
# Has pyneva, a client for NEVA meters, read a simulated one over TCP and over a pseudo-terminal (which is never 7E1), and
# compares every value. What is odd in pyneva 0.7.51, and expected here: it asks for the power factor of L3 when it
# is asked for that of L2, for the power of L1 when L2's is asked, and for that of L2 when L3's is; it falls over a
# special day (it looks for four parts in three), so that there is none. It reads answers by the length that they had
# at the meters it was written for.
set -eu
peer=pyneva
. "$(dirname "$0")/lib/common.sh"
needs_python pyneva==0.7.51 pyneva

# Every value differs from the others, and from what a simulated meter says by itself.
set -- --model neva-mt324 --address 00000201 --speed max \
    --set 60.01.00*FF=60089784 --set 60.01.04*FF=000V0307 --set 60.09.00*FF=105 --set 0E.07.01*FF=49.97 \
    --set 0F.08.80*FF=013576.84,008963.66,004613.18,000000.00,000000.00 \
    --set '0F.08.80*[00..0B]=013476.64,008900.60,004576.04,000000.00,000000.00' \
    --set '0F.80.80*[00..7F]=013570.80,008960.64,004610.16,000000.00,000000.00' \
    --set 0D.00.00*FF="0101010203,0601020304$(printf ',0000000000%.0s' 1 2 3 4 5 6 7 8 9 10)" \
    --set 20.07.00*FF=0230.11 --set 34.07.00*FF=0231.12 --set 48.07.00*FF=0232.13 \
    --set 1F.07.00*FF=001.501 --set 33.07.00*FF=002.502 --set 47.07.00*FF=003.503 \
    --set 24.07.00*FF=00134.1 --set 38.07.00*FF=00234.2 --set 4C.07.00*FF=00334.3 --set 10.07.00*FF=00702.6 \
    --set 21.07.FF*FF=10.986 --set 35.07.FF*FF=00.717 --set 49.07.FF*FF=00.818 \
    --set 17.07.01*FF=00001.1 --set 18.07.01*FF=00001.2 --set 2B.07.01*FF=00002.1 --set 2C.07.01*FF=00002.2 \
    --set 3F.07.01*FF=00003.1 --set 40.07.01*FF=00003.2 --set 03.07.01*FF=00006.3 --set 04.07.01*FF=00006.6

simulate tcp --listen tcp://127.0.0.1:0 "$@"
"$python" "$here/lib/pyneva_reads.py" "socket://${place#tcp://}" 00000201 >tcp-read.log 2>&1 || fail "over TCP"
"$python" "$here/lib/pyneva_reads.py" "socket://${place#tcp://}" "" >plain-read.log 2>&1 || fail "without an address"
stop_simulating
simulate pty --pty "$work/meter" "$@"
"$python" "$here/lib/pyneva_reads.py" "$place" 00000201 >pty-read.log 2>&1 || fail "over a pseudo-terminal"
stop_simulating
simulate refusing --listen tcp://127.0.0.1:0 --model neva-mt324 --set 60.01.00*FF=60089784 --fault swallow=1 \
    --speed max
"$python" "$here/lib/pyneva_reads.py" "socket://${place#tcp://}" 00000201 >refused.log 2>&1 \
    && fail "a value that did not come is taken"
echo "PASSED pyneva: $(tail -n 1 tcp-read.log), over TCP and a pseudo-terminal"
