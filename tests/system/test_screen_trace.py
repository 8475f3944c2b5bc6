# SPDX-License-Identifier: GPL-3.0-or-later
"""The trace as a pane of the full screen: a request and its responses stand
together, secrets are masked, nothing of a peer reaches the terminal."""

import hashlib
import re

import pytest

from peer import Peer
from stranger import Stranger
from test_screen import finish
from test_screen_bytes import BODY, HEADER, evil, nothing_foreign
from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def peer():
    p = Peer()
    yield p
    p.close()


def rows(s, pattern):
    """The rows of the pane with PATTERN, without the buddy list."""
    return [row.partition("│")[2] for row in s.lines()
            if re.search(pattern, row)]


def test_trace_pane(world):
    """A line for each exchange; Enter unfolds and folds; keys of a pager;
    resized while it is open; it goes on while it is open."""
    bob = world.peer("bob")
    alice = world.alice("bob", rows=44, cols=160).see("● Bob")
    alice.line("/trace show").see("The trace is off").same("trace-off")
    alice.line("/trace on").see("the trace is on: /trace show shows it")
    alice.line("/msg bob Hello, Bob").see("Bob")
    bob.expect("message", text="Hello, Bob")
    alice.line("/trace show").see("out MESSAGE → 200 OK")
    bob.do("msg", world.uri("alice"), "Hello, Alice")
    alice.see("in  MESSAGE → 200 OK").same("trace")
    alice.keys("Enter").see("Hello, Alice").same("trace-open")
    alice.keys("Up", "Enter").see("Hello, Bob").same("trace-both")
    alice.resize(20, 70).settle().same("trace-narrow")
    alice.keys("End").settle().same("trace-end")
    alice.resize(6, 20).settle().resize(1, 1).settle().resize(44, 160)
    alice.see("Hello, Bob")
    alice.keys("Home", "Enter").gone("Hello, Bob").see("Hello, Alice")
    alice.keys("q").gone("MESSAGE").line("/trace off")
    bob.do("msg", world.uri("alice"), "unseen")
    alice.line("/trace show").see("trace off: 4 messages")
    assert not rows(alice, "unseen")
    finish(alice)


def test_requests_and_responses_stand_together(world, peer):
    """Though other messages come between; what is sent again is counted."""
    bob = world.peer("bob")
    alice = world.alice("bob", rows=50, cols=160, more=(
        "buddy add %s -n Eve -g Friends\n" % peer.uri("eve"))).see("● Bob")
    peer.answer(peer.recv("SUBSCRIBE"), "403 Forbidden")
    alice.see("Eve.*Forbidden|Eve").line("/trace on").line("/trace show")
    alice.see("No SIP message")
    alice.line("/msg eve are you there?")
    first = peer.recv("MESSAGE")
    peer.recv("MESSAGE", copies=True)
    alice.line("/trace show")
    alice.see("out MESSAGE → no answer yet, request 2 times")
    for n in range(3):
        bob.do("msg", world.uri("alice"), "between %d" % n)
    peer.answer(first, "100 Trying")
    alice.see("→ 100 Trying")
    peer.answer(first, "200 Fine")
    peer.answer(first, "200 Fine")
    alice.see("answer 2 times")
    shown = rows(alice, "MESSAGE")
    assert len(shown) == 4
    assert re.search(r"out MESSAGE → 200 Fine in N ms, request \d times, "
                     "answer 2 times", shown[0])
    assert all("in  MESSAGE → 200 OK" in row for row in shown[1:])
    alice.keys("Home", "Enter").see("are you there")
    text = alice.text()
    assert text.index("are you there") < text.index("the same again")
    assert text.index("the same again") < text.index("SIP/2.0 100 Trying")
    assert text.index("SIP/2.0 100 Trying") < text.index("SIP/2.0 200 Fine")
    assert text.index("SIP/2.0 200 Fine") < text.index("in  MESSAGE")
    finish(alice)


def test_secrets_are_masked(world, peer):
    """The answer to a challenge is not shown, nor the password."""
    alice = world.screen("alice", (
        "trace on\n"
        "account add me sip:alice@127.0.0.1\n"
        "account set me proxy \"sip:127.0.0.1:%d;transport=udp\"\n"
        "account set me publish no\n"
        "account set me password hunter2\nlogin me\n" % peer.port),
        rows=50, cols=160)
    request = peer.recv("REGISTER")
    peer.answer(request, "401 Unauthorized",
                'WWW-Authenticate: Digest realm="lab", nonce="n0nce", '
                'algorithm=SHA-256, qop="auth"')
    request = peer.recv("REGISTER")
    creds = request.credentials()
    assert creds["response"] and creds["cnonce"]
    peer.answer(request, "200 OK")
    alice.see("me ●").line("/trace show")
    alice.see("REGISTER → 401 Unauthorized").see("REGISTER → 200 OK")
    alice.keys("Enter").see('response="\\*\\*\\*"')
    for secret in (creds["response"], creds["cnonce"], "hunter2",
                   hashlib.sha256(b"alice:lab:hunter2").hexdigest()):
        assert secret.encode() not in bytes(alice.raw)
    finish(alice)


