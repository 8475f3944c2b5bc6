# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server tells of all who are watched, and means harm by: each ends in
a sentence, nobody is shown as what somebody else is, nobody is lost from the
list, and the program goes on."""

import pytest

from hostile import (BIG, BOB, BOMB, FILE, KIM, LIST, NESTED, NOT, ONE, OTHER,
                     RLMI, RLMI_TYPE, TYPE, Rls, alice_at, part)
from peer import pidf

@pytest.fixture
def rls(servers, start):
    r = Rls()
    r.alice = alice_at(servers, start, "rls-services",
                       "account set me presence-list yes", begin=r.begin)
    r.alice.s.expect("presence", buddy=KIM, state="offline")
    r.goes_on()
    yield r
    r.alice.ends()


# By name: what is in the document, its type, the answer, why it is not taken.
DOCUMENTS = {
    "wrong root": ({"rlmi": "<x/>"}, TYPE, 200, NOT),
    "wrong namespace": ({"rlmi": RLMI.replace("urn:ietf", "urn:x") % (
        "", LIST, 1, "true", "")}, TYPE, 200, NOT),
    "no version": ({"rlmi": RLMI.replace("%d", "x%d") % (
        "", LIST, 1, "true", "")}, TYPE, 200, NOT),
    "bomb": ({"head": BOMB, "more": "&j;"}, TYPE, 200, NOT),
    "file": ({"head": FILE, "more": "&a;"}, TYPE, 200, NOT),
    "entity mismatch": ({"uri": KIM}, TYPE, 200, OTHER),
    "no boundary": ({}, TYPE.replace("boundary=B", ""), 400, NOT),
    "another boundary": ({}, TYPE.replace("=B", "=C"), 200, NOT),
    "a long boundary": ({}, TYPE.replace("=B", "=" + "b" * 1000), 200, NOT),
    "itself": ({"more": ONE % ("sip:l@lab.test", "r")}, TYPE, 200, NOT),
    "itself, further in": (
        {"more": ONE % ("sip:l@lab.test", "l"),
         "parts": part("l", RLMI % ("", "sip:l@lab.test", 1, "true", ONE % (
             "sip:m@lab.test", "m")), RLMI_TYPE)
         + part("m", RLMI % ("", "sip:m@lab.test", 1, "true", ONE % (
             "sip:l@lab.test", "l")), RLMI_TYPE)}, TYPE, 200, NOT),
    "lists within lists": (
        {"more": ONE % ("sip:l@lab.test", "l0"), "parts": "".join(
            part("l%d" % i, RLMI % ("", "sip:l@lab.test", 1, "true", ONE % (
                "sip:l@lab.test", "l%d" % (i + 1))), RLMI_TYPE)
            for i in range(2000))}, TYPE, 200, BIG),
    "one state for many": (
        {"more": ONE % ("sip:eve@lab.test", "e") * 9000,
         "parts": part("e", "<x>%s</x>" % ("y" * 10000))}, TYPE, 200, BIG),
    "one tag without end": ({"more": "<a b='%s'/>" % ("x" * 100000)}, TYPE,
                            200, BIG),
}
# What is told in them beside is right, and taken.
TAKEN = {
    "nested": {"more": NESTED},
    "many": {"more": "<resource uri='sip:eve@lab.test'/>" * 20000},
    "nobody": {"more": ONE.replace("uri='%s'", "") % "b" + ONE % ("", "b")
               + ONE % ("file:///etc/passwd", "b")},
    "a lie about a type": {"parts": part("x", "<x/>", "text/html")},
    "many parts": {"parts": part("x", "") * 10000},
}


def test_lists(rls):
    for name, (inside, ctype, status, why) in DOCUMENTS.items():
        n = rls.alice.lines()
        assert rls.tell(ctype=ctype, **inside) == status, name
        rls.alice.until(lambda: rls.alice.has_since(
            n, "what is told of all is not taken", why))
        rls.goes_on()
    for name, inside in TAKEN.items():
        for basic, state in (("open", "online"), ("closed", "offline")):
            assert rls.tell(kim=basic, **inside) == 200, name
            rls.alice.s.expect("presence", buddy=KIM, state=state)
    assert not [e for e in rls.alice.s.seen("presence")
                if e["buddy"] not in (BOB, KIM)]


def test_documents_of_others(rls):
    """A state is who it says it is."""
    for cid, doc in (("k", pidf(BOB, "open")), ("b", pidf(KIM, "open"))):
        n = rls.alice.lines()
        body = rls.document(kim=doc).replace(
            "uri='%s'><instance id='1' state='active' cid='k'" % KIM,
            "uri='%s'><instance id='1' state='active' cid='%s'" % (KIM, cid))
        assert rls.tell(raw=body) == 200
        rls.alice.until(lambda: rls.alice.has_since(n, KIM, OTHER))
    for doc in ("<x/>", BOMB + pidf(KIM, "open")[21:], "<a>" * 100):
        n = rls.alice.lines()
        assert rls.tell(kim=doc) == 200
        rls.alice.until(lambda: rls.alice.has_since(n, KIM, "not taken"))
    assert rls.alice.s.seen("presence", buddy=KIM)[-1]["state"] == "offline"
    rls.goes_on()


def test_flood(rls):
    """More than can be read meanwhile: what was refused is asked for anew."""
    many = "<resource uri='sip:eve@lab.test'/>" * 5000
    for _ in range(60):
        rls.server.notify(
            LIST, rls.document(kim="closed", more=many, full="false").encode(),
            ctype=TYPE, wait=False, headers=["Require: eventlist"])
    rls.kim = "open"
    rls.alice.s.expect("presence", buddy=KIM, state="online")
    assert 503 in rls.server.answers.values()
    rls.kim = "closed"
    assert rls.tell() == 200
    rls.goes_on()


def test_no_list(rls):
    """A server that changes its mind: each is asked for alone."""
    assert rls.tell(raw=pidf(KIM, "open"), ctype="application/pidf+xml") == 200
    rls.alice.said("everybody is asked for alone", "tells of no list")
    rls.alice.goes_on()


SERVICES = ("<rls-services xmlns='urn:ietf:params:xml:ns:rls-services'>%s"
            "</rls-services>")
KEPT = {
    "wrong root": ("<x/>", NOT),
    "nested": (SERVICES % NESTED, BIG),
    "bomb": (BOMB + SERVICES % "&j;", NOT),
    "cut off": ((SERVICES % "")[:-2], NOT),
    "10 MB": (SERVICES % (" " * 10000000), "longer than 8 MiB"),
}


def test_services(rls):
    """The document that the list is in."""
    alice = rls.alice
    written = len(alice.web.puts())
    for name, (body, why) in KEPT.items():
        n = alice.lines()
        alice.signs_in_anew(body.encode())
        alice.until(lambda: alice.has_since(
            n, "everybody is asked for alone", why))
        alice.goes_on()
        assert len(alice.web.puts()) == written, name
