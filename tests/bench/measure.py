# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of whole programs share: programs on a core of their
own, what the kernel counts about them, JSON lines out."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "system"))

from sotto import environment, program  # noqa: E402, F401

TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
OURS, THEIRS = CORES[0], CORES[-1]  # the measured one's; the generator's


def tool(name):
    """A program of the build directory; its name in capitals overrides."""
    path = os.path.abspath(os.environ.get(name.upper(), "./" + name))
    if not os.access(path, os.X_OK):
        sys.exit("build %s first, or run this in the build directory" % name)
    return path


def say(**fields):
    print(json.dumps(fields), flush=True)


def write_private(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)


def pinned(core):
    return lambda: os.sched_setaffinity(0, {core})


class Process:
    """A program pinned to a core, its input a pipe that stays open and its
    output /dev/null, unless told otherwise."""

    def __init__(self, argv, core, **options):
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        self.p = subprocess.Popen(argv, stdin=subprocess.PIPE,
                                  preexec_fn=pinned(core), **options)
        self.pid = self.p.pid

    def _proc(self, name):
        with open("/proc/%d/%s" % (self.pid, name), encoding="utf-8") as f:
            return f.read()

    def cpu(self):
        """Seconds of the processor, in user space and in the kernel."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return int(fields[11]) / TICK, int(fields[12]) / TICK

    def memory(self):
        """Resident, private dirty and anonymous memory in kB."""
        text = self._proc("smaps_rollup")
        return {key: int(re.search(r"^%s: +(\d+)" % name, text, re.M)[1])
                for key, name in (("resident", "Rss"),
                                  ("private_dirty", "Private_Dirty"),
                                  ("anonymous", "Anonymous"))}

    def switches(self):
        """Times that it went to sleep of its own will."""
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                             self._proc("status"), re.M)[1])

    def end(self):
        if self.p.poll() is None:
            self.p.terminate()
            self.p.stdin.close()
            try:
                self.p.wait(5)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait(5)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()


def wait_for(what, condition, seconds=15):
    """Asks CONDITION until it is true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit("%s: not within %d s" % (what, seconds))
        time.sleep(0.02)


def installed(name):
    return shutil.which(name) is not None
