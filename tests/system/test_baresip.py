# SPDX-License-Identifier: GPL-3.0-or-later
"""baresip as the other side: it knows page mode, presence and voice."""

import pytest

from baresip import free_pair
from kamailio import free_ports
from sotto import account

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"


@pytest.fixture
def phone(kamailio, baresip):
    """phone(PARAM...): bob's baresip, registered on the tests' server."""
    def begin(*params, **options):
        b = baresip(
            BOB, ("auth_pass=secret-bob", "regint=600",
                  'outbound="sip:127.0.0.1:%d;transport=udp"'
                  % kamailio.port) + params, contacts=[ALICE], **options)
        b.expect(r"200 OK .*\[\d+ bindings?\]")
        return b
    return begin


@pytest.fixture
def alice(kamailio, start):
    """alice(TRANSPORT): alice's sotto, online on the same server."""
    def begin(transport="udp", more="", **settings):
        s = start("alice", account("work", "alice", kamailio, transport,
                                   **settings) + more + "login work\n")
        s.expect("account", state="online")
        return s
    return begin


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_texts_both_ways(phone, alice, transport):
    """A text each way, by page, with its state."""
    b = phone()
    a = alice(transport)
    assert a.do("msg", BOB, "hello Bob \u00e4\u20ac")["ok"]
    b.show(ALICE + ': "hello Bob \u00e4\u20ac"')
    a.expect("message-state", state="delivered")
    b.do("message", "hello Alice \u00e9")
    got = a.expect("message", direction="in", peer=BOB)
    assert (got["text"], got["via"]) == ("hello Alice \u00e9", "page")
    b.do("message", "and more")
    a.expect("message", direction="in", text="and more")


def test_lines_and_order(phone, alice):
    """MS3: texts given at once arrive in order; lines stay lines."""
    b = phone()
    a = alice("tls")
    texts = ["first\nsecond line", "two", "three", "four", "five"]
    numbers = [a.send("msg", BOB, t) for t in texts]
    for n in numbers:
        assert a.reply(n)["ok"]
    for t in texts:
        b.show('"' + t + '"')


def test_chat_open_goes_by_page(phone, alice):
    """Its 200 to OPTIONS has no m=message: a phone never rings for a text."""
    b = phone()
    a = alice("tls")
    a.do("chat", "open", BOB)
    a.expect("chat", peer=BOB, state="open", via="page")
    a.do("typing", BOB, "on")
    a.do("msg", BOB, "still by page")
    b.show('"still by page"')
    assert "OPTIONS sip:" in b.output()
    assert "INVITE sip:" not in b.output()
    a.do("chat", "close", BOB)
    a.expect("chat", peer=BOB, state="closed", by="us")


def test_first_key_asks(phone, alice):
    """session=auto: typing asks by OPTIONS; baresip has no ear for it."""
    b = phone()
    a = alice("tls")
    a.do("typing", BOB, "on")
    b.expect("OPTIONS sip:")
    a.do("msg", BOB, "typed")
    b.show('"typed"')
    assert "INVITE sip:" not in b.output()


def test_long_text(phone, alice):
    """MS4: over a stream a long text goes by page, whole."""
    b = phone()
    a = alice("tls")
    text = "0123456789" * 300
    assert a.do("msg", BOB, text)["ok"]
    b.expect("^" + text + "$")  # its console cuts long lines
    a.expect("message-state", state="delivered")


def test_long_text_refused(phone, alice):
    """MS4: over UDP it is refused with a sentence, unless told otherwise."""
    b = phone()
    a = alice("udp")
    text = "0123456789" * 300
    reply = a.do("msg", BOB, text, ok=False)
    assert reply["status"] == 69 and "long-messages" in reply["error"]
    assert "0123456789" not in b.output()
    a.do("account", "set", "work", "long-messages", "yes")
    a.do("logout", "work")
    a.do("login", "work")
    assert a.do("msg", BOB, text)["ok"]
    b.expect("^" + text + "$")  # its console cuts long lines


