# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of input of the full screen: its history, keys, menu, drafts."""

import subprocess
import time

import pytest

from sotto import account, environment, program
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
    alice.line("/presence set away").see("me ◐.* away ")
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
    alice.line("/chat close").see("^>$")
    alice.line("/msg bob forget me, too").settle()
    bob.expect("message", text="forget me, too")
    alice.line("/chat show bob").see("^Bob>")
    alice.line("/history clear bob").gone("forget me").settle()
    alice.keys("Up").settle().see("^Bob>$")
    alice.line("/chat close").see("^>$").keys("Up").see("/chat show bob")
    for _ in range(3):
        alice.keys("Up").settle().see("^> /chat show bob$")
    alice.keys("C-u").line("/chat show bob").see("^Bob>$")
    alice = again(alice, world, "bob")
    alice.line("/chat show bob").see("^Bob>").settle()
    alice.keys("Up").see("^Bob> /quit").keys("Up").see("^Bob> /chat close")
    alice.keys("Up").settle().see("^Bob> /chat close$").keys("C-u")
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
            (["C-a", "C-k", "a\u009b31m\u202eb"], "> a�31m�b"),
    ):
        s.keys(*keys)
        s.see("^(?:%s)$" % want)
    assert "\u202e".encode() not in s.raw
    s.keys("C-a", "C-k")
    finish(s)


def test_keys_that_mean_nothing(typing):
    """A key of several bytes that nothing is bound to types nothing; one that
    inputrc knows does what that says."""
    s = typing('"\\e[23~": "eleven"\n')
    s.write("ab").keys("F12", "F2", "F5").write("\x1b[1;7S\x1b[57399u")
    s.write("\x1b[2;5~").keys("Left").write("c").see("^> acb$")
    s.write("\x1b[23~").see("^> acelevenb$").keys("C-a", "C-k")
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


def test_escape_is_alt_for_a_moment(chat):
    """Where Alt does not get through: Escape, then the key, for keys of the
    program and of readline. Later it is a letter as any other."""
    alice, bob, world = chat
    alice.line("/chat show sip:carol@lab.test").see("^carol.*>$")
    alice.keys("Escape").settle().write("1").see("^Bob>$")
    alice.keys("Escape").settle().write("n").see("^carol.*>$")
    alice.write("one two").keys("Escape").settle().write("bX")
    alice.see("> one Xtwo$").keys("Escape").settle().keys("Enter")
    alice.see("^two$").keys("C-k", "Backspace").see("one X$")
    alice.keys("C-u", "Escape").settle(0.7).write("bye").see("> bye$")
    alice.keys("Escape", "Escape").settle().write("é").see("> byeé$")
    alice.keys("Escape").settle().paste("x").write("n").see("> byeéxn$")
    alice.keys("C-u")
    finish(alice)


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
    s.see("^ bound$").see("^E:>$")
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
    s.see("tls-ca-file=$").settle()
    menu = [r for r in s.lines() if r.startswith(" tls-")]
    assert menu[0] == (" tls-ca-file=      Certificates to trust instead of"
                       " the system's.")
    # All sentences stand below each other.
    assert {r[19] != " " and r[18] == " " for r in menu} == {True}
    s.keys("C-u")
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


# ---- several lines, pastes ----


def test_line_grows(chat):
    """Up to a third of the screen, then it scrolls with the cursor; the chat
    keeps the rest."""
    alice, bob, world = chat
    for n in range(1, 13):
        alice.write("line %d" % n).keys("M-Enter")
    alice.see("^line 12$").gone("^Bob> line 1$").same("grown")
    rows = [r for r in alice.lines() if r.startswith("line ")]
    assert rows[0] == "line 4" and len(rows) == 9
    alice.keys("M-<").settle().keys("C-x", "C-x")
    alice.keys(*["C-b"] * 90).see("^Bob> line 1$|^line 1$")
    alice.resize(15, 100).settle()
    assert len([r for r in alice.lines() if r.startswith("line ")]) <= 5
    alice.resize(30, 100).settle().keys("C-e").settle().keys("Enter")
    text = "".join("line %d\n" % n for n in range(1, 13))
    assert bob.expect("message", direction="in")["text"].strip() == (
        text.strip())
    alice.see("^Bob>$")
    finish(alice)


def test_paste_that_ends_itself(chat):
    """The end of a paste, Enter and control bytes within what is pasted: one
    draft, nothing is sent, no key is pressed."""
    alice, bob, world = chat
    alice.write("\x1b[200~one\x1b[201~\rtwo\x1b[200~\r/quit\r\x03\x04\x1b[31m"
                "\x1a\x1b[201~")
    alice.see(r"^Bob> one�$").see("^two�$").see("^/quit$")
    bob.none("message", 0.3)
    alice.keys("Enter")
    assert bob.expect("message", direction="in")["text"] == (
        "one\ufffd\ntwo\ufffd\n/quit\n\ufffd\ufffd\ufffd\ufffd")
    finish(alice)


