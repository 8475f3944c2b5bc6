# SPDX-License-Identifier: GPL-3.0-or-later
"""The mouse in the full screen (option mouse), as xterm tells of it with
SGR 1006."""

import pytest

from world import World

MORE = "set mouse yes\n"


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def three(world):
    """Alice's screen with Bob and Kim in her list, and both of them."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim", more=MORE)
    alice.see("● Bob").see("● Kim")
    return alice, bob, kim, world


def find(s, text, last=False):
    """Row and column, from 1, of TEXT on the screen."""
    rows = list(enumerate(s.terminal.display, 1))
    for row, line in reversed(rows) if last else rows:
        if text in line:
            return row, line.index(text) + 1
    raise AssertionError("no %r:\n%s" % (text, s.text()))


def press(s, row, col, button=0):
    s.write("\x1b[<%d;%d;%dM" % (button, col, row))
    if button < 64:
        s.write("\x1b[<%d;%d;%dm" % (button, col, row))
    return s


def click(s, text, last=False, button=0):
    return press(s, *find(s, text, last), button=button)


def double(s, text, last=False):
    row, col = find(s, text, last)
    return press(press(s, row, col), row, col)


def wheel(s, text, down, times=1, last=False):
    row, col = find(s, text, last)
    for _ in range(times):
        press(s, row, col, 65 if down else 64)
    return s


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def test_off_by_default(world):
    """The terminal is not asked for it, and what comes all the same does
    nothing; on and off go to the terminal at once, and on leaving it is
    off."""
    bob = world.peer("bob")
    alice = world.alice("bob").see("● Bob").settle()
    assert b"\x1b[?1000h" not in alice.raw
    double(alice, "● Bob").settle().see("^>$")
    alice.line("/set mouse yes").settle()
    assert b"\x1b[?1000h\x1b[?1006h" in alice.raw
    # Only buttons: no movement, which would be a wake-up for each cell.
    assert b"\x1b[?1002h" not in alice.raw and b"1003h" not in alice.raw
    double(alice, "● Bob").see("^Bob>$")
    mark = len(alice.raw)
    alice.line("/set mouse no").settle()
    assert b"\x1b[?1006l\x1b[?1000l" in alice.raw[mark:]
    alice.line("/set mouse yes").settle()
    mark = len(alice.raw)
    finish(alice)
    assert b"\x1b[?1000l" in alice.raw[mark:]
    assert not bob.seen("message")


def test_buddies(three):
    """A click chooses, a double-click shows, one on a group folds it."""
    alice, bob, kim, world = three
    click(alice, "● Kim").settle()
    alice.see("^>$")
    alice.keys("Enter").see("^Kim>$")
    double(alice, "● Bob").see("^Bob>$")
    click(alice, "Friends").gone("● Kim")
    click(alice, "Friends").see("● Kim")
    # Where nothing stands, and outside of the screen.
    for row, col in ((20, 5), (30, 1), (1, 1), (99, 999), (29, 99)):
        press(alice, row, col)
        press(alice, row, col)
    alice.settle().see("● Bob")
    finish(alice)


def test_tabs(three):
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>").write("draft")
    alice.keys("M-1").see("^Bob> draft")
    kim.do("msg", world.uri("alice"), "hello from Kim")
    alice.see(r"2 Kim\(1\)")
    click(alice, "2 Kim", last=True).see("^Kim>$").see("hello from Kim")
    click(alice, "1 Bob", last=True).see("^Bob> draft$")
    # The wheel goes from one to the next.
    wheel(alice, "1 Bob", True, last=True).see("^Kim>$")
    wheel(alice, "1 Bob", False, last=True).see("^Bob> draft$")
    alice.keys("C-u")
    finish(alice)


def test_panes(three):
    """What is typed goes to the pane that was clicked."""
    alice, bob, kim, world = three
    alice.line("/chat show kim").see("^Kim>$")
    kim.do("msg", world.uri("alice"), "words of Kim")
    alice.line("/chat show bob").see("^Bob>$")
    bob.do("msg", world.uri("alice"), "words of Bob")
    alice.keys("M-s").see("words of Kim").see("words of Bob")
    click(alice, "words of Kim").see("^Kim>$")
    alice.line("to Kim")
    assert kim.expect("message", direction="in")["text"] == "to Kim"
    click(alice, "words of Bob").see("^Bob>$")
    alice.line("to Bob")
    assert bob.expect("message", direction="in")["text"] == "to Bob"
    # The wheel alone leaves the keys where they are.
    wheel(alice, "words of Kim", False).settle().see("^Bob>$")
    bob.none("message", 0.2)
    finish(alice)


def test_wheel(three):
    """It scrolls what is under it: the chat, the list, a pane of text; and
    the keys stay where they were."""
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>")
    for n in range(60):
        bob.do("msg", world.uri("alice"), "line %d." % n)
    alice.see("line 59[.]").write("draft")
    wheel(alice, "line 50.", False, 5).gone("line 59[.]").see("line 40[.]")
    alice.see("^Bob> draft")
    wheel(alice, "line 40.", True, 5).see("line 59[.]")
    wheel(alice, "● Bob", True, 3).settle().write("s").see("^Bob> drafts")
    alice.keys("C-u", "F1").see("Up").settle()
    top = alice.lines()[2]
    wheel(alice, "─ ", True).settle()
    row = len(alice.lines()) // 2
    press(alice, row, 60, 65).settle()
    assert alice.lines()[2] != top
    press(alice, row, 60, 64).settle()
    assert alice.lines()[2] == top
    alice.keys("q")
    finish(alice)


def test_wheel_in_a_long_list(world):
    more = MORE + "".join(
        "buddy add sip:b%02d@127.0.0.1:9 -g Many\n" % n for n in range(60))
    alice = world.alice(more=more).see("b00").settle()
    wheel(alice, "b05", True, 4).gone("b00").see("b30")
    wheel(alice, "b30", True, 40).see("b59").settle()
    wheel(alice, "b59", False, 1).gone("b59")
    wheel(alice, "b50", False, 40).see("Many.*0/60").see("b00")
    finish(alice)


def test_menu(three):
    """A click takes the candidate, the wheel goes through them."""
    alice, bob, kim, world = three
    alice.write("/chat ").keys("Tab").see("unread +shows")
    click(alice, "unread").see("^> /chat unread $|^> /chat unread$")
    alice.gone("zoom +gives").keys("C-u")
    alice.write("/set ").keys("Tab").see("bell +W")
    wheel(alice, "bell", True).settle().see(r"^> /set [a-z]")
    wheel(alice, "buddies-order", True, 9).settle().see(r"11-\d+/|\d+-\d+/")
    alice.keys("Escape").see("^> /set$").keys("C-u")
    finish(alice)


def test_search_results(three):
    alice, bob, kim, world = three
    alice.keys("F7").see("^search:").write("kim").see("Kim sip:").settle()
    click(alice, "Kim sip:").settle(0.5).see("^search: kim")
    double(alice, "Kim sip:").see("^Kim>")
    finish(alice)


def test_question(world):
    """An answer that is clicked is given once, whatever the finger does."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept ask\n" + MORE))
    alice.see("me ●")
    for name in ("bob", "kim"):
        peer = world.peer(name)
        peer.do("buddy", "add", world.uri("alice"))
        alice.see("Added you")
    alice.see(r"\+1").settle()
    first = alice.lines()[-2]
    double(alice, "accept", last=True).gone(r"\+1").settle()
    assert alice.lines()[-2] != first
    alice.see("Added you")
    click(alice, "later", last=True).gone("Added you")
    finish(alice)


