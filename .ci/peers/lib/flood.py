"""Floods a program and tells it to end: how long that takes, and how much memory it had at most."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
import tty

PROGRAM = sys.argv[1]
ONLY = sys.argv[2:]
# Seconds and KiB that are granted; a machine that does other work as well may grant more.
LONGEST = float(os.environ.get("FLOOD_SECONDS", "1.0"))
MOST = 64 * 1024
FLOODED = 0.9

CE = bytes.fromhex("c048fd009634570130000331c471070045c0")
LINE = b"1-0:1.8.1(000001.234*kWh)\r\n"
TELEGRAM = b"/ISK5\\2M550T-1012\r\n\r\n" + LINE * 20 + b"!\r\n"
KINDS = {
    "random": os.urandom(65536),
    "zeros": bytes(65536),
    "sound frames": CE * 3600,
    "telegrams": TELEGRAM * 100,
    "lines without end": LINE * 2400,
    "sign-ons": b"/?!\r\n" * 13000,
    "acknowledgements": b"\xe5" * 65536,
    "frame marks": b"\xc0" * 65536,
    "a block without end": b"\x02" + b"A" * 65535,
}


class Tcp:
    def __init__(self, block):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.link = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, args=(block,), daemon=True).start()

    def serve(self, block):
        try:
            caller, _ = self.listener.accept()
            while True:
                caller.sendall(block)
        except OSError:
            pass

    def close(self):
        self.listener.close()


class Pty:
    def __init__(self, block):
        self.near, self.far = pty.openpty()
        tty.setraw(self.far)
        self.link = "serial:" + os.ttyname(self.far)
        self.is_open = True
        self.thread = threading.Thread(target=self.serve, args=(block,), daemon=True)
        self.thread.start()

    def serve(self, block):
        while self.is_open:
            if select.select([], [self.near], [], 0.1)[1]:
                os.write(self.near, block[:4096])

    def close(self):
        self.is_open = False
        termios.tcflush(self.far, termios.TCIOFLUSH)
        self.thread.join(1)
        os.close(self.near)
        os.close(self.far)


def text(string):
    return struct.pack(">H", len(string)) + string


class Mqtt:
    """A broker of one topic that publishes for ever, at most once."""

    def __init__(self, block):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.link = "mqtt://127.0.0.1:%d/flood" % self.listener.getsockname()[1]
        body = text(b"flood") + block[:8000]
        self.publish = b"\x30" + bytes([len(body) % 128 | 128, len(body) // 128]) + body
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            caller, _ = self.listener.accept()
            caller.recv(4096)
            caller.sendall(b"\x20\x02\x00\x00")
            subscribe = caller.recv(4096)
            caller.sendall(b"\x90\x03" + subscribe[2:4] + b"\x00")
            while True:
                caller.sendall(self.publish * 8)
        except OSError:
            pass

    def close(self):
        self.listener.close()


def peak(process):
    try:
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{process}/status").read()).group(1))
    except (OSError, AttributeError):
        return 0


def headless(link, command, how, out=subprocess.DEVNULL, err=subprocess.DEVNULL):
    started = time.monotonic()
    process = subprocess.Popen([PROGRAM, command[0], link, *command[1:]], stdout=out, stderr=err)
    most, told = 0, None
    while process.poll() is None and (told is None or time.monotonic() - told < 5):
        most = max(most, peak(process.pid))
        if told is None and time.monotonic() - started >= (1.0 if how is None else FLOODED):
            told = time.monotonic()
            if how is not None:
                process.send_signal(how)
        time.sleep(0.01)
    took = time.monotonic() - (told or time.monotonic())
    if process.poll() is None:
        process.kill()
        took = 99
    process.wait()
    return took, most


def console(link, arguments, keys, last):
    """Presses keys after a while each, then the last one: how long the end takes, and what was drawn."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(PROGRAM, [PROGRAM, link, *arguments])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    started, told, most, drawn = time.monotonic(), None, 0, b""
    keys = [*keys, (FLOODED, last)]
    due = started + keys[0][0]
    while True:
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                drawn = (drawn + os.read(terminal, 65536))[-1_000_000:]
            except OSError:
                pass
        most = max(most, peak(process))
        if keys and time.monotonic() >= due:
            key = keys.pop(0)[1]
            os.kill(process, key) if isinstance(key, int) else os.write(terminal, key)
            due = time.monotonic() + (keys[0][0] if keys else 0)
            told = time.monotonic()
        took = time.monotonic() - (told or started)
        ended, _ = os.waitpid(process, os.WNOHANG)
        if not ended and not keys and took > 5:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            took = 99
        if ended or took == 99:
            os.close(terminal)
            return took, most, drawn


