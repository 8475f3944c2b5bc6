# SPDX-License-Identifier: GPL-3.0-or-later
"""Two sottos without any server."""

import socket
import time

import pytest

from kamailio import free_ports
from peer import Peer


def person(name, port, more=""):
    return ("account add me sip:%s@127.0.0.1:%d\n"
            "account set me register no\n"
            "account set me listen 127.0.0.1:%d\n%slogin me\n"
            % (name, port, port, more))


@pytest.fixture
def pair(start):
    pa, pb = free_ports(2)
    a, b = "sip:alice@127.0.0.1:%d" % pa, "sip:bob@127.0.0.1:%d" % pb
    bob = start("bob", person("bob", pb, "account set me accept ask\n"))
    bob.expect("account", state="online",
               address=lambda t: str(pb) in t)
    alice = start("alice", person("alice", pa))
    alice.expect("account", state="online")
    return alice, bob, a, b


def test_added_accepted_online(pair):
    """Unknown while it waits, a watcher event, accepted: Online."""
    alice, bob, a, b = pair
    alice.do("buddy", "add", b, "-n", "Bob")
    alice.expect("presence", buddy=b, state="unknown",
                 reason=lambda r: "approval" in r)
    bob.expect("watcher", watcher=a)
    bob.do("buddy", "accept", a)
    alice.expect("presence", buddy=b, state="online")
    bob.do("presence", "set", "away", "at lunch")
    away = alice.expect("presence", buddy=b, state="online",
                        activity="away")
    assert away["note"] == "at lunch"
    bob.do("presence", "set", "invisible")
    alice.expect("presence", buddy=b, state="offline")
    assert bob.quit() == 0
    alice.expect("presence", buddy=b, state="unknown")


def test_declined(pair):
    alice, bob, a, b = pair
    alice.do("buddy", "add", b)
    bob.expect("watcher", watcher=a)
    bob.do("buddy", "decline", a)
    alice.expect("presence", buddy=b, state="unknown",
                 reason=lambda r: "approval" not in r and "asked" not in r)


def test_blocked(pair):
    """Polite to the watcher, 403 to the sender."""
    alice, bob, a, b = pair
    bob.do("buddy", "block", a)
    alice.do("buddy", "add", b)
    alice.expect("presence", buddy=b, state="offline")
    reply = alice.do("msg", b, "hello?", ok=False)
    assert reply["status"] == 69
    assert not bob.seen("message")


def test_stranger_by_page(pair):
    alice, bob, a, b = pair
    assert alice.do("msg", b, "hi Bob")["ok"]
    got = bob.expect("message", direction="in", peer=a)
    assert got["stranger"] is True and got["via"] == "page"


def test_session_found_by_options(pair):
    """session=auto: a 200 to OPTIONS with m=message opens one."""
    alice, bob, a, b = pair
    bob.do("buddy", "add", a)
    alice.do("buddy", "add", b)
    alice.do("chat", "open", b)
    alice.expect("chat", peer=b, state="open", via="session")
    bob.expect("chat", peer=a, state="open", via="session")
    alice.do("typing", b, "on")
    bob.expect("typing", peer=a, active=True)
    alice.do("msg", b, "in the session")
    bob.expect("message", text="in the session", via="session")
    bob.do("chat", "close", a)
    alice.expect("chat", peer=b, state="closed", by="them")


def test_stranger_rings_until_opened(pair):
    alice, bob, a, b = pair
    number = alice.send("chat", "open", b)
    bob.expect("chat", peer=a, state="opening")
    alice.none("chat", 1.0, state="open")
    bob.do("chat", "open", a)
    assert alice.reply(number)["ok"]
    alice.expect("chat", peer=b, state="open", via="session")


def test_long_text(pair):
    """Over 1300 bytes: never lost; by a session, since the peer takes one."""
    alice, bob, a, b = pair
    bob.do("buddy", "add", a)
    text = "0123456789" * 500
    assert alice.do("msg", b, text)["ok"]
    assert bob.expect("message", direction="in")["text"] == text


