# SPDX-License-Identifier: GPL-3.0-or-later
"""Buddy lists on a server that mean harm: each ends in a sentence, nothing of
them is overwritten, nobody is lost from the list here, and the program goes
on."""

import pytest

from hostile import (ALICE, BIG, BOB, BOMB, FILE, KIM, KIND, NESTED, NOT,
                     alice_at)
from peer import pidf

LISTS = ("<?xml version='1.0' encoding='UTF-8'?><resource-lists "
         "xmlns='urn:ietf:params:xml:ns:resource-lists'>%s</resource-lists>")
HERE = ("resource-lists/users/" + ALICE
        + "/index/~~/resource-lists/list%5B@name=%22a%22%5D")


@pytest.fixture
def alice(servers, start):
    a = alice_at(servers, start, "resource-lists")
    a.said("the server keeps: resource-lists")
    a.goes_on()
    yield a
    a.ends()


DOCUMENTS = {
    "wrong root": (b"<x/>", NOT),
    "wrong namespace": ((LISTS % "").replace("urn:ietf", "urn:x").encode(),
                        NOT),
    "10,000 nested lists": ((LISTS % (
        "<list>" * 10000 + "</list>" * 10000)).encode(), BIG),
    "nested": ((LISTS % NESTED).encode(), BIG),
    "bomb": ((BOMB + LISTS % "&j;").encode(), NOT),
    "file": ((FILE + LISTS % "&a;").encode(), NOT),
    "invalid UTF-8": ((LISTS % "<!-- \xff\xfe -->").encode("latin-1"), NOT),
    "cut off": ((LISTS % "")[:-3].encode(), NOT),
    "nothing": (b"", NOT),
    "a page": (b"<!DOCTYPE html><html><body>Welcome</body></html>", NOT),
    "10 MB": ((LISTS % ("<!--" + " " * 10000000 + "-->")).encode(),
              "longer than 8 MiB"),
    "30,000 people": ((LISTS % ("<list name='a'>%s</list>" % "".join(
        "<entry uri='sip:%d@lab.test'/>" % i for i in range(30000)))
        ).encode(), "20000 people"),
}


def test_lists(alice):
    written = len(alice.web.puts())
    for name, (body, why) in DOCUMENTS.items():
        n = alice.lines()
        alice.signs_in_anew(body)
        alice.until(lambda: alice.has_since(n, "server's buddy list", why))
        # Who is added meanwhile is there, and there only.
        alice.s.do("buddy", "add", "sip:new@lab.test")
        alice.s.do("buddy", "remove", "sip:new@lab.test")
        alice.goes_on()
        assert len(alice.web.puts()) == written, name
    alice.signs_in_anew(None)
    alice.s.do("buddy", "add", "sip:new@lab.test")
    alice.until(lambda: b"sip:new@lab.test" in alice.web.puts()[-1][3])


ENTRY = "<entry uri='sip:%s@lab.test'/>"
TWO = ENTRY % "bob" + ENTRY % "kim"
ITSELF = {
    "external": "<external anchor='%s/{here}'/>",
    "external of the whole": "<external anchor='%s/resource-lists/users/"
    + ALICE + "/index'/>",
    "entry-ref": "<entry-ref ref='{here}/entry%5B@uri=%22" + BOB
    + "%22%5D'/>",
    "a file": "<external anchor='file:///etc/passwd'/>",
    "elsewhere": "<external anchor='http://127.0.0.1:1/x'/>",
}


def test_a_list_that_includes_itself(alice):
    for n, (name, text) in enumerate(ITSELF.items()):
        text = text.replace("%s", alice.web.root + "/root").replace(
            "{here}", HERE)
        doc = LISTS % ("<list name='a'>%s%s</list>" % (TWO, text * 100))
        begin = len(alice.web.seen)
        alice.signs_in_anew(doc.encode())
        alice.said("names 100 lists or people of other documents, which are "
                   "kept but not followed", n=n + 1)
        alice.goes_on()
        asked = {s[1] for s in alice.web.seen[begin:]}
        assert len(asked) == 2, (name, asked)
    # Somebody new is added beside them.
    alice.s.do("buddy", "add", "sip:new@lab.test")
    alice.until(lambda: b"sip:new@lab.test" in alice.web.puts()[-1][3])
    assert alice.web.puts()[-1][3].count(b"<external ") == 100


