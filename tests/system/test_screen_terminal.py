# SPDX-License-Identifier: GPL-3.0-or-later
"""The full screen and its terminal: sizes, kinds, locales, signals, and the
bytes that are written."""

import os
import re
import signal
import termios
import time

import pytest

from stranger import Stranger
from world import World

TERMS = ["xterm-256color", "screen-256color", "linux", "vt100", "xterm",
         "tmux-256color"]


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


# ---- sizes

def same_drawn_anew(s):
    """What came step by step is what a terminal that was cleared shows."""
    for _ in range(3):
        have = s.settle(0.1).text()
        s.signal(signal.SIGWINCH)
        anew = s.settle(0.1).text()
        if have == anew:
            return
    assert have == anew, have + "\n----\n" + anew


@pytest.mark.parametrize("rows,cols", [
    (30, 50), (8, 30), (7, 30), (3, 10), (1, 1), (2, 1), (1, 80), (200, 500),
    (500, 200)])
def test_sizes(world, rows, cols):
    """Chat, list, search and text in any size, from the start on."""
    kim = world.peer("kim")
    s = world.alice("kim", more="chat show sip:kim@127.0.0.1:%d\n"
                    % world.ports["kim"], rows=rows, cols=cols)
    kim.do("wait", "presence", world.uri("alice"), "unknown")
    s.settle(0.2)
    for n in range(3):
        assert kim.do("msg", world.uri("alice"), "日本語 and more %d" % n)[
            "ok"]
    for keys in (["F6"], ["F6"], ["F7", "k"], ["Escape"], ["F1"], ["q"],
                 ["M-/", "m"], ["Escape"], ["a", "M-Enter", "b"]):
        s.keys(*keys)
        s.settle(0.06)
    same_drawn_anew(s)
    if (rows, cols) in ((30, 50), (8, 30), (3, 10)):
        s.same("size-%dx%d" % (cols, rows))
    s.keys("C-c").settle(0.2)
    finish(s)


def test_resizing_while_messages_arrive(world):
    kim = world.peer("kim")
    s = world.alice("kim").see("● Kim")
    s.line("/chat show kim").see("^Kim>")
    numbers = []
    for n, size in enumerate([(1, 1), (200, 500), (3, 10), (8, 30), (30, 50),
                              (24, 80), (1, 200), (60, 1), (30, 100)]):
        numbers += [kim.send("msg", world.uri("alice"),
                             "message %d.%d %s" % (n, i, "word " * i * 5))
                    for i in range(4)]
        s.resize(*size).settle(0.03, 0.2)
    for number in numbers:
        assert kim.reply(number)["ok"]
    s.see("message 8.3")
    same_drawn_anew(s)
    assert s.text().count("Kim>") == 1
    finish(s)


# ---- kinds and locales

def test_ascii(world):
    """LC_ALL=C: not one byte that is not ASCII."""
    kim = world.peer("kim")
    s = world.alice("kim", env={"LC_ALL": "C"}).see("Kim")
    s.line("/chat show kim").see("^Kim>").line("hello")
    kim.expect("message")
    kim.do("msg", world.uri("alice"), "日本語 ünï \U0001f600")
    s.see("Kim +\\?")
    kim.do("typing", world.uri("alice"), "on")
    s.see("is typing\\.\\.\\.").same("ascii")
    assert max(s.raw) < 128, bytes(s.raw)
    finish(s)


def test_dumb(screen):
    """TERM=dumb is the line front end, without one escape byte."""
    s = screen("alice", term="dumb").see("^>")
    s.line("/echo words").see("^words")
    finish(s)
    assert b"\x1b" not in s.raw


@pytest.mark.parametrize("term", ["", "no-such-terminal", "unknown"])
def test_no_capable_terminal(screen, term):
    """What nobody can place a cursor on is the line front end."""
    s = screen("alice", term=term).see("^>")
    s.line("/echo words").see("^words")
    finish(s)


def test_no_utf8_with_borders(world):
    """The locale decides, not the terminal: lines are drawn in ASCII."""
    s = world.alice("bob", env={"LC_ALL": "POSIX"}).see("Bob")
    assert re.match("- Buddies 0/1 -+[+]-+", s.settle().lines()[1])
    assert max(s.raw) < 128
    finish(s)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("term", TERMS)
def test_kinds(screen, term, locale):
    """Start, keys and the end; the terminal is as it was."""
    s = screen("alice", term=term, env={"LC_ALL": locale})
    s.see("No account yet").keys("F1").see("Anywhere").keys("q")
    s.line("/echo words").see("words")
    finish(s)
    restored(s)


# ---- signals and the end

def restored(s):
    s.settle(0.05)
    assert termios.tcgetattr(s.fd) == s.before
    for mode in re.findall(rb"\x1b\[\?(\d+)h", bytes(s.raw)):
        if mode in (b"1000", b"1004", b"1006", b"1049", b"2004"):
            assert (bytes(s.raw).rfind(b"\x1b[?%sl" % mode)
                    > bytes(s.raw).rfind(b"\x1b[?%sh" % mode)), mode


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP,
                                   signal.SIGQUIT])
def test_ended_by_a_signal(screen, signo):
    s = screen("alice").see("No account yet")
    assert termios.tcgetattr(s.fd) != s.before
    s.signal(signo)
    assert s.ended() == 0
    restored(s)


