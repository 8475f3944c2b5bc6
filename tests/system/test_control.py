# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket: other programs beside the one that runs, and one-shot
commands that it carries out."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import time

import pexpect
import pytest

from kamailio import free_ports
from sotto import environment, one_shot, program
from test_p2p import person

WAIT = 15.0


class Client:
    """One connection to a control socket."""

    def __init__(self, state, ready=True):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(WAIT)
        self.s.connect(os.path.join(state, "control"))
        self.f = self.s.makefile("rb")
        if ready:
            assert self.event()["event"] == "ready"

    def event(self):
        line = self.f.readline()
        return json.loads(line.decode("ascii")) if line else None

    def send(self, data):
        if not isinstance(data, bytes):
            data = (json.dumps(data) + "\n").encode()
        self.s.sendall(data)

    def reply(self, number=None):
        while True:
            event = self.event()
            assert event is not None, "closed before the reply"
            if event["event"] == "reply" and event["id"] == number:
                return event

    def do(self, *words, **fields):
        self.send(dict(id=7, command=list(words), **fields))
        return self.reply(7)

    def closed(self):
        """True once the other side has closed, whatever it said before."""
        try:
            while self.f.readline():
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self):
        self.f.close()
        self.s.close()


def echoes(s):
    """That program still does what it is told."""
    assert s.do("echo", "here")["ok"]
    client = Client(s.state)
    assert client.do("echo", "here")["ok"]
    client.close()


def shot(home, *words, state=None, args=(), timeout=60, **kwargs):
    p = subprocess.run(
        [program(), "-s", state or os.path.join(str(home), "state"), *args,
         *words], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=timeout, env=environment(home), **kwargs)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def two(start):
    """Two peers who need no server."""
    pa, pb = free_ports(2)
    bob = start("bob", person("bob", pb, "account set me accept all\n"))
    bob.expect("account", state="online")
    alice = start("alice", person("alice", pa) +
                  "buddy add sip:bob@127.0.0.1:%d -n 'Bob M'\n" % pb)
    alice.expect("account", state="online")
    return alice, bob


# ---- the socket


def test_private(start):
    s = start("alice")
    path = os.path.join(s.state, "control")
    st = os.stat(path)
    assert stat.S_ISSOCK(st.st_mode) and stat.S_IMODE(st.st_mode) == 0o600
    assert stat.S_IMODE(os.stat(s.state).st_mode) == 0o700
    assert s.quit() == 0
    assert not os.path.exists(path)


def test_two_clients(start):
    """Each has its own replies; both hear what happens, in order."""
    alice, bob = two(start)
    one, other = Client(alice.state), Client(alice.state)
    one.send({"id": 1, "command": ["sleep", "2"]})
    one.send({"id": 2, "command": ["echo", "late"]})
    began = time.monotonic()
    assert other.do("echo", "soon")["result"]["text"] == "soon"
    assert time.monotonic() - began < 1.5, "held by another client's sleep"
    peer = other.do("buddy", "list")["result"][0]
    other.send({"id": 3, "command": ["msg", "bob", "two\nlines"]})
    for client in (one, other):
        while True:
            event = client.event()
            if event["event"] == "message":
                assert event["text"] == "two\nlines"
                assert event["peer"] == peer["buddy"]
                break
    assert other.reply(3)["ok"]
    assert one.reply(1)["ok"] and one.reply(2)["ok"]
    alice.expect("message", direction="out", text="two\nlines")
    one.send({"id": 4, "command": ["nosuch"]})
    assert one.reply(4)["status"] == 64
    bob.expect("message", text="two\nlines")


def test_never_reads(start):
    """It is dropped, not waited for; nobody else notices."""
    s = start("alice")
    deaf = Client(s.state)
    try:
        for _ in range(4000):
            deaf.send(b"help\n" * 16)
    except (BrokenPipeError, ConnectionResetError, socket.timeout):
        pass
    else:
        pytest.fail("never dropped")
    echoes(s)


