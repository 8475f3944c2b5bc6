# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks to see us, as a server tells it: two strangers, and a Kamailio
with rules in between. Its habits each have a test."""

import os
import re
import time

import pytest

from kamailio import Kamailio
from sotto import account

pytestmark = pytest.mark.peers

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
PENDING = 'status="pending">' + BOB
WAITING = 'status="waiting">' + BOB
ACTIVE = 'status="active">' + BOB


def server_of(directory, **options):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    return Kamailio(directory, **options)


@pytest.fixture
def server(tmp_path):
    with server_of(tmp_path / "kamailio", rules=True) as k:
        yield k


class People:
    """Sottos that trace what they hear."""

    def __init__(self, server, start):
        self.server, self.start, self.n = server, start, 0

    def __call__(self, user, more="", home=None, **settings):
        config = account("me", user, self.server, "tcp", **settings) + more
        self.n += 1
        home = home or user
        trace = "trace-%d" % self.n
        s = self.start(home, config + "login me\n", "--trace", trace)
        s.trace = os.path.join(s.home, trace)
        s.expect("account", state="online")
        return s


@pytest.fixture
def people(server, start):
    return People(server, start)


def heard(s, text, n=1, timeout=15.0):
    """S got TEXT from the server, N times, and what it did then is done."""
    end = time.monotonic() + timeout
    while True:
        with open(s.trace, encoding="utf-8") as f:
            trace = f.read()
        if trace.count(text) >= n:
            break
        assert time.monotonic() < end, "%s: no %r in\n%s" % (
            s.home, text, trace[-6000:])
        time.sleep(0.02)
    s.do("version")
    return trace


def test_two_strangers(people):
    """One event however often, and on how many devices, he asks; none once
    she has decided, and what that means here is said."""
    alice, bob = people("alice"), people("bob")
    bob.do("buddy", "add", ALICE)
    bob.expect("presence", buddy=ALICE, state="unknown",
               reason="waiting for approval")
    alice.expect("watcher", watcher=BOB)
    other = people("bob", "buddy add %s\n" % ALICE, "bob-2")
    heard(alice, PENDING, 2)
    other.do("logout")
    other.do("login")
    heard(alice, PENDING, 3)
    assert len(alice.seen("watcher")) == 1
    reply = alice.do("buddy", "accept", BOB)
    assert "the server shows" in reply["result"]
    assert alice.quit() == 0
    alice = people("alice")
    heard(alice, PENDING)
    assert not alice.seen("watcher")


def test_kept(people):
    """Undecided, she is asked in every run, also once he has gone: Kamailio
    keeps him under another id then, as waiting. Its last document, which it
    sends with the end of the subscription, asks nothing anew."""
    bob = people("bob", "buddy add %s\n" % ALICE)
    bob.expect("presence", buddy=ALICE, reason="waiting for approval")
    for _ in range(2):
        alice = people("alice")
        alice.expect("watcher", watcher=BOB)
        alice.do("logout")
        heard(alice, "terminated;reason=timeout")
        trace = heard(alice, PENDING, 2)
        # The whole, from version 1 on, and so asked for once.
        assert trace.count('state="full"') == 2
        assert len(re.findall("^Event: presence.winfo\r?$.*?^Expires: 3600",
                              trace, re.M | re.S)) <= 2
        assert len(alice.seen("watcher")) == 1
        assert alice.quit() == 0
    assert bob.quit() == 0
    alice = people("alice")
    alice.expect("watcher", watcher=BOB)
    trace = heard(alice, WAITING)
    assert PENDING not in trace
    alice.do("buddy", "decline", BOB)
    alice.do("logout")
    alice.do("login")
    heard(alice, WAITING, 2)
    assert len(alice.seen("watcher")) == 1


@pytest.mark.parametrize("known", ["buddy add", "buddy block",
                                   "buddy accept", "buddy decline"])
def test_decided_before(people, known):
    alice = people("alice", "%s %s\n" % (known, BOB))
    people("bob", "buddy add %s\n" % ALICE)
    heard(alice, PENDING)
    assert not alice.seen("watcher")


@pytest.mark.parametrize("handling", ["allow", "block"])
def test_decided_elsewhere(people, server, handling):
    """By a rule that another device wrote. Kamailio tells nothing of that;
    the next whole document does."""
    alice = people("alice")
    bob = people("bob", "buddy add %s\n" % ALICE)
    alice.expect("watcher", watcher=BOB)
    server.rule("alice", BOB, handling)
    if handling == "allow":
        bob.expect("presence", buddy=ALICE, state="online")
    else:
        bob.expect("presence", buddy=ALICE, state="unknown",
                   reason=lambda r: "approval" not in r)
    # Another device, and this one in another run, ask nothing.
    new = people("alice", home="alice-2")
    heard(new, 'state="full"')
    assert not new.seen("watcher")
    assert ACTIVE not in heard(alice, PENDING)
    assert alice.quit() == 0
    alice = people("alice")
    trace = heard(alice, 'state="full"')
    assert (ACTIVE in trace) == (handling == "allow")
    assert not alice.seen("watcher")


def test_taken_back(people, server):
    """A refresh brings the whole: allowed elsewhere, she is not asked any
    more; when that is taken back, she is again."""
    alice = people("alice", expires="10")
    bob = people("bob", "buddy add %s\n" % ALICE)
    alice.expect("watcher", watcher=BOB)
    server.rule("alice", BOB, "allow")
    bob.expect("presence", buddy=ALICE, state="online")
    alice.expect("log", timeout=20, level="info",
                 text=lambda t: BOB + " needs no answer any more" in t)
    assert ACTIVE in heard(alice, 'state="full"')
    server.rule("alice", BOB, "confirm")
    bob.expect("presence", buddy=ALICE, reason="waiting for approval")
    alice.do("logout")
    alice.do("login")
    alice.expect("watcher", watcher=BOB)


def test_screen(people, server, screen):
    """The question comes by the server's word, and goes when it was answered
    on another device."""
    alice = screen("alice", account("me", "alice", server, "tcp", expires="10")
                   + "login me\n")
    alice.see("me ●")
    people("bob", "buddy add %s -n Alice\n" % ALICE)
    alice.see("Added you: " + BOB)
    server.rule("alice", BOB, "allow")
    alice.gone("Added you", timeout=20).see("needs no answer any more")
    alice.line("/quit")
    assert alice.ended() == 0


def test_without(tmp_path, start):
    """A server that has no watcher information: the rest works, and it is
    not asked again."""
    with server_of(tmp_path / "kamailio", winfo=False) as k:
        people = People(k, start)
        alice = people("alice")
        trace = heard(alice, "SIP/2.0 489")
        assert trace.count("SIP/2.0 489") == 1
        bob = people("bob", "buddy add %s\n" % ALICE)
        bob.expect("presence", buddy=ALICE, state="online")
        assert bob.do("msg", ALICE, "hello")["ok"]
        alice.expect("message", text="hello")
        assert heard(alice, "hello").count("SIP/2.0 489") == 1
        assert not alice.seen("watcher")
        assert alice.quit() == 0


def test_a_search_before_any_approval_is_unknown(people):
    """Kamailio ends a fetch with a notification that has no body, whether
    nothing is published or nobody decided yet: neither is Offline, and
    nobody is bothered by a look."""
    kim = people("kim")
    alice = people("alice")
    alice.do("search", "-p", "sip:kim@lab.test")
    alice.expect("presence", buddy="sip:kim@lab.test", state="unknown",
                 reason="nothing of theirs is shown to you yet")
    kim.none("watcher", 0.3)
