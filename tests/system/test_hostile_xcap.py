# SPDX-License-Identifier: GPL-3.0-or-later
"""XCAP servers that mean harm, and their documents: each ends in a sentence,
nothing of theirs is overwritten, no secret goes elsewhere, decisions are obeyed
here, nobody is lost from the list, and the program goes on."""

import threading
import time

import pytest

from hostile import BIG, BOMB, CAPS, FILE, KIM, NESTED, NOT, alice_at
from webserver import WebServer

CAPS = CAPS % b"pres-rules"
RULES = ("<?xml version='1.0' encoding='UTF-8'?><cr:ruleset "
         "xmlns:cr='urn:ietf:params:xml:ns:common-policy' "
         "xmlns:pr='urn:ietf:params:xml:ns:pres-rules'>%s</cr:ruleset>")
MILLION = b"x" * 1000000


@pytest.fixture
def alice(servers, start):
    a = alice_at(servers, start, "pres-rules")
    a.said("the server keeps: pres-rules")
    a.goes_on()
    yield a
    a.ends()


DOCUMENTS = {
    "wrong root": (b"<x/>", NOT),
    "wrong namespace": ((RULES % "").replace("common-policy", "x").encode(),
                        NOT),
    "nested": ((RULES % NESTED).encode(), BIG),
    "bomb": ((BOMB + RULES % "&j;").encode(), NOT),
    "file": ((FILE + RULES % "&a;").encode(), NOT),
    "invalid UTF-8": ((RULES % "<!-- \xff\xfe -->").encode("latin-1"), NOT),
    "another charset": ((RULES % "<!-- \xe9 -->").replace(
        "UTF-8", "latin1").encode("latin-1"), NOT),
    "cut off": ((RULES % "")[:-3].encode(), NOT),
    "nothing": (b"", NOT),
    "a page": (b"<!DOCTYPE html><html><body>Welcome</body></html>", NOT),
    "5 MB": ((RULES % ("<!--" + " " * 5000000 + "-->")).encode(), BIG),
    "10 MB": ((RULES % ("<!--" + " " * 10000000 + "-->")).encode(),
              "longer than 8 MiB"),
}


def test_rules(alice):
    for name, (body, why) in DOCUMENTS.items():
        alice.web.answer = body
        alice.decides("which is obeyed here", why)
        assert not alice.web.puts(), name
    alice.goes_on()
    alice.web.answer = None
    alice.decides("the server's rule", "is now: polite-block")
    assert alice.web.puts()


def write(data, times=1):
    """An answer of these bytes, and the end of the connection."""
    def answer(h):
        for _ in range(times):
            h.wfile.write(data)
        h.wfile.flush()
    return answer


def status(code, **headers):
    return lambda h: h.reply(code, b"", **headers)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNK = b"f4240\r\n" + MILLION + b"\r\n"
PLAIN = (RULES % "").encode()
SIZED = b"Content-Length: %d\r\n\r\n" % len(PLAIN) + PLAIN
LATER = "it is tried again later"

