# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of input of the full screen: its history, keys, menu, drafts."""

import pytest

from world import World


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def chat(world):
    """Alice's screen with her chat with Bob, and Bob."""
    bob = world.peer("bob")
    alice = world.alice("bob").see("● Bob")
    alice.line("/chat show bob").see("^Bob>")
    return alice, bob, world


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def again(s, world, *buddies, **options):
    """The same home in another run of the program."""
    s.line("/quit")
    assert s.ended() == 0
    return world.alice(*buddies, **options).see("● Bob")


# ---- history ----


def test_history_after_a_restart(chat):
    """What was said comes out of the chat's history, what was commanded out
    of a table; each in its chat, in the order it was typed."""
    alice, bob, world = chat
    alice.line("first words").see("first words +✓")
    alice.line("/presence set away").see("me ◐")
    alice.line("//slash\x1b\rtwo lines").see("two lines")
    bob.expect("message", text="/slash\ntwo lines")
    bob.do("msg", world.uri("alice"), "not mine")
    alice.see("not mine")
    alice = again(alice, world, "bob")
    alice.settle().keys("Up").see("^> /chat show bob").keys("C-u")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").see("^Bob> /quit").keys("Up")
    alice.see(r"^Bob> //slash\ntwo lines")
    alice.keys("Up").see("^Bob> /presence set away")
    alice.keys("Up").see("^Bob> first words$")
    alice.keys("Up").settle().see("^Bob> first words$")
    alice.keys(*["Down"] * 4).see("^Bob>$")
    alice.keys("C-r").write("sla").see(r"i-search.*//slash").keys("C-g")
    alice.keys("C-u")
    finish(alice)


def test_history_is_cleared(chat):
    """With the chat's history go its lines, at once and for good."""
    alice, bob, world = chat
    alice.line("forget me").see("forget me +✓")
    alice.line("/echo forget this").see("forget this")
    alice.line("/history clear bob").gone("forget me").settle()
    alice.keys("Up").settle().see("^Bob>$")
    alice = again(alice, world, "bob")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").see("^Bob> /quit").keys("Up").settle()
    alice.see("^Bob> /quit$").keys("C-u")
    finish(alice)
    with open(alice.home + "/state/sotto.db", "rb") as f:
        assert b"forget me" not in f.read()


def test_history_has_no_secrets(chat):
    """Neither in this run nor on disk."""
    alice, bob, world = chat
    alice.line("/account set me password hunter2").settle()
    alice.line("/msg bob only once").see("only once +✓")
    alice.keys("Up").see("^Bob> /msg bob only once").keys("Up")
    alice.settle().see("^Bob> /msg bob only once").keys("C-u")
    alice = again(alice, world, "bob")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up", "Up").see("^Bob> only once").keys("Up").settle()
    alice.see("^Bob> only once").keys("C-u")
    finish(alice)
    for name in ("sotto.db", "sotto.db-wal"):
        try:
            with open(alice.home + "/state/" + name, "rb") as f:
                data = f.read()
        except FileNotFoundError:
            continue
        assert b"hunter2" not in data and b"/msg bob" not in data


def test_no_history(world):
    """input-history 0: nothing is found after a restart, nothing is kept."""
    bob = world.peer("bob")
    more = "set input-history 0\n"
    alice = world.alice("bob", more=more).see("● Bob")
    alice.line("/chat show bob").see("^Bob>")
    alice.line("said").see("said +✓")
    alice.keys("Up").see("^Bob> said").keys("C-u")
    alice = again(alice, world, "bob", more=more)
    alice.keys("Up").settle().see("^>$")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").settle().see("^Bob>$")
    finish(alice)
    with open(alice.home + "/state/sotto.db", "rb") as f:
        assert b"/chat show" not in f.read()
    assert bob.seen("message", text="said")


# ---- keys of readline ----


@pytest.fixture
def typing(screen, tmp_path):
    """typing(INPUTRC): a screen without accounts whose line is tried."""
    def begin(text="", **options):
        path = tmp_path / "inputrc"
        path.write_text(text)
        return screen("alice", env={"INPUTRC": str(path)}, **options).see(
            "No account yet").settle()
    return begin


