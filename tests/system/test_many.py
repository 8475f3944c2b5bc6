# SPDX-License-Identifier: GPL-3.0-or-later
"""Many buddies: known by one subscription for all or by one each, shown, lost
with the connection and back. Nothing here is timed but by bounds."""

import re
import socket
import ssl
import time

import pytest

from kamailio import Kamailio, make_certificates
from listserver import ListServer, document, uri
from presentities import Presentities, traced
from sotto import account

MANY = 300  # on a server
CROWD = 3000  # told of in one notification


def adds(uris):
    return "".join("buddy add %s -n 'Buddy %d' -g 'Group %d'\n"
                   % (u, i, i % 20) for i, u in enumerate(uris))


def states(s):
    return {e["buddy"]: e["state"] for e in s.seen("presence")}


def becomes(s, state, n, seconds=60):
    """N buddies are STATE and no other."""
    end = time.monotonic() + seconds
    while True:
        now = list(states(s).values())
        if (len(now), now.count(state)) == (n, n):
            return
        assert time.monotonic() < end, {v: now.count(v) for v in set(now)}
        time.sleep(0.1)


@pytest.mark.peers
@pytest.mark.parametrize("by", ["list", "single"])
def test_server(tmp_path, start, by):
    """All who have published are online; by a list it takes no subscription
    of each."""
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Presentities(tmp_path / "kamailio", MANY,
                      rls=by == "list") as server:
        settings = {"xcap_root": server.xcap_root,
                    "presence_list": "yes"} if by == "list" else {
                        "presence_list": "no"}
        s = start("alice", account("me", "alice", server, "tcp", **settings)
                  + adds(server.uri(i) for i in range(MANY)), "--trace",
                  "trace")
        s.do("login", "me")
        becomes(s, "online", MANY)
        notes = {e["buddy"]: e.get("note") for e in s.seen("presence")}
        assert notes == {server.uri(i): "at desk %d" % i
                         for i in range(MANY)}
        asked = traced(tmp_path / "alice" / "trace")["-> SUBSCRIBE"]
        assert asked >= MANY if by == "single" else asked < MANY, asked
        # A goodbye to each, at the server's pace.
        s.do("logout", "me")
        becomes(s, "unknown", MANY)
        assert s.quit() == 0


@pytest.fixture(params=["tcp", "tls"])
def crowd(request, tmp_path):
    """A server that tells of CROWD people at once, of whom every third is
    away, and the configuration for it."""
    context, more = None, []
    if request.param == "tls":
        make_certificates(tmp_path / "tls")
        certificate = str(tmp_path / "tls" / "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate + ".pem", certificate + ".key")
        more = ["account set me tls-ca-file '%s'" % (tmp_path / "tls/ca.pem")]
    uris = [uri(i) for i in range(CROWD)]
    server = ListServer(document(
        uris, basic=lambda i: "closed" if i % 3 == 0 else "open"), context)
    server.lines = server.config("alice", *more).replace(
        "login me\n", "") + adds(uris)
    yield server
    server.close()


def test_notification(crowd, start):
    """All of them in one notification, then in another after the connection
    was lost."""
    s = start("alice", crowd.lines)
    s.do("login", "me")

    def known():
        now = list(states(s).values())
        return now.count("online") == CROWD * 2 // 3 and \
            now.count("offline") == CROWD // 3

    def wait(condition):
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.1)

    wait(known)
    assert crowd.told == 1
    # Nobody is asked for alone.
    asked = [m for m in crowd.seen if m.method == "SUBSCRIBE"
             and re.search("sip:b[0-9]", m.first)]
    assert not asked
    for conn in list(crowd.streams):
        conn.shutdown(socket.SHUT_RDWR)
    s.expect("account", state="connecting")
    becomes(s, "unknown", CROWD)
    s.expect("account", timeout=60, state="online")
    wait(known)
    rows = s.do("buddy", "list")["result"]
    assert [r["buddy"] for r in rows] == [uri(i) for i in range(CROWD)]
    assert s.quit() == 0


def test_screen(crowd, screen):
    """The same on the screen, which stays in use."""
    s = screen("alice", crowd.lines)
    s.see("Buddies 0/%d" % CROWD).line("/login me")
    s.see("Buddies %d/%d" % (CROWD * 2 // 3, CROWD), timeout=60)
    s.line("/chat show b2997").see("─ Buddy 2997 ○ offline")
    s.line("/buddy rename b2998 Zoe").line("/chat show zoe")
    s.see("─ Zoe ● online")
    s.line("/quit")
    assert s.ended() == 0
