# SPDX-License-Identifier: GPL-3.0-or-later
"""Panes, tabs and questions: what is seen, and that seeing tells nobody."""

import pytest

from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def test_looking_sends_nothing(world, tmp_path):
    """Chats are shown, read, scrolled, split and searched; what was unread is
    read; nothing goes out. The first letter that is typed does."""
    bob, kim = world.peer("bob"), world.peer("kim")
    trace = tmp_path / "trace"
    alice = world.alice("bob", "kim", args=("--trace", str(trace)))
    alice.see("● Bob").see("● Kim")
    for n in range(40):
        bob.do("msg", world.uri("alice"), "from Bob %d" % n)
    kim.do("msg", world.uri("alice"), "from Kim")
    alice.see("● Bob +40").see("● Kim +1").settle(0.5)
    before = trace.read_bytes()
    assert b"from Kim" in before

    alice.keys("F6", "Home", "Down", "Enter").see("^Bob>").see("from Bob 39")
    alice.gone("● Bob +40").keys("PageUp", "PageUp").see("↓ more")
    alice.keys("M-<").see("from Bob 0$").keys("M->").see("from Bob 39")
    alice.keys("M-a").see("^Kim>").see("from Kim").keys("M-p").see("^Bob>")
    alice.keys("M-s").see("─ Kim").keys("M-o").see("^Kim>").keys("M-z")
    alice.gone("─ Bob").keys("M-z").see("─ Bob").keys("M-q").gone("─ Kim")
    alice.keys("M-/").write("from").see("hit").keys("Enter", "n").settle()
    alice.keys("q").gone("hit").keys("F7").see("^search:").write("kim")
    alice.see("Messages").keys("Escape").see("^Bob>")
    alice.line("/chat show kim").see("^Kim>").keys("F1").see("In a chat")
    alice.keys("F1").gone("In a chat").resize(20, 60).settle()
    alice.resize(30, 100).settle(0.5)
    assert trace.read_bytes() == before
    alice.write("h").see("^Kim> h")
    alice.wait("something in the trace",
               lambda: b"iscomposing" in trace.read_bytes()[len(before):])
    alice.keys("C-u")
    finish(alice)


def test_where_unread_begins(world):
    """A line above the first that nobody saw; a mark while new text waits
    below; days."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show kim").see("^Kim>")
    kim.do("msg", world.uri("alice"), "seen at once")
    alice.see("seen at once")
    alice.line("/chat show bob").see("^Bob>")
    kim.do("msg", world.uri("alice"), "not seen yet")
    kim.do("msg", world.uri("alice"), "nor this")
    # What is drawn at once is not taken for unread.
    alice.see("● Kim +2").see("1 Kim\\(2\\)").settle(0.5)
    alice.keys("M-a").see("nor this")
    alice.gone("● Kim +2").gone("Kim\\(2\\)").settle()
    text = alice.text()
    assert (text.index("DAY") < text.index("seen at once")
            < text.index("── new ──") < text.index("not seen yet"))
    # Who answers has read it.
    alice.line("I saw").see("I saw +✓").gone("── new ──")

    for n in range(40):
        kim.do("msg", world.uri("alice"), "row %d" % n)
    alice.see("row 39").gone("↓").keys("PageUp").see("↓ more")
    kim.do("msg", world.uri("alice"), "far below")
    kim.do("msg", world.uri("alice"), "further below")
    alice.see("↓ 2 new").gone("far below").see("● Kim +2")
    alice.keys("M->").see("further below").gone("↓").gone("● Kim +2")

    # What nobody saw begins further up: told until it was in sight.
    alice.line("I saw").gone("── new ──").gone("↑")
    alice.line("/chat show bob").see("^Bob>")
    for n in range(40):
        kim.do("msg", world.uri("alice"), "again %d" % n)
    alice.see("● Kim +40").settle(0.5)
    alice.keys("M-a").see("again 39").see("↑ new$").keys("PageUp")
    alice.see("── new ──").keys("M->").see("again 39").gone("↑")
    alice.line("I saw").see("I saw +✓")
    alice.keys("M-a").see("nothing is unread")
    finish(alice)


def test_typing_in_tabs(world):
    """Who types in another chat is seen in the tabs."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show kim").see("^Kim>")
    alice.line("/chat show bob").see("^Bob>")
    kim.do("typing", world.uri("alice"), "on")
    alice.see("^ 1 Kim…  2 Bob$").gone("is typing")
    kim.do("typing", world.uri("alice"), "off")
    alice.see("^ 1 Kim  2 Bob$")
    finish(alice)


