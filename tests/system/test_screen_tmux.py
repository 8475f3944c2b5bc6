# SPDX-License-Identifier: GPL-3.0-or-later
"""The full screen in a real tmux, as each kind of terminal that tmux can be,
with a locale that has UTF-8 and one that has not."""

import re

import pytest

from conftest import need
from tmux import Pane
from world import World

TERMS = ["xterm-256color", "screen-256color", "linux", "vt100"]
LOCALES = ["C", "C.UTF-8"]


@pytest.fixture
def tmux(tmp_path):
    need("tmux")
    running = []

    def begin(name, config="", *args, **options):
        running.append(Pane(tmp_path / name, config, *args, **options))
        return running[-1].begin()

    yield begin
    for pane in running:
        pane.end()


@pytest.fixture
def world(tmux, start):
    return World(tmux, start)


def chat(world, term="screen-256color", locale="C.UTF-8", **options):
    """Alice's pane with her chat with Kim, and Kim."""
    kim = world.peer("kim")
    s = world.alice("bob", "kim", term=term, env={"LC_ALL": locale}, **options)
    s.see("[●*] Kim").line("/chat show kim").see("^Kim>")
    s.line("hello Kim")
    assert kim.expect("message")["text"] == "hello Kim"
    s.see("hello Kim +[✓+]")
    kim.do("msg", world.uri("alice"), "日本語 and words")
    s.see("日本語 and words" if locale != "C" else "Kim +\\?+ and words")
    return s, kim


def finish(s):
    s.line("/quit").left()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("term", TERMS)
def test_day(world, term, locale):
    """Start, chat, list, search, split, sizes, the end."""
    s, kim = chat(world, term, locale)
    kim.do("typing", world.uri("alice"), "on")
    s.see("Kim is typing")
    s.keys("F6", "Home", "Space").gone("[●*] Kim").keys("Space")
    s.see("[●*] Kim").keys("Escape")
    s.keys("F7").see("^search:").line("words").see("Messages")
    s.keys("Escape").gone("^search:").see("^Kim>")
    s.line("/chat show bob").see("^Bob>").line("/chat show kim").see("^Kim>")
    bars = "[─-] %s .*[─-] %s "
    s.keys("M-s").see(bars % ("Kim", "Bob")).keys("M-o").see("^Bob>")
    for rows, cols in ((24, 80), (8, 30), (1, 1), (3, 10), (60, 200)):
        s.resize(rows, cols).settle(0.08)
    s.see(bars % ("Kim", "Bob")).resize(30, 100).settle()
    s.keys("M-o", "M-z").see("^Kim>").gone("[─-] Bob ")
    s.same("tmux-%s" % locale.lower())
    finish(s)


def test_suspended(world):
    """Ctrl-Z gives the shell its screen; fg comes back with what came."""
    s, kim = chat(world)
    s.write("draft").see("^Kim> draft").keys("C-z").see("^the shell was here")
    s.gone("Buddies").see(r"\$$")
    assert s.ask("#{alternate_on}") == "0"
    number = kim.send("msg", world.uri("alice"), "meanwhile")
    s.type("stty -a | grep -o -e ' icanon' -e ' echo ' | tr -d '\\n'")
    s.see("icanon echo").type("fg").see("^Kim> draft").see("meanwhile")
    assert kim.reply(number)["ok"]
    s.keys("Enter").see("draft +✓")
    finish(s)


def test_attached(world, screen):
    """Mouse, focus and pastes come through a tmux that somebody looks at."""
    kim = world.peer("kim")
    s = world.alice("bob", "kim", more="set mouse yes\n", focus=True)
    s.see("● Kim")
    # The outer terminal: tmux stands where the program would.
    outer = screen("outer", under=["sh", "-c", "exec tmux -L sotto attach"],
                   env=s.environ | {"TERM": "xterm-256color"})
    outer.see("● Kim")
    assert s.ask("#{mouse_sgr_flag}") == "1"
    row = next(y for y, t in enumerate(outer.lines()) if "● Kim" in t)
    click = "\x1b[<0;5;%dM\x1b[<0;5;%dm" % (row + 1, row + 1)
    outer.write(click).write(click).see("^Kim>")
    assert s.ask("#{pane_title}") == "sotto: Kim"
    outer.write("\x1b[O").settle()
    kim.do("msg", world.uri("alice"), "while nobody looks")
    outer.see("while nobody looks").see(r"1 Kim\(1\)")
    outer.write("\x1b[I").gone(r"\(1\)")
    s.paste("two\nlines").see("^lines").keys("Enter")
    assert kim.expect("message", direction="in")["text"] == "two\nlines"
    s.see("lines +✓")
    outer.settle()
    s.settle()
    assert outer.text().rstrip() == s.text().rstrip()
    finish(s)


def test_links(world):
    """A tmux that knows links has them whole, one that does not is left as
    it was."""
    s, kim = chat(world)
    link = "https://example.org/" + "Q9Z8" * 40
    kim.do("msg", world.uri("alice"), "see %s and more" % link)
    s.see("and more").settle()
    assert re.sub(r"[\s│]+", "", s.text()).count(link) == 1
    before = s.text()
    s.keys("C-l").settle()
    assert s.text() == before
    escapes = s.command("capture-pane", "-p", "-e")
    version = re.search(r"(\d+)\.(\d+)", s.command("-V")).groups()
    if tuple(map(int, version)) >= (3, 4):
        assert escapes.count("\x1b]8;") >= 2
        assert link in escapes
    finish(s)
