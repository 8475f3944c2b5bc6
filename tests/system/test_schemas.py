# SPDX-License-Identifier: GPL-3.0-or-later
"""Every document that goes out is by its schema (RFC 3863, 3994, 4479, 4480,
4662, 4745, 4826, 5025): taken off the wire, as a server gets it."""

import glob
import os
import re
import signal
import subprocess

import pytest

import clock
from conftest import need
from hostile import ALICE, BOB, KIM, Rls, alice_at
from httphelper import Helper
from kamailio import Kamailio, free_ports
from simpleserver import SimpleServer
from sotto import account
from stranger import Stranger, header

SPACES = ("pidf", "pidf:data-model", "pidf:rpid", "pidf:cipid",
          "common-policy", "pres-rules", "resource-lists", "rls-services",
          "im-iscomposing", "watcherinfo", "rlmi")
FILES = {"pidf:data-model": "data-model", "pidf:rpid": "rpid",
         "pidf:cipid": "cipid", "watcherinfo": "watcherinfo"}
ODD = ["", "at lunch", "<&>\"'", "明日 é 🙂", "]]>", " spaces  between ",
       "two\nlines\tand a tab", "\x1b[2J\x07\x7f\x85", "n" * 1024,
       "\ufffe\uffff", "&amp;", "\u202e\u2028"]


# What the schemas find, if they are used at all.
WRONG = [b"<x/>", b"<presence xmlns='urn:ietf:params:xml:ns:pidf'/>",
         b"<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'><rule "
         b"id='a'><actions><sub-handling xmlns='urn:ietf:params:xml:ns:"
         b"pres-rules'>perhaps</sub-handling></actions></rule></ruleset>"]


def shared(*names):
    """Where the test data is, or None."""
    here = os.path.dirname(os.path.abspath(__file__))
    for top in (os.environ.get("SOTTO_SHARED"),
                os.path.join(here, "../../../shared")):
        for part in ("data", ""):
            path = top and os.path.join(top, part, *names)
            if path and os.path.exists(path):
                return os.path.abspath(path)
    return None


@pytest.fixture
def valid(tmp_path):
    """valid(DOCUMENTS): all are by the schemas."""
    tool, xsd = need("xmllint"), shared("xsd")
    if xsd is None:
        pytest.skip("no schemas (SOTTO_SHARED names where they are)")
    every = tmp_path / "all.xsd"
    every.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'targetNamespace="urn:all">%s</xs:schema>' % "".join(
            '<xs:import namespace="urn:ietf:params:xml:ns:%s" '
            'schemaLocation="%s/%s.xsd"/>' % (s, xsd, FILES.get(s, s))
            for s in SPACES))

    def validate(documents):
        """Those that are not, with why."""
        names = []
        for i, body in enumerate(documents):
            names.append(str(tmp_path / ("%d.xml" % i)))
            with open(names[-1], "wb") as f:
                f.write(body)
        p = subprocess.run(
            [tool, "--nonet", "--noout", "--schema", str(every), *names],
            capture_output=True, text=True, timeout=60, check=False)
        bad = []
        for name, body in zip(names, documents):
            if name + " validates\n" not in p.stderr:
                bad.append((body.decode("utf-8", "replace"), [
                    line for line in p.stderr.splitlines() if name in line]))
        return bad

    assert len(validate(WRONG)) == len(WRONG)
    return validate


def sent(server, web=None):
    """What the servers were sent: every XML document by its type."""
    found = []
    with server.lock:
        messages = list(server.seen)
    for m in messages:
        kind = m.get("content-type").split(";")[0]
        if kind.endswith("xml"):
            found.append((kind, m.body))
    for method, _, headers, body in web.seen if web else ():
        if method == "PUT" and headers["Content-Type"].endswith("xml"):
            found.append((headers["Content-Type"], body))
    return found


def published(server):
    return [m for m in server.seen if m.method == "PUBLISH" and m.body]


def all_of(valid, documents, *kinds):
    """All are by their schemas, and all KINDS are among them."""
    assert {kind for kind, _ in documents} == set(kinds)
    bad = valid([body for _, body in documents])
    assert not bad, "\n".join(map(str, bad[:3]))


PIDF = "application/pidf+xml"
LISTS = "application/resource-lists+xml"
RULES = "application/auth-policy+xml"
SERVICES = "application/rls-services+xml"
COMPOSING = "application/im-iscomposing+xml"


def test_presence(servers, start, valid):
    """Published, with every state and note; and that she types."""
    alice = alice_at(servers, start)
    for n, (state, note) in enumerate(
            (s, n) for s in ("online", "away", "busy", "invisible")
            for n in ODD):
        alice.s.do("presence", "set", state, *([note] if note else []))
        alice.until(lambda: len(published(alice.server)) > n)
    alice.s.do("typing", KIM, "on")
    alice.server.asked("MESSAGE")
    alice.s.do("typing", KIM, "off")
    alice.s.do("msg", KIM, "hello")
    assert alice.s.quit() == 0
    documents = sent(alice.server)
    assert len(documents) > 4 * len(ODD)
    all_of(valid, documents, PIDF, COMPOSING)


