# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions become rules on the server: two strangers, and a Kamailio that
shows presence by the rules that it keeps."""

import time

import pytest

from httphelper import Helper
from kamailio import Kamailio
from sotto import account

pytestmark = pytest.mark.peers

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
OTHER = ("<?xml version='1.0' encoding='UTF-8'?>\n<!-- by hand -->\n"
         "<cr:ruleset xmlns:cr='urn:ietf:params:xml:ns:common-policy' "
         "xmlns:pr='urn:ietf:params:xml:ns:pres-rules'>%s\n"
         "</cr:ruleset>\n")
RULE = ("\n<cr:rule id='%s'><cr:conditions><cr:identity>%s</cr:identity>"
        "</cr:conditions><cr:actions><pr:sub-handling>%s</pr:sub-handling>"
        "</cr:actions><cr:transformations/></cr:rule>")
KIMS = RULE % ("z", "<cr:one id='%s'/>" % KIM, "block")
TYPE = "application/auth-policy+xml"


@pytest.fixture
def server(tmp_path):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", rules=True, xcap=True) as k:
        yield k


class Document:
    """Alice's rules, as another device of hers sees them."""

    def __init__(self, server):
        self.url = (server.xcap_root
                    + "/pres-rules/users/sip:alice@lab.test/index")
        self.helper = Helper()

    def ask(self, method, **more):
        return self.helper.ask(method, self.url, user="alice",
                               password="secret-alice", **more)

    def text(self):
        r = self.ask("GET")
        return r["body"].decode() if r["status"] == "200" else ""

    def write(self, text):
        assert self.ask("PUT", body=text, type=TYPE)["status"] in (
            "200", "201")

    def becomes(self, *texts, without=()):
        end = time.monotonic() + 10
        while True:
            text = self.text()
            if (all(t in text for t in texts)
                    and not any(t in text for t in without)):
                return text
            assert time.monotonic() < end, text
            time.sleep(0.1)


@pytest.fixture
def document(server):
    d = Document(server)
    yield d
    d.helper.close()


@pytest.fixture
def people(server, start):
    def person(user, more="", **settings):
        s = start(user, "set log-level info\n"
                  + account("me", user, server, "tcp", **settings)
                  + more + "login me\n")
        s.expect("account", state="online")
        return s
    return person


def keeps(s):
    """S has heard that the server keeps rules."""
    end = time.monotonic() + 10
    while not [r for r in s.do("log")["result"]
               if "the server keeps: pres-rules" in r["text"]]:
        assert time.monotonic() < end
        time.sleep(0.05)


def decide(s, word, who=BOB):
    """Nothing is left to be said about the server."""
    reply = s.do("buddy", word, who)
    assert "server" not in reply.get("result", "")


def test_decisions(server, people, document):
    """From pending to each of them; what she decides on the server is what
    he sees, and another device's rule stays."""
    document.write(OTHER % KIMS)
    alice = people("alice", xcap_root=server.xcap_root)
    keeps(alice)
    bob = people("bob", "buddy add %s\n" % ALICE)
    bob.expect("presence", buddy=ALICE, state="unknown",
               reason="waiting for approval")
    alice.expect("watcher", watcher=BOB)
    decide(alice, "accept")
    bob.expect("presence", buddy=ALICE, state="online")
    text = document.becomes("sotto-allow", BOB)
    assert text.startswith(OTHER.partition("%s")[0] + KIMS)

    decide(alice, "block")
    text = document.becomes("sotto-polite-block", BOB,
                            without=["sotto-allow"])
    assert KIMS in text
    # Kamailio tells of that without a document, and so he asks.
    bob.expect("presence", buddy=ALICE, state="offline")
    decide(alice, "unblock")
    document.becomes("sotto-confirm", BOB, without=["sotto-polite-block"])
    bob.expect("presence", buddy=ALICE, reason="waiting for approval")
    decide(alice, "accept")
    bob.expect("presence", buddy=ALICE, state="online")
    decide(alice, "decline")
    text = document.becomes("sotto-block", BOB, without=["sotto-allow"])
    assert KIMS in text
    bob.expect("presence", buddy=ALICE, state="unknown",
               reason=lambda r: "approval" not in r)


@pytest.mark.parametrize("known, rule", [
    ("buddy add", "sotto-allow"), ("buddy accept", "sotto-allow"),
    ("buddy block", "sotto-polite-block")])
def test_decided_before(server, people, document, known, rule):
    """Decided while logged out, or before he asked: she is not asked, and the
    server learns it once he waits there."""
    bob = people("bob", "buddy add %s\n" % ALICE)
    bob.expect("presence", buddy=ALICE, reason="waiting for approval")
    alice = people("alice", "%s %s\n" % (known, BOB),
                   xcap_root=server.xcap_root)
    document.becomes(rule, BOB)
    assert not alice.seen("watcher")
    if rule == "sotto-allow":
        bob.expect("presence", buddy=ALICE, state="online")


@pytest.mark.parametrize("word, rule", [
    ("accept", "sotto-allow"), ("decline", "sotto-block"),
    ("block", "sotto-polite-block")])
