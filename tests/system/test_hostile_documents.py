# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and servers of documents that mean harm: each ends in a sentence,
nobody is lost from the list, no secret goes where it should not, and the
program goes on."""

import pytest

from hostile import (ALICE, BIG, BOB, BOMB, FILE, KIM, KIND, NESTED, NOT,
                     OTHER, alice_at, raw)
from peer import pidf
from simpleserver import TYPES, SimpleServer


@pytest.fixture
def alice(servers, start):
    a = alice_at(servers, start)
    a.goes_on()
    yield a
    a.ends()


@pytest.fixture
def server(alice):
    return alice.server


PRESENCE = ('<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="%s">%s'
            '</presence>')
TUPLE = ('<tuple id="t"><status><basic>open</basic></status>%s</tuple>')
OPEN = PRESENCE % (KIM, TUPLE % "%s")

WINFO_EVENT = "presence.winfo"

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
        alice.since(n, KIM, "presence document", why)
        assert alice.s.seen("presence")[-1]["state"] == "offline", name
        alice.goes_on()
    for ctype in ("text/html", "application/octet-stream", "no type", "x/y;",
                  "multipart/related"):
        n = alice.lines()
        assert server.notify(KIM, OPEN % "", ctype=ctype) == 415, ctype
        alice.since(n, KIM, KIND)
        alice.goes_on()


def test_a_stranger_looked_up(server, alice):
    """What is asked for once."""
    eve = "sip:eve@lab.test"
    for name, (doc, why) in PIDF.items():
        n = alice.lines()
        server.documents[eve] = (doc if isinstance(doc, bytes)
                                 else doc.encode()), TYPES["presence"]
        alice.s.do("search", "-p", eve)
        alice.s.expect("presence", buddy=eve, state="unknown",
                       reason="what they publish cannot be read")
        alice.since(n, eve, "presence document")
    server.documents[eve] = pidf(eve, "open").encode(), TYPES["presence"]
    alice.s.do("search", "-p", eve)
    alice.s.expect("presence", buddy=eve, state="online")
    alice.goes_on()


def test_elsewhere(server, servers, alice):
    """Redirected to another host, which asks for a password: it gets none."""
    other = servers(SimpleServer)
    realm = 'Digest realm="lab.test", nonce="x", qop="auth", algorithm=MD5'
    for name in ("REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE", "OPTIONS",
                 "INVITE"):
        other.refused[name] = ("401 Unauthorized", "WWW-Authenticate: "
                               + realm)
    moved = ("302 Moved Temporarily", "Contact: <%s>" % other.uri("kim"))
    for name in ("MESSAGE", "presence", "PUBLISH", "INVITE", "OPTIONS"):
        server.refused[name] = moved
    reply = alice.s.do("msg", KIM, "hello", ok=False)
    assert "302" in reply["error"]
    alice.s.do("search", "-p", "sip:eve@lab.test")
    alice.s.expect("presence", buddy="sip:eve@lab.test", state="unknown",
                   reason=lambda r: "302" in r)
    alice.s.do("presence", "set", "busy")
    alice.said("own presence is not published", "302")
    server.refused["REGISTER"] = moved
    alice.s.do("logout")
    reply = alice.s.do("login", ok=False)
    assert "sends us elsewhere" in reply["error"]
    assert not other.seen


def test_too_long_for_sip(server, alice):
    """Ten million bytes end the connection. It comes back."""
    n = alice.lines()
    server.notify(KIM, PRESENCE % (KIM, " " * 10000000), wait=False)
    alice.s.expect("account", reason="the body is too long")
    alice.since(n, "closed: the body is too long")
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
        alice.since(n, "tells of watchers", why)
    for ctype in ("text/html", "application/pidf+xml", "no type"):
        n = alice.lines()
        assert server.notify(ALICE, watchers(1), WINFO_EVENT, ctype) == 415
        alice.since(n, "tells of watchers", KIND)
    n = alice.lines()
    for name, doc in NOBODY.items():
        assert server.notify(ALICE, doc, WINFO_EVENT) == 200, name
    alice.since(n, "tells of watchers", OTHER)
    alice.goes_on()
    assert not alice.s.seen("watcher")
    # Strangers without end are not asked about without end.
    flood = "".join(EVE % (i, i) for i in range(10000))
    assert server.notify(ALICE, watchers(7, watcher=flood),
                         WINFO_EVENT) == 200
    alice.goes_on()
    assert len(alice.s.seen("watcher")) == 1000
