# SPDX-License-Identifier: GPL-3.0-or-later
"""From strangers to people who talk, and to one who is blocked, through a
server with rules, watcher information and documents: scenario one of
test_public_im_connectivity.py in the order that SIMPLE has for it, on `--json`
and on two full screens."""

import time

import pytest

from httphelper import Helper
from kamailio import Kamailio
from sotto import account

pytestmark = pytest.mark.peers

BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
PENDING = "waiting for approval"
NOTHING = "they, or their server, take nothing from you (403 Forbidden)"


@pytest.fixture
def server(tmp_path, request):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", rules=True, xcap=True,
                  rls=getattr(request, "param", False)) as k:
        yield k


def config(server, user, transport, *more, session="session", **settings):
    return ("set log-level info\n"
            + account("me", user, server, transport, session=session,
                      xcap_root=server.xcap_root, **settings)
            + "".join(line + "\n" for line in more) + "login me\n")


def keeps(s):
    """S knows that the server keeps rules."""
    s.expect("account", state="online")
    s.logged("the server keeps: pres-rules")


def written(server, text):
    """TEXT is in Kim's rules."""
    helper, end = Helper(), time.monotonic() + 10
    try:
        while text.encode() not in helper.ask(
                "GET", "%s/pres-rules/users/%s/index" % (
                    server.xcap_root, KIM), user="kim",
                password="secret-kim")["body"]:
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        helper.close()


SAYS = {"presence": "state", "watcher": "watcher", "message": "text",
        "chat": "state", "typing": "active", "message-state": "state"}


def story(s):
    """What S was told of people, in order: each event, what it says, and
    why."""
    return [(e["event"], e[SAYS[e["event"]]])
            + ((e["reason"],) if "reason" in e else ())
            for e in s.events if e["event"] in SAYS]


@pytest.mark.parametrize("server", [False, True], indirect=True,
                         ids=["alone", "list"])
def test_scenario_one(server, start):
    """Asked for alone, and by a list that the server subscribes to."""
    listed = "yes" if server.rls else "no"
    bob = start("bob", config(server, "bob", "tls", presence_list=listed))
    keeps(bob)
    # She is signed in and publishes nothing.
    kim = start("kim", config(server, "kim", "tcp", presence_list=listed))
    keeps(kim)
    kim.do("presence", "set", "offline")

    # Step 1 and 2: searched, and Unknown with the reason in words.
    bob.do("search", "-p", KIM)
    bob.expect("search", kind="person", address=KIM)
    bob.expect("presence", buddy=KIM, state="unknown",
               reason="nothing of theirs is shown to you yet")
    # Step 3: added as a contact. Still Unknown, for another reason.
    bob.do("buddy", "add", KIM, "-n", "Kim")
    bob.expect("presence", buddy=KIM, state="unknown", reason=PENDING)
    # Step 5: she is told, and lets him; step 4: Offline.
    kim.expect("watcher", watcher=BOB)
    kim.do("buddy", "accept", BOB)
    bob.expect("presence", buddy=KIM, state="offline")
    # Step 6: she adds him back, and sees him.
    kim.do("buddy", "add", BOB, "-n", "Bob")
    bob.none("watcher", 0)
    kim.expect("presence", buddy=BOB, state="online")
    # Step 7.
    kim.do("presence", "set", "online")
    bob.expect("presence", buddy=KIM, state="online")

    # The second scenario: typing, a text each way, and the end.
    bob.do("typing", KIM, "on")
    kim.expect("chat", peer=BOB, state="open", via="session")
    kim.expect("typing", peer=BOB, active=True)
    bob.do("msg", KIM, "hi")
    kim.expect("message", peer=BOB, text="hi", via="session", stranger=None)
    kim.do("typing", BOB, "on")
    bob.expect("typing", peer=KIM, active=True)
    kim.do("msg", BOB, "hi yourself")
    bob.expect("message", peer=KIM, text="hi yourself", direction="in")
    bob.do("chat", "close", KIM)
    kim.expect("chat", peer=BOB, state="closed", by="them")
    assert kim.quit() == 0
    bob.expect("presence", buddy=KIM, state="offline")

    assert story(bob) == [
        ("presence", "unknown", "nothing of theirs is shown to you yet"),
        ("presence", "unknown", "waiting for an answer"),
        ("presence", "unknown", PENDING), ("presence", "offline"),
        ("presence", "online"), ("chat", "opening"), ("chat", "open"),
        ("message", "hi"), ("message-state", "sent"),
        ("message-state", "delivered"), ("typing", True), ("typing", False),
        ("message", "hi yourself"), ("chat", "closed"),
        ("presence", "offline")]
    hers = story(kim)
    # That he had to approve is no news any more where a list tells it.
    if ("presence", "unknown", PENDING) in hers or not server.rls:
        hers.remove(("presence", "unknown", PENDING))
    assert hers == [
        ("watcher", BOB), ("presence", "unknown", "waiting for an answer"),
        ("presence", "online"),
        ("chat", "open"), ("typing", True), ("typing", False),
        ("message", "hi"), ("message", "hi yourself"),
        ("message-state", "sent"), ("message-state", "delivered"),
        ("chat", "closed")]


