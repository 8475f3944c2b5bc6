# SPDX-License-Identifier: GPL-3.0-or-later
"""XCAP servers that mean harm, and their documents: each ends in a sentence,
nothing of theirs is overwritten, no secret goes elsewhere, decisions are obeyed
here, nobody is lost from the list, and the program goes on."""

import threading
import time

import pytest

from peer import pidf
from simpleserver import SimpleServer
from webserver import WebServer

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>pres-rules"
        b"</auid></auids></xcap-caps>")
RULES = ("<?xml version='1.0' encoding='UTF-8'?><cr:ruleset "
         "xmlns:cr='urn:ietf:params:xml:ns:common-policy' "
         "xmlns:pr='urn:ietf:params:xml:ns:pres-rules'>%s</cr:ruleset>")
NESTED = "<a>" * 10000 + "</a>" * 10000
BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>' % "".join(
    '<!ENTITY %s "%s">' % (chr(98 + i), "&%s;" % chr(97 + i) * 10)
    for i in range(9)))
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MILLION = b"x" * 1000000
NOT = "is not what it should be"
BIG = "is larger, or deeper, than is taken here"


@pytest.fixture
def servers():
    """servers(CLASS, ...): one that ends with the test."""
    running = []

    def begin(kind, *args, **options):
        running.append(kind(*args, **options))
        return running[-1]

    yield begin
    for r in running:
        r.close()


class Web(WebServer):
    """Asks for digest, keeps documents, and answers a GET of rules with
    `answer`, a function or a document, where there is one."""

    def __init__(self, **options):
        super().__init__("digest", script=self.play, **options)
        self.answer = None
        self.caps = CAPS

    def play(self, h):
        if "/xcap-caps/" in h.path:
            answer = self.caps
        else:
            answer = self.answer if h.command == "GET" else None
        if callable(answer):
            answer(h)
            h.close_connection = True
        elif answer is not None:
            h.reply(200, answer, ETag='"1"',
                    Content_Type="application/auth-policy+xml")
        return answer is not None

    def puts(self):
        return [s for s in self.seen if s[0] != "GET"]


class Alice:
    def __init__(self, server, web, s):
        self.server, self.web, self.s, self.n = server, web, s, 0

    def decides(self, *words):
        """She blocks somebody; what is said then has all WORDS."""
        self.n += 1
        who = "sip:eve%d@lab.test" % self.n
        self.s.do("buddy", "block", who)
        return self.s.logged(who, *words)["text"]

    def signs_in_anew(self):
        self.s.do("logout")
        self.s.do("login")

    def goes_on(self):
        """She still hears of Kim, and has everybody in her list."""
        for basic, state in (("open", "online"), ("closed", "offline")):
            assert self.server.notify(KIM, pidf(KIM, basic)) == 200
            self.s.expect("presence", buddy=KIM, state=state)
        have = [b["buddy"] for b in self.s.do("buddy", "list")["result"]
                if b["added"]]
        assert sorted(have) == [BOB, KIM]


@pytest.fixture
def alice(servers, start):
    server, web = servers(SimpleServer), servers(Web)
    s = start("alice", server.config(
        "alice", "account set me xcap-root %s/root" % web.root,
        "buddy add %s -n Bob" % BOB, "buddy add %s -n Kim" % KIM))
    s.expect("account", state="online")
    a = Alice(server, web, s)
    s.logged("the server keeps: pres-rules")
    a.goes_on()
    yield a
    assert s.p.poll() == 0 or s.quit() == 0
    assert "secret" not in str(s.events) + s.stderr() + str(web.seen)


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
LATER = "the next login tries again"

MISBEHAVIOUR = {
    "moved for good": (status(301, Location="/root/x"), "has moved (301)"),
    "not her": (status(401, WWW_Authenticate='Digest realm="x", nonce="y"'),
                "refuses the password"),
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
        if why == LATER:
            alice.signs_in_anew()
    alice.goes_on()
    alice.web.answer = None
    alice.decides("the server's rule", "is now: polite-block")


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
        alice.s.logged(why, n=before + 1)
        alice.s.expect("account", state="online")
    alice.goes_on()
