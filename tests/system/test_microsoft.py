# SPDX-License-Identifier: GPL-3.0-or-later
"""The Microsoft dialect against a server of its own."""

import base64
import re
import time

import pytest

from door import Door
from msserver import DOMAIN, KIM, Server, tree
from sotto import account


@pytest.fixture(params=[None, 3, 4], ids=["open", "ntlm3", "ntlm4"])
def server(request):
    """Open to everybody, or with NTLM and signatures of that version."""
    door = Door(request.param) if request.param else None
    with Server(door=door) as s:
        yield s


@pytest.fixture
def alice(server, start):
    s = start("alice", server.account("alice"))
    s.expect("account", state="online")
    return s


def epid(m):
    return re.search(r";epid=([0-9a-f]{10})(;|$)", m.get("from")).group(1)


def test_sign_in(server, alice):
    """What REGISTER and the subscriptions after it carry."""
    m = server.expect("REGISTER")
    assert m.uri == "sip:" + DOMAIN
    assert epid(m)
    assert re.search(r'\+sip\.instance="<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5',
                     m.get("contact"))
    assert "reg-id" not in m.text and "Expires:" not in m.text
    tokens = ", ".join(m.all("supported"))
    for token in ("gruu-10", "adhoclist", "msrtc-event-categories"):
        assert token in tokens
    assert m.get("event") == "registration"
    assert m.get("ms-keep-alive") == "UAC;hop-hop=yes"
    s = server.expect("SUBSCRIBE", event="vnd-microsoft-roaming-self")
    assert epid(s) == epid(m)
    assert s.get("proxy-require") == "ms-benotify"
    assert s.contact().endswith(";gruu")
    assert alice.quit() == 0
    m = server.expect("REGISTER", 2)
    assert m.get("expires") == "0"


@pytest.mark.parametrize("server", [None], indirect=True)
def test_found_out(server, start):
    """dialect=auto: the first answer tells."""
    s = start("alice", server.account("alice", "auto"))
    s.expect("account", state="online")
    server.expect("SUBSCRIBE", event="vnd-microsoft-roaming-self")
    states = [e["state"] for e in s.seen("account")]
    assert "failed" not in states and states.count("online") == 1


def test_publish(server, alice):
    m = server.expect("SERVICE")
    kinds = {(p.get("categoryName"), p.get("container"))
             for p in tree(m.body.decode()).iter("publication")}
    assert kinds == {("device", "2"), ("state", "2"), ("state", "3")}
    alice.do("presence", "set", "busy", "in a & meeting")
    m = server.expect("SERVICE", 2)
    assert b"<availability>6500</availability>" in m.body
    assert b"in a &amp; meeting" in m.body
    alice.do("presence", "set", "online")
    m = server.expect("SERVICE", 3)
    assert m.body.count(b'expires="0"') == 5
    server.user("alice")
    assert server.user("alice").availability() == 3500


def test_first_text(server, start):
    """The first text goes in the INVITE and, where that was not taken, in a
    MESSAGE too."""
    alice = start("alice", server.account("alice"))
    alice.expect("account", state="online")
    alice.do("msg", KIM, "hi")
    invite = server.expect("INVITE")
    assert invite.get("ms-text-format") == \
        "text/plain; charset=UTF-8;ms-body=aGk="
    assert server.expect("MESSAGE").body == b"hi"
    server.kim.leaves()
    alice.expect("chat", peer=KIM, state="closed", by="them")


def test_lines(server, alice):
    """Each line of a text ends in CR LF, here and there."""
    alice.do("msg", KIM, "one\ntwo\r\nthree")
    coded = server.expect("INVITE").get("ms-text-format").split("ms-body=")[1]
    assert base64.b64decode(coded) == b"one\r\ntwo\r\nthree"
    assert server.expect("MESSAGE").body == b"one\r\ntwo\r\nthree"
    server.kim.says("four\r\nfive")
    alice.expect("message", peer=KIM, text="four\r\nfive")


