# SPDX-License-Identifier: GPL-3.0-or-later
"""The full screen in a terminal of fixed size: whole screens."""

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


@pytest.fixture
def three(world):
    """Alice's screen with Bob and Kim in her list, and both of them."""
    bob, kim = world.peer("bob"), world.peer("kim")
    alice = world.alice("bob", "kim").see("● Bob").see("● Kim")
    return alice, bob, kim, world


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def test_start_without_account(screen):
    s = screen("alice").see("No account yet")
    s.same("start")
    finish(s)


def test_the_whole_screen_scrolls(screen):
    """No scrolling region that is not the whole screen."""
    for rows, cols in ((30, 100), (24, 80), (50, 132), (5, 20)):
        s = screen("alice-%d" % rows, rows=rows, cols=cols)
        s.see(">").settle()
        margins = s.terminal.margins
        assert margins is None or (margins.top, margins.bottom) == (
            0, rows - 1)
        finish(s)


def test_chat_both_ways(chat):
    """A message each way, its mark of delivery, a note, wrapped text."""
    alice, bob, world = chat
    alice.line("Hello, Bob")
    bob.expect("message", text="Hello, Bob")
    alice.see("Hello, Bob.*✓")
    bob.do("msg", world.uri("alice"), "Hello, Alice")
    alice.see("Hello, Alice")
    alice.line("one two three " * 9)
    bob.expect("message", direction="in")
    alice.see("three +✓")
    bob.do("msg", world.uri("alice"), "日本語 e\u0301 and\ntwo lines")
    alice.see("two lines")
    bob.do("presence", "set", "away", "at lunch")
    alice.see("at lunch")
    alice.same("chat")
    bob.do("typing", world.uri("alice"), "on")
    alice.see("Bob is typing…")
    bob.do("typing", world.uri("alice"), "off")
    alice.gone("Bob is typing")
    finish(alice)


def test_waiting_and_failed(world):
    """Who is not there: the message waits, and the cause is told."""
    alice = world.alice("bob").see("Bob")
    alice.line("/chat show bob").see("^Bob>")
    alice.line("are you there?").see("are you there")
    alice.same("waiting").keys("M-y").see("it waits: connection refused")
    finish(alice)


