# SPDX-License-Identifier: GPL-3.0-or-later
"""`account add` on the full screen: questions stand in the line of input, and
choices in the bar."""

import os

import pytest

from peer import Peer
from sotto import account
from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def server(kamailio, port, transport="tls"):
    return "127.0.0.1:%d;transport=%s" % (port, transport)


def begin(s, secret="secret-alice"):
    """Up to the first try, which finds no server."""
    s.line("/account add").see("^Address:$").line("alice@lab.test")
    s.see("^Name of the account: alice$").keys("Enter")
    s.see("F2 command  F3 ask  F4 file").keys("F4")
    s.see("^Password for sip:alice@lab.test:$").line(secret)
    return s.see("^Change:")


def config(s):
    with open(os.path.join(s.home, "sotto.conf"), encoding="utf-8") as f:
        return f.read()


def test_from_nothing_to_online(kamailio, screen):
    """A wrong password first, then a refused certificate and its cure; what
    was written signs in at the next start."""
    s = screen("alice", "# mine\n", rows=24, cols=80)
    s.see("No account yet").see("/account add").see("--demo").see("/quit")
    s.line("/account add").see("Address:").same("setup-address")
    s.keys("C-c").see("no account was added")
    begin(s, "wrong").same("setup-failed")
    s.keys("F4").see("^Server:$")
    s.line(server(kamailio, kamailio.port, "udp"))
    s.see("wrong password").keys("F2").see("^Password for")
    s.line("secret-alice").see("is signed in, and is in")
    assert "secret-alice" not in s.text()
    assert config(s).startswith("# mine\n# by `account add`\n")
    s.line("/quit").ended()
    again = screen("alice", config(s))
    again.see("alice ● alice@lab.test")


def test_certificate(kamailio, screen):
    """The sentence tells the setting that cures it; no key accepts it."""
    s = screen("alice", rows=24, cols=80).see("No account yet")
    begin(s).keys("F4").line(server(kamailio, kamailio.wrong_port))
    s.see("tls-ca-file=FILE").keys("F5").see("^Setting:$")
    s.line("tls-ca-file " + kamailio.ca)
    s.see(r"\(tls-name=other.example accepts it\)").same("setup-certificate")
    s.keys("F7").settle().see("^Change:").see("tls-name=other.example")
    s.keys("F5").see("^Setting:$").line("tls-name other.example")
    s.see("is signed in")
    assert "account set alice tls-name other.example\n" in config(s)


def test_the_cure_is_in_sight(kamailio, screen):
    """What went wrong is shown to its end, where the setting stands; a key
    takes it away."""
    s = screen("alice", account("work", "alice", kamailio, "tls",
                                port=kamailio.wrong_port), rows=24, cols=80)
    s.line("/login work").see(r"\(tls-name=other.example")
    s.same("certificate").keys("C-l").gone("other.example")


def test_the_chat_stays(world):
    """The question stands below a chat that goes on."""
    alice, bob = world.alice("bob"), world.peer("bob")
    alice.see("me ●").line("/chat show bob").see("^Bob>")
    alice.line("/account add").see("^Address:$")
    bob.do("msg", world.uri("alice"), "are you there?")
    alice.see("are you there").keys("PageUp", "PageDown")
    alice.write("al").keys("F7").see("there is a question to answer")
    alice.see("^Address: al$").keys("M-Enter").write("ice")
    alice.see("^Address: alice$").keys("F6", "F6").see("^Address: alice$")
    alice.keys("Escape").see("no account was added").see("^Bob>")


def test_draft_comes_back(world):
    alice = world.alice("bob", "kim",
                        more="bind -p any F3 'account add'\n")
    alice.see("me ●").line("/chat show kim").line("/chat show bob")
    alice.see("^Bob>").write("half a text").see("half a text")
    alice.keys("F3").see("^Address:$").write("x").keys("Up")
    alice.see("^Address: x$").keys("M-p").see("^Address: x$")
    alice.keys("C-c").see("^Kim>").keys("M-n").see("^Bob> half a text$")
    alice.keys("F3").see("^Address:$").keys("Escape")
    alice.see("^Bob> half a text$")


def test_mouse_and_words(screen):
    """A choice by the mouse, by its beginning, by Tab, and by none."""
    s = screen("alice", "set mouse yes\n", rows=24, cols=80)
    s.see("No account yet").line("/account add me").see("^Address:$")
    s.line("alice@nowhere.invalid").see("F3 ask").write("nothing\r")
    s.see("^How: nothing$").keys("C-u").write("c\t").see("^How: com")
    s.keys("C-u").write("a\r").see("^Password for").keys("Escape")
    s.see("no account was added")
    s.line("/account add me").see("^Address:$").line("alice@nowhere.invalid")
    s.see("F3 ask")
    row = s.lines()[-1]
    col = row.index("ask") + 1
    s.write("\x1b[<0;%d;24M\x1b[<0;%d;24m" % (col, col))
    s.see("^Password for")


@pytest.mark.parametrize("rows, cols", [(5, 20), (10, 40), (24, 60), (1, 1)])
def test_small(screen, rows, cols):
    s = screen("alice", rows=rows, cols=cols)
    s.settle().line("/account add").settle().line("alice@nowhere.invalid")
    s.settle().keys("Enter").settle().line("ask").settle().line("x")
    s.settle().keys("C-c").settle().resize(24, 80).see("no account was added")


def test_strangers_bytes(screen):
    """What a server says of it is shown, none of its control bytes."""
    server = Peer()
    s = screen("alice", rows=24, cols=80).see("No account yet")
    s.line("/account add").see("^Address:$")
    s.line("alice@127.0.0.1:%d" % server.port)
    s.see("^Name of the account:").keys("Enter").see("F3 ask").keys("F3")
    s.see("^Password for").line("x").see("Enter stops:$")
    server.answer(server.recv("REGISTER"), "403 Q\x1b[66mW\x07\u202eX\u009b66m",
                  'Warning: 399 lab "Q\x1b[67mW\x9d0;PWNED"')
    s.see("could not sign in").see("^Change:").keys("C-c")
    s.see("no account was added")
    for evil in (b"\x1b[66m", b"\x1b[67m", b"W\x07", "\u202e".encode(),
                 b"\xc2\x9b", b"\xc2\x9d"):
        assert evil not in s.raw, evil
    server.close()


def test_left_open(screen):
    """The program ends while something is asked: nothing is left."""
    s = screen("alice").see("No account yet")
    s.line("/account add").see("^Address:$").signal(15)
    assert s.ended() == 0
    s = screen("alice")
    begin(s.see("No account yet")).signal(1)
    assert s.ended() == 0
    assert config(s) == ""
    s = screen("alice").see("No account yet")
