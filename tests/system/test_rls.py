# SPDX-License-Identifier: GPL-3.0-or-later
"""One subscription for all who are watched (RFC 4662): Kamailio subscribes to
those in a list of ours, and what it does not tell is asked for alone."""

import os
import re
import socket
import time

import pytest

from httphelper import Helper
from kamailio import RULE, Kamailio
from listserver import ListServer, document
from sotto import account
from webserver import WebServer

pytestmark = pytest.mark.peers

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
LIST = "sip:alice+sotto-buddies@lab.test"
PENDING = "waiting for approval"
PIDF = ("<?xml version='1.0' encoding='UTF-8'?><presence "
        "xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:%s@lab.test'>"
        "<tuple id='t'><status><basic>open</basic></status></tuple>"
        "</presence>")
FOREIGN = ("<?xml version='1.0' encoding='UTF-8'?>\n<!-- by hand -->\n"
           "<rls-services xmlns='urn:ietf:params:xml:ns:rls-services' "
           "xmlns:r='urn:ietf:params:xml:ns:resource-lists'><service "
           "uri='sip:friends@lab.test'><list><r:entry uri='%s'/></list>"
           "<packages><package>presence</package></packages></service>\n"
           "</rls-services>\n" % KIM)


@pytest.fixture
def kamailio_rls(tmp_path):
    running = []

    def begin(**options):
        if Kamailio.program() is None:
            pytest.skip("kamailio is not installed")
        running.append(Kamailio(tmp_path / "kamailio", rls=True, **options))
        return running[-1]

    yield begin
    for k in running:
        k.stop()


@pytest.fixture
def server(kamailio_rls):
    return kamailio_rls(rules=True)


class Documents:
    """What the server keeps for a user, as another device sees it."""

    def __init__(self, server):
        self.server = server
        self.helper = Helper()

    def ask(self, method, user, auid, **more):
        return self.helper.ask(
            method, "%s/%s/users/sip:%s@lab.test/index"
            % (self.server.xcap_root, auid, user), user=user,
            password="secret-" + user, **more)

    def rule(self, user, handling):
        """USER decides about Alice."""
        assert self.ask("PUT", user, "pres-rules",
                        body=RULE % (ALICE, handling),
                        type="application/auth-policy+xml")["status"] in (
            "200", "201")

    def write(self, text):
        assert self.ask("PUT", "alice", "rls-services", body=text,
                        type="application/rls-services+xml")["status"] in (
            "200", "201")

    def text(self):
        r = self.ask("GET", "alice", "rls-services")
        return r["body"].decode() if r["status"] == "200" else ""

    def becomes(self, *texts, without=(), twice=()):
        end = time.monotonic() + 10
        while True:
            text = self.text()
            if (all(t in text for t in texts)
                    and all(text.count(t) == 2 for t in twice)
                    and not any(t in text for t in without)):
                return text
            assert time.monotonic() < end, text
            time.sleep(0.1)


@pytest.fixture
def documents(server):
    d = Documents(server)
    yield d
    d.helper.close()


class Publisher:
    """Puts up what others publish, where nobody has to prove who he is."""

    def __init__(self, server):
        self.server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.connect(("127.0.0.1", server.port))
        self.socket.settimeout(5)
        self.n = 0

    def publish(self, user):
        self.n += 1
        body = PIDF % user
        uri = "sip:%s@lab.test" % user
        self.socket.send((
            "PUBLISH %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;rport;"
            "branch=z9hG4bKp%d\r\nMax-Forwards: 70\r\nFrom: <%s>;tag=p\r\n"
            "To: <%s>\r\nCall-ID: p%d\r\nCSeq: 1 PUBLISH\r\nEvent: presence"
            "\r\nExpires: 600\r\nContent-Type: application/pidf+xml\r\n"
            "Content-Length: %d\r\n\r\n%s"
            % (uri, self.socket.getsockname()[1], self.n, uri, uri, self.n,
               len(body), body)).encode())
        while True:
            first = self.socket.recv(65536).split(b"\r\n", 1)[0]
            if first != b"SIP/2.0 100 Trying":
                assert b" 200 " in first, first
                return


@pytest.fixture
def people(start):
    """people(SERVER, USER, LINES...): a sotto that traces what it says."""
    n = 0

    def person(server, user, *more, transport="tcp", home=None, **settings):
        nonlocal n
        n += 1
        trace = "trace-%d" % n
        settings.setdefault("xcap_root", server.xcap_root)
        s = start(home or user, "set log-level info\n"
                  + account("me", user, server, transport, **settings)
                  + "".join(line + "\n" for line in more) + "login me\n",
                  "--trace", trace)
        s.trace = os.path.join(s.home, trace)
        s.expect("account", state="online")
        return s

    return person


