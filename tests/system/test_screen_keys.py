# SPDX-License-Identifier: GPL-3.0-or-later
"""Every key that a fresh program has is pressed in its place, and does what
it is for. A key without a test is a test that fails."""

import re
import subprocess

import pytest

from kamailio import free_ports
from screen import key
from sotto import environment, program
from world import World

# place: keys that were pressed there.
PLACES = ("any", "chat", "buddies", "search", "results", "find", "hits",
          "command", "text", "question", "choice")


@pytest.fixture(scope="module")
def defaults(tmp_path_factory):
    """Place to keys, as the program itself lists them."""
    home = tmp_path_factory.mktemp("keys")
    conf = home / "sotto.conf"
    conf.write_text("")
    text = subprocess.run(
        [program(), "-f", str(conf), "-s", str(home / "state"), "keys"],
        env=environment(str(home)), capture_output=True, text=True,
        timeout=20, check=True).stdout
    found = {}
    for place, name in re.findall(r"^bind -p (\S+) (\S+) ", text, re.M):
        found.setdefault(place, set()).add(name.strip("'\""))
    return found


@pytest.fixture
def world(screen, start):
    return World(screen, start)


class Keys:
    """Presses keys on a screen and knows which in which place."""

    def __init__(self, s, defaults, place):
        self.s, self.place = s, place
        self.left = set(defaults[place])

    def __call__(self, *names):
        for name in names:
            self.left.discard(name)
            self.s.write(key(name))
        return self.s

    def all(self):
        assert not self.left, "%s: no test presses %s" % (
            self.place, sorted(self.left))


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def row_of(s, text):
    return next(y for y, row in enumerate(s.lines()) if text in row)


def marked(s, text):
    """The row with TEXT is the one that the cursor is on: its first cells do
    not look as those of the same kind."""
    row = s.terminal.buffer[row_of(s, text)]
    return row[2].reverse or row[2].bg != "default"


def test_every_place(defaults):
    """A new place asks for a test of its own here."""
    assert set(defaults) == set(PLACES)
    for place in PLACES:
        assert "test_" + place in globals()


def test_any(world, defaults):
    bob = world.peer("bob")
    names = ["c%d" % n for n in range(2, 10)]
    s = world.alice("bob", rows=24, cols=120).see("● Bob")
    press = Keys(s, defaults, "any")
    press("F1").see("^.*│Anywhere:")
    press("F1").gone("Anywhere:")
    press("F6").see("Enter chat")
    press("F6").gone("Enter chat")
    press("F7").see("^search:").keys("Escape").gone("^search:")
    press("F8").see(r"\[log\]").keys("q").gone(r"\[log\]")
    press("F9").gone("Buddies 1/1")
    press("F9").see("Buddies 1/1").settle()
    mark = len(s.raw)
    press("C-l").settle()
    assert len(s.raw) - mark > 500 and b"Buddies" in s.raw[mark:]
    press("C-z").wait("stop", lambda: s.state() == "T").signal(18)
    s.see("Buddies 1/1")

    s.line("/chat show bob").see("^Bob>$")
    for name in names:
        s.line("/chat show sip:%s@lab.test" % name).see("^%s.*>$" % name)
    for n, name in enumerate(["Bob"] + names, 1):
        press("M-%d" % n).see("^%s.*>$" % name)
    press("M-p").see("^c8.*>$")
    press("M-n").see("^c9.*>$")
    press("M-n").see("^Bob>$")
    press("M-p").see("^c9.*>$")
    for n in range(60):
        bob.do("msg", world.uri("alice"), "line %d." % n)
    s.see(r"1 Bob\(60\)")
    press("M-a").see("^Bob>$").see(r"line 59\.")

    press("PageUp").gone(r"line 59\.").see("↓ more")
    press("PageDown").see(r"line 59\.").gone("↓ more")
    press("M-<").see(r"line 0\.").gone(r"line 59\.")
    press("M->").see(r"line 59\.").gone(r"line 0\.")
    press("M-/").see("^find:").keys("Escape").see("^Bob>$")

    press("M-s").see("─ Bob .*─ c|─ c.*─ Bob")
    press("M-o").see("^c.*>$")
    press("M-z").gone("─ Bob")
    press("M-z").see("─ Bob")
    press("M-q").see("^Bob>$").gone("─ c9")
    press.all()
    finish(s)


def test_chat(world, defaults):
    bob = world.start("bob", world.person(
        "bob", "account set me accept buddies\n"))
    bob.expect("account", state="online")
    s = world.alice("bob").see("Bob").line("/chat show bob").see("^Bob>$")
    press = Keys(s, defaults, "chat")
    s.line("hello").see("hello +✗")
    press("M-y").see("sends it again")
    press("M-w").see("^>$").gone("1 Bob")
    press.all()
    finish(s)


