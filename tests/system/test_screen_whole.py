# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole screen promises beside its keys: the title, all of the past,
what a colour says."""

import re
import time

import pytest

import clock
from test_screen import finish
from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def late(tmp_path):
    """Clocks of which a minute is over in five seconds."""
    if clock.missing():
        pytest.skip(clock.missing())
    steps = clock.Clock(tmp_path)
    steps.step((55 - time.time()) % 60)
    return steps


def test_title(world, late):
    """Every account with its state, the first with its address; the clock
    goes on by itself, at the minute."""
    more = ("account add other sip:alice@127.0.0.1 register=no "
            "listen=127.0.0.1:0\naccount add third sip:al@nowhere.invalid\n"
            "login other\n")
    s = world.alice("bob", more=more, env=late.env)
    s.see("^ sotto  me ● alice@127.0.0.1:PORTS  other ●  third ○ ")
    s.line("/logout other").see("other ○").settle()

    def shown():
        return s.terminal.display[0].rstrip()[-5:]

    def second():
        return (time.time() + late.ahead / 1000) % 60

    assert re.match(r"\d\d:\d\d", shown())
    began, left = shown(), 60 - second()
    s.wait("another minute", lambda: shown() != began, left + 3)
    assert second() < 3
    finish(s)


def test_all_of_the_past(world):
    """More than a page of the store, after a restart: each line once and in
    order, to the first one and back."""
    bob = world.peer("bob")
    s = world.alice("bob").see("● Bob")
    numbers = [bob.send("msg", world.uri("alice"), "line %d." % n)
               for n in range(450)]
    for number in numbers:
        assert bob.reply(number, 60)["ok"]
    s.see("Bob.*450").line("/quit")
    assert s.ended() == 0
    s = world.alice("bob").see("● Bob").line("/chat show bob").see("^Bob>$")
    s.see(r"line 449\.").settle()

    def shown():
        return [int(n) for n in re.findall(r"line (\d+)\.", s.text())]

    def walk(key, done):
        seen = set(shown())
        for _ in range(60):
            rows = shown()
            assert rows == list(range(rows[0], rows[-1] + 1))
            seen.update(rows)
            if done(rows):
                break
            s.keys(key).settle(0.08)
        return seen

    assert walk("PageUp", lambda rows: rows[0] == 0) == set(range(450))
    s.see("── DAY ──")
    assert walk("PageDown", lambda rows: rows[-1] == 449) == set(range(450))
    s.keys("M-<").see(r"line 0\.").keys("M->").see(r"line 449\.")
    finish(s)


def test_hits_stand_out(world):
    """What a search in the chat found is seen in the text, and no more when
    it ends."""
    bob = world.peer("bob")
    s = world.alice("bob").see("● Bob").line("/chat show bob").see("^Bob>$")
    bob.do("msg", world.uri("alice"), "an apple and a pear")
    s.see("an apple").settle()

    def look(word):
        for y, row in enumerate(s.terminal.display):
            if word + " " in row and "Bob" in row:
                return s.terminal.buffer[y][row.index(word)]
        raise AssertionError(s.text())

    before = look("apple")
    s.keys("M-/").see("^find:").write("apple").see("hit 1").settle()
    assert look("apple") != before and look("an").bg == before.bg
    s.keys("Escape").see("^Bob>$").settle()
    assert look("apple") == before
    # What the search pane found is pointed at, until more is said.
    bob.do("msg", world.uri("alice"), "another apple")
    bob.do("msg", world.uri("alice"), "and plums")
    s.see("plums").keys("F7").see("^search:").write("an apple").see(
        "Messages").keys("Enter").see("^Bob>$").gone("Messages").settle()
    rows = [y for y, row in enumerate(s.terminal.display) if "Bob  a" in row]
    heads = [s.terminal.buffer[y][s.terminal.display[y].rindex("Bob")]
             for y in rows]
    assert len(heads) == 3 and heads[0] != heads[1] == heads[2]
    s.line("which apple?").see("which apple.*✓").settle()
    assert (s.terminal.buffer[rows[0]][s.terminal.display[rows[0]].rindex(
        "Bob")] == heads[1])
    # Looked for once more: the same words are found at once.
    s.keys("M-/").see("^find: apple").see("hit 1").settle()
    assert look("apple") != before
    s.keys("Escape").see("^Bob>$")
    finish(s)
