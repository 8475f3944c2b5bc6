# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications by the terminal, the bell and a command; the window's title;
being away while nothing is typed."""

import os
import re
import signal
import time

import pytest

import clock
from sotto import one_shot
from stranger import SDP, Stranger
from world import World

FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"
NOTIFIED = re.compile(rb"\x1b\]777;notify;([^;\x07]*);([^;\x07]*)\x07")


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def steps(tmp_path):
    if clock.missing():
        pytest.skip(clock.missing())
    return clock.Clock(tmp_path)


def notified(s):
    """Title and text of each so far."""
    return [tuple(f.decode() for f in m)
            for m in NOTIFIED.findall(bytes(s.raw))]


def bells(s):
    return re.sub(rb"\x1b\][^\x07\x1b]*\x07", b"", bytes(s.raw)).count(b"\a")


def until(s, n):
    """N notifications were written, and no other."""
    s.wait("%d notifications" % n, lambda: len(notified(s)) >= n)
    s.settle(0.1)
    assert len(notified(s)) == n, notified(s)
    return notified(s)[-1]


def go_by(s, steps, seconds):
    """Time passes, not while a request of hers has no answer yet."""
    s.settle(0.3)
    steps.step(seconds)
    s.signal(signal.SIGWINCH)
    return s


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


@pytest.fixture
def two(world):
    """Alice's screen, Kim and Bob; each message is told by itself."""
    kim, bob = world.peer("kim"), world.peer("bob")
    s = world.alice("kim", "bob", more="set notify-interval 0\n")
    s.see("● Kim").see("● Bob").line("/chat show kim").see("^Kim>")

    def say(who, text):
        assert who.do("msg", world.uri("alice"), text)["ok"]
        s.settle(0.15)

    return s, kim, bob, say


def test_by_focus(two):
    """Only while the terminal has not the focus; the bell for what is not in
    sight too."""
    s, kim, bob, say = two
    s.write(FOCUS_IN).settle()
    say(kim, "in sight")
    s.see("in sight")
    assert (notified(s), bells(s)) == ([], 0)
    say(bob, "in another chat")
    assert (notified(s), bells(s)) == ([], 1)
    s.write(FOCUS_OUT).settle()
    say(bob, "one")
    assert until(s, 1) == ("Bob", "one")
    say(kim, "two; with \x1b]0;PWNED\x07 and\nlines")
    assert until(s, 2) == ("Kim", "two, with \ufffd and lines")
    assert bells(s) == 3
    s.write(FOCUS_IN).settle().line("/set notify-when always").settle()
    say(bob, "three")
    assert until(s, 3) == ("Bob", "three")
    say(kim, "four")
    s.see("four")
    assert (len(notified(s)), bells(s)) == (3, 4)
    # A pane before it hides the chat.
    s.keys("F1").settle()
    say(kim, "five")
    assert until(s, 4) == ("Kim", "five")
    s.keys("q")
    finish(s)


def test_a_key_is_a_look(two):
    """Also where the terminal never said that it has the focus again."""
    s, kim, bob, say = two
    s.write(FOCUS_OUT).settle()
    say(kim, "one")
    assert until(s, 1) == ("Kim", "one")
    s.see(" 1│").write("x").gone(" 1│")
    say(kim, "two")
    assert until(s, 1) and bells(s) == 1
    s.keys("C-u")
    finish(s)


def test_what_is_told(two):
    s, kim, bob, say = two
    s.write(FOCUS_OUT).settle()
    for show, want in (("name", ("Bob", "a new message")),
                       ("nothing", ("sotto", "a new message")),
                       ("text", ("Bob", "secret"))):
        s.line("/set notify-show " + show).write(FOCUS_OUT).settle()
        n = len(notified(s))
        say(bob, "secret")
        assert until(s, n + 1) == want
    s.line("/set notify-terminal no").line("/set bell no")
    s.write(FOCUS_OUT).settle()
    before = bells(s)
    say(bob, "silent")
    assert (len(notified(s)), bells(s)) == (3, before)
    finish(s)