def test_own_notifier(start, valid):
    """Without a server in between: to who is let in, and who is blocked."""
    port = free_ports(1)[0]
    s = start("alice", "account add me sip:alice@127.0.0.1:%d\n"
              "account set me register no\naccount set me accept ask\n"
              "account set me listen 127.0.0.1:%d\nlogin me\n"
              % (port, port))
    s.expect("account", state="online")
    eve = Stranger(port)
    documents = []
    try:
        for words in (("buddy", "accept", eve.uri()), *[
                ("presence", "set", state, *([note] if note else []))
                for state in ("busy", "away", "online", "invisible")
                for note in ODD[:4]], ("presence", "set", "offline"),
                ("presence", "set", "online"), ("buddy", "block", eve.uri())):
            s.do(*words)
            # Whoever asks once is not made to wait.
            eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 0")
            m = eve.expect("^NOTIFY", timeout=10)
            eve.answer(m, "200 OK")
            documents.append((header(m, "Content-Type"),
                              m.partition(b"\r\n\r\n")[2]))
    finally:
        eve.close()
    assert s.quit() == 0
    all_of(valid, documents, PIDF)


def test_idle(servers, screen, tmp_path, valid):
    if clock.missing():
        pytest.skip(clock.missing())
    steps, server = clock.Clock(tmp_path), servers(SimpleServer)
    s = screen("alice", "set auto-away 10\n" + server.config("alice"),
               env=steps.env).see("me ●")
    for line in ("/presence set online", "/presence set busy lunch"):
        s.line(line).settle(0.3)
        steps.step(601)
        s.signal(signal.SIGWINCH)
        server.asked("PUBLISH", lambda m: b"idle" in m.body and (
            b"busy" in m.body) == ("busy" in line))
    s.line("/quit")
    assert s.ended() == 0
    all_of(valid, sent(server), PIDF)


def foreign(valid, folder, root, *more):
    """Documents of others that are by the schemas themselves."""
    files = glob.glob(os.path.join(shared(folder) or "/nowhere", "*.xml"))
    texts = [open(name, "rb").read() for name in sorted(files)] + list(more)
    bad = {text for text, _ in valid(texts)}
    return [text for text in texts if text.decode() not in bad
            and re.search(rb"<(\w+:)?" + root, text)]


EVERYBODY = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand --><c:ruleset xmlns:c="urn:ietf:params:xml:ns:common-policy"
 xmlns:p='urn:ietf:params:xml:ns:pres-rules'><c:rule id="a"><c:conditions>
<c:identity><c:many/></c:identity></c:conditions><c:actions><p:sub-handling
>allow</p:sub-handling></c:actions><c:transformations/></c:rule><c:rule id="b">
<c:conditions><c:identity><c:many domain="lab.test"><c:except
id="sip:eve@lab.test"/></c:many></c:identity><c:sphere value="work"/>
</c:conditions><c:actions><p:sub-handling>allow</p:sub-handling></c:actions>
<c:transformations/></c:rule></c:ruleset>
"""
DECISIONS = {"accept": "allow", "decline": "block", "block": "polite-block",
             "unblock": "confirm"}


def test_rules(servers, start, valid):
    """Each decision, upon nothing and upon what others have written."""
    alice = alice_at(servers, start, "pres-rules")
    path = "/root/pres-rules/users/%s/index" % ALICE
    alice.said("the server keeps: pres-rules")
    texts = [None, *foreign(valid, "pres-rules", b"ruleset", EVERYBODY)]
    assert len(texts) > 1
    for text in texts:
        alice.web.documents.pop(path, None)
        if text:
            alice.web.documents[path] = ('"0"', RULES, text)
        for who in ("sip:bob@example.com", "sip:user@example.com",
                    "sip:new@lab.test", "sip:%3C%26%22'@lab.test"):
            for word, handling in DECISIONS.items():
                n = alice.lines()
                alice.s.do("buddy", word, who)
                alice.until(lambda: alice.has_since(n, "is now: " + handling))
    assert len(alice.web.puts()) > 10 * len(texts)
    all_of(valid, sent(alice.server, alice.web), PIDF, RULES)


def test_lists(servers, start, valid):
    """Who is added, renamed, moved and removed, upon nothing and upon what
    others have written."""
    alice = alice_at(servers, start, "resource-lists")
    path = "/root/resource-lists/users/%s/index" % ALICE
    alice.said("the server keeps: resource-lists")
    texts = [None, *foreign(valid, "resource-lists", b"resource-lists")]
    for n, text in enumerate(texts):
        alice.s.do("logout")
        alice.web.documents.pop(path, None)
        if text:
            alice.web.documents[path] = ('"0"', LISTS, text)
        alice.s.do("login")
        new = "sip:new%d@lab.test" % n
        for words in (("add", new, "-n", "<N> & 'M' \"\u00e9", "-g", "A/B",
                       "-g", "<&\"'>]]>"),
                      ("rename", new, "\u660e\u65e5 \x1b[2J"),
                      ("group", new, "Friends", "W[@a='b']"),
                      ("add", "sip:%3C%26%22'@lab.test"),
                      ("remove", "sip:%3C%26%22'@lab.test"),
                      ("remove", new)):
            written = len(alice.web.puts())
            alice.s.do("buddy", *words)
            alice.until(lambda: len(alice.web.puts()) > written)
    all_of(valid, sent(alice.server, alice.web), PIDF, LISTS)


OTHERS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand --><s:rls-services xmlns:s="urn:ietf:params:xml:ns:rls-services"
xmlns:l='urn:ietf:params:xml:ns:resource-lists'><s:service uri="sip:a@lab.test">
<s:list><l:entry uri="sip:kim@lab.test"/></s:list><s:packages><s:package
>presence</s:package></s:packages></s:service><s:service
uri='sip:alice+sotto-buddies@lab.test'><s:list name="x"><l:display-name>Mine
</l:display-name><l:entry uri='sip:else@lab.test'><l:display-name>E
</l:display-name></l:entry><l:list/></s:list></s:service></s:rls-services>
"""


