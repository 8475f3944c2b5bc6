# SPDX-License-Identifier: GPL-3.0-or-later
"""The Microsoft dialect with another's client on the other side: SIPE and
sotto are colleagues on one server."""

import pytest

from door import Door
from msserver import DOMAIN, Server

ALICE, BOB = "sip:alice@" + DOMAIN, "sip:bob@" + DOMAIN


@pytest.fixture(params=[None, 4], ids=["open", "ntlm4"])
def server(request):
    door = Door(request.param) if request.param else None
    with Server(door=door) as s:
        yield s


@pytest.fixture
def bob(server, sipe):
    s = sipe(server, "bob")
    s.expect("online")
    server.expect("SERVICE", content_type="application/msrtc-category")
    return s


@pytest.fixture
def alice(server, start, bob):
    s = start("alice", server.account("alice"))
    s.expect("account", state="online")
    return s


def acknowledged(server, who, whom):
    """WHO has told the server that it knows of WHOM."""
    server.expect("SERVICE", from_="<%s>" % who,
                  content_type="application/msrtc-presence-setsubscriber")
    with server.lock:
        user = server.user(who[4:].partition("@")[0])
        assert user.subscribers[whom[4:]][1]


def test_presence(server, alice, bob):
    """Each adds the other, SIPE's user is told so; states and notes of
    each."""
    alice.do("buddy", "add", BOB)
    alice.expect("presence", buddy=BOB, state="online")
    assert bob.expect("asked", ALICE)[2] == "Alice"
    acknowledged(server, BOB, ALICE)
    bob.do("add", ALICE)
    bob.shows(ALICE, "available")
    alice.do("presence", "set", "busy", "in a & meeting")
    bob.shows(ALICE, "busy", "in a & meeting")
    alice.do("presence", "set", "away")
    bob.shows(ALICE, "away")
    bob.do("status", "away", "at &lt;lunch&gt;")  # is HTML there
    seen = alice.expect("presence", buddy=BOB, activity="away",
                        note="at <lunch>")
    assert seen["state"] == "online"
    bob.do("status", "busy", "")
    seen = alice.expect("presence", buddy=BOB, activity="busy")
    assert not seen.get("note")
    bob.quit()
    alice.expect("presence", buddy=BOB, state="offline")


def test_added(server, alice, bob):
    """SIPE's user has added us: who, by which name; accepted."""
    bob.do("add", ALICE)
    asked = alice.expect("watcher", watcher=BOB)
    assert asked["name"] == "Bob"
    alice.do("buddy", "accept", BOB)
    acknowledged(server, ALICE, BOB)
    bob.shows(ALICE, "available")
    assert alice.quit() == 0
    bob.shows(ALICE, "offline")


def test_signed_out(server, alice, bob):
    """SIPE sees us go and come again."""
    bob.do("add", ALICE)
    bob.shows(ALICE, "available")
    alice.do("logout")
    bob.shows(ALICE, "offline")
    alice.do("login", "alice")
    alice.expect("account", state="online")
    bob.shows(ALICE, "available")
