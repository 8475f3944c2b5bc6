# SPDX-License-Identifier: GPL-3.0-or-later
"""Richer presence: idle times, and the devices of one user as one line, with
and without a server between."""

import datetime
import os
import re
import signal
import time

import pytest

import clock
from kamailio import Kamailio
from sotto import account
from stranger import Stranger, header
from world import World

ALICE = "sip:alice@lab.test"
AWAY = "set auto-away 10\nset auto-away-note 'not at the desk'\n"


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def steps(tmp_path):
    if clock.missing():
        pytest.skip(clock.missing())
    return clock.Clock(tmp_path)


@pytest.fixture
def server(tmp_path):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio") as k:
        yield k


def go_by(s, steps, seconds):
    """Time passes for S alone."""
    s.settle(0.3)
    steps.step(seconds)
    s.signal(signal.SIGWINCH)
    return s


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def ago(text):
    """Seconds since TEXT, a date of RFC 3339."""
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()


def shown(s, buddy):
    return s.do("buddy", "show", buddy)["result"]


# ---- idle times

def test_idle_time(world, steps):
    """Who went away by himself says since when; every front end shows it, and
    a key takes it back."""
    s = world.alice(more=AWAY, env=steps.env).see("me ●")
    more = ("account set me accept all\nbuddy add %s -n Alice\n"
            % world.uri("alice"))
    kim = world.start("kim", world.person("kim", more))
    kim.expect("presence", state="online")
    bob = world.screen("bob", world.person("bob", more))
    bob.see("● Alice").line("/chat show alice").see("─ Alice ● online")
    go_by(s, steps, 601)
    got = kim.expect("presence", state="online", activity="away",
                     note="not at the desk")
    assert -5 < ago(got["idle-since"]) < 60
    result = shown(kim, "alice")
    assert result["idle-since"] == got["idle-since"]
    bob.see('─ Alice ◐ away, idle since HH:MM "not at the desk"')
    finish(bob)
    line = world.screen("bob", world.person("bob", more), "--line")
    line.see(r"Alice is online \(away, idle since \S+\)")
    line.line("/buddy show alice").see("away, idle since")
    s.write("x")
    got = kim.expect("presence", state="online")
    assert "activity" not in got and "idle-since" not in got
    line.see("Alice is online$")
    assert "idle-since" not in shown(kim, "alice")
    finish(line)
    s.keys("C-u")
    finish(s)


def test_idle_time_of_the_busy(world, steps):
    """Busy stays busy, but that no key comes is told; option idle-time keeps
    it to oneself."""
    s = world.alice(more=AWAY, env=steps.env).see("me ●")
    kim = world.start("kim", world.person(
        "kim", "account set me accept all\nbuddy add %s\n"
        % world.uri("alice")))
    kim.expect("presence", state="online")
    s.line("/presence set busy lunch")
    got = kim.expect("presence", activity="busy", note="lunch")
    assert "idle-since" not in got
    go_by(s, steps, 601)
    got = kim.expect("presence", activity="busy", note="lunch")
    assert -5 < ago(got["idle-since"]) < 60
    s.line("/set idle-time no")
    got = kim.expect("presence", activity="busy")
    assert "idle-since" not in got
    go_by(s, steps, 601).settle(0.5)
    kim.none("presence", 0.3)
    s.line("/presence set online")
    kim.expect("presence", state="online")
    go_by(s, steps, 601)
    got = kim.expect("presence", activity="away", note="not at the desk")
    assert "idle-since" not in got
    finish(s)


# ---- what is not sent again

def traced(start, name, config, **options):
    s = start(name, config, "--trace", "trace", **options)
    s.trace = os.path.join(s.home, "trace")
    s.expect("account", state="online")
    return s


def trace(s):
    with open(s.trace, encoding="utf-8") as f:
        return f.read()


def heard(s, pattern, timeout=10.0):
    """S's trace has PATTERN; the whole of it."""
    end = time.monotonic() + timeout
    while True:
        text = trace(s)
        if re.search(pattern, text):
            return text
        assert time.monotonic() < end, "no %r in\n%s" % (
            pattern, text[-6000:])
        s.do("version")
        time.sleep(0.05)


def later(s, steps, seconds):
    """Time passes for S; a command wakes it."""
    steps.step(seconds)
    s.do("version")


def test_refresh_without_news(world, start, steps):
    """Two sottos: a refresh that names what is known gets 204 and no NOTIFY,
    and asks for the rate that the notifier knows."""
    kim = world.peer("kim")
    kim.do("presence", "set", "busy", "lunch")
    alice = traced(start, "alice", world.person(
        "alice", "buddy add %s\n" % world.uri("kim")), env=steps.env)
    alice.expect("presence", activity="busy", note="lunch")
    text = heard(alice, r"(?m)^SIP-ETag: \w+")
    assert "Suppress-If-Match" not in text
    assert ";max-rate=0.2" in text and "Event: presence;" not in text
    tag = re.search(r"(?m)^SIP-ETag: (\w+)", text).group(1)
    before = text.count("NOTIFY sip:")
    later(alice, steps, 3550)
    text = heard(alice, "SIP/2.0 204 ")
    assert "Suppress-If-Match: " + tag in text
    assert "Event: presence;max-rate=0.2" in text
    assert text.count("NOTIFY sip:") == before
    alice.none("presence", 0.3)
    kim.do("presence", "set", "away")
    alice.expect("presence", activity="away")
    # A goodbye needs no last document either.
    before = trace(alice).count("NOTIFY sip:")
    assert alice.quit() == 0
    assert trace(alice).count("SIP/2.0 204 ") == 2
    assert trace(alice).count("NOTIFY sip:") == before


