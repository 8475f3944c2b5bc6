# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client has to live with on Kamailio 5.6: one test a habit, which
fails too where the habit is gone. In files of their own: that nobody is told
of watchers whom an own rule moved (test_winfo.py), that a polite block is a
notification without a body (test_rules.py), that two devices may both create
one document (test_lists.py)."""

import http.client
import os
import re
import time
import urllib.parse

import pytest

from httphelper import Helper
from kamailio import Kamailio
from peer import Peer
from simpleserver import SimpleServer
from sotto import account
from test_winfo import People, heard
from webserver import WebServer

pytestmark = pytest.mark.peers

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
TYPE = "application/auth-policy+xml"
LISTS_TYPE = "application/resource-lists+xml"
LISTS = ("<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'>"
         "<list name='a'/></resource-lists>")
CAPS = (b"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>"
        b"pres-rules</auid></auids></xcap-caps>")
PENDING = "waiting for approval"


def server_of(directory, **options):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    return Kamailio(directory, **options)


@pytest.fixture
def server(tmp_path):
    with server_of(tmp_path / "kamailio", rules=True, xcap=True) as k:
        yield k


@pytest.fixture
def people(server, start):
    return People(server, start)


def told(s, event="presence"):
    """The NOTIFYs about EVENT that S heard: the state of the subscription,
    the body, the Call-ID."""
    with open(s.trace, encoding="utf-8", newline="") as f:
        parts = re.split(r"(?m)^\d{4}-\d\d-\d\dT\S+ (?:TCP|UDP|TLS) .*\n",
                         f.read())
    found = []
    for part in parts:
        head, _, body = part.replace("\r", "").partition("\n\n")
        if head.startswith("NOTIFY ") and "\nEvent: %s\n" % event in head:
            state = re.search(r"\nSubscription-State: ([^;\n]*)(.*)", head)
            found.append((state.group(1) + re.sub(
                ";expires=[0-9]+", "", state.group(2)), body.strip(),
                re.search(r"\nCall-ID: (.*)", head).group(1)))
    return found


def let_in(people):
    """Bob, whom Alice let in, and Alice."""
    alice = people("alice", xcap_root=people.server.xcap_root)
    bob = people("bob", "buddy add %s\n" % ALICE)
    bob.expect("presence", buddy=ALICE, reason=PENDING)
    alice.do("buddy", "accept", BOB)
    bob.expect("presence", buddy=ALICE, state="online")
    return bob, alice


def states(s):
    return [e["state"] for e in s.events if e["event"] == "presence"]


def test_an_allow_is_told_twice(people):
    """One event all the same."""
    bob, _ = let_in(people)
    end = time.monotonic() + 15
    while len(told(bob)) < 3:
        assert time.monotonic() < end, told(bob)
        time.sleep(0.05)
    bob.do("version")
    first, second, third = told(bob)
    assert first[:2] == ("pending", "")
    assert second == third and second[0] == "active"
    assert states(bob).count("online") == 1


def test_the_end_of_a_subscription_has_a_body(people):
    """Which tells nothing any more, and nobody subscribes anew for it."""
    bob, _ = let_in(people)
    bob.do("buddy", "remove", ALICE)
    heard(bob, "terminated;reason=timeout")
    state, body, _ = told(bob)[-1]
    assert state == "terminated;reason=timeout" and ">open<" in body
    assert states(bob).count("online") == 1
    bob.do("buddy", "add", ALICE)
    bob.expect("presence", state="online")
    bob.do("logout")
    heard(bob, "terminated;reason=timeout", 2)
    assert ">open<" in told(bob)[-1][1]
    assert (states(bob)[-1], states(bob).count("online")) == ("unknown", 2)
    assert len({call for _, _, call in told(bob)}) == 2


def test_nothing_published_any_more_is_told_as_closed(people):
    """The subscription stays active. What was told before does not stay."""
    bob, alice = let_in(people)
    alice.do("presence", "set", "busy", "at lunch")
    bob.expect("presence", activity="busy", note="at lunch")
    alice.do("presence", "set", "offline")
    event = bob.expect("presence", state="offline")
    assert "note" not in event and "activity" not in event
    state, body, _ = told(bob)[-1]
    assert state == "active" and ">closed<" in body
    alice.do("presence", "set", "online")
    bob.expect("presence", state="online")


class Xcap:
    """Alice's rules, as another device of hers sees them."""

    def __init__(self, server):
        self.url = (server.xcap_root
                    + "/pres-rules/users/sip:alice@lab.test/index")
        self.helper = Helper()

    def ask(self, method, url=None, user="alice", password="secret-alice",
            **more):
        return self.helper.ask(method, url or self.url, user=user,
                               password=password, **more)


@pytest.fixture
def xcap(server):
    x = Xcap(server)
    yield x
    x.helper.close()