def test_buddies(world, defaults):
    world.peer("bob")
    world.peer("kim").do("presence", "set", "offline")
    s = world.alice("bob", "kim", cols=120).see("● Bob").see("○ Kim")
    s.keys("F6").see("Enter chat")
    press = Keys(s, defaults, "buddies")

    def on(name):
        return s.wait("cursor on " + name, lambda: marked(s, name))

    press("Home")
    on("Friends")
    press("Down")
    on("● Bob")
    press("Up")
    on("Friends")
    press("End")
    on("○ Kim")
    press("Home", "Space").gone("○ Kim")
    press("Space").see("○ Kim")
    column = s.lines()[5].index("│")
    press("+").wait("wider", lambda: s.lines()[5].index("│") == column + 2)
    press("-").wait("as before", lambda: s.lines()[5].index("│") == column)
    press("o").gone("Kim")
    press("o").see("Kim")
    press("?").see("In the buddy list:").keys("Escape").see("Enter chat")
    press("Escape").see("F6 buddies").keys("F6").see("Enter chat")
    press("Home", "Down")
    on("● Bob")
    press("i").see(r"sip:bob@127\.0\.0\.1")
    for name, command in (("a", "/buddy add"), ("r", "/buddy rename Bob"),
                          ("g", "/buddy group Bob"),
                          ("d", "/buddy remove Bob"),
                          ("Delete", "/buddy remove Bob"),
                          ("b", "/buddy block Bob")):
        press(name).see("^command: %s$" % command).keys("Escape")
        s.gone("^command:").see("Enter chat")
    press("Enter").see("^Bob>$")
    press.all()
    finish(s)


def test_search(world, defaults):
    bob = world.peer("bob")
    s = world.alice("bob").see("● Bob")
    for n in range(3):
        bob.do("msg", world.uri("alice"), "find me %d" % n)
    press = Keys(s, defaults, "search")
    s.keys("F7").see("^search:$").write("sip:carol@lab.test").see("People")
    press("M-i").see("Buddies 1/2").keys("F7").see("^search:")
    press("Escape").gone("^search:").keys("F7").see("^search:")
    s.keys("C-u").write("find").see("find me 2").see("Down choose")
    press("Down").see("a add").keys("Escape").see("Down choose")
    press("Up").see("a add").keys("Escape").see("Down choose")
    press("Enter").see("^Bob>$").gone("search:")
    press.all()
    finish(s)


def test_results(world, defaults):
    bob = world.peer("bob")
    s = world.alice("bob").see("● Bob")
    for n in range(4):
        bob.do("msg", world.uri("alice"), "find me %d" % n)
    press = Keys(s, defaults, "results")
    s.keys("F7").see("^search:$").write("find").see("find me 3").settle()
    s.keys("Down").see("a add")

    def on(text):
        y = row_of(s, text)
        x = s.terminal.display[y].index(text)
        return s.wait("cursor on " + text,
                      lambda: s.terminal.buffer[y][x].reverse
                      or s.terminal.buffer[y][x].bg != "default")

    press("Home")
    on("find me 3")
    press("Down")
    on("find me 2")
    press("Up")
    on("find me 3")
    press("End")
    on("find me 0")
    press("?").see("In what a search found").keys("q").see("a add")
    press("i").see("Down choose").keys("Down").see("a add")
    press("Escape").see("Down choose").keys("C-u")
    for name, who in (("a", "carol"), ("M-i", "dave")):
        s.keys("C-u").write("sip:%s@lab.test" % who)
        s.see(r"│ sip:%s@lab" % who).keys("Down").see("a add")
        press(name).see("^ . %s|^ +. %s|○ %s|[?] %s" % ((who,) * 4))
        s.see("Buddies 1/%d" % (2 if name == "a" else 3))
        s.keys("F7").see("Down choose")
    s.keys("C-u").write("find").see("find me 3").keys("Down").see("a add")
    press("Enter").see("^Bob>$").gone("search:")
    press.all()
    finish(s)


@pytest.fixture
def apples(world):
    """Alice's chat with Bob with an apple now and then."""
    bob = world.peer("bob")
    s = world.alice("bob").see("● Bob").line("/chat show bob").see("^Bob>")
    for n in range(31):
        bob.do("msg", world.uri("alice"), "line %d %s" % (
            n, "apple" if n % 10 == 0 else "pear"))
    return s.see("line 30").keys("M-/").see("^find:").write("apple").see(
        "hit 1")


def test_find(apples, defaults):
    s, press = apples, Keys(apples, defaults, "find")
    press("Up").see("hit 2")
    press("Down").see("hit 1")
    press("Enter").see("i search on").keys("i").see("Enter take")
    press("Escape").see("^Bob>$").gone("hit 1")
    press.all()
    finish(s)


def test_hits(apples, defaults):
    s = apples.keys("Enter").see("i search on")
    press = Keys(s, defaults, "hits")
    press("n").see("hit 2")
    press("N").see("hit 1")
    press("Up").see("hit 2")
    press("Down").see("hit 1")
    press("?").see("At the hits in a chat").keys("q").see("i search on")
    press("i").see("Enter take").keys("Enter").see("i search on")
    press("q").see("^Bob>$").keys("M-/").see("^find:").keys("Enter")
    s.see("i search on")
    press("Escape").see("^Bob>$")
    press.all()
    finish(s)


