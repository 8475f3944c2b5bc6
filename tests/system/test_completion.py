# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in the completion of shells, from the program that runs."""

import os
import shutil
import signal
import time

import pexpect
import pytest

from sotto import environment, program
from test_control import Client, shot

BUILD = os.path.dirname(program())
EVIL = "x$(touch evil)`touch evil`;touch evil"
CONFIG = ("account add work sip:alice@example.org\n"
          "account add home sip:alice@example.com\n"
          "buddy add sip:plain@example.org\n"
          "buddy add sip:bob@example.org -n 'Bob Miller' -g 'Good Friends'\n"
          "buddy add sip:kim@example.org -n \"Kim O'Hara\"\n"
          "buddy add sip:zoe@example.org -n 'Zo\u00eb'\n"
          "buddy add sip:evil@example.org -n '%s'\n" % EVIL)


@pytest.fixture
def s(start):
    s = start("alice", CONFIG)
    client = Client(s.state)
    client.do("buddy", "add", "sip:mallory@example.org", "-n",
              "\x1b]0;owned\x07Mallory\nrm")
    client.close()
    return s


def names(s, kind, **kwargs):
    return shot(s.home, args=("--complete", kind), state=s.state, **kwargs)


def test_names(s):
    assert names(s, "account") == (0, "work\nhome\n", "")
    assert names(s, "group")[1] == "Good Friends\n"
    status, out, err = names(s, "buddy")
    assert (status, err) == (0, "")
    assert set(out.split("\n")) == {
        "sip:plain@example.org", "Bob Miller", "Kim O'Hara", "Zo\u00eb", EVIL,
        "sip:mallory@example.org", ""}
    assert names(s, "nonsense")[0] == 64


def test_nobody_to_ask(s):
    """Nothing, and at once; from one that is stopped within a second."""
    s.p.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    try:
        assert names(s, "buddy") == (0, "", "")
    finally:
        s.p.send_signal(signal.SIGCONT)
    assert time.monotonic() - began < 5
    assert s.quit() == 0
    assert names(s, "buddy") == (0, "", "")


def shell(s, name, args, tmp_path):
    """An interactive shell in which sotto prints its arguments."""
    if shutil.which(name) is None:
        pytest.skip(name + " is not installed")
    bin = tmp_path / "bin"
    bin.mkdir()
    fake = bin / "sotto"
    fake.write_text(
        '#!/bin/sh\ncase "$*" in *--complete*) exec "%s" -s "%s" "$@" ;; esac\n'
        'for a; do printf "<%%s>" "$a"; done; echo "[end]"\n'
        % (program(), s.state))
    fake.chmod(0o755)
    env = environment(s.home)
    env.update(PATH="%s:%s" % (bin, env["PATH"]), TERM="xterm",
               INPUTRC="/dev/null")
    return pexpect.spawn(name, args, env=env, cwd=str(tmp_path), timeout=10,
                         encoding="utf-8", dimensions=(24, 200))


def completes(sh, typed, *expected):
    """TYPED with its tab runs sotto with the EXPECTED words."""
    sh.send(typed)
    time.sleep(1.0)
    sh.send("\r")
    sh.expect_exact("".join("<%s>" % w for w in expected) + "[end]")


CASES = [
    ("sotto account sho\two\t", ("account", "show", "work")),
    ("sotto msg bob\t", ("msg", "Bob Miller")),
    ("sotto msg Kim\t", ("msg", "Kim O'Hara")),
    ("sotto msg Zo\t", ("msg", "Zo\u00eb")),
    ("sotto msg x\t", ("msg", EVIL)),
    ("sotto msg sip:pl\t", ("msg", "sip:plain@example.org")),
    ("sotto -a ho\tbuddy show sip:ma\t",
     ("-a", "home", "buddy", "show", "sip:mallory@example.org")),
    ("sotto account add x sip:a@example.org transp\tud\t",
     ("account", "add", "x", "sip:a@example.org", "transport=udp")),
]


def run_cases(sh, tmp_path, cases):
    for typed, expected in cases:
        completes(sh, typed, *expected)
    assert not (tmp_path / "evil").exists()
    sh.sendeof()
    sh.close()


def test_bash(s, tmp_path):
    sh = shell(s, "bash", ["--norc", "--noprofile"], tmp_path)
    sh.sendline("PS1='> '; . '%s/completions/sotto'; echo re''ady" % BUILD)
    sh.expect("ready")
    run_cases(sh, tmp_path, CASES + [
        ('sotto msg "Bob\t', ("msg", "Bob Miller")),
        ("sotto msg 'Bob\t", ("msg", "Bob Miller"))])


def test_zsh(s, tmp_path):
    sh = shell(s, "zsh", ["-f"], tmp_path)
    sh.sendline("PS1='> '; fpath=('%s/completions' $fpath); autoload -Uz "
                "compinit; compinit -u -D; echo re''ady" % BUILD)
    sh.expect("ready")
    run_cases(sh, tmp_path, CASES)


def test_fish(s, tmp_path):
    sh = shell(s, "fish", ["--no-config"], tmp_path)
    sh.sendline("source '%s/completions/sotto.fish'; echo re''ady" % BUILD)
    sh.expect("ready")
    run_cases(sh, tmp_path, CASES)
