# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is away for a while: what is typed meanwhile waits, and
arrives once and in order within 15 s of its return; what is written to who is
away waits in the server. FL4, ME9."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from kamailio import Kamailio
from peer import Peer
from sotto import account, one_shot, program

pytestmark = pytest.mark.peers

WHOLE = os.environ.get("SOTTO_TEST_ALL")
RETURN = 15.0  # seconds from the server's return until all has arrived
TEN = ["%d: what is typed while nobody listens" % n for n in range(10)]
SHORT = {"udp": 8.0, "tcp": 15.0, "tls": 8.0}


@pytest.fixture
def server(tmp_path_factory):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path_factory.mktemp("away"), store=True) as k:
        yield k


@pytest.fixture
def silent():
    p = Peer()
    yield p
    p.close()


def config(user, server, transport):
    return (account("me", user, server, transport, session="page",
                    accept="all") + "login me\n")


def incoming(s):
    """Texts that came in, as often as they did."""
    return [e["text"] for e in s.seen("message", direction="in")]


def states(s, id):
    return [e["state"] for e in s.seen("message-state", id=id)]


def type_all(s, peer, texts, seconds=0.0):
    """Types TEXTS over SECONDS; returns the numbers of the commands."""
    numbers = []
    for text in texts:
        numbers.append(s.send("msg", peer, text))
        time.sleep(seconds / len(texts))
    return numbers


@pytest.mark.parametrize("transport", ("udp", "tcp", "tls"))
@pytest.mark.parametrize("how", (signal.SIGKILL, signal.SIGTERM))
def test_server_away(start, server, transport, how):
    minute = 60.0 if WHOLE else SHORT[transport]
    alice = start("alice", config("alice", server, transport))
    bob = start("bob", config("bob", server, transport))
    for s in (alice, bob):
        s.expect("account", state="online")
    alice.do("msg", "sip:bob@lab.test", "before")
    bob.expect("message", text="before", direction="in")

    server.go(how)
    gone = time.monotonic()
    numbers = type_all(alice, "sip:bob@lab.test", TEN, minute / 2)
    back = type_all(bob, "sip:alice@lab.test", TEN[:3], 1.0)
    time.sleep(max(gone + minute - time.monotonic(), 0))
    # Nothing has failed, nothing is gone.
    for s, n in ((alice, 11), (bob, 3)):
        assert s.seen("message-state", state="failed") == []
        queued = [e for e in s.seen("message", direction="out")]
        assert len(queued) == n
        assert s.seen("reply", ok=False) == []
    assert incoming(bob) == ["before"]

    server.come_back()
    returned = time.monotonic()
    bob.expect("message", timeout=RETURN, text=TEN[-1], direction="in")
    alice.expect("message", timeout=RETURN, text=TEN[2], direction="in")
    took = time.monotonic() - returned
    print("%s, %s: all there %.1f s after its return"
          % (transport, how.name, took))
    assert took <= RETURN
    for s, wanted in ((alice, numbers), (bob, back)):
        for number in wanted:
            assert s.reply(number)["ok"] is True
    time.sleep(1.0)  # what comes twice would come now
    assert incoming(bob) == ["before"] + TEN
    assert incoming(alice) == TEN[:3]
    for s in (alice, bob):
        assert s.seen("message-state", state="failed") == []


@pytest.mark.parametrize("transport", ("udp", "tcp", "tls"))
def test_peer_away(start, server, transport):
    """The server keeps what is written to who is away, through a restart of
    its own, and hands it over with the time of its writing."""
    bob = start("bob", config("bob", server, transport))
    bob.expect("account", state="online")
    assert bob.quit() == 0
    alice = start("alice", config("alice", server, transport))
    alice.expect("account", state="online")
    numbers = type_all(alice, "sip:bob@lab.test", TEN)
    for number in numbers:
        reply = alice.reply(number)
        assert reply["ok"] is True
        id = reply["result"]["id"]
        assert states(alice, id)[-1] == "accepted"
    server.go(signal.SIGTERM)
    server.come_back()
    bob = start("bob", config("bob", server, transport))
    bob.expect("message", timeout=RETURN, text=TEN[-1], direction="in")
    time.sleep(0.5)
    got = bob.seen("message", direction="in")
    assert [e["text"] for e in got] == TEN
    assert all("sent-at" in e for e in got)