def test_paste_of_a_command_is_not_run(chat):
    alice, bob, world = chat
    alice.paste("/quit\r").see("^Bob> /quit$").settle()
    alice.keys("C-u", "C-u", "Backspace", "C-u").see("^Bob>$")
    finish(alice)


def test_paste_into_a_list(chat):
    """It goes to the line, and so does the Enter that follows."""
    alice, bob, world = chat
    alice.keys("F6").settle().paste("for Bob").see("^Bob> for Bob$")
    alice.keys("Enter")
    assert bob.expect("message", direction="in")["text"] == "for Bob"
    alice.keys("F1").see("─ keys ─").paste("two").gone("─ keys ─")
    alice.see("^Bob> two$").keys("C-u", "F7").see("^search:")
    alice.paste("a query").see("^search: a query$").keys("Escape")
    alice.see("^Bob>$")
    finish(alice)


def test_paste_of_a_mebibyte(chat):
    """It is one draft, can be edited, is kept, and what is more is told."""
    alice, bob, world = chat
    line = "0123456789abcdef" * 4 + "\r"
    alice.paste("begin " + line * 14000 + "end").see("^end$", timeout=30)
    alice.keys("C-a").write("X").see("^Bob> Xbegin 0123")
    alice.paste("y" * (1 << 20) + "zzz")
    alice.see("only the first MiB", timeout=30)
    alice.paste("ä" * (1 << 19)).see("the line is full", timeout=30)
    alice.paste("more").see("the line is full")
    alice.signal(15)
    assert alice.ended() == 0
    bob.none("message", 0.1)


def test_paste_while_a_password_is_asked(world, kamailio):
    """Its first line is the answer, and is not given before Enter."""
    alice = world.screen("alice", "".join(
        line + "\n" for line in account("me", "alice", kamailio).split("\n")
        if "password" not in line))
    alice.see("me ○").line("/login me").see("[Pp]assword.*:")
    alice.paste("hunter2\rsecond\r").settle()
    alice.see("[Pp]assword.*:")
    alice.paste("\x1b]0;evil\x07").settle()
    alice.keys("C-g").gone("[Pp]assword.*:").settle()
    assert b"hunter2" not in alice.raw and b"evil" not in alice.raw
    alice.line("/login me").see("[Pp]assword.*:").write("x")
    alice.keys("C-u").paste("secret-alice\r").settle().keys("Enter")
    alice.gone("[Pp]assword.*:").see("me ●")
    finish(alice)


# ---- drafts ----


def test_drafts_survive(world):
    """A switch, a restart, and kill -9 a moment later."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show bob").see("^Bob>").write("for Bob").keys(
        "M-Enter", "x", "C-b")
    alice.keys("F6").settle().keys("End", "Enter").see("^Kim>").write("for Kim")
    alice.see("for Kim").keys("M-1").see("^Bob> for Bob\nx$")
    alice.write("y").see("^yx$").settle()
    time.sleep(1.2)
    alice.kill()
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show bob").see("^Bob> for Bob\nyx$")
    alice.write("z").see("^yzx$")
    alice.keys("M-2").see("^Kim> for Kim$|^Bob> for Bob")
    alice.signal(15)
    assert alice.ended() == 0
    assert not bob.seen("message") and not kim.seen("message")


def test_what_was_typed_before_a_chat(world):
    """It goes along into the chat that is chosen then, if that has no draft
    of its own; a command does not."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("hello").see("no chat is shown").see("^> hello$")
    alice.keys("F6").settle().keys("Home", "Down", "Enter").see(
        "^Bob> hello$")
    alice.keys("Enter")
    assert bob.expect("message", direction="in")["text"] == "hello"
    alice.see("hello +✓").line("/chat close").see("^>$").write("/log")
    alice.see("^> /log$").keys("F6").settle().keys("End", "Enter")
    alice.see("^Kim>$")
    finish(alice)


