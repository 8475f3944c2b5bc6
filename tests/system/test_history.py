# SPDX-License-Identifier: GPL-3.0-or-later
"""What was written is shown, searched, exported and forgotten, on each front
end and over restarts."""

import json
import os
import re
import resource
import stat
import subprocess

import pytest

from kamailio import free_ports
from peer import Peer
from sotto import environment, one_shot, program

LOGIN = ("account add me sip:alice@127.0.0.1:%d register=no accept=all "
         "listen=127.0.0.1:0 session=page\n")
BOB = "sip:bob@lab.test"
KIM = "sip:kim@lab.test"

TEXTS = [
    "lunch on friday at the café",
    "the invoice is here",
    "\x1b[31mred\x1b[0m alert\x07",
    "明日は天気がいい",
    "green tea and coffee",
    "two\nlines",
]


@pytest.fixture
def peer():
    p = Peer()
    yield p
    p.close()


def config():
    return LOGIN % free_ports(1)[0]


def write(sotto, who, text):
    """Typed while signed out: queued, and in the history at once."""
    sotto.send("msg", who, text)
    return sotto.expect("message", text=text, direction="out")["id"]


@pytest.fixture
def written(start):
    """A state with TEXTS to Bob and one to Kim, and its configuration."""
    text = config()
    s = start("alice", text)
    ids = [write(s, BOB, t) for t in TEXTS]
    ids.append(write(s, KIM, "the invoice for kim"))
    assert s.quit() == 0
    return start, text, ids


def prompt(home, text, lines):
    """What `sotto --line` prints for LINES."""
    path = os.path.join(str(home), "sotto.conf")
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o600)
    p = subprocess.run(
        [program(), "-f", path, "-s", os.path.join(str(home), "state"),
         "--line"], input="".join(x + "\n" for x in lines).encode(),
        capture_output=True, timeout=60, env=environment(home),
        cwd=str(home))
    assert p.returncode == 0, p.stderr
    return p.stdout


def texts(reply):
    return [m["text"] for m in reply["result"]]


def hits(sotto, *words):
    """What a search finds, in order."""
    before = len(sotto.events)
    sotto.do("search", *words)
    return [e for e in sotto.events[before:] if e["event"] == "search"]


def found(sotto, *words):
    return [e["text"] for e in hits(sotto, "-m", *words)]


def test_show(written):
    start, text, ids = written
    s = start("alice", text)
    rows = s.do("history", "show", BOB)["result"]
    assert [r["text"] for r in rows] == TEXTS
    assert [r["id"] for r in rows] == ids[:-1]
    for r in rows:
        assert r["account"] == "me" and r["peer"] == BOB
        assert r["direction"] == "out" and r["state"] == "queued"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                            r["at"])
    assert texts(s.do("history", "show")) == TEXTS + ["the invoice for kim"]
    assert texts(s.do("history", "show", "-n", "2")) == [
        TEXTS[-1], "the invoice for kim"]
    # Page by page to the end.
    seen, before = [], None
    for _ in range(10):
        page = s.do("history", "show", BOB, "-n", "4",
                    *(["--before", before] if before else []))["result"]
        if not page:
            break
        seen[:0] = [m["text"] for m in page]
        before = page[0]["id"]
    assert seen == TEXTS
    # An id that is not there is no error.
    assert texts(s.do("history", "show", BOB, "--before", "17")) == []
    assert texts(s.do("history", "show", BOB, "--before",
                      str(int(ids[2]) + 1))) == TEXTS[:3]
    assert s.do("history", "show", "nobody", ok=False)["status"] == 65


