# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that the terminal may open (OSC 8): whole when wrapped, closed at the
end of their row, nowhere else, and none of a stranger's making."""

import re
import signal

import pytest

from screen import Stream, Terminal
from world import World

LINK = re.compile(rb"\x1b\]8;id=(\d+);([^\x00-\x1f\x7f-\xff]+)\x1b\\"
                  rb"\x1b\[([0-9;]*)m([^\x00-\x1f\x7f]*)\x1b\]8;;\x1b\\")
LONG = "https://example.org/" + "Q9Z8" * 40


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def found(raw):
    """(id, URI, what is shown) of each piece, in the order of writing."""
    pieces = [(m[1], m[2].decode(), m[4].decode())
              for m in LINK.finditer(raw)]
    # Nothing else of the kind, and none is left open.
    assert raw.count(b"\x1b]8;") == 2 * len(pieces)
    return pieces


def linked(s):
    """Cells that are a link now: text by row. They are drawn struck through
    instead, which nothing here ever is."""
    raw = LINK.sub(lambda m: b"\x1b[%sm\x1b[9m%s\x1b[29m" % (m[3], m[4]),
                   bytes(s.raw))
    terminal = Terminal(s.terminal.columns, s.terminal.lines)
    stream = Stream(terminal)
    stream.feed(raw)
    assert terminal.display == s.terminal.display
    rows = {}
    for y in range(terminal.lines):
        row = "".join(terminal.buffer[y][x].data
                      for x in range(terminal.columns)
                      if terminal.buffer[y][x].strikethrough)
        if row:
            rows[y] = row
    return rows


def chat(world, **options):
    kim = world.peer("kim")
    s = world.alice("bob", "kim", **options).see("[●*] Kim")
    s.line("/chat show kim").see("^Kim>")
    return s, kim


def test_wrapped(world):
    s, kim = chat(world)
    mark = len(s.raw)
    kim.do("msg", world.uri("alice"), "see " + LONG + " and sip:bob@lab.test")
    s.see("bob@lab.test").settle()
    pieces = found(bytes(s.raw[mark:]))
    ids = {p[0] for p in pieces if p[1] == LONG}
    assert len(ids) == 1
    assert all(p[2] in LONG for p in pieces if p[1] == LONG)
    other = {p[0] for p in pieces if p[1] == "sip:bob@lab.test"}
    assert len(other) == 1 and not other & ids
    rows = linked(s)
    assert "".join(rows.values()) == LONG + "sip:bob@lab.test"
    assert len(rows) > 3
    finish(s)


def test_only_where_they_are(world):
    """Scrolled, covered, split, folded, painted anew, in another theme."""
    s, kim = chat(world)
    for text in ("one " + LONG, "two https://example.com/a", "three"):
        kim.do("msg", world.uri("alice"), text)
    s.see("three")
    short = "https://example.com/a"
    assert "".join(linked(s.settle()).values()) == LONG + short
    for n in range(25):
        kim.do("msg", world.uri("alice"), "line %d" % n)
    s.see("line 24").settle()
    assert linked(s) == {}
    s.keys("PageUp").see("two https").settle()
    assert "".join(linked(s).values()).endswith(short)
    s.keys("F1").see("─ keys").settle()
    assert linked(s) == {}
    s.keys("q").gone("─ keys").settle()
    s.keys("M-<").see("Kim +one").settle()
    assert "".join(linked(s).values()) == LONG + short
    s.line("/chat show bob").see("^Bob>").settle()
    assert linked(s) == {}
    s.line("/chat show kim").see("^Kim>")
    s.keys("M-<").see("Kim +one").settle()
    for command in ("/set buddies-width 40", "/set theme mono",
                    "/set theme light", "/chat split"):
        s.line(command).settle(0.3)
        assert "".join(linked(s).values()) in (LONG + short, ""), command
        s.signal(signal.SIGWINCH).settle()
        assert set("".join(linked(s).values())) <= set(LONG + short)
    finish(s)


def test_of_strangers(world):
    """What is shown is where it leads, and few schemes lead anywhere."""
    s, kim = chat(world)
    mark = len(s.raw)
    for text in ("\x1b]8;;https://evil.example/\x1b\\click me\x1b]8;;\x1b\\",
                 "\x1b]8;id=1;file:///etc/passwd\x07https://a.example\x07",
                 "javascript:alert(1) file:///etc/passwd data:text/html,x "
                 "ssh://a.example vbscript:x",
                 "https://a.example/\u202egro.elpmaxe",
                 "https://exam\u200bple.org/ https://b.example/\x9d8;;x\x9c",
                 "the end"):
        kim.do("msg", world.uri("alice"), text)
    s.see("the end").settle()
    for _, uri, shown in found(bytes(s.raw[mark:])):
        assert re.match(r"(https?|sips?):", uri), uri
        assert shown in uri, (uri, shown)
    assert not any("click" in row for row in linked(s).values())
    finish(s)


@pytest.mark.parametrize("options", [
    {"term": "linux"}, {"term": "vt100"}, {"env": {"LC_ALL": "C"}}])
def test_none(world, options):
    """Terminals that would print them, and where nobody counts columns."""
    s, kim = chat(world, **options)
    kim.do("msg", world.uri("alice"), "see " + LONG)
    s.see("Q9Z8").settle()
    assert b"\x1b]8" not in s.raw
    finish(s)