def test_options_answered(phone, alice):
    b = phone()
    a = alice("tcp")
    b.do("options", ALICE)
    b.expect("----- OPTIONS of " + ALICE)
    for words in ("200 OK", "^Allow: .*MESSAGE", "^Accept: application/sdp",
                  "m=message [1-9]"):
        b.expect(words)
    assert not a.seen("message") and not a.seen("chat")


@pytest.mark.parametrize("transport", ["udp", "tls"])
def test_voice_refused(phone, alice, transport):
    """An INVITE with voice alone: 488 at once; a text goes on after it."""
    b = phone()
    a = alice(transport)
    b.do("dial", ALICE)
    closed = b.event("CALL_CLOSED")
    assert "488" in closed["param"], closed
    assert not a.seen("chat") and not a.seen("message")
    b.do("message", "then by text")
    a.expect("message", direction="in", text="then by text")


def test_its_presence_seen(phone, alice):
    """What baresip publishes, and its change, in the three words."""
    a = alice("tls", "buddy add %s -n Bob\n" % BOB)
    a.expect("presence", buddy=BOB, state="offline")
    b = phone("pubint=600")
    b.do("presence_online")
    a.expect("presence", buddy=BOB, state="online")
    b.do("presence_offline")
    a.expect("presence", buddy=BOB, state="offline")
    b.do("presence_online")
    a.expect("presence", buddy=BOB, state="online")


def test_ours_seen_by_it(phone, alice):
    """baresip watches through the server's presence agent."""
    b = phone(watch=True)
    a = alice("udp")
    b.presence_of(ALICE, "Online")
    a.do("presence", "set", "invisible")
    b.presence_of(ALICE, "Offline")
    a.do("presence", "set", "online")
    b.presence_of(ALICE, "Online")
    a.do("logout", "work")
    b.presence_of(ALICE, "Offline")


@pytest.fixture
def direct(start, baresip):
    """A sotto and a baresip without any server, each in the other's list."""
    def begin(more=""):
        pa, pb = free_ports(1)[0], free_pair()
        a, b = "sip:alice@127.0.0.1:%d" % pa, "sip:bob@127.0.0.1:%d" % pb
        s = start("alice", "account add me %s\n"
                  "account set me register no\n"
                  "account set me listen 127.0.0.1:%d\n%slogin me\n"
                  % (a, pa, more))
        s.expect("account", state="online")
        phone = baresip(b, ("regint=0",), contacts=[a], watch=True, port=pb)
        return s, phone, a, b
    return begin


def test_direct_presence(direct):
    """Without a server: each answers the other's SUBSCRIBE itself."""
    s, phone, a, b = direct("account set me accept ask\n")
    s.expect("watcher", watcher=b)
    phone.expect("Subscription-State: pending")
    phone.presence_of(a, "Unknown")
    s.do("buddy", "accept", b)
    phone.presence_of(a, "Online")
    s.do("buddy", "add", b)
    # It has not been told what to say yet: <basic>unknown</basic>.
    s.expect("presence", buddy=b, state="unknown",
             reason=lambda r: "neither open nor closed" in r)
    phone.do("presence_online")
    s.expect("presence", buddy=b, state="online")
    # It takes rpid:away for closed, whatever <basic> says.
    s.do("presence", "set", "away")
    phone.presence_of(a, "Offline")
    s.do("presence", "set", "busy")
    phone.presence_of(a, "Busy")
    phone.do("presence_offline")
    s.expect("presence", buddy=b, state="offline")
    s.do("presence", "set", "offline")
    phone.presence_of(a, "Offline")


def test_direct_texts(direct):
    s, phone, a, b = direct("account set me accept all\n")
    phone.presence_of(a, "Online")
    phone.do("message", "no server here")
    got = s.expect("message", direction="in", peer=b)
    assert got["text"] == "no server here"
    assert s.do("msg", b, "none at all")["ok"]
    phone.show('"none at all"')
    assert s.quit() == 0
    # Its watcher was told the end before we went.
    phone.expect("Subscription-State: terminated")
