# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives one `sotto --json`: commands in, events out, every wait bounded."""

import json
import os
import queue
import signal
import subprocess
import threading
import time

WAIT = 15.0


def program():
    return os.path.abspath(os.environ.get("SOTTO", "./sotto"))


def account(name, user, server, transport="udp", port=None, **settings):
    """Configuration lines of an account on the tests' Kamailio."""
    if port is None:
        port = server.tls_port if transport == "tls" else server.port
    lines = [
        "account add %s sip:%s@lab.test" % (name, user),
        "account set %s password secret-%s" % (name, user),
        "account set %s proxy 'sip:127.0.0.1:%d;transport=%s'"
        % (name, port, transport),
    ]
    if transport == "tls":
        lines.append("account set %s tls-ca-file %s" % (name, server.ca))
    for key, value in settings.items():
        lines.append("account set %s %s '%s'"
                     % (name, key.replace("_", "-"), value))
    return "\n".join(lines) + "\n"


def environment(home):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("XDG_", "LC_", "LANG"))}
    env.update(HOME=str(home), LC_ALL="C.UTF-8", TERM="dumb", TZ="UTC")
    # A program that is run by another does not see what lies beside it.
    if os.path.basename(program()) != "sotto":
        env["SOTTO_HTTP"] = os.path.join(os.path.dirname(program()),
                                         "sotto-http")
    return env


class Sotto:
    def __init__(self, home, config="", *args, wait_ready=True, mode=0o600,
                 state=None, under=(), env=()):
        """UNDER is a command that runs the program; ENV more of its
        environment."""
        self.home = str(home)
        self.config = os.path.join(self.home, "sotto.conf")
        self.state = state or os.path.join(self.home, "state")
        with open(self.config, "w") as f:
            f.write(config)
        os.chmod(self.config, mode)
        self.errors = open(os.path.join(self.home, "stderr"), "ab")
        self.events = []     # all, in order
        self.taken = 0       # index of the first not yet waited for
        self.next_id = 0
        self.lines = queue.Queue()
        self.p = subprocess.Popen(
            [*under, program(), "-f", self.config, "-s", self.state, "--json",
             *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            env={**environment(self.home), **dict(env)}, cwd=self.home)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if wait_ready:
            self.expect("ready")

    def _read(self):
        for line in self.p.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _next(self, deadline):
        """One more event into self.events; False at the end or in time."""
        left = deadline - time.monotonic()
        try:
            line = self.lines.get(timeout=max(left, 0.001))
        except queue.Empty:
            return False
        if line is None:
            self.lines.put(None)
            return False
        line.decode("ascii")  # promised: ASCII with escapes
        event = json.loads(line)
        assert list(event)[:2] == ["event", "time"], line
        self.events.append(event)
        return True

    @staticmethod
    def _fits(event, name, fields):
        if event["event"] != name:
            return False
        for key, value in fields.items():
            have = event.get(key.replace("_", "-"))
            if callable(value):
                if have is None or not value(have):
                    return False
            elif have != value:
                return False
        return True

    def expect(self, name, /, timeout=WAIT, keep=False, **fields):
        """The next event NAME whose FIELDS fit; those before it count as
        passed unless KEEP."""
        deadline = time.monotonic() + timeout
        i = self.taken
        while True:
            while i < len(self.events):
                event = self.events[i]
                i += 1
                if self._fits(event, name, fields):
                    if not keep:
                        self.taken = i
                    return event
            if not self._next(deadline):
                raise AssertionError(
                    "%s: no %s %s within %g s; since then:\n%s\n%s"
                    % (self.home, name, fields, timeout,
                       "\n".join(map(json.dumps, self.events[self.taken:])),
                       self.stderr()[-2000:]))

    def none(self, name, seconds, /, **fields):
        """No such event since the last one expected, nor for SECONDS."""
        deadline = time.monotonic() + seconds
        while self._next(deadline):
            pass
        for event in self.events[self.taken:]:
            assert not self._fits(event, name, fields), event

    def seen(self, name, /, **fields):
        """All events so far that fit."""
        while self._next(time.monotonic() + 0.01):
            pass
        return [e for e in self.events if self._fits(e, name, fields)]

    def write(self, text):
        self.p.stdin.write(text.encode())
        self.p.stdin.flush()

    def send(self, *words):
        """Starts a command, returns its id."""
        self.next_id += 1
        self.write(json.dumps({"id": self.next_id, "command": list(words)})
                   + "\n")
        return self.next_id

    def reply(self, number, timeout=WAIT):
        """The reply to a command sent, wherever it stands."""
        deadline = time.monotonic() + timeout
        i = 0
        while True:
            while i < len(self.events):
                event = self.events[i]
                i += 1
                if event["event"] == "reply" and event["id"] == number:
                    return event
            if not self._next(deadline):
                raise AssertionError(
                    "%s: no reply %d\n%s\n%s" % (self.home, number, "\n".join(
                        map(json.dumps, self.events[-40:])),
                        self.stderr()[-2000:]))

    def do(self, *words, ok=True, timeout=40.0):
        """Runs a command and returns its reply."""
        reply = self.reply(self.send(*words), timeout)
        if ok is not None:
            assert reply["ok"] is ok, reply
        return reply

    def logged(self, *words, n=1, timeout=WAIT):
        """The Nth line of the log with all WORDS in its text."""
        deadline = time.monotonic() + timeout
        while True:
            lines = self.do("log")["result"]
            found = [x for x in lines if all(w in x["text"] for w in words)]
            if len(found) >= n:
                return found[n - 1]
            assert time.monotonic() < deadline, "%s: no %s in\n%s" % (
                self.home, words, "\n".join(x["text"] for x in lines))
            self._next(time.monotonic() + 0.05)

    def stderr(self):
        with open(os.path.join(self.home, "stderr"), "rb") as f:
            return f.read().decode("utf-8", "replace")

    def quit(self, timeout=WAIT):
        """`quit`, and the exit status."""
        self.write("quit\n")
        return self.p.wait(timeout)

    def kill(self):
        """SIGKILL: gone without a word, on purpose."""
        self.p.kill()
        self.p.wait(10)
        self.p.returncode = 0

    def end(self):
        """Ends it however it stands; a crash fails the test."""
        if self.p.poll() is None:
            # Input stays open: its end would make this a second signal.
            self.p.send_signal(signal.SIGTERM)
            try:
                self.p.wait(10)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait(10)
                raise AssertionError(self.home + ": did not end on SIGTERM")
        try:
            self.p.stdin.close()
        except BrokenPipeError:
            pass
        self.errors.close()
        assert self.p.returncode >= 0, "%s died of signal %d\n%s" % (
            self.home, -self.p.returncode, self.stderr()[-3000:])
        for words in ("Sanitizer", "runtime error", "==%d==" % self.p.pid):
            assert words not in self.stderr(), self.stderr()[-6000:]


def one_shot(home, config, *words, timeout=60.0, args=(), stdin=None):
    """Runs `sotto COMMAND...` and returns (status, stdout, stderr)."""
    path = os.path.join(str(home), "sotto.conf")
    with open(path, "w") as f:
        f.write(config)
    os.chmod(path, 0o600)
    p = subprocess.run(
        [program(), "-f", path, "-s", os.path.join(str(home), "state"),
         *args, *words], stdin=stdin or subprocess.DEVNULL,
        capture_output=True, timeout=timeout, env=environment(home),
        cwd=str(home))
    return p.returncode, p.stdout.decode(), p.stderr.decode()
