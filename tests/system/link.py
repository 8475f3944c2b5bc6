# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a network namespace of its own: the link goes down for a while and
comes back. Usage: link.py DIR TRANSPORT SECONDS"""

import pathlib
import subprocess
import sys
import time

from kamailio import Kamailio
from sotto import Sotto, account

TEN = ["%d: typed without a network" % n for n in range(10)]
RETURN = 15.0


def link(how):
    subprocess.run(("ip", "link", "set", "lo", how), check=True)


def main(directory, transport, seconds):
    directory = pathlib.Path(directory)
    link("up")
    with Kamailio(directory / "kamailio", store=True) as server:
        both = []
        for user in ("alice", "bob"):
            home = directory / user
            home.mkdir()
            both.append(Sotto(home, account(
                "me", user, server, transport, session="page",
                accept="all") + "login me\n"))
        alice, bob = both
        for s in both:
            s.expect("account", state="online")
        alice.do("msg", "sip:bob@lab.test", "before")
        time.sleep(11)  # a young registration is not asked again
        link("down")
        numbers = []
        for text in TEN:
            numbers.append(alice.send("msg", "sip:bob@lab.test", text))
            time.sleep(float(seconds) / len(TEN))
        assert alice.seen("message-state", state="failed") == []
        link("up")
        returned = time.monotonic()
        bob.expect("message", text=TEN[-1], direction="in", timeout=40)
        took = time.monotonic() - returned
        time.sleep(1)
        got = [e["text"] for e in bob.seen("message", direction="in")]
        for s in both:
            s.end()
        print("%s: all there %.1f s after the link" % (transport, took))
        assert got == ["before"] + TEN, got
        assert took <= RETURN


main(*sys.argv[1:])
