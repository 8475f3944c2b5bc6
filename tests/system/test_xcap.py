# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents on an XCAP server (RFC 4825): what sotto itself asks for."""

import time

import pytest

from kamailio import make_certificates
from webserver import WebServer

CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>pres-rules"
        b"</auid><auid>resource-lists</auid></auids></xcap-caps>")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("certificates"))
    make_certificates(directory)
    return directory


@pytest.fixture
def web():
    running = []

    def begin(*args, **options):
        w = WebServer(*args, **options)
        w.documents["/root/xcap-caps/global/index"] = (
            '"1"', "application/xcap-caps+xml", CAPS)
        running.append(w)
        return w

    yield begin
    for w in running:
        w.close()


def config(root, *settings, level="info"):
    return ("set log-level %s\naccount add me sip:alice@lab.test\n"
            "account set me register no\n"
            "account set me listen 127.0.0.1:0\n"
            "account set me xcap-root %s\n%slogin me\n"
            % (level, root, "".join("account set me %s\n" % s
                                    for s in settings)))


KEEPS = "the server keeps: pres-rules resource-lists"


def told(s, *words, level="warning"):
    """Waits for a line of the log that has all WORDS."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        rows = [r for r in s.do("log")["result"] if r["topic"] == "xcap"]
        for row in rows:
            if all(w in row["text"] for w in words):
                assert row["level"] == level
                return
        time.sleep(0.05)
    raise AssertionError("no line with %s in %s" % (words, rows))


def test_capabilities(start, web):
    """asked for at login, with no more than the server wants to know"""
    w = web()
    s = start("alice", config(w.root + "/root/", "password secret"))
    told(s, KEEPS, level="info")
    assert [(m, p) for m, p, _, _ in w.seen] == [
        ("GET", "/root/xcap-caps/global/index")]
    assert "Authorization" not in w.seen[0][2]


def test_digest(start, web):
    w = web("digest")
    s = start("alice", config(w.root + "/root", "password secret"))
    told(s, KEEPS, level="info")
    assert 'username="alice"' in w.seen[-1][2]["Authorization"]
    assert "secret" not in str(w.seen) + str(s.events)


def test_refusals(start, web):
    """are told in a sentence; the account is online all the same"""
    w = web("digest")
    s = start("wrong", config(w.root + "/root", "password wrong"))
    s.expect("account", state="online", keep=True)
    told(s, "refuses the password")
    s = start("none", config(w.root + "/root", "password-command false"))
    s.expect("account", state="online", keep=True)
    told(s, "asks for a password")
    s = start("nobody", config("http://127.0.0.1:1/"))
    told(s, "XCAP: ")
    s = start("broken", config(w.root), env={"SOTTO_HTTP": "/no/helper"})
    told(s, "/no/helper")


def test_tls(start, web, certificates):
    """the account's own settings hold"""
    w = web("basic", certificates + "/server")
    ca = "tls-ca-file %s/ca.pem" % certificates
    s = start("trusts", config(w.root + "/root", ca, "password secret"))
    told(s, KEEPS, level="info")
    s = start("alice", config(w.root + "/root", "password secret"))
    told(s, "certificate", "tls-ca-file", "tls-verify")
    s = start("careless", config(w.root + "/root", "tls-verify no",
                                 "password secret"))
    told(s, KEEPS, level="info")
    plain = web("basic")
    s = start("plain", config(plain.root + "/root", "password secret"))
    told(s, "in clear")
    assert "Authorization" not in str(plain.seen)


def test_no_setting(start, web):
    """no document, no helper"""
    s = start("alice", config("''", "password secret"),
              env={"SOTTO_HTTP": "/no/helper"})
    s.expect("account", state="online")
    s.do("sleep", "0.3")
    assert not [r for r in s.do("log")["result"] if r["topic"] == "xcap"]


@pytest.mark.parametrize("root", ["xcap.example.org", "ftp://example.org/",
                                  "http://x/?y"])
def test_no_root(start, root):
    s = start("alice", config("''"))
    reply = s.do("account", "set", "me", "xcap-root", root, ok=False)
    assert reply["status"] == 65 and "xcap-root" in reply["error"]
