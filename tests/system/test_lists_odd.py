# SPDX-License-Identifier: GPL-3.0-or-later
"""The buddy list on servers that are not as Kamailio is: one that tells of
changes (RFC 5875), and those with documents or answers that mean harm."""

import threading
import time

import pytest

from simpleserver import SimpleServer
from webserver import WebServer

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
NS = "urn:ietf:params:xml:ns:resource-lists"
PLACE = "/root/resource-lists/users/sip:alice@lab.test/index"
TYPE = "application/resource-lists+xml"
CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>"
        b"resource-lists</auid></auids></xcap-caps>")
DIFF = ('<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" '
        'xcap-root="http://x/"><document new-etag="%s" '
        'sel="resource-lists/users/sip:alice@lab.test/index"/></xcap-diff>')


def lists(text):
    return ("<resource-lists xmlns='%s'>%s</resource-lists>"
            % (NS, text)).encode()


def entry(who, name=""):
    return "<entry uri='%s'><display-name>%s</display-name></entry>" % (
        who, name)


BOTH = lists("<list name='A'>%s%s</list>" % (entry(BOB, "Bob"), entry(KIM)))


class Web(WebServer):
    """What it keeps of Alice; STATUS: its answer to a PUT. SLOW: it answers the
    next GET by what it had, but not before that is set."""

    def __init__(self):
        self.status = self.tag = self.slow = None
        super().__init__(script=self.answer)
        self.documents["/root/xcap-caps/global/index"] = (
            '"1"', "application/xcap-caps+xml", CAPS)

    def answer(self, handler):
        if self.status and handler.command == "PUT":
            handler.reply(self.status)
            return True
        if self.slow and (handler.command, handler.path) == ("GET", PLACE):
            slow, self.slow = self.slow, None
            tag, kind, body = self.documents[PLACE]
            slow.wait(10)
            handler.reply(200, body, ETag=tag, Content_Type=kind)
            return True
        return False

    def keep(self, body, tag='"1"'):
        self.documents[PLACE] = (tag, TYPE, body)

    def kept(self):
        return self.documents[PLACE][2].decode()

    def count(self, method):
        return len([1 for m, p, _, _ in self.seen
                    if (m, p) == (method, PLACE)])

    def becomes(self, *words):
        end = time.monotonic() + 10
        while not all(w in self.kept() for w in words):
            assert time.monotonic() < end, self.kept()
            time.sleep(0.05)


@pytest.fixture
def server():
    s = SimpleServer()
    yield s
    s.close()


@pytest.fixture
def web():
    w = Web()
    yield w
    w.close()


@pytest.fixture
def alice(server, web, start):
    def begin(*more):
        s = start("alice", server.config(
            "alice", "account set me xcap-root %s/root" % web.root, *more))
        s.expect("account", state="online")
        return s
    return begin


def buddies(s, *wanted):
    end = time.monotonic() + 15
    while True:
        have = sorted(r["buddy"] for r in s.do("buddy", "list")["result"])
        if have == sorted(wanted):
            return
        assert time.monotonic() < end, (have, wanted)
        time.sleep(0.05)


def test_told(server, web, alice):
    """Another device's change is seen as soon as the server tells it; our own
    is not asked for again."""
    web.keep(lists("<list name='A'>%s</list>" % entry(BOB)))
    s = alice()
    buddies(s, BOB)
    sub = server.find("xcap-diff", ALICE).sub
    assert sub.get("accept") == "application/xcap-diff+xml"
    assert sub.get("content-type") == TYPE
    assert (b'<entry uri="resource-lists/users/sip:alice@lab.test/index"/>'
            in sub.body)
    gets = web.count("GET")

    def notify(body, status=200):
        assert server.notify(ALICE, body, "xcap-diff",
                             "application/xcap-diff+xml") == status

    notify(DIFF % "1")
    web.keep(BOTH, '"2"')
    notify(DIFF % "2")
    buddies(s, BOB, KIM)
    assert web.count("GET") == gets + 1
    s.do("buddy", "rename", KIM, "Kim")
    web.becomes(">Kim<")
    gets = web.count("GET")
    notify(DIFF % web.documents[PLACE][0].strip('"'))
    notify(b"<xcap-diff/>", 400)
    s.logged("what the server tells of changes is not taken")
    s.do("sleep", "0.3")
    assert web.count("GET") == gets
    # gone with the account
    s.do("logout")
    server.asked("SUBSCRIBE", lambda m: m.get("expires") == "0" and
                 m.get("event") == "xcap-diff")


def test_told_meanwhile(server, web, alice):
    """A change that is told while the list before it is on its way is asked
    for afterwards."""
    only_bob = lists("<list name='A'>%s</list>" % entry(BOB))
    web.keep(only_bob)
    s = alice()
    buddies(s, BOB)
    web.slow = slow = threading.Event()
    gets = web.count("GET")
    for tag, body in (("2", only_bob), ("3", BOTH)):
        web.keep(body, '"%s"' % tag)
        assert server.notify(ALICE, DIFF % tag, "xcap-diff",
                             "application/xcap-diff+xml") == 200
        end = time.monotonic() + 10
        while web.slow and time.monotonic() < end:
            time.sleep(0.05)
    slow.set()
    buddies(s, BOB, KIM)
    assert web.count("GET") == gets + 2


