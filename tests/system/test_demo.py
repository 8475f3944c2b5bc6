# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: real peers on loopback, nothing left behind."""

import os
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


def test_line(tmp_path):
    env = environment(tmp_path)
    env.update(TERM="xterm", TMPDIR=str(tmp_path))
    p = pexpect.spawn(program(), ["--demo", "--line"], env=env, timeout=15,
                      encoding="utf-8", dimensions=(24, 100))
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
