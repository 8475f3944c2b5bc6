# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with NTLM, and signatures on every message both ways, against a
registrar written from the published texts."""

import ssl

import pytest

import ntlm
from kamailio import make_certificates
from registrar import Registrar


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("certificates"))
    make_certificates(directory)
    return directory


@pytest.fixture
def world(certificates, start):
    servers = []

    def begin(transport="tcp", settings="", dialect="microsoft", env=(),
              **options):
        context = None
        if transport == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates + "/server.pem",
                                    certificates + "/server.key")
        server = Registrar("tls" if context else transport, context,
                           **options)
        servers.append(server)
        s = start("alice", "account add work sip:alice@lab.test\n"
                  "account set work password secret\n"
                  "account set work publish no\n"
                  "account set work session page\n"
                  "account set work dialect %s\n"
                  "account set work tls-ca-file %s/ca.pem\n"
                  "account set work proxy 'sip:127.0.0.1:%d;transport=%s'\n%s"
                  % (dialect, certificates, server.port, server.transport, settings), env=env)
        s.login = s.send("login", "work")
        return s, server

    yield begin
    for server in servers:
        server.close()


def leave(s, server):
    """Signs out; the last REGISTER is signed too."""
    number = s.send("logout", "work")
    reg = server.recv("REGISTER")
    assert reg.get("expires") == "0"
    server.answer(reg, "200 OK", "Expires: 0")
    assert s.reply(number)["ok"]


def say(server, reg, text, n=1, call_id=None):
    """A MESSAGE from bob through the server."""
    return server.request(
        "MESSAGE", reg.contact(), reg.way, "Content-Type: text/plain",
        body=text, cseq=n, call_id=call_id, to="sip:alice@lab.test")


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("proxy", [False, True])
def test_both_ways(world, version, proxy):
    """Sign-in, a message each way, sign-out: all is signed."""
    s, server = world(version=version, proxy=proxy)
    reg = server.register()
    assert s.reply(s.login)["ok"]
    assert server.door.users[-1] == ("", "alice")

    number = s.send("msg", "sip:bob@lab.test", "hi")
    m = server.recv("MESSAGE")
    assert m.body == b"hi"
    server.answer(m, "200 OK")
    assert s.reply(number)["ok"]
    s.expect("message-state", state="delivered")

    say(server, reg, "hello")
    server.recv(200)
    assert s.expect("message", direction="in")["text"] == "hello"
    leave(s, server)


def test_login_forms(world):
    """DOMAIN\\user is parted, user@domain is the user as a whole."""
    s, server = world(settings="account set work auth-user 'LAB\\ann'\n")
    server.register()
    assert s.reply(s.login)["ok"]
    assert server.door.users[-1] == ("LAB", "ann")
    leave(s, server)


def test_wrong_password(world):
    """Told once, status 77, never tried again; the program goes on."""
    s, server = world(password="another")
    with pytest.raises(ntlm.Refused):
        server.register()
    server.answer(server.last, "401 No", server.door.challenge())
    reply = s.reply(s.login)
    assert reply["status"] == 77, reply
    reason = s.expect("account", state="failed")["reason"]
    assert "wrong password" in reason
    server.none("REGISTER", 1.5)
    assert s.do("version")


@pytest.mark.parametrize("number, words", [
    (1000, "wrong password"), (1013, "clock"), (4141, "disabled")])
def test_cause(world, number, words):
    """A refusal that is not the password's fault says whose it is."""
    s, server = world()
    m = server.handshake(server.recv("REGISTER"))
    server.refuse(m, server.door.challenge(),
                  'ms-diagnostics: %d;reason="because";source="fe01.lab.test"'
                  % number)
    reply = s.reply(s.login)
    assert not reply["ok"]
    reason = s.expect("account", state="failed")["reason"]
    assert words in reason
    assert ("password" in reason) == (number == 1000)
    server.none("REGISTER", 0.3)


def test_clock(world):
    """Refused by a server whose day is another."""
    s, server = world()
    m = server.handshake(server.recv("REGISTER"))
    server.refuse(m, server.door.challenge(),
                  "Date: Sat, 01 Jan 2000 00:00:00 GMT")
    error = s.reply(s.login)["error"]
    assert "clock" in error and "password" not in error, error