def test_received(start, peer):
    """What came in is there after a kill, with what is known of it."""
    text = config() + "account set me transport udp\nlogin me\n"
    s = start("alice", text)
    address = s.expect("account", state="online")["address"]
    port = int(address.rpartition(":")[2])
    peer.request("MESSAGE", "sip:alice@127.0.0.1", ("127.0.0.1", port),
                 "Content-Type: text/plain", body="hello \x1b[2J there")
    peer.recv(200)
    came = s.expect("message", direction="in")
    s.kill()
    s = start("alice", text.replace("login me\n", ""))
    row, = s.do("history", "show")["result"]
    for key in ("account", "peer", "direction", "id", "text", "via"):
        assert row[key] == came[key]
    assert "state" not in row and row["text"] == "hello \x1b[2J there"
    s.quit()
    out = prompt(s.home, text.replace("login me\n", ""),
                 ["/history show", "/chat show " + came["peer"],
                  "/search -m there"])
    assert b"\x1b" not in out
    assert out.decode().count("hello \N{REPLACEMENT CHARACTER}") >= 2


def test_search(written):
    start, text, _ = written
    s = start("alice", text)
    cases = [
        (["cafe"], [0]), (["CAFÉ"], [0]), (["天気"], [3]),
        (['"on friday"'], [0]), (['"friday on"'], []),
        (["inv*"], [6, 1]), (["invoice"], [6, 1]),
        (["tea AND coffee"], [4]), (["lunch OR tea"], [4, 0]),
        (["invoice NOT kim"], [1]), (["friday", "lunch"], [0]),
        (["in:kim"], [6]), (["from:me in:bob invoice"], [1]),
        (["from:kim"], []), (["invoice before:2020"], []),
        (["invoice after:2020-01-02"], [6, 1]),
    ]
    every = TEXTS + ["the invoice for kim"]
    for words, expected in cases:
        assert found(s, "--", *words) == [every[i] for i in expected], words
    # No valid query: its words. Nothing of SQLite's is told.
    for query in ('"lunch', "lunch AND", "AND OR NOT", "(((", "lunch)",
                  "a:b:c", "*", "'", "-- x", "^x", "NEAR(a b)", "\\"):
        r = s.do("search", "-m", "--", query, ok=None)
        assert r["status"] == 0, (query, r)
    assert found(s, "--", '"lunch') == [every[0]]
    # In pages; what matched is marked, in characters.
    hit, = hits(s, "-m", "-n", "1", "invoice")
    assert hit["text"] == every[6] and hit["peer"] == KIM
    assert hit["account"] == "me" and hit["direction"] == "out"
    assert hit["kind"] == "message" and hit["marks"] == [[4, 11]]
    hit, = hits(s, "-m", "-n", "5", "--before", hit["id"], "invoice")
    assert hit["text"] == every[1]
    hit, = hits(s, "-m", "cafe")
    assert hit["marks"] == [[23, 27]]
    # All kinds without a flag; people out of the store, after a restart too.
    s.do("buddy", "add", KIM, "-n", "Kim invoice")
    # Who is found as a buddy is not told as a person as well, unless asked for.
    assert sorted(e["kind"] for e in hits(s, "invoice")) == [
        "buddy", "message", "message"]
    person, = hits(s, "-p", "invoice")
    assert person["address"] == KIM and person["name"] == "Kim invoice"
    assert [e["kind"] for e in hits(s, "bob")] == ["person"]
    person, = hits(s, "-p", "bob")
    assert person["address"] == BOB and person["source"] == "chat"
    # Of one account only, and of none that is unknown.
    assert len(hits(s, "-m", "-a", "me", "invoice")) == 2
    assert s.do("search", "-m", "-a", "nobody", "x", ok=False)["status"] == 78


def test_around(written):
    start, text, ids = written
    s = start("alice", text)
    r = s.do("chat", "show", BOB, ids[2])["result"]
    assert [m["text"] for m in r["messages"]] == TEXTS
    r = s.do("chat", "show", BOB, ids[-1], ok=False)
    assert r["status"] == 65 and "no message" in r["error"]
    s.quit()
    out = prompt(s.home, text, ["/chat show %s %s" % (BOB, ids[1])]).decode()
    assert re.search(r"^> \d\d:\d\d me the invoice is here \(queued\)$", out,
                     re.M), out
    assert re.search(r"^  \d\d:\d\d me lunch", out, re.M), out
    out = prompt(s.home, text, ["/chat show " + BOB]).decode()
    assert re.search(r"^\d\d:\d\d me two\n      lines \(queued\)$", out,
                     re.M), out


