# SPDX-License-Identifier: GPL-3.0-or-later
"""The Microsoft dialect with another's client on the other side: SIPE and
sotto are colleagues on one server."""

import pytest

from door import Door
from msserver import DOMAIN, Server, tree
from test_microsoft import until

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


@pytest.mark.parametrize("server", [None, 3, 4], indirect=True,
                         ids=["open", "ntlm3", "ntlm4"])
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


# ---- chats

def keyboard(server, who, n=1):
    """The status in the N-th KeyboardActivity of WHO."""
    m = server.expect("INFO", n, from_="<%s>" % who)
    assert m.get("content-type") == "application/xml"
    return tree(m.body.decode()).find("status").get("status")


def test_chat_of_ours(server, alice, bob):
    """Our session: texts and typing both ways, our BYE, and again."""
    reply = alice.do("msg", BOB, "hello <b>")
    assert reply["result"]["state"] == "delivered"
    assert bob.expect("im", ALICE)[2] == "hello &lt;b&gt;"
    invite = server.expect("INVITE", from_="<%s>" % ALICE)
    assert invite.get("ms-text-format")
    for n in range(3):
        alice.do("msg", BOB, "text %d" % n)
        bob.expect("im", ALICE, "text %d" % n)
    alice.do("msg", BOB, "two\nlines")
    bob.expect("im", ALICE, "two\r\nlines")
    bob.do("typing", ALICE)
    alice.expect("typing", peer=BOB, active=True)
    assert keyboard(server, BOB) == "type"
    bob.do("typed", ALICE)
    alice.expect("typing", peer=BOB, active=False)
    assert keyboard(server, BOB, 2) == "idle"
    alice.do("typing", BOB, "on")
    bob.expect("typing", ALICE)
    alice.do("typing", BOB, "off")
    bob.expect("idle", ALICE)
    bob.do("say", ALICE,
           '<b>bold</b> &amp; <font color="#ff0000">plain</font>')
    alice.expect("message", peer=BOB, text="bold & plain", via="session")
    alice.do("chat", "close", BOB)
    server.expect("BYE", from_="<%s>" % ALICE)
    alice.expect("chat", peer=BOB, state="closed", by="us")
    alice.do("msg", BOB, "again")
    bob.expect("im", ALICE, "again")
    assert not {"error", "notice"} & set(bob.kinds())


def test_chat_of_theirs(server, alice, bob):
    """SIPE's session: the same from its side."""
    alice.do("buddy", "add", BOB)
    bob.do("say", ALICE, "hello")
    alice.expect("message", peer=BOB, text="hello")
    server.expect("INVITE", from_="<%s>" % BOB, to="<%s>" % ALICE)
    for n in range(3):
        bob.do("say", ALICE, "text <i>%d</i>" % n)
        alice.expect("message", peer=BOB, text="text %d" % n)
    alice.do("typing", BOB, "on")
    bob.expect("typing", ALICE)
    alice.do("msg", BOB, "a text")
    bob.expect("im", ALICE, "a text")
    bob.do("typing", ALICE)
    alice.expect("typing", peer=BOB, active=True)
    bob.do("say", ALICE, "one<br>two")
    alice.expect("message", peer=BOB, text="one\r\ntwo")
    assert len(alice.seen("message", text="hello")) == 1
    bob.do("close", ALICE)
    server.expect("BYE", from_="<%s>" % BOB)
    alice.expect("chat", peer=BOB, state="closed", by="them")
    bob.do("say", ALICE, "again")
    alice.expect("message", peer=BOB, text="again")
    alice.do("msg", BOB, "and back")
    bob.expect("im", ALICE, "and back")
    assert not {"error", "notice"} & set(bob.kinds())


def test_gone(server, alice, bob):
    """SIPE is gone without a word: the text says why it was not
    delivered."""
    alice.do("msg", BOB, "hello")
    bob.expect("im", ALICE, "hello")
    bob.kill()
    reply = alice.do("msg", BOB, "lost", ok=False)
    assert "route" in reply["error"], reply
    alice.expect("message-state", state="failed")


def test_we_are_gone(server, alice, bob):
    """The other way round: SIPE's user is told that a text is lost."""
    alice.do("buddy", "add", BOB)
    bob.do("say", ALICE, "hello")
    alice.expect("message", peer=BOB, text="hello")
    alice.kill()
    bob.do("say", ALICE, "lost")
    assert "lost" in bob.expect("error", ALICE)[2]


