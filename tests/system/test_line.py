# SPDX-License-Identifier: GPL-3.0-or-later
"""The line front end in a pty, between two accounts on a real server."""

import os
import signal
import time

import pexpect
import pytest

from kamailio import free_ports
from sotto import account, environment, program
from world import World


def spawn(tmp_path, name, config, term="xterm"):
    home = tmp_path / name
    home.mkdir(exist_ok=True)
    conf = home / "sotto.conf"
    conf.write_text(config)
    os.chmod(conf, 0o600)
    env = environment(home)
    env["TERM"] = term
    return pexpect.spawn(
        program(), ["-f", str(conf), "-s", str(home / "state"), "--line"],
        env=env, timeout=15, encoding="utf-8", dimensions=(24, 100))


def finish(p):
    p.sendline("/quit")
    p.expect(pexpect.EOF)
    p.close()
    assert p.exitstatus == 0


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_chat(kamailio, tmp_path, term):
    alice = spawn(tmp_path, "alice", account(
        "work", "alice", kamailio, "tls", session="session")
        + "buddy add sip:bob@lab.test -n Bob -g Friends\nlogin work\n", term)
    alice.expect("Bob is unknown: ")
    alice.expect("work is online")
    alice.expect("Bob is offline")
    bob = spawn(tmp_path, "bob", account("home", "bob", kamailio)
                + "buddy add sip:alice@lab.test -n Alice -g Friends\n"
                + "login home\n", term)
    bob.expect("home is online")
    alice.expect("Bob is online")
    alice.sendline("/chat show bob")
    alice.sendline("/chat open bob")
    alice.expect(r"chat with Bob is open \(session\)")
    bob.expect(r"chat with Alice is open \(session\)")
    alice.sendline("/typing bob on")
    bob.expect("Alice is typing")
    alice.sendline("Hello, Bob; it's me")
    bob.expect(r"\d\d:\d\d Alice Hello, Bob; it's me")
    bob.sendline("/msg alice //not # a comment; really")
    alice.expect(r"\d\d:\d\d Bob //not # a comment; really")
    alice.sendline("//slash")
    bob.expect(r"\d\d:\d\d Alice /slash")
    alice.sendline("/chat close bob")
    bob.expect("Alice closed the chat")
    finish(alice)
    finish(bob)


def account_without_password(kamailio):
    return "\n".join(
        line for line in account("work", "alice", kamailio).splitlines()
        if "password" not in line) + "\n"


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP,
                                   signal.SIGQUIT])
def test_signals(tmp_path, signo):
    """They leave in good order: the terminal is given back."""
    p = spawn(tmp_path, "alice", "")
    p.expect(r"\x1b\[\?2004h")
    p.kill(signo)
    p.expect(r"\x1b\[\?2004l")
    p.expect(pexpect.EOF)
    p.close()
    assert (p.exitstatus, p.signalstatus) == (0, None)


def test_signal_during_a_question(kamailio, tmp_path):
    p = spawn(tmp_path, "alice", account_without_password(kamailio))
    p.expect("> ")
    p.sendline("/login work")
    p.expect("(?i)password[^\r\n]*: ")
    p.kill(signal.SIGTERM)
    p.expect(pexpect.EOF)
    p.close()
    assert (p.exitstatus, p.signalstatus) == (0, None)


def test_interrupt(tmp_path):
    """Ctrl-C empties the line; the prompt begins where lines begin."""
    p = spawn(tmp_path, "alice", "")
    p.expect("> ")
    p.send("something")
    p.expect("something")
    p.sendintr()
    time.sleep(0.3)
    p.sendline("/echo it lives")
    p.expect(r"it lives\r\n.*it lives\r\n")
    assert "\x1b[C" not in p.before
    finish(p)


def test_no_empty_lines(tmp_path):
    """A row that is not for people shows nothing, no blank line either."""
    port = free_ports(1)[0]
    p = spawn(tmp_path, "me", "account add me sip:me@127.0.0.1:%d\n"
              "account set me register no\naccount set me listen "
              "127.0.0.1:%d\nbuddy add sip:kim@127.0.0.1:9 -n Kim\n"
              "login me\n" % (port, port), "dumb")
    p.expect("me is online")
    p.sendline("/chat show kim")
    p.sendline("/echo mark")
    p.expect("mark\r\n.*mark\r\n")
    shown = p.before + p.after
    assert "\r\n\r\n" not in shown.split("/chat show kim", 1)[1], shown
    finish(p)


