# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the screen in README and manual are what the program shows
today. SOTTO_SCREENS=write puts today's there."""

import os
import re

import pytest

from world import World

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# From the title to the line of input.
PICTURE = re.compile(r"^ sotto  work .*?^Bob> [^\n]*\n", re.M | re.S)


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def normal(row, cols):
    """At one time of one day."""
    row = re.sub(r"\b\d\d:\d\d\b", "14:02", row)
    day = re.match(r"(.*[│|]) +(──|--) \w+day \d+ \w+(?: \d+)? \2", row)
    if day:
        text = "%s Monday 3 November %s" % (day[2], day[2])
        row = day[1] + text.center(cols - len(day[1]))
    return row.rstrip()


def same_as_in(s, name):
    cols = s.terminal.columns
    s.settle()
    have = "".join(normal(row, cols) + "\n" for row in s.terminal.display)
    have = PICTURE.match(have).group()
    path = os.path.join(TOP, name)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if os.environ.get("SOTTO_SCREENS") == "write":
        text = PICTURE.sub(lambda m: have, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    assert PICTURE.findall(text) == [have]


def afternoon(world, **options):
    """Alice chats with Bob, who is typing, while Kim has written."""
    bob, kim = world.peer("bob"), world.peer("kim")
    bob.do("presence", "set", "online", "in the office")
    kim.do("presence", "set", "away", "at lunch")
    s = world.screen(
        "alice", "account add work sip:alice@example.org register=no "
        "listen=127.0.0.1:%d\n" % world.ports["alice"]
        + "account set work accept all\naccount set work session page\n"
        "login work\n" + world.buddies("bob")
        + "buddy add %s -n Kim -g Work\n" % world.uri("kim"), **options)
    s.see("in the office|Bob").see("Kim +at lunch")
    s.line("/chat show bob").see("in the office")
    kim.do("msg", world.uri("alice"), "Are you coming too?")
    s.see(r"Kim\(1\)")
    bob.do("msg", world.uri("alice"), "hi")
    s.see("Bob +hi").line("hello, see https://example.org/a")
    s.see(r"example.org/a +[✓+]")
    bob.do("msg", world.uri("alice"), "Thanks. Shall we meet at the harbour "
           "at six, as last week?")
    s.see("harbour")
    bob.do("typing", world.uri("alice"), "on")
    return s.see("Bob is typing").write("Yes, ").see("^Bob> Yes,")


@pytest.mark.parametrize("name,rows,cols,locale", [
    ("README", 18, 80, "C.UTF-8"), ("man/sotto.1", 16, 72, "C")])
def test_picture(world, name, rows, cols, locale):
    s = afternoon(world, rows=rows, cols=cols, env={"LC_ALL": locale})
    same_as_in(s, name)
    s.keys("C-u").line("/quit")
    assert s.ended() == 0
