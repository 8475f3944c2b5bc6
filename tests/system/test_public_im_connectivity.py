# SPDX-License-Identifier: GPL-3.0-or-later
"""The two scenarios of "Technical Details Behind the Public IM Connectivity
Scenarios", step by step: who asks for a contact of a public network, and who
sends one message there. Addresses, tags, numbers of actions and line wrapping
aside, requests are what that document shows."""

import re

import pytest

from door import Door
from msserver import DOMAIN, GATEWAY, KIM, Server, tree

ALICE = "sip:alice@" + DOMAIN


@pytest.fixture(params=[None, 4], ids=["open", "ntlm4"])
def server(request):
    with Server(door=Door(4) if request.param else None) as s:
        yield s


@pytest.fixture
def alice(server, start):
    s = start("alice", server.account("alice").replace(
        "login", "account set alice display-name 'Alice (pic1)'\nlogin"))
    s.expect("account", state="online")
    return s


def parties(m, to=KIM, tag=None):
    """From and To of a request of Alice's; the device she is at."""
    sender = re.fullmatch(r'"Alice \(pic1\)" <%s>;tag=([^;]+);'
                          r'epid=([0-9a-f]{10})' % ALICE, m.get("from"))
    assert sender, m.get("from")
    assert m.get("to") == "<%s>%s" % (to, ";tag=" + tag if tag else "")
    return sender.group(1), sender.group(2)


def test_scenario_one_adding_a_contact(server, alice):
    # Step 1: the recipient's account is searched.
    alice.do("search", "-p", KIM)
    asked = server.expect("SUBSCRIBE", to="<%s>" % KIM)
    assert asked.first == "SUBSCRIBE %s SIP/2.0" % KIM
    assert asked.get("cseq") == "1 SUBSCRIBE"
    first_tag, epid = parties(asked)

    # Step 2: 403, shown as unknown, and the reason in words.
    found = alice.expect("presence", buddy=KIM, state="unknown")
    assert found["reason"] == ("their presence is not told until you add "
                               "them as a contact")

    # Step 3: added; a SUBSCRIBE of its own, with the categories.
    alice.do("buddy", "add", KIM, "-n", "Kim")
    added = server.expect("SUBSCRIBE", 2, to="<%s>" % KIM)
    assert added.first == "SUBSCRIBE %s SIP/2.0" % KIM
    assert added.get("cseq") == "1 SUBSCRIBE"
    tag, same = parties(added)
    assert same == epid and tag != first_tag
    assert added.get("call-id") != asked.get("call-id")
    assert added.get("event") == "presence"
    assert added.get("accept") == (
        "application/msrtc-event-categories+xml, application/xpidf+xml, "
        "text/xml+msrtc.pidf, application/pidf+xml, application/rlmi+xml, "
        "multipart/related")
    assert added.all("supported") == [
        "com.microsoft.autoextend", "ms-piggyback-first-notify"]
    assert added.get("content-type") == \
        "application/msrtc-adrl-categorylist+xml"
    body = re.sub(r'id="\d+"', 'id="1008912"', added.body.decode())
    assert body == (
        '<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/'
        'batch-subscribe" uri="%s" name=""><action name="subscribe" '
        'id="1008912"><adhocList><resource uri="%s"><context></context>'
        '</resource></adhocList><categoryList xmlns="http://schemas.'
        'microsoft.com/2006/09/sip/categorylist"><category '
        'name="calendarData"/><category name="contactCard"/><category '
        'name="note"/><category name="services"/><category name="state"/>'
        '</categoryList></action></batchSub>' % (ALICE, KIM))

    # Step 4: NOTIFY says closed, in capitals and from a gateway; it is
    # answered. Offline.
    alice.expect("presence", buddy=KIM, state="offline")
    answer = server.answer_to("NOTIFY", 1)
    assert answer.status == 200
    assert ";epid=%s" % epid in answer.get("to") and tag in answer.get("to")

    # Steps 5 and 6: Kim is told, and adds her back. Whom one has added
    # oneself is no question any more.
    server.adds_back("alice", KIM, "Kim")
    seen = server.expect("SERVICE", content_type="application/msrtc-presence-"
                                                 "setsubscriber+xml")
    assert tree(seen.body.decode())[0].get("user") == KIM[4:]

    assert not alice.seen("watcher")

    # Step 7: open. Online.
    server.kim.set("open")
    alice.expect("presence", buddy=KIM, state="online")


def test_scenario_two_sending_a_single_message(server, alice):
    kim = server.kim

    # Step 1: a window opens, which tells nobody.
    alice.do("chat", "show", KIM, ok=None)
    alice.none("chat", 0.3)
    assert not [m for _, m in server.log if m.method == "INVITE"]

    # Step 2: the first key invites.
    alice.do("typing", KIM, "on")
    invite = server.expect("INVITE")
    assert invite.first == "INVITE %s SIP/2.0" % KIM
    assert invite.get("cseq") == "1 INVITE"
    tag, epid = parties(invite)
    assert invite.get("ms-conversation-id")
    assert invite.get("content-type") == "application/sdp"
    assert "\r\nm=message " in invite.body.decode()
    alice.expect("chat", peer=KIM, state="open")

    # Step 3: she is seen typing, then the text comes.
    typing = server.expect("INFO")
    assert typing.body.decode().replace("\n", "").endswith(
        '<KeyboardActivity><status status="type" /></KeyboardActivity>')
    alice.do("msg", KIM, "hi")
    alice.expect("message-state", state="delivered")
    text = server.expect("MESSAGE")
    assert text.get("content-length") == "2" and text.body == b"hi"
    for m, cseq in ((typing, "2 INFO"), (text, "3 MESSAGE")):
        assert m.first == "%s %s SIP/2.0" % (m.method, GATEWAY)
        assert m.get("cseq") == cseq
        assert parties(m, tag="1187999459aol") == (tag, epid)

    # Step 4: Kim types and answers; both are answered 200.
    first = kim.types()
    alice.expect("typing", peer=KIM, active=True)
    assert server.answer_to("INFO", first).status == 200
    second = kim.says("hi")
    assert (first, second) == (2, 3)

    # Step 5: she reads it.
    alice.expect("message", peer=KIM, direction="in", text="hi")
    answer = server.answer_to("MESSAGE", second)
    assert answer.status == 200
    assert ";epid=%s" % epid in answer.get("to") and tag in answer.get("to")

    # Step 6: the window is closed.
    alice.do("chat", "close", KIM)
    bye = server.expect("BYE")
    assert bye.first == "BYE %s SIP/2.0" % GATEWAY
    assert bye.get("cseq") == "4 BYE"
    assert parties(bye, tag="1187999459aol") == (tag, epid)
    alice.expect("chat", peer=KIM, state="closed", by="us")
