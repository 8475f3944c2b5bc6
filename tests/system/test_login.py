# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, and every way in which it can be refused."""

import os

import pytest

from kamailio import free_ports
from sotto import account, one_shot


def test_set_while_online(start, kamailio):
    """What concerns the connection holds from the next login: the reply says
    so."""
    s = start("alice", account("work", "alice", kamailio, "tcp")
              + "login work\n")
    s.expect("account", state="online")
    reply = s.do("account", "set", "work", "expires", "600")
    assert "holds from the next login" in reply["result"]
    assert "result" not in s.do("account", "set", "work", "accept", "all")


def test_online_and_address(kamailio, start):
    s = start("alice", account("work", "alice", kamailio, "tls"))
    number = s.send("login", "work")
    s.expect("account", account="work", state="connecting")
    s.expect("account", account="work", state="online",
             address=lambda a: "127.0.0.1" in a)
    assert s.reply(number)["ok"]
    s.do("logout", "work")
    s.expect("account", account="work", state="offline")
    assert s.quit() == 0


def test_wrong_password(kamailio, start):
    """Sent once, told once, status 77, never online, never again."""
    config = account("work", "alice", kamailio).replace(
        "secret-alice", "wrong")
    s = start("alice", config)
    reply = s.do("login", "work", ok=False)
    assert reply["status"] == 77
    assert "wrong password" in reply["error"]
    failed = s.expect("account", state="failed")
    assert "wrong password" in failed["reason"]
    assert "retry-at" not in failed
    assert not s.seen("account", state="online")
    s.none("account", 1.5, state="connecting")


def test_unknown_user(kamailio, start):
    s = start("x", account("work", "nobody", kamailio).replace(
        "secret-nobody", "x"))
    assert s.do("login", "work", ok=False)["status"] == 77


@pytest.mark.parametrize("port, words, setting", [
    ("wrong_port", "other.example", "tls-name"),
    ("expired_port", "expired", "tls-verify"),
])
def test_tls_refused(kamailio, start, port, words, setting):
    s = start("alice", account("work", "alice", kamailio, "tls",
                               port=getattr(kamailio, port)))
    reply = s.do("login", "work", ok=False)
    assert reply["status"] == 69, reply
    failed = s.expect("account", state="failed")
    for word in ("certificate", words, setting):
        assert word in failed["reason"], failed
    assert not s.seen("account", state="online")


def test_tls_untrusted(kamailio, start):
    """The system's trust store does not know the tests' CA."""
    config = "\n".join(
        line for line in account("work", "alice", kamailio,
                                 "tls").splitlines()
        if "tls-ca-file" not in line) + "\n"
    s = start("alice", config)
    assert s.do("login", "work", ok=False)["status"] == 69
    reason = s.expect("account", state="failed")["reason"]
    assert "certificate" in reason and "tls-ca-file" in reason


@pytest.mark.parametrize("setting", ["tls-ca-file", "tls-certificate",
                                     "tls-key"])
def test_tls_file_missing(kamailio, start, setting):
    """Nobody is asked anything: the configuration is wrong, 78."""
    s = start("alice", account("work", "alice", kamailio, "tls")
              + "account set work %s /no/such/file\n" % setting)
    reply = s.do("login", "work", ok=False)
    assert reply["status"] == 78, reply
    assert setting in reply["error"] and "/no/such/file" in reply["error"]


def test_tls_name_cures(kamailio, start):
    s = start("alice", account("work", "alice", kamailio, "tls",
                               port=kamailio.wrong_port,
                               tls_name="other.example"))
    s.do("login", "work")
    s.expect("account", state="online")


def test_tls_verify_off(kamailio, start):
    s = start("alice", account("work", "alice", kamailio, "tls",
                               port=kamailio.expired_port,
                               tls_verify="no"))
    s.do("login", "work")


def test_nobody_listens(start):
    port = free_ports(1)[0]
    s = start("alice", "account add work sip:alice@lab.test\n"
              "account set work password x\n"
              "account set work proxy 'sip:127.0.0.1:%d;transport=tcp'\n"
              % port)
    reply = s.do("login", "work", ok=False)
    assert reply["status"] == 75
    failed = s.expect("account", state="failed")
    assert "refused" in failed["reason"]
    assert "retry-at" in failed
    # Tried again and again, and told once.
    s.expect("account", state="failed")
    s.expect("account", state="failed")
    rows = [r for r in s.do("log")["result"] if r["topic"] == "account"]
    assert len(rows) == 1 and "refused" in rows[0]["text"]


def test_password_command(kamailio, start):
    config = account("work", "alice", kamailio).replace(
        "account set work password secret-alice",
        "account set work password-command \"printf 'secret-alice\\n'\"")
    s = start("alice", config)
    s.do("login", "work")


def test_no_password(kamailio, start):
    """Nobody to ask in --json: 77."""
    config = "\n".join(
        line for line in account("work", "alice", kamailio).splitlines()
        if "password" not in line) + "\n"
    s = start("alice", config)
    assert s.do("login", "work", ok=False)["status"] == 77


def test_secret_file_others_can_read(kamailio, tmp_path):
    path = tmp_path / "sotto.conf"
    status, out, err = one_shot(tmp_path, account("w", "alice", kamailio),
                                "version")
    assert status == 0
    os.chmod(path, 0o644)
    from sotto import environment, program
    import subprocess
    p = subprocess.run([program(), "-f", path, "-s", tmp_path / "state",
                        "account", "list"], capture_output=True,
                       env=environment(tmp_path), timeout=20)
    assert p.returncode == 78
    assert b"chmod" in p.stderr


def test_mistake_names_file_and_line(start):
    s = start("x", "echo one\naccount add\nbogus\necho two\n")
    texts = [e["text"] for e in s.seen("log", level="error")]
    assert len(texts) == 2
    assert "sotto.conf:2: " in texts[0] and "sotto.conf:3: " in texts[1]
    assert s.do("account", "list")["ok"]


def test_secrets_stay_out(kamailio, start, tmp_path):
    """No password in trace, log, replies or lists."""
    trace = tmp_path / "trace"
    s = start("alice", account("work", "alice", kamailio),
              "--trace", str(trace))
    s.do("login", "work")
    replies = [s.do("account", "show", "work"), s.do("account", "list"),
               s.do("log"), s.do("trace", "show")]
    assert "secret-alice" not in str(replies)
    text = trace.read_text()
    assert "REGISTER sip:lab.test" in text
    assert "secret-alice" not in text
    import re
    answers = re.findall(r'[^a-z]response="([^"]*)"', text)
    assert answers and not any(re.fullmatch("[0-9a-f]{32,64}", a)
                               for a in answers)
    assert os.stat(trace).st_mode & 0o077 == 0


def test_sha256(tmp_path, start):
    from kamailio import Kamailio
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path / "k", algorithm="SHA-256") as server:
        s = start("alice", account("work", "alice", server))
        s.do("login", "work")
        s.do("logout", "work")


test_sha256 = pytest.mark.peers(test_sha256)