def test_session_that_fails_again(world):
    """Each try for who is away fails the same way: told once."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept all\n"
        "account set me session session\n") + world.buddies("bob"))
    alice.see("Bob").line("/chat show bob").see("^Bob>")
    for n in range(3):
        alice.line("text %d" % n).see("text %d" % n).settle(0.3)
    alice.see("the session failed").settle(4.5)
    assert alice.text().count("the session failed") == 1
    finish(alice)


def test_groups_fold(three):
    alice, bob, kim, world = three
    alice.keys("F6").settle().same("groups-open")
    alice.keys("Home", "Space").gone("● Bob")
    alice.same("groups-folded")
    alice.keys("Space").see("● Bob")
    alice.keys("Down", "Down", "Enter").see("^Kim>")
    alice.same("groups-chosen")
    # It is folded again after a restart.
    alice.keys("F6", "Home", "Space").gone("● Kim")
    finish(alice)
    alice = world.alice("bob", "kim").see("▸ Friends +2/2").gone("● Kim")
    alice.keys("F6", "Home", "Enter").see("● Kim")
    finish(alice)
    alice = world.alice("bob", "kim").see("▾ Friends").see("● Kim")
    finish(alice)


def test_keys_of_the_list(three):
    """Commands about who is under the cursor, begun by a key, finished in
    a line of their own; the draft waits."""
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>").write("draft")
    alice.see("^Bob> draft").keys("F6", "Home", "r")
    alice.see("the cursor is on nobody")
    alice.keys("Down", "Down", "r").see("^command: /buddy rename Kim$")
    alice.same("list-rename").write("Kimberly").keys("Enter")
    alice.see("● Kimberly").see("^Bob> draft").see("Enter chat")
    alice.keys("g").see("^command: /buddy group Kimberly$").line("Work")
    # Who is in two groups is one of the buddies all the same.
    alice.see("▾ Work").keys("g").see("^command: /buddy group Kimberly$")
    alice.line("Work Friends").see("▾ Friends +2/2").see("▾ Work +1/1")
    alice.see("Buddies 2/2").keys("Home", "Down", "Down")
    alice.keys("d").see("/buddy remove Kimberly$")
    alice.keys("Escape").see("^Bob> draft").see("Enter chat").see("▾ Work")
    alice.keys("d").see("/buddy remove Kimberly$").keys("Enter")
    alice.gone("▾ Work").see("▾ Friends").see("Buddies 1/1")
    alice.keys("a").see("^command: /buddy add$")
    alice.line(world.uri("kim") + " -n Kim").see("● Kim")
    alice.keys("Home", "Down", "i").see("/buddy show %|127.0.0.1")
    alice.keys("Escape").settle().keys("Escape").see("^Bob> draft")
    # What is no command is not said.
    alice.keys("F6").see("Enter chat").keys("b").see("/buddy block Bob$")
    alice.keys("C-u").line("oh no").see("a command begins with /")
    assert not bob.seen("message")
    alice.keys("b").see("/buddy block Bob$").keys("Enter")
    alice.see("● Bob +blocked").see("─ Bob ● online, blocked ─").keys("i")
    alice.see("online, blocked \\[Friends\\]")
    number = bob.send("msg", world.uri("alice"), "hello")
    assert not bob.reply(number)["ok"]
    # Another chat is shown: what was begun is gone, and each draft is there.
    alice.keys("r").see("/buddy rename Bob$").keys("M-2")
    alice.see("no such tab").keys("Escape").see("^Bob> draft")
    alice.keys("Escape").see("^Bob> draft").see("F6 buddies").keys("C-u")
    finish(alice)


def test_list_options(three):
    """Order, offline, width, hiding, folding; in little room its own view."""
    alice, bob, kim, world = three
    bob.do("presence", "set", "away", "at lunch")
    alice.see("◐ Bob +at lunch").see("(?s)● Kim.*◐ Bob")
    alice.line("/set buddies-order name").see("(?s)◐ Bob.*● Kim")
    alice.line("/set buddies-order presence").see("(?s)● Kim.*◐ Bob")
    alice.line("/set buddies-order fixed").see("(?s)◐ Bob.*● Kim")
    bob.do("presence", "set", "offline")
    alice.see("○ Bob").keys("F6").see("Enter chat").keys("o").gone("○ Bob")
    alice.see("● Kim").keys("o").see("○ Bob")
    column = alice.lines()[5].index("│")
    alice.keys("+").settle()
    assert alice.lines()[5].index("│") == column + 2
    alice.keys("-", "-").settle()
    assert alice.lines()[5].index("│") == column - 2
    alice.keys("Escape").see("F6 buddies").keys("F9").gone("● Kim")
    alice.keys("F6").see("● Kim").keys("Escape").gone("● Kim")
    alice.keys("F9").see("● Kim").resize(20, 50).gone("● Kim")
    alice.keys("F6").see("^ ● Kim$").gone("No chat")
    alice.same("list-narrow").keys("End", "Enter").see("^Kim>")
    alice.gone("Buddies")
    finish(alice)


def test_unread_and_tabs(three):
    """Counts in list and tabs; M-a goes there, M-1 back."""
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>")
    for n in range(3):
        kim.do("msg", world.uri("alice"), "Kim says %d" % n)
    alice.see("Kim.* 3$|Kim +3")
    alice.same("unread")
    alice.keys("M-a").see("Kim says 2")
    alice.same("unread-read")
    alice.keys("M-1").see("^Bob>").keys("M-2").see("^Kim>")
    alice.keys("M-p").see("^Bob>").keys("M-n").see("^Kim>")
    alice.keys("M-9").see("there is no such tab")
    finish(alice)


def test_search(three):
    """Buddies, people and messages in one pane; Enter shows."""
    alice, bob, kim, world = three
    bob.do("msg", world.uri("alice"), "we meet Kim at the harbour")
    alice.see("Bob.*1")
    alice.keys("F7").see("^search:").same("search-empty")
    alice.write("kim").see("Messages").same("search")
    alice.keys("Enter").see("^Kim>")
    alice.keys("F7").see("^search: kim").see("Messages")
    alice.keys("Down").see("a add").keys("End", "Enter").see("^Bob>")
    alice.see("we meet Kim")
    alice.keys("F7").see("search: kim").keys("C-u").write("no such thing")
    alice.see("Nothing is found").keys("Down").settle().keys("Escape")
    alice.gone("search:")
    finish(alice)


def test_search_results(three):
    """Letters belong to the query until an arrow goes to what is found."""
    alice, bob, kim, world = three
    alice.keys("F7").see("^search:").write("sip:carol@lab.test")
    alice.see("People")
    alice.keys("Down").see("a add").same("results")
    # An i is no letter here, others are.
    alice.keys("i").see("choose").see("^search: sip:carol@lab.test$")
    alice.keys("Down").see("a add").write("x")
    alice.see("^search: sip:carol@lab.testx$").see("choose")
    alice.keys("Backspace").see("^search: sip:carol@lab.test$").see("People")
    alice.keys("Down").see("a add").keys("Escape").see("choose")
    alice.keys("Down").see("a add").keys("?").see("In what a search found")
    alice.same("results-keys")
    alice.keys("?").see("a add").keys("?").see("a search found")
    alice.keys("q").see("a add").keys("a").see("Buddies 2/3")
    # PageUp and the like stay in what is found.
    alice.keys("PageUp").settle().see("a add").keys("PageDown", "Home")
    alice.settle().see("a add").keys("F7").see("choose")
    alice.keys("Escape").gone("search:")
    finish(alice)


def test_search_while_typing(chat):
    """A word that was begun finds; one that is done is the whole word."""
    alice, bob, world = chat
    for text in ("we meet at the harbour", "Привет, мир", "日本語の文字"):
        bob.do("msg", world.uri("alice"), text)
    alice.keys("F7").see("^search:")
    for query, found in (("harb", True), ("harb ", False), ("at har", True),
                         ('"at har', False), ("When NO", False),
                         ("harbours", False), ("при", True), ("本語", True)):
        alice.keys("C-u").see("^search:$").write(query)
        alice.see("Messages" if found else "Nothing is found")
    alice.keys("Escape").gone("^search:")
    finish(alice)


def test_find(chat):
    alice, bob, world = chat
    for n in range(40):
        bob.do("msg", world.uri("alice"), "line %d %s" % (
            n, "apple" if n % 10 == 0 else "pear"))
    alice.see("line 39")
    alice.keys("M-/").see("^find:").write("apple").see("line 30")
    alice.see("hit 1").same("find")
    alice.keys("Up").see("line 20 apple").see("hit 2")
    alice.keys("Enter").see("search on").keys("n").see("line 10 apple")
    alice.see("hit 3 of 4").same("hits")
    alice.keys("N").see("hit 2").keys("N").see("hit 1").keys("N")
    alice.see("no newer hit").keys("n", "n", "n").see("hit 4 of 4")
    alice.keys("n").see("no older hit")
    # Another letter goes on with the words.
    alice.write("x").see("^find: applex$").see("not found")
    alice.keys("Enter").see("nothing is found").keys("Backspace")
    alice.see("^find: apple$").see("hit").keys("Enter").see("search on")
    alice.keys("i").see("take").keys("Enter").see("search on")
    alice.keys("?").see("At the hits in a chat").keys("Escape")
    alice.see("search on").see("hit").keys("N").see("hit")
    alice.keys("q").see("^Bob>$").gone("hit").gone("search on")
    alice.keys("M-/").see("^find: apple").keys("Escape").see("^Bob>$")
    finish(alice)


def test_panes_to_read(screen):
    """Keys, log and help; q and Escape leave them."""
    s = screen("alice").see("No account yet").see("F1 keys")
    s.keys("F1").see("tells the keys of where you are").same("keys")
    s.keys("F1").see("No account yet").keys("F1").see("Anywhere")
    s.keys("q").see("No account yet")
    s.line("/keys").see("bind -p any F1 'screen show keys'").keys("q")
    s.keys("F8").see("Nothing has been said yet").keys("q")
    s.line("/help chat show").see("chat show B").keys("q")
    s.line("/options").see("buddies-width")
    finish(s)


def test_welcome(world):
    """Where no chat is shown the keys are told as they are bound."""
    alice = world.alice("bob").see("F6 +goes to the buddy list")
    alice.line("/bind F11 screen show buddies").line("/unbind F6")
    alice.line("/unbind F7").see("F11 +goes to the buddy list")
    alice.gone("searches people").see("F11 buddies").keys("C-l")
    finish(alice)


def test_keys_of_a_place(chat):
    """F1 tells what the table has now, of where the user is."""
    alice, bob, world = chat
    alice.keys("F1").see("In a chat").see("M-w +closes the chat")
    alice.same("keys-chat").keys("F1").gone("In a chat")
    alice.line("/bind -p buddies x chat unread")
    alice.line("/bind -p chat F1 chat zoom").see("^Bob>$")
    alice.keys("F1").settle().gone("In a chat").gone("F1 keys")
    alice.line("/unbind -p chat F1").see("F1 keys")
    alice.keys("F6").see("Enter chat").keys("?").see("In the buddy list")
    alice.see("x +goes to the next chat with something unread")
    alice.same("keys-buddies").keys("Escape").see("Enter chat")
    alice.line("/set key-hints no").gone("F1 keys|Enter chat")
    alice.line("/set key-hints yes").see("F1 keys")
    finish(alice)


def test_question(world):
    """Kim added you: a bar, answered by a key; the chat stays in sight."""
    alice = world.screen("alice", world.person(
        "alice", "account set me accept ask\n"))
    alice.see("me ●")
    kim = world.peer("kim", "account set me display-name Kim\n")
    kim.do("buddy", "add", world.uri("alice"))
    alice.see("Added you").same("question")
    alice.line("said to nobody").see("no chat is shown").keys("C-u")
    alice.see("Added you")
    alice.write("text").see("> text").keys("F2").gone("Added you")
    alice.see("accepted; /buddy add sip:kim@127.* puts them into your list")
    kim.expect("presence", buddy=world.uri("alice"), state="online")
    alice.see("> text").keys("C-u")
    finish(alice)


def test_split(three):
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>")
    alice.keys("M-s").see("there is no other chat")
    alice.line("/chat show kim").see("^Kim>")
    kim.do("msg", world.uri("alice"), "Kim's words")
    alice.see("Kim's words")
    alice.keys("M-s").see("─ Bob.*─ Kim|─ Kim.*─ Bob")
    bob.do("msg", world.uri("alice"), "Bob's words")
    alice.see("Bob's words").same("split")
    alice.keys("M-o").see("^Bob>").write("draft").same("split-focus")
    alice.keys("M-o").see("^Kim>$").keys("M-o").see("^Bob> draft")
    alice.keys("M-z").gone("─ Kim").same("zoom")
    alice.keys("M-z").see("─ Kim").keys("M-q").gone("─ Bob")
    alice.see("^Kim>$").keys("M-q").see("there is one pane")
    alice.keys("M-1").see("^Bob> draft").keys("C-u")
    finish(alice)


def test_four_panes(world):
    """Side by side and below each other, as there is room."""
    bob = world.peer("bob")
    alice = world.alice("bob", rows=40, cols=140).see("● Bob")
    for name in ("one", "two", "three", "four"):
        alice.line("/chat show sip:%s@lab.test" % name).see("^%s.*>$" % name)
    alice.line("/chat show bob").see("^Bob>")
    alice.keys("M-s", "M-s", "M-s").see("─ Bob.*─ one").see("─ two.*─ three")
    alice.keys("M-s").see("no more panes are possible")
    bob.do("msg", world.uri("alice"), "Bob's words")
    alice.see("Bob's words").keys("C-l").gone("no more panes")
    alice.same("panes-4")
    alice.resize(24, 80).settle().same("panes-4-small")
    alice.resize(12, 80).see("─ Bob").gone("─ one")
    alice.resize(40, 140).see("─ two.*─ three").keys("M-o").see("^one.*>$")
    alice.write("for 1").keys("M-q").see("^two.*>$").gone("─ one")
    alice.same("panes-3")
    # A closed chat takes its pane with it, and leaves the other's draft.
    alice.keys("M-o").see("^three.*>$").write("for 3").keys("M-o")
    alice.see("^Bob>$").keys("M-w").see("^two.*>$").gone("─ Bob")
    alice.keys("M-o").see("^three.*> for 3").keys("M-w").see("^two.*>$")
    alice.gone("─ three").keys("M-q").see("there is one pane")
    alice.line("/chat show sip:one@lab.test").see("^one.*> for 1")
    alice.keys("C-u")
    finish(alice)


def test_drafts(three):
    """Each chat keeps its own, through a switch and a restart."""
    alice, bob, kim, world = three
    alice.line("/chat show bob").see("^Bob>").write("to Bob")
    alice.see("Bob> to Bob").keys("F6", "Down", "Down", "Down", "Enter")
    alice.see("^Kim>$").write("for Kim").see("Kim> for Kim")
    # The star is where a draft is out of sight.
    alice.see(r"^ 1 Bob\*  2 Kim$")
    alice.keys("M-1").see("^Bob> to Bob").see(r"^ 1 Bob  2 Kim\*$")
    alice.keys("C-u", "M-2").see("^Kim> for Kim").see("^ 1 Bob  2 Kim$")
    alice.keys("M-1").see("^Bob>$").write("to Bob").see("> to Bob")
    alice.keys("M-2").see("^Kim> for Kim")
    assert not kim.seen("message") and not bob.seen("message")
    alice.signal(15)
    assert alice.ended() == 0


def test_paste_is_one_draft(chat):
    alice, bob, world = chat
    alice.paste("one\rtwo\nthree").see("^three")
    alice.same("paste")
    bob.none("message", 0.3)
    alice.keys("Enter")
    assert bob.expect("message")["text"] == "one\ntwo\nthree"
    alice.write("first").keys("M-Enter").write("second").see("^second")
    alice.keys("Enter")
    assert bob.expect("message")["text"] == "first\nsecond"
    alice.paste("\n".join("row %d" % n for n in range(30)))
    alice.see("row 29").same("paste-long")
    alice.keys("Enter")
    assert bob.expect("message")["text"].endswith("row 29")
    finish(alice)


def test_completion_menu(chat):
    alice, bob, world = chat
    alice.write("/chat ").keys("Tab").settle(0.3)
    alice.keys("Tab").see("(?m)^ .*focus").same("completion")
    alice.keys("Escape").gone("^ .*focus")
    alice.keys("C-u").write("/buddy sh").keys("Tab").see("/buddy show")
    alice.keys("C-u")
    finish(alice)


def editor(tmp_path):
    """Appends a line once it may; what the screen drew meanwhile is seen."""
    path = tmp_path / "editor"
    path.write_text("#!/bin/sh\necho editing; n=0\n"
                    "while [ ! -e '%s/go' ] && [ $n -lt 100 ]; do\n"
                    "n=$((n + 1)); sleep 0.1; done\n"
                    "echo from the editor >>\"$1\"\n" % tmp_path)
    path.chmod(0o700)
    return str(path)


def test_editor(world, tmp_path):
    """Messages arrive, and are answered for, while the editor runs."""
    bob = world.peer("bob")
    alice = world.alice("bob", env={"EDITOR": editor(tmp_path)}).see("● Bob")
    alice.line("/chat show bob").see("^Bob>").write("draft ")
    alice.keys("C-x", "C-e").see("editing")
    assert bob.do("msg", world.uri("alice"), "meanwhile")["ok"]
    bob.do("presence", "set", "away", "later")
    mark = len(alice.raw)
    alice.settle(0.3)
    assert b"meanwhile" not in alice.raw[mark:]
    (tmp_path / "go").write_text("")
    alice.see("draft from the editor").see("meanwhile").see("later")
    alice.keys("Enter")
    assert bob.expect("message", direction="in")["text"] == (
        "draft from the editor")
    alice.line("/screen edit").see("^Bob> from the editor").keys("C-u")
    finish(alice)


def test_no_letter_in_a_list(chat):
    """A key for what is not asked now leaves neither a list nor a text."""
    alice, bob, world = chat
    alice.keys("F6").see("Enter chat").keys("F2", "F12").settle()
    alice.see("Enter chat").keys("?").see("In the buddy list").keys("F3")
    alice.settle().see("In the buddy list").keys("q").see("Enter chat")
    alice.keys("Escape").see("F6 buddies").see("^Bob>$")
    finish(alice)


def test_typing_in_a_list(chat):
    """What is typed in a list or a pane of text goes to the chat's line."""
    alice, bob, world = chat
    alice.keys("F6").settle().write("xyz").see("^Bob> xyz")
    alice.keys("F1").see("In a chat").write("uvw")
    alice.see("^Bob> xyzuvw").gone("In a chat")
    alice.keys("F7").see("^search:").keys("F6").settle().write("pqs")
    alice.see("^search: pqs").see("Nothing is found")
    alice.keys("F6").settle().keys("Escape").settle().keys("Escape")
    alice.see("^Bob> xyzuvw")
    alice.keys("F1").see("In a chat").keys("F6").settle().write("t")
    alice.see("^Bob> xyzuvwt").gone("In a chat").keys("C-u")
    finish(alice)


def test_output_of_a_key(screen):
    """What a key's command prints begins at its beginning, each time."""
    s = screen("alice", "bind -p any F3 options\n").see("No account yet")
    for _ in range(2):
        s.keys("F3").see("─ options")
        first = s.settle().text()
        s.keys("Escape").see("No account yet")
        s.keys("F3").see("─ options").settle()
        assert s.text() == first
        s.keys("q").see("No account yet")
    finish(s)


def test_renamed(chat):
    """List, header, tab and prompt say the new name at once."""
    alice, bob, world = chat
    alice.line("/buddy rename bob Robert").see("^Robert>")
    alice.see("─ Robert").see("1 Robert").gone("Bob")
    finish(alice)