def test_colleagues(server, alice, start):
    """Two sottos: added, told, accepted, seen, chatting."""
    bob = start("bob", server.account("bob"))
    bob.expect("account", state="online")
    b, a = "sip:bob@" + DOMAIN, "sip:alice@" + DOMAIN
    server.expect("SERVICE", 2)
    alice.do("buddy", "add", b)
    alice.expect("presence", buddy=b, state="online")
    asked = bob.expect("watcher", watcher=a)
    assert asked["name"] == "Alice"
    assert "error" not in bob.do("buddy", "accept", a)
    server.expect("SERVICE", content_type="application/msrtc-presence")
    assert server.user("bob").subscribers["alice@" + DOMAIN][1]
    assert server.user("bob").containers[200][1] == {"alice@" + DOMAIN}
    bob.do("presence", "set", "away", "at lunch")
    seen = alice.expect("presence", buddy=b, activity="away")
    assert seen["note"] == "at lunch"
    alice.do("msg", b, "hello")
    bob.expect("message", peer=a, text="hello", via="session")
    bob.do("msg", a, "hello yourself")
    alice.expect("message", peer=b, text="hello yourself")
    assert bob.quit() == 0
    alice.expect("presence", buddy=b, state="offline")


@pytest.mark.parametrize("server", [4], indirect=True)
def test_many_watchers(server, start):
    """All who added us while we were away are told, once each, and a block
    is the server's too."""
    user = server.user("alice")
    for n in range(50):
        user.subscribers["w%d@%s" % (n, DOMAIN)] = ["W %d" % n, False]
    alice = start("alice", server.account("alice"))
    alice.expect("account", state="online")
    for n in range(50):
        alice.expect("watcher", watcher="sip:w%d@%s" % (n, DOMAIN))
    reply = alice.do("buddy", "block", "sip:w7@" + DOMAIN)
    assert "server" not in str(reply.get("result"))
    until(lambda: "w7@" + DOMAIN in user.containers.get(
        32000, [0, set()])[1], lambda: user.containers)
    until(lambda: user.subscribers["w7@" + DOMAIN][1], lambda: user.subscribers)


# ---- the contact list on the server

B = "sip:bob@" + DOMAIN


def listed(server):
    with server.lock:
        user = server.user("alice")
        return {who: (row[0], sorted(user.groups[int(i)]
                                     for i in row[1].split()))
                for who, row in user.contacts.items()}


def until(fits, what):
    deadline = time.monotonic() + 10
    while not fits():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


def settled(server, want):
    until(lambda: listed(server) == want, lambda: listed(server))


def here(s):
    return {e["buddy"]: (e.get("name", ""), sorted(e["groups"]))
            for e in s.do("buddy", "list")["result"]}


def test_contacts_come(server, start):
    """The list on the server is the list here; another device's changes
    come too."""
    user = server.user("alice")
    user.groups[2] = "Lab & Co"
    user.contacts["bob@" + DOMAIN] = ["Bob <b>", "1 2"]
    user.contacts[KIM[4:]] = ["", "1"]
    alice = start("alice", server.account("alice"))
    alice.expect("buddy", buddy=B, change="added", name="Bob <b>",
                 groups=["Lab & Co"])
    alice.expect("buddy", buddy=KIM, change="added")
    alice.expect("presence", buddy=B, state="offline")
    other = start("other", server.account("alice"))
    other.expect("buddy", buddy=B, change="added")
    other.do("buddy", "rename", B, "Robert")
    alice.expect("buddy", buddy=B, change="changed", name="Robert")
    other.do("buddy", "group", B, "New", "Lab & Co")
    alice.expect("buddy", buddy=B, change="changed",
                 groups=lambda g: sorted(g) == ["Lab & Co", "New"])
    other.do("buddy", "remove", KIM)
    alice.expect("buddy", buddy=KIM, change="removed")
    settled(server, {"bob@" + DOMAIN: ("Robert", ["Lab & Co", "New"])})


def test_contacts_go(server, alice):
    alice.do("buddy", "add", B, "-n", "Bob", "-g", "Friends", "-g", "Work")
    settled(server, {"bob@" + DOMAIN: ("Bob", ["Friends", "Work"])})
    alice.do("group", "remove", "Friends")
    alice.do("group", "remove", "Work")
    settled(server, {"bob@" + DOMAIN: ("Bob", ["~"])})
    alice.do("buddy", "remove", B)
    settled(server, {})


