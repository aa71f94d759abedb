#!/bin/sh
# Publishes simulated meters on a topic of mosquitto, and listens to one: frames as raw bytes and as hex, a password, TLS, and a broker that is restarted
# in mid-stream. Everything that the broker says it delivered must have come. Takes the program's path; without
# one, that of the release build.
set -eu
peer=mosquitto
. "$(dirname "$0")/lib/common.sh"
needs mosquitto mosquitto_passwd mosquitto_pub openssl python3

topic=sensors/smartmeter
port=$(free_port)
secure=$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=authority \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign >openssl.log 2>&1
openssl req -newkey rsa:2048 -nodes -keyout broker.key -out broker.csr -subj /CN=localhost >>openssl.log 2>&1
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >broker.ext
openssl x509 -req -in broker.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile broker.ext \
    -out broker.crt >>openssl.log 2>&1
printf 'anna:geheim\n' >users
mosquitto_passwd -U users
cat >broker.conf <<CONFIG
per_listener_settings false
allow_anonymous false
password_file $work/users
log_type all
listener $port 127.0.0.1
listener $secure 127.0.0.1
cafile $work/ca.crt
certfile $work/broker.crt
keyfile $work/broker.key
CONFIG
if [ "$(id -u)" = 0 ]; then
    echo "user root" >>broker.conf
fi

broker=""
start_broker() {
    mosquitto -c broker.conf >>broker.log 2>&1 &
    broker=$!
    started="$started $broker"
}
stop_broker() {
    kill "$broker"
    wait "$broker" || true
}
publish() { # whatever mosquitto_pub takes
    mosquitto_pub -h 127.0.0.1 -p "$port" -u anna -P geheim -t "$topic" "$@"
}
# Listeners that have subscribed so far.
subscribed() { grep -c 'Sending SUBACK to meterscope-' broker.log || true; }
listen() { # log, link
    "$program" sniff "$2" --reconnect --json >"$1.out" 2>"$1.log" &
    listener=$!
    started="$started $listener"
}
stop_listening() {
    sleep 0.5
    kill -INT "$listener"
    wait "$listener" || true
}

start_broker
until_so 'grep -q running broker.log' "the broker does not run"

METERSCOPE_MQTT_PASSWORD=wrong "$program" sniff "mqtt://anna@127.0.0.1:$port/$topic" --for 1s >wrong.log 2>&1 \
    && fail "a wrong password is taken"
grep -q METERSCOPE_MQTT_PASSWORD wrong.log || fail "a wrong password is not told"

export METERSCOPE_MQTT_PASSWORD=geheim
listen plain "mqtt://anna@127.0.0.1:$port/$topic"
until_so '[ "$(subscribed)" -ge 1 ]' "nobody subscribed"
printf '\245\000\377\001' >raw.bin
publish -f raw.bin
publish -m 'a5 00 FF 02'
# A stream that the broker's end cuts somewhere.
for number in $(seq 1000 1400); do
    printf 'A500%04d\n' "$number"
    sleep 0.005
done | mosquitto_pub -h 127.0.0.1 -p "$port" -u anna -P geheim -t "$topic" -l -q 1 >stream.log 2>&1 &
streaming=$!
started="$started $streaming"
sleep 0.7
stop_broker
kill "$streaming" 2>/dev/null || true
grep -q 'Sending PUBLISH to meterscope-' broker.log || fail "nothing was delivered before the restart"
start_broker
until_so '[ "$(subscribed)" -ge 2 ]' "the listener did not come back"
publish -m A500FF03
publish -f raw.bin
stop_listening

# What the broker says it delivered: its log names the bytes of each message's payload.
delivered=$(grep -c 'Sending PUBLISH to meterscope-' broker.log)
python3 - "$delivered" <<'PYTHON' || fail "what came is not what the broker delivered"
import json, sys
delivered = int(sys.argv[1])
shown = "".join(json.loads(line).get("hex", "") for line in open("plain.out") if line.startswith("{"))
messages = [shown[at:at + 8] for at in range(0, len(shown), 8)]
expected = ["A500FF01", "A500FF02"]
expected += [f"A500{number:04d}" for number in range(1000, 1000 + delivered - 4)]
expected += ["A500FF03", "A500FF01"]
assert delivered > 4, delivered
assert messages == expected, (delivered, messages, expected)
PYTHON

printf 'geheim\n' >password
chmod 600 password
unset METERSCOPE_MQTT_PASSWORD
export METERSCOPE_MQTT_PASSWORD_FILE="$work/password"
"$program" sniff "mqtts://anna@localhost:$secure/$topic" --for 1s >untrusted.log 2>&1 \
    && fail "an unknown authority is trusted"
grep -q SSL_CERT_FILE untrusted.log || fail "an unknown authority is not told"
before=$(subscribed)
SSL_CERT_FILE="$work/ca.crt" listen secure "mqtts://anna@localhost:$secure/$topic"
until_so '[ "$(subscribed)" -gt "$before" ]' "nobody subscribed over TLS"
publish -m A500FF04
stop_listening
grep -q A500FF04 secure.out || fail "nothing came over TLS"

# Simulated meters publish: bytes, hex text, and over TLS; mosquitto's own client takes what they say.
printf '[[meter]]\nencryption_key = "000102030405060708090A0B0C0D0E0F"\n' >keys.toml
chmod 600 keys.toml
export METERSCOPE_MQTT_PASSWORD=geheim
published() { # name, link, what else simulate takes
    name=$1
    link=$2
    shift 2
    mosquitto_sub -h 127.0.0.1 -p "$port" -u anna -P geheim -t "meters/$name" -C 2 -W 20 -F %x >"$name.sub" 2>&1 &
    subscriber=$!
    started="$started $subscriber"
    sleep 0.5
    simulate "publish-$name" --publish "$link/meters/$name" --model kaifa-ma309 --keys "$work/keys.toml" \
        --set interval=1 --set 1.8.0=2979641 --speed max "$@"
    wait "$subscriber" || fail "$name: two messages did not come"
    stop_simulating
}
energies() { # name: reads the second message, and looks for the energy that was set
    tail -n 1 "$1.hex" >last.hex
    "$program" decode last.hex --protocol dlms-mbus --keys keys.toml --json >"$1-decode.log" 2>&1 \
        || fail "$1: the message is not decoded"
    grep -q 2979641 "$1-decode.log" || fail "$1: the energy is another"
}
published raw "mqtt://anna@127.0.0.1:$port" --payload raw
cp raw.sub raw.hex
energies raw
published hex "mqtt://anna@127.0.0.1:$port" --payload hex
python3 -c 'import sys; [print(bytes.fromhex(line).decode()) for line in sys.stdin]' <hex.sub >hex.hex
energies hex
export SSL_CERT_FILE="$work/ca.crt"
published tls "mqtts://anna@localhost:$secure" --payload raw
cp tls.sub tls.hex
energies tls

echo "PASSED mosquitto: $(mosquitto -h | head -n 1), $delivered messages across a restart"
