# SPDX-License-Identifier: GPL-3.0-or-later
"""SIPE, the one other client of the Microsoft dialect: libpurple's protocol
plugin, driven without a face by tests/tools/purple.c."""

import functools
import html
import os
import queue
import re
import subprocess
import tempfile
import threading
import time

from msserver import DOMAIN
from sotto import program

WAIT = 15.0


def tool():
    return os.path.join(os.path.dirname(program()), "purple")


@functools.lru_cache(None)
def why_not():
    """A reason to skip, or None."""
    if not os.access(tool(), os.X_OK):
        return "purple is not built: no headers of libpurple"
    with tempfile.TemporaryDirectory() as home:
        asked = subprocess.run([tool(), home, "prpl-sipe"],
                               capture_output=True, timeout=60,
                               env=dict(os.environ, HOME=home))
    if asked.returncode:
        return "pidgin-sipe is not installed"
    return None


class Sipe:
    """SERVER: an msserver.Server; its user NAME signs in at once."""

    def __init__(self, directory, server, name):
        self.dir = str(directory)
        os.makedirs(self.dir, exist_ok=True)
        self.lines = queue.Queue()
        self.events = []   # (event, word...)
        self.taken = 0
        self.log = open(os.path.join(self.dir, "log"), "wb")
        self.p = subprocess.Popen(
            [tool(), self.dir, "prpl-sipe",
             "%s@%s,LAB\\%s" % (name, DOMAIN, name), "secret",
             "server=127.0.0.1:%d" % server.port, "transport=tcp",
             "authentication=ntlm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            env=dict(os.environ, HOME=self.dir, LC_ALL="C.UTF-8"))
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        for line in self.p.stdout:
            self.lines.put(line.decode("utf-8").rstrip("\n"))
        self.lines.put(None)

    @staticmethod
    def _plain(word):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(
            m.group(1), m.group(1)), word)

    def _next(self, deadline):
        try:
            line = self.lines.get(timeout=max(deadline - time.monotonic(),
                                              0.001))
        except queue.Empty:
            return False
        if line is None:
            self.lines.put(None)
            return False
        self.events.append(tuple(map(self._plain, line.split("\t"))))
        return True

    def expect(self, *words, timeout=WAIT):
        """The next event that begins with WORDS; a function among them
        judges its word."""
        deadline = time.monotonic() + timeout
        i = self.taken
        while True:
            while i < len(self.events):
                event = self.events[i]
                i += 1
                if len(event) >= len(words) and all(
                        w(e) if callable(w) else w == e
                        for w, e in zip(words, event)):
                    self.taken = i
                    return event
            assert self._next(deadline), "no %s; since then %s\n%s" % (
                words, self.events[self.taken:], self.tail())

    def kinds(self):
        """What happened so far, in a word each."""
        while self._next(time.monotonic() + 0.01):
            pass
        return [e[0] for e in self.events]

    def tail(self):
        """Of what SIPE had to say."""
        with open(os.path.join(self.dir, "log"), encoding="utf-8",
                  errors="replace") as f:
            return "".join([line for line in f if " sipe: " in line][-40:])

    def do(self, *words):
        self.p.stdin.write(("\t".join(words) + "\n").encode())
        self.p.stdin.flush()

    def shows(self, who, state, text="", timeout=WAIT):
        """Waits until WHO is in STATE and TEXT in what is said of him."""
        deadline = time.monotonic() + timeout
        while True:
            self.do("show", who)
            shown = self.expect("show", who)
            if shown[2] == state and text in html.unescape(shown[3]):
                return shown[3]
            assert time.monotonic() < deadline, "%s %s: %s\n%s" % (
                state, text, shown, self.tail())
            time.sleep(0.05)

    def quit(self):
        self.do("quit")
        assert self.p.wait(WAIT) == 0, self.tail()

    def kill(self):
        """Gone without a word, on purpose."""
        self.p.kill()
        self.p.wait(WAIT)

    def end(self):
        if self.p.poll() is None:
            self.p.kill()
            self.p.wait(WAIT)
        self.p.stdin.close()
        self.thread.join(5)
        self.p.stdout.close()
        self.log.close()
