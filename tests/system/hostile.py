# SPDX-License-Identifier: GPL-3.0-or-later
"""Alice between servers that mean harm, which the tests of hostile documents
have in common."""

import time

from peer import pidf
from simpleserver import SimpleServer
from webserver import WebServer

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>%s"
        b"</auid></auids></xcap-caps>")
NESTED = "<a>" * 10000 + "</a>" * 10000
BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>' % "".join(
    '<!ENTITY %s "%s">' % (chr(98 + i), "&%s;" % chr(97 + i) * 10)
    for i in range(9)))
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
NOT = "it is not what it should be"
BIG = "it is larger, or deeper, than is taken here"
OTHER = "it is about somebody else"
KIND = "it is of a kind that is not understood here"


def raw(text):
    """Surrogates are bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


class Web(WebServer):
    """Asks for digest, keeps documents of the kind AUID, and answers a GET
    of one with `answer`, a function or a document, where there is one;
    what else is asked with `refuses`."""

    def __init__(self, auid="pres-rules", **options):
        super().__init__("digest", script=self.play, **options)
        self.answer = self.refuses = None
        self.caps = CAPS % auid.encode()

    def play(self, h):
        if "/xcap-caps/" in h.path:
            answer = self.caps
        else:
            answer = (self.answer if h.command == "GET" else self.refuses)
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

    def said(self, *words, n=1):
        """The Nth sentence with WORDS, once it is there."""
        return self.s.logged(*words, n=n)["text"]

    def until(self, holds, timeout=10):
        end = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.01)

    def lines(self):
        return len(self.s.do("log")["result"])

    def has_since(self, number, *words):
        """If one of the sentences from NUMBER on has WORDS."""
        return any(all(w in r["text"] for w in words)
                   for r in self.s.do("log")["result"][number:])

    def since(self, number, *words):
        assert self.has_since(number, *words), (
            words, self.s.do("log")["result"][number:])

    def ends(self):
        """She leaves, and her password is nowhere to be seen."""
        assert self.s.p.poll() == 0 or self.s.quit() == 0
        assert "secret" not in (str(self.s.events) + self.s.stderr() + str(
            self.web.seen if self.web else ""))

    def decides(self, *words):
        """She blocks somebody; what is said then has all WORDS."""
        self.n += 1
        who = "sip:eve%d@lab.test" % self.n
        self.s.do("buddy", "block", who)
        return self.said(who, *words)

    def signs_in_anew(self, *answer):
        """... when the server of documents has another ANSWER."""
        self.s.do("logout")
        if answer:
            self.web.answer = answer[0]
        self.s.do("login")

    def goes_on(self):
        """She still hears of Kim, and has everybody in her list."""
        for basic, state in (("open", "online"), ("closed", "offline")):
            assert self.server.notify(KIM, pidf(KIM, basic)) == 200
            self.s.expect("presence", buddy=KIM, state=state)
        have = [b["buddy"] for b in self.s.do("buddy", "list")["result"]
                if b["added"]]
        assert sorted(have) == [BOB, KIM]


LIST = "sip:alice+sotto-buddies@lab.test"
RLMI = ("<?xml version='1.0'?>%s<list xmlns='urn:ietf:params:xml:ns:rlmi' "
        "uri='%s' version='%d' fullState='%s'>%s</list>")
RLMI_TYPE = "application/rlmi+xml"
ONE = "<resource uri='%s'><instance id='1' state='active' cid='%s'/></resource>"
TYPE = 'multipart/related;type="application/rlmi+xml";start="<r>";boundary=B'


def part(cid, body, ctype="application/pidf+xml"):
    return "--B\r\nContent-ID: <%s>\r\nContent-Type: %s\r\n\r\n%s\r\n" % (
        cid, ctype, body)


class Rls:
    """Tells of all whom Alice watches."""

    def __init__(self):
        self.alice, self.server, self.version = None, None, 0
        self.kim = "closed"

    def begin(self, server, _):
        self.server = server
        server.lists[LIST] = self.first

    def document(self, rlmi="", kim=None, full="true", uri=LIST, head="",
                 more="", version=None, parts=""):
        """Of Bob and of KIM, whose state that is, with MORE in the list and
        more PARTS."""
        self.version += 1
        text = rlmi or RLMI % (
            head, uri, self.version if version is None else version, full,
            ONE % (BOB, "b") + ONE % (KIM, "k") + more)
        return (part("r", text, "application/rlmi+xml")
                + part("b", pidf(BOB, "closed"))
                + part("k", kim if kim and "<" in kim
                       else pidf(KIM, kim or self.kim))
                + parts + "--B--\r\n")

    def first(self):
        return self.document().encode(), TYPE

    def tell(self, *args, ctype=TYPE, raw=None, **options):
        body = raw if raw is not None else self.document(*args, **options)
        return self.server.notify(
            LIST, body.encode("utf-8", "surrogateescape")
            if isinstance(body, str) else body, ctype=ctype,
            headers=["Require: eventlist"])

    def goes_on(self):
        for basic, state in (("open", "online"), ("closed", "offline")):
            self.kim = basic
            assert self.tell() == 200
            self.alice.s.expect("presence", buddy=KIM, state=state)
        have = [b["buddy"] for b in self.alice.s.do("buddy", "list")["result"]]
        assert sorted(have) == [BOB, KIM]


def alice_at(servers, start, auid=None, *more, begin=None):
    """Alice, signed in, whose server keeps AUID; she has two buddies. BEGIN
    is called with the servers before."""
    server = servers(SimpleServer)
    web = servers(Web, auid) if auid else None
    if begin:
        begin(server, web)
    s = start("alice", server.config(
        "alice", "account set me xcap-root '%s'" % (
            web.root + "/root" if web else ""), *more,
        "buddy add %s -n Bob" % BOB, "buddy add %s -n Kim" % KIM))
    s.expect("account", state="online")
    return Alice(server, web, s)
