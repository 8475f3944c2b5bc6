# SPDX-License-Identifier: GPL-3.0-or-later
"""Who connects by TLS and says nothing: ten seconds each way."""

import socket

import pytest

import clock
from kamailio import free_ports, make_certificates


@pytest.fixture
def steps(tmp_path):
    if clock.missing():
        pytest.skip(clock.missing())
    return clock.Clock(tmp_path)


def test_server_that_is_silent(start, steps):
    """The connection stands, no handshake comes: the account fails with
    words, and is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        alice = start("alice", "account add me sip:alice@lab.test\n"
                      "account set me proxy 'sip:127.0.0.1:%d;transport=tls'\n"
                      "login me\n" % silent.getsockname()[1], env=steps.env)
        silent.settimeout(10)
        conn = silent.accept()[0]
        with conn:
            conn.settimeout(10)
            assert conn.recv(5)[:2] == b"\x16\x03"  # ClientHello
            alice.none("account", 0.3, state="failed")
            steps.step(11)
            alice.do("version")
            failed = alice.expect("account", state="failed")
            assert "no answer" in failed["reason"] and failed["retry-at"]


def test_client_that_is_silent(start, steps, tmp_path):
    """A listener lets go of who never begins, and takes who does."""
    make_certificates(tmp_path)
    port, = free_ports(1)
    alice = start(
        "alice", "account add me sip:alice@127.0.0.1:%d\n"
        "account set me register no\n"
        "account set me listen 127.0.0.1:%d\n"
        "account set me transport tls\n"
        "account set me tls-certificate %s/server.pem\n"
        "account set me tls-key %s/server.key\nlogin me\n"
        % (port, port, tmp_path, tmp_path), env=steps.env)
    alice.expect("account", state="online")
    with socket.create_connection(("127.0.0.1", port + 1), 10) as quiet:
        quiet.settimeout(0.3)
        with pytest.raises(TimeoutError):
            quiet.recv(1)
        steps.step(11)
        alice.do("version")
        quiet.settimeout(10)
        assert quiet.recv(1) == b""
