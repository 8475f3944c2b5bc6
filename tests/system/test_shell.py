# SPDX-License-Identifier: GPL-3.0-or-later
"""One-shot commands: outcomes and exit statuses."""

import os
import subprocess
import time

import pytest

from kamailio import free_ports
from sotto import account, environment, one_shot, program


def test_version_and_help(tmp_path):
    for args in (("-V",), ("-h",), ("--version",), ("--help",)):
        p = subprocess.run([program(), *args], capture_output=True,
                           env=environment(tmp_path), timeout=20)
        assert p.returncode == 0 and p.stdout and not p.stderr
    status, out, err = one_shot(tmp_path, "", "help", "msg")
    assert status == 0 and "msg" in out


@pytest.mark.parametrize("words", [("-h",), ("-V",), ("version",),
                                   ("help",), ("account", "list")])
@pytest.mark.parametrize("to", ["/dev/full", "&-"])
def test_output_cannot_be_written(tmp_path, words, to):
    """What could not be printed was not done."""
    config = tmp_path / "sotto.conf"
    config.write_text("account add me sip:me@example.org\n")
    p = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" "$@" >' + to, program(), "-f",
         str(config), "-s", str(tmp_path / "state"), *words],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment(tmp_path), timeout=20)
    assert p.returncode == 71 and b"standard output: " in p.stderr


@pytest.mark.parametrize("words", [("-h",), ("help",)])
def test_reader_has_gone(tmp_path, words):
    out, into = os.pipe()
    os.close(out)
    p = subprocess.run([program(), *words], stdin=subprocess.DEVNULL,
                       stdout=into, stderr=subprocess.PIPE,
                       env=environment(tmp_path), timeout=20)
    os.close(into)
    assert p.returncode == 0 and not p.stderr


def test_no_descriptors(tmp_path):
    """None of ours takes the place of one that was closed."""
    if "valgrind" in os.path.basename(program()):
        pytest.skip("valgrind takes it itself")
    p = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" "$@" <&- 2>&-', program(), "-s",
         str(tmp_path / "state"), "account", "list"],
        stdout=subprocess.PIPE, env=environment(tmp_path), timeout=20)
    assert p.returncode == 0 and p.stdout == b""


@pytest.mark.parametrize("words, expected", [
    (("nosuchcommand",), 64),
    (("msg",), 64),
    (("buddy", "show", "nobody"), 65),
    (("account", "add", "x", "http://example.org"), 65),
    (("buddy", "add", "sip:bob@example.org"), 78),
    (("history", "export", "/nowhere/x"), 71),
])
def test_statuses(tmp_path, words, expected):
    status, out, err = one_shot(tmp_path, "", *words)
    assert status == expected, (out, err)
    assert err.strip() and not out


def test_missing_configuration(tmp_path):
    p = subprocess.run(
        [program(), "-f", str(tmp_path / "none"), "-s",
         str(tmp_path / "state"), "account", "list"], capture_output=True,
        env=environment(tmp_path), timeout=20)
    assert p.returncode == 78 and b"none" in p.stderr


@pytest.mark.parametrize("front", ["--json", "--line"])
def test_state_directory_in_use(tmp_path, start, front):
    """A command is done by the program that has it, a front end refused."""
    s = start("one", "", state=str(tmp_path / "shared"))
    p = subprocess.run(
        [program(), "-s", str(tmp_path / "shared"), front],
        capture_output=True, stdin=subprocess.DEVNULL,
        env=environment(tmp_path), timeout=20)
    assert p.returncode == 75
    assert str(s.p.pid).encode() in p.stderr


def test_msg_through_kamailio(kamailio, start, tmp_path):
    bob = start("bob", account("home", "bob", kamailio) + "login home\n")
    bob.expect("account", state="online")
    config = account("work", "alice", kamailio, "tls")
    # A login of the file is not carried out for a one-shot command.
    status, out, err = one_shot(tmp_path, config + "login work\n", "msg",
                                "sip:bob@lab.test", "hello", "there")
    assert status == 0, err
    bob.expect("message", direction="in", text="hello there")


def test_msg_refused(kamailio, tmp_path):
    status, out, err = one_shot(
        tmp_path, account("work", "alice", kamailio), "msg",
        "sip:nosuch@lab.test", "x")
    assert status == 69 and "not" in err.lower()


