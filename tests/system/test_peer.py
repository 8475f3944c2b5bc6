# SPDX-License-Identifier: GPL-3.0-or-later
"""Without any server: copies byte for byte, and a notifier with moods."""

import pytest

from kamailio import free_ports
from peer import Peer, pidf


@pytest.fixture
def peer():
    p = Peer()
    yield p
    p.close()


@pytest.fixture
def alice(start):
    port = free_ports(1)[0]
    s = start("alice", "account add me sip:alice@127.0.0.1:%d\n"
              "account set me register no\naccount set me accept all\n"
              "account set me listen 127.0.0.1:%d\nlogin me\n" % (port, port))
    s.expect("account", state="online")
    s.uri = "sip:alice@127.0.0.1:%d" % port
    s.way = ("127.0.0.1", port)
    return s


def test_copies(peer, alice):
    """TR7, TR21, UA13: the same answer to a copy, 482 on another branch."""
    said = {"body": "once", "call_id": "c1"}
    plain = "Content-Type: text/plain"
    branch, _ = peer.request("MESSAGE", alice.uri, alice.way, plain, **said)
    first = peer.recv(200)
    peer.request("MESSAGE", alice.uri, alice.way, plain, branch=branch,
                 **said)
    assert peer.recv(200, copies=True).text == first.text
    peer.request("MESSAGE", alice.uri, alice.way, plain, **said)
    peer.recv(482)
    alice.expect("message", direction="in", text="once")
    assert len(alice.seen("message")) == 1


def test_notify_before_answer(peer, alice):
    """SU2: the NOTIFY makes the subscription, the 200 comes after it."""
    alice.do("buddy", "add", peer.uri())
    sub = peer.recv("SUBSCRIBE")
    peer.notify(sub, "active;expires=600", 1, pidf(peer.uri(), "open"))
    peer.recv(200)
    peer.answer(sub, "200 OK", "Expires: 600", "Contact: <%s>" % peer.uri())
    alice.expect("presence", buddy=peer.uri(), state="online")
    # SU12: an older one is refused and changes nothing.
    peer.notify(sub, "active;expires=600", 5, pidf(peer.uri(), "open"))
    peer.recv(200)
    peer.notify(sub, "active;expires=600", 3, pidf(peer.uri(), "closed"))
    peer.recv(500)
    # SU5
    peer.notify(sub, "", 6, pidf(peer.uri(), "closed"))
    peer.recv(400)
    alice.none("presence", 0.3, state="offline")


@pytest.mark.parametrize("status", ["403 No", "489 Bad Event",
                                    "404 Not Found"])
def test_subscribe_refused(peer, alice, status):
    """Unknown, with the reason; not asked again at once."""
    alice.do("buddy", "add", peer.uri())
    peer.answer(peer.recv("SUBSCRIBE"), status)
    alice.expect("presence", buddy=peer.uri(), state="unknown",
                 reason=lambda r: "waiting" not in r and len(r) > 3)
    peer.none("SUBSCRIBE", 1.5)


def established(peer, alice):
    alice.do("buddy", "add", peer.uri())
    sub = peer.recv("SUBSCRIBE")
    peer.answer(sub, "200 OK", "Expires: 600", "Contact: <%s>" % peer.uri())
    peer.notify(sub, "active;expires=600", 1, pidf(peer.uri(), "open"))
    peer.recv(200)
    alice.expect("presence", buddy=peer.uri(), state="online")
    return sub


@pytest.mark.parametrize("reason", ["deactivated", "timeout"])
def test_terminated_again(peer, alice, reason):
    """SU6: a new subscription at once, in a new dialog."""
    sub = established(peer, alice)
    peer.notify(sub, "terminated;reason=" + reason, 2)
    peer.recv(200)
    again = peer.recv("SUBSCRIBE", timeout=5)
    assert again.tag("to") is None
    assert again.get("call-id") != sub.get("call-id") or \
        again.tag("from") != sub.tag("from")


@pytest.mark.parametrize("reason", ["probation", "giveup"])
def test_terminated_later(peer, alice, reason):
    """SU6: not before retry-after, which is told as Unknown meanwhile."""
    sub = established(peer, alice)
    peer.notify(sub, "terminated;reason=%s;retry-after=3" % reason, 2)
    peer.recv(200)
    alice.expect("presence", buddy=peer.uri(), state="unknown")
    peer.none("SUBSCRIBE", 3.0)


@pytest.mark.parametrize("reason", ["rejected", "noresource", "invariant"])
def test_terminated_for_good(peer, alice, reason):
    """SU6: no new subscription; Unknown, with the reason."""
    sub = established(peer, alice)
    peer.notify(sub, "terminated;reason=" + reason, 2)
    peer.recv(200)
    alice.expect("presence", buddy=peer.uri(), state="unknown",
                 reason=lambda r: len(r) > 3)
    peer.none("SUBSCRIBE", 2.0)


def test_refresh_unknown(peer, alice):
    """DI6: a refresh that gets 481 is followed by a new subscription."""
    alice.do("buddy", "add", peer.uri())
    sub = peer.recv("SUBSCRIBE")
    peer.answer(sub, "200 OK", "Expires: 12", "Contact: <%s>" % peer.uri())
    peer.notify(sub, "active;expires=12", 1, pidf(peer.uri(), "open"))
    peer.recv(200)
    alice.expect("presence", buddy=peer.uri(), state="online")
    refresh = peer.recv("SUBSCRIBE", timeout=15)
    assert refresh.get("call-id") == sub.get("call-id")
    assert refresh.cseq > sub.cseq
    peer.answer(refresh, "481 Subscription Does Not Exist")
    new = peer.recv("SUBSCRIBE")
    assert new.get("call-id") != sub.get("call-id")
    assert new.tag("to") is None
    peer.answer(new, "200 OK", "Expires: 600", "Contact: <%s>" % peer.uri())
    peer.notify(new, "active;expires=600", 1, pidf(peer.uri(), "closed"))
    peer.recv(200)
    alice.expect("presence", buddy=peer.uri(), state="offline")
