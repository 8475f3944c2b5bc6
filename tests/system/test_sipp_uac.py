# SPDX-License-Identifier: GPL-3.0-or-later
"""SIPp calls a sotto that listens on loopback without any server."""

import pytest

from kamailio import free_ports
from sipp import Sipp

TRANSPORTS = ["udp", "tcp"]


@pytest.fixture
def bob(start):
    """bob(SETTING=VALUE): a sotto that listens; .target is host:port."""
    def begin(**settings):
        port = free_ports(1)[0]
        lines = ["account add me sip:bob@127.0.0.1:%d" % port,
                 "account set me register no",
                 "account set me listen 127.0.0.1:%d" % port]
        for key, value in settings.items():
            lines.append("account set me %s %s" % (key, value))
        s = start("bob", "\n".join(lines) + "\nlogin me\n")
        s.expect("account", state="online")
        s.target = "127.0.0.1:%d" % port
        return s
    return begin


def texts(s):
    return [e["text"] for e in s.seen("message", direction="in")]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_methods(sipp, bob, transport):
    """UA9: 501 or 405 with Allow."""
    sipp("uac_methods", bob().target, transport).passed()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_refused(sipp, bob, transport):
    """SU9, UA9, UA10, UA11, SU3, TR15; nothing of it is shown."""
    s = bob(accept="all")
    sipp("uac_refused", s.target, transport).passed()
    assert not texts(s)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_bodies(sipp, bob, transport):
    """MS1, MS2, MS9, UA12: what can be read is shown, the rest is 415."""
    s = bob(accept="all")
    sipp("uac_bodies", s.target, transport, latin1="\udce9").passed()
    assert texts(s) == ["plain text", "some bold & slanted text",
                        "caf\u00e9", "the plain half", "compact form"]


def test_later(sipp, bob):
    """A copy after its transaction's end: 200, not shown again."""
    s = bob(accept="all")
    sipp("uac_later", s.target, "tcp").passed()
    assert texts(s) == ["shown once", "another text"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_media(sipp, bob, transport):
    """Voice alone and MSRP alone: 488 at once, nobody is told."""
    s = bob()
    sipp("uac_media", s.target, transport).passed()
    assert not s.seen("chat")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_session(sipp, bob, transport):
    """DI5, DI7 and a session as a peer of another make leads it."""
    s = bob(accept="all")
    sipp("uac_session", s.target, transport).passed()
    s.expect("chat", state="open", via="session")
    s.expect("typing", active=True)
    s.expect("message", text="in the session", via="session")
    s.expect("message", text="after a gap", via="session")
    s.expect("chat", state="closed", by="them")
    assert texts(s) == ["in the session", "after a gap"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_cancel(sipp, bob, transport):
    """TR15: what rings ends with 487."""
    s = bob()
    sipp("uac_cancel", s.target, transport).passed()
    s.expect("chat", state="opening")
    s.expect("chat", state="closed", by="them")


def test_lost_ack(sipp, bob):
    """TR11: 200 again until ACK, over a stream too."""
    s = bob(accept="all")
    sipp("uac_lost_ack", s.target, "tcp").passed()
    s.expect("chat", state="closed", by="them")
    assert len(s.seen("chat", state="open")) == 1


def test_late_ack(sipp, bob):
    """TR11: 200 after 0 and 0.5 s, and never after ACK."""
    s = bob(accept="all")
    run = sipp("uac_late_ack", s.target).passed()
    s.expect("chat", state="closed", by="them")
    before, after = run.messages().split("ACK sip:", 1)
    assert 2 <= before.count("SIP/2.0 200 OK") <= 3
    assert "CSeq: 1 INVITE" not in after.split("BYE sip:", 1)[1]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_watcher(sipp, bob, transport):
    """SU10: NOTIFY at once, in each answer's wake, terminated at the end."""
    sipp("uac_watcher", bob(accept="all").target, transport).passed()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_options(sipp, bob, transport):
    """UA14, UA13."""
    sipp("uac_options", bob().target, transport).passed()
