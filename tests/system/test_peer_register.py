# SPDX-License-Identifier: GPL-3.0-or-later
"""A registrar that says what real ones say once in a while."""

import re

import pytest

from peer import Peer, digest


@pytest.fixture
def server():
    p = Peer()
    yield p
    p.close()


@pytest.fixture
def alice(start, server):
    def begin(**settings):
        lines = ["account add work sip:alice@lab.test",
                 "account set work password secret",
                 "account set work publish no",
                 "account set work proxy 'sip:127.0.0.1:%d;transport=udp'"
                 % server.port]
        for key, value in settings.items():
            lines.append("account set work %s %s" % (key, value))
        s = start("alice", "\n".join(lines) + "\n")
        s.login = s.send("login", "work")
        return s
    return begin


def challenge(nonce, *more, algorithm="MD5"):
    return 'WWW-Authenticate: Digest realm="lab.test", nonce="%s", ' \
        'qop="auth", algorithm=%s%s' % (
            nonce, algorithm, "".join(", " + m for m in more))


def register(server, *headers):
    """Takes a REGISTER, challenged once, and answers 200."""
    server.answer(server.recv("REGISTER"), "401 No", challenge("n1"))
    reg = server.recv("REGISTER")
    bound(server, reg, *headers)
    return reg


def bound(server, reg, *headers, expires=3600):
    server.answer(reg, "200 OK", "Contact: <%s>;expires=%d"
                  % (reg.contact(), expires), *headers)


def leave(s, server):
    """Signs out and lets the registrar agree; its REGISTER."""
    number = s.send("logout", "work")
    reg = server.recv("REGISTER")
    server.answer(reg, "200 OK")
    assert s.reply(number)["ok"]
    return reg


def test_strongest(server, alice):
    """RE1, RE2, RE8, DG2, DG3, DG4, UA3, TR1: SHA-256 before MD5."""
    s = alice()
    first = server.recv("REGISTER")
    assert first.uri == "sip:lab.test" and not first.credentials()
    assert "<sip:alice@lab.test>" in first.get("to")
    server.answer(first, "401 No", 'WWW-Authenticate: Basic realm="lab.test"',
                  challenge("n5"), challenge("n2", 'opaque="o/=?"',
                                             algorithm="SHA-256"))
    second = server.recv("REGISTER")
    got = second.credentials()
    assert (got["algorithm"], got["nonce"], got["opaque"], got["nc"],
            got["uri"]) == ("SHA-256", "n2", "o/=?", "00000001",
                            "sip:lab.test")
    assert got["response"] == digest(got, "secret", "REGISTER")
    assert len(second.all("authorization")) == 1
    assert second.get("call-id") == first.get("call-id")
    assert second.cseq == first.cseq + 1
    assert second.branch != first.branch
    assert second.tag("from") == first.tag("from")
    bound(server, second)
    assert s.reply(s.login)["ok"]
    last = leave(s, server)
    assert last.get("call-id") == first.get("call-id")
    assert last.cseq > second.cseq and "*" not in last.get("contact")


def test_stale(server, alice):
    """DG6: a stale nonce is replaced without a word."""
    s = alice()
    server.answer(server.recv("REGISTER"), "401 No", challenge("n1"))
    server.answer(server.recv("REGISTER"), "401 No",
                  challenge("n2", "stale=true"))
    third = server.recv("REGISTER")
    got = third.credentials()
    assert (got["nonce"], got["nc"]) == ("n2", "00000001")
    bound(server, third)
    assert s.reply(s.login)["ok"]
    assert not s.seen("account", state="failed")
    leave(s, server)


def test_wrong_password(server, alice):
    """RE8: a second refusal is told once; nothing is sent again."""
    s = alice()
    server.answer(server.recv("REGISTER"), "401 No", challenge("n1"))
    server.answer(server.recv("REGISTER"), "401 No", challenge("n2"))
    assert s.reply(s.login)["status"] == 77
    assert "wrong password" in s.expect("account", state="failed")["reason"]
    server.none("REGISTER", 1.5)


def test_forbidden(server, alice):
    """403 to REGISTER is 77, with the server's own words."""
    s = alice()
    server.answer(server.recv("REGISTER"), "403 Go away",
                  'Warning: 399 lab.test "no such customer"')
    reply = s.reply(s.login)
    assert reply["status"] == 77, reply
    assert "no such customer" in s.expect("account", state="failed")["reason"]
    server.none("REGISTER", 1.0)


def test_too_brief(server, alice):
    """RE6: 423 is followed with at least Min-Expires."""
    s = alice(expires=60)
    first = server.recv("REGISTER")
    server.answer(first, "423 Too Brief", "Min-Expires: 1800")
    second = server.recv("REGISTER")
    asked = second.get("expires") or re.search(
        r"expires=(\d+)", second.get("contact")).group(1)
    assert int(asked) >= 1800 and second.cseq == first.cseq + 1
    bound(server, second, expires=1800)
    assert s.reply(s.login)["ok"]
    leave(s, server)


def test_down(server, alice):
    """503: tried again by itself, not before Retry-After (UA5, FL4)."""
    s = alice()
    server.answer(server.recv("REGISTER"), "503 Busy", "Retry-After: 120")
    assert s.reply(s.login)["status"] == 75
    failed = s.expect("account", state="failed")
    assert "retry-at" in failed, failed
    server.none("REGISTER", 2.0)


def test_others_contacts(server, alice):
    """RE4: our own binding's time counts, wherever it stands."""
    s = alice()
    server.answer(server.recv("REGISTER"), "401 No", challenge("n1"))
    reg = server.recv("REGISTER")
    server.answer(reg, "200 OK", "Contact: <sip:alice@192.0.2.1>;expires=1, "
                  "<sip:alice@192.0.2.2;transport=tcp>;expires=2",
                  "Contact: <%s>;expires=3000" % reg.contact(),
                  "Contact: <sip:alice@192.0.2.3>;expires=1", "Expires: 3")
    assert s.reply(s.login)["ok"]
    server.none("REGISTER", 3.0)
    leave(s, server)


def test_service_route(server, alice):
    """RE10, UA8: requests take the way that the registrar named."""
    s = alice(session="page")
    route = "<sip:127.0.0.1:%d;lr;user=7>" % server.port
    register(server, "Service-Route: " + route)
    assert s.reply(s.login)["ok"]
    number = s.send("msg", "sip:bob@lab.test", "by that way")
    msg = server.recv("MESSAGE")
    assert "user=7" in ",".join(msg.all("route")), msg.text
    assert msg.uri == "sip:bob@lab.test" and msg.body == b"by that way"
    server.answer(msg, "200 OK")
    assert s.reply(number)["ok"]
    leave(s, server)


def test_next_nonce(server, alice):
    """DG7, DG10: the nonce that Authentication-Info names is used next."""
    s = alice()
    register(server, 'Authentication-Info: nextnonce="n7"')
    assert s.reply(s.login)["ok"]
    got = leave(s, server).credentials()
    assert (got["nonce"], got["nc"]) == ("n7", "00000001"), got
    assert got["response"] == digest(got, "secret", "REGISTER")