def test_one_shot(written, tmp_path):
    _, text, ids = written
    home = tmp_path / "alice"
    status, out, err = one_shot(home, text, "history", "show", BOB, "-n", "2")
    assert status == 0 and err == ""
    lines = out.splitlines()
    assert re.fullmatch(r"\d\d:\d\d me green tea and coffee \(queued\)",
                        lines[0])
    assert lines[-1] == "older ones: history show %s --before %s" % (
        BOB, ids[4])
    status, out, err = one_shot(
        home, text, "search", "-m", '"on friday" OR 天気')
    assert status == 0 and err == ""
    first, second = out.splitlines()
    assert "[天気]" in first and "lunch [on friday] at" in second
    assert second.endswith("(%s)" % ids[0])
    status, out, err = one_shot(home, text, "search", "-m", "alert")
    assert status == 0 and "\x1b" not in out and "\x07" not in out
    status, out, _ = one_shot(home, text, "history", "clear", KIM)
    assert status == 0


def test_export(written, tmp_path):
    start, text, ids = written
    s = start("alice", text)
    file = tmp_path / "all.jsonl"
    r = s.do("history", "export", str(file))
    assert r["result"] == {"file": str(file), "messages": len(ids)}
    raw = file.read_bytes()
    raw.decode("ascii")
    rows = [json.loads(x) for x in raw.splitlines()]
    assert [x["text"] for x in rows] == TEXTS + ["the invoice for kim"]
    assert [x["id"] for x in rows] == ids
    assert all(list(x)[:2] == ["event", "time"] and x["event"] == "message"
               for x in rows)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Plain text; in HOME.
    r = s.do("history", "export", "~/bob.txt", BOB)
    assert r["result"]["messages"] == len(TEXTS)
    plain = (tmp_path / "alice" / "bob.txt").read_bytes()
    assert b"\x1b" not in plain and b"\x07" not in plain
    assert b" me to bob: two\n      lines (queued)\n" in plain
    # Failures leave all as it was.
    r = s.do("history", "export", "/nowhere/x.txt", ok=False)
    assert r["status"] == 71 and "No such file" in r["error"]
    r = s.do("history", "export", str(tmp_path), ok=False)
    assert r["status"] == 71
    if os.path.exists("/dev/full"):
        r = s.do("history", "export", "/dev/full", ok=False)
        assert r["status"] == 71
    names = sorted(x.name for x in tmp_path.iterdir())
    assert names == ["alice", "all.jsonl"], names
    # Another export takes the place of the first.
    s.do("history", "export", str(file), KIM)
    assert len(file.read_bytes().splitlines()) == 1