def test_empty_groups(server, alice):
    """A group that we made goes with the last who was in it; another's
    stays."""
    user = server.user("alice")
    with server.lock:
        user.groups[2] = "Theirs"
        user.contacts[KIM[4:]] = ["Kim", "2"]
        user.delta += 1
    alice.do("buddy", "add", B, "-n", "Bob")
    alice.expect("buddy", buddy=KIM, change="added", groups=["Theirs"])
    alice.do("buddy", "group", B, "My", "Friends")
    settled(server, {"bob@" + DOMAIN: ("Bob", ["Friends", "My"]),
                     KIM[4:]: ("Kim", ["Theirs"])})
    alice.do("buddy", "group", B, "My Friends")
    alice.do("buddy", "group", KIM, "My Friends")
    until(lambda: set(user.groups.values()) == {"~", "Theirs", "My Friends"},
          lambda: user.groups)
    alice.do("buddy", "group", B, "Friends")
    settled(server, {"bob@" + DOMAIN: ("Bob", ["Friends"]),
                     KIM[4:]: ("Kim", ["My Friends"])})


@pytest.mark.parametrize("server", [4], indirect=True)
def test_blocked_without_the_server(server, start):
    """A block that was made signed out is the server's at the next sign-in,
    of another run."""
    config = server.account("alice")
    alice = start("alice", config)
    alice.expect("account", state="online")
    alice.do("logout")
    alice.do("buddy", "block", B)
    assert alice.quit() == 0
    user = server.user("alice")
    assert "bob@" + DOMAIN not in user.containers.get(32000, [0, set()])[1]
    start("alice", config).expect("account", state="online")
    until(lambda: "bob@" + DOMAIN in user.containers.get(
        32000, [0, set()])[1], lambda: user.containers)


def test_contacts_offline(server, start):
    """What was changed here without the server, and there without us, is
    made one at the next sign-in."""
    names = ["bob", "carol", "dave", "eve", "fred"]
    config = server.account("alice")
    alice = start("alice", config)
    alice.expect("account", state="online")
    for name in names:
        alice.do("buddy", "add", "sip:%s@%s" % (name, DOMAIN), "-n", name)
    settled(server, {"%s@%s" % (n, DOMAIN): (n, ["~"]) for n in names})
    # The server's answers are on their way: what is behind them tells.
    alice.do("search", "-p", KIM)
    alice.expect("presence", buddy=KIM)
    alice.do("logout")
    alice.expect("account", state="offline")

    def at(name):
        return "sip:%s@%s" % (name, DOMAIN)
    alice.do("buddy", "rename", at("bob"), "Bob here")
    alice.do("buddy", "remove", at("carol"))
    alice.do("buddy", "add", at("new"), "-n", "New")
    alice.do("buddy", "rename", at("eve"), "Eve here")
    assert alice.quit() == 0
    user = server.user("alice")
    with server.lock:
        user.contacts["dave@" + DOMAIN][0] = "Dave there"
        del user.contacts["eve@" + DOMAIN]
        del user.contacts["fred@" + DOMAIN]
        user.contacts["there@" + DOMAIN] = ["There", "1"]
        user.delta += 1
    alice = start("alice", config)
    alice.expect("account", state="online")
    want = {"bob": "Bob here", "dave": "Dave there", "eve": "Eve here",
            "new": "New", "there": "There"}
    settled(server, {"%s@%s" % (n, DOMAIN): (v, ["~"])
                     for n, v in want.items()})
    until(lambda: here(alice) == {at(n): (v, []) for n, v in want.items()},
          lambda: here(alice))


def test_contacts_conflict(server, alice):
    """Another's change between ours: looked at again, sent once more."""
    with server.lock:
        server.user("alice").delta += 5  # nobody told us
    alice.do("buddy", "add", B, "-n", "Bob")
    settled(server, {"bob@" + DOMAIN: ("Bob", ["~"])})


@pytest.mark.parametrize("server", [4], indirect=True)
def test_association_lost(server, alice):
    """The server forgot who is there while much is asked of it at once: each
    request makes an association of its own, and all go through."""
    conn = server.user("alice").conns[0]
    server.expect("SERVICE")
    with server.lock:
        server.door.forget(conn)
        numbers = [alice.send(*words) for words in (
            ["search", "-p", KIM], ["presence", "set", "busy"],
            ["chat", "open", KIM], ["buddy", "add", "sip:bob@" + DOMAIN])]
        time.sleep(0.2)  # all are on their way before one is answered
    for number in numbers:
        assert alice.reply(number)["ok"]
    alice.expect("chat", peer=KIM, state="open")
    assert b">6500<" in server.expect("SERVICE", 2).body
    until(lambda: len(server.door.users) >= 3, lambda: server.door.users)
    assert not alice.seen("account", state="failed")
    assert alice.quit() == 0


# ---- sessions