def test_quiet_hours(two):
    """Local time, here UTC."""
    s, kim, bob, say = two
    s.write(FOCUS_OUT).settle()
    now = time.time()

    def hours(first, last):
        return "-".join(time.strftime("%H:%M", time.gmtime(now + 3600 * h))
                        for h in (first, last))

    for first, last, quiet in ((-1, 2, True), (2, -1, False), (2, 3, False),
                               (-2, -1, False), (-10, 11, True)):
        s.line("/set notify-quiet " + hours(first, last))
        s.write(FOCUS_OUT).settle()
        n, rung = len(notified(s)), bells(s)
        say(bob, "by night")
        assert (len(notified(s)) == n) == quiet, hours(first, last)
        assert (bells(s) == rung) == quiet
    s.line("/set notify-quiet 22-7").see("\"22-7\" is not HH:MM-HH:MM")
    finish(s)


def test_burst(world, steps):
    """The first at once, the rest together; not what was read by then."""
    kim = world.peer("kim")
    s = world.alice("kim", more="set notify-interval 3600\n", env=steps.env)
    s.see("● Kim").write(FOCUS_OUT).settle()
    for n in range(20):
        assert kim.do("msg", world.uri("alice"), "text %d" % n)["ok"]
    s.see("\\(20\\)")
    assert until(s, 1) == ("Kim", "text 0")
    go_by(s, steps, 3601)
    assert until(s, 2) == ("Kim", "19 new messages: text 19")
    assert bells(s) == 2
    assert kim.do("msg", world.uri("alice"), "more")["ok"]
    s.write(FOCUS_IN).line("/chat show kim").see("more")
    go_by(s, steps, 3601).settle()
    assert until(s, 2) and bells(s) == 2
    finish(s)


def test_no_report_of_focus(world, steps):
    """Then a key tells for a minute that somebody looks."""
    kim = world.peer("kim")
    s = world.alice("kim", more="set notify-interval 0\n", env=steps.env)
    s.see("● Kim").keys("F6")
    assert kim.do("msg", world.uri("alice"), "one")["ok"]
    s.see("1│").settle()
    assert notified(s) == [] and bells(s) == 1
    go_by(s, steps, 61).settle()
    assert kim.do("msg", world.uri("alice"), "two")["ok"]
    assert until(s, 1) == ("Kim", "two")
    finish(s)


def test_others(world):
    """Who adds her, and a buddy who comes online."""
    eve = Stranger(world.ports["alice"])
    s = world.screen("alice", world.person(
        "alice", "set notify-interval 0\nset notify-online yes\n"
        + world.buddies("kim"))).see("me ●").see("\\? Kim")
    s.write(FOCUS_OUT).settle()
    eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 60",
                sender='"Eve; Bob" <%s>' % eve.uri())
    s.see("Added you: Eve")
    assert until(s, 1) == ("Eve, Bob", "added you")
    assert bells(s) == 1
    kim = world.peer("kim")
    # She asks again by herself after a while, or when she is told to.
    s.line("/logout").see("me ○").line("/login").see("● Kim")
    s.write(FOCUS_OUT).settle()
    assert until(s, 1)
    kim.do("presence", "set", "offline")
    s.see("○ Kim")
    kim.do("presence", "set", "online")
    s.see("● Kim")
    assert until(s, 2) == ("Kim", "is online")
    eve.request("INVITE", SDP, "application/sdp", sender="<%s>"
                % eve.uri("kim"))
    assert until(s, 3) == ("kim", "asks for a chat")
    assert bells(s) == 3
    s.line("/set notify-from buddies").write(FOCUS_OUT).settle()
    eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 60",
                sender="<%s>" % eve.uri("bob"))
    s.see("\\+2")
    assert until(s, 3) and bells(s) == 3
    finish(s)
    eve.close()