ENTRIES = (
    "<entry uri='javascript:alert(1)'/><entry uri='tel:+15551234'/>"
    "<entry uri='file:///etc/passwd'/><entry uri=''/><entry/>"
    "<entry uri='sip:'/><entry uri='sip:@lab.test'/>"
    "<entry uri='sip:a&#13;&#10;X: y@lab.test'/>"
    "<entry uri='sip:%s@lab.test'/>"
    "<entry uri='sip:eve@lab.test?Route=x'/>" % ("x" * 5000))
NAMES = ("<entry uri='sip:bob@lab.test'><display-name>\u009b2J\u202e%s"
         "</display-name></entry><entry uri='sip:BOB@LAB.TEST'>"
         "<display-name>two</display-name></entry>" % ("n" * 100000))


def test_entries(alice):
    """Who is none is left out; what has no end is cut."""
    alice.signs_in_anew((LISTS % (
        "<list name='a'>%s%s%s</list><list name='%s'>%s</list><list/>" % (
            ENTRIES, NAMES, TWO, "g" * 10000, TWO))).encode())
    alice.s.expect("buddy", buddy=BOB, change="changed")
    people = {b["buddy"]: b for b in alice.s.do("buddy", "list")["result"]}
    assert sorted(people) == ["sip:BOB@lab.test", BOB, "sip:eve@lab.test",
                              KIM, "tel:+15551234"]
    assert len(people[BOB]["name"]) <= 1024
    assert all(len(g) <= 1024 for g in people[KIM]["groups"])
    assert alice.server.notify(KIM, pidf(KIM, "open")) == 200
    alice.s.expect("presence", buddy=KIM, state="online")


def test_nobody(alice):
    """A list that was lost, or is another one's, removes nobody."""
    for doc in (LISTS % "", LISTS % "<list name='a'/>"):
        alice.signs_in_anew(doc.encode())
        alice.goes_on()
    alice.web.documents.clear()
    alice.signs_in_anew(None)
    alice.goes_on()


DIFF = ("<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' "
        "xcap-root='http://127.0.0.1:1/'>%s</xcap-diff>")
CHANGE = "<document new-etag='%s' sel='resource-lists/users/%s/index'/>"
DIFFS = {
    "wrong root": ("<x/>", NOT),
    "nested": (DIFF % NESTED, BIG),
    "bomb": (BOMB + DIFF % "&j;", NOT),
    "cut off": ((DIFF % "")[:-2], NOT),
}


def test_changes(alice):
    """What the server tells of changes by SIP."""
    for name, (doc, why) in DIFFS.items():
        n = alice.lines()
        status = alice.server.notify(ALICE, doc, "xcap-diff",
                                     "application/xcap-diff+xml")
        assert status == 400, name
        alice.since(n, "tells of changes", why)
    n = alice.lines()
    assert alice.server.notify(ALICE, DIFF % "", "xcap-diff",
                               "text/plain") == 415
    alice.since(n, "tells of changes", KIND)
    # Of others' documents, and of those of another root.
    begin = len(alice.web.seen)
    for who in (BOB, ALICE):
        assert alice.server.notify(
            ALICE, DIFF % CHANGE % ("new", who), "xcap-diff",
            "application/xcap-diff+xml") == 200
    alice.until(lambda: len(alice.web.seen) > begin)
    alice.goes_on()
    assert {s[:2] for s in alice.web.seen[begin:]} == {
        ("GET", "/root/resource-lists/users/%s/index" % ALICE)}
