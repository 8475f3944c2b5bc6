# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of input of the full screen: its history, keys, menu, drafts."""

import pytest

from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def chat(world):
    """Alice's screen with her chat with Bob, and Bob."""
    bob = world.peer("bob")
    alice = world.alice("bob").see("● Bob")
    alice.line("/chat show bob").see("^Bob>")
    return alice, bob, world


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def again(s, world, *buddies, **options):
    """The same home in another run of the program."""
    s.line("/quit")
    assert s.ended() == 0
    return world.alice(*buddies, **options).see("● Bob")


# ---- history ----


def test_history_after_a_restart(chat):
    """What was said comes out of the chat's history, what was commanded out
    of a table; each in its chat, in the order it was typed."""
    alice, bob, world = chat
    alice.line("first words").see("first words +✓")
    alice.line("/presence set away").see("me ◐")
    alice.line("//slash\x1b\rtwo lines").see("two lines")
    bob.expect("message", text="/slash\ntwo lines")
    bob.do("msg", world.uri("alice"), "not mine")
    alice.see("not mine")
    alice = again(alice, world, "bob")
    alice.settle().keys("Up").see("^> /chat show bob").keys("C-u")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").see("^Bob> /quit").keys("Up")
    alice.see(r"^Bob> //slash\ntwo lines")
    alice.keys("Up").see("^Bob> /presence set away")
    alice.keys("Up").see("^Bob> first words$")
    alice.keys("Up").settle().see("^Bob> first words$")
    alice.keys(*["Down"] * 4).see("^Bob>$")
    alice.keys("C-r").write("sla").see(r"i-search.*//slash").keys("C-g")
    alice.keys("C-u")
    finish(alice)


def test_history_is_cleared(chat):
    """With the chat's history go its lines, at once and for good."""
    alice, bob, world = chat
    alice.line("forget me").see("forget me +✓")
    alice.line("/echo forget this").see("forget this")
    alice.line("/history clear bob").gone("forget me").settle()
    alice.keys("Up").settle().see("^Bob>$")
    alice = again(alice, world, "bob")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").see("^Bob> /quit").keys("Up").settle()
    alice.see("^Bob> /quit$").keys("C-u")
    finish(alice)
    with open(alice.home + "/state/sotto.db", "rb") as f:
        assert b"forget me" not in f.read()


def test_history_has_no_secrets(chat):
    """Neither in this run nor on disk."""
    alice, bob, world = chat
    alice.line("/account set me password hunter2").settle()
    alice.line("/msg bob only once").see("only once +✓")
    alice.keys("Up").see("^Bob> /msg bob only once").keys("Up")
    alice.settle().see("^Bob> /msg bob only once").keys("C-u")
    alice = again(alice, world, "bob")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up", "Up").see("^Bob> only once").keys("Up").settle()
    alice.see("^Bob> only once").keys("C-u")
    finish(alice)
    for name in ("sotto.db", "sotto.db-wal"):
        try:
            with open(alice.home + "/state/" + name, "rb") as f:
                data = f.read()
        except FileNotFoundError:
            continue
        assert b"hunter2" not in data and b"/msg bob" not in data


def test_no_history(world):
    """input-history 0: nothing is found after a restart, nothing is kept."""
    bob = world.peer("bob")
    more = "set input-history 0\n"
    alice = world.alice("bob", more=more).see("● Bob")
    alice.line("/chat show bob").see("^Bob>")
    alice.line("said").see("said +✓")
    alice.keys("Up").see("^Bob> said").keys("C-u")
    alice = again(alice, world, "bob", more=more)
    alice.keys("Up").settle().see("^>$")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").settle().see("^Bob>$")
    finish(alice)
    with open(alice.home + "/state/sotto.db", "rb") as f:
        assert b"/chat show" not in f.read()
    assert bob.seen("message", text="said")