def test_nothing_of_a_peer_reaches_the_terminal(world):
    """Control bytes in the start line, headers and body are visible marks:
    folded, unfolded, looked for, and in the log."""
    alice = world.alice(more="trace on\nset bell no\nset log-level debug\n",
                        cols=400, rows=60).see("me ●")
    eve = Stranger(world.ports["alice"])
    bad, body = evil("EVIL", HEADER), evil("BODY", BODY)
    eve.send(b"AA" + bad + b" sip:" + bad + b" SIP/2.0\r\n\r\n" + body)
    eve.send(b"SIP/2.0 200 " + bad + b"\r\nCSeq: 7 OPT" + bad
             + b"IONS\r\nX: " + bad + b"\r\n\r\n")
    eve.send(b"SIP/2.0 500 " + bad + b"\r\nVia: SIP/2.0/UDP x;branch="
             + bad + b"\r\nCSeq: 8 OPTIONS\r\n\r\n" + body)
    eve.request("MESSAGE", body, "text/plain",
                sender=b'"na' + bad + b'me" <sip:eve@x>')
    alice.line("/trace show").see("MESSAGE →").see("AAEVIL")
    for _ in range(8):
        alice.keys("Enter", "Up").settle(0.05)
    alice.keys("Home").see("BODY").see("200 EVIL").see("500 EVIL")
    alice.keys("M-/").write("evil").see("find: evil").settle()
    for _ in range(12):
        alice.keys("Down").settle(0.02)
    alice.keys("Escape").gone("find: evil").keys("q").line("/log").settle()
    finish(alice)
    nothing_foreign(alice.raw)
    eve.close()


def test_search_in_the_trace(world):
    """M-/ unfolds what holds the words; n and N go on, Escape ends."""
    bob = world.peer("bob")
    alice = world.alice("bob", rows=44, cols=160).see("● Bob")
    alice.line("/trace on")
    for word in ("apple", "pear", "apple"):
        bob.do("msg", world.uri("alice"), word)
    alice.line("/trace show").see("trace on: 6 messages, 3 exchanges")
    alice.keys("Home", "M-/").see("^find:").write("pear")
    alice.see("^.*│ +pear").same("trace-find")
    alice.keys("Enter").gone("^find:").keys("M-/", "C-u")
    alice.write("apple").settle().keys("Enter")
    alice.see(r"│ +apple").keys("n").settle().keys("N").settle()
    alice.keys("M-/", "C-u").write("no such").see("it is nowhere")
    alice.keys("Escape").gone("nowhere").see("3 exchanges")
    finish(alice)


def test_ten_thousand_messages(world):
    """Bounded: the oldest go, and the title tells how many."""
    alice = world.alice(more="trace on\n", cols=120).see("me ●")
    alice.line("/trace show").see("No SIP message")
    eve = Stranger(world.ports["alice"])
    head = ("OPTIONS sip:alice@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
            "127.0.0.1:%d;branch=z9hG4bK%%d\r\nMax-Forwards: 70\r\nFrom: "
            "<sip:eve@x>;tag=1\r\nTo: <sip:alice@127.0.0.1>\r\nCall-ID: %%d"
            "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n" % eve.port)
    for n in range(6000):
        eve.send(head % (n, n))
        if n % 50 == 0:
            alice.pump(0.002)
    alice.see(r"10000 messages, 5000 exchanges|older gone", 30)
    alice.settle().see("gone")
    alice.keys("Home", "Enter").see("Call-ID").keys("Enter", "End").settle()
    assert alice.see("trace on: (\\d+) messages")
    eve.close()
    finish(alice)


def test_trace_in_ascii(world):
    """In a locale without UTF-8 all of it is ASCII, marks too."""
    bob = world.peer("bob")
    alice = world.alice("bob", env={"LC_ALL": "C"}, rows=30, cols=120)
    alice.see(r"\* Bob").line("/trace on").see("the trace is on")
    bob.do("msg", world.uri("alice"), "日本 e\u0301")
    alice.line("/trace show").see("in  MESSAGE -> 200 OK").keys("Enter")
    alice.see(r"\?\? e\?").same("trace-ascii")
    alice.keys("M-/").write("nowhere").see("it is nowhere").keys("Escape")
    alice.gone("it is nowhere").keys("q").gone("exchange")
    finish(alice)
    assert max(alice.raw) < 128
