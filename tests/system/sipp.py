# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one SIPp scenario of sipp/ in a directory of its own, bounded in
time; what went wrong is in the assertion."""

import glob
import os
import subprocess
import time

from kamailio import free_ports

HERE = os.path.dirname(os.path.abspath(__file__))
TRANSPORTS = {"udp": "u1", "tcp": "t1"}


class Sipp:
    """TARGET is "host:port" where SIPp begins; without it SIPp waits on
    self.port. KEYS are the scenario's [keywords], and what replaces @KEY@
    where SIPp takes no keyword."""

    def __init__(self, tool, directory, scenario, target=None,
                 transport="udp", user="bob", port=None, calls=1,
                 timeout=20, **keys):
        self.dir = str(directory)
        os.makedirs(self.dir, exist_ok=True)
        self.scenario = scenario
        self.port = port or free_ports(1)[0]
        self.timeout = timeout
        with open(os.path.join(HERE, "sipp", scenario + ".xml")) as f:
            text = f.read()
        for key, value in keys.items():
            text = text.replace("@%s@" % key, str(value))
        with open(os.path.join(self.dir, "scenario.xml"), "w",
                  errors="surrogateescape") as f:
            f.write(text)
        command = [
            tool, "-sf", "scenario.xml",
            "-i", "127.0.0.1", "-p", str(self.port), "-s", user,
            "-t", TRANSPORTS[transport], "-m", str(calls), "-nostdin",
            "-timeout", "%ds" % timeout, "-timeout_error",
            "-skip_rlimit", "-deadcall_wait", "0",
            "-trace_err", "-error_file", "errors",
            "-trace_msg", "-message_file", "messages",
        ]
        for key, value in keys.items():
            command += ["-key", key, str(value)]
        if target is not None:
            command.append(target)
        self.out = open(os.path.join(self.dir, "screen"), "wb")
        self.p = subprocess.Popen(
            command, cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=self.out, stderr=subprocess.STDOUT,
            env=dict(os.environ, TERM="dumb"))
        if target is None:
            self._wait_bound(transport)

    def _wait_bound(self, transport):
        """Trying to bind would be in its way: look at the kernel's table.
        SIPp opens its port, closes it and opens it again."""
        steady = 0
        wanted = "0100007F:%04X" % self.port
        end = time.monotonic() + 10
        while self.p.poll() is None and time.monotonic() < end:
            with open("/proc/net/" + transport) as f:
                bound = any(line.split()[1] == wanted for line in f)
            steady = steady + 1 if bound else 0
            if steady == 15:
                return
            time.sleep(0.01)

    def _text(self, name):
        for path in glob.glob(os.path.join(self.dir, name)):
            with open(path, "rb") as f:
                return f.read().decode("utf-8", "replace")
        return ""

    def messages(self):
        return self._text("messages")

    def passed(self):
        """Waits for the end; every call must have gone as written."""
        try:
            status = self.p.wait(self.timeout + 10)
        finally:
            self.end()
        assert status == 0, "%s: SIPp ended with %d\n%s\n%s\n%s" % (
            self.scenario, status, self._text("errors")[-4000:],
            self.messages()[-6000:], self._text("screen")[-1500:])
        return self

    def end(self):
        if self.p.poll() is None:
            self.p.kill()
            self.p.wait(10)
        self.out.close()