CE_METER = ["--model", "energomera-ce307", "--address", "13462"]
ON_TCP = [
    ("sniff, INT", ["sniff"], signal.SIGINT),
    ("read, TERM", ["read", *CE_METER], signal.SIGTERM),
    ("send, INT", ["send", "--raw", "00 06 47 5E 27", "--append-crc", "modbus"], signal.SIGINT),
    ("read push, INT", ["read", "--model", "dsmr5-p1"], signal.SIGINT),
]
ON_PTY = [
    ("sniff, --for", ["sniff", "--for", "1s"], None),
    ("sniff, TERM", ["sniff", "--json"], signal.SIGTERM),
    ("read, INT", ["read", *CE_METER], signal.SIGINT),
]
CONSOLE = [("q", [], b"q"), ("TERM", [], signal.SIGTERM), ("q on the trace", [(0.5, b"4")], b"q")]

results, failed = [], []


def note(what, took, most, is_well=True):
    is_well = is_well and took <= LONGEST and most <= MOST
    results.append((took, most))
    print(f"{'ok    ' if is_well else 'FAILED'} {what:44} {took:5.2f} s {most / 1024:5.1f} MiB", flush=True)
    if not is_well:
        failed.append(what)


def flooded(kind, block, place):
    name = kind
    for transport, runs in ((Tcp, ON_TCP), (Pty, ON_PTY)):
        what, command, how = runs[place % len(runs)]
        far = transport(block)
        note(f"{transport.__name__.lower()}, {what}: {name}", *headless(far.link, command, how))
        far.close()
    for transport, offset in ((Tcp, 0), (Pty, 1)):
        what, keys, last = CONSOLE[(place + offset) % len(CONSOLE)]
        far = transport(block)
        note(f"console, {transport.__name__.lower()}, {what}: {name}", *console(far.link, [], keys, last)[:2])
        far.close()
    far = Mqtt(block)
    how = (signal.SIGINT, signal.SIGTERM)[place % 2]
    note(f"mqtt, sniff: {name}", *headless(far.link, ["sniff"], how))
    far.close()


def cancelled(kind):
    """A request that nothing answers is stopped by its key, and the console stays."""
    far = Tcp(KINDS[kind])
    keys = [(1.0, b"3"), (0.3, b"\r"), (0.3, b"c")]
    took, most, drawn = console(far.link, CE_METER, keys, b"q")
    note(f"console, c, then q: {kind}", took, most, b"topped" in drawn or b"ancelled" in drawn)
    far.close()


def unread():
    """Nobody reads standard output; nobody reads standard error either."""
    for err in (False, True):
        far = Tcp(KINDS["sound frames"])
        reader, writer = os.pipe()
        out = headless(far.link, ["sniff"], signal.SIGINT, writer, writer if err else subprocess.DEVNULL)
        note(f"output unread{', errors too' if err else ''}, INT", *out)
        os.close(reader)
        os.close(writer)
        far.close()


def main():
    for place, (kind, block) in enumerate(KINDS.items()):
        if not ONLY or any(only in kind for only in ONLY):
            flooded(kind, block, place)
    for kind in ("zeros", "random", "lines without end"):
        cancelled(kind)
    unread()
    longest, most = max(took for took, _ in results), max(most for _, most in results)
    print(f"{len(results)} ended within {longest:.2f} s, in {most / 1024:.1f} MiB; failed: {', '.join(failed) or 'none'}")
    sys.exit(bool(failed))


main()
