# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that fails, is full or read-only: what was acknowledged is kept, what
cannot be kept is refused for now, it is told once, and it passes."""

import ctypes
import errno
import mmap
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

import crash
from crash import Bob, rows, tool
from kamailio import free_ports
from sotto import Sotto

SAMPLE = 6
BUSY = 3  # texts that come, or are typed, while the disk fails


class Control(ctypes.Structure):
    """As in tests/tools/faultdisk.c."""
    _fields_ = [(name, ctypes.c_int32) for name in
                ("countdown", "error", "lasting", "made", "failed")]


class Faults:
    """What the library that is preloaded does to the files of a state
    directory."""

    def __init__(self, home):
        path = os.path.join(str(home), "faults")
        with open(path, "wb") as f:
            f.write(bytes(ctypes.sizeof(Control)))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), ctypes.sizeof(Control))
        self.control = Control.from_buffer(self.map)
        self.env = {
            "LD_PRELOAD": tool("faultdisk.so"), "FAULTDISK_CONTROL": path,
            "FAULTDISK_DIR": os.path.join(str(home), "state"),
            "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def fail(self, n, error, lasting):
        self.control.error = error
        self.control.lasting = lasting
        self.control.failed = 0
        self.control.countdown = n

    def stop(self):
        self.control.countdown = 0


@pytest.fixture(scope="module")
def bob():
    b = Bob()
    yield b
    b.close()


@pytest.fixture
def faults(tmp_path):
    if not os.access(tool("faultdisk.so"), os.X_OK):
        pytest.skip("faultdisk.so is not built")
    return Faults(tmp_path)


class Alice:
    """A program whose disk fails, and what Bob asked it."""

    def __init__(self, bob, home, **options):
        self.bob = bob
        bob.reset()
        self.home = home
        self.port = free_ports(1)[0]
        self.options = options
        self.status = {}  # text: the last answer
        self.calls = {}
        self.refused = 0
        self.begin()

    def begin(self):
        self.sotto = Sotto(self.home, (
            "account add me sip:alice@127.0.0.1:%d register=no session=page "
            "listen=127.0.0.1:%d accept=all\nlogin me\n"
            % (self.port, self.port)), **self.options)
        self.sotto.expect("account", state="online")

    def ask(self, text):
        """A text of Bob's; again, if it was asked before: its answer."""
        call, n = self.calls.get(text, (os.urandom(8).hex(), 0))
        if self.status.get(text) != 200:
            n += 1  # another request, or the same once more
        self.calls[text] = call, n
        self.bob.ask(self.port, call, text, n)
        answer = self.bob.answer(call)
        if answer.status == 500:
            assert int(answer.get("retry-after")) > 0
            assert self.status.get(text) != 200
            self.refused += 1
        else:
            assert answer.status == 200, answer.first
        self.status[text] = answer.status
        return answer.status

    def told(self, level):
        """What was logged of the store."""
        return [e["text"] for e in self.sotto.seen("log", level=level)
                if "store" in e["text"]]

    def kept(self):
        """Killed: all that was answered is there once."""
        self.sotto.kill()
        self.sotto.end()
        kept = [r[1] for r in rows(self.home)]
        for text, status in self.status.items():
            if status == 200:
                assert kept.count(text) == 1, (text, kept)
            assert kept.count(text) <= 1
        return kept

    def shown_once(self):
        shown = [e["text"] for e in self.sotto.seen("message", direction="in")]
        assert len(shown) == len(set(shown)), shown


def points(size):
    """The calls that fail: all up to one that is not reached, or some."""
    if crash.ALL:
        return range(1, 10000)
    return sorted(random.sample(range(1, 30), size))


def each_call(tmp_path, bob, run, error, lasting, size=SAMPLE):
    tried = beyond = 0
    for n in points(size):
        home = tmp_path / "run"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        faults = Faults(home)
        alice = Alice(bob, home, env=faults.env)
        try:
            faults.fail(n, error, lasting)
            run(alice, faults)
        except BaseException:
            print("the failing call was number %d" % n)
            raise
        finally:
            faults.stop()
            if alice.sotto.p.poll() is None:
                alice.sotto.kill()
        tried += faults.control.failed > 0
        beyond += not faults.control.failed
        if crash.ALL and beyond == 2:
            break
    print("%s: failed at %d calls" % (run.__name__, tried))
    assert tried


FAILURES = pytest.mark.parametrize("error, lasting", [
    (errno.EIO, 0), (errno.EIO, 1), (errno.ENOSPC, 0), (errno.ENOSPC, 1),
    (errno.EROFS, 1)], ids=lambda v: errno.errorcode.get(v) if v > 1 else
    "lasting" if v else "once")


def receive(alice, faults):
    texts = ["text %d" % i for i in range(BUSY)]
    for text in texts:
        alice.ask(text)
    failed = faults.control.failed
    errors = alice.told("error")
    lasting = faults.control.lasting
    if not lasting or not failed:
        assert len(errors) <= 1 + alice.refused
    else:
        assert len(errors) <= 1, errors
    if alice.refused:
        assert errors
    faults.stop()
    for text in [*texts, "later"]:
        if alice.status.get(text) != 200:
            assert alice.ask(text) == 200
    alice.shown_once()
    if alice.refused:
        assert alice.told("info") or alice.sotto.expect(
            "log", text=lambda t: "works again" in t)
    kept = alice.kept()
    alice.begin()
    for text in texts:
        assert alice.ask(text) == 200
    assert not alice.sotto.seen("message")
    assert alice.sotto.quit() == 0
    alice.sotto.end()
    assert sorted(kept) == sorted(r[1] for r in rows(alice.home))


