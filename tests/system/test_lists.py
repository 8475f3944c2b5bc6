# SPDX-License-Identifier: GPL-3.0-or-later
"""The buddy list lives on the server (RFC 4826 by XCAP): it follows its owner
from machine to machine, and loses nobody on the way."""

import os
import shutil
import subprocess
import time

import pytest

from httphelper import Helper
from kamailio import Kamailio
from sotto import account

pytestmark = pytest.mark.peers

BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
EVE = "sip:eve@lab.test"
DAN = "sip:dan@lab.test"
TYPE = "application/resource-lists+xml"
NS = "urn:ietf:params:xml:ns:resource-lists"
SHARED = os.environ.get("SOTTO_SHARED") or os.path.join(
    os.path.dirname(__file__), "..", "..", "..", "shared")
SCHEMA = os.path.join(SHARED, "data", "xsd", "resource-lists.xsd")

# As other programs write it: a phone's lists, a group by another name, what
# only they understand, and a list that contains itself.
FOREIGN = """<?xml version='1.0' encoding='UTF-8'?>
<!-- written by hand -->
<rl:resource-lists xmlns:rl='%s' xmlns:cp='counterpath:properties'>
  <rl:list name='oma_buddylist'>
    <rl:external anchor='http://xcap.example.org/rcs'/>
  </rl:list>
  <rl:list name='oma_blockedcontacts'><rl:entry uri='sip:x@lab.test'/></rl:list>
  <rl:list name='l1' cp:open="yes"><rl:display-name>Friends</rl:display-name>
    <rl:entry uri='sip:bob@lab.test' cp:id='&quot;7&quot;'>
      <rl:display-name xml:lang='en'>Bob</rl:display-name>
      <cp:prop name="phone" value='&lt;none>'/>
    </rl:entry>
    <rl:entry-ref ref='resource-lists/users/sip:kim@lab.test/index'/>
    <rl:external anchor='index/~~/resource-lists/list%%5b@name=%%22l1%%22%%5d'/>
    <rl:list name='close'><rl:entry uri="sip:kim@lab.test"/></rl:list>
    <cp:colour><![CDATA[<red>]]></cp:colour>
  </rl:list>
</rl:resource-lists>
""" % NS


@pytest.fixture
def server(tmp_path):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", xcap=True) as k:
        yield k


class Document:
    """Alice's lists, as another device of hers sees them."""

    def __init__(self, server):
        self.url = (server.xcap_root
                    + "/resource-lists/users/sip:alice@lab.test/index")
        self.helper = Helper()

    def ask(self, method, **more):
        return self.helper.ask(method, self.url, user="alice",
                               password="secret-alice", **more)

    def text(self):
        r = self.ask("GET")
        return r["body"].decode() if r["status"] == "200" else ""

    def write(self, text):
        assert self.ask("PUT", body=text, type=TYPE)["status"] in (
            "200", "201")

    def becomes(self, *texts, without=()):
        end = time.monotonic() + 10
        while True:
            text = self.text()
            if (all(t in text for t in texts)
                    and not any(t in text for t in without)):
                validate(text)
                return text
            assert time.monotonic() < end, text
            time.sleep(0.1)


def validate(text):
    """Where the schema is there."""
    if os.path.exists(SCHEMA) and shutil.which("xmllint"):
        out = subprocess.run(
            ["xmllint", "--nonet", "--noout", "--schema", SCHEMA, "-"],
            input=text.encode(), capture_output=True, timeout=20)
        assert out.returncode == 0, text + out.stderr.decode()


@pytest.fixture
def document(server):
    d = Document(server)
    yield d
    d.helper.close()


@pytest.fixture
def alice(server, start):
    """Alice at a machine of the name; its state stays between starts."""
    def begin(machine, more="login me\n"):
        s = start(machine, "set log-level info\n"
                  + account("me", "alice", server, "tcp",
                            xcap_root=server.xcap_root) + more)
        if "login" in more:
            s.expect("account", state="online")
        return s
    return begin