def test_command(world, tmp_path):
    """Words, no shell; what others write is neither option nor command; one
    that hangs is ended with the program, and there are never many."""
    script = tmp_path / "tell"
    script.write_text('#!/bin/sh\nfor word; do printf "[%s]" "$word"; done'
                      ' >>{0}/told\nprintf " %s %s\\n" "$SOTTO_NAME" '
                      '"$SOTTO_EVENT" >>{0}/told\n'.format(tmp_path))
    script.chmod(0o755)
    told = tmp_path / "told"
    kim = world.peer("kim")
    s = world.alice("kim", more="set notify-interval 0\nset notify-command "
                    "\"%s '%%n says' %%t\"\n" % script).see("● Kim")
    s.write(FOCUS_OUT).settle()
    for text, word in (("hello", "hello"), ("--help", " --help"),
                       ("$(touch /tmp/x) `id`; rm", " $(touch /tmp/x) `id`; "
                        "rm"), ("a\x1b[31mb\nc", "a\ufffdb\nc")):
        assert kim.do("msg", "--", world.uri("alice"), text)["ok"]
        want = "[Kim says][%s] Kim message\n" % word
        s.wait("the command", lambda: told.exists()
               and want in told.read_text())
    script.write_text("#!/bin/sh\necho x >>%s\nexec sleep 1000\n" % told)
    told.write_text("")
    for n in range(30):
        assert kim.do("msg", world.uri("alice"), "text %d" % n)["ok"]
    s.see("\\(34\\)").settle()
    s.wait("commands", lambda: len(told.read_text()) >= 32)
    assert len(told.read_text()) == 32  # 16 at a time
    finish(s)
    time.sleep(0.2)
    here = str(script).encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                left = f.read()
        except OSError:
            continue
        assert b"SOTTO_EVENT=" not in left or bytes(tmp_path) not in left, here


def test_title(two):
    """How much is unread; as it was before, while it is away and after."""
    s, kim, bob, say = two

    def titles():
        return re.findall(rb"\x1b\]2;([^\x07]*)\x07|\x1b\[(2[23]);2t",
                          bytes(s.raw))

    assert titles()[-1][0] == b"sotto: Kim"
    say(bob, "one")
    assert titles()[-1][0] == b"sotto (1)"
    say(bob, "two")
    assert titles()[-1][0] == b"sotto (2)"
    s.keys("C-z").wait("stop", lambda: s.state() == "T")
    assert titles()[-1][1] == b"23"
    s.signal(signal.SIGCONT).see("^Kim>")
    s.wait("the title", lambda: titles()[-1][0] == b"sotto (2)")
    s.keys("M-a").see("^Bob>").wait(
        "the title", lambda: titles()[-1][0] == b"sotto: Bob")
    finish(s)
    seen = [t[1] for t in titles() if t[1]]
    assert seen == [b"22", b"23", b"22", b"23"]


# ---- away

AWAY = "set auto-away 10\nset auto-away-note 'not at the desk'\n"


def watcher(world):
    """Kim, who sees what Alice publishes."""
    kim = world.start("kim", world.person(
        "kim", "account set me accept all\nbuddy add %s -n Alice\n"
        % world.uri("alice")))
    kim.expect("account", state="online")
    return kim


@pytest.mark.parametrize("front", [(), ("--line",)], ids=["screen", "line"])
def test_auto_away(world, steps, front):
    s = world.alice(more=AWAY + "presence set online 'in the office'\n",
                    args=front, env=steps.env)
    s.see("me (●|is online)")
    kim = watcher(world)
    kim.expect("presence", state="online", note="in the office")
    for _ in range(2):
        go_by(s, steps, 601)
        kim.expect("presence", state="online", activity="away",
                   note="not at the desk")
        s.see("away; the next key brings you back")
        s.write("x")
        got = kim.expect("presence", state="online", note="in the office")
        assert "activity" not in got
        # Keys are what counts, not time.
        s.settle(0.3)
        steps.step(400)
        s.write("y").settle()
        go_by(s, steps, 400).settle()
        kim.none("presence", 0.3)
        s.keys("C-a", "C-k").settle()
        if not front:
            s.gone("xy")
    finish(s)


def test_auto_away_and_what_was_chosen(world, steps):
    """Busy stays busy, and so does what another program sets meanwhile."""
    s = world.alice(more=AWAY, env=steps.env).see("me ●")
    kim = watcher(world)
    kim.expect("presence", state="online")
    s.line("/presence set busy lunch")
    kim.expect("presence", activity="busy", note="lunch")
    go_by(s, steps, 601).settle()
    got = kim.expect("presence", activity="busy", note="lunch")
    assert "idle-since" in got
    s.line("/presence set online")
    while "activity" in kim.expect("presence", state="online"):
        pass
    go_by(s, steps, 601)
    kim.expect("presence", activity="away")
    with open(os.path.join(s.home, "sotto.conf"), encoding="utf-8") as f:
        config = f.read()
    assert one_shot(s.home, config, "presence", "set", "busy", "phone")[0] == 0
    kim.expect("presence", activity="busy", note="phone")
    s.write("x").see("> x")
    kim.none("presence", 0.3)
    s.keys("C-a", "C-k")
    finish(s)
