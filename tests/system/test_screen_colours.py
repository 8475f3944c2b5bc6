# SPDX-License-Identifier: GPL-3.0-or-later
"""As many colours as the terminal has, and none where none are wanted."""

import os
import re
import subprocess

import pytest

from conftest import need
from world import World

SGR = re.compile(rb"\x1b\[([0-9;]*)m")


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def kinds(raw):
    """How colours are named in RAW."""
    found = set()
    for m in SGR.finditer(raw):
        p = [int(x or 0) for x in m[1].split(b";")]
        while p:
            n = p.pop(0)
            if n in (38, 48):
                found.add({5: "256", 2: "true"}[p[0]])
                p = p[2:] if p[0] == 5 else p[4:]
            elif 30 <= n <= 37 or 40 <= n <= 47:
                found.add("8")
            elif 90 <= n <= 97 or 100 <= n <= 107:
                found.add("16")
    return found


# As xterm-direct has it, for a foreground (3) or a background.
DIRECT = (r"\E[%%?%%p1%%{8}%%<%%t%d%%p1%%d%%e%d8\:2\:\:%%p1%%{65536}%%/%%d\:"
          r"%%p1%%{256}%%/%%{255}%%&%%d\:%%p1%%{255}%%&%%d%%;m")


@pytest.fixture
def terminfo(tmp_path):
    """Where terminfo has a terminal of 16 colours, and one whose colours are
    their red, green and blue."""
    need("tic")
    source = tmp_path / "source"
    source.write_text("sixteen|with 16 colours,\n\tcolors#16, pairs#256,"
                      " use=xterm-256color,\n"
                      "direct|without a palette,\n\tRGB, colors#0x1000000,"
                      " pairs#0x7FFF, setab=%s, setaf=%s,"
                      " use=xterm-256color,\n"
                      % (DIRECT % (4, 4), DIRECT % (3, 3)))
    subprocess.run(["tic", "-x", "-o", str(tmp_path / "terminfo"),
                    str(source)], check=True)
    return {"TERMINFO": str(tmp_path / "terminfo")}


TRUE = "style peer fg #123456\nstyle link fg #abcdef underline\n"


@pytest.mark.parametrize("term,env,want", [
    ("xterm-256color", {}, {"256", "16", "8"}),
    ("xterm-256color", {"COLORTERM": "truecolor"},
     {"true", "256", "16", "8"}),
    ("xterm-256color", {"COLORTERM": "24bit"}, {"true", "256", "16", "8"}),
    ("sixteen", {}, {"16", "8"}),
    ("xterm", {}, {"8"}),
    ("linux", {}, {"8"}),
    ("vt100", {}, set()),
    ("vt100", {"COLORTERM": "truecolor"}, set()),
    ("xterm-256color", {"NO_COLOR": "1"}, set()),
    ("xterm-256color", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, set()),
    ("xterm-256color", {"NO_COLOR": ""}, {"256", "16", "8"})])
def test_kinds(world, terminfo, tmp_path, term, env, want):
    theme = tmp_path / "mine.theme"
    theme.write_text("style title bg 236\nstyle online fg red\n"
                     "style group fg bright-blue\n" + TRUE)
    kim = world.peer("kim")
    s = world.alice("kim", more="set theme %s\n" % theme, term=term,
                    env={**env, **(terminfo if term == "sixteen" else {})})
    s.see("Kim").line("/chat show kim").see("^Kim>")
    kim.do("msg", world.uri("alice"), "see https://example.org/a")
    s.see("example.org").settle()
    assert kinds(bytes(s.raw)) == want
    if "true" in want:
        assert b"38;2;18;52;86" in s.raw and b"38;2;171;205;239" in s.raw
    s.line("/quit")
    assert s.ended() == 0


@pytest.mark.parametrize("theme", ["dark", "light", "mono"])
def test_shipped(world, theme):
    """Each can be had while it runs; mono has no colour at all."""
    s = world.alice("bob").see("Bob")
    s.line("/set theme " + theme).settle()
    mark = len(s.raw)
    s.line("/screen redraw").settle()
    assert bool(kinds(bytes(s.raw[mark:]))) == (theme != "mono")
    s.line("/quit")
    assert s.ended() == 0


@pytest.mark.parametrize("theme", ["dark", "light", "mono"])
def test_keys_of_a_question_are_seen(world, theme):
    """Nothing on the screen has the colour of its ground."""
    kim = world.peer("kim")
    s = world.screen("alice", world.person(
        "alice", "account set me accept ask\nset theme %s\n" % theme))
    s.see("me ●")
    kim.do("buddy", "add", world.uri("alice"))
    s.see("Added you").line("/chat show %s" % world.uri("kim")).see("^kim")
    s.settle()
    row = next(y for y, t in enumerate(s.lines()) if "F2 accept" in t)
    cells = s.terminal.buffer[row]
    at = s.terminal.display[row].index("F2")
    assert cells[at] != cells[at + 3]._replace(data="F")  # it stands out
    for y in range(s.terminal.lines):
        for x in range(s.terminal.columns):
            c = s.terminal.buffer[y][x]
            assert c.data == " " or c.fg != c.bg or c.fg == "default", (
                y, x, c)
    s.line("/quit")
    assert s.ended() == 0


def test_direct(world, terminfo, tmp_path):
    """Numbers of the palette are no colours there: what they stand for is."""
    theme = tmp_path / "mine.theme"
    theme.write_text("style title bg 236\nstyle online fg red\n"
                     "style group fg bright-blue\n" + TRUE)
    kim = world.peer("kim")
    s = world.alice("kim", more="set theme %s\n" % theme, term="direct",
                    env=terminfo)
    s.see("Kim").line("/chat show kim").see("^Kim>")
    kim.do("msg", world.uri("alice"), "see https://example.org/a")
    s.see("example.org").settle()
    for sgr in (b"48:2::48:48:48", b"\x1b[31m", b"38:2::92:92:255",
                b"38:2::18:52:86", b"38;2;171;205;239"):
        assert sgr in s.raw, sgr
    assert b"8;5;" not in s.raw
    s.line("/quit")
    assert s.ended() == 0
