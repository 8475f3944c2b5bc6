# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON front end as a program among others: order, readers that go."""

import os
import socket
import subprocess
import time

from sotto import environment, program


def begin(tmp_path, config="", **options):
    conf = tmp_path / "sotto.conf"
    conf.write_text(config)
    os.chmod(conf, 0o600)
    return subprocess.Popen(
        [program(), "-f", str(conf), "-s", str(tmp_path / "state"), "--json"],
        stderr=subprocess.PIPE, env=environment(tmp_path), **options)


def test_ready_is_first(start):
    """Mistakes in the file come behind it, in their order."""
    s = start("one", "nosuchcommand\nset nosuchoption 1\n")
    assert s.events[0]["event"] == "ready"
    for line in (1, 2):
        s.expect("log", level="error",
                 text=lambda t, line=line: "sotto.conf:%d: " % line in t)


def test_output_cannot_be_written(tmp_path):
    with open("/dev/full", "w") as full:
        p = begin(tmp_path, stdin=subprocess.DEVNULL, stdout=full)
    err = p.communicate(timeout=20)[1]
    assert p.returncode == 71 and b"standard output" in err


def test_output_closed_at_the_start(tmp_path):
    p = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" "$@" >&-', program(), "-s",
         str(tmp_path / "state"), "--json"], stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=environment(tmp_path), timeout=20)
    assert p.returncode == 71 and b"standard output" in p.stderr


def test_idle_without_reader(tmp_path):
    """A pipe's reader that dies is noticed though nothing is written."""
    p = begin(tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert b'"ready"' in p.stdout.readline()
    p.stdout.close()
    assert p.wait(10) == 0
    assert p.stderr.read() == b""
    p.stderr.close()
    p.stdin.close()


def test_half_closed_socket(tmp_path):
    """Who says that there are no more commands still reads the replies."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        p = begin(tmp_path, stdin=theirs, stdout=theirs)
        theirs.close()
        ours.settimeout(15)
        read = ours.makefile("rb")
        assert b'"ready"' in read.readline()
        ours.sendall(b"sleep 0.3\n")
        ours.shutdown(socket.SHUT_WR)
        assert b'"reply"' in read.readline()
        assert p.wait(10) == 0
        p.stderr.close()


def test_socket_without_reader(tmp_path):
    ours, theirs = socket.socketpair()
    with theirs:
        p = begin(tmp_path, stdin=subprocess.PIPE, stdout=theirs)
    assert b'"ready"' in ours.makefile("rb").readline()
    time.sleep(0.1)
    ours.close()
    assert p.wait(10) == 0
    p.stderr.close()
    p.stdin.close()