@FAILURES
def test_receive(bob, faults, tmp_path, error, lasting):
    each_call(tmp_path, bob, receive, error, lasting)


def send(alice, faults):
    sotto, bob = alice.sotto, alice.bob
    texts = ["text %d" % i for i in range(BUSY)]
    numbers = [sotto.send("msg", bob.uri(), text) for text in texts]
    time.sleep(0.1)  # most are over; the others wait for the disk
    faults.stop()
    for text, number in zip(texts, numbers):
        reply = sotto.reply(number)
        got = bob.texts.count(text)
        if reply["ok"]:
            assert got == 1
        else:
            # Not kept: not sent.
            assert reply["status"] == 74, reply
            assert "the store failed" in reply["error"]
            assert got == 0
    assert sotto.do("msg", bob.uri(), "later")
    alice.kept()
    alice.begin()
    alice.sotto.do("wait", "sent", "-t", "10", ok=None)
    assert alice.sotto.quit() == 0
    alice.sotto.end()
    for number, text, state, reason in rows(alice.home):
        # What the disk did not learn may have arrived.
        assert state == "delivered" or "may have arrived" in reason
        assert bob.texts.count(text) == 1, (text, bob.texts)


@pytest.mark.parametrize("error, lasting", [
    (errno.EIO, 0), (errno.ENOSPC, 1)], ids=["once", "lasting"])
def test_send(bob, faults, tmp_path, error, lasting):
    # What waits for the disk is tried again after seconds.
    each_call(tmp_path, bob, send, error, lasting, 3)


# ---- a disk of one megabyte

class Small:
    """A mount namespace with a small file system on the state directory."""

    def __init__(self, home):
        self.state = os.path.join(str(home), "state")
        os.mkdir(self.state, 0o700)
        root = os.geteuid() == 0
        self.p = subprocess.Popen(
            ["unshare", "-m" if root else "-rm", "sh", "-c",
             'mount -t tmpfs -o size=1m,mode=0700 tmpfs "$0" && echo ok && '
             "exec sleep 300", self.state],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.p.stdout.readline() != b"ok\n":
            self.p.wait(10)
            pytest.skip("no file system can be mounted here: "
                        + self.p.stderr.read().decode().strip())
        self.inside = "/proc/%d/root%s" % (self.p.pid, self.state)
        self.under = ["nsenter", "-t", str(self.p.pid), "-m",
                      *([] if root else ["-U", "--preserve-credentials"]),
                      "--"]

    def fill(self):
        with open(self.inside + "/filler", "ab", buffering=0) as f:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        f.write(bytes(size))
                except OSError as e:
                    assert e.errno == errno.ENOSPC

    def make_room(self):
        os.unlink(self.inside + "/filler")

    def copy(self):
        """Brings what is in there out to where others look for it."""
        for name in os.listdir(self.inside):
            if name.startswith("sotto.db"):
                shutil.copy(os.path.join(self.inside, name), self.state)

    def end(self):
        self.p.send_signal(signal.SIGKILL)
        self.p.wait(10)
        self.p.stdout.close()
        self.p.stderr.close()


@pytest.fixture
def small(tmp_path):
    for name in ("unshare", "nsenter"):
        if not shutil.which(name):
            pytest.skip(name + " is not installed")
    s = Small(tmp_path)
    yield s
    s.end()


def full(alice, bob, told=1):
    """All that is tried on a full disk."""
    for i in range(3):
        assert alice.ask("refused %d " % i + "x" * 900) == 500
    reply = alice.sotto.do("msg", bob.uri(), "unkept " + "y" * 400, ok=False)
    assert reply["status"] == 74 and "the store failed" in reply["error"]
    reply = alice.sotto.do("buddy", "add", "sip:kim@lab.test", ok=False)
    assert reply["status"] == 74, reply
    assert not bob.texts
    assert len(alice.told("error")) == told, alice.told("error")
    assert not [t for t in alice.told("info") if "works again" in t]


def again(alice, bob, told=1):
    """And once room is made."""
    for text in [*alice.calls, "after"]:
        if alice.status.get(text) != 200:
            assert alice.ask(text) == 200
    alice.sotto.do("msg", bob.uri(), "kept")
    alice.sotto.do("buddy", "add", "sip:kim@lab.test")
    assert bob.texts == ["kept"]
    assert len([t for t in alice.told("info") if "works again" in t]) == 1
    alice.shown_once()
    assert len(alice.told("error")) == told


def test_full_disk(bob, small, tmp_path):
    alice = Alice(bob, tmp_path, under=small.under)
    try:
        for i in range(10):
            assert alice.ask("before %d" % i) == 200
        small.fill()
        full(alice, bob)
        small.make_room()
        again(alice, bob)
        alice.sotto.kill()
        small.copy()
        kept = alice.kept()
        assert set(alice.calls) <= set(kept)
        assert not [t for t in kept if t.startswith("unkept")]
    finally:
        alice.sotto.kill()


def test_start_on_full_disk(bob, small, tmp_path):
    """It begins, refuses for now, and goes on when there is room."""
    alice = Alice(bob, tmp_path, under=small.under)
    try:
        alice.sotto.do("buddy", "add", "sip:bob@lab.test", "-n", "Bob")
        assert alice.sotto.quit() == 0
        alice.sotto.end()
        small.fill()
        alice.begin()
        # What was kept cannot be read, and what comes not be kept.
        full(alice, bob, told=2)
        small.make_room()
        again(alice, bob, told=2)
        alice.sotto.expect("buddy", name="Bob")
        alice.sotto.kill()
        small.copy()
        alice.kept()
    finally:
        alice.sotto.kill()
