# SPDX-License-Identifier: GPL-3.0-or-later
"""The cursor is where the text is: graphemes of all kinds in the line of
input, in names and in messages, as tmux and pyte count columns.
SOTTO_TEST_ALL=1: 20 times as many; SOTTO_SEED chooses others."""

import os
import random
import signal

import pytest

from conftest import need
from tmux import Pane
from world import World

ALL = os.environ.get("SOTTO_TEST_ALL") == "1"
SEED = int(os.environ.get("SOTTO_SEED", "1"))

GRAPHEMES = [
    "a", "Z", "é", "ß", "ø", "Ж", "Ω", "e\u0301", "a\u0308\u0323",
    "o" + "\u0301\u0327\u0323" * 3, "日", "本", "語", "ｱﾞ", "한", "각",
    "\u1112\u1161\u11ab", "ก็", "ที่", "क्षि", "नि", "த", "ம்", "س", "ل",
    "\u05e9\u05c1",
    "…", "—", "“", "½", "★", "→", "─", "①", "㎏", "Ａ", "　",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f469\U0001f3fd\u200d\U0001f4bb", "\U0001f44d\U0001f3ff",
    "\U0001f1e9\U0001f1ea", "\U0001f1ef\U0001f1f5\U0001f1ef",
    "\u2764\ufe0f", "\u2764", "\u263a\ufe0e", "1\ufe0f\u20e3", "#\u20e3",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067"
    "\U000e007f", "\U0001f3f3\ufe0f\u200d\U0001f308", "\u200b", "\u00ad",
    "\u2060", "\ufeff", "\ue000", "\U00020000", "\U0001fae0", "\u0378",
]


# Pyte gives parts of a syllable a cell each.
PYTE = [g for g in GRAPHEMES if "\u1161" not in g]


def random_text(rng, graphemes, n):
    return "".join(rng.choice(graphemes) for _ in range(n))


def marked(rng, graphemes, pieces):
    """Pieces between bars, which have to be found again."""
    return "|" + "".join(random_text(rng, graphemes, rng.randint(1, 4)) + "|"
                         for _ in range(pieces))


def walk(s, text, at_cursor):
    """From bar to bar in the line of input: the cursor is on each."""
    s.write("\x01").settle(0.05)
    for n in range(text.count("|")):
        if n:
            s.write("\x1d|").settle(0.05)
        assert at_cursor() == "|", (n, ascii(text), s.cursor(), s.text())


@pytest.fixture
def world(screen, start):
    return World(screen, start)


def test_input_pyte(screen):
    rng = random.Random(SEED)
    s = screen("alice").see("No account yet")

    def at_cursor():
        y, x = s.cursor()
        return s.terminal.buffer[y][x].data

    for _ in range(200 if ALL else 10):
        text = marked(rng, PYTE, 7)
        s.write(text)
        walk(s, text, at_cursor)
        s.keys("C-e", "C-u").settle(0.05)
    s.line("/quit")
    assert s.ended() == 0


def test_input_tmux(tmp_path):
    need("tmux")
    rng = random.Random(SEED)
    s = Pane(tmp_path / "alice")
    try:
        s.begin().see("No account yet")
        for _ in range(200 if ALL else 5):
            text = marked(rng, GRAPHEMES, 7)
            s.write(text).see(r"\|$")
            walk(s, text, lambda: s.ask("#{cursor_character}"))
            s.write("\x05\x15").gone(r"\|")
        s.line("/quit").left()
    finally:
        s.end()


def test_names_and_messages(world):
    """What stands behind them on their rows is where it belongs."""
    rng = random.Random(SEED)
    kim = world.peer("kim")
    names = ["x" + random_text(rng, PYTE, rng.randint(1, 12))
             for _ in range(16)]
    s = world.alice("kim", more="".join(
        "buddy add sip:b%d@example.org -n '%s' -g Names\n" % (n, name)
        for n, name in enumerate(names)))
    s.see("● Kim").line("/chat show kim").see("^Kim>")

    def cell(y, x):
        return s.terminal.buffer[y][x].data

    for _ in range(100 if ALL else 10):
        number = kim.send("msg", world.uri("alice"),
                          random_text(rng, PYTE, rng.randint(1, 80)))
        # One row, and its mark is in the column of marks.
        s.line(marked(rng, PYTE, 5)).see(r"\|.*✓$")
        assert kim.reply(number)["ok"]
        s.settle(0.05)
        y = max(n for n, row in enumerate(s.lines()) if row.endswith("✓"))
        assert cell(y, 98) == "✓", s.text()
        borders = [cell(n, 24) for n in range(2, 26)]
        assert borders == ["│"] * len(borders), s.text()
        have = s.text()
        assert have == s.signal(signal.SIGWINCH).settle(0.1).text()
    s.line("/quit")
    assert s.ended() == 0