def test_end_of_input(start):
    """Outcomes are awaited and answered, then the connection is closed, and
    the program goes on."""
    s = start("alice")
    client = Client(s.state)
    client.send(b"sleep 1\necho last")
    client.s.shutdown(socket.SHUT_WR)
    assert client.reply()["ok"]
    assert client.reply()["result"]["text"] == "last"
    assert client.closed()
    echoes(s)


def test_said_and_gone(start):
    """What was said before the connection was cut is done."""
    s = start("alice")
    client = Client(s.state)
    client.send(b"account add late sip:alice@example.org\n")
    client.close()
    deadline = time.monotonic() + WAIT
    while not s.do("account", "list")["result"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    echoes(s)


@pytest.mark.parametrize("data", [
    b"", b"\n\n\n", b"echo half a line", b'{"id":1,"command":["ec',
    b"\0\0\0\n", b"\xff\xfe\xfd\n" * 100, os.urandom(65536),
    b"{" * 100000 + b"\n", b'{"id":{"a":[1]},"command":[]}\n',
    b'{"command":["echo",1]}\n', b'{"command":["echo"],"limit":-1}\n',
    b'{"command":["echo"],"account":7}\n', b"[]\n", b'"', b"x" * (2 << 20),
    b"x" * (2 << 20) + b"\n",
], ids=range(16))
def test_junk(start, data):
    s = start("alice")
    client = Client(s.state)
    try:
        client.send(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    client.close()
    echoes(s)


def test_long_line(start):
    s = start("alice")
    client = Client(s.state)
    client.send(b"echo " + b"x" * (2 << 20) + b"\necho after\n")
    refused = client.reply()
    assert refused["status"] == 64 and "too long" in refused["error"]
    assert client.reply()["result"]["text"] == "after"
    client.close()


def test_too_many(start):
    s = start("alice")
    clients = [Client(s.state) for _ in range(64)]
    late = Client(s.state, ready=False)
    event = late.event()
    assert event["event"] == "log" and "too many" in event["text"]
    assert late.closed()
    clients.pop().close()
    deadline = time.monotonic() + WAIT
    while True:
        late = Client(s.state, ready=False)
        if late.event()["event"] == "ready":
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for client in clients:
        client.close()


def test_uid(start, tmp_path):
    """Another user is cut off though the modes would let him in."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    s = start("alice")
    path = s.state
    while path != "/":
        os.chmod(path, os.stat(path).st_mode | 0o011)
        path = os.path.dirname(path)
    os.chmod(os.path.join(s.state, "control"), 0o666)
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            os.setgid(65534)
            os.setuid(65534)
            other = Client(s.state, ready=False)
            code = 0 if other.f.readline() == b"" else 1
        except ConnectionResetError:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    echoes(s)


def test_stale(start):
    """What one that was killed left behind is in nobody's way."""
    s = start("alice")
    s.kill()
    assert os.path.exists(os.path.join(s.state, "control"))
    status, out, err = shot(s.home, "echo", "alone")
    assert (status, out, err) == (0, "alone\n", "")
    again = start("alice")
    echoes(again)


def test_directory_removed(start):
    s = start("alice")
    client = Client(s.state)
    shutil.rmtree(s.state)
    assert client.do("echo", "here")["ok"]
    client.close()
    assert s.quit() == 0


def test_long_path(start, tmp_path):
    """Longer than the address of a socket can be."""
    state = str(tmp_path / ("d" * 100) / ("e" * 100))
    start("alice", "account add me sip:alice@example.org\n", state=state)
    status, out, err = shot(tmp_path, "account", "list", state=state)
    assert status == 0 and "alice@example.org" in out and not err


def test_quit(start):
    """`quit` ends the program; who said it gets the reply."""
    s = start("alice")
    client = Client(s.state)
    assert client.do("quit")["ok"]
    assert client.closed()
    assert s.p.wait(WAIT) == 0


# ---- one-shot commands through it


def test_msg(start):
    alice, bob = two(start)
    status, out, err = shot(alice.home, "msg", "bob", "through the screen")
    assert (status, err) == (0, "")
    assert bob.expect("message")["text"] == "through the screen"
    alice.expect("message", direction="out", text="through the screen")


def test_wait_message(start):
    """Each client waits for what comes after it connected; one that has gone
    takes nothing away."""
    alice, bob = two(start)
    assert alice.do("msg", "bob", "old")["ok"]
    bob.expect("message", text="old")
    one, other, gone = (Client(bob.state) for _ in range(3))
    for client in (one, other, gone):
        client.send({"id": 9, "command": ["wait", "message", "-t", "20"]})
    gone.close()
    time.sleep(0.5)
    assert alice.do("msg", "bob", "new")["ok"]
    for client in (one, other):
        assert client.reply(9)["result"]["text"] == "new"
    assert bob.do("wait", "message")["result"]["text"] == "old"
    assert bob.do("wait", "message")["result"]["text"] == "new"


def test_account_choice(start):
    """-a of the command line counts there too."""
    s = start("alice", "account add a sip:alice@one.example.org\n"
              "account add b sip:alice@two.example.org\n")
    status, out, err = shot(s.home, "buddy", "add", "sip:bob@example.com",
                            args=("-a", "b"))
    assert status == 0, err
    assert s.expect("buddy", change="added")["account"] == "b"
    status, out, err = shot(s.home, "buddy", "list", args=("-a", "none"))
    assert status == 78 and "none" in err


def test_queued(start):
    """Nobody answers in time: 75, the id is told, and it stays queued."""
    port, dead = free_ports(2)
    s = start("alice", person("alice", port))
    s.expect("account", state="online")
    s.do("logout")
    status, out, err = shot(s.home, "msg", "-t", "1",
                            "sip:bob@127.0.0.1:%d" % dead, "later")
    assert status == 75
    number = err.split("queued as ")[1].strip()
    assert s.expect("message", direction="out")["id"] == number


COMMANDS = [
    ("account", "list"), ("account", "show", "me"), ("buddy", "list"),
    ("buddy", "show", "bob"), ("buddy", "show", "nobody"), ("group", "list"),
    ("options",), ("keys",), ("set", "log-level", "nonsense"), ("set",),
    ("nosuch",), ("msg",), ("msg", "nobody", "x"), ("chat", "list"),
    ("presence", "show"), ("echo", "a b", "c"), ("sleep", "0.1"),
    ("account", "add", "x", "http://example.org"), ("wait", "nothing"),
    ("presence", "set", "asleep"), ("typing", "bob"), ("chat", "split"),
    ("say", "x"), ("search", "-b", "bo"), ("search", "-b", "zzz"),
    ("help", "msg"), ("version",), ("hello", "you"),
    ("wait", "presence", "bob", "online", "-t", "0.2"), ("account", "show"),
    ("login", "-t", "5", "nobody"), ("source", "/nonexistent"),
    ("history", "clear", "nobody"), ("buddy", "import", "/nonexistent"),
]


def test_as_alone(start, tmp_path):
    """Output and status are those of a program that runs alone."""
    config = ("account add me sip:alice@127.0.0.1:5999\n"
              "account set me register no\n"
              "account set me listen 127.0.0.1:0\n"
              "buddy add sip:bob@example.org -n Bob -g 'Good Friends'\n"
              "alias hello 'echo hello'\n")
    home = tmp_path / "alone"
    home.mkdir()
    alone = {words: one_shot(home, config, *words) for words in COMMANDS}
    s = start("alice", config)
    for words in COMMANDS:
        assert shot(s.home, *words) == alone[words], words


def test_files_are_the_callers(start, tmp_path):
    """A relative name means a file where the command was typed."""
    s = start("alice")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "more.conf").write_text(
        "account add filed sip:alice@example.org\n")
    status, out, err = shot(s.home, "source", "more.conf",
                            cwd=str(tmp_path / "here"))
    assert (status, err) == (0, "")
    assert s.do("account", "show", "filed")["ok"]


def test_local_commands(start):
    """They ask nobody, not even one that is stopped."""
    s = start("alice")
    s.p.send_signal(signal.SIGSTOP)
    try:
        for words in (("help", "msg"), ("version",)):
            status, out, err = shot(s.home, *words, timeout=10)
            assert status == 0 and out and not err
    finally:
        s.p.send_signal(signal.SIGCONT)


def test_stopped(start):
    """Nobody answers: 75 when the time is over."""
    s = start("alice")
    s.p.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    try:
        status, out, err = shot(s.home, "account", "list", "-t", "1")
    finally:
        s.p.send_signal(signal.SIGCONT)
    assert status == 75 and err and 0.8 < time.monotonic() - began < 8
    echoes(s)


def test_killed(start):
    """The other program dies in the middle: told, 75."""
    s = start("alice")
    p = subprocess.Popen(
        [program(), "-s", s.state, "sleep", "30"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(s.home))
    time.sleep(1)
    assert p.poll() is None
    s.kill()
    out, err = p.communicate(timeout=WAIT)
    assert p.returncode == 75 and b"ended before" in err and not out


def test_one_after_the_other(tmp_path):
    """A one-shot command waits for another's end."""
    home = tmp_path / "alice"
    home.mkdir()
    one = subprocess.Popen(
        [program(), "-s", str(home / "state"), "sleep", "2"],
        env=environment(home), stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    status, out, err = shot(home, "echo", "second")
    assert (status, out, err) == (0, "second\n", "")
    assert one.wait(WAIT) == 0
    one = subprocess.Popen(
        [program(), "-s", str(home / "state"), "sleep", "4"],
        env=environment(home), stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    status, out, err = shot(home, "account", "list", "-t", "1")
    assert status == 75 and "in use by process" in err
    assert one.wait(WAIT) == 0


def test_reader_has_gone(start):
    s = start("alice")
    out, into = os.pipe()
    os.close(out)
    p = subprocess.run([program(), "-s", s.state, "options"], stdout=into,
                       stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                       env=environment(s.home), timeout=20)
    os.close(into)
    assert p.returncode == 0 and not p.stderr
    with open("/dev/full", "w") as full:
        p = subprocess.run([program(), "-s", s.state, "options"],
                           stdout=full, stderr=subprocess.PIPE,
                           stdin=subprocess.DEVNULL,
                           env=environment(s.home), timeout=20)
    assert p.returncode == 71 and b"standard output: " in p.stderr


# ---- beside the other front ends


def test_line(start, tmp_path):
    """A message through a program with a prompt."""
    pa, pb = free_ports(2)
    bob = start("bob", person("bob", pb, "account set me accept all\n"))
    bob.expect("account", state="online")
    home = tmp_path / "alice"
    home.mkdir()
    config = home / "sotto.conf"
    config.write_text(person("alice", pa) + "buddy add sip:bob@127.0.0.1:%d "
                      "-n Bob\n" % pb)
    line = pexpect.spawn(
        program(), ["-f", str(config), "-s", str(home / "state"), "--line"],
        env=environment(home), timeout=15, encoding="utf-8")
    line.expect("online")
    status, out, err = shot(home, "msg", "bob", "from a shell")
    assert (status, err) == (0, "")
    assert bob.expect("message")["text"] == "from a shell"
    line.expect("me from a shell")
    status, out, err = shot(home, "say", "x")
    assert status in (64, 65) and "/chat show" not in err
    assert shot(home, "chat", "show", "bob")[0] == 0
    assert shot(home, "say", "to the shown one")[0] == 0
    assert bob.expect("message")["text"] == "to the shown one"
    assert shot(home, "quit")[0] == 0
    line.expect(pexpect.EOF)
    line.close()
    assert line.exitstatus == 0


def test_demo(tmp_path):
    env = environment(tmp_path)
    env["TMPDIR"] = str(tmp_path)
    p = subprocess.Popen([program(), "--demo", "--json"], env=env,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert json.loads(p.stdout.readline())["event"] == "ready"
        world, = tmp_path.glob("sotto-demo-*")
        status, out, err = shot(tmp_path, "buddy", "list",
                                state=str(world / "state"))
        assert status == 0 and "Echo" in out and not err
    finally:
        p.stdin.write(b"quit\n")
        p.stdin.flush()
        p.communicate(timeout=WAIT)
    assert p.returncode == 0 and not list(tmp_path.glob("sotto-demo-*"))