def test_emacs(typing):
    """Movement, kill and yank, undo, case, transposing, quoted insert, a
    count, a macro."""
    s = typing()
    for keys, want in (
            (["one two three", "M-b", "M-b", "X"], "> one Xtwo three"),
            (["C-u", "C-k", "one two", "C-w", "C-y", "C-y"],
             "> one twotwo"),
            (["C-a", "C-k", "a b", "C-a", "C-k", "x ", "C-y", "M-y"],
             "> x one twotwo"),
            (["C-a", "C-k", "abc", "C-_"], ">"),
            (["héllo", "C-a", "M-u"], "> HÉLLO"),
            (["C-a", "C-k", "ab", "C-t"], "> ba"),
            (["C-a", "C-k", "C-v", "C-a", "b"], r"> \^Ab"),
            (["C-a", "C-k", "C-v", "Tab", "b"], ">   b"),
            (["C-a", "C-k", "M-5", "x"], "> xxxxx|> x"),
            (["C-a", "C-k", "C-x", "(", "ab", "C-x", ")", "C-x", "e"],
             "> abab"),
            (["C-a", "C-k", "C-v", "Escape", "[31m"], r"> \^\[\[31m"),
    ):
        s.keys(*keys)
        s.see("^(?:%s)$" % want)
    s.keys("C-a", "C-k")
    finish(s)


def test_incremental_search(chat):
    alice, bob, world = chat
    for text in ("apple one", "pear", "apple two"):
        alice.line(text).see(text + " +✓")
    alice.keys("C-r").write("app").see(
        r"^\(reverse-i-search\)`app': apple two")
    alice.keys("C-r").see("`app': apple one")
    alice.keys("C-s", "C-s").see(r"^\(i-search\)`app': apple two")
    alice.keys("C-g").see("^Bob>$")
    alice.keys("C-r").write("pear").see("`pear': pear").keys("Escape")
    alice.see("^Bob> pear$").keys("C-u")
    alice.keys("C-r").write("pea").see("`pea': pear")
    alice.keys("Enter").see("^Bob>$")
    bob.expect("message", text="pear")
    bob.expect("message", text="pear")
    finish(alice)


def test_vi(typing):
    """The mode is shown before the prompt; Escape and a key are not Alt and
    that key where 50 ms are between them."""
    s = typing("set editing-mode vi\nset show-mode-in-prompt on\n")
    s.see(r"^\(ins\)>").write("one two three").settle()
    s.keys("Escape").see(r"^\(cmd\)> one two three$")
    at = s.cursor()
    s.write("0").settle()
    assert s.cursor() == (at[0], at[1] - len("one two three") + 1)
    s.write("dw").see(r"^\(cmd\)> two three$")
    s.write("u").see(r"^\(cmd\)> one two three$")
    s.write("dd").see(r"^\(cmd\)>$").write("p").see("one two three$")
    s.write("ccab").see(r"^\(ins\)> ab$")
    s.keys("Escape").see(r"\(cmd\)").write("2x").settle()
    s.write("A").see(r"\(ins\)").write("é日").see("a?é日$")
    s.keys("Escape").see(r"\(cmd\)").write("x").settle().write("dd")
    s.see(r"^\(cmd\)>$").write("i").see(r"\(ins\)")
    s.line("/echo one").see("^ ?one$").line("/echo two").see("^ ?two$")
    s.keys("Escape").see(r"\(cmd\)").write("kk").see("echo one")
    s.write("cc").see(r"\(ins\)").keys("M-Enter").write("x").see("^x$")
    s.keys("C-u").keys("Escape").see(r"\(cmd\)").write("ddi")
    finish(s)


def test_vi_escape_is_no_meta(typing):
    """Escape, 70 ms later a letter: two keys. At once: Alt and it, which vi
    mode takes for the two all the same, but a binding comes first."""
    s = typing("set editing-mode vi\nset show-mode-in-prompt on\n")
    s.write("abc").see("> abc")
    s.write("\x1b").settle(0.07).write("h").settle().write("x")
    s.see(r"^\(cmd\)> ac$")
    s.write("i").see(r"\(ins\)").write("\x1bx").see(r"\(cmd\)> c$")
    s.write("cc").settle()
    s.write("\x1bz")  # chat zoom, unharmed
    s.see(r"\(ins\)").write("/quit\r")
    assert s.ended() == 0


