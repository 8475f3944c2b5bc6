# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and servers of documents that mean harm: each ends in a sentence,
nobody is lost from the list, no secret goes where it should not, and the
program goes on."""

import pytest

from peer import pidf
from simpleserver import SimpleServer
from webserver import WebServer

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
SECRET = "secret"


@pytest.fixture
def server():
    s = SimpleServer()
    yield s
    s.close()


class Alice:
    def __init__(self, server, s):
        self.server, self.s = server, s

    def goes_on(self):
        """She still hears of Kim, and has everybody in her list."""
        for basic, state in (("open", "online"), ("closed", "offline")):
            assert self.server.notify(KIM, pidf(KIM, basic)) == 200
            self.s.expect("presence", buddy=KIM, state=state)
        have = [b["buddy"] for b in self.s.do("buddy", "list")["result"]]
        assert sorted(have) == [BOB, KIM]

    def said(self, number, *words):
        """The sentences in the log since NUMBER, one of which has WORDS."""
        lines = [r["text"] for r in self.s.do("log")["result"]][number:]
        assert any(all(w in line for w in words) for line in lines), (
            words, lines)
        return lines

    def lines(self):
        return len(self.s.do("log")["result"])


@pytest.fixture
def alice(server, start):
    s = start("alice", server.config(
        "alice", "buddy add %s -n Bob" % BOB, "buddy add %s -n Kim" % KIM))
    s.expect("account", state="online")
    a = Alice(server, s)
    a.goes_on()
    yield a
    assert s.quit() == 0
    assert SECRET not in str(s.events) + s.stderr()


PRESENCE = ('<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="%s">%s'
            '</presence>')
TUPLE = ('<tuple id="t"><status><basic>open</basic></status>%s</tuple>')
BOMB = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>'
        % "".join('<!ENTITY %s "%s">' % (chr(98 + i),
                                         "&%s;" % chr(97 + i) * 10)
                  for i in range(9)))
FILE = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM '
        '"file:///etc/passwd">]>')


def raw(text):
    """Surrogates are bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


NESTED = "<a>" * 10000 + "</a>" * 10000
OPEN = PRESENCE % (KIM, TUPLE % "%s")

NOT = "is not what it should be"
BIG = "is larger, or deeper, than is taken here"
OTHER = "is about somebody else"
WINFO_EVENT = "presence.winfo"
KIND = "is of a kind that is not understood here"

PIDF = {
    "wrong root": ("<x/>", NOT),
    "wrong namespace": ('<presence xmlns="urn:x" entity="%s">%s</presence>'
                        % (KIM, TUPLE % ""), NOT),
    "nested": (OPEN % NESTED, BIG),
    "entity mismatch": (PRESENCE % (BOB, TUPLE % ""), OTHER),
    "bomb": (BOMB + OPEN % "<note>&j;</note>", NOT),
    "file": (FILE + OPEN % "<note>&a;</note>", NOT),
    "doctype": ("<!DOCTYPE presence>" + OPEN % "", NOT),
    "invalid UTF-8": (raw(OPEN % "<note>\udcff\udcfe</note>"), NOT),
    "cut off": ((OPEN % "")[:-5], NOT),
    "nothing": (" ", NOT),
    "zeros": (b"\0" * 1000, NOT),
    "attributes": (OPEN % ("<note %s/>" % " ".join(
        'a%d="1"' % i for i in range(5000))), BIG),
    "many": (PRESENCE % (KIM, TUPLE % "" * 100000), BIG),
}


def test_presence(server, alice):
    for name, (doc, why) in PIDF.items():
        n = alice.lines()
        assert server.notify(KIM, doc) == 400, name
        alice.said(n, KIM, "presence document", why)
        assert alice.s.seen("presence")[-1]["state"] == "offline", name
        alice.goes_on()
    for ctype in ("text/html", "application/octet-stream", "no type", "x/y;",
                  "multipart/related"):
        n = alice.lines()
        assert server.notify(KIM, OPEN % "", ctype=ctype) == 415, ctype
        alice.said(n, KIM, KIND)
        alice.goes_on()


def test_too_long_for_sip(server, alice):
    """Ten million bytes end the connection. It comes back."""
    n = alice.lines()
    server.notify(KIM, PRESENCE % (KIM, " " * 10000000), wait=False)
    alice.s.expect("account", reason="the body is too long")
    alice.said(n, "closed: the body is too long")
    alice.s.do("logout")  # rather than waiting for the next try
    alice.s.do("login")
    alice.goes_on()


WINFO = ('<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" '
         'version="%d" state="full">%s</watcherinfo>')
LIST = ('<watcher-list resource="%s" package="presence">%s</watcher-list>')
EVE = ('<watcher id="w%s" event="subscribe" status="pending">'
       'sip:eve%s@lab.test</watcher>')


def watchers(version, resource=ALICE, more="", watcher=EVE % ("", "")):
    return WINFO % (version, LIST % (resource, watcher) + more)


WATCHERS = {
    "wrong root": ("<x/>", NOT),
    "wrong namespace": (watchers(1).replace("xmlns", "nons"), NOT),
    "nested": (watchers(1, more=NESTED), BIG),
    "bomb": (BOMB + watchers(1, more="&j;"), NOT),
    "file": (FILE + watchers(1, more="&a;"), NOT),
    "invalid UTF-8": (raw(watchers(1, more="\udcff")), NOT),
    "cut off": (watchers(1)[:-5], NOT),
    "no version": (watchers(1).replace('"1"', '"-1"'), NOT),
}
NOBODY = {
    "entity mismatch": watchers(1, BOB),
    "herself": watchers(2, watcher=(EVE % ("", "")).replace("eve", "alice")),
    "no address": watchers(3, watcher=(EVE % ("", "")).replace(
        "sip:eve@lab.test", "<b/>")),
    "not SIP": watchers(4, watcher=(EVE % ("", "")).replace(
        "sip:eve@lab.test", "file:///etc/passwd")),
    "a header": watchers(5, watcher=(EVE % ("", "")).replace(
        "sip:eve@lab.test", "sip:eve@lab.test&#13;&#10;X: y")),
    "another event": watchers(6).replace('"presence"', '"conference"'),
}


def test_watchers(server, alice):
    """Nobody is asked about who is not there."""
    for name, (doc, why) in WATCHERS.items():
        n = alice.lines()
        assert server.notify(ALICE, doc, WINFO_EVENT) == 400, name
        alice.said(n, "tells of watchers", why)
    for ctype in ("text/html", "application/pidf+xml", "no type"):
        n = alice.lines()
        assert server.notify(ALICE, watchers(1), WINFO_EVENT, ctype) == 415
        alice.said(n, "tells of watchers", KIND)
    n = alice.lines()
    for name, doc in NOBODY.items():
        assert server.notify(ALICE, doc, WINFO_EVENT) == 200, name
    alice.said(n, "tells of watchers", OTHER)
    alice.goes_on()
    assert not alice.s.seen("watcher")
    # Strangers without end are not asked about without end.
    flood = "".join(EVE % (i, i) for i in range(10000))
    assert server.notify(ALICE, watchers(7, watcher=flood),
                         WINFO_EVENT) == 200
    alice.goes_on()
    assert len(alice.s.seen("watcher")) == 1000
