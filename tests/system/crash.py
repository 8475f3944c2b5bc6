# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that end at a chosen system call, the store as it lay on the disk
then, and a peer that counts what it got."""

import contextlib
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import uuid

from peer import Message
from sotto import Sotto, program

ALL = os.environ.get("SOTTO_TEST_ALL")
EVERY = ALL == "calls"  # literally every call, also those without effect
SAMPLE = 36      # points of a scenario where not all are tried
# Leaks are looked for by tracing, which a program has one of.
TRACED = {"ASAN_OPTIONS": "detect_leaks=0"}
CUT = 200        # the status of syscut when it has killed
STATES = ("queued", "sent", "accepted", "delivered", "failed", "received")


def tool(name):
    return os.path.join(os.path.dirname(program()), name)


def missing():
    """Why runs cannot be cut here, or None."""
    if "valgrind" in os.path.basename(program()):
        return "the calls of valgrind are not those of the program"
    if not os.access(tool("syscut"), os.X_OK):
        return "syscut is not built"
    ran = subprocess.run([tool("syscut"), "-n", "0", program(), "-V"],
                         capture_output=True, timeout=30,
                         env={**os.environ, **TRACED})
    return "tracing is not possible here" if ran.returncode else None


class Gone(Exception):
    """The program was killed at its call."""


class Run:
    """One run under syscut, killed at call N (0: only counted)."""

    def __init__(self, home, config, n, marked):
        self.log = os.path.join(str(home), "calls")
        self.marked = marked
        under = [tool("syscut"), "-n", str(n), "-l", self.log]
        self.sotto = Sotto(
            home, config, wait_ready=False,
            under=under + ["-a"] * EVERY + ["-w"] * marked,
            env=TRACED)

    def mark(self):
        """Counts from here."""
        self.sotto.p.send_signal(signal.SIGUSR1)

    def gone(self):
        """True if it was killed at its call."""
        return self.sotto.p.poll() == CUT

    @contextlib.contextmanager
    def cut(self):
        """What is begun in here may be cut short."""
        try:
            yield
        except (AssertionError, BrokenPipeError, Gone):
            # Its output ends a little before it does.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.sotto.p.wait(2)
            if not self.gone():
                raise

    def calls(self):
        """The lines of the log of calls."""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read().splitlines()

    def end(self):
        """All that it said; True if it was killed at its call."""
        if self.sotto.p.poll() is None:
            self.sotto.kill()
        deadline = time.monotonic() + 10
        while self.sotto._next(deadline):
            pass
        with contextlib.suppress(BrokenPipeError):
            self.sotto.p.stdin.close()
        self.sotto.errors.close()
        return self.gone()


def points(measure):
    """The calls to be killed at. MEASURE counts those of a whole run."""
    if ALL:
        return range(1, 100000)
    n = measure()
    size = min(SAMPLE, n)
    phase = random.random()
    return sorted({1 + int((i + phase) * n / size) for i in range(size)})


@contextlib.contextmanager
def database(home):
    """The store as it lies there: a copy, so that it stays so."""
    copy = os.path.join(str(home), "copy")
    shutil.rmtree(copy, ignore_errors=True)
    os.mkdir(copy)
    for name in os.listdir(os.path.join(str(home), "state")):
        if name.startswith("sotto.db") and not name.endswith("-shm"):
            shutil.copy(os.path.join(str(home), "state", name), copy)
    path = os.path.join(copy, "sotto.db")
    with contextlib.closing(sqlite3.connect(path)) as db:
        yield db


def sound(db):
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name='word'").fetchone():
        db.execute("INSERT INTO word(word) VALUES('integrity-check')")


def rows(home):
    """(id, text, state, reason) of all messages, in order."""
    with database(home) as db:
        sound(db)
        if not db.execute("SELECT 1 FROM sqlite_schema "
                          "WHERE name='message'").fetchone():
            return []
        return [(str(i), text, STATES[state], reason)
                for i, text, state, reason in db.execute(
                    "SELECT id,text,state,reason FROM message ORDER BY id")]


class Bob(threading.Thread):
    """Takes MESSAGE requests on UDP, and counts each transaction once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind(("127.0.0.1", 0))
        self.s.settimeout(0.1)
        self.port = self.s.getsockname()[1]
        self.lock = threading.Condition()
        self.silent = False
        self.stop = False
        self.calls = set()
        self.texts = []  # as they came
        self.answers = {}  # to requests of our own: Call-ID to status
        self.start()

    def uri(self):
        return "sip:bob@127.0.0.1:%d" % self.port

    def close(self):
        self.stop = True
        self.join(5)
        self.s.close()

    def reset(self, silent=False):
        with self.lock:
            self.texts = []
            self.silent = silent

    def run(self):
        while not self.stop:
            try:
                data, address = self.s.recvfrom(65536)
            except OSError:  # a timeout, or the port of one that is gone
                continue
            if data.strip():
                self._take(Message(data, address))

    def _take(self, m):
        with self.lock:
            if m.status:
                self.answers.setdefault(m.get("call-id"), m)
            elif m.method == "MESSAGE":
                if m.get("call-id") not in self.calls:
                    self.calls.add(m.get("call-id"))
                    self.texts.append(m.body.decode())
                if not self.silent:
                    self._answer(m)
            self.lock.notify_all()

    def _answer(self, m):
        lines = ["SIP/2.0 200 OK"]
        for name in ("via", "from", "to", "call-id", "cseq"):
            for value in m.all(name):
                tag = ";tag=b" if name == "to" else ""
                lines.append("%s: %s%s" % (name.title(), value, tag))
        self._send(lines, "", m.way)

    def _send(self, lines, body, way):
        lines.append("Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.s.sendto("\r\n".join(lines).encode(), way)

    def ask(self, port, call, text, cseq=1):
        """MESSAGE with Call-ID CALL; another branch each time."""
        self.answers.pop(call, None)
        self._send([
            "MESSAGE sip:alice@127.0.0.1:%d SIP/2.0" % port,
            "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s;rport"
            % (self.port, uuid.uuid4().hex),
            "Max-Forwards: 70", "From: <%s>;tag=f%s" % (self.uri(), call),
            "To: <sip:alice@127.0.0.1:%d>" % port, "Call-ID: " + call,
            "CSeq: %d MESSAGE" % cseq, "Content-Type: text/plain"],
            text, ("127.0.0.1", port))

    def answer(self, call, run=None, seconds=10.0):
        """The answer to CALL; Gone if the program of RUN is."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while call not in self.answers:
                if run is not None and run.gone():
                    raise Gone
                left = deadline - time.monotonic()
                assert left > 0, "no answer to " + call
                self.lock.wait(min(left, 0.02))
            return self.answers[call]

    def await_text(self, text, seconds=10.0):
        with self.lock:
            assert self.lock.wait_for(lambda: text in self.texts, seconds)
