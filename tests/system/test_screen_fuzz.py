# SPDX-License-Identifier: GPL-3.0-or-later
"""Random keys, resizes and traffic in the full screen. SOTTO_TEST_ALL=1:
20 times as many; SOTTO_SEED and SOTTO_KEYS choose others. The seed also
chooses terminal, locale and the way of editing."""

import os
import random
import signal

from screen import KEYS, key
from world import World

WORDS = ["kim", "hello ", "/", "/chat ", "/buddy ", "//x", "日本", "e\u0301",
         "\U0001f469\u200d\U0001f4bb", "?", "%", "'", " ", "q", "n", "+", "-",
         "/search kim\r", "/chat show bob\r", "/chat show kim\r",
         "/help\r", "/chat split\r", "/chat unsplit\r", "r", "b", "i", "d",
         "/screen show hits\r", "/screen type x % y\r", "/set buddies-width 40\r", "/options\r",
         "/set buddies-hidden yes\r", "/chat close\r", "/presence show kim\r",
         "/history show kim\r", "/account list\r", "/set theme mono\r",
         "/set theme light\r", "/set theme dark\r", "/screen edit\r",
         "/trace on\r", "/trace show\r", "/trace show\r", "/log\r", "N", "message",
         "/screen show output\r"]
# Ctrl-D on an empty line leaves, Ctrl-Z stops.
CONTROLS = "abcefghijklnopqrstuvwxy_]"
BYTES = ["\x1b", "\x1b[", "\x1bO", "\x1b[200~a\nb\x1b[201~", "\x1b[<0;5;5M",
         "\x1b[<0;30;5m", "\x1b[<64;40;5M", "\x1b[<65;40;5M", "\x1b[I",
         "\x1b[O", "\xff", "\x1b[1;5A", "\x1b[<0;999;999M", "\x1b[999~"]
SIZES = [(30, 100), (24, 80), (30, 50), (8, 30), (3, 10), (1, 1), (60, 200),
         (200, 500), (7, 40), (9, 29)]
TEXTS = ["short", "word " * 60, "one\ntwo\nthree", "\x1b[2J\u009b31m\u202e",
         "https://example.org/" + "x" * 150, "日本語" * 40, "\U0001f600" * 50,
         " ", "e" + "\u0301" * 30]

EDITING = ["", "set editing-mode vi\n",
           "set show-mode-in-prompt on\nset revert-all-at-newline on\n"
           '"\\C-t": "a macro\\C-x\\e\\C-xq"\n']
TERMS = ["xterm-256color", "screen-256color", "linux", "vt100"]


def random_key(rng):
    kind = rng.random()
    if kind < 0.35:
        return key(rng.choice(list(KEYS)))
    if kind < 0.55:
        return key("M-" + rng.choice(list("anpsozqwy<>/123i?bfdu\r")))
    if kind < 0.70:
        return key("C-" + rng.choice(CONTROLS))
    if kind < 0.78:
        return rng.choice(BYTES)
    return rng.choice(WORDS)


def same_drawn_anew(s, done):
    """What came step by step is what a cleared terminal shows."""
    for _ in range(4):
        have = s.settle(0.08, 3).text()
        s.signal(signal.SIGWINCH)
        anew = s.settle(0.08, 3).text()
        if have == anew:
            return
    assert have == anew, "%s\n%s\n----\n%s" % (done[-30:], have, anew)


def traffic(rng, world, kim):
    if rng.random() < 0.2:
        kim.send("presence", "set", rng.choice(["online", "away", "busy"]),
                 rng.choice(TEXTS).replace("\n", " ").strip() or "x")
    elif rng.random() < 0.1:
        kim.send("typing", world.uri("alice"), rng.choice(["on", "off"]))
    else:
        kim.send("msg", world.uri("alice"), rng.choice(TEXTS) + "x")


def test_random_keys(screen, start, tmp_path):
    # Of some words that were undone readline itself loses a few bytes.
    known = tmp_path / "leaks"
    known.write_text("leak:libreadline\n")
    everything = os.environ.get("SOTTO_TEST_ALL") == "1"
    seed = int(os.environ.get("SOTTO_SEED", "1"))
    count = int(os.environ.get("SOTTO_KEYS", "10000" if everything else "500"))
    rng = random.Random(seed)
    world = World(screen, start)
    kim = world.peer("kim")

    inputrc = tmp_path / "inputrc"
    inputrc.write_text(EDITING[seed // 2 % len(EDITING)])
    term = TERMS[seed // 3 % len(TERMS)]
    locale = "C" if seed % 5 == 4 else "C.UTF-8"

    def begin():
        return world.alice(
            "bob", "kim", more="set mouse yes\n", term=term,
            env={"EDITOR": "true", "VISUAL": "true", "LC_ALL": locale,
                 "INPUTRC": str(inputrc),
                 "LSAN_OPTIONS": "print_suppressions=0:suppressions=%s"
                 % known})

    s = begin().see("[●*] Kim")
    done = []
    for n in range(count):
        done.append(random_key(rng))
        s.write(done[-1])
        s.pump(0)
        if rng.random() < 0.1:
            traffic(rng, world, kim)
        if rng.random() < 0.03:
            s.resize(*rng.choice(SIZES))
        if n % 100 == 99:
            same_drawn_anew(s, done)
        if s.eof:
            # Nothing but "/q" ends it, however it stands; it may lag.
            assert "q" in done[-200:], (seed, n, done[-30:], s.errors())
            assert s.ended() == 0
            # The keys may have folded or removed whoever was there.
            s = begin().settle(0.2, 5)
    s.resize(30, 100).settle(0.2, 5)
    s.signal(signal.SIGTERM)
    assert s.ended() == 0