def test_other_schemes(world):
    """What is not supported is named."""
    s, server = world()
    server.answer(server.recv("REGISTER"), "401 No",
                  'WWW-Authenticate: Kerberos realm="x", targetname="sip/y"',
                  'WWW-Authenticate: TLS-DSK realm="x", targetname="y"')
    error = s.reply(s.login)["error"]
    assert "Kerberos, TLS-DSK" in error, error


def test_no_legacy_ciphers(world):
    """An OpenSSL without its legacy provider: the sentence names it."""
    s, server = world(env={"OPENSSL_MODULES": "/nonexistent"})
    server.answer(server.recv("REGISTER"), "401 No", server.door.challenge())
    error = s.reply(s.login)["error"]
    assert "legacy provider" in error, error
    assert s.do("version")


def test_unsigned_answer(world):
    """An answer without a signature is refused, in words; nothing is sent
    twice, and what comes next is taken."""
    s, server = world()
    reg = server.register()
    assert s.reply(s.login)["ok"]
    number = s.send("msg", "sip:bob@lab.test", "hi")
    m = server.recv("MESSAGE")
    server.sign = False
    server.answer(m, "200 OK")
    reply = s.reply(number)
    assert not reply["ok"], reply
    assert "not signed" in reply["error"], reply
    server.sign = True
    server.none("MESSAGE", 0.5)
    say(server, reg, "still there?")
    server.recv(200)
    assert s.expect("message", direction="in")["text"] == "still there?"
    leave(s, server)


def test_unsigned_request(world):
    """A request without a signature is not seen, nor answered."""
    s, server = world()
    reg = server.register()
    assert s.reply(s.login)["ok"]
    server.sign = False
    say(server, reg, "boo")
    server.sign = True
    server.none(200, 0.5)
    s.none("message", 0.2)
    say(server, reg, "hello")
    server.recv(200)
    assert s.expect("message", direction="in")["text"] == "hello"
    leave(s, server)


def test_replay(world):
    """The same signed bytes once more are dropped."""
    s, server = world()
    reg = server.register()
    assert s.reply(s.login)["ok"]
    say(server, reg, "once")
    sent = server.sent
    server.recv(200)
    s.expect("message", direction="in")
    reg.way.sendall(sent.replace(b"branch=z9hG4bK", b"branch=z9hG4bKx"))
    server.none(200, 0.5)
    server.none(482, 0.0)
    s.none("message", 0.2)
    leave(s, server)


@pytest.mark.parametrize("spoil", [
    lambda line: line.replace('rspauth="01', 'rspauth="02'),
    lambda line: line.replace('srand="', 'srand="0'),
    lambda line: line.replace('snum="', 'snum="1'),
    lambda line: line.replace('64000000"', '65000000"'),
], ids=["version", "srand", "snum", "seq"])
def test_wrong_signature(world, spoil):
    """Somebody is on the way: the connection is given up."""
    s, server = world()
    reg = server.register()
    assert s.reply(s.login)["ok"]
    s.expect("account", state="online")
    server.door.spoil = spoil
    say(server, reg, "boo")
    server.door.spoil = lambda line: line
    event = s.expect("account", state="connecting")
    assert "wrong signature" in event["reason"], event
    server.none(200, 0.2)
    assert not s.seen("message")


def test_after_wrong_signature(world):
    """Another connection is signed in over, not sooner than 10 s later."""
    s, server = world()
    reg = server.register()
    assert s.reply(s.login)["ok"]
    s.expect("account", state="online")
    server.door.spoil = lambda line: line.replace('srand="', 'srand="0')
    say(server, reg, "boo")
    server.door.spoil = lambda line: line
    s.expect("account", state="connecting")
    reg = server.handshake(server.recv("REGISTER", timeout=20))
    server.bound(reg)
    s.expect("account", state="online")
    say(server, reg, "hello")
    server.recv(200)
    assert s.expect("message", direction="in")["text"] == "hello"
    leave(s, server)


def test_wrong_signature_at_sign_in(world):
    """A server that cannot sign does not know the password."""
    s, server = world()
    server.door.spoil = lambda line: line.replace('rspauth="01', 'rspauth="02')
    server.register()
    reason = s.expect("account", state="failed")["reason"]
    assert "wrong signature" in reason
    assert s.do("version")


def test_association_lost(world):
    """The server forgot: a request makes a new association, and the next is
    signed by that."""
    s, server = world()
    server.register()
    assert s.reply(s.login)["ok"]
    number = s.send("msg", "sip:bob@lab.test", "hi")
    m = server.handshake(server.recv("MESSAGE"))
    assert m.body == b"hi"
    server.answer(m, "200 OK")
    assert s.reply(number)["ok"]
    number = s.send("msg", "sip:bob@lab.test", "again")
    server.answer(server.recv("MESSAGE"), "200 OK")
    assert s.reply(number)["ok"]
    leave(s, server)