def test_rules_that_are_deleted_leave_what_they_decided(people, xcap):
    """So what is taken back is written."""
    bob, alice = let_in(people)
    tag = xcap.ask("GET")["etag"]
    assert xcap.ask("DELETE", if_match=tag)["status"] == "200"
    # Bob still sees her, in a new subscription too.
    bob.do("logout")
    bob.do("login")
    bob.expect("presence", buddy=ALICE, state="online")
    alice.do("buddy", "unblock", BOB)
    bob.expect("presence", buddy=ALICE, reason=PENDING)
    assert b"confirm" in xcap.ask("GET")["body"]


def test_xcap_answers(server, xcap):
    """With less than RFC 4825 has, and none of it disturbs the helper."""
    url = urllib.parse.urlsplit(xcap.url)
    c = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    try:
        c.request("GET", url.path)
        r = c.getresponse()
        assert (r.status, r.read()) == (401, b"")
        assert r.getheader("Sia").startswith("SIP/2.0/TCP ")
        # It closes, and does not say so.
        assert r.getheader("Connection") is None
        assert c.sock.recv(1) == b""
    finally:
        c.close()
    r = xcap.ask("GET", user="bob", password="secret-alice")
    assert (r["status"], r["body"]) == ("403", b"")
    # Malformed is 500, not 409.
    r = xcap.ask("PUT", body="<x", type=TYPE)
    assert (r["status"], r["body"]) == ("500", b"")
    # What is new is 200, not 201, and something new may be there already.
    first, second = "<x xmlns='urn:a' y='1'/>", "<z xmlns='urn:a'/>"
    for body in (first, second):
        r = xcap.ask("PUT", body=body, type=TYPE, if_none_match="*")
        assert r["status"] == "200" and r["etag"]
    r = xcap.ask("GET")
    assert r["body"] == second.encode()
    # A piece has the type of the whole.
    url = xcap.url.replace("pres-rules", "resource-lists")
    assert xcap.ask("PUT", url, body=LISTS, type=LISTS_TYPE)["status"] == "200"
    for node, body in (("list", b"<list"), ("list/@name", b"a")):
        r = xcap.ask("GET", url + "/~~/resource-lists/" + node)
        assert r["status"] == "200" and r["body"].startswith(body)
        assert r["type"] == LISTS_TYPE


def test_trouble_is_asked_about_again(start, tmp_path):
    """As Kamailio says 500 to much: a decision waits for the next login."""
    server = SimpleServer()
    bad = []

    def script(h):
        if h.command == "PUT" and not bad:
            bad.append(h.path)
            h.reply(500)
        elif "xcap-caps" in h.path:
            h.reply(200, CAPS)
        else:
            return False
        return True

    web = WebServer(script=script)
    try:
        alice = start("alice", server.config(
            "alice", "account set me xcap-root %s/root" % web.root))
        alice.logged("the server keeps: pres-rules")
        alice.do("buddy", "block", BOB)
        alice.logged(BOB, "it is tried again later", "in trouble (500)")
        alice.do("logout")
        alice.do("login")
        alice.logged(BOB, "rule", "is now: polite-block")
        assert len(bad) == 1 and web.documents
        assert alice.quit() == 0
    finally:
        web.close()
        server.close()


def test_a_tag_of_another_server_is_500(start):
    """Not 412. What is said twice is believed: all is published anew."""
    server = SimpleServer()
    server.refused["PUBLISH"] = lambda m: (
        "500 Server Internal Error" if m.get("sip-if-match") else None)
    try:
        alice = start("alice", server.config("alice"))
        server.asked("PUBLISH")
        for word in ("busy", "away"):
            alice.do("presence", "set", word)
            server.asked("PUBLISH", lambda m, w=word.encode(): w in m.body)
        server.asked("PUBLISH", lambda m: b"away" in m.body
                     and not m.get("sip-if-match"))
        assert alice.quit() == 0
        tags = [bool(m.get("sip-if-match")) for m in server.seen
                if m.method == "PUBLISH"]
        assert tags[:4] == [False, True, True, False]
    finally:
        server.close()


def test_a_dead_contact_takes_five_seconds(tmp_path, start):
    """Then the server keeps the text, and says so: 202."""
    with server_of(tmp_path / "kamailio", store=True) as k:
        bob = start("bob", account("me", "bob", k, "tcp") + "login me\n")
        alice = start("alice", account("me", "alice", k) + "login me\n")
        for s in (alice, bob):
            s.expect("account", state="online")
        alice.kill()
        begin = time.monotonic()
        reply = bob.do("msg", ALICE, "are you there?")
        assert reply["result"]["state"] == "accepted"
        assert 4 < time.monotonic() - begin < 9
        alice = start("alice", account("me", "alice", k) + "login me\n")
        alice.expect("message", text="are you there?")


# ---- a list of those watched (rls)

LIST = "sip:alice+sotto-buddies@lab.test"


