# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: real peers on loopback, nothing left behind."""

import collections
import io
import os
import re
import time

import pexpect

from sotto import Sotto, environment, program


def test_json(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    os.environ["TMPDIR"] = str(tmp)
    try:
        s = Sotto(home, "", "--demo")
    finally:
        del os.environ["TMPDIR"]
    kim = s.expect("presence", state="unknown",
                   reason=lambda r: "not added" in r)["buddy"]
    echo = s.expect("presence", state="online")["buddy"]
    s.do("msg", "echo", "are you there?")
    s.expect("typing", peer=echo, active=True)
    s.expect("message", direction="in", text="are you there?")
    begun = time.monotonic()
    s.do("buddy", "add", "kim")
    s.expect("presence", buddy=kim, state="offline")
    assert 2.5 < time.monotonic() - begun < 5
    s.expect("presence", buddy=kim, state="online")
    assert 5 < time.monotonic() - begun < 9
    s.expect("message", direction="in", peer=kim)
    assert s.quit() == 0
    s.end()
    deadline = time.monotonic() + 5
    while os.listdir(tmp) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert os.listdir(tmp) == []
    assert set(os.listdir(home)) <= {"sotto.conf", "stderr", "state"}


def spawn(tmp_path):
    env = environment(tmp_path)
    env.update(TERM="xterm", TMPDIR=str(tmp_path))
    return pexpect.spawn(program(), ["--demo", "--line"], env=env, timeout=15,
                         encoding="utf-8", dimensions=(24, 100))


def shown(transcript):
    """The lines of a transcript, without what the terminal is told."""
    text = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", transcript)
    return [line.split("\r")[-1] for line in
            re.sub(r"\r+\n", "\n", text).split("\n")]


def test_line_tells_each_thing_once(tmp_path):
    p = spawn(tmp_path)
    p.logfile_read = io.StringIO()
    p.expect("Echo is online")
    p.send("/chat show e\t")
    p.expect("\x08Echo ")
    p.sendline("")
    p.sendline("hello echo")
    p.expect(r"\d\d:\d\d Echo hello echo")
    p.sendline("/msg echo again")
    p.expect(r"\d\d:\d\d Echo again")
    p.sendline("/buddy add kim")
    p.expect("Kim is offline", timeout=10)
    p.sendline("/quit")
    p.expect(pexpect.EOF)
    p.close()
    assert p.exitstatus == 0
    lines = shown(p.logfile_read.getvalue())
    count = collections.Counter(lines)
    assert count["delivered to Echo"] == 2
    assert count["delivered"] == 0
    assert count["Kim was added"] + count["Kim was changed"] == 1
    assert [n for n in lines if " is unknown" in n] == [
        "Echo is unknown: not signed in", "Kim is unknown: not added yet",
        "Kim is unknown: waiting for approval"]
    for noise in ("Echo was added", "demo is offline",
                  "chat with Echo closed"):
        assert count[noise] == 0, lines
    asked = lines.index("Echo> /buddy add kim")
    assert any(n.startswith("Kim was ") for n in lines[asked:])


def test_sigquit_leaves_nothing(tmp_path):
    p = spawn(tmp_path)
    p.expect("Echo is online")
    p.sendcontrol("\\")
    p.expect(re.escape("\x1b[?2004l"))
    p.expect(pexpect.EOF)
    p.close()
    assert (p.exitstatus, p.signalstatus) == (0, None)
    assert os.listdir(tmp_path) == []


def test_line(tmp_path):
    p = spawn(tmp_path)
    p.expect("/buddy add kim")
    p.expect("Echo is online")
    p.sendline("/chat show echo")
    p.sendline("hello echo")
    p.expect("Echo is typing")
    p.expect(r"\d\d:\d\d Echo hello echo")
    p.sendline("/buddy add kim")
    p.expect("Kim is offline", timeout=10)
    p.expect("Kim is online", timeout=10)
    p.expect(r"\d\d:\d\d Kim ", timeout=10)
    p.sendline("/quit")
    p.expect(pexpect.EOF)
    p.close()
    assert p.exitstatus == 0


def test_screen(screen, tmp_path):
    """The first minutes: Echo, Kim who shows around, Bob who adds you."""
    s = screen("demo", "", "--demo", rows=24, cols=80,
               env={"TMPDIR": str(tmp_path)})
    s.see("● Echo").see("Welcome to the demo").same("demo")
    s.line("/buddy add kim").see("○ Kim").gone("buddy add kim  ")
    s.see("/chat show kim    Kim shows").see("● Kim")
    s.line("/chat show echo").see("^Echo>").line("hello")
    s.see("hello +✓").see("Echo is typing…").see("Echo +hello")
    s.see("● Kim").see("Kim +1")
    s.keys("M-a").see("Kim +Hello! You found me").line("Hello, Kim")
    s.see("Kim +Then I show you around").line("yes")
    s.see("search hello").see("shows the +message")
    s.see("Added you: Bob", 20).keys("F2").gone("Added you")
    s.see(r"2 Kim  3 bob\(1\)").keys("M-a").see("Hello, I am Bob")
    s.see("/buddy add bob -n Bob -g Demo$")
    s.line("/buddy add bob -n Bob -g Demo").see("─ Bob ● online")
    s.line("Hello, Bob").see("Nice to meet you")
    s.same("demo-bob")
    s.line("/quit")
    assert s.ended() == 0
    assert os.listdir(tmp_path) == ["demo"]