def test_services(servers, start, valid):
    """Who is watched by one subscription."""
    alice = alice_at(servers, start, "rls-services",
                     "account set me presence-list yes", begin=Rls().begin)
    path = "/root/rls-services/users/%s/index" % ALICE
    alice.until(alice.web.puts)
    texts = [None, *foreign(valid, "resource-lists", b"rls-services", OTHERS)]
    for n, text in enumerate(texts):
        alice.s.do("logout")
        alice.web.documents.pop(path, None)
        if text:
            alice.web.documents[path] = ('"0"', SERVICES, text)
        written = len(alice.web.puts())
        alice.s.do("login")
        alice.until(lambda: len(alice.web.puts()) > written)
        for words in (("add", "sip:%%3C%%26%%22'%d@lab.test" % n),
                      ("remove", "sip:%%3C%%26%%22'%d@lab.test" % n)):
            written = len(alice.web.puts())
            alice.s.do("buddy", *words)
            alice.until(lambda: len(alice.web.puts()) > written)
    assert b"sip:else@lab.test" in alice.web.puts()[-1][3]
    all_of(valid, sent(alice.server, alice.web), PIDF, SERVICES)


def traced(s):
    """Documents that S sent, out of its trace."""
    with open(os.path.join(s.home, "trace"), "rb") as f:
        parts = re.split(rb"(?m)^\d{4}-\d\d-\d\dT\S+ [A-Z]+ \S+ "
                         rb"(->|<-) \S+\r?\n", f.read())
    found = []
    for way, part in zip(parts[1::2], parts[2::2]):
        head, _, body = part.replace(b"\r", b"").partition(b"\n\n")
        kind = re.search(rb"\nContent-Type: ([^;\n]*\+xml)", head)
        size = re.search(rb"\nContent-Length: (\d+)", head)
        if way == b"->" and kind:
            found.append((kind[1].decode(), body[:int(size[1])]))
    return found


@pytest.mark.peers
def test_through_kamailio(tmp_path, start, valid):
    """From strangers to who is blocked: what goes by SIP as the trace has it,
    and what the server keeps after each step."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", rules=True, xcap=True) as k:
        def person(user):
            s = start(user, account("me", user, k, "tcp", session="page",
                                    xcap_root=k.xcap_root)
                      + "login me\n", "--trace", "trace")
            s.expect("account", state="online")
            return s

        alice, bob = person("alice"), person("bob")
        bob.do("buddy", "add", ALICE, "-g", "Friends")
        alice.expect("watcher", watcher=BOB)
        keeper, kept = Helper(), []
        for words in (("buddy", "add", BOB), *[("buddy", w, BOB)
                      for w in DECISIONS], ("buddy", "remove", BOB)):
            alice.do(*words)
            alice.do("presence", "set", "busy", words[1])
            bob.do("typing", ALICE, "on")
            for auid in ("pres-rules", "resource-lists"):
                r = keeper.ask("GET", "%s/%s/users/%s/index" % (
                    k.xcap_root, auid, ALICE), user="alice",
                    password="secret-alice")
                if r["status"] == "200":
                    kept.append((r["type"], r["body"]))
        keeper.close()
        alice.do("msg", BOB, "hello")
        assert alice.quit() == 0 and bob.quit() == 0
    all_of(valid, kept, RULES, LISTS)
    all_of(valid, traced(alice) + traced(bob), PIDF, LISTS, COMPOSING)
