# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that are almost right, by chance: whatever comes of them, the
program goes on. SOTTO_SEED gives other ones, SOTTO_ROUNDS more."""

import os
import random
import re

from hostile import ALICE, BOB, KIM, LIST, TYPE, Rls, alice_at
from peer import pidf

SEED = os.environ.get("SOTTO_SEED", "1")
ROUNDS = int(os.environ.get("SOTTO_ROUNDS", "200"))
BITS = (b"<", b">", b"&", b'"', b"\0", b"\xff", b"&#0;", b"]]>", b"<!--",
        b"4294967295", b"-1", b"--B", b"\r\n\r\n", b"<!DOCTYPE x>")
WATCHERS = ("<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' "
            "version='%d' state='%s'><watcher-list resource='" + ALICE + "' "
            "package='presence'><watcher id='1' event='subscribe' "
            "status='pending'>sip:eve@lab.test</watcher><watcher id='2' "
            "event='timeout' status='waiting'>sip:zoe@lab.test</watcher>"
            "</watcher-list></watcherinfo>")
LISTS = """<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="a">
<display-name xml:lang="en">Friends</display-name><entry uri="sip:bob@lab.test">
<display-name>Bob</display-name></entry><entry uri="sip:kim@lab.test"/>
<list name="b"><entry uri="sip:eve@lab.test"/><entry-ref ref="x/y"/></list>
<external anchor="http://x/y"/></list><list name="c"/></resource-lists>
"""
RULES = """<?xml version="1.0" encoding="UTF-8"?>
<c:ruleset xmlns:c="urn:ietf:params:xml:ns:common-policy"
 xmlns:p="urn:ietf:params:xml:ns:pres-rules"><c:rule id="a"><c:conditions>
<c:identity><c:one id="sip:bob@lab.test"/><c:many domain="x.test"><c:except
 id="sip:eve@x.test"/></c:many></c:identity></c:conditions><c:actions>
<p:sub-handling>allow</p:sub-handling></c:actions></c:rule><c:rule id="b">
<c:conditions><c:identity><c:many/></c:identity><c:sphere value="work"/>
</c:conditions><c:actions><p:sub-handling>block</p:sub-handling></c:actions>
</c:rule></c:ruleset>
"""
SERVICES = """<?xml version="1.0" encoding="UTF-8"?>
<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"
 xmlns:l="urn:ietf:params:xml:ns:resource-lists"><service uri="%s"><list>
<l:entry uri="sip:bob@lab.test"/></list><packages><package>presence</package>
</packages></service><service uri="sip:x@lab.test"><resource-list>http://x/y
</resource-list></service></rls-services>
""" % LIST
KEPT = {"resource-lists": LISTS, "pres-rules": RULES, "rls-services": SERVICES}


def mutated(chance, text):
    """TEXT with a few bytes changed, left out, doubled or put in."""
    data = bytearray(text.encode())
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(data) + 1)
        end = at + chance.choice((1, 2, 10, 100, 1000))
        what = chance.randrange(5)
        if what == 0:
            del data[at:end]
        elif what == 1:
            data[at:at] = data[at:end] * chance.choice((1, 2, 50))
        elif what == 2:
            data[at:at] = chance.choice(BITS)
        elif what == 3:
            data[at:at + 1] = bytes([chance.randrange(256)])
        else:
            data[at:at] = data[chance.randrange(len(data) + 1):][:200]
    return bytes(data[:500000])


def notified(rls, n, chance):
    """What one notification of round N tells: whom, the event, all."""
    what = chance.randrange(4)
    if what == 0:
        return ALICE, "presence.winfo", mutated(chance, WATCHERS % (
            n, chance.choice(("full", "partial")))), None, ()
    if what == 1:
        return KIM, "presence", mutated(chance, pidf(KIM, "open")), None, ()
    return LIST, "presence", mutated(chance, rls.document(
        kim=chance.choice(("open", "closed")),
        full=chance.choice(("true", "false")))), TYPE, [
            "Require: eventlist"]


def test_notifications(servers, start):
    chance, rls = random.Random(SEED), Rls()
    alice = rls.alice = alice_at(
        servers, start, "rls-services", "account set me presence-list yes",
        begin=rls.begin)
    alice.s.expect("presence", buddy=KIM, state="offline")
    answers = set()
    for n in range(ROUNDS):
        who, event, body, ctype, headers = notified(rls, n, chance)
        # A list that was taken for none is asked for at the next sign-in.
        if not alice.server.has("presence", LIST):
            alice.signs_in_anew()
            alice.server.find("presence", LIST)
        if alice.server.has(event, who):
            answers.add(alice.server.notify(who, body, event, ctype,
                                            headers=headers))
    assert answers == {200, 400}
    alice.signs_in_anew()
    rls.kim = "open"
    alice.s.expect("presence", buddy=KIM, state="online")
    alice.ends()


def test_kept(servers, start):
    """Documents on a server that is of no help either."""
    chance = random.Random(SEED)
    alice = alice_at(servers, start, "</auid><auid>".join(KEPT),
                     "account set me presence-list yes")

    def answer(h):
        if chance.random() < 0.05:
            h.reply(404)
            return
        auid = re.search("/root/([^/]*)/", h.path)[1]
        text = KEPT[auid]
        h.reply(200, mutated(chance, text) if chance.random() < 0.4
                else text.encode(), ETag='"%d"' % chance.randrange(3))

    def refuses(h):
        h.reply(chance.choice((200, 200, 200, 200, 201, 201, 409, 412, 500)),
                b"", ETag='"%d"' % chance.randrange(3))

    alice.web.answer, alice.web.refuses = answer, refuses
    for n in range(ROUNDS):
        who = chance.choice((BOB, KIM, "sip:eve@lab.test", "sip:x%d@lab.test"
                             % chance.randrange(20)))
        words = chance.choice((
            ("add", who, "-g", chance.choice(("a", "b", "c"))),
            ("remove", who), ("rename", who, "N%d" % n), ("accept", who),
            ("block", who), ("decline", who), ("unblock", who), None, None))
        if words:
            alice.s.do("buddy", *words, ok=None)
        else:
            alice.signs_in_anew()
    assert alice.web.puts()
    # Order is made again.
    alice.web.answer = alice.web.refuses = None
    alice.signs_in_anew()
    alice.s.do("buddy", "add", "sip:new@lab.test")
    alice.until(lambda: any(b"sip:new@lab.test" in d[2]
                            for d in alice.web.documents.values()))
    alice.ends()