def test_blocked(server, start):
    """Strangers, buddies, blocked, and buddies again: what each of them sees
    and is told."""
    bob = start("bob", config(server, "bob", "tcp", "buddy add " + KIM,
                               session="page"))
    bob.expect("presence", buddy=KIM, state="unknown", reason=PENDING)
    kim = start("kim", config(server, "kim", "tcp", session="page"))
    keeps(kim)
    kim.expect("watcher", watcher=BOB)
    # A stranger's text comes, marked.
    bob.do("msg", KIM, "who I am")
    kim.expect("message", peer=BOB, text="who I am", stranger=True)
    kim.do("buddy", "add", BOB)
    bob.expect("presence", buddy=KIM, state="online")
    kim.expect("presence", buddy=BOB, state="online")
    bob.do("msg", KIM, "now you know")
    kim.expect("message", text="now you know", stranger=None)

    # Blocked: she sees him as before, he sees nothing new of her, and what
    # he writes is refused. Who she blocked she may write to.
    kim.do("buddy", "block", BOB)
    refused = bob.do("msg", KIM, "what is it?", ok=False)
    assert (refused["status"], refused["error"]) == (69, NOTHING)
    written(server, ">polite-block<")
    kim.do("presence", "set", "away")
    kim.do("msg", BOB, "this is why")
    bob.expect("message", direction="in", text="this is why")
    assert not [e for e in bob.events if e.get("activity") == "away"]
    # Kamailio shows a block to the next subscription.
    bob.do("logout")
    bob.do("account", "set", "me", "session", "session")
    bob.do("login")
    bob.expect("presence", buddy=KIM, state="offline")
    refused = bob.do("chat", "open", KIM, ok=False)
    assert (refused["status"], refused["error"]) == (69, NOTHING)

    # Unblocked he is a buddy as before, of whom nobody asks her anew.
    kim.do("buddy", "unblock", BOB)
    bob.expect("presence", buddy=KIM, state="online", activity="away")
    bob.do("msg", KIM, "sorry")
    kim.expect("message", text="sorry", stranger=None)

    # Declined: he does not see her, and may write.
    kim.do("buddy", "decline", BOB)
    bob.expect("presence", buddy=KIM, state="unknown", reason="declined")
    bob.do("msg", KIM, "may I?")
    kim.expect("message", text="may I?")
    kim.do("buddy", "accept", BOB)
    # Who was refused does not ask again by himself (RFC 6665 4.1.2.4).
    written(server, ">allow<")
    bob.do("logout")
    bob.do("login")
    bob.expect("presence", buddy=KIM, state="online", activity="away")
    assert [x for x in story(kim) if x[0] == "watcher"] == [("watcher", BOB)]
    assert not bob.seen("watcher")