def test_interrupt(world):
    """Ctrl-C empties the line and says how to leave."""
    s = world.alice().see("me ●")
    s.write("text").see("> text").keys("C-c").gone("> text")
    s.keys("C-c").see("/quit leaves")
    s.keys("C-\\").settle()
    assert s.p.isalive()
    finish(s)


def test_suspended_and_continued(world):
    """Ctrl-Z gives the terminal back; what came meanwhile is there after."""
    kim = world.peer("kim")
    s = world.alice("kim").see("● Kim")
    s.line("/chat show kim").see("^Kim>").write("draft").see("> draft")
    s.keys("C-z").wait("stop", lambda: s.state() == "T")
    restored(s)
    number = kim.send("msg", world.uri("alice"), "meanwhile")
    s.signal(signal.SIGCONT).see("meanwhile").see("^Kim> draft")
    assert kim.reply(number)["ok"]
    assert termios.tcgetattr(s.fd) != s.before
    s.line("").see("draft.*✓")
    finish(s)


def test_resized_while_suspended(world):
    s = world.alice("bob").see("Bob").keys("C-z")
    s.wait("stop", lambda: s.state() == "T")
    s.resize(20, 60).settle(0.05)
    s.signal(signal.SIGCONT).see("sotto  me ●").settle()
    assert len(s.lines()[0]) <= 60
    same_drawn_anew(s)
    finish(s)


def test_stopped_and_continued_at_will(world):
    """By anybody, in any order, and continued where it was not stopped."""
    s = world.alice("bob").see("Bob").write("draft").see("> draft")
    for _ in range(15):
        s.signal(signal.SIGCONT).settle(0.02)
        s.signal(signal.SIGTSTP)
        s.wait("stop", lambda: s.state() == "T")
        s.signal(signal.SIGTSTP)
        s.signal(signal.SIGCONT).settle(0.02)
        # The second stop may have counted too.
        s.signal(signal.SIGCONT)
    s.see("> draft").settle(0.3)
    assert s.state() != "T"
    same_drawn_anew(s)
    s.keys("C-u")
    finish(s)
    restored(s)


def test_hung_up_while_suspended(world):
    s = world.alice("bob").see("Bob").keys("C-z")
    s.wait("stop", lambda: s.state() == "T")
    s.signal(signal.SIGHUP).signal(signal.SIGCONT)
    assert s.ended() == 0
    restored(s)


def test_storm_of_sizes(world):
    """As a mouse drags a corner: the last one counts, and few are drawn."""
    s = world.alice("bob").see("Bob").write("draft").see("> draft")
    mark = len(s.raw)
    for n in range(400):
        s.resize(5 + n % 40, 20 + n % 90)
        s.pump(0)
    s.resize(24, 80).see("> draft").settle()
    assert len(s.raw) - mark < 400 * 8000
    same_drawn_anew(s)
    s.keys("C-u")
    finish(s)


def test_terminal_that_does_not_read(world):
    """XOFF, or tmux that scrolls back: everything else goes on, and what is
    shown then is how it stands."""
    kim = world.peer("kim")
    s = world.alice("kim").see("● Kim")
    s.line("/chat show kim").see("^Kim>")
    numbers = [kim.send("msg", world.uri("alice"), "%d %s" % (n, "word " * 60))
               for n in range(1000)]
    for number in numbers:  # and nobody reads the screen
        assert kim.reply(number)["ok"]
    os.write(s.fd, b"typed meanwhile")
    assert kim.do("msg", world.uri("alice"), "the last one")["ok"]
    mark = len(s.raw)
    s.see("the last one").see("> typed meanwhile").settle()
    # Frames were left out.
    assert len(s.raw) - mark < 1000 * 300
    same_drawn_anew(s)
    s.keys("C-u")
    finish(s)


def test_lost_terminal(screen):
    s = screen("alice").see("No account yet")
    s.p.ptyproc.fileobj.close()
    s.p.closed, s.eof = True, True
    end = time.monotonic() + 10
    while s.p.isalive() and time.monotonic() < end:
        time.sleep(0.05)
    assert not s.p.isalive()
    assert s.p.signalstatus is None


def test_closed_while_a_message_is_under_way(world):
    """The tab that was closed is not the one that is shown next."""
    eve = Stranger(world.ports["alice"])
    s = world.alice(more="buddy add %s -n Bob\n" % eve.uri("bob"))
    s.see("Bob").line("/chat show bob").see("^Bob>").line("hello")
    request = eve.expect("^MESSAGE")
    while b"\r\n\r\nhello" not in request:  # that she types comes first
        eve.answer(request, "200 OK")
        request = eve.expect("^MESSAGE")
    s.line("/chat close").gone("^Bob>").line("/chat show bob").see("^Bob>")
    eve.answer(request, "200 OK")
    s.see("hello.*✓").write("text").see("^Bob> text").keys("C-c")
    s.gone("Bob> text")
    finish(s)
    eve.close()


def test_a_key_that_is_none_ends_a_search(screen):
    """Ctrl-R, then Ctrl-X and what is no key behind it."""
    s = screen("alice").see("No account yet")
    for keys in ("\x12x\x18q", "\x13\x18\x1b[B", "\x12\x18\x01",
                 "\x12\x18\x07", "\x12x\x18e"):
        s.write(keys[:1]).see("i-search").write(keys[1:]).gone("i-search")
        s.keys("C-u")
    s.line("/echo still here").see("^still here| still here")
    finish(s)