def test_restarted_notifier(world, start, steps):
    """A notifier that was started anew knows no subscription: nothing of what
    it has to say is hidden by what was known."""
    kim = world.peer("kim")
    alice = traced(start, "alice", world.person(
        "alice", "buddy add %s\n" % world.uri("kim")), env=steps.env)
    alice.expect("presence", state="online")
    heard(alice, r"(?m)^SIP-ETag: \w+")
    kim.kill()
    kim = world.peer("kim", "presence set busy\n")
    later(alice, steps, 3550)
    alice.expect("presence", state="online", activity="busy", timeout=30)


@pytest.mark.peers
def test_refresh_at_kamailio(server, start, steps):
    """Which knows neither: it is asked for neither, and all goes on."""
    kim = start("kim", account("me", "kim", server, "tcp") + "login me\n")
    kim.expect("account", state="online")
    alice = traced(start, "alice", account("me", "alice", server, "tcp")
                   + "buddy add sip:kim@lab.test\nlogin me\n",
                   env=steps.env)
    alice.expect("presence", state="online")
    before = trace(alice).count("NOTIFY sip:")
    later(alice, steps, 3550)
    text = heard(alice, r"(?s)(CSeq: \d+ SUBSCRIBE.*){4}")
    kim.do("presence", "set", "busy")
    alice.expect("presence", activity="busy")
    text = trace(alice)
    assert text.count("NOTIFY sip:") > before
    assert "Suppress-If-Match" not in text and "max-rate" not in text


@pytest.mark.peers
def test_kamailio_takes_a_rate_amiss(tmp_path):
    """Any parameter of Event is another event to it: this is why a rate is
    asked for only where one was told."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", auth=False) as k:
        eve = Stranger(k.port)
        try:
            for event, wanted in (("presence", 200),
                                  ("presence;max-rate=0.2", 489)):
                assert eve.status_of(
                    "SUBSCRIBE", sender="<%s>" % ALICE,
                    to="sip:kim@lab.test", more="Event: %s\r\n"
                    "Expires: 600\r\n" % event) == wanted, event
        finally:
            eve.close()


# ---- notes

PIDF = """<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="%s">\
<tuple id="t"><status><basic>open</basic></status>\
<note xml:lang="en">at lunch</note><note xml:lang="fr">à table</note>\
</tuple></presence>"""


@pytest.mark.parametrize("lang, note", [
    ("fr_CA.UTF-8", "à table"), ("en", "at lunch"), ("de_DE", "at lunch")])
def test_languages(world, start, lang, note):
    """Of notes in several languages the one in the user's."""
    eve = Stranger(world.ports["alice"])
    try:
        alice = start("alice", world.person(
            "alice", "buddy add %s\n" % eve.uri()), env={"LC_ALL": lang})
        got = eve.expect("^SUBSCRIBE ")
        eve.answer(got, "200 OK", "Expires: 600\r\nContact: <%s>"
                   % eve.uri())
        eve.request(
            "NOTIFY", (PIDF % eve.uri()).encode(), "application/pidf+xml",
            call_id=header(got, "Call-ID"), tag="stranger",
            to_tag=header(got, "From").partition(";tag=")[2],
            more="Event: presence\r\n"
            "Subscription-State: active;expires=600")
        alice.expect("presence", state="online", note=note)
    finally:
        eve.close()


# ---- devices

@pytest.mark.peers
def test_devices(server, screen, start, steps):
    """Two sottos of one user: the one that went away by itself hides nothing
    while the other is there, and is all there is once that has gone."""
    bob = start("bob", account("me", "bob", server, "tcp")
                + "buddy add %s\nlogin me\n" % ALICE)
    desk = screen("desk", account("me", "alice", server, "tcp") + AWAY
                  + "login me\n", env=steps.env)
    desk.see("me ●")
    bob.expect("presence", buddy=ALICE, state="online")
    home = start("home", account("me", "alice", server, "tcp")
                 + "login me\n")
    home.expect("account", state="online")
    time.sleep(0.5)
    # A rate of one in 5 s holds nothing back for long.
    go_by(desk, steps, 601)
    desk.see("away; the next key")
    bob.none("presence", 3.0)
    assert "activity" not in shown(bob, ALICE)
    # She says it herself: what she said last counts.
    home.do("presence", "set", "busy", "at home")
    bob.expect("presence", buddy=ALICE, activity="busy", note="at home")
    home.do("presence", "set", "online")
    got = bob.expect("presence", buddy=ALICE, state="online")
    assert "activity" not in got and "note" not in got
    # It goes; the other is left, and is idle.
    assert home.quit() == 0
    got = bob.expect("presence", buddy=ALICE, activity="away",
                     note="not at the desk")
    assert got["state"] == "online" and "idle-since" in got
    # It comes back.
    home = start("home", account("me", "alice", server, "tcp")
                 + "login me\n")
    home.expect("account", state="online")
    got = bob.expect("presence", buddy=ALICE, state="online")
    assert "activity" not in got and "note" not in got
    assert "idle-since" not in got
    # A key at the desk, then nobody is left at home.
    desk.write("x").settle(0.5)
    assert home.quit() == 0
    bob.none("presence", 2.0)
    assert shown(bob, ALICE)["state"] == "online"
    desk.keys("C-u")
    finish(desk)
    bob.expect("presence", buddy=ALICE, state="offline")