@pytest.mark.parametrize("end", ["logout", "quit", "kill"])
def test_decided_signed_out(server, people, start, document, word, rule, end):
    """Nobody waits there, and she is not even signed in: the server learns it
    at the next sign-in, also of a program that was killed."""
    config = account("me", "alice", server, "tcp",
                     xcap_root=server.xcap_root)
    alice = start("alice", config)
    assert "next sign-in" in alice.do("buddy", word, BOB)["result"]
    if end == "logout":
        alice.do("login", "me")
    else:
        alice.kill() if end == "kill" else alice.quit()
        alice = start("alice", config + "login me\n")
    alice.expect("account", state="online")
    document.becomes(rule, BOB)
    # Once: what is written is not written again.
    if word == "block":
        # A document that was new is looked at once more.
        alice.do("sleep", "2.5")
        document.write(OTHER % KIMS)
        alice.do("logout")
        alice.do("login")
        alice.do("sleep", "0.5")
        assert BOB not in document.text()


def test_quit_at_once(server, people, document):
    """What was just decided gets through all the same."""
    alice = people("alice", xcap_root=server.xcap_root)
    keeps(alice)
    alice.do("buddy", "block", BOB)
    assert alice.quit() == 0
    assert "sotto-polite-block" in document.text()


def test_taken_back_signed_out(server, people, document):
    alice = people("alice", xcap_root=server.xcap_root)
    keeps(alice)
    decide(alice, "block")
    document.becomes("sotto-polite-block", BOB)
    alice.do("logout")
    alice.do("buddy", "unblock", BOB)
    assert alice.quit() == 0
    alice = people("alice", xcap_root=server.xcap_root)
    document.becomes("sotto-confirm", BOB, without=["sotto-polite-block"])


def test_refused_for_good(server, people, document):
    """Said once, not at every sign-in."""
    strange = "<x xmlns='urn:x'><y/></x>"
    document.write(strange)
    alice = people("alice", xcap_root=server.xcap_root)
    alice.do("buddy", "block", BOB)
    alice.expect("log", level="warning", text=lambda t: "obeyed here" in t)
    for _ in range(2):
        assert alice.quit() == 0
        alice = people("alice", xcap_root=server.xcap_root)
        keeps(alice)
        alice.do("sleep", "0.5")
        assert not [r for r in alice.do("log")["result"]
                    if "obeyed here" in r["text"]]
    assert document.text() == strange


@pytest.fixture
def devices(server, people, start):
    """Alice on two devices; nobody is in her way."""
    def device(home):
        s = start(home, "set log-level info\n" + account(
            "me", "alice", server, "tcp",
            xcap_root=server.xcap_root) + "login me\n")
        s.expect("account", state="online")
        keeps(s)
        return s
    return device("alice"), device("alice-2")


def again(s):
    s.do("logout")
    s.do("login")
    s.expect("account", state="online")


def test_two_devices(devices, people, document):
    """Blocked on one, blocked on both, also for texts; and so on with what
    is taken back."""
    one, two = devices
    bob = people("bob")
    one.do("buddy", "block", BOB)
    document.becomes("sotto-polite-block", BOB)
    again(two)
    two.logged(BOB + " is blocked, as the server's rules are now")
    one.do("logout")
    assert not bob.do("msg", ALICE, "blocked", ok=False)["ok"]
    # Not by word of what it has already.
    two.do("buddy", "unblock", BOB)
    document.becomes("sotto-confirm", BOB)
    one.do("login")
    one.logged(BOB + " is no longer decided about")
    assert bob.do("msg", ALICE, "hello")["ok"]
    one.expect("message", text="hello")
    two.expect("message", text="hello")
    # Over restarts too.
    two.do("buddy", "block", BOB)
    document.becomes("sotto-polite-block", BOB)
    again(one)
    one.logged(BOB + " is blocked")


def test_answered_on_the_other(devices, people, document):
    """Asked on both; accepted on one, and taken back there: asked again,
    which the other one's answer of old does not hinder."""
    one, two = devices
    bob = people("bob", "buddy add %s\n" % ALICE)
    one.expect("watcher", watcher=BOB)
    two.expect("watcher", watcher=BOB)
    one.do("buddy", "accept", BOB)
    one.expect("watcher-settled", watcher=BOB)
    bob.expect("presence", buddy=ALICE, state="online")
    again(two)
    two.expect("watcher-settled", watcher=BOB)
    two.logged(BOB + " is accepted")
    two.do("buddy", "unblock", BOB)
    bob.expect("presence", buddy=ALICE, reason="waiting for approval")
    # Kamailio tells nothing of that by itself.
    again(one)
    one.logged(BOB + " is no longer decided about")
    one.expect("watcher", watcher=BOB)
    text = document.text()
    assert "sotto-confirm" in text and "sotto-allow" not in text


def test_everybody_but_one(server, people, document):
    """Another device lets in everybody: a block holds all the same."""
    document.write(OTHER % (RULE % ("all", "<cr:many/>", "allow")))
    alice = people("alice", xcap_root=server.xcap_root)
    keeps(alice)
    decide(alice, "decline")
    document.becomes('<cr:many><cr:except id="%s"/></cr:many>' % BOB,
                     "sotto-block")
    bob = people("bob", "buddy add %s\n" % ALICE)
    kim = people("kim", "buddy add %s\n" % ALICE)
    kim.expect("presence", buddy=ALICE, state="online")
    bob.expect("presence", buddy=ALICE, state="unknown",
               reason=lambda r: r and "approval" not in r)


def test_not_understood(server, people, document):
    """A document that is none stays; the decision is obeyed here."""
    alice = people("alice", xcap_root=server.xcap_root)
    keeps(alice)
    strange = "<x xmlns='urn:x'><y/></x>"
    document.write(strange)
    alice.do("buddy", "block", BOB)
    alice.expect("log", level="warning", text=lambda t: "obeyed here" in t)
    assert document.text() == strange