def test_rules_told(server, web, alice):
    """So are rules that another device has written."""
    web.documents["/root/xcap-caps/global/index"] = (
        '"1"', "application/xcap-caps+xml", CAPS.replace(
            b"<auid>", b"<auid>pres-rules</auid><auid>"))
    rules = "/root/pres-rules/users/sip:alice@lab.test/index"
    s = alice()
    s.logged("the server keeps: pres-rules")
    buddies(s)
    sub = server.find("xcap-diff", ALICE).sub
    assert (b'<entry uri="pres-rules/users/sip:alice@lab.test/index"/>'
            in sub.body)
    s.do("buddy", "accept", KIM)
    s.logged("the server's rule for %s is now: allow" % KIM)
    text = web.documents[rules][2].decode()
    web.documents[rules] = ('"9"', "application/auth-policy+xml",
                            text.replace(KIM, BOB).encode())
    assert server.notify(ALICE, DIFF.replace("resource-lists/", "pres-rules/")
                         % "9", "xcap-diff",
                         "application/xcap-diff+xml") == 200
    s.expect("log", text=lambda t: BOB + " is accepted" in t)
    s.expect("log", text=lambda t: KIM + " is no longer decided" in t)
    asked = len(web.seen)
    assert server.notify(ALICE, DIFF.replace("resource-lists/", "pres-rules/")
                         % "9", "xcap-diff",
                         "application/xcap-diff+xml") == 200
    s.do("sleep", "0.3")
    assert len(web.seen) == asked


CROWD = "<list>%s</list>" % "".join(
    "<entry uri='sip:u%d@lab.test'/>" % i for i in range(20001))


@pytest.mark.parametrize("body, words", [
    (lists(CROWD), "more than 20000 people"),
    (BOTH[:-5], "not what it should be"),
    (b"<?xml version='1.0' encoding='utf-16'?>" + BOTH,
     "not what it should be"),
    (lists("<list name='%s'/>" % ("\x1b[2J" * 10)), "not what it should"),
], ids=["crowd", "cut", "charset", "escapes"])
def test_no_list(web, alice, body, words):
    """It stays as it is, and so does the list here; a sentence tells why."""
    web.keep(BOTH)
    s = alice()
    buddies(s, BOB, KIM)
    web.keep(body, '"2"')
    s.do("logout")
    s.do("login")
    row = s.logged("the server's buddy list is left alone", words)
    assert row["level"] == "warning"
    s.do("buddy", "remove", BOB)
    s.do("sleep", "0.3")
    buddies(s, KIM)
    assert web.count("PUT") == 0
    # What was done meanwhile is done there as soon as it can be read.
    web.keep(BOTH, '"3"')
    s.do("logout")
    s.do("login")
    web.becomes(KIM)
    end = time.monotonic() + 10
    while BOB in web.kept():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_odd_list(web, alice):
    """What can be read of it is; nothing of it gets lost by a change."""
    long = "n" * (1 << 20)
    itself = ("<external anchor='index/~~/resource-lists/list%5b@name="
              "%22A%22%5d'/>")
    web.keep(lists("<list name='A'>%s%s<entry uri=''/><entry/>%s<entry "
                   "uri='mailto:x@lab.test'/></list>" % (
                       entry(BOB, long), entry(KIM, "\u202ekim"), itself)))
    s = alice()
    buddies(s, BOB, KIM)
    s.logged("names 1 list or people of other documents", "not followed")
    s.do("buddy", "group", KIM, "A", "B")
    web.becomes('name="B"')
    text = web.kept()
    for part in (long, itself, "<entry uri=''/><entry/>", "mailto:x"):
        assert part in text
    names = {r["buddy"]: r["name"] for r in s.do("buddy", "list")["result"]}
    assert names[BOB] == "n" * 1024


@pytest.mark.parametrize("status, words", [
    (500, "cannot be changed now; it is tried again"),
    (403, "does not take"),
    (409, "does not take"),
    (412, "cannot be changed now; it is tried again"),
])
def test_trouble(web, alice, status, words):
    """The server answers a change so: no loop, and the change is made at the
    next sign-in."""
    web.keep(BOTH)
    s = alice()
    buddies(s, BOB, KIM)
    web.status = status
    s.do("buddy", "remove", BOB)
    s.logged("the server's buddy list", words)
    s.do("sleep", "0.5")
    assert web.count("PUT") == (5 if status == 412 else 1)
    buddies(s, KIM)
    web.status = None
    s.do("logout")
    s.do("login")
    end = time.monotonic() + 10
    while BOB in web.kept():
        assert time.monotonic() < end
        time.sleep(0.05)
