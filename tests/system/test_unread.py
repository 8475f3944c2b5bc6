# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unread over the end of the program, and a kept buddy that the
configuration file declares too."""

import os
import time

import pexpect
import pytest

from kamailio import free_ports
from sotto import Sotto, environment, one_shot, program
from stranger import Stranger


@pytest.fixture
def world(tmp_path):
    port, = free_ports(1)
    home = tmp_path / "alice"
    home.mkdir()
    config = ("account add me sip:alice@127.0.0.1:%d\n"
              "account set me register no\n"
              "account set me accept all\n"
              "account set me listen 127.0.0.1:%d\nlogin me\n"
              % (port, port))
    them = Stranger(port)
    yield home, config, them
    them.close()


def say(them, text, user="eve"):
    them.request("MESSAGE", text.encode(), "text/plain",
                 sender="<%s>" % them.uri(user))
    them.expect(r"^SIP/2.0 200")


def start(home, config):
    alice = Sotto(home, config)
    alice.expect("account", state="online")
    return alice


def chats(alice):
    """Unread messages by the user part of the peer."""
    return {row["peer"].split(":")[1].split("@")[0]: row["unread"]
            for row in alice.do("chat", "list").get("result") or []}


def texts(alice):
    return [m["text"] for m in alice.do("history", "show")["result"]]


def test_killed_before_it_was_shown(world):
    """Acknowledged, killed: unread at the next start, and in history."""
    home, config, them = world
    alice = start(home, config)
    say(them, "never shown")
    alice.kill()
    alice = start(home, config)
    try:
        assert chats(alice) == {"eve": 1}
        assert texts(alice) == ["never shown"]
        assert not alice.seen("message")
        # Looked at: read, and so it stays.
        alice.do("chat", "show", them.uri())
        assert chats(alice) == {"eve": 0}
        assert alice.quit() == 0
        alice = start(home, config)
        assert chats(alice).get("eve", 0) == 0
    finally:
        alice.end()


def test_told_is_not_unread(world):
    """What went out as an event is not unread at the next start, killed a
    moment later or not."""
    home, config, them = world
    alice = start(home, config)
    say(them, "one")
    say(them, "two", "mallory")
    alice.expect("message", text="two")
    assert chats(alice) == {"eve": 1, "mallory": 1}
    time.sleep(1.5)     # noted once a second
    say(them, "three", "mallory")
    alice.kill()
    alice = start(home, config)
    try:
        assert chats(alice).get("eve", 0) == 0
        assert chats(alice)["mallory"] == 1
        say(them, "four", "mallory")
        alice.expect("message", text="four")
        assert chats(alice)["mallory"] == 2
        assert alice.quit() == 0
        alice = start(home, config)
        assert chats(alice).get("mallory", 0) == 0
        assert texts(alice) == ["one", "two", "three", "four"]
    finally:
        alice.end()


def test_forgotten_is_not_unread(world):
    home, config, them = world
    alice = start(home, config)
    try:
        say(them, "one")
        alice.expect("message", text="one")
        assert chats(alice) == {"eve": 1}
        alice.do("history", "clear", them.uri())
        assert chats(alice) == {"eve": 0}
    finally:
        alice.end()


def test_line_tells_at_the_start(world):
    home, config, them = world
    alice = start(home, config)
    for i in range(3):
        say(them, "text %d" % i)
    say(them, "one", "mallory")
    alice.kill()
    env = environment(home)
    p = pexpect.spawn(
        program(), ["-f", alice.config, "-s", alice.state, "--line"],
        env=env, timeout=15, encoding="utf-8", dimensions=(24, 100))
    try:
        p.expect(r"(\d+) unread messages? from eve: /chat show sip:eve@")
        assert p.match.group(1) == "3"
        p.expect(r"1 unread message from mallory: /chat show sip:mallory@")
        p.sendline("/chat show %s" % them.uri())
        p.expect("text 2")
        p.sendline("/quit")
        p.expect(pexpect.EOF)
    finally:
        p.close()
    assert p.exitstatus == 0
    alice = start(home, config)
    try:
        assert chats(alice).get("eve", 0) == 0
        assert chats(alice)["mallory"] == 1
    finally:
        alice.end()


def test_one_shot_shows_nothing(world):
    """A command that is done and gone leaves unread what came meanwhile."""
    home, config, them = world
    alice = start(home, config)
    say(them, "kept")
    alice.kill()
    status, out, err = one_shot(home, config, "chat", "list")
    assert status == 0, err
    alice = start(home, config)
    try:
        assert chats(alice) == {"eve": 1}
    finally:
        alice.end()


def test_buddy_in_file_and_store(world):
    """One buddy; the file's name holds; to remove it names the place."""
    home, config, them = world
    uri = them.uri("bob")
    alice = start(home, config)
    alice.do("buddy", "add", uri, "-n", "Typed", "-g", "Kept")
    assert alice.quit() == 0
    declared = config + "buddy add %s -n Declared\n" % uri
    alice = Sotto(home, declared)
    try:
        alice.expect("account", state="online")
        rows = alice.do("buddy", "list")["result"]
        assert [r["name"] for r in rows] == ["Declared"], rows
        reply = alice.do("buddy", "remove", uri)
        said = str(reply)
        line = len(declared.splitlines())
        assert "sotto.conf" in said and "line %d" % line in said, said
        assert alice.quit() == 0
        alice = Sotto(home, declared)
        rows = alice.do("buddy", "list")["result"]
        assert [r["name"] for r in rows] == ["Declared"], rows
    finally:
        alice.end()
    assert os.path.exists(alice.config)
