# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions about watchers where a server keeps no rules, or keeps them as the
Open Mobile Alliance says."""

import os
import time

import pexpect
import pytest

from kamailio import Kamailio
from sotto import account, environment, program
from webserver import WebServer

ALICE = "sip:alice@lab.test"
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"
UNCHANGED = "what the server shows %s by its own rules is unchanged" % BOB


# ---- no rules

@pytest.fixture(params=["no setting", "no rules there"])
def config(request, tmp_path):
    """Alice's, on a server of presence that keeps no rules for her."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    web = WebServer()
    web.documents["/root/xcap-caps/global/index"] = (
        '"1"', "application/xcap-caps+xml",
        b"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>x"
        b"</auid></auids></xcap-caps>")
    more = {} if request.param == "no setting" else {
        "xcap_root": web.root + "/root"}
    with Kamailio(tmp_path / "kamailio", rules=True) as server:
        yield server, "set log-level info\n" + account(
            "me", "alice", server, "tcp", **more) + "login me\n"
    web.close()


@pytest.mark.peers
def test_json(config, start):
    """Said at once, kept, and obeyed here."""
    server, text = config
    alice = start("alice", text)
    alice.expect("account", state="online")
    if "xcap-root" in text:
        alice.logged("the server keeps: x")
    bob = start("bob", account("me", "bob", server, "tcp") + "login me\n")
    bob.expect("account", state="online")
    for word in ("accept", "decline", "block"):
        assert UNCHANGED in alice.do("buddy", word, BOB)["result"]
    assert not bob.do("msg", ALICE, "hello", ok=False)["ok"]
    assert alice.quit() == 0
    alice = start("alice", text)
    alice.expect("account", state="online")
    assert not bob.do("msg", ALICE, "hello", ok=False)["ok"]
    if "xcap-root" in text:
        alice.logged("the server keeps: x")
    assert "server" not in alice.do("buddy", "unblock", BOB).get("result", "")
    assert bob.do("msg", ALICE, "hello")["ok"]


@pytest.mark.peers
def test_line(config, tmp_path):
    home = tmp_path / "alice"
    home.mkdir()
    conf = home / "sotto.conf"
    conf.write_text(config[1])
    os.chmod(conf, 0o600)
    p = pexpect.spawn(
        program(), ["-f", str(conf), "-s", str(home / "state"), "--line"],
        env=dict(environment(home), TERM="dumb"), timeout=15,
        encoding="utf-8", dimensions=(24, 200))
    p.expect("me is online")
    if "xcap-root" in config[1]:
        time.sleep(1)
    p.sendline("/buddy block " + BOB)
    p.expect_exact(UNCHANGED)
    p.sendline("/quit")
    p.expect(pexpect.EOF)
    p.close()
    assert p.exitstatus == 0


@pytest.mark.peers
def test_screen(config, screen):
    s = screen("alice", config[1], cols=140)
    s.see("me ●")
    if "xcap-root" in config[1]:
        time.sleep(1)
    s.line("/buddy decline " + BOB)
    s.see(UNCHANGED)
    s.line("/quit")
    assert s.ended() == 0


# ---- another name, and rules of another program