def people(s):
    return {r["buddy"]: (r.get("name"), sorted(r.get("groups", [])))
            for r in s.do("buddy", "list")["result"]}


def has(s, **wanted):
    """The whole list of S becomes WANTED: user=(name, group...)."""
    wanted = {"sip:%s@lab.test" % user: (row[0], sorted(row[1:]))
              for user, row in wanted.items()}
    end = time.monotonic() + 15
    while people(s) != wanted:
        assert time.monotonic() < end, (people(s), wanted)
        time.sleep(0.05)


def sure(s):
    """S has looked whether the document is the one that it has created."""
    s.do("sleep", "2.2")


def again(s):
    """Signs out and in, and so sees what others changed."""
    s.do("logout", "me")
    s.do("login", "me")


def test_follows_its_owner(alice, document):
    desk = alice("desk")
    desk.do("buddy", "add", BOB, "-n", "Bob & <Co>", "-g", "Friends")
    desk.do("buddy", "add", KIM, "-n", "Kim")
    desk.do("buddy", "group", KIM, "Friends", "Work")
    desk.do("buddy", "add", DAN)
    text = document.becomes('name="RootGroup"', "Bob &amp; &lt;Co&gt;", DAN)
    assert text.count(KIM) == 2
    lap = alice("lap")
    has(lap, bob=("Bob & <Co>", "Friends"), kim=("Kim", "Friends", "Work"),
        dan=(None,))
    # Each change is seen at the other machine.
    sure(desk)
    lap.do("buddy", "remove", DAN)
    lap.do("buddy", "rename", BOB, "Rob")
    lap.do("group", "remove", "Work")
    document.becomes("Rob", without=[DAN, "Work"])
    again(desk)
    has(desk, bob=("Rob", "Friends"), kim=("Kim", "Friends"))
    desk.logged(DAN + ": removed from the server's list, by another")
    # A list of nobody is one too: it is not the same as none.
    desk.do("buddy", "remove", BOB)
    desk.do("buddy", "remove", KIM)
    document.becomes("resource-lists", without=[BOB, KIM])
    again(lap)
    has(lap)


def test_both_edited(alice, document):
    """On one machine, while it is offline, and on the other: whatever can be
    done of both is done, and nobody gets lost."""
    desk = alice("desk")
    for who, name in ((BOB, "Bob"), (KIM, "Kim"), (EVE, "Eve")):
        desk.do("buddy", "add", who, "-n", name, "-g", "Friends")
    document.becomes(BOB, KIM, EVE)
    lap = alice("lap")
    has(lap, bob=("Bob", "Friends"), kim=("Kim", "Friends"),
        eve=("Eve", "Friends"))
    assert desk.quit() == 0

    lap.do("buddy", "remove", BOB)
    lap.do("buddy", "rename", KIM, "Kim L.")
    lap.do("buddy", "add", DAN, "-n", "Dan", "-g", "Friends")
    lap.do("buddy", "add", "sip:zoe@lab.test", "-n", "Zoe", "-g", "Lap")
    document.becomes("Kim L.", DAN, "zoe", without=[BOB])

    desk = alice("desk", "")
    desk.do("group", "rename", "Friends", "Mates")
    desk.do("buddy", "rename", BOB, "Rob")
    desk.do("buddy", "remove", EVE)
    desk.do("buddy", "add", "sip:zoe@lab.test", "-n", "Zoe", "-g", "Desk")
    desk.do("login", "me")
    result = dict(bob=("Rob", "Mates"), kim=("Kim L.", "Mates"),
                  dan=("Dan", "Friends"), zoe=("Zoe", "Desk", "Lap"))
    has(desk, **result)
    document.becomes("Rob", "Desk", "Lap", without=[EVE])
    again(lap)
    has(lap, **result)
    again(desk)
    has(desk, **result)


