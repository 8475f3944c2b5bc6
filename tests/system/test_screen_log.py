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