def test_why(world):
    """The cause of what failed stands below it; a key tells the cure."""
    bob = world.start("bob", world.person(
        "bob", "account set me accept buddies\n"))
    bob.expect("account", state="online")
    alice = world.alice("bob").see("Bob")
    alice.line("/chat show bob").see("^Bob>")
    alice.keys("M-y").see("no message waits, and none in sight has failed")
    alice.line("hello").see("hello +✗").see("Forbidden")
    alice.keys("M-y").see("Forbidden.*; /msg --resend\\s+\\d+ sends it again")
    alice.line("/bind -p chat F4 chat why").keys("F4").see("--resend")
    finish(alice)


def test_questions_queue(world):
    """One after the other; what is answered elsewhere is not asked."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept ask\n"), rows=24, cols=120)
    alice.see("me ●").line("/chat show sip:someone@lab.test")
    alice.see("^someone.*>").write("draft").see("> draft")
    bob = world.peer("bob", "account set me display-name Bob\n")
    kim = world.peer("kim", "account set me display-name Kim\n")
    bob.do("buddy", "add", world.uri("alice"))
    alice.see("Added you: Bob")
    kim.do("buddy", "add", world.uri("alice"))
    alice.see("Added you: Bob.* \\+1$").see("> draft").see("─ someone")
    alice.same("questions")
    # Another key, and the bar tells it.
    alice.keys("C-u").line("/unbind -p question F2")
    alice.line("/bind -p question M-y screen answer accept")
    alice.see("Added you: Bob.*M-y accept").keys("M-y")
    alice.see("Added you: Kim").gone("\\+1$")
    bob.expect("presence", buddy=world.uri("alice"), state="online")
    alice.line("/buddy accept " + world.uri("kim")).gone("Added you")
    kim.expect("presence", buddy=world.uri("alice"), state="online")
    alice.keys("M-y").gone("nothing is asked")
    alice.line("/screen answer accept").see("nothing is asked")
    finish(alice)


def test_later_and_decline(world):
    """Later leaves it open; who is declined is told nothing more."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept ask\n"))
    alice.see("me ●")
    bob, kim = world.peer("bob"), world.peer("kim")
    bob.do("buddy", "add", world.uri("alice"))
    alice.see("Added you.*bob").keys("F5").gone("Added you")
    bob.none("presence", 0.3, state="online")
    alice.line("/buddy accept " + world.uri("bob"))
    bob.expect("presence", buddy=world.uri("alice"), state="online")
    kim.do("buddy", "add", world.uri("alice"))
    alice.see("Added you.*kim").keys("F3").gone("Added you")
    kim.expect("presence", buddy=world.uri("alice"), state="unknown")
    kim.none("presence", 0.3, state="online")
    finish(alice)


def test_session_of_a_stranger(world):
    """Rings in the same bar until it is answered, or given up."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept ask\n"))
    alice.see("me ●")
    bob = world.start("bob", world.person(
        "bob", "account set me accept all\naccount set me session session\n"))
    bob.expect("account", state="online")
    number = bob.send("chat", "open", world.uri("alice"))
    alice.see("Asks for a chat: .*bob").keys("F2").see("^bob.*>")
    alice.gone("Asks for a chat").see("session, UDP ─")
    assert bob.reply(number)["ok"]
    bob.do("chat", "close", world.uri("alice"))
    alice.see("closed the session").gone("UDP ─")
    number = bob.send("chat", "open", world.uri("alice"))
    alice.see("Asks for a chat").keys("F3").gone("Asks for a chat")
    assert not bob.reply(number)["ok"]
    number = bob.send("chat", "open", world.uri("alice"))
    alice.see("Asks for a chat")
    bob.do("chat", "close", world.uri("alice"))
    alice.gone("Asks for a chat")
    finish(alice)


def test_read_in_both_halves_of_a_split(world):
    """A chat in sight is read whether it has the keys or not, unless the
    terminal has lost the focus or the chat is scrolled up."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show bob").see("^Bob>").line("/chat show kim")
    alice.see("^Kim>").keys("M-s").see("─ Bob").settle()
    bob.do("msg", world.uri("alice"), "beside")
    kim.do("msg", world.uri("alice"), "here")
    alice.see("beside").see("here").settle()
    assert "+1" not in alice.text()
    alice.keys("F6").see("F6")  # the keys go to the list
    bob.do("msg", world.uri("alice"), "still beside")
    kim.do("msg", world.uri("alice"), "still here")
    alice.see("still beside").see("still here").settle()
    assert "+1" not in alice.text()
    alice.keys("F6").write("\x1b[O").settle()
    bob.do("msg", world.uri("alice"), "unseen")
    alice.see("unseen").see("● Bob +1")
    alice.write("\x1b[I").gone("● Bob +1")
    finish(alice)
