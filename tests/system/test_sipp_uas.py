# SPDX-License-Identifier: GPL-3.0-or-later
"""A sotto without any server calls SIPp, which answers in many ways."""

import pytest

from kamailio import free_ports


@pytest.fixture
def alice(start):
    def begin(**settings):
        port = free_ports(1)[0]
        lines = ["account add me sip:alice@127.0.0.1:%d" % port,
                 "account set me register no",
                 "account set me accept all",
                 "account set me listen 127.0.0.1:%d" % port]
        for key, value in settings.items():
            lines.append("account set me %s %s" % (key, value))
        s = start("alice", "\n".join(lines) + "\nlogin me\n")
        s.expect("account", state="online")
        return s
    return begin


def uri(run):
    return "sip:bob@127.0.0.1:%d" % run.port


def told(s):
    """The last thing said about the only message sent."""
    return s.seen("message-state")[-1]


DIAGNOSTICS = 'ms-diagnostics: 1003;reason="User is not here";source="x"'
WARNING = 'Warning: 399 example.org "Not today"'


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("status, line, state, words", [
    ("200 OK", "Server: sipp", "delivered", ""),
    ("202 Accepted", "Server: sipp", "accepted", ""),
    ("299 Well", "Server: sipp", "delivered", ""),
    ("403 Forbidden", DIAGNOSTICS, "failed", "User is not here"),
    ("403 Forbidden", WARNING, "failed", "Not today"),
    ("404 Gone fishing", "Server: sipp", "failed", "fishing"),
    ("415 No", "Accept: image/png", "failed", ""),
    ("499 Strange", "Server: sipp", "failed", "Strange"),
    ("603 Decline", "Server: sipp", "failed", ""),
])
def test_message(sipp, alice, transport, status, line, state, words):
    """MS1, MS5, MS10, UA2: each answer's state, and the cause in words."""
    run = sipp("uas_message", None, transport, status=status, line=line)
    s = alice(session="page", transport=transport)
    reply = s.do("msg", uri(run), "hello", ok=state != "failed")
    run.passed()
    last = told(s)
    assert last["state"] == state, last
    if state == "failed":
        assert reply["status"] == 69
        assert words in last["reason"] and last["reason"].strip(), last
        assert words in reply["error"], reply


def test_try_later(sipp, alice):
    """UA5: 503 with Retry-After keeps the message; it goes out then."""
    run = sipp("uas_message", status="503 Later", line="Retry-After: 2")
    s = alice(session="page")
    number = s.send("msg", uri(run), "patience")
    run.passed()
    again = sipp("uas_message", port=run.port, status="200 OK",
                 line="Server: sipp")
    assert s.reply(number)["ok"]
    again.passed()
    assert told(s)["state"] == "delivered"
    assert len(s.seen("message", direction="out")) == 1


def test_late_408(sipp, alice):
    """TR9, MS8: 408 to a MESSAGE says nothing about its arrival."""
    run = sipp("uas_message", status="408 Timeout", line="Server: sipp")
    s = alice(session="page")
    s.do("msg", uri(run), "hello?", ok=False)
    run.passed()
    assert "may have arrived" in told(s)["reason"], told(s)


def test_no_answer(sipp, alice):
    """TR4, MS8: sent again until 32 s have gone, then failed: it may have
    arrived."""
    run = sipp("uas_silent", time=34000, timeout=45)
    s = alice(session="page")
    reply = s.do("msg", uri(run), "anybody?", ok=False, timeout=45)
    assert reply["status"] in (69, 75), reply
    last = told(s)
    assert last["state"] == "failed" and "may have arrived" in last["reason"]
    run.passed()
    assert run.messages().count("MESSAGE sip:") >= 8


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_session(sipp, alice, transport):
    """TR13, DI1, DI2: INVITE, texts both ways, BYE."""
    run = sipp("uas_accept", None, transport)
    s = alice(session="session", transport=transport)
    peer = uri(run)
    s.do("chat", "open", peer)
    s.expect("chat", state="open", via="session")
    assert s.do("msg", peer, "in the session")["ok"]
    s.expect("message", direction="in", text="and back", via="session")
    s.do("chat", "close", peer)
    s.expect("chat", state="closed", by="us")
    run.passed()


@pytest.mark.parametrize("status, line, words", [
    ("486 Busy Here", "Server: sipp", ""),
    ("488 No", WARNING, "Not today"),
    ("603 Decline", "Server: sipp", ""),
])
def test_session_refused(sipp, alice, status, line, words):
    """TR12: ACK, and the cause in the outcome."""
    run = sipp("uas_refuse", status=status, line=line)
    s = alice(session="session")
    reply = s.do("chat", "open", uri(run), ok=False)
    assert reply["status"] == 69 and words in reply["error"], reply
    run.passed()
    s.expect("chat", state="closed", by="error")