def test_first_text_taken(server, alice):
    """Who takes the text of the INVITE gets no MESSAGE."""
    server.kim.takes_text = True
    reply = alice.do("msg", KIM, "hi")
    assert reply["result"]["state"] == "delivered"
    server.expect("ACK")
    assert [m.method for m in server.kim.got] == ["INVITE", "ACK"]
    alice.do("msg", KIM, "more")
    assert server.expect("MESSAGE").body == b"more"


@pytest.mark.parametrize("status", ["480 Gone", "481 No Such Dialog"])
def test_session_lost(server, alice, status):
    """A device that has gone: a new session carries the text, once."""
    alice.do("msg", KIM, "one")
    server.expect("MESSAGE")
    server.once["MESSAGE", "text/plain"] = [status]
    reply = alice.do("msg", KIM, "two")
    assert reply["result"]["state"] == "delivered"
    assert server.expect("MESSAGE", 3).body == b"two"
    server.expect("INVITE", 2)


@pytest.mark.parametrize("status,words", [
    (["480 Temporarily Unavailable"], "480"),
    (["403 Forbidden", 'ms-diagnostics: 1001;reason="x"'],
     "public IM networks"),
    (["404 Not Found", 'ms-diagnostics: 1003;reason="User does not exist."'],
     "no such user"),
])
def test_refused(server, alice, status, words):
    """The cause belongs to the text, in words."""
    server.refuse["INVITE", "application/sdp"] = status
    reply = alice.do("msg", KIM, "hi", ok=False)
    assert words in reply["error"], reply
    failed = alice.expect("message-state", state="failed")
    assert words in failed["reason"]


def test_keyboard_as_message(server, alice):
    """KeyboardActivity in a MESSAGE, as the founding log has it, and a text
    as HTML and as RTF."""
    alice.do("msg", KIM, "hi")
    kim = server.kim
    kim.in_dialog("MESSAGE", "Content-Type: application/xml",
                  body='<KeyboardActivity>\n<status status="type" />\n'
                       '</KeyboardActivity>')
    alice.expect("typing", peer=KIM, active=True)
    kim.in_dialog("MESSAGE", "Content-Type: text/html; charset=UTF-8",
                  body="<b>bold</b> &amp; plain")
    alice.expect("message", text="bold & plain")
    kim.in_dialog("MESSAGE", "Content-Type: text/rtf",
                  body="{\\rtf1\\ansi{\\fonttbl{\\f0 X;}}\\f0 rich\\par}")
    alice.expect("message", text="rich")
    kim.types("idle")
    kim.in_dialog("INFO", "Content-Type: application/xml",
                  body="<other/>")
    kim.leaves()
    alice.expect("chat", peer=KIM, state="closed", by="them")
    alice.do("msg", KIM, "again")
    server.expect("INVITE", 2)


# ---- servers that refuse, lie, or are too much

def refused(server, start, want):
    s = start("alice", server.account("alice"))
    failed = s.expect("account", state="failed")
    assert want in failed["reason"], failed
    assert s.do("version")
    assert s.quit() == 0
    return failed


def test_version_filter(server, start):
    server.refuse["REGISTER", "registration"] = [
        "403 Forbidden", 'ms-diagnostics: 17003;reason="Client not allowed"']
    failed = refused(server, start, "set another user-agent")
    assert failed["code"] == 403 and "retry-at" not in failed


def moved_to(server):
    return ["302 Moved", "Contact: <sip:127.0.0.1:%d;transport=tcp>"
            % server.port]


@pytest.mark.parametrize("server", [4], indirect=True)
def test_redirect(server, start):
    """To the pool that is the user's."""
    with Server() as other:
        server.refuse["REGISTER", "registration"] = moved_to(other)
        alice = start("alice", server.account("alice"))
        alice.expect("account", state="online")
        other.expect("SUBSCRIBE", event="vnd-microsoft-roaming-self")
        other.drop(other.user("alice").conns[0])
        server.refuse.clear()
        alice.expect("account", state="online", timeout=30)
        server.expect("SUBSCRIBE", event="vnd-microsoft-roaming-self")
        assert alice.quit() == 0


@pytest.mark.parametrize("server", [None], indirect=True)
def test_redirect_loop(server, start):
    with Server() as other:
        server.refuse["REGISTER", "registration"] = moved_to(other)
        other.refuse["REGISTER", "registration"] = moved_to(server)
        refused(server, start, "elsewhere")
        n = len([m for _, m in server.log + other.log])
        assert n <= 6, n


