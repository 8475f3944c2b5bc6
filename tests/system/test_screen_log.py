# SPDX-License-Identifier: GPL-3.0-or-later
"""The log as a pane of the full screen: what was said can be read again."""

import pytest

from test_screen import finish
from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def test_log_is_live(screen):
    """Errors and notices of the last line, with time and level; what is said
    while the pane is open comes to its end."""
    s = screen("alice").see("No account yet")
    s.line("/chat show nobody@example.org").see("no account")
    s.line("/echo one").see("^ one")
    s.keys("F8").see(r"HH:MM:SS error +screen: there is no account")
    s.see(r"HH:MM:SS info +screen: one").same("log")
    s.keys("M-9").see("error +screen: there is no such tab")
    s.same("log-grown")
    s.keys("q").see("No account yet")
    s.line("/log").see("no such tab").keys("Escape").see("No account yet")
    finish(s)


def test_log_follows_its_end(screen):
    """Until somebody scrolls: then a mark counts what waits below."""
    s = screen("alice", rows=12).see("No account yet").keys("F8")
    for n in range(20):
        s.keys("M-%d" % (n % 9 + 1))
    s.see("no such tab").settle()
    s.keys("PageUp").see("↓ more").keys("M-1", "M-2").see("↓ 2 new")
    s.same("log-scrolled")
    s.keys("End").gone("↓")
    s.keys("Home").see("── DAY ──").see("↓ more")
    s.resize(24, 60).settle()
    s.see("DAY").keys("End").settle()
    s.resize(6, 20).settle().resize(12, 100).see("no such tab")
    finish(s)


def test_log_holds_no_secret(screen):
    s = screen("alice").see("No account yet")
    s.line("/account set nobody password hunter2").see("nobody")
    s.keys("F8").see("log").settle()
    assert "hunter2" not in s.text()
    finish(s)


def test_log_is_clean(world):
    """SEC: a peer's reason is shown with marks where its bytes were."""
    s = world.alice("bob").see("Bob")
    s.line("/echo a\x1b]0;evil\x07b\x9bc")
    s.keys("F8").see("screen: ").settle()
    assert b"]0;evil" not in s.raw
    finish(s)


def test_output_goes_where_it_belongs(world):
    """Rows that come when another key was pressed wait; those of two commands
    are not mixed; the last ones can be had again."""
    s = world.alice("bob", "kim").see("Kim")
    s.line("/screen show output").see("no command has printed anything")
    s.line("/sleep 0.5; buddy list").settle(0.05).write("draft")
    s.see("is done: /screen show output shows it").see("> draft$")
    s.keys("C-u").line("/screen show output").see("^.*│ *kim|│.*Kim")
    s.keys("q").settle()
    s.line("/sleep 0.4; buddy list").settle(0.05).line("/help chat show")
    s.see("chat show B").see("sleep 0.4; buddy list is done")
    s.same("output-late")
    s.keys("q").line("/sleep 0.2; help buddy add").see("buddy add URI")
    s.keys("q").line("/bind -p buddies x 'sleep 0.2; buddy list'")
    s.keys("F6", "x").see("sleep 0.2; buddy list").keys("q")
    s.see("No chat")
    finish(s)


def test_long_output(world):
    """Scrolled by line, page, to both ends; searched; wrapped anew when the
    terminal is another size."""
    text = "; ".join("echo %d: %s" % (n, "apples and pears, " * (n % 4))
                     for n in range(1, 40))
    s = world.alice("bob", rows=20, cols=90,
                    more="alias poem '%s'\n" % text).see("Bob")
    s.line("/poem").see("1: apples").same("text")
    s.keys("Down", "Down", "Enter").settle().same("text-down")
    s.keys("Space").settle().keys("PageUp").settle().same("text-down")
    s.keys("End").gone("more$").same("text-end")
    s.resize(20, 50).settle().same("text-narrow")
    s.keys("Home").see("1: apples").keys("M-/").write("25: app")
    s.see("25: app").same("text-find")
    s.keys("Enter").gone("^find:").keys("N").settle().keys("n").settle()
    s.see("25: apples").keys("M-/").write("zzz").see("it is nowhere")
    s.keys("Escape").gone("it is nowhere").keys("Escape").see("No chat")
    finish(s)


def test_output_of_eight_mebibytes(world):
    """Longer output is cut, and says so."""
    s = world.alice(more="alias big 'echo %s'\nalias huge '%s'\n" % (
        "0123456x" * 3500, "; ".join(["big"] * 310)), cols=100).see("me ●")
    s.line("/huge")
    s.see("0123456x0123", 30).keys("End")
    s.see("There is more than 8 MiB of it: the rest is left out", 30)
    s.keys("Home").settle().keys("q").see("Nobody here yet")
    finish(s)
