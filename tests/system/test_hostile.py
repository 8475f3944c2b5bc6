# SPDX-License-Identifier: GPL-3.0-or-later
"""What strangers and servers that mean harm send, and what comes of it."""

import os
import subprocess
import threading
import time

import pytest

from kamailio import free_ports
from sotto import environment, program
from stranger import SDP, Stranger, header

SEP = "\u2028"  # a line separator, which is no control character


def listening(port, more=""):
    return ("account add me sip:alice@127.0.0.1:%d\n"
            "account set me register no\n"
            "account set me listen 127.0.0.1:%d\n%slogin me\n"
            % (port, port, more))


@pytest.fixture
def port():
    return free_ports(1)[0]


@pytest.fixture
def eve(port):
    stranger = Stranger(port)
    yield stranger
    stranger.close()


class Line:
    """sotto --line on pipes: what it writes, to the end."""

    def __init__(self, home, config, locale="C.UTF-8"):
        home.mkdir(exist_ok=True)
        path = home / "sotto.conf"
        path.write_text(config)
        os.chmod(path, 0o600)
        env = environment(home)
        env["LC_ALL"] = locale
        self.p = subprocess.Popen(
            [program(), "-f", str(path), "-s", str(home / "state"),
             "--line"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=env, cwd=str(home))
        self.text = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.p.stdout:
            self.text += line

    def until(self, want, timeout=10.0):
        deadline = time.monotonic() + timeout
        while want not in self.text:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.02)

    def type(self, line):
        self.p.stdin.write(line.encode() + b"\n")
        self.p.stdin.flush()

    def end(self):
        self.type("/quit")
        self.p.wait(15)
        self.reader.join(5)
        self.p.stdin.close()
        assert self.p.returncode == 0, self.text
        return self.text


# ---- no byte of a stranger reaches the terminal

def no_controls(text):
    assert not [b for b in text if b < 32 and b not in b"\n\t" or b == 127]
    assert not [c for c in text.decode() if 0x80 <= ord(c) < 0xa0 or
                c in "\u202e\u2066\u2028\u2029"], text


def forged(text):
    """Lines that a reader would take for a message of Bob."""
    return [line for line in text.decode().splitlines()
            if line.startswith("10:10 Bob")]


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_line_forged(tmp_path, port, eve, locale):
    """Texts, names, reasons: controls go, no line of another's begins."""
    p = Line(tmp_path / "alice", listening(
        port, "buddy add %s -n Bob\n" % eve.uri("bob")), locale)
    p.until(b"me is online")
    subscribe = eve.expect("^SUBSCRIBE")
    eve.answer(subscribe, "403 No" + SEP + "10:10 Bob \x1b[31mwired",
               "Warning: 399 x \"no\x1b]0;t\x07%s10:10 Bob w\"" % SEP)
    p.until(b"Bob is unknown: no")
    eve.request("MESSAGE", ("hi\r\n10:10 Bob a\n10:10 Bob b%s10:10 Bob c"
                            "\x1b[2J\u009b31m\u202e" % SEP).encode(),
                "text/plain",
                sender='"E%s10:10 Bob \x1b[1m" <sip:eve%%0a10:10%%20Bob@'
                'lab.test>' % SEP)
    p.until(b"hi")
    eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 60",
                sender='"K%s10:10 Bob x" <sip:kim%%0d%%0a10:10%%20Bob@'
                'lab.test>' % SEP)
    p.until(b"added you")
    for command in ("/buddy list", "/chat list", "/presence show bob",
                    "/log", "/msg kim%0a10:10%20Bob@[x"):
        p.type(command)
    text = p.end()
    no_controls(text)
    assert not forged(text), text.decode()
    if locale == "C":
        assert max(text) < 128, text


# ---- who is who

COMPOSING = (b'<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:'
             b'ns:im-iscomposing"><state>active</state></isComposing>')


@pytest.fixture
def alice(start, port):
    def begin(more=""):
        s = start("alice", listening(port, more))
        s.expect("account", state="online")
        return s
    return begin


def test_forged_sender_in_session(alice, eve):
    """A session is its peer's, whatever From its requests carry."""
    s = alice("account set me accept all\n")
    call = eve.request("INVITE", SDP, "application/sdp")
    ok = eve.expect("^SIP/2.0 200")
    tag = header(ok, "To").split("tag=")[1]
    eve.request("ACK", call_id=call, to_tag=tag)
    s.expect("chat", state="open", peer=eve.uri())
    for sender in ("<sip:bob@lab.test>", '"Bob" <sip:bob@lab.test>'):
        call_cseq = {'<': 2, '"': 3}[sender[0]]
        assert eve.status_of("MESSAGE", b"pay me", "text/plain",
                             sender=sender, call_id=call, to_tag=tag,
                             cseq=call_cseq) == 200
        got = s.expect("message", direction="in")
        assert got["peer"] == eve.uri(), got
    eve.request("MESSAGE", COMPOSING, "application/im-iscomposing+xml",
                sender="<sip:bob@lab.test>", call_id=call, to_tag=tag,
                cseq=4)
    assert s.expect("typing")["peer"] == eve.uri()


def test_notices_are_requests(alice, eve):
    """Typing of who is blocked is refused, of strangers limited."""
    s = alice("buddy block %s\n" % eve.uri("blocked"))
    kind = "application/im-iscomposing+xml"
    assert eve.status_of("MESSAGE", COMPOSING, kind,
                         sender="<%s>" % eve.uri("blocked")) == 403
    answers = [eve.status_of("MESSAGE", COMPOSING, kind,
                             sender="<%s>" % eve.uri("x%d" % i))
               for i in range(12)]
    assert answers == [200] * 10 + [503] * 2
    s.none("typing", 0.2)


# ---- what goes while something is under way

def test_account_removed_under_way(alice, eve):
    """Every command that waits for a silent peer has its reply."""
    s = alice("buddy add %s -n Bob\n" % eve.uri("bob"))
    waiting = [s.send("presence", "show", eve.uri("kim")),
               s.send("search", "-p", eve.uri("kim")),
               s.send("msg", eve.uri("bob"), "hi"),
               s.send("chat", "open", eve.uri("kim")),
               s.send("wait", "presence", "bob", "online", "-t", "5")]
    eve.expect("^MESSAGE")
    s.do("account", "remove", "me")
    for number in waiting:
        s.reply(number)
    assert s.do("version")["ok"]
