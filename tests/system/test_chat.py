# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people on a real server: sign in from a file, presence, a session with
typing and texts, BYE, sign out."""

import pytest

from sotto import account

BOB = "sip:bob@lab.test"
ALICE = "sip:alice@lab.test"


def alice_config(server):
    return (account("work", "alice", server, "tls", session="session")
            + "buddy add sip:bob@lab.test -n Bob -g Friends\n"
            + "login work\n")


def bob_config(server):
    return (account("home", "bob", server, "udp")
            + "buddy add sip:alice@lab.test -n Alice -g Friends\n")


def test_session_whole_life(kamailio, start):
    """Unknown, Offline, Online; INVITE; typing and texts both ways; BYE."""
    alice = start("alice", alice_config(kamailio))
    alice.expect("presence", buddy=BOB, state="unknown",
                 reason=lambda r: len(r) > 3)
    alice.expect("account", account="work", state="online")
    alice.expect("presence", buddy=BOB, state="offline")

    bob = start("bob", bob_config(kamailio))
    bob.do("login", "home")
    alice.expect("presence", buddy=BOB, state="online")
    bob.expect("presence", buddy=ALICE, state="online")

    alice.do("chat", "open", "bob")
    opened = alice.expect("chat", peer=BOB, state="open")
    assert opened["via"] == "session"
    bob.expect("chat", peer=ALICE, state="open", via="session")

    alice.do("typing", "bob", "on")
    bob.expect("typing", peer=ALICE, active=True)
    out = alice.do("msg", "bob", "hello Bob")
    assert out["status"] == 0
    bob.expect("message", peer=ALICE, direction="in", text="hello Bob",
               via="session")
    bob.do("typing", "alice", "on")
    alice.expect("typing", peer=BOB, active=True)
    bob.do("msg", "alice", "two\nlines \u00e4\u20ac")
    alice.expect("message", peer=BOB, direction="in",
                 text="two\nlines \u00e4\u20ac")

    alice.do("chat", "close", "bob")
    alice.expect("chat", peer=BOB, state="closed", by="us")
    bob.expect("chat", peer=ALICE, state="closed", by="them")
    bob.do("logout", "home")
    alice.expect("presence", buddy=BOB, state="offline")
    assert alice.quit() == 0
    assert bob.quit() == 0


def test_message_states(kamailio, start):
    """An outgoing message precedes its states, each told once, forward."""
    alice = start("alice", alice_config(kamailio))
    bob = start("bob", bob_config(kamailio) + "login home\n")
    alice.expect("account", state="online")
    bob.expect("account", state="online")
    alice.do("msg", "bob", "one")
    out = alice.seen("message", direction="out")
    assert len(out) == 1 and out[0]["state"] == "queued"
    number = out[0]["id"]
    states = [e["state"] for e in alice.seen("message-state", id=number)]
    assert states == ["sent", "delivered"]
    order = [e["event"] for e in alice.events if e.get("id") == number]
    assert order[0] == "message"


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_page_mode(kamailio, start, transport):
    alice = start("alice", account("work", "alice", kamailio, transport,
                                   session="page") + "login work\n")
    bob = start("bob", account("home", "bob", kamailio, transport,
                               session="page", accept="all")
                + "login home\n")
    alice.expect("account", state="online")
    bob.expect("account", state="online")
    alice.do("msg", BOB, "hello")
    got = bob.expect("message", direction="in", peer=ALICE)
    assert (got["text"], got["via"]) == ("hello", "page")
    bob.do("msg", ALICE, "and back")
    alice.expect("message", direction="in", peer=BOB, text="and back")


def test_transport_typed_with_an_address(kamailio, start):
    """A server between finds them all the same."""
    bob = start("bob", account("home", "bob", kamailio) + "login home\n")
    alice = start("alice", account("work", "alice", kamailio)
                  + "login work\n")
    bob.expect("account", state="online")
    alice.expect("account", state="online")
    aor = "sip:bob@lab.test"
    assert alice.do("msg", aor + ";transport=tcp", "one")["ok"]
    bob.expect("message", text="one", direction="in")
    bob.do("buddy", "accept", "sip:alice@lab.test")
    alice.do("buddy", "add", aor + ";transport=tcp")
    alice.expect("presence", buddy=aor, state="online")
    alice.do("chat", "open", aor)
    assert alice.do("msg", aor, "two")["ok"]
    bob.expect("message", text="two", direction="in")