def test_msg_queued_75(tmp_path):
    """Unreachable: kept, and said so."""
    port = free_ports(1)[0]
    config = ("account add me sip:me@127.0.0.1:%d\n"
              "account set me register no\naccount set me listen "
              "127.0.0.1:%d\n" % (port, port))
    begun = time.monotonic()
    status, out, err = one_shot(
        tmp_path, config, "msg", "-t", "3",
        "sip:bob@127.0.0.1:%d;transport=tcp" % free_ports(1)[0], "x")
    assert status == 75
    assert "queued as 1" in err and "not kept" not in err
    assert time.monotonic() - begun < 20


def test_wrong_password_77(kamailio, tmp_path):
    config = account("work", "alice", kamailio).replace("secret-", "no-")
    status, out, err = one_shot(tmp_path, config, "login", "work")
    assert status == 77 and "wrong password" in err


def test_search_person(kamailio, start, tmp_path):
    bob = start("bob", account("home", "bob", kamailio) + "login home\n")
    bob.expect("account", state="online")
    s = start("alice", account("work", "alice", kamailio)
              + "login work\n")
    s.expect("account", state="online")
    s.do("search", "-p", "bob@lab.test")
    hits = s.seen("search", kind="person")
    assert [h["address"] for h in hits] == ["sip:bob@lab.test"]
    assert s.seen("presence", buddy="sip:bob@lab.test", state="online")


def test_wait(kamailio, start):
    s = start("alice", account("work", "alice", kamailio))
    number = s.send("wait", "account", "work", "online", "-t", "20")
    other = s.send("echo", "after")
    time.sleep(0.3)
    assert not [e for e in s.seen("reply") if e["id"] in (number, other)]
    # The queue is held by wait; another source signs in.
    s.end()


def test_wait_holds_only_what_follows(kamailio, start):
    s = start("alice", account("work", "alice", kamailio))
    first = s.send("login", "work")
    waiting = s.send("wait", "account", "work", "online", "-t", "20")
    after = s.send("echo", "x")
    assert s.reply(first)["ok"] and s.reply(waiting)["ok"]
    assert s.reply(after)["ok"]
    late = s.do("wait", "message", "-t", "0.5", ok=False)
    assert late["status"] == 75


def test_end_of_input_awaits_outcomes(kamailio, tmp_path):
    conf = tmp_path / "c"
    conf.write_text(account("work", "alice", kamailio))
    os.chmod(conf, 0o600)
    p = subprocess.run(
        [program(), "-f", str(conf), "-s", str(tmp_path / "s"), "--json"],
        input=b"login work\nmsg sip:alice@lab.test note to self\n",
        capture_output=True, env=environment(tmp_path), timeout=40)
    assert p.returncode == 0
    assert p.stdout.count(b'"event":"reply"') == 2 or \
        p.stdout.count(b'"event": "reply"') == 2
    assert b'"state": "delivered"' in p.stdout or \
        b'"state":"delivered"' in p.stdout


def test_trace_in_ascii(tmp_path):
    """What is written for people is of their character set."""
    port, other = free_ports(2)
    config = tmp_path / "sotto.conf"
    config.write_text(
        "account add me sip:me@127.0.0.1:%d\naccount set me register no\n"
        "account set me listen 127.0.0.1:%d\n" % (port, port))
    env = environment(tmp_path)
    for locale, ascii_only in (("C", True), ("C.UTF-8", False)):
        env["LC_ALL"] = locale
        trace = tmp_path / locale
        subprocess.run(
            [program(), "-f", str(config), "-s", str(tmp_path / "state"),
             "--trace", str(trace), "msg", "-t", "1",
             "sip:bob@127.0.0.1:%d" % other, "caf\u00e9 \x1b[31m"],
            capture_output=True, env=env, timeout=20)
        written = trace.read_bytes()
        assert b"MESSAGE sip:bob@" in written and b"\x1b" not in written
        assert written.isascii() is ascii_only


def test_peer_of_the_demo_tells_mistakes(tmp_path):
    config = tmp_path / "sotto.conf"
    config.write_text("nosuch\x1b[31mcommand\n")
    p = subprocess.run(
        [program(), "--bot", "echo", "-f", str(config), "-s",
         str(tmp_path / "state")], stdin=subprocess.DEVNULL,
        capture_output=True, env=environment(tmp_path), timeout=20)
    assert b"sotto.conf:1: " in p.stderr and b"\x1b" not in p.stderr