def test_link(three):
    """Clicking a link is the terminal's affair: nothing is run, nothing is
    sent."""
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>")
    bob.do("msg", world.uri("alice"), "see https://example.org/a and"
           " sip:kim@example.org and file:///etc/passwd")
    alice.see("https://example.org/a")
    for text in ("https://", "sip:kim", "file://"):
        double(alice, text)
        click(alice, text, button=2)
        click(alice, text, button=1)
    alice.settle().see("^Bob>$")
    bob.none("message", 0.2, direction="in")
    finish(alice)


def test_modifiers(three):
    """With Shift the terminal selects and tells nothing; one that tells of it
    all the same has clicked. Other buttons, movement and nonsense do
    nothing."""
    alice, bob, kim, world = three
    click(alice, "● Kim", button=4).settle().keys("Enter").see("^Kim>$")
    row, col = find(alice, "● Bob")
    for text in ("\x1b[<1;%d;%dM", "\x1b[<2;%d;%dM", "\x1b[<32;%d;%dM",
                 "\x1b[<35;%d;%dM", "\x1b[<66;%d;%dM", "\x1b[<128;%d;%dM",
                 "\x1b[<0;%d;%dm"):
        for _ in range(2):
            alice.write(text % (col, row))
        alice.settle(0.05)
    alice.settle().see("^Kim>$")
    for text in ("\x1b[<0M", "\x1b[<0;0;0M", "\x1b[<0;1M",
                 "\x1b[<99999999999;1;1M", "\x1b[<0;99999999999;1M"):
        alice.write(text)
    alice.settle().see("^Kim>$").write("still").see("^Kim> still$")
    alice.keys("C-u")
    finish(alice)