def requests(s, method="SUBSCRIBE"):
    """What S has sent so far: for each request its URI, its headers."""
    with open(s.trace, encoding="utf-8") as f:
        text = f.read().replace("\r", "")
    found = []
    for m in re.finditer(r"^ *%s (\S+) SIP/2\.0\n(.*?)\n *\n" % method, text,
                         re.M | re.S):
        headers = {k.strip().lower(): v for k, v in
                   (line.split(": ", 1) for line in m[2].split("\n")
                    if ": " in line)}
        if headers.get("event") == "presence":
            found.append((m[1], headers))
    return found


def dialogs(s):
    """The Call-IDs of S's subscriptions to presence, by whom they are to."""
    found = {}
    for _, headers in requests(s):
        to = re.search("<(.*?)>", headers["to"])[1]
        found.setdefault(to, set()).add(headers["call-id"])
    return found


def adds(*users):
    return tuple("buddy add sip:%s@lab.test" % u for u in users)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_states(server, documents, people, transport):
    """Each state as it is told of one person alone."""
    for user, handling in (("open", "allow"), ("silent", "allow"),
                           ("refuses", "block"), ("shy", "polite-block")):
        documents.rule(user, handling)
    people(server, "open", transport="udp").do("presence", "set", "busy")
    alice = people(server, "alice", *adds("open", "silent", "refuses", "shy",
                                          "asked"),
                   transport=transport, presence_list="yes")
    for user, state, reason in (
            ("open", "online", None), ("silent", "offline", None),
            ("shy", "offline", None), ("asked", "unknown", PENDING),
            ("refuses", "unknown", "declined")):
        more = {"reason": reason} if reason else {}
        alice.expect("presence", keep=True, state=state,
                     buddy="sip:%s@lab.test" % user, **more)
    # Who is Online is told of by the list alone.
    assert set(dialogs(alice)) == {LIST} | {
        "sip:%s@lab.test" % u for u in ("silent", "refuses", "shy", "asked")}
    # She is let in, and shows herself.
    documents.rule("asked", "allow")
    alice.expect("presence", buddy="sip:asked@lab.test", state="offline")
    asked = people(server, "asked", transport="udp", xcap_root="")
    alice.expect("presence", buddy="sip:asked@lab.test", state="online")
    asked.do("presence", "set", "away", "lunch")
    alice.expect("presence", buddy="sip:asked@lab.test", note="lunch")
    asked.quit()
    alice.expect("presence", buddy="sip:asked@lab.test", state="offline")
    assert alice.quit() == 0


def test_two_hundred(kamailio_rls, people):
    """One dialog."""
    server = kamailio_rls(auth=False)
    others = Publisher(server)
    users = ["user%d" % i for i in range(200)]
    for user in users:
        others.publish(user)
    alice = people(server, "alice", *adds(*users))
    for user in users:
        alice.expect("presence", keep=True, state="online",
                     buddy="sip:%s@lab.test" % user)
    found = dialogs(alice)
    assert list(found) == [LIST] and len(found[LIST]) == 1


def test_few(server, documents, people):
    """By itself it is not done for few."""
    documents.rule("bob", "allow")
    alice = people(server, "alice", *adds("bob", "kim"))
    alice.expect("presence", buddy=BOB, state="offline")
    assert set(dialogs(alice)) == {BOB, KIM}
    assert not documents.text()


