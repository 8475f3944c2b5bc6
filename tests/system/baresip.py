# SPDX-License-Identifier: GPL-3.0-or-later
"""One baresip in a directory of its own: commands through its control
socket, what it shows from its console's, the wire from its standard output."""

import json
import os
import re
import socket
import subprocess
import time

from kamailio import free_ports

WAIT = 15.0
MODULES = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")
CONFIG = """module_path %(modules)s
net_interface 127.0.0.1
sip_listen 127.0.0.1:%(port)d
ctrl_tcp_listen 127.0.0.1:%(control)d
cons_listen 127.0.0.1:%(console)d
audio_path %(dir)s
module_tmp uuid.so
module_tmp account.so
module g711.so
module ausine.so
module aufile.so
module_app contact.so
module_app menu.so
module cons.so
module_app presence.so
module_app ctrl_tcp.so
audio_source ausine,440
audio_player aufile,%(dir)s/heard.wav
audio_alert aufile,%(dir)s/alert.wav
"""
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def free_pair():
    """A number that is free, and so is the next one (for its TLS)."""
    for _ in range(50):
        port = free_ports(1)[0]
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
            try:
                s.bind(("127.0.0.1", port + 1))
                return port
            except (OSError, OverflowError):
                pass
    raise AssertionError("no two free ports in a row")


class Baresip:
    """URI is the account's address, PARAMS its parameters; CONTACTS are
    addresses, watched when WATCH. Starts at once; end() or `with`."""

    def __init__(self, tool, directory, uri, params=(), contacts=(),
                 watch=False, port=None):
        self.dir = str(directory)
        os.makedirs(self.dir, exist_ok=True)
        modules = [m for m in MODULES if os.path.isdir(m)]
        self.port = port or free_pair()
        self.control, self.console = free_ports(2)
        self._write("config", CONFIG % {
            "modules": modules[0] if modules else MODULES[0],
            "port": self.port, "control": self.control,
            "console": self.console, "dir": self.dir})
        self._write("accounts", "<%s>%s\n" % (
            uri, "".join(";" + p for p in params)))
        self._write("contacts", "".join(
            '"%s" <%s>%s\n' % (re.sub(r"^sip:|@.*", "", c), c,
                               ";presence=p2p" if watch else "")
            for c in contacts))
        self.out = open(os.path.join(self.dir, "out"), "wb")
        self.taken = 0       # of the output: what was waited for
        self.pending = b""   # of the control socket
        self.shown = b""     # on the console since the last show()
        self.events = []
        self.p = subprocess.Popen(
            [tool, "-s", "-f", self.dir], cwd=self.dir,
            stdin=subprocess.DEVNULL, stdout=self.out,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, HOME=self.dir, TERM="dumb"))
        self.sock = self.screen = None
        try:
            self.expect("baresip is ready")
            self.sock = socket.create_connection(
                ("127.0.0.1", self.control), WAIT)
            self.screen = socket.create_connection(
                ("127.0.0.1", self.console), WAIT)
        except BaseException:
            self.end()
            raise

    def _write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(text)

    # ---- what it says

    def output(self):
        with open(os.path.join(self.dir, "out"), "rb") as f:
            text = f.read().decode("utf-8", "replace")
        return COLOURS.sub("", text)

    def expect(self, pattern, timeout=WAIT):
        """The next place in the output where PATTERN is found."""
        pattern = re.compile(pattern, re.S | re.M)
        deadline = time.monotonic() + timeout
        while True:
            # Its end first: what it wrote before is then all there.
            ended = self.p.poll() is not None
            found = pattern.search(self.output(), self.taken)
            if found:
                self.taken = found.end()
                return found
            if ended or time.monotonic() > deadline:
                raise AssertionError("%s: no %r within %g s:\n%s" % (
                    self.dir, pattern.pattern, timeout,
                    self.output()[-6000:]))
            time.sleep(0.02)

    def show(self, text, timeout=WAIT):
        """Waits until the console has shown TEXT; what was before it is
        passed."""
        deadline = time.monotonic() + timeout
        while text.encode() not in self.shown:
            self.screen.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                more = self.screen.recv(65536)
            except TimeoutError:
                more = b""
            assert more, "%s: %r is not shown:\n%r\n%s" % (
                self.dir, text, self.shown[-2000:], self.output()[-6000:])
            self.shown += more
        self.shown = self.shown.split(text.encode(), 1)[1]

    # ---- the control socket

    def _record(self, deadline):
        """One netstring from the control socket, as an object."""
        while True:
            size, colon, rest = self.pending.partition(b":")
            if colon and len(rest) > int(size):
                self.pending = rest[int(size) + 1:]
                return json.loads(rest[:int(size)].decode("utf-8"))
            self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
            more = self.sock.recv(65536)
            assert more, self.dir + ": baresip closed its control socket"
            self.pending += more

    def do(self, command, params=""):
        """Runs COMMAND and returns what it prints."""
        text = json.dumps({"command": command, "params": params,
                           "token": "t"}, ensure_ascii=False).encode()
        self.sock.sendall(b"%d:%s," % (len(text), text))
        deadline = time.monotonic() + WAIT
        while True:
            record = self._record(deadline)
            if record.get("response"):
                return COLOURS.sub("", record.get("data", ""))
            self.events.append(record)

    def event(self, kind, timeout=WAIT):
        """The next event of type KIND; those before it are dropped."""
        deadline = time.monotonic() + timeout
        while True:
            while self.events:
                record = self.events.pop(0)
                if record.get("type") == kind:
                    return record
            self.events.append(self._record(deadline))

    def presence_of(self, address, state, timeout=WAIT):
        """Waits until the contact list has ADDRESS in STATE."""
        deadline = time.monotonic() + timeout
        while True:
            text = self.do("contacts")
            for line in text.splitlines():
                if "<%s>" % address in line and state in line.split():
                    return
            assert time.monotonic() < deadline, "no %s: %s\n%s" % (
                state, text, self.output()[-6000:])
            time.sleep(0.1)

    # ---- the end

    def end(self):
        """SIGTERM, and after 3 s SIGKILL: it waits for lost answers."""
        for sock in (self.sock, self.screen):
            if sock is not None:
                sock.close()
        if self.p.poll() is None:
            self.p.terminate()
            try:
                self.p.wait(3)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait(10)
        self.out.close()