def test_editor_of_another_chat(world, start, tmp_path):
    """What comes back from the editor belongs to the chat it was for, also
    where another one is shown meanwhile, and after a crash."""
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho editing; n=0\n"
                      "while [ ! -e '%s/go' ] && [ $n -lt 100 ]; do\n"
                      "n=$((n + 1)); sleep 0.1; done\n"
                      "printf 'two\\nlines\\n' >>\"$1\"\n" % tmp_path)
    editor.chmod(0o700)
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim", env={"EDITOR": str(editor)})
    alice.see("● Bob").see("● Kim").line("/chat show bob").see("^Bob>")
    alice.write("for Bob: ").keys("C-x", "C-e").see("editing")
    environ = environment(alice.home)
    for words in (["chat", "show", "kim"],):
        subprocess.run([program(), "-s", alice.home + "/state", *words],
                       env=environ, timeout=20, check=True)
    (tmp_path / "go").write_text("")
    alice.see("^Kim>$").line("/chat show bob")
    alice.see("^Bob> for Bob: two\nlines$").settle()
    time.sleep(1.2)
    alice.kill()
    alice = world.alice("bob", "kim").see("● Bob")
    alice.line("/chat show bob").see("^Bob> for Bob: two\nlines$")
    alice.keys("C-u", "M-2").settle().signal(15)
    assert alice.ended() == 0
    assert not bob.seen("message") and not kim.seen("message")


def test_search_and_find_lines(chat):
    """F7 twice brings the query back; the chat's draft waits meanwhile."""
    alice, bob, world = chat
    bob.do("msg", world.uri("alice"), "about apples")
    alice.see("about apples").write("draft").keys("F7").see("^search:$")
    alice.write("apples").see("about apples").keys("Escape")
    alice.see("^Bob> draft$").keys("F7").see("^search: apples$")
    alice.keys("Escape").see("^Bob> draft$")
    alice.keys("M-/").see("^find:").write("app").see("^find: app$")
    alice.keys("Escape").see("^Bob> draft$").keys("M-/").see("^find: app$")
    alice.keys("Escape").see("^Bob> draft$").keys("C-u")
    finish(alice)


def test_drafts_of_commands(world):
    """A command that is not entered yet is a draft as any other, unless it
    holds a secret; the query is there again after something was chosen."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show kim").see("^Kim>$")
    alice.write("/account set me password hunter2").see("hunter2$").settle()
    alice.line("").see("^Kim>$").line("/chat show bob").see("^Bob>$")
    alice.write("/presence set away").keys("M-2").settle()
    alice.keys("M-1").settle().keys("M-2").see("^Bob> /presence set away$")
    alice.keys("M-1").see("^Kim>$").write("/account set me password hunter3")
    alice.see("hunter3$").settle()
    time.sleep(1.2)
    alice.keys("F7").see("^search:").write("bob").see("Bob sip:").settle()
    alice.keys("Down", "Enter").see("^Bob> /presence set away$")
    alice.keys("F7").see("^search: bob$").keys("Escape")
    alice.see("^Bob>").settle()
    alice.kill()
    for name in ("sotto.db", "sotto.db-wal"):
        with open(alice.home + "/state/" + name, "rb") as f:
            assert b"hunter3" not in f.read()
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    alice.line("/chat show bob").see("^Bob> /presence set away$")
    alice.keys("C-u").line("/chat show kim").see("^Kim>$")
    finish(alice)
    assert not bob.seen("typing") and not kim.seen("typing")


# ---- typing notices ----


def test_typing_follows_the_draft(chat):
    """Started by the first key and once only, gone when the line is emptied,
    becomes a command or is another chat's; nothing for what is looked at."""
    alice, bob, world = chat
    alice.line("said before").see("said before +✓")
    bob.expect("typing", active=True)
    bob.expect("message", text="said before")
    alice.keys("Up").see("^Bob> said before$").keys("Down")
    alice.keys("C-r").write("sai").see("i-search").keys("C-g")
    alice.keys("F6", "F6", "PageUp", "F7").see("^search:").write("bob")
    alice.see("search: bob").keys("Escape").see("^Bob>$")
    alice.keys("M-/").see("^find:").write("sa").keys("Escape")
    alice.see("^Bob>$").write("/presence ").keys("Tab").settle()
    alice.keys("C-u").see("^Bob>$")
    bob.none("typing", 0.5)
    alice.write("abc")
    bob.expect("typing", active=True)
    alice.write("def")
    bob.none("typing", 0.3)
    alice.keys("C-u")
    bob.expect("typing", active=False)
    alice.write("word")
    bob.expect("typing", active=True)
    alice.keys("C-a").write("/")
    bob.expect("typing", active=False)
    alice.keys("C-a", "C-k").line("a message")
    bob.expect("message", text="a message")
    bob.none("typing", 0.5)
    finish(alice)


def test_typing_can_be_off(world):
    bob = world.peer("bob")
    alice = world.alice("bob", more="account set me typing no\n")
    alice.see("● Bob").line("/chat show bob").see("^Bob>")
    alice.write("secretly").see("secretly").settle()
    alice.keys("Enter").see("secretly +✓")
    bob.expect("message", text="secretly")
    assert not bob.seen("typing")
    finish(alice)
