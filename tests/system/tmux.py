# SPDX-License-Identifier: GPL-3.0-or-later
"""The full screen in a real tmux: a server of its own, a shell in it, and the
program started by that shell. Every wait is bounded."""

import os
import shlex
import shutil
import subprocess
import tempfile
import time

import screen
from sotto import environment, program

# As `send-keys` names them.
NAMES = {"Backspace": "BSpace", "PageUp": "PPage", "PageDown": "NPage",
         "Insert": "IC", "Delete": "DC"}


class Captured:
    """What `capture-pane` last said."""

    def __init__(self):
        self.display = []


class Pane(screen.Screen):
    """Stands in for screen.Screen; what it looks at is tmux's."""

    def __init__(self, home, config="", *args, rows=30, cols=100,
                 term="screen-256color", env=(), focus=False):
        self.home, self.term = str(home), term
        os.makedirs(self.home, exist_ok=True)
        self.raw = bytearray()  # nothing is seen before tmux
        self.terminal = Captured()
        self.eof = False
        # Paths of sockets are short.
        self.sockets = tempfile.mkdtemp(prefix="sotto-tmux-")
        self._write_files(config, args, dict(env))
        environ = environment(self.home)
        environ.update(TMUX_TMPDIR=self.sockets,
                       ENV=os.path.join(self.home, "shrc"))
        for name in ("TMUX", "COLORTERM"):
            environ.pop(name, None)
        self.environ = environ
        self.command("start-server", ";", "set-option", "-g",
                     "default-terminal", term, ";", "set-option", "-s",
                     "escape-time", "0", ";", "set-option", "-g",
                     "focus-events", "on" if focus else "off", ";",
                     "set-option", "-g", "mouse", "on", ";",
                     "set-option", "-g", "status", "off", ";",
                     "new-session", "-d",
                     "-x", str(cols), "-y", str(rows), "-c", self.home,
                     "exec sh -i")

    def begin(self):
        self.see(r"^\$")
        self.type("stty -g >before; echo the shell was here as $TERM")
        self.see("^the shell was here as " + self.term)
        return self.type("./run")

    def _write_files(self, config, args, env):
        conf = os.path.join(self.home, "sotto.conf")
        with open(conf, "w") as f:
            f.write(config)
        os.chmod(conf, 0o600)
        words = [program(), "-f", conf, "-s",
                 os.path.join(self.home, "state"), *args]
        with open(os.path.join(self.home, "shrc"), "w") as f:
            f.write("PS1='$ '\n")
        run = os.path.join(self.home, "run")
        with open(run, "w") as f:
            f.write("#!/bin/sh\n" + "".join(
                "export %s=%s\n" % (k, shlex.quote(v))
                for k, v in env.items())
                + "exec " + shlex.join(words) + "\n")
        os.chmod(run, 0o700)

    # ---- tmux ----

    def command(self, *words):
        """Runs a command of tmux; what it says."""
        return subprocess.run(
            ["tmux", "-L", "sotto", "-f", "/dev/null", *words],
            env=self.environ, timeout=screen.WAIT, check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT).stdout.decode()

    def ask(self, format):
        """What tmux knows of the pane."""
        return self.command("display-message", "-p", format).rstrip("\n")

    # ---- out ----

    def pump(self, seconds):
        """Looks after a moment; False if it is the same as before."""
        time.sleep(min(seconds, 0.04))
        now = self.command("capture-pane", "-p").split("\n")[:-1]
        differs = now != self.terminal.display
        self.terminal.display = now
        return differs

    def settle(self, quiet=0.15, limit=screen.WAIT):
        end = time.monotonic() + limit
        same = time.monotonic() + quiet
        while time.monotonic() < min(end, same):
            if self.pump(quiet):
                same = time.monotonic() + quiet
        return self

    def cursor(self):
        row, col = self.ask("#{cursor_y} #{cursor_x}").split()
        return int(row), int(col)

    # ---- in ----

    def write(self, data):
        """Its bytes as they are."""
        if isinstance(data, str):
            data = data.encode()
        self.command("send-keys", "-H", *["%02x" % b for b in data])
        return self

    def type(self, text):
        """To the shell."""
        self.command("send-keys", "-l", text)
        self.command("send-keys", "Enter")
        return self

    def keys(self, *names):
        """Keys as this tmux sends them; a word that is none is typed."""
        for name in names:
            self.command("send-keys", NAMES.get(name, name))
        return self

    def line(self, text):
        self.command("send-keys", "-l", text)
        return self.keys("Enter")

    def paste(self, text):
        """As `prefix ]` does: in brackets if the program asked for them."""
        self.command("set-buffer", text)
        self.command("paste-buffer", "-p")
        return self

    def resize(self, rows, cols):
        self.command("resize-window", "-x", str(cols), "-y", str(rows))
        return self

    # ---- the end ----

    def left(self):
        """The program gave the terminal back, and the shell has it."""
        self.see(r"\$$")
        self.type("stty -g >after; echo back $?")
        self.see("^back 0")
        if self.term not in ("linux", "vt100"):
            # They have one screen only.
            assert "the shell was here as " in self.text(), self.text()
        with open(os.path.join(self.home, "before")) as before, open(
                os.path.join(self.home, "after")) as after:
            assert before.read() == after.read()
        modes = "alternate_on mouse_any_flag mouse_sgr_flag keypad_flag"
        have = [self.ask("#{%s}" % m) for m in modes.split()]
        assert have == ["0"] * len(have), (modes, have)
        assert self.ask("#{cursor_flag}") == "1"
        return self

    def end(self):
        try:
            self.command("kill-server")
        except subprocess.CalledProcessError:
            pass  # it has ended
        finally:
            shutil.rmtree(self.sockets, ignore_errors=True)