OMA = "org.openmobilealliance.pres-rules"
DOCUMENT = "/root/%s/users/sip:alice@lab.test/pres-rules" % OMA
# OMA Presence XDM, appendix: as its clients write them.
RULES = b"""<?xml version="1.0" encoding="UTF-8"?>
<cr:ruleset xmlns:ocp="urn:oma:xml:xdm:common-policy"
 xmlns:op="urn:oma:xml:prs:pres-rules"
 xmlns:pr="urn:ietf:params:xml:ns:pres-rules"
 xmlns:cr="urn:ietf:params:xml:ns:common-policy">
 <cr:rule id="wp_prs_allow_own">
  <cr:conditions><cr:identity><cr:one id="sip:alice@lab.test"/></cr:identity>
  </cr:conditions>
  <cr:actions><pr:sub-handling>allow</pr:sub-handling></cr:actions>
 </cr:rule>
 <cr:rule id="wp_prs_unlisted">
  <cr:conditions><ocp:other-identity/></cr:conditions>
  <cr:actions><pr:sub-handling>confirm</pr:sub-handling></cr:actions>
 </cr:rule>
 <cr:rule id="wp_prs_block_anonymous">
  <cr:conditions><ocp:anonymous-request/></cr:conditions>
  <cr:actions><pr:sub-handling>block</pr:sub-handling></cr:actions>
 </cr:rule>
 <cr:rule id="wp_prs_one">
  <cr:conditions><cr:identity><cr:one id="sip:kim@lab.test"/></cr:identity>
  </cr:conditions>
  <cr:actions><pr:sub-handling>block</pr:sub-handling></cr:actions>
 </cr:rule>%s
</cr:ruleset>
"""
LISTED = b"""
 <cr:rule id="wp_prs_%scontacts">
  <cr:conditions><ocp:external-list><ocp:entry anc="http://xcap.lab.test/
resource-lists/users/sip:alice@lab.test/index/~~/resource-lists/
list%%5B@name=%%22oma_%scontacts%%22%%5D"/></ocp:external-list></cr:conditions>
  <cr:actions><pr:sub-handling>%s</pr:sub-handling></cr:actions>
 </cr:rule>"""


@pytest.fixture
def web():
    w = WebServer("digest")
    w.documents["/root/xcap-caps/global/index"] = (
        '"1"', "application/xcap-caps+xml",
        b"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>"
        + OMA.encode() + b"</auid></auids></xcap-caps>")
    yield w
    w.close()


@pytest.fixture
def alice(start, web):
    def begin():
        s = start("alice", "set log-level info\n"
                  "account add me %s\naccount set me register no\n"
                  "account set me listen 127.0.0.1:0\n"
                  "account set me password secret\n"
                  "account set me xcap-root %s/root\nlogin me\n"
                  % (ALICE, web.root))
        s.logged("the server keeps: " + OMA)
        return s
    return begin


def kept(web, *words):
    end = time.monotonic() + 10
    while True:
        text = web.documents.get(DOCUMENT, ("", "", b""))[2].decode()
        if all(w in text for w in words):
            return text
        assert time.monotonic() < end, text
        time.sleep(0.05)


def test_oma(alice, web):
    """A block that a phone wrote is one here; what it wrote stays."""
    rules = RULES % (LISTED % (b"blocked", b"blocked", b"block"))
    web.documents[DOCUMENT] = ('"7"', "application/auth-policy+xml", rules)
    s = alice()
    s.logged(KIM + " is blocked, as the server's rules are now")
    s.do("buddy", "block", BOB)
    text = kept(web, "sotto-polite-block", BOB)
    assert text.startswith(rules.decode().rstrip()[:-len("</cr:ruleset>")])
    s.logged("the server's rule for %s is now: polite-block" % BOB)
    # Unblocked on the phone, and not by what we have of old.
    web.documents[DOCUMENT] = ('"9"', "application/auth-policy+xml",
                               RULES.replace(b"kim", b"x") % b"")
    s.do("logout")
    s.do("login")
    s.logged(KIM + " is no longer decided about")
    s.logged(BOB + " is no longer decided about")


def test_oma_list(alice, web):
    """A list elsewhere may have whom she blocks: she is told of the rule."""
    rules = RULES % (LISTED % (b"granted", b"granted", b"allow"))
    web.documents[DOCUMENT] = ('"7"', "application/auth-policy+xml", rules)
    s = alice()
    s.do("buddy", "block", BOB)
    kept(web, "sotto-polite-block", BOB, "oma_grantedcontacts")
    s.expect("log", level="warning", text=lambda t: BOB in t
             and "obeyed here" in t and "wp_prs_grantedcontacts" in t)


def test_oma_first(alice, web):
    """No document yet."""
    s = alice()
    s.do("buddy", "accept", BOB)
    text = kept(web, "sotto-allow", BOB)
    assert text.startswith("<?xml")
    assert web.documents[DOCUMENT][1] == "application/auth-policy+xml"