def test_added_on_both(alice, document):
    """With different names and groups, before there is any list."""
    desk = alice("desk", "")
    desk.do("buddy", "add", BOB, "-n", "Bob", "-g", "A")
    desk.do("buddy", "add", KIM)
    lap = alice("lap", "")
    lap.do("buddy", "add", BOB, "-n", "Robert", "-g", "B")
    lap.do("buddy", "add", EVE, "-n", "Eve")
    desk.do("login", "me")
    document.becomes(BOB, KIM)
    sure(desk)
    lap.do("login", "me")
    document.becomes(EVE, KIM, "Robert")
    has(lap, bob=("Robert", "A", "B"), kim=(None,), eve=("Eve",))
    again(desk)
    has(desk, bob=("Robert", "A", "B"), kim=(None,), eve=("Eve",))


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_at_once(alice, document, end):
    """Right after a change: a quit waits for it; who is killed finds it at
    the next sign-in."""
    desk = alice("desk")
    desk.do("buddy", "add", KIM, "-n", "Kim")
    document.becomes(KIM)
    desk.logged("keeps")
    desk.do("buddy", "add", BOB, "-n", "Bob", "-g", "Friends")
    desk.do("buddy", "remove", KIM)
    if end == "kill":
        desk.kill()
        desk = alice("desk")
    else:
        assert desk.quit() == 0
        assert BOB in document.text() and KIM not in document.text()
    document.becomes(BOB, "Friends", without=[KIM])
    lap = alice("lap")
    has(lap, bob=("Bob", "Friends"))


def test_offline(alice, document, server):
    """What was changed while there was no server."""
    desk = alice("desk")
    desk.do("buddy", "add", BOB, "-n", "Bob")
    desk.do("buddy", "add", KIM, "-n", "Kim")
    document.becomes(BOB, KIM)
    desk.do("logout", "me")
    desk.do("buddy", "remove", BOB)
    desk.do("buddy", "rename", KIM, "Kim 2")
    desk.do("buddy", "add", DAN)
    assert desk.quit() == 0
    desk = alice("desk")
    document.becomes("Kim 2", DAN, without=[BOB])
    has(desk, kim=("Kim 2",), dan=(None,))


def without_ours(text, *ours):
    for piece in ours:
        assert text.count(piece) == 1, text
        text = text.replace(piece, "")
    return text


def test_document_of_others(alice, document):
    """Is read, and what is not understood stays byte for byte."""
    document.write(FOREIGN)
    desk = alice("desk")
    has(desk, bob=("Bob", "Friends"), kim=(None, "close"))
    desk.logged("names 3 lists or people of other documents")
    assert document.text() == FOREIGN
    desk.do("buddy", "rename", BOB, "Rob")
    desk.do("buddy", "add", DAN, "-n", "Dan", "-g", "Friends")
    desk.do("buddy", "add", EVE)
    text = document.becomes("Rob", DAN, EVE)
    root = ('\n  <rl:list name="RootGroup">\n    <rl:entry uri="%s"/>'
            '\n  </rl:list>' % EVE)
    dan = ('\n    <rl:entry uri="%s"><rl:display-name>Dan</rl:display-name>'
           '</rl:entry>' % DAN)
    assert without_ours(text, root, dan).replace(
        ">Rob<", ">Bob<") == FOREIGN
    # Called otherwise, the list is still the one that others refer to.
    desk.do("group", "rename", "Friends", "Mates")
    document.becomes(">Mates<", "name='l1'", without=[">Friends<"])
    desk.do("buddy", "remove", EVE)
    desk.do("buddy", "remove", DAN)
    text = document.becomes("Mates", without=[EVE, DAN])
    kept = without_ours(text, '\n  <rl:list name="RootGroup">\n  </rl:list>')
    assert kept.replace(">Rob<", ">Bob<").replace(
        ">Mates<", ">Friends<") == FOREIGN