@pytest.fixture
def listed(tmp_path, start):
    """listed(TRANSPORT): Alice, who watches Bob, whom she calls Robert, by a
    list, and has heard of him."""
    k = server_of(tmp_path / "kamailio", rls=True, auth=False)

    def begin(transport="tcp"):
        bob = start("bob", account("me", "bob", k) + "login me\n")
        bob.expect("account", state="online")
        alice = start("alice", account(
            "me", "alice", k, transport, xcap_root=k.xcap_root,
            presence_list="yes") + "buddy add %s -n Robert\nlogin me\n" % BOB,
            "--trace", "trace")
        alice.trace = os.path.join(alice.home, "trace")
        alice.server = k
        alice.expect("presence", buddy=BOB, state="online")
        heard(alice, 'fullState="false"')
        return alice

    with k:
        yield begin


def asked(s, to=LIST):
    """The SUBSCRIBEs of S to TO: the way, the Request-URI, the headers."""
    with open(s.trace, encoding="utf-8", newline="") as f:
        found = re.findall(
            r"(?m)^\d{4}-\S+ (TCP|UDP|TLS) \S+ -> \S+\r?\n"
            r"SUBSCRIBE (\S+) SIP/2\.0\r?\n((?:\S.*\n)*)", f.read())
    return [m for m in found if "\nTo: <%s>" % to in m[2]]


def test_a_list_is_asked_for_as_one_each_time(listed):
    """A SUBSCRIBE within that does not say so is 481."""
    alice = listed()
    peer = Peer()
    try:
        way = ("127.0.0.1", alice.server.port)
        headers = ["Event: presence", "Contact: <%s>" % peer.uri("alice"),
                   "Accept: application/pidf+xml, application/rlmi+xml, "
                   "multipart/related"]
        call = peer.request(
            "SUBSCRIBE", LIST, way, *headers, "Supported: eventlist",
            "Expires: 60", sender=ALICE)[1]
        ok = peer.recv(200)
        assert ok.get("require") == "eventlist"
        for n, more, status in ((2, (), 481),
                                (3, ("Supported: eventlist",), 200)):
            peer.request("SUBSCRIBE", ok.contact(), way, *headers, *more,
                         "Expires: 60", sender=ALICE, call_id=call, cseq=n,
                         to=LIST, to_tag=ok.tag("to"))
            assert peer.recv(status).cseq == n
    finally:
        peer.close()
    # What a change of the list causes is asked with it too.
    alice.do("buddy", "add", "sip:kim@lab.test")
    heard(alice, "CSeq: 2 SUBSCRIBE", 2)
    alice.expect("presence", buddy="sip:kim@lab.test", state="offline")
    alice.do("logout")
    within = asked(alice)
    assert len(within) > 2
    assert all("\nSupported: eventlist" in m[2] for m in within)


def test_a_list_has_no_last_word(listed):
    """Who signs out does not wait for it."""
    alice = listed()
    begin = time.monotonic()
    alice.do("logout")
    assert time.monotonic() - begin < 1
    with open(alice.trace, encoding="utf-8") as f:
        trace = f.read()
    last = trace.rindex("\nTo: <%s>" % LIST)
    assert "\nExpires: 0" in trace[last:]
    assert "From: <%s>" % LIST not in trace[last + 1:]


def test_a_list_answers_from_one_address(listed):
    """Of UDP, whichever way it was asked: what follows stays on ours."""
    alice = listed("tls")
    alice.do("logout")
    first, last = asked(alice)[0], asked(alice)[-1]
    assert first[1] == LIST
    assert last[1] == "sip:rls@127.0.0.1:%d" % alice.server.port
    assert {way for way, _, _ in asked(alice)} == {"TLS"}


def test_a_list_has_colons_in_its_ids(listed):
    """And no brackets around those it refers to; it names nobody."""
    alice = listed()
    with open(alice.trace, encoding="utf-8") as f:
        trace = f.read()
    part = re.search(r"Content-ID: <(\d+\.%s\.\d+)>" % BOB, trace)[1]
    assert 'cid="%s"' % part in trace
    assert "<name" not in trace
    row = alice.do("buddy", "show", BOB)["result"]
    assert (row["name"], row["state"]) == ("Robert", "online")


def test_a_list_does_not_tell_of_a_block(tmp_path, start):
    """Who is blocked goes on to see what was told last. Where a text is
    refused, they are asked for alone."""
    with server_of(tmp_path / "kamailio", rls=True, rules=True) as k:
        def person(user, buddy, **more):
            s = start(user, account("me", user, k, "tcp", session="page",
                                    xcap_root=k.xcap_root, **more)
                      + "buddy add %s\nlogin me\n" % buddy)
            s.expect("account", state="online")
            return s

        bob = person("bob", ALICE)
        alice = person("alice", BOB, presence_list="yes")
        alice.expect("presence", buddy=BOB, state="online")
        bob.do("buddy", "block", ALICE)
        alice.none("presence", 1.5, buddy=BOB)
        alice.do("msg", BOB, "what is it?", ok=False)
        alice.expect("presence", buddy=BOB, state="offline")
        bob.do("buddy", "unblock", ALICE)
        alice.expect("presence", buddy=BOB, state="online")