def test_hostile_datagrams(pair):
    """Garbage is answered where the RFC owes it, and nothing is harmed."""
    alice, bob, a, b = pair
    port = int(b.rsplit(":", 1)[1])
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    for text in (b"\0" * 100, b"\xff" * 1000, b"MESSAGE\r\n\r\n",
                 b"INVITE sip:bob@x SIP/2.0\r\n" + b"Via: " * 5000):
        s.sendto(text, ("127.0.0.1", port))
    s.sendto(b"OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\n"
             b"Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK1;rport\r\n"
             b"From: <sip:x@y>;tag=1\r\nTo: <sip:bob@127.0.0.1>\r\n"
             b"Call-ID: 1\r\nCSeq: 99999999999 OPTIONS\r\n\r\n"
             % s.getsockname()[1], ("127.0.0.1", port))
    assert s.recv(4096).startswith(b"SIP/2.0 400")
    assert alice.do("msg", b, "still there?")["ok"]


def test_escape_sequences_stay_text(pair):
    """JSON keeps the exact text; it is ASCII."""
    alice, bob, a, b = pair
    text = "a\x1b]0;owned\x07b\x9b31mc\u202ed"
    alice.do("msg", b, text)
    assert bob.expect("message", direction="in")["text"] == text


def friends(start, names=("alice", "bob")):
    """Two who have each other in their lists, and how to start one."""
    ports = dict(zip(names, free_ports(2)))
    uris = {n: "sip:%s@127.0.0.1:%d" % (n, ports[n]) for n in names}

    def begin(name):
        other = next(n for n in names if n != name)
        return start(name, person(
            name, ports[name],
            "buddy add %s -n %s\n" % (uris[other], other.title())))

    return begin, uris["alice"], uris["bob"]


def test_one_after_the_other(start):
    """Who was asked before he was there is asked again when he comes."""
    begin, a, b = friends(start)
    alice = begin("alice")
    alice.expect("presence", buddy=b, state="unknown",
                 reason=lambda r: "refused" in r.lower())
    bob = begin("bob")
    bob.expect("presence", buddy=a, state="online", timeout=10)
    alice.expect("presence", buddy=b, state="online", timeout=10)


def test_opened_again_after_bye(start):
    begin, a, b = friends(start)
    alice, bob = begin("alice"), begin("bob")
    bob.expect("presence", buddy=a, state="online")
    for turn in range(3):
        alice.do("chat", "open", b)
        alice.expect("chat", peer=b, state="open", via="session")
        bob.expect("chat", peer=a, state="open", via="session", by="them")
        alice.do("msg", b, "turn %d" % turn)
        bob.expect("message", text="turn %d" % turn, via="session")
        closer = (alice, bob)[turn % 2]
        closer.do("chat", "close", b if closer is alice else a)
        alice.expect("chat", peer=b, state="closed")
        bob.expect("chat", peer=a, state="closed")


def test_both_open_at_once(start):
    """Exactly one session remains: one BYE ends it for both."""
    begin, a, b = friends(start)
    alice, bob = begin("alice"), begin("bob")
    bob.expect("presence", buddy=a, state="online")
    alice.expect("presence", buddy=b, state="online")
    na, nb = alice.send("chat", "open", b), bob.send("chat", "open", a)
    assert alice.reply(na)["ok"] and bob.reply(nb)["ok"]
    alice.expect("chat", peer=b, state="open", via="session")
    bob.expect("chat", peer=a, state="open", via="session")
    alice.do("msg", b, "one")
    bob.do("msg", a, "two")
    bob.expect("message", text="one", via="session")
    alice.expect("message", text="two", via="session")
    assert not alice.seen("chat", state="closed")
    assert not bob.seen("chat", state="closed")
    bob.do("chat", "close", a)
    alice.expect("chat", peer=b, state="closed", by="them")
    alice.none("chat", 1.0, state="open")