def test_dialect_simple(world):
    """Who says simple does not answer NTLM, and is told so."""
    s, server = world("tls", dialect="simple")
    m = server.recv("REGISTER")
    server.answer(m, "401 No", server.door.challenge())
    reply = s.reply(s.login)
    assert not reply["ok"] and "NTLM" in reply["error"], reply
    assert "dialect" in reply["error"]
    server.none("REGISTER", 0.5)


@pytest.mark.parametrize("proxy", [False, True])
def test_found_out(world, proxy):
    """dialect=auto: a challenge of NTLM tells what the server is; the next
    REGISTER is as it wants it, and has the answer."""
    s, server = world("tls", dialect="auto", proxy=proxy)
    m = server.recv("REGISTER")
    assert "epid" not in m.get("from")
    server.refuse(m)
    m = server.handshake(server.recv("REGISTER"))
    assert ";epid=" in m.get("from") and m.get("event") == "registration"
    server.bound(m)
    assert s.reply(s.login)["ok"]
    states = [e["state"] for e in s.seen("account")]
    assert "failed" not in states
    leave(s, server)


def test_not_over_tcp(world):
    """As long as nobody has said who is there, TLS must tell."""
    s, server = world(dialect="auto")
    server.refuse(server.recv("REGISTER"))
    server.refuse(server.recv("REGISTER"))
    reply = s.reply(s.login)
    assert not reply["ok"] and "TLS" in reply["error"], reply
    server.none("REGISTER", 0.5)


def test_digest_wins(world):
    """Of two ways in one realm the better one is taken."""
    s, server = world("tls", dialect="auto")
    m = server.recv("REGISTER")
    server.answer(m, "401 No", server.door.challenge(),
                  'WWW-Authenticate: Digest realm="%s", nonce="n1", '
                  'qop="auth", algorithm=MD5' % "SIP Communications Service")
    m = server.recv("REGISTER")
    assert m.get("authorization").startswith("Digest ")
    server.bound(m)
    assert s.reply(s.login)["ok"]
    leave_plain = s.send("logout", "work")
    server.answer(server.recv("REGISTER"), "200 OK")
    assert s.reply(leave_plain)["ok"]


@pytest.mark.parametrize("token", [
    "", "TlRMTVNTUAAC", "!!!!", "TlRMTVNTUAADAAAA" + "A" * 64, "A" * 20000])
def test_bad_challenge(world, token):
    """Whatever stands there as a challenge ends in a sentence."""
    s, server = world()
    server.answer(server.recv("REGISTER"), "401 No", server.door.challenge())
    server.answer(server.recv("REGISTER"), "401 No", server.door.challenge(
        'opaque="1"', 'gssapi-data="%s"' % token))
    if token:
        reply = s.reply(s.login)
        assert not reply["ok"] and "NTLM" in reply["error"], reply
    else:
        # No token is a beginning anew, which has an end.
        for _ in range(5):
            server.answer(server.recv("REGISTER"), "401 No",
                          server.door.challenge())
        assert not s.reply(s.login)["ok"]
    server.none("REGISTER", 0.3)
    assert s.do("version")


def test_weak_flags(world):
    """A server without extended session security must speak version 2."""
    s, server = world(flags=ntlm.FLAGS & ~ntlm.EXTENDED)
    server.offer(server.recv("REGISTER"))
    assert "safe" in s.reply(s.login)["error"]


def test_old_server(world):
    """Version 2 without extended session security, over TLS."""
    s, server = world("tls", version=2, flags=ntlm.FLAGS & ~ntlm.EXTENDED)
    server.register()
    assert s.reply(s.login)["ok"]
    number = s.send("msg", "sip:bob@lab.test", "hi")
    server.answer(server.recv("MESSAGE"), "200 OK")
    assert s.reply(number)["ok"]
    leave(s, server)


def test_trace(world, tmp_path):
    """Nothing that a password could be tried on is in the trace."""
    s, server = world(settings="set log-level debug\ntrace on\n")
    server.register()
    assert s.reply(s.login)["ok"]
    leave(s, server)
    text = "\n".join(map(str, s.events)) + s.stderr()
    assert "TlRMTVNT" not in text and "secret" not in text