@pytest.mark.parametrize("text, words", [
    ("<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'/>",
     "is left alone: "),
    ("<list xmlns='%s'/>" % NS, "is left alone: "),
    ("<resource-lists/>", "is left alone: "),
])
def test_hostile(alice, document, text, words):
    """Documents that are none: a sentence, they stay, and so do buddies."""
    desk = alice("desk")
    desk.do("buddy", "add", BOB, "-n", "Bob")
    document.becomes(BOB)
    document.write(text)
    again(desk)
    desk.logged("the server's buddy list", words)
    desk.do("buddy", "add", KIM)
    desk.do("sleep", "0.3")
    has(desk, bob=("Bob",), kim=(None,))
    assert document.text() == text
    # What was changed meanwhile comes to a list that can be read again.
    document.write("<resource-lists xmlns='%s'><list><entry uri='%s'/>"
                   "<external/></list></resource-lists>" % (NS, BOB))
    again(desk)
    document.becomes(KIM, "<external/>")
    has(desk, bob=(None,), kim=(None,))


def test_created_at_once(alice, document):
    """On two machines at the same time: Kamailio lets both, and the second
    takes the place of the first, whose people come back."""
    machines = [alice(name, "") for name in ("desk", "lap")]
    for s, who in zip(machines, (BOB, KIM)):
        s.do("buddy", "add", who)
    for s in machines:
        s.send("login", "me")
    document.becomes(BOB, KIM)
    for s in machines:
        sure(s)
        again(s)
        has(s, bob=(None,), kim=(None,))


def test_edited_at_once(alice, document):
    """Many changes on two machines at the same moment: If-Match keeps them
    apart, and every one of them arrives."""
    document.write("<resource-lists xmlns='%s'/>" % NS)
    machines = [alice(name) for name in ("desk", "lap")]
    for s in machines:
        has(s)
    for i in range(20):
        for k, s in enumerate(machines):
            s.send("buddy", "add", "sip:u%d%d@lab.test" % (k, i), "-g", "G")
    text = document.becomes(*["sip:u%d%d@lab.test" % (k, i)
                              for k in (0, 1) for i in range(20)])
    assert text.count("<entry") == 40 and text.count("<list") == 1
    for s in machines:
        again(s)
        end = time.monotonic() + 15
        while len(people(s)) != 40:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_lost_document(alice, document):
    """A server that has none any more: nobody was removed."""
    desk = alice("desk")
    desk.do("buddy", "add", BOB, "-n", "Bob")
    desk.do("buddy", "add", KIM, "-g", "Work")
    document.becomes(BOB, KIM)
    tag = document.ask("GET")["etag"]
    assert document.ask("DELETE", if_match=tag)["status"] == "200"
    again(desk)
    document.becomes(BOB, KIM, "Work")
    has(desk, bob=("Bob",), kim=(None, "Work"))


def test_another_server(alice, document, server, tmp_path):
    """What was agreed on with one says nothing about another."""
    desk = alice("desk")
    desk.do("buddy", "add", BOB, "-n", "Bob")
    document.becomes(BOB)
    assert desk.quit() == 0
    desk = alice("desk", "account set me xcap-root ''\nlogin me\n")
    desk.do("buddy", "add", KIM)
    assert desk.quit() == 0
    tag = document.ask("GET")["etag"]
    desk = alice("desk", "account set me xcap-root http://127.0.0.1:%d/"
                 "xcap-root/\nlogin me\n" % server.http_port)
    document.becomes(BOB, KIM)
    assert tag
    has(desk, bob=("Bob",), kim=(None,))


def test_many(alice, document):
    """As many as the tests' server takes, in one edit."""
    desk = alice("desk", "")
    for i in range(300):
        desk.do("buddy", "add", "sip:u%d@lab.test" % i, "-g", "G%d" % (i % 7))
    desk.do("login", "me")
    text = document.becomes("sip:u299@lab.test")
    assert text.count("<entry") == 300 and text.count("<list") == 7
    lap = alice("lap")
    end = time.monotonic() + 15
    while people(lap) != people(desk):
        assert time.monotonic() < end
        time.sleep(0.1)