def test_scenario_one_on_screens(server, screen):
    """As above, and each state is seen on both."""
    bob = screen("bob", config(server, "bob", "tls"), rows=24, cols=80)
    kim = screen("kim", config(server, "kim", "tcp"), rows=24, cols=80)
    bob.see("me ●")
    kim.see("me ●").line("/presence set offline").settle()

    # Steps 1 and 2: the place to search, the person of that address, and
    # why nothing is known.
    bob.keys("F7").see("^search:").write(KIM).see("People").keys("Down")
    bob.see("a add").keys("Enter")
    bob.see(r"─ kim \? unknown: nothing of theirs is").see("Buddies 0/0")
    bob.same("strangers-bob-found")
    # Step 3: added from there.
    bob.keys("F7").see("^search: " + KIM).see("People").keys("Down")
    bob.see("a add").keys("a").see("Buddies 0/1").keys("Enter")
    bob.see(r"─ kim \? unknown: waiting for approval")
    bob.same("strangers-bob-waits")
    # Step 5: she is asked, and lets him in; step 4: Offline.
    kim.see("Added you: " + BOB).same("strangers-kim-asked")
    kim.keys("F2").gone("Added you").see("accepted; /buddy add " + BOB)
    bob.see("─ kim ○ offline").see("○ kim")
    bob.same("strangers-bob-offline")
    # Step 6: she adds him back, and sees him at once.
    kim.line("/buddy add %s -n Bob" % BOB).see("● Bob").see("Buddies 1/1")
    # Step 7: Online.
    kim.line("/presence set online")
    bob.see("─ kim ● online").see("● kim").see("Buddies 1/1")
    bob.same("strangers-bob-online")

    # Scenario two.
    bob.write("h").see("the session is open")
    kim.see("● Bob +…").line("/chat show bob").see("─ Bob ● online")
    kim.see("Bob is typing…").same("strangers-kim-typing")
    bob.write("i\r").see("hi +✓")
    kim.see("Bob +hi$").gone("is typing")
    kim.write("hi").see("^Bob> hi")
    bob.see("kim is typing…")
    kim.write(" yourself\r").see("hi yourself +✓")
    bob.see("kim +hi yourself").gone("is typing")
    bob.line("/chat close").gone("─ kim")
    kim.see("Bob closed the session").same("strangers-kim-closed")
    kim.line("/quit")
    assert kim.ended() == 0
    bob.see("○ kim").line("/quit")
    assert bob.ended() == 0


def test_blocked_on_screens(server, screen):
    """Declined, let in, blocked and unblocked, seen on both."""
    bob = screen("bob", config(server, "bob", "tcp", "buddy add %s -n Kim"
                               % KIM, session="page"), rows=24, cols=80)
    bob.see(r"\? Kim").line("/chat show kim").see("unknown: waiting for app")
    kim = screen("kim", config(server, "kim", "tcp", session="page"),
                 rows=24, cols=80)
    kim.see("Added you: " + BOB).keys("F3").gone("Added you")
    bob.see(r"─ Kim \? unknown: declined").same("strangers-bob-declined")
    # To be in her list does not take that back.
    kim.line("/buddy add %s -n Bob" % BOB).see("● Bob")
    kim.line("/buddy accept bob")
    written(server, ">allow<")
    bob.line("/logout").see("me ○").line("/login")
    bob.see("─ Kim ● online").line("hello").see("hello +✓")
    kim.line("/chat show bob").see("Bob +hello")

    # From her list: the command is there to be confirmed.
    kim.keys("F6").see("Enter chat").keys("b").see("^command: /buddy block")
    kim.keys("Enter").see("─ Bob ● online, blocked").see("● Bob blocked")
    kim.same("strangers-kim-blocked")
    bob.line("hello?").see("not delivered: they, or their server,")
    written(server, ">polite-block<")
    bob.line("/logout").see("me ○").line("/login")
    bob.see("─ Kim ○ offline").see("○ Kim").same("strangers-bob-blocked")
    kim.keys("Escape").see("F6 buddies")
    kim.line("/buddy unblock bob").gone("blocked")
    bob.see("─ Kim ● online").line("hello again").see("hello again +✓")
    kim.see("Bob +hello again").gone("hello\\?")

    # Removed and nothing decided, he is a stranger again.
    kim.line("/buddy remove bob").see("Buddies 0/0")
    kim.line("/buddy unblock bob")
    bob.see(r"─ Kim \? unknown: waiting for approval")
    bob.same("strangers-bob-again")
    for s in (kim, bob):
        s.line("/quit")
        assert s.ended() == 0