MISBEHAVIOUR = {
    "moved for good": (status(301, Location="/root/x"), "has moved (301)"),
    "not her": (status(401, WWW_Authenticate='Digest realm="x", nonce="y"'),
                "password"),
    "in clear": (status(401, WWW_Authenticate='Basic realm="x"'),
                 "password"),
    "forbidden": (status(403), "forbids it"),
    "a conflict": (status(409), "refuses the change"),
    "trouble": (status(503), LATER),
    "chunks without end": (lambda h: (
        h.wfile.write(OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        write(CHUNK, 20)(h)), "longer than 8 MiB"),
    "no chunks": (write(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
                  LATER),
    "more than it says": (write(OK + b"Content-Length: -5\r\n\r\n<x/>"),
                          LATER),
    "headers without end": (write(
        OK + b"".join(b"X-%d: " % i + b"y" * 1000 + b"\r\n"
                      for i in range(3000))), LATER),
    "garbage": (write(b"\0\xff\x1b[2J garbage\r\n\r\n"), LATER),
    "half": (write(OK + b"Content-Length: 1000\r\n\r\n<half/>"), LATER),
    "closed": (write(b""), LATER),
    "squeezed": (write(OK + b"Content-Encoding: gzip\r\nContent-Length: 3"
                       b"\r\n\r\n\x1f\x8b\x08"), NOT),
    "no tag": (write(OK + SIZED), "which version"),
    "a tag with an end of line": (write(
        OK + b'ETag: "a\r\nX: y"\r\n' + SIZED), "which version"),
    "a tag with a return": (write(OK + b'ETag: "a\rX: y"\r\n' + SIZED),
                            "which version"),
    "a tag with an escape": (write(OK + b'ETag: "a\x1b[2J"\r\n' + SIZED),
                             "which version"),
    "a tag without end": (write(OK + b'ETag: "' + b"a" * 5000 + b'"\r\n'
                                + SIZED), "which version"),
}


def test_misbehaviour(alice):
    for name, (answer, why) in MISBEHAVIOUR.items():
        alice.web.answer = answer
        alice.decides(why)
        assert not alice.web.puts(), name
        if why in (LATER, "password"):
            alice.signs_in_anew()
    alice.goes_on()
    alice.web.answer = None
    alice.decides("the server's rule", "is now: polite-block")


ERROR = ("<?xml version='1.0'?>%s<xcap-error xmlns='urn:ietf:params:xml:ns:"
         "xcap-error'>%s</xcap-error>")
REFUSE = "the XCAP server refuses the change"
CONFLICTS = {
    "wrong root": ("<x/>", REFUSE),
    "nested": (ERROR % ("", NESTED), REFUSE),
    "bomb": (ERROR % (BOMB, "<not-utf-8 phrase='&j;'/>"), REFUSE),
    "9 MB": (ERROR % ("", "<not-utf-8/>" + " " * 9000000), "8 MiB"),
    "a long phrase": (ERROR % ("", "<not-utf-8 phrase='%s'/>" % (
        "p" * 100000)), "it is not UTF-8"),
    "a phrase with an escape": (ERROR % (
        "", "<not-utf-8 phrase='\u009b2J&#10;10:10 Bob hi'/>"),
        "it is not UTF-8"),
    "insisting": (ERROR % ("", "<uniqueness-failure field='f'><exists field='"
                           "../../x'><alt-value>file:///etc/passwd</alt-value>"
                           "</exists></uniqueness-failure>"),
                  "it names something that exists already"),
}


def test_conflicts(alice):
    """What is refused with an explanation."""
    for name, (body, why) in CONFLICTS.items():
        alice.web.refuses = lambda h, b=body.encode(): h.reply(
            409, b, Content_Type="application/xcap-error+xml")
        assert len(alice.decides(why)) < 400, name
    alice.web.refuses = None
    alice.decides("the server's rule", "is now: polite-block")


def test_always_another_version(alice):
    """Who is never let through gives up, and tries at the next sign-in."""
    alice.web.refuses = status(412)
    begin = len(alice.web.seen)
    alice.decides("it has been changed meanwhile")
    assert [s[0] for s in alice.web.seen[begin:]] == ["GET", "PUT"] * 5
    alice.goes_on()
    alice.web.refuses = None
    alice.signs_in_anew()
    alice.said("sip:eve1@lab.test", "is now: polite-block")


def test_elsewhere(alice, servers):
    """No redirection is followed, to whatever address: credentials and
    documents stay where they belong."""
    other = servers(WebServer, "basic")
    for code in (301, 302, 303, 307, 308, 300, 305):
        for place in (other.root + "/root/doc", "file:///etc/passwd",
                      "//127.0.0.1:%d/" % other.port,
                      "http://alice:secret@127.0.0.1:%d/" % other.port):
            alice.web.answer = status(code, Location=place)
            alice.decides("has moved (%d)" % code)
    alice.web.answer = status(200, Location=other.root, Refresh="0; url="
                              + other.root, Link="<%s>" % other.root)
    alice.decides("is not understood")
    assert not other.seen and not alice.web.puts()
    alice.goes_on()


def test_slow(alice):
    """A server that gives a byte now and then holds up nothing but itself,
    and no end of the program."""
    web, begun = alice.web, threading.Event()

    def answer(h):
        h.wfile.write(OK)
        begun.set()
        while not web.stop.wait(0.05):
            h.wfile.write(b"X")
            h.wfile.flush()

    web.answer = answer
    alice.s.do("buddy", "block", "sip:eve@lab.test")
    assert begun.wait(10)
    alice.goes_on()
    assert alice.server.ask("MESSAGE", "sip:eve@lab.test") == 403
    assert alice.server.ask("MESSAGE", KIM) == 200
    alice.s.expect("message", peer=KIM, text="hello")
    begin = time.monotonic()
    assert alice.s.quit() == 0
    assert time.monotonic() - begin < 5


CAPABILITIES = {
    "wrong root": (b"<x/>", "is no XCAP server"),
    "wrong namespace": (CAPS.replace(b"xcap-caps'", b"x'"),
                        "is no XCAP server"),
    "nested": (CAPS.replace(b"<auids>", b"<auids>" + NESTED.encode()),
               "is no XCAP server"),
    "bomb": (BOMB.encode() + CAPS[21:].replace(b"<auids>", b"<auids>&j;"),
             "is no XCAP server"),
    "10 MB": (CAPS.replace(b"<auids>", b"<auids>" + b" " * 10000000),
              "longer than 8 MiB"),
    "2 MB": (CAPS.replace(b"<auids>", b"<auids>" + b" " * 2000000),
             "is no XCAP server"),
    "invalid UTF-8": (CAPS.replace(b"<auids>", b"<auids>\xff"),
                      "is no XCAP server"),
    "nothing": (b"", "is no XCAP server"),
    "a page": (b"<html><body>Welcome</body></html>", "is no XCAP server"),
    "not allowed": (status(405), "refuses it (405)"),
    "moved": (status(302, Location="http://127.0.0.1:1/"), "has moved"),
    "closed": (write(b""), "XCAP: "),
    "many": (CAPS.replace(b"</auids>", b"<auid>x</auid>" * 9000
                          + b"</auids>"), "the server keeps: pres-rules x"),
    "an escape": (CAPS.replace(b"</auids>", "<auid>\x9b2J\u202e</auid>"
                               "</auids>".encode()), "keeps: pres-rules"),
}


def test_capabilities(alice):
    for name, (answer, why) in CAPABILITIES.items():
        alice.web.caps = answer
        alice.s.do("logout")
        alice.s.do("account", "set", "me", "xcap-root", "%s/%s" % (
            alice.web.root, name.replace(" ", "-")))
        before = str(alice.s.do("log")["result"]).count(why)
        alice.s.do("login")
        alice.said(why, n=before + 1)
        alice.s.expect("account", state="online")
    alice.goes_on()