def test_password_asked_without_echo(kamailio, tmp_path):
    p = spawn(tmp_path, "alice", account_without_password(kamailio))
    p.sendline("/login work")
    p.expect("(?i)password[^\r\n]*: ")
    p.sendline("secret-alice")
    p.expect("work is online")
    assert "secret-alice" not in p.before
    finish(p)


def test_strangers_bytes(tmp_path):
    """No escape byte of a stranger, none at all with TERM=dumb."""
    pa, pb = free_ports(2)
    lines = ("account add me sip:%s@127.0.0.1:%d\naccount set me register "
             "no\naccount set me listen 127.0.0.1:%d\n")
    bob = spawn(tmp_path, "bob", lines % ("bob", pb, pb)
                + "account set me accept all\nlogin me\n", "dumb")
    bob.expect("me is online")
    alice = spawn(tmp_path, "alice", lines % ("alice", pa, pa)
                  + "account set me display-name \"evil\x1b[31mname\"\n"
                  "login me\n", "dumb")
    alice.expect("me is online")
    alice.sendline("/msg sip:bob@127.0.0.1:%d a\x1b]0;x\x07b" % pb)
    bob.expect("alice a.*b")
    assert "\x1b" not in bob.before + bob.after
    assert "\x07" not in bob.before + bob.after
    finish(alice)
    finish(bob)


def test_a_key_that_is_none_ends_a_search(tmp_path):
    """Ctrl-R, then Ctrl-X and what is no key behind it."""
    p = spawn(tmp_path, "alice", "")
    p.expect("/quit +leaves")
    for keys in ("\x12x\x18q", "\x12\x18\x1b[B", "\x12\x18\x01",
                 "\x12\x18\x07", "\x12x\x18e"):
        p.send(keys[:-1])
        p.expect("i-search")
        p.send(keys[-1] + "\x15")
    p.sendline("/echo still here")
    p.expect(r"\rstill here")
    finish(p)


def test_commands_of_an_earlier_run(tmp_path):
    """Up finds them; not those with a secret, nor what was said."""
    p = spawn(tmp_path, "alice", "")
    p.sendline("/echo one more time")
    p.expect("one more time\r\n")
    p.sendline("/account add me sip:alice@127.0.0.1:9 password=hunter2")
    p.sendline("/say hello")
    p.expect("no chat")
    finish(p)
    p = spawn(tmp_path, "alice", "")
    p.expect("> ")
    p.send("\x1b[A")
    p.expect("/quit")
    p.send("\x1b[A")
    p.expect("echo one more time")
    p.send("\x1b[A\x15")
    finish(p)


def test_older_lines_are_not_typing(start, tmp_path):
    """To look an older line up tells nobody anything; to change it does."""
    world = World(None, start)
    bob = world.peer("bob")
    p = spawn(tmp_path, "alice", world.person(
        "alice", "account set me accept all\naccount set me session page\n")
        + world.buddies("bob"))
    p.expect("Bob is online")
    p.sendline("/chat show bob")
    p.expect("Bob> ")
    p.sendline("hello")
    bob.expect("message", text="hello")
    p.send("\x1b[A")
    p.expect("hello")
    p.send("\x1b[A\x1b[B\x12hel\x07")
    bob.none("typing", 0.5)
    p.send("\x1b>\x1b[Ax")
    bob.expect("typing", active=True)
    p.send("\x15")
    finish(p)


def test_cleared_history_is_not_found(start, tmp_path):
    """With a chat's history go the lines that were said, also while an older
    one is in hand."""
    world = World(None, start)
    bob = world.peer("bob")
    p = spawn(tmp_path, "alice", world.person(
        "alice", "account set me accept all\naccount set me session page\n")
        + world.buddies("bob"))
    p.expect("Bob is online")
    p.sendline("/chat show bob")
    p.expect("Bob> ")
    for text, keys in (("hello", ""), ("again", "\x1b[A\x1b[A")):
        p.sendline(text)
        bob.expect("message", text=text)
        p.expect("me " + text)
        p.sendline("/history clear bob")
        p.send(keys)
        p.expect("forgotten")
        p.send("\x1b>")
        p.sendline("/echo done")
        p.expect(r"\rdone")
        p.send("\x1b[A" * 6)
        p.expect("chat show")
        assert text not in p.before
        p.send("\x1b>")
    finish(p)