def test_command(world, defaults):
    s = world.alice("bob").see("Bob").write("draft").keys("F6", "a")
    s.see("^command: /buddy add")
    press = Keys(s, defaults, "command")
    press("Escape").see("> draft$").see("Enter chat").keys("Escape")
    s.see("F6 buddies").keys("C-u")
    press.all()
    finish(s)


def test_text(world, defaults):
    text = "; ".join("echo %d: %s" % (n, "apple" if n % 30 == 0 else "pear")
                     for n in range(1, 91))
    s = world.alice("bob", more="alias poem '%s'\n" % text).see("Bob")
    s.line("/poem").see("1: pear")
    press = Keys(s, defaults, "text")

    def top(n):
        return s.wait("%d: at the top" % n, lambda: re.search(
            r"│\s*%d:" % n, s.lines()[2]))

    top(1)
    press("Down")
    top(2)
    press("Up")
    top(1)
    press("Enter")
    top(2)
    press("Space").gone("│ *2:").see("↓ more")
    press("End").see("90: apple").gone("↓ more")
    press("Home")
    top(1)
    s.keys("M-/").see("^find:").write("apple").see("30: apple")
    s.keys("Enter").gone("^find:")
    press("n").see("60: apple").gone("30: apple")
    press("N").see("30: apple").gone("60: apple")
    press("?").see("In a text to read").keys("q").see("30: apple")
    press("Escape").see("No chat is shown").line("/poem").see("1: pear")
    press("q").see("No chat is shown")
    press.all()
    finish(s)


def test_question(world, defaults):
    s = world.screen("alice", world.person(
        "alice", "account set me accept ask\n")).see("me ●")
    press = Keys(s, defaults, "question")
    bob, kim = world.peer("bob"), world.peer("kim")
    kim.do("buddy", "add", world.uri("alice"))
    s.see("Added you.*kim")
    press("F5").gone("Added you").see("decline or block sip:kim@127")
    s.line("/buddy show " + world.uri("kim")).see("but asks to see you")
    kim.none("presence", 0.2, state="online")
    s.line("/buddy decline " + world.uri("kim"))
    bob.do("buddy", "add", world.uri("alice"))
    s.see("Added you.*bob")
    press("F2").gone("Added you")
    bob.expect("presence", buddy=world.uri("alice"), state="online")
    for who, port, name in zip(("carol", "dave"), free_ports(2),
                               ("F3", "F4")):
        world.ports[who] = port
        peer = world.peer(who)
        peer.do("buddy", "add", world.uri("alice"))
        s.see("Added you.*" + who)
        press(name).gone("Added you")
        # Blocked is more than declined.
        peer.none("presence", 0.3, state="online")
        reply = peer.reply(peer.send("msg", world.uri("alice"), "hello"))
        assert reply["ok"] == (name == "F3"), (who, reply)
    press.all()
    finish(s)


def test_choice(screen, defaults):
    """Seven ways to go on with an account that could not sign in."""
    s = screen("alice").see("No account yet").line("/account add")
    s.see("^Address:$").line("alice@nowhere.invalid")
    s.see("^Name of the account:").keys("Enter").see("F2 command")
    press = Keys(s, defaults, "choice")
    press("F3").see("^Password for").line("x").see("^Change:", 20)
    press("F6").see("^Address:").keys("C-u").line("bob@nowhere.invalid")
    s.see("^Name of the account:").keys("Enter").see("^Change:", 20)
    press("F3").see("F2 command")
    press("F2").see("^Command:").line("echo x").see("^Change:", 20)
    press("F3").see("F2 command").keys("F3").see("^Password for")
    s.line("x").see("^Change:", 20)
    press("F2").see("^Password for").line("y").see("^Change:", 20)
    press("F4").see("^Server:").keys("Enter").see("^Change:")
    press("F5").see("^Setting:").keys("Enter").see("^Change:").settle()
    mark = len(s.raw)
    press("F7").settle().see("^Change:", 20)
    assert b"Change" in s.raw[mark:]
    press("F8").see("is in .*sotto.conf|is in")
    # A name that was only proposed follows the address.
    s.see(r"bob [✗○] bob@nowhere.invalid")
    press.all()
    finish(s)


def test_the_end_is_typed_twice(world):
    """One C-d on an empty line tells of the second, which leaves; another
    key, or time, comes between."""
    s = world.alice().see("me ●")
    s.write("a\x02\x04").settle()  # C-d deletes
    s.write("\x04").see("C-d again leaves").write("\x0c\x04").settle(0.3)
    s.write("x\x7f\x04").settle(0.3)
    s.settle(2.2, limit=4)
    s.write("\x04").see("C-d again leaves").settle(0.3)
    s.write("\x04")
    assert s.ended() == 0