def test_export_no_room(written, tmp_path, monkeypatch):
    """No room for the file: what was there stays, nothing is left behind."""
    start, text, _ = written
    wrapper = tmp_path / "wrapper"
    wrapper.write_text("#!/bin/sh\ntrap '' XFSZ\nexec '%s' \"$@\"\n"
                       % program())
    wrapper.chmod(0o755)
    monkeypatch.setenv("SOTTO", str(wrapper))
    s = start("alice", text)
    file = tmp_path / "out.txt"
    file.write_text("before")
    # A limit on the size of the files it writes stands for a full disk.
    resource.prlimit(s.p.pid, resource.RLIMIT_FSIZE,
                     (100, resource.RLIM_INFINITY))
    r = s.do("history", "export", str(file), ok=False)
    assert r["status"] == 71 and str(file) in r["error"]
    assert file.read_text() == "before"
    names = sorted(x.name for x in tmp_path.iterdir())
    assert names == ["alice", "out.txt", "wrapper"], names
    resource.prlimit(s.p.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    s.do("history", "export", str(file))
    assert "invoice" in file.read_text()


def test_clear(written):
    start, text, ids = written
    s = start("alice", text)
    # What is queued stays until it has ended, and that is said.
    r = s.do("history", "clear", BOB)
    assert r["result"] == {"forgotten": 0, "waiting": len(TEXTS)}
    s.do("set", "outbox-expiry", "1")
    for number in ids:
        s.expect("message-state", id=number, state="failed")
    assert texts(s.do("history", "show", BOB)) == []
    r = s.do("history", "clear", KIM)
    assert r["result"] == {"forgotten": 1, "waiting": 0}
    assert found(s, "invoice") == []
    assert s.do("history", "show")["result"] == []
    assert s.quit() == 0
    s = start("alice", text)
    assert s.do("history", "show")["result"] == []


def test_retention(written):
    start, text, _ = written
    s = start("alice", text + "set retention 1\n")
    assert len(s.do("history", "show")["result"]) == 7
    s.do("set", "outbox-expiry", "1")
    assert s.do("set", "retention", "x", ok=False)["status"] == 64


def test_through_control(written, tmp_path):
    """The same from a shell while the program runs: a file's name is that of
    the shell's directory."""
    start, text, ids = written
    s = start("alice", text)
    (tmp_path / "elsewhere").mkdir()

    def run(*words):
        return subprocess.run(
            [program(), "-f", s.config, "-s", s.state, *words],
            capture_output=True, timeout=30, cwd=str(tmp_path / "elsewhere"),
            env=environment(s.home))

    p = run("history", "export", "out.jsonl", BOB)
    assert p.returncode == 0, p.stderr
    raw = (tmp_path / "elsewhere" / "out.jsonl").read_bytes()
    assert len(raw.splitlines()) == len(TEXTS)
    p = run("history", "show", BOB)
    assert p.returncode == 0 and b"\x1b" not in p.stdout
    assert "me two\n      lines (queued)\n" in p.stdout.decode()
    p = run("search", "-m", "明日")
    assert p.returncode == 0 and "[明日]" in p.stdout.decode()


def test_many(start, tmp_path):
    """More than a page of the export, while more are written; the file has
    what there was when it was asked for, in order and without a gap."""
    s = start("alice", config())
    numbers = [s.send("msg", BOB, "number %d" % i) for i in range(700)]
    assert len(numbers) == 700
    s.expect("message", text="number 699", direction="out")
    file = tmp_path / "many.jsonl"
    asked = s.send("history", "export", str(file))
    for i in range(700, 900):
        s.send("msg", BOB, "number %d" % i)
    assert s.reply(asked)["ok"]
    rows = [json.loads(x)["text"] for x in file.read_bytes().splitlines()]
    assert len(rows) >= 700
    assert rows == ["number %d" % i for i in range(len(rows))]
    # Ended in the middle of one: nothing is left behind.
    s.expect("message", text="number 899", direction="out")
    s.send("history", "export", str(tmp_path / "late.jsonl"))
    s.write("quit\n")
    s.p.wait(10)
    assert not [x for x in tmp_path.iterdir()
                if x.name.startswith("late.jsonl.")]


def test_excerpt(start):
    """A long text is cut around what was found, never within a character."""
    text = config()
    s = start("alice", text)
    write(s, BOB, "é" * 300 + " a needle in " + "天" * 300 + " needle")
    assert s.quit() == 0
    status, out, _ = one_shot(s.home, text, "search", "-m", "needle")
    line, = out.splitlines()
    assert status == 0 and "\N{REPLACEMENT CHARACTER}" not in line
    assert re.search(r"me to bob \.\.\.é+ a \[needle\] in 天+\.\.\. \(queued\)",
                     line), line
    assert len(line.encode()) < 300