@pytest.mark.parametrize("event,words", [
    ("unregistered", "signed in somewhere else"),
    ("rejected", "refuses this account"),
])
def test_signed_out_by_server(server, alice, event, words):
    server.expect("SUBSCRIBE", event="vnd-microsoft-roaming-self")
    server.deregister("alice", event)
    failed = alice.expect("account", state="failed")
    assert words in failed["reason"]
    alice.do("login", "alice")
    alice.expect("account", state="online")


@pytest.mark.parametrize("server", [None], indirect=True)
def test_long_contact_list(server, start):
    """2,000 people are taken; 5 MB are more than that, which is said, and
    the program goes on."""
    user = server.user("alice")
    for n in range(2000):
        user.contacts["user%04d@%s" % (n, DOMAIN)] = ["User %d" % n, "1"]
    alice = start("alice", server.account("alice"))
    alice.expect("account", state="online")
    until(lambda: len(alice.seen("presence", state="offline")) == 2000,
          lambda: len(alice.seen("presence", state="offline")))
    assert alice.quit() == 0
    with server.lock:
        for n in range(60000):
            user.contacts["user%05d@%s" % (n, DOMAIN)] = ["U" * 20, "1"]
    again = start("again", server.account("alice"))
    again.expect("account", state="online")
    until(lambda: any("left alone" in row["text"]
                      for row in again.do("log")["result"]),
          lambda: again.do("log"))
    again.do("msg", KIM, "still here")
    assert server.expect("MESSAGE").body == b"still here"


def test_broken_documents(server, alice):
    """What cannot be read is said, and the rest goes on."""
    for kind in ("vnd-microsoft-roaming-contacts",
                 "vnd-microsoft-roaming-self", "presence"):
        server.break_documents(kind)
        alice.do("buddy", "add", "sip:%s@%s" % (kind, DOMAIN))
    alice.do("presence", "set", "away")
    alice.do("msg", KIM, "still here")
    assert server.expect("MESSAGE").body == b"still here"


# ---- several devices, several accounts

def test_two_devices(server, alice, start):
    """An INVITE rings on both; a key takes it, and the other is let go."""
    second = start("second", server.account("alice"))
    second.expect("account", state="online")
    bob = start("bob", server.account("bob"))
    bob.expect("account", state="online")
    a = "sip:alice@" + DOMAIN
    alice.do("buddy", "add", B)
    second.expect("buddy", buddy=B)
    until(lambda: sum(k[0] == "device" for k in
                      server.user("alice").held) == 2,
          lambda: server.user("alice").held)
    server.expect("SERVICE", 4)
    number = bob.send("msg", a, "which one?")
    for device in (alice, second):
        device.expect("chat", peer=B, state="opening", by="them")
    second.do("chat", "open", B)
    second.expect("message", peer=B, text="which one?")
    assert bob.reply(number)["result"]["state"] == "delivered"
    alice.expect("chat", peer=B, state="closed")
    assert not alice.seen("message", peer=B, direction="in")


@pytest.mark.parametrize("server", [4], indirect=True)
def test_both_kinds(server, kamailio, start):
    """One program, an account of each kind: one list, one history, one
    search."""
    other = start("other", server.account("bob"))
    other.expect("account", state="online")
    other.do("buddy", "add", "sip:alice@" + DOMAIN)
    carl = start("carl", account("home", "bob", kamailio) + "login home\n")
    carl.expect("account", state="online")
    me = start("me", server.account("alice") + account(
        "home", "alice", kamailio) + "login home\n")
    for name in ("alice", "home"):
        me.expect("account", account=name, state="online", keep=True)
    me.do("buddy", "add", B, "-n", "Office Bob", "-a", "alice")
    me.do("buddy", "add", B, "-n", "Home Bob", "-a", "home")
    me.expect("presence", account="alice", buddy=B, state="online",
              keep=True)
    me.expect("presence", account="home", buddy=B, state="online")
    me.do("msg", "Office", "the invoice, please", timeout=20)
    me.do("msg", "Home", "an invoice at home", timeout=20)
    other.expect("message", text="the invoice, please", via="session")
    carl.expect("message", text="an invoice at home")
    other.do("msg", "sip:alice@" + DOMAIN, "the invoice is on its way")
    me.expect("message", account="alice", direction="in")
    me.do("search", "-m", "invoice")
    assert len(me.seen("search", kind="message")) == 3
    names = {e["name"] for e in me.do("buddy", "list")["result"]}
    assert names == {"Office Bob", "Home Bob"}
    assert me.quit() == 0
