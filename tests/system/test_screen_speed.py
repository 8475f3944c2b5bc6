# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes the full screen fast and does not depend on how fast the machine
is: bytes, memory, frames, lines that are kept. Times: tests/bench."""

import os
import re
import select
import time

import pytest

from stranger import Stranger
from world import World

LETTER_BYTES = 120
RESIDENT_KB = 17 * 1024
FRAME_MS = 16
LINES = 1500  # more than a chat holds in memory


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def bob(world):
    stranger = Stranger(world.ports["alice"])
    yield stranger
    stranger.close()


def bobs_chat(world, bob):
    return world.alice(more="account set me publish no\n"
                       "account set me typing no\n"
                       "buddy add %s -n Bob\n" % bob.uri("bob")
                       + "chat show bob\n").see("^Bob>")


def finish(s):
    s.line("/quit")
    assert s.ended() == 0


def bytes_of(s, letters):
    """The most that one of them took."""
    most = 0
    for letter in letters:
        before = len(s.raw)
        s.write(letter).settle(0.02)
        most = max(most, len(s.raw) - before)
    return most


def test_bytes_of_a_letter(world, bob):
    """At the end of the line, at its beginning, and where it wraps."""
    s = bobs_chat(world, bob).settle()
    most = bytes_of(s, "abcde" * 16)
    s.keys("Home").settle()
    most = max(most, bytes_of(s, "fghij"))
    s.keys("End").settle()
    most = max(most, bytes_of(s, "klmno" * 9))
    s.see("^Bob> fghijabcde.*\n[a-o]{20}")
    assert most <= LETTER_BYTES, most
    finish(s.keys("C-u"))


def maps_of(s):
    with open("/proc/%d/maps" % s.p.pid) as f:
        return f.read()


def resident_kb(s):
    with open("/proc/%d/smaps_rollup" % s.p.pid) as f:
        return int(re.search(r"^Rss: +(\d+)", f.read(), re.M)[1])


def test_resident(world, bob):
    """After its start, with a chat that is open."""
    s = bobs_chat(world, bob).settle()
    if re.search("lib.san|valgrind", maps_of(s)):
        pytest.skip("not the program's own memory")
    assert resident_kb(s) <= RESIDENT_KB
    finish(s)


# ---- floods

def numbers(s):
    return [int(n) for n in re.findall(r"message (\d+) of", s.text())]


def all_numbers(s, last):
    """From the end, page by page, up to the first; each page was seen."""
    found = set(s.wait("the last one", lambda: last in numbers(s))
                and numbers(s))
    while 0 not in found:
        top = min(numbers(s))
        s.keys("PageUp").wait(
            "page above %d" % top,
            lambda: min(numbers(s) or [top]) < top)
        found.update(numbers(s))
    return found


def take(s):
    """What is drawn, without showing it; the reads that it took."""
    reads = 0
    while select.select([s.fd], [], [], 0)[0]:
        data = os.read(s.fd, 65536)
        s.raw += data
        reads += 1
    return reads


def flood(s, bob, count, rate):
    """Sends COUNT messages, RATE a second, each until it is answered, and
    reads what is drawn at once: how many reads, and seconds."""
    waiting, reads, sent = {}, 0, 0
    begin = time.monotonic()
    while sent < count or waiting:
        now = time.monotonic()
        assert now - begin < 60, "%d without an answer" % len(waiting)
        while sent < count and sent < (now - begin) * rate:
            request = bob.request(
                "MESSAGE", b"message %d of many" % sent, "text/plain",
                sender="<%s>" % bob.uri("bob"), call_id="flood-%d" % sent)
            waiting[request] = now
            sent += 1
        ready = select.select([s.fd, bob.s], [], [], 0.001)[0]
        if s.fd in ready:
            reads += take(s)
        if bob.s in ready:
            answer = bob.receive(0).decode()
            call_id = re.search("(?im)^call-id: *(.*?)\r", answer)[1]
            if answer.startswith("SIP/2.0 200"):
                waiting.pop(call_id, None)
    return reads, time.monotonic() - begin


def test_flood_of_messages(world, bob):
    """Frames are dropped, lines never."""
    s = bobs_chat(world, bob).settle()
    before = len(s.raw)
    reads, seconds = flood(s, bob, LINES, 1000)
    s.stream.feed(bytes(s.raw[before:]))
    s.settle()
    # A frame is read in one or, where it is long, in two pieces.
    assert reads <= 2 * (seconds * 1000 / FRAME_MS + 4), (reads, seconds)
    assert all_numbers(s, LINES - 1) == set(range(LINES))
    finish(s)


def test_flood_of_output(world, bob, tmp_path):
    """What a command prints is kept as a whole, and drawn but once or so."""
    script = tmp_path / "script"
    script.write_text("".join("echo message %d of many\n" % n
                              for n in range(3000)))
    s = bobs_chat(world, bob).settle()
    before = len(s.raw)
    s.line("/source %s" % script).see("message 0 of").settle()
    assert len(s.raw) - before < 40000
    s.keys("End")
    assert all_numbers(s, 2999) == set(range(3000))
    finish(s)
