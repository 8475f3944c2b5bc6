# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP helper by itself: frames on its pipes, against a server that keeps
documents, asks for credentials and misbehaves."""

import base64
import contextlib
import errno
import hashlib
import signal
import socket
import subprocess
import time

import pytest

from httphelper import WAIT, Helper
from kamailio import make_certificates
from webserver import WebServer

@pytest.fixture
def helper():
    running = []

    def begin(**env):
        running.append(Helper(**env))
        return running[-1]

    yield begin
    for h in running:
        if not h.process.stdin.closed:
            assert h.close() == 0


@pytest.fixture
def web():
    running = []

    def begin(*args, **options):
        running.append(WebServer(*args, **options))
        return running[-1]

    yield begin
    for w in running:
        w.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("certificates"))
    make_certificates(directory)
    return directory


ALICE = {"user": "alice", "password": "secret"}


def test_document(helper, web):
    """put, get, conditions, delete; one connection; no redirection"""
    w, h = web(), helper()
    url = w.root + "/a/users/sip:alice@lab.test/index"
    assert h.ask("GET", url)["status"] == "404"
    r = h.ask("PUT", url, body=b"<a>\0\xff</a>", type="application/a+xml",
              if_none_match="*")
    assert r["status"] == "201" and r["etag"].startswith('"')
    tag = r["etag"]
    r = h.ask("GET", url)
    assert r["body"] == b"<a>\0\xff</a>" and r["etag"] == tag
    assert r["type"] == "application/a+xml"
    assert h.ask("GET", url, if_none_match=tag)["status"] == "304"
    assert h.ask("PUT", url, body=b"x", if_none_match="*")["status"] == "412"
    assert h.ask("PUT", url, body=b"x", if_match='"0"')["status"] == "412"
    assert h.ask("PUT", url, body=b"", if_match=tag)["status"] == "200"
    assert h.ask("GET", url)["body"] == b""
    assert h.ask("DELETE", url)["status"] == "200"
    assert h.ask("DELETE", url)["status"] == "404"
    method, path, headers, body = w.seen[1]
    assert (method, path) == ("PUT", "/a/users/sip:alice@lab.test/index")
    assert "Expect" not in headers and "Authorization" not in headers
    assert "Content-Type" not in w.seen[0][2]


def test_paths_stay_as_they_are(helper, web):
    w, h = web(), helper()
    for path in ("/a/users/x/i/~~/r/l%5b@name=%22a%20b%22%5d", "/a/../b",
                 "/a/users/b/i/~~/*%5b1%5d?xmlns(a=urn:a)"):
        h.ask("GET", w.root + path)
        assert w.seen[-1][1] == path


def test_digest(helper, web):
    """No PUT without its body before the server has asked; then the
    credentials go at once."""
    w, h = web("digest"), helper()
    url = w.root + "/doc"
    assert h.ask("PUT", url, body=b"<a/>", **ALICE)["status"] == "201"
    assert w.seen[0][3] == b"<a/>" and w.documents["/doc"][2] == b"<a/>"
    count = len(w.seen)
    assert h.ask("PUT", url, body=b"<b/>", **ALICE)["status"] == "200"
    assert len(w.seen) == count + 1
    w.nonce = "another"
    assert h.ask("PUT", url, body=b"<c/>", **ALICE)["status"] == "200"
    assert w.documents["/doc"][2] == b"<c/>"
    assert h.ask("GET", url, **ALICE)["body"] == b"<c/>"
    for seen in w.seen:
        assert "secret" not in str(seen)


def test_wrong_password(helper, web):
    w, h = web("digest"), helper()
    url = w.root + "/doc"
    for _ in range(2):
        r = h.ask("GET", url, user="alice", password="wrong")
        assert r["status"] == "401" and r["body"] == b"who are you?"
    assert h.ask("GET", url, **ALICE)["status"] == "404"
    assert h.ask("GET", url)["status"] == "401"  # nothing is kept


def test_credentials_of_one_server(helper, web):
    """What one server was given is not given to another."""
    h, first, other = helper(), web("digest"), web()
    assert h.ask("GET", first.root + "/d", **ALICE)["status"] == "404"
    assert h.ask("GET", other.root + "/d", **ALICE)["status"] == "404"
    assert "Authorization" not in other.seen[0][2]


def test_basic(helper, web, certificates):
    """over TLS alone"""
    h, plain = helper(), web("basic")
    r = h.ask("GET", plain.root + "/doc", **ALICE)
    assert int(r["errno"]) == errno.EACCES and "in clear" in r["why"]
    assert len(plain.seen) == 1
    assert "Authorization" not in plain.seen[0][2]
    secure = web("basic", certificates + "/server")
    ca = certificates + "/ca.pem"
    for _ in range(2):
        r = h.ask("PUT", secure.root + "/doc", verify="", ca_file=ca,
                  body=b"<a/>", **ALICE)
        assert r["status"] in ("201", "200")
    assert secure.documents["/doc"][2] == b"<a/>"
    odd = web("Mutual realm=x")
    r = h.ask("GET", odd.root + "/doc", **ALICE)
    assert int(r["errno"]) == errno.EACCES and "not known" in r["why"]


@pytest.mark.parametrize("certificate,ca,words", [
    ("server", "ca", None),
    ("server", "other-ca", "certificate"),
    ("server", None, "certificate"),
    ("wrong", "ca", "127.0.0.1"),
    ("expired", "ca", "expired"),
    ("server", "missing", "tls-ca-file"),
])
def test_certificates(helper, web, certificates, certificate, ca, words):
    w, h = web(None, "%s/%s" % (certificates, certificate)), helper()
    more = {"ca_file": "%s/%s.pem" % (certificates, ca)} if ca else {}
    r = h.ask("GET", w.root + "/doc", verify="", **more)
    if words is None:
        assert r["status"] == "404"
        return
    assert int(r["errno"]) == errno.EACCES
    assert words in r["why"] and "tls-ca-file" in r["why"]
    assert not w.seen
    if ca != "missing":
        assert h.ask("GET", w.root + "/doc")["status"] == "404"


def pin(certificates, name):
    """As tls-pin wants it."""
    key = subprocess.run(
        ["openssl", "x509", "-in", "%s/%s.pem" % (certificates, name),
         "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"],
                         input=key, capture_output=True, check=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@pytest.mark.parametrize("certificate,name,good", [
    ("wrong", "other.example", True),
    ("wrong", "another.example", False),
    ("server", "other.example", True),
    ("expired", "lab.test", False),
])
def test_one_more_name(helper, web, certificates, certificate, name, good):
    """that the certificate may have; whom it is sent to stays"""
    w, h = web("digest", "%s/%s" % (certificates, certificate)), helper()
    for _ in range(2):
        r = h.ask("PUT", w.root + "/doc", verify="", tls_name=name,
                  ca_file=certificates + "/ca.pem", body=b"<a/>", **ALICE)
        if good:
            assert r["status"] in ("200", "201")
        else:
            assert int(r["errno"]) == errno.EACCES
            assert "certificate" in r["why"] and "tls-name" in r["why"]
    hosts = {seen[2]["Host"] for seen in w.seen}
    assert hosts == ({"127.0.0.1:%d" % w.port} if good else set())
    # Nonces that grow old are no matter of names.
    w.nonce = "another"
    r = h.ask("GET", w.root + "/doc", verify="", tls_name=name,
              ca_file=certificates + "/ca.pem", **ALICE)
    assert (r.get("status") == "200") == good


@pytest.mark.parametrize("verify", [True, False])
def test_pins(helper, web, certificates, verify):
    """in addition, and also where nothing else is checked"""
    w, h = web(None, certificates + "/server"), helper()
    more = {"ca_file": certificates + "/ca.pem"}
    if verify:
        more["verify"] = ""
    right, wrong = pin(certificates, "server"), pin(certificates, "ca")
    for pins, good in ((right, True), (wrong, False),
                       (wrong + " " + right, True), ("%s x" % wrong, False)):
        r = h.ask("GET", w.root + "/doc", tls_pin=pins, **more)
        if good:
            assert r["status"] == "404"
        else:
            assert int(r["errno"]) == errno.EACCES
            assert "tls-pin" in r["why"]


def test_trust_of_environment(helper, web, certificates):
    w = web(None, certificates + "/server")
    h = helper(SSL_CERT_FILE=certificates + "/ca.pem")
    assert h.ask("GET", w.root + "/doc", verify="")["status"] == "404"


@pytest.mark.parametrize("what,code,words", [
    ("closed", errno.ECONNRESET, ""),
    ("half", errno.ECONNRESET, ""),
    ("garbage", errno.EPROTO, ""),
    ("old", errno.EPROTO, ""),
    ("huge", errno.EMSGSIZE, "longer than 8 MiB"),
    ("headers", None, ""),
])
def test_misbehaviour(helper, web, what, code, words):
    """ends in a sentence, and the next request goes well"""
    w, h = web(), helper()
    r = h.ask("GET", "%s/%s" % (w.root, what))
    assert r["why"] and words in r["why"]
    assert "status" not in r
    if code:
        assert int(r["errno"]) == code
    assert h.ask("GET", w.root + "/doc")["status"] == "404"


def test_slow(helper, web):
    w, h = web(), helper()
    start = time.monotonic()
    r = h.ask("GET", w.root + "/slow", timeout="300")
    assert int(r["errno"]) == errno.ETIMEDOUT
    assert r["why"] == "no whole answer came in time"
    assert 0.2 < time.monotonic() - start < 5
    assert h.ask("GET", w.root + "/doc")["status"] == "404"


@pytest.mark.parametrize("tag,good", [
    (b'"a\x1bb"', False), (b'"a', False), (b'"a"b"', False), (b'a b', False),
    (b'"a\rX: y"', False), (b'"' + b"a" * 2000 + b'"', False), (b'""', True),
    (b'"a\xe9,b"', True), (b'W/"a"', True), (b"sr-1.2", True)])
def test_tag_that_can_be_sent_back(helper, web, tag, good):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nETag: " + tag
                            + b"\r\nContent-Length: 0\r\n\r\n")
        return True

    w, h = web(script=answer), helper()
    r = h.ask("GET", w.root + "/doc")
    assert r["status"] == "200" and ("etag" in r) == good


def test_no_redirection_no_proxy(helper, web):
    other = web()
    w = web(elsewhere=other.root + "/doc")
    h = helper(http_proxy=other.root, all_proxy=other.root)
    assert h.ask("GET", w.root + "/elsewhere")["status"] == "302"
    assert not other.seen


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "nothing",
    "http://alice:secret@127.0.0.1:1/"])
def test_urls_refused(helper, url):
    r = helper().ask("GET", url)
    assert "status" not in r and r["why"]
    assert "passwd" not in str(r["body"])


def test_nobody_there(helper):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        r = helper().ask("GET", "http://127.0.0.1:%d/" % s.getsockname()[1])
    assert int(r["errno"]) == errno.ECONNREFUSED


def test_nobody_accepts(helper):
    """A connection gets ten seconds, whatever the rest may take."""
    with socket.socket() as s, contextlib.ExitStack() as stack:
        s.bind(("127.0.0.1", 0))
        s.listen(0)
        for _ in range(4):
            c = stack.enter_context(socket.socket())
            c.setblocking(False)
            c.connect_ex(s.getsockname())
        begun = time.monotonic()
        r = helper().ask("GET", "http://127.0.0.1:%d/" % s.getsockname()[1],
                         timeout="30000")
    assert int(r["errno"]) == errno.ETIMEDOUT
    assert 9 < time.monotonic() - begun < 14


def test_end(helper, web):
    """It ends with its input, during a request too, whatever it was sent;
    secrets stand nowhere for others to read."""
    w, h = web(), helper()
    h.write(method="GET", url=w.root + "/slow", **ALICE)
    end = time.monotonic() + WAIT
    while not w.seen and time.monotonic() < end:
        time.sleep(0.01)
    for name in ("cmdline", "environ"):
        with open("/proc/%d/%s" % (h.process.pid, name), "rb") as f:
            assert b"secret" not in f.read()
    start = time.monotonic()
    assert h.close() == 0
    assert time.monotonic() - start < 4
    idle = helper()
    assert idle.close() == 0
    h = helper()
    h.process.stdin.write(b"\xff" * 100)
    h.process.stdin.flush()
    assert h.process.wait(5) == 0


def test_nobody_reads(helper, web):
    """A reader that has gone ends it without a signal."""
    w, h = web(), helper()
    h.process.stdout.close()
    h.write(method="GET", url=w.root + "/doc")
    assert h.process.wait(WAIT) == 0
    assert h.process.returncode != -signal.SIGPIPE