def test_killed_in_mid_session(start):
    """A text to who is gone says why it waits, and goes out once he is back:
    by a new session, as he knows nothing of the old one."""
    begin, a, b = friends(start)
    alice, bob = begin("alice"), begin("bob")
    bob.expect("presence", buddy=a, state="online")
    alice.expect("presence", buddy=b, state="online")
    alice.do("chat", "open", b)
    bob.expect("chat", state="open")
    bob.kill()
    alice.send("msg", b, "are you there?")
    alice.expect("message", direction="out", state="queued")
    alice.expect("log", text=lambda t: "waits: connection refused" in t)
    bob = begin("bob")
    bob.expect("message", text="are you there?", timeout=40)
    alice.expect("message-state", state="delivered")
    # It may have been online all the time: no event need tell it.
    alice.do("wait", "presence", b, "online", "-t", "15")


def test_signed_in_again(start):
    """Presence is there again both ways after a sign-out."""
    begin, a, b = friends(start)
    alice, bob = begin("alice"), begin("bob")
    bob.expect("presence", buddy=a, state="online")
    alice.expect("presence", buddy=b, state="online")
    alice.do("logout", "me")
    bob.expect("presence", buddy=a,
               state=lambda s: s in ("offline", "unknown"))
    alice.do("login", "me")
    alice.expect("presence", buddy=b, state="online", timeout=10)
    bob.expect("presence", buddy=a, state="online", timeout=10)


def test_refused_both_ways(start, tmp_path):
    """Two who declined each other do not ask because the other asked."""
    pa, pb = free_ports(2)
    a, b = "sip:alice@127.0.0.1:%d" % pa, "sip:bob@127.0.0.1:%d" % pb
    trace = tmp_path / "trace"
    alice = start("alice", person("alice", pa), "--trace", str(trace))
    bob = start("bob", person("bob", pb))
    alice.do("buddy", "decline", b)
    bob.do("buddy", "decline", a)
    alice.do("buddy", "add", b)
    bob.do("buddy", "add", a)
    time.sleep(13)  # a sign of life is used once in 5 s
    asked = [line for line in trace.read_text().splitlines()
             if line.startswith("SUBSCRIBE ")]
    assert 2 <= len(asked) <= 3, asked


def test_the_way_that_was_typed(start):
    """;transport=tcp of an address is kept for whoever it is."""
    other = Peer("tcp")
    mine, = free_ports(1)
    uri = other.uri("bob")
    aor = uri.partition(";")[0]
    alice = start("alice", person("alice", mine))
    alice.expect("account", state="online")
    number = alice.send("msg", uri, "by TCP")
    text = other.recv("MESSAGE")
    assert text.uri == uri and text.get("to") == "<%s>" % aor
    other.answer(text, "200 OK")
    assert alice.reply(number)["ok"]
    alice.do("buddy", "add", aor, "-n", "Bob")
    other.answer(other.recv("SUBSCRIBE"), "403 Forbidden")
    alice.do("buddy", "remove", aor)
    number = alice.send("presence", "show", uri)
    other.answer(other.recv("SUBSCRIBE"), "403 Forbidden")
    assert alice.reply(number)
    alice.do("buddy", "add", uri, "-n", "Bob")
    other.answer(other.recv("SUBSCRIBE"), "403 Forbidden")
    refused = alice.do("msg", aor + ";transport=pigeon", "hi", ok=False)
    assert refused["status"] == 65 and "udp, tcp, tls" in refused["error"]
    assert alice.quit() == 0
    alice = start("alice", person("alice", mine))
    other.answer(other.recv("SUBSCRIBE"), "403 Forbidden")
    number = alice.send("msg", "bob", "again")
    other.answer(other.recv("MESSAGE"), "200 OK")
    assert alice.reply(number)["ok"]
    other.close()
