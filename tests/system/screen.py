# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the full screen in a pty: keys in, the screen as a terminal would
show it out. Every wait is bounded."""

import difflib
import os
import re
import select
import signal
import termios
import time

import pexpect
import pyte
import wcwidth

from sotto import environment, program

WAIT = 10.0
SCREENS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "screens")

# As xterm sends them.
KEYS = {
    "Enter": "\r", "Escape": "\x1b", "Tab": "\t", "Backspace": "\x7f",
    "Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D",
    "Home": "\x1b[H", "End": "\x1b[F", "PageUp": "\x1b[5~",
    "PageDown": "\x1b[6~", "Insert": "\x1b[2~", "Delete": "\x1b[3~",
    "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS",
    "F5": "\x1b[15~", "F6": "\x1b[17~", "F7": "\x1b[18~", "F8": "\x1b[19~",
    "F9": "\x1b[20~", "F12": "\x1b[24~", "Space": " ",
}


def key(name):
    """The bytes of a key as `bind` names it."""
    if name.startswith("M-"):
        return "\x1b" + key(name[2:])
    if name.startswith("C-"):
        return chr(ord(name[2:].upper()) & 0x1f)
    return KEYS.get(name, name)


def columns(char):
    """That a character takes; Jamo join what is before them."""
    return 0 if 0x1160 <= ord(char) < 0x1200 else wcwidth.wcwidth(char)


pyte.screens.wcwidth = columns


class Terminal(pyte.Screen):
    """What pyte leaves out and terminfo of xterm has: REP, SU, SD; and marks
    that are none in Unicode's sense but take no column, behind which pyte
    draws no more."""

    last = " "

    def draw(self, data):
        if data:
            self.last = data[-1]
        if data.isascii():
            super().draw(data)
            return
        for char in data:
            if columns(char):
                super().draw(char)
            else:
                self.join(char)

    @property
    def display(self):
        """Rows as they are read; half of a wide one that is gone is blank,
        of which pyte dies."""
        rows = []
        for y in range(self.lines):
            row, text, stub = self.buffer[y], [], False
            for x in range(self.columns):
                data = row[x].data
                if not stub:
                    text.append(data or " ")
                stub = not stub and bool(data) and columns(data[0]) == 2
            rows.append("".join(text))
        return rows

    def join(self, char):
        row = self.buffer[self.cursor.y]
        x = max(0, min(self.cursor.x, self.columns) - 1)
        if x and not row[x].data:  # behind a wide one
            x -= 1
        row[x] = row[x]._replace(data=row[x].data + char)
        self.dirty.add(self.cursor.y)

    def repeat(self, count=1, **_):
        self.draw(self.last * (count or 1))

    def move_rows(self, first, step):
        """Rows from FIRST to the margin go STEP rows down, or up. Pyte's own
        keeps an old row where a blank one should come."""
        bottom = self.margins.bottom if self.margins else self.lines - 1
        rows = {y: self.buffer.pop(y) for y in range(first, bottom + 1)
                if y in self.buffer}
        for y, row in rows.items():
            if first <= y + step <= bottom:
                self.buffer[y + step] = row
        self.dirty.update(range(first, bottom + 1))

    def delete_lines(self, count=None):
        self.move_rows(self.cursor.y, -(count or 1))
        self.carriage_return()

    def insert_lines(self, count=None):
        self.move_rows(self.cursor.y, count or 1)
        self.carriage_return()

    def roll(self, count, step):
        top = self.margins.top if self.margins else 0
        self.move_rows(top, -step * (count or 1))

    def scroll_up(self, count=1, **_):
        self.roll(count, 1)

    def scroll_down(self, count=1, **_):
        self.roll(count, -1)

    def report_device_status(self, *_, **__):
        """Nothing is answered."""

    def report_device_attributes(self, *_, **__):
        """Nothing is answered."""


class Stream(pyte.ByteStream):
    csi = dict(pyte.ByteStream.csi, b="repeat", S="scroll_up",
               T="scroll_down")
    events = pyte.ByteStream.events | {"repeat", "scroll_up", "scroll_down"}


class Screen:
    def __init__(self, home, config="", *args, rows=30, cols=100,
                 term="xterm-256color", env=(), under=()):
        self.home = str(home)
        os.makedirs(self.home, exist_ok=True)
        conf = os.path.join(self.home, "sotto.conf")
        with open(conf, "w") as f:
            f.write(config)
        os.chmod(conf, 0o600)
        environ = environment(self.home)
        environ["TERM"] = term
        environ.pop("COLORTERM", None)
        environ.update(env)
        words = [*under, program(), "-f", conf, "-s",
                 os.path.join(self.home, "state"), *args]
        self.p = pexpect.spawn(words[0], words[1:], env=environ,
                               dimensions=(rows, cols), cwd=self.home)
        self.p.delaybeforesend = None
        self.fd = self.p.child_fd
        self.before = termios.tcgetattr(self.fd)
        self.raw = bytearray()
        self.eof = False
        self.killed = False
        self.terminal = Terminal(cols, rows)
        self.stream = Stream(self.terminal)
        if environ["LC_ALL"] == "C":
            self.stream.use_utf8 = False

    # ---- out ----

    def pump(self, seconds):
        """Takes what comes within SECONDS; False if nothing did."""
        if self.eof or not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            self.eof = True
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def settle(self, quiet=0.15, limit=WAIT):
        """Until nothing came for QUIET seconds."""
        end = time.monotonic() + limit
        while time.monotonic() < end and self.pump(quiet):
            pass
        return self

    def wait(self, what, predicate, timeout=WAIT):
        end = time.monotonic() + timeout
        while not predicate():
            left = end - time.monotonic()
            if left <= 0 or (self.eof and not self.pump(0)):
                raise AssertionError("no %s; the screen is:\n%s\n%s" % (
                    what, self.text(), self.errors()))
            self.pump(min(left, 0.1))
        return self

    def see(self, pattern, timeout=WAIT):
        """Until PATTERN, a regular expression, is on the screen."""
        return self.wait(repr(pattern),
                         lambda: re.search(pattern, self.text(), re.M),
                         timeout)

    def gone(self, pattern, timeout=WAIT):
        return self.wait("end of %r" % pattern,
                         lambda: not re.search(pattern, self.text(), re.M),
                         timeout)

    def lines(self):
        """Rows without what differs from run to run, all as wide."""
        rows = []
        for row in self.terminal.display:
            row = re.sub(r"\b\d\d:\d\d:\d\d\.\d\d\d\b", "HH:MM:SS.mmm",
                         row)
            row = re.sub(r"\b\d\d:\d\d:\d\d\b", "HH:MM:SS", row)
            row = re.sub(r"\b\d\d:\d\d\b", "HH:MM", row)
            row = re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:PORTS", row)
            row = re.sub(r"(?<=\brport=)\d{5}\b", "PORTS", row)
            row = re.sub(r"\bin \d+ ms\b", "in N ms", row)
            # Tokens by chance, of the same length each time.
            row = re.sub(r"(?<=z9hG4bK)\w+|(?<=\btag=)\w+|"
                         r"(?<=Call-ID: )\w+",
                         lambda m: "x" * len(m.group()), row)
            row = re.sub(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD", row)
            # Its length is another every day, and so is where it stands.
            row = re.sub(r" *(──|--) \w+day \d+ \w+(?: \d+)? \1 *",
                         " ── DAY ── ", row)
            rows.append(row.rstrip())
        return rows

    def text(self):
        return "\n".join(self.lines())

    def same(self, name):
        """The whole screen is that of screens/NAME; with SOTTO_SCREENS=write
        it is written instead."""
        path = os.path.join(SCREENS, name)
        self.settle()
        if os.environ.get("SOTTO_SCREENS") == "write":
            with open(path, "w", encoding="utf-8") as f:
                f.write(self.text() + "\n")
        with open(path, encoding="utf-8") as f:
            want = f.read()

        def have():
            return self.text() + "\n"

        end = time.monotonic() + WAIT / 2
        while have() != want and time.monotonic() < end:
            self.pump(0.1)
        assert have() == want, "\n" + "\n".join(difflib.unified_diff(
            want.split("\n"), have().split("\n"), name, "screen", n=1,
            lineterm=""))
        return self

    def cursor(self):
        return self.terminal.cursor.y, self.terminal.cursor.x

    def errors(self):
        """What a sanitizer wrote, which goes to the terminal."""
        at = max(self.raw.rfind(b"ERROR: "), self.raw.rfind(b"runtime error"))
        return "" if at < 0 else self.raw[max(0, at - 200):at + 6000].decode(
            "utf-8", "replace")

    # ---- in ----

    def write(self, data):
        """All of it, taking what comes meanwhile: neither waits for ever."""
        data = data.encode() if isinstance(data, str) else data
        end = time.monotonic() + WAIT
        while data and time.monotonic() < end and not self.eof:
            if select.select([], [self.fd], [], 0.1)[1]:
                data = data[os.write(self.fd, data[:512]):]
            self.pump(0)
        return self

    def keys(self, *names):
        """Keys by name; a word that is none is typed."""
        for name in names:
            self.write(key(name))
        return self

    def line(self, text):
        return self.write(text + "\r")

    def paste(self, text):
        return self.write("\x1b[200~" + text + "\x1b[201~")

    def resize(self, rows, cols):
        self.terminal.resize(rows, cols)
        self.p.setwinsize(rows, cols)
        return self

    def signal(self, signo):
        os.kill(self.p.pid, signo)
        return self

    def state(self):
        """Of its process, a letter: T is stopped."""
        with open("/proc/%d/stat" % self.p.pid, encoding="utf-8") as f:
            return f.read().rsplit(")", 1)[1].split()[0]

    # ---- the end ----

    def ended(self, timeout=WAIT):
        """Its exit status, once it has ended by itself."""
        end = time.monotonic() + timeout
        while self.p.isalive() and time.monotonic() < end:
            self.pump(0.05)
        self.settle(0.05)
        assert not self.p.isalive(), "still there:\n" + self.text()
        assert self.p.signalstatus is None, (
            self.p.signalstatus, self.errors())
        assert not self.errors(), self.errors()
        return self.p.exitstatus

    def kill(self):
        """As a crash would end it."""
        self.signal(signal.SIGKILL)
        self.p.wait()
        self.killed = True

    def end(self):
        if self.killed:
            self.p.close()
            return
        if self.p.isalive():
            self.signal(signal.SIGTERM)
            self.signal(signal.SIGCONT)
            try:
                self.ended()
            finally:
                if self.p.isalive():
                    self.p.kill(signal.SIGKILL)
        status = self.p.signalstatus
        self.p.close()
        assert status is None, (status, self.errors())
        assert not self.errors(), self.errors()