def test_inputrc(typing):
    """What readline's file says: other keys, macros, its own strings. What
    is bound in the program wins."""
    s = typing('"\\C-o": "typed by a macro"\n'
               '"\\C-t": kill-whole-line\n'
               '"\\el": "lost"\n'
               '$if sotto\n"\\C-g": "for sotto"\n$endif\n'
               'set show-mode-in-prompt on\n'
               'set emacs-mode-string "\\1\\e[31m\\2E:\\1\\e[0m\\2"\n')
    s.see("^E:>").keys("C-o").see("E:> typed by a macro$")
    s.keys("C-t").see("^E:>$").keys("C-g").see("E:> for sotto$")
    s.keys("C-t").line("/bind M-l 'echo bound'").settle().keys("M-l")
    s.see("│bound$").keys("q").see("^E:>$")
    assert b"\x1b[31mE" not in s.raw
    finish(s)


# ---- the menu of candidates ----


def test_menu(typing):
    """Tab: what all have in common, then one after the other, with what each
    is; Escape goes back, Enter takes, a key goes on."""
    s = typing()
    s.write("/set ").keys("Tab").see("bell +Whether the terminal's bell")
    s.see(r"1-10/\d+$").see("^> /set$")
    s.keys("Tab").see("^> /set ").settle()
    first = s.text().split("> /set ")[1].split()[0]
    s.keys("Tab").settle().keys("Up").see("^> /set %s$" % first)
    s.keys("Up").settle().see(r"\d+-(\d+)/\1$")
    s.keys("PageUp").settle().see(r"\d+-\d+/\d+$")
    s.keys("Escape").gone("Whether").see("^> /set$")
    s.write("mo").keys("Tab").see("^> /set mouse$").keys("Tab")
    s.see("yes").keys("Down").see("^> /set mouse yes$")
    s.keys("Enter").gone("^ no$").see("^> /set mouse yes$")
    s.keys("C-u").write("/set theme ").keys("Tab", "Tab", "Tab")
    s.see("^> /set theme light$").write("x").see("theme lightx$")
    s.gone("^ mono").keys("C-u")
    s.write("/account add me sip:alice@example.org tls-").keys("Tab", "Tab")
    s.see("tls-ca-file=$").same("menu").keys("C-u")
    finish(s)


def test_menu_of_all_kinds(world):
    """Commands, buddies, accounts, panes, settings, files."""
    alice = world.alice("bob", "kim", more="set theme dark\n").see("○ Kim|Kim")
    for typed, want in (
            ("/acc", "^> /account"),
            ("/account ", "remove +"),
            ("/msg ", r"Bob +bob@127"),
            ("/login ", "^> /login me$"),
            ("/screen show ", "search +finds buddies"),
            ("/account set me tls-", "tls-verify +"),
            ("/source ", "sotto.conf"),
            ("/bind -", "-p +PLACE")):
        alice.write(typed).keys("Tab")
        alice.see(want).keys("C-u").see("^>$")
    finish(alice)


def test_menu_is_bounded(typing):
    """A narrow, low or tiny terminal shows what fits."""
    s = typing(rows=30, cols=40)
    s.write("/set ").keys("Tab").see("bell").settle()
    for rows, cols in ((12, 40), (10, 30), (8, 30), (5, 20), (2, 5), (1, 1),
                       (24, 80)):
        s.resize(rows, cols).settle()
        s.keys("Tab").settle()
    s.see("Whether").keys("Escape").gone("Whether").keys("C-u")
    finish(s)


def test_menu_of_hostile_names(world):
    """Names that cannot be typed as they are shown are not offered; nothing
    of them reaches the terminal."""
    more = ("buddy add %s -n \"Mal\x1b]0;evil\x07\"\n"
            "buddy add %s -n \"Mau\u202edice\"\n"
            % (world.uri("bob"), world.uri("kim")))
    alice = world.alice(more=more).see("Mal")
    alice.write("/chat show ").keys("Tab").see("bob@127|kim@127").settle()
    alice.keys("Tab").see("^> /chat show (sip:)?(bob|kim)@")
    alice.keys("C-u")
    assert b"evil\x07" not in alice.raw and b"\x1b]0;evil" not in alice.raw
    assert "\u202e".encode() not in alice.raw
    finish(alice)