def test_typing_first(server, alice, bob):
    """A key of ours opens the session, before there is a text."""
    alice.do("typing", BOB, "on")
    bob.expect("typing", ALICE)
    alice.do("msg", BOB, "hello")
    bob.expect("im", ALICE, "hello")
    invite = server.expect("INVITE", from_="<%s>" % ALICE)
    assert not invite.get("ms-text-format")


def test_stranger(server, alice, bob):
    """SIPE rings where its user is not known: refused, and taken."""
    bob.do("say", ALICE, "let me in")
    alice.expect("chat", peer=BOB, state="opening", by="them")
    alice.do("chat", "close", BOB)
    bob.expect("error", ALICE)
    bob.do("say", ALICE, "please")
    alice.expect("chat", peer=BOB, state="opening", by="them")
    alice.do("chat", "open", BOB)
    alice.expect("message", peer=BOB, text="please")
    alice.do("msg", BOB, "welcome")
    bob.expect("im", ALICE, "welcome")


@pytest.mark.parametrize("ours", ["alice", "carol"])
def test_both_call(server, start, bob, ours):
    """Both call at once: no text of ours is lost, and theirs is here or
    SIPE's user is told; all goes on. Which session we let stay hangs on the
    names; SIPE takes ours, and says BYE for its own without our tag."""
    we = "sip:%s@%s" % (ours, DOMAIN)
    us = start(ours, server.account(ours))
    us.expect("account", state="online")
    us.do("buddy", "add", BOB)
    bob.expect("asked", we)
    server.hold()
    number = us.send("msg", BOB, "ours")
    bob.do("say", we, "theirs")
    until(lambda: len(server.held) > 1, lambda: server.held)
    server.release()
    assert us.reply(number)["result"]["state"] == "delivered"
    bob.expect("im", we, "ours")
    bob.do("say", we, "and on")
    us.expect("message", peer=BOB, text="and on")
    until(lambda: us.seen("message", text="theirs") or
          "error" in bob.kinds(), bob.kinds)
    us.do("msg", BOB, "and back")
    bob.expect("im", we, "and back")


def test_one_user(server, start, sipe):
    """SIPE and sotto are two devices of one user: one contact list, and
    each takes the other's changes of it."""
    other = sipe(server, "alice")
    other.expect("online")
    server.expect("SERVICE", content_type="application/msrtc-category")
    alice = start("alice", server.account("alice"))
    alice.expect("account", state="online")
    other.do("add", BOB)
    alice.expect("buddy", buddy=BOB, change="added", groups=["Lab"])
    alice.do("buddy", "add", "sip:kim@" + DOMAIN, "-n", "Kim", "-g", "Lab")
    other.shows("sip:kim@" + DOMAIN, "offline")
    other.do("remove", BOB)
    alice.expect("buddy", buddy=BOB, change="removed")
    alice.do("buddy", "remove", "sip:kim@" + DOMAIN)
    other.shows("sip:kim@" + DOMAIN, "")
    me = server.user("alice")
    for n in range(2):
        alice.do("presence", "set", "busy")
        until(lambda: me.availability() == 6500, me.availability)
        other.do("status", ["away", "be-right-back"][n], "")
        until(lambda: me.availability() == [15500, 12500][n], me.availability)
    assert alice.quit() == 0
    other.quit()


def called(server, alice, start):
    """Bob has SIPE and a sotto, which is returned, and alice calls."""
    other = start("bob", server.account("bob"))
    other.expect("account", state="online")
    other.do("buddy", "add", ALICE)
    server.expect("SERVICE", content_type="application/SOAP")
    number = alice.send("msg", BOB, "which of you?")
    other.expect("chat", peer=ALICE, state="opening", by="them")
    return other, number


def test_two_devices_ours(server, alice, bob, start):
    """Where the user writes, there the session stays."""
    other, number = called(server, alice, start)
    other.do("msg", ALICE, "me")
    other.expect("message", peer=ALICE, text="which of you?")
    assert alice.reply(number)["ok"]
    alice.expect("message", peer=BOB, text="me")
    alice.do("msg", BOB, "you")
    other.expect("message", peer=ALICE, text="you")
    assert "im" not in bob.kinds() and "error" not in bob.kinds()


def test_two_devices_theirs(server, alice, bob, start):
    """SIPE writes in the session before it answers, which it does after 10 s
    only: that text is here at once."""
    called(server, alice, start)
    until(lambda: "<delayed-invite-" in bob.tail(), bob.tail)
    bob.do("say", ALICE, "me")
    alice.expect("message", peer=BOB, text="me")
    assert "error" not in bob.kinds()
