# SPDX-License-Identifier: GPL-3.0-or-later
"""What was typed outlives the program: queued texts, and those in flight."""

import time

import pytest

from kamailio import free_ports
from peer import Peer
from sotto import one_shot

LOGIN = ("account add me sip:alice@127.0.0.1:%d register=no "
         "listen=127.0.0.1:0 session=page\n")


@pytest.fixture
def peer():
    p = Peer()
    yield p
    p.close()


def config(login=True):
    return LOGIN % free_ports(1)[0] + ("login me\n" if login else "")


def body(message):
    return message.text.split("\r\n\r\n", 1)[1]


def test_queued_survive(start, peer):
    """Typed while signed out, killed: all go out once and in order."""
    text = config(False)
    alice = start("alice", text)
    for i in range(5):
        alice.send("msg", peer.uri(), "text %d" % i)
        alice.expect("message", text="text %d" % i, state="queued")
    alice.kill()
    alice = start("alice", text + "login me\n")
    ids = [alice.expect("message", text="text %d" % i, direction="out",
                        state="queued")["id"] for i in range(5)]
    assert ids == sorted(ids)
    for i in range(5):
        m = peer.recv("MESSAGE")
        assert body(m) == "text %d" % i
        peer.none("MESSAGE", 0.1)
        peer.answer(m, "200 OK")
        alice.expect("message-state", id=ids[i], state="delivered")
    assert alice.quit() == 0
    alice = start("alice", text + "login me\n")
    alice.none("message", 0.5)
    peer.none("MESSAGE", 0.5)


def test_in_flight(start, peer):
    """On the wire when killed: failed, not repeated until it is asked."""
    text = config()
    alice = start("alice", text)
    alice.send("msg", peer.uri(), "first")
    alice.send("msg", peer.uri(), "second")
    first = peer.recv("MESSAGE")
    number = alice.expect("message", text="first")["id"]
    alice.expect("message", text="second")
    alice.kill()
    alice = start("alice", text)
    alice.expect("message", text="first", state="sent", id=number)
    alice.expect("message-state", id=number, state="failed",
                 reason=lambda r: "may have arrived" in r)
    second = peer.recv("MESSAGE")
    assert body(second) == "second"
    peer.answer(second, "200 OK")
    peer.none("MESSAGE", 0.5)
    n = alice.send("msg", "--resend", number)
    again = peer.recv("MESSAGE")
    assert body(again) == "first"
    assert again.get("call-id") != first.get("call-id")
    peer.answer(again, "200 OK")
    reply = alice.reply(n)
    assert reply["ok"] and reply["result"]["id"] != number
    assert alice.quit() == 0
    alice = start("alice", text)
    alice.none("message", 0.5)
    assert alice.do("msg", "--resend", "12345", ok=False)["status"] == 65


def test_answer_on_the_way_out(start, peer):
    """What has its answer while the program leaves is delivered."""
    alice = start("alice", config())
    alice.send("msg", peer.uri(), "late")
    m = peer.recv("MESSAGE")
    alice.write("quit\n")
    time.sleep(0.3)
    peer.answer(m, "200 OK")
    alice.expect("message-state", state="delivered")
    assert alice.p.wait(10) == 0


def test_one_shot(peer, tmp_path):
    """Unanswered: 75, and it may have arrived; the next one is told so."""
    text = config(False)
    status, out, err = one_shot(
        tmp_path, text, "msg", "-t", "2", peer.uri(), "hello")
    assert status == 75 and "may have arrived" in err, err
    assert "queued" not in out + err
    assert body(peer.recv("MESSAGE")) == "hello"
    status, out, err = one_shot(
        tmp_path, text, "msg", "-t", "2",
        "sip:bob@127.0.0.1:%d;transport=tcp" % free_ports(1)[0], "x")
    assert status == 75 and "queued as " in err
    peer.none("MESSAGE", 0.3)


def test_one_shot_knows(tmp_path):
    """A command waits until what earlier ones kept has been read."""
    text = config(False)
    status, out, err = one_shot(tmp_path, text, "buddy", "add",
                                "sip:bob@127.0.0.1:9", "-n", "Bob Miller")
    assert status == 0, err
    for _ in range(5):
        status, out, err = one_shot(tmp_path, text, "buddy", "show", "miller")
        assert status == 0 and "sip:bob@127.0.0.1:9" in out, err