def namespaces():
    """The words before a command that give it a network of its own."""
    words = ["unshare", "-rn"]
    if shutil.which("ip") is None or subprocess.run(
            words + ["ip", "link", "set", "lo", "up"],
            stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("no network namespaces here")
    return words


@pytest.mark.parametrize("transport", ("udp", "tcp"))
def test_link_down(tmp_path, transport):
    """No network at all: what is typed goes out when the link is back."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    here = os.path.dirname(os.path.abspath(__file__))
    p = subprocess.run(
        namespaces() + [sys.executable, os.path.join(here, "link.py"),
                        str(tmp_path), transport, "60" if WHOLE else "10"],
        env=dict(os.environ, SOTTO=program(), PYTHONPATH=here), text=True,
        capture_output=True, timeout=150, check=False)
    print(p.stdout)
    assert p.returncode == 0, p.stdout + p.stderr


def test_deaf_server(start, silent):
    """Nothing comes back any more: the first text may have arrived and is
    not sent again, those behind it wait and go out in order."""
    alice = start("alice", "account add me sip:alice@lab.test\n"
                  "account set me publish no\naccount set me session page\n"
                  "account set me proxy 'sip:127.0.0.1:%d;transport=udp'\n"
                  "login me\n" % silent.port)
    silent.answer(silent.recv("REGISTER"), "200 OK")
    alice.expect("account", state="online")
    numbers = type_all(alice, "sip:bob@lab.test", TEN[:4])
    first = silent.recv("MESSAGE")
    assert first.body == TEN[0].encode()
    alice.expect("account", state="connecting", timeout=40)
    reply = alice.reply(numbers[0], 5)
    assert reply["status"] == 75
    assert "may have arrived" in reply["error"]
    silent.answer(silent.recv("REGISTER", timeout=10), "200 OK")
    for text in TEN[1:4]:
        request = silent.recv("MESSAGE", timeout=5)
        assert request.body == text.encode()
        silent.answer(request, "200 OK")
    for number in numbers[1:]:
        assert alice.reply(number, 5)["ok"] is True
    # Asked for, it goes once more, as another message.
    id = reply["result"]["id"]
    number = alice.send("msg", "--resend", id)
    request = silent.recv("MESSAGE", timeout=5)
    assert request.body == first.body
    assert request.get("call-id") != first.get("call-id")
    silent.answer(request, "200 OK")
    again = alice.reply(number, 5)
    assert again["ok"] is True
    assert again["result"]["id"] != id
    assert states(alice, id)[-1] == "failed"


def test_one_shot(start, server, tmp_path):
    """A command that finds no server leaves its text to the next one that
    does."""
    home = tmp_path / "alice"
    home.mkdir()
    text = config("alice", server, "tcp").replace("login me\n", "")
    bob = start("bob", config("bob", server, "tcp"))
    bob.expect("account", state="online")
    server.go(signal.SIGKILL)
    status, _, err = one_shot(home, text, "msg", "-t", "3",
                              "sip:bob@lab.test", "first")
    assert status == 75
    assert "queued as " in err
    server.come_back()
    bob.expect("account", state="online", timeout=RETURN)
    status, _, err = one_shot(home, text, "msg", "-t", "10",
                              "sip:bob@lab.test", "second")
    assert status == 0, err
    bob.expect("message", text="second", direction="in")
    assert incoming(bob) == ["first", "second"]


def test_one_shot_resend(start, server, silent, tmp_path):
    """What may have arrived is sent again by a command of its own."""
    home = tmp_path / "alice"
    home.mkdir()
    text = config("alice", server, "tcp").replace("login me\n", "")
    away = ("account add me sip:alice@lab.test register=no "
            "listen=127.0.0.1:0 session=page\n")
    status, _, err = one_shot(home, away, "msg", "-t", "2",
                              silent.uri(), "perhaps")
    assert status == 75 and "may have arrived" in err
    id = re.search(r"\d{10,}", err)[0]
    first = silent.recv("MESSAGE")
    answered = threading.Thread(target=lambda: silent.answer(
        silent.recv("MESSAGE"), "200 OK"))
    answered.start()
    status, _, err = one_shot(home, away, "msg", "--resend", id)
    answered.join(15)
    assert status == 0, err
    assert first.body == b"perhaps"
    # By the account of the message, which is another one's second.
    answered = threading.Thread(target=lambda: silent.answer(
        silent.recv("MESSAGE"), "200 OK"))
    answered.start()
    nowhere = ("account add first sip:bob@lab.test "
               "proxy=sip:127.0.0.1:9 transport=tcp password=x\n")
    status, _, err = one_shot(home, nowhere + away, "msg", "-t", "10",
                              "--resend", id)
    assert status == 0, err
    answered.join(15)
    status, _, err = one_shot(home, text, "msg", "--resend", "17")
    assert status == 65, err
