# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents on an XCAP server (RFC 4825): what sotto itself asks for."""

import time

import pytest

from httphelper import Helper
from kamailio import Kamailio, make_certificates
from sotto import account
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
TOPICS = ("xcap", "sotto")  # from below, and what the user is told


def told(s, *words, level="warning"):
    """Waits for a line of the log that has all WORDS."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        rows = [r for r in s.do("log")["result"] if r["topic"] in TOPICS]
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
    assert [(m, p) for m, p, _, _ in w.seen[:1]] == [
        ("GET", "/root/xcap-caps/global/index")]
    assert not [h for _, _, h, _ in w.seen if "Authorization" in h]


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
    other = web("basic", certificates + "/wrong")
    s = start("named", config(other.root + "/root", ca, "password secret",
                              "tls-name other.example"))
    told(s, KEEPS, level="info")
    s = start("pinned", config(
        w.root + "/root", ca, "password secret",
        "tls-pin 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))
    told(s, "tls-pin")
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
    assert not [r for r in s.do("log")["result"] if r["topic"] in TOPICS]


@pytest.mark.parametrize("root", ["xcap.example.org", "ftp://example.org/",
                                  "http://x/?y"])
def test_no_root(start, root):
    s = start("alice", config("''"))
    reply = s.do("account", "set", "me", "xcap-root", root, ok=False)
    assert reply["status"] == 65 and "xcap-root" in reply["error"]


# ---- Kamailio's XCAP server

LIST = ("<?xml version='1.0' encoding='UTF-8'?><resource-lists "
        "xmlns='urn:ietf:params:xml:ns:resource-lists'><list name='friends'>"
        "<entry uri='sip:%s@lab.test'/></list></resource-lists>")
TYPE = "application/resource-lists+xml"


@pytest.fixture(scope="module")
def xcap_server(tmp_path_factory):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path_factory.mktemp("kamailio"), xcap=True) as server:
        yield server


@pytest.mark.peers
@pytest.mark.parametrize("tls", [False, True])
def test_kamailio_documents(xcap_server, tls):
    """put, fetch, change on its tag, changed by another device, delete"""
    root = xcap_server.xcap_root_tls if tls else xcap_server.xcap_root
    url = root + "/resource-lists/users/sip:alice@lab.test/index"
    common = {"user": "alice", "password": "secret-alice", "verify": "",
              "ca_file": xcap_server.ca}
    first, other = Helper(), Helper()
    try:
        assert first.ask("GET", url, **common)["status"] == "404"
        r = first.ask("PUT", url, body=LIST % "bob", type=TYPE,
                      if_none_match="*", **common)
        assert r["status"] in ("200", "201") and r["etag"]
        tag = r["etag"]
        r = other.ask("GET", url, **common)
        assert r["etag"] == tag and b"sip:bob@lab.test" in r["body"]
        assert r["type"] == TYPE
        assert first.ask("GET", url, if_none_match=tag,
                         **common)["status"] == "304"
        r = other.ask("PUT", url, body=LIST % "kim", type=TYPE, if_match=tag,
                      **common)
        assert r["status"] == "200" and r["etag"] != tag
        now = r["etag"]
        r = first.ask("PUT", url, body=LIST % "alice", type=TYPE,
                      if_match=tag, **common)
        assert r["status"] == "412"
        r = first.ask("GET", url, **common)
        assert b"sip:kim@lab.test" in r["body"] and r["etag"] == now
        node = "/~~/resource-lists/list%5B@name=%22friends%22%5D"
        r = first.ask("GET", url + node, **common)
        assert r["status"] == "200" and b"sip:kim@lab.test" in r["body"]
        assert first.ask("DELETE", url, if_match=tag,
                         **common)["status"] == "412"
        assert first.ask("DELETE", url, if_match=now,
                         **common)["status"] == "200"
        assert other.ask("GET", url, **common)["status"] == "404"
        # another's document, a wrong password
        theirs = url.replace("alice", "bob")
        assert first.ask("GET", theirs, **common)["status"] in ("401", "403")
        wrong = dict(common, password="wrong")
        assert first.ask("GET", url, **wrong)["status"] == "401"
    finally:
        first.close()
        other.close()


@pytest.mark.peers
@pytest.mark.parametrize("tls", [False, True])
def test_kamailio_capabilities(start, xcap_server, tls):
    root = xcap_server.xcap_root_tls if tls else xcap_server.xcap_root
    s = start("alice", "set log-level info\n"
              + account("me", "alice", xcap_server, "tls", xcap_root=root)
              + "login me\n")
    s.expect("account", state="online")
    told(s, "the server keeps: pres-rules resource-lists xcap-caps",
         level="info")


@pytest.mark.peers
def test_kamailio_sha256(tmp_path):
    """the stronger digest; nonces that grow old"""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "kamailio", xcap=True, algorithm="SHA-256",
                  nonce=1) as server:
        h = Helper()
        try:
            url = (server.xcap_root
                   + "/resource-lists/users/sip:alice@lab.test/index")
            for i in range(3):
                r = h.ask("PUT", url, body=LIST % "bob", type=TYPE,
                          user="alice", password="secret-alice")
                assert r["status"] in ("200", "201")
                time.sleep(1.2 if i else 0)
        finally:
            h.close()