def test_changes(server, documents, people):
    """People are added and removed while it stands; what others wrote
    stays."""
    documents.write(FOREIGN)
    documents.rule("bob", "allow")
    documents.rule("kim", "allow")
    people(server, "bob", transport="udp")
    people(server, "kim", transport="udp")
    alice = people(server, "alice", *adds("bob"), presence_list="yes")
    alice.expect("presence", buddy=BOB, state="online")
    head, tail = FOREIGN.split("</rls-services>")
    text = documents.becomes('uri="%s"' % LIST, BOB)
    assert text.startswith(head)
    alice.do("buddy", "add", KIM)
    alice.expect("presence", buddy=KIM, state="online")
    documents.becomes(LIST, BOB, twice=[KIM])
    end = time.monotonic() + 10
    while not [h for u, h in requests(alice) if h["cseq"] != "1 SUBSCRIBE"
               and LIST in h["to"] and h["expires"] != "0"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    alice.do("buddy", "remove", BOB)
    text = documents.becomes(LIST, without=[BOB], twice=[KIM])
    assert text.startswith(head)
    for _, h in requests(alice):
        if LIST in h["to"]:
            assert h["supported"] == "eventlist"  # PR6


def test_refused_later(server, documents, people):
    """Kamailio's list has no word for who refuses us meanwhile: the next
    refresh brings it out."""
    documents.rule("bob", "allow")
    people(server, "bob", transport="udp")
    alice = people(server, "alice", *adds("bob"), presence_list="yes")
    alice.expect("presence", buddy=BOB, state="online")
    alice.logged("one subscription is for all: " + LIST)
    documents.rule("bob", "block")
    alice.none("presence", 2, buddy=BOB)
    alice.do("buddy", "add", KIM)
    alice.expect("presence", buddy=BOB, state="unknown", reason="declined")


class Deaf(Kamailio):
    """Its own subscriptions reach nobody."""

    def _write(self):
        super()._write()
        path = os.path.join(self.dir, "kamailio.cfg")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        text, n = re.subn(r'("rls", "outbound_proxy", "sip:127.0.0.1:)\d+',
                          r"\g<1>9", text)
        assert n == 1
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def test_deaf(tmp_path, people):
    """A list that tells nothing of people who are online is not trusted."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Deaf(tmp_path / "kamailio", rls=True) as server:
        bob = people(server, "bob", transport="udp", xcap_root="")
        alice = people(server, "alice", *adds("bob", "kim"),
                       presence_list="yes")
        alice.expect("presence", buddy=BOB, state="online", keep=True)
        alice.expect("presence", buddy=KIM, state="offline")
        alice.logged("everybody is asked for alone",
                     "does not tell who is online", timeout=30)
        people(server, "kim", transport="udp", xcap_root="")
        alice.expect("presence", buddy=KIM, state="online")
        bob.do("presence", "set", "busy")
        alice.expect("presence", buddy=BOB, activity="busy")


def test_two_devices(server, documents, people):
    """They share the list: each puts in whom it watches, and takes out whom
    it itself no longer does."""
    documents.rule("bob", "allow")
    documents.rule("kim", "allow")
    one = people(server, "alice", *adds("bob", "kim"), home="one",
                 presence_list="yes")
    one.expect("presence", buddy=BOB, state="offline")
    two = people(server, "alice", *adds("kim", "open"), home="two",
                 presence_list="yes")
    two.expect("presence", buddy=KIM, state="offline")
    documents.becomes(BOB, KIM, "sip:open@lab.test")
    two.do("buddy", "remove", "sip:open@lab.test")
    documents.becomes(BOB, KIM, without=["sip:open@lab.test"])
    people(server, "kim", transport="udp")
    one.expect("presence", buddy=KIM, state="online")
    two.expect("presence", buddy=KIM, state="online")


def test_restart(server, documents, people):
    """A server that was started anew knows no list; it is told again."""
    documents.rule("bob", "allow")
    bob = people(server, "bob", transport="udp")
    alice = people(server, "alice", *adds("bob"), presence_list="yes")
    alice.expect("presence", buddy=BOB, state="online")
    server.go()
    alice.expect("presence", buddy=BOB, state="unknown")
    server.come_back()
    alice.expect("account", state="online")
    bob.do("presence", "set", "busy")
    alice.expect("presence", buddy=BOB, activity="busy")
    bob.do("presence", "set", "away")
    alice.expect("presence", buddy=BOB, activity="away")
    assert dialogs(alice)[LIST]


def test_a_gap(start, tmp_path):
    """Something was missed: all is asked for anew, while what is known
    stays."""
    both = [BOB, KIM]
    server = ListServer(document(both))
    trace = tmp_path / "trace"
    try:
        alice = start("alice", server.config("alice", *adds("bob", "kim")),
                      "--trace", str(trace))
        alice.trace = str(trace)
        for buddy in both:
            alice.expect("presence", buddy=buddy, state="online", keep=True)
        server.body = document(both, note="back")
        sub = server.find("presence", LIST)
        with server.lock:
            server.told = 6
            server.tell(sub, document([KIM], 6, lambda i: "closed",
                                      full=False))
        alice.expect("presence", buddy=KIM, state="offline")
        assert not alice.seen("presence", buddy=BOB, note="back")
        alice.expect("presence", buddy=BOB, state="online", note="back")
        alice.expect("presence", buddy=KIM, state="online", note="back")
        assert [h["supported"] for _, h in requests(alice)
                if LIST in h["to"]] == ["eventlist"] * 2
        assert set(dialogs(alice)) == {LIST}
        # What is older than that says nothing.
        with server.lock:
            server.tell(sub, document([BOB], 3, lambda i: "closed",
                                      full=False))
        alice.none("presence", 0.5, buddy=BOB)
    finally:
        server.close()


CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>rls-services"
        b"</auid></auids></xcap-caps>")


@pytest.mark.parametrize("writes", [True, False])
def test_no_list(tmp_path, people, writes):
    """A server that subscribes for nobody, or that keeps no document: each is
    asked for alone."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    web = WebServer(script=lambda h: not writes and h.command == "PUT"
                    and (h.reply(409), True)[1])
    web.documents["/xcap-caps/global/index"] = (
        '"1"', "application/xcap-caps+xml", CAPS)
    with Kamailio(tmp_path / "kamailio") as server:
        people(server, "bob", transport="udp", xcap_root="")
        alice = people(server, "alice", *adds("bob", "kim"),
                       presence_list="yes", xcap_root=web.root)
        alice.expect("presence", buddy=BOB, state="online", keep=True)
        alice.expect("presence", buddy=KIM, state="offline")
        assert set(dialogs(alice)) - {LIST} == {BOB, KIM}
        assert (LIST in dialogs(alice)) == writes
        assert [r for r in alice.do("log")["result"]
                if "everybody is asked for alone" in r["text"]]
    web.close()
