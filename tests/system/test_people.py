# SPDX-License-Identifier: GPL-3.0-or-later
"""The buddy list out of files, into files, and over restarts."""

import os
import resource
import stat
import time

from kamailio import free_ports
from sotto import one_shot

ACCOUNT = ("account add me sip:alice@127.0.0.1:5061 register=no "
           "listen=127.0.0.1:0\n")
BOB = "sip:bob@example.org"
KIM = "sip:kim@example.com"

CSV = ("uri,name,groups\r\n"
       'bob@example.org,"Bob ""B"", <&>",Friends;W\\;k\r\n'
       '"open,x\r\n'
       ",nobody,\r\n"
       "kim@example.com,Kim 明,\r\n")
XML = """<?xml version="1.0"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
 <list name="f"><display-name>Close</display-name>
  <entry uri="sip:bob@example.org"/>
  <entry-ref ref="x/y"/>
  <list name="inner">
   <entry uri="sip:new@lab.test"><display-name>New</display-name></entry>
  </list>
 </list>
</resource-lists>
"""
VCF = ("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Alice\r\n  Long\r\n"
       "item1.IMPP;PREF=1:sip:a@lab.test\r\nX-SIP:b@lab.test\r\n"
       "CATEGORIES:Work,Home\r\nEND:VCARD\r\n"
       "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:None\r\nEND:VCARD\r\n")


def put(home, name, text):
    path = os.path.join(str(home), name)
    with open(path, "w", newline="") as f:
        f.write(text)
    return path


def roster(sotto, *args):
    return [(b["buddy"], b.get("name"), b["groups"])
            for b in sotto.do("buddy", "list", *args)["result"]]


def test_import(start):
    s = start("alice", ACCOUNT)
    path = put(s.home, "a.csv", CSV)
    reply = s.do("buddy", "import", path, ok=False)
    assert reply["status"] == 65
    assert reply["error"] == "2 added, 0 changed, 2 not taken"
    assert reply["result"] == [
        {"file": path, "line": 3, "reason": "a quote is not closed"},
        {"file": path, "line": 4, "reason": "no address"},
        {"file": path, "added": 2, "changed": 0, "same": 0, "not-taken": 2}]
    path = put(s.home, "a.xml", XML)
    reply = s.do("buddy", "import", path, ok=False)
    assert reply["error"] == "1 added, 1 changed, 1 not taken"
    assert reply["result"][0] == {
        "file": path, "line": 5,
        "reason": "entry-ref: it is in another document"}
    # By what is in it, not by its name.
    path = put(s.home, "cards", VCF)
    reply = s.do("buddy", "import", path, ok=False)
    assert reply["error"] == "2 added, 0 changed, 1 not taken"
    assert reply["result"][0]["line"] == 9
    want = {
        (BOB, 'Bob "B", <&>', ("Friends", "W;k", "Close")),
        (KIM, "Kim 明", ()),
        ("sip:new@lab.test", "New", ("inner",)),
        ("sip:a@lab.test", "Alice Long", ("Work", "Home")),
        ("sip:b@lab.test", "Alice Long", ("Work", "Home"))}
    have = [(u, n, tuple(g)) for u, n, g in roster(s)]
    assert len(have) == 5 and set(have) == want
    # The same again: nobody twice.
    put(s.home, "a.csv", CSV.replace('"open,x\r\n', "").replace(
        ",nobody,\r\n", ""))
    reply = s.do("buddy", "import", os.path.join(s.home, "a.csv"))
    assert reply["result"][-1]["same"] == 2
    assert s.quit() == 0
    s = start("alice", ACCOUNT)
    assert {(u, n, tuple(g)) for u, n, g in roster(s)} == want


def test_export(start):
    s = start("alice", ACCOUNT)
    groups = ["g%d é <&>\"" % i for i in range(64)]
    words = [w for g in groups for w in ("-g", g)]
    s.do("buddy", "add", KIM, "-n", "=Kim 'K' \"q\", \\", *words)
    s.do("buddy", "add", BOB, "-g", groups[1], "-g", groups[0])
    s.do("buddy", "add", "sip:%2Ba%3Bb@[2001:db8::1]:5062", "-n", "明日")
    before = roster(s)
    assert len(before) == 3
    for name in ("o.xml", "o.csv"):
        path = os.path.join(s.home, name)
        reply = s.do("buddy", "export", path)
        assert reply["result"] == {"file": path, "buddies": 3}
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        other = start("other-" + name, ACCOUNT)
        other.do("buddy", "import", path)
        assert roster(other) == before
        assert other.quit() == 0


def test_export_refused(start):
    s = start("alice", ACCOUNT + "buddy add %s\n" % BOB)
    assert s.do("buddy", "export", "/dev/null/x.csv",
                ok=False)["status"] == 71
    os.mkdir(os.path.join(s.home, "d"))
    os.mkdir(os.path.join(s.home, "d", "x.xml"))
    reply = s.do("buddy", "export", os.path.join(s.home, "d", "x.xml"),
                 ok=False)
    assert reply["status"] == 71 and "directory" in reply["error"]
    assert os.listdir(os.path.join(s.home, "d")) == ["x.xml"]
    assert s.do("buddy", "export", "x.vcf", ok=False)["status"] == 64
    assert s.do("buddy", "import", "nowhere.csv", ok=False)["status"] == 71
    s.do("buddy", "export", "~/home.csv")
    assert os.path.exists(os.path.join(s.home, "home.csv"))


def test_export_full_disk(start, tmp_path):
    """What was there stays, and nothing else does."""
    s = start("alice", ACCOUNT + "buddy add %s\n" % BOB,
              under=["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"])
    place = tmp_path / "place"
    place.mkdir()
    for name in ("o.csv", "o.xml"):
        file = place / name
        file.write_text("before")
        # A limit on the size of the files it writes stands for a full disk.
        resource.prlimit(s.p.pid, resource.RLIMIT_FSIZE,
                         (10, resource.RLIM_INFINITY))
        r = s.do("buddy", "export", str(file), ok=False)
        assert r["status"] == 71 and str(file) in r["error"]
        assert file.read_text() == "before"
        assert name in os.listdir(place) and len(os.listdir(place)) == 1
        resource.prlimit(s.p.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        s.do("buddy", "export", str(file))
        assert BOB in file.read_text()
        file.unlink()


def test_one_shot(tmp_path):
    put(tmp_path, "a.csv", CSV)
    status, out, err = one_shot(tmp_path, ACCOUNT, "buddy", "import", "a.csv")
    path = os.path.join(str(tmp_path), "a.csv")
    assert status == 65
    assert [line.replace(path, "a.csv") for line in out.splitlines()] == [
        "a.csv:3: a quote is not closed", "a.csv:4: no address"]
    assert "2 added, 0 changed, 2 not taken" in err
    status, out, err = one_shot(tmp_path, ACCOUNT, "buddy", "list")
    assert status == 0 and len(out.splitlines()) == 2
    status, out, err = one_shot(tmp_path, ACCOUNT, "buddy", "export", "o.csv")
    assert status == 0 and out.startswith("2 buddies are in ")
    with open(os.path.join(str(tmp_path), "o.csv"), newline="") as f:
        assert 'sip:bob@example.org,"Bob ""B"", <&>"' in f.read()


def test_import_in_the_configuration(start):
    """What is kept is read first: it is merged with, and does not come over
    what the file says."""
    s = start("alice", ACCOUNT)
    s.do("buddy", "add", BOB, "-n", "Old", "-g", "Kept")
    path = put(s.home, "a.csv", "%s,New,More\n" % BOB)
    assert s.quit() == 0
    s = start("alice", ACCOUNT + "buddy import %s\n" % path)
    s.expect("buddy", buddy=BOB, name="New")
    assert roster(s) == [(BOB, "New", ["Kept", "More"])]


def test_large(start):
    """No turn is long: another command is answered between."""
    s = start("alice", ACCOUNT)
    path = put(s.home, "big.csv", "".join(
        "u%d@lab.test,User %d,G%d;All\n" % (i, i, i % 50)
        for i in range(10000)))
    begun = time.monotonic()
    number = s.send("buddy", "import", path)
    s.do("version")
    asked = time.monotonic() - begun
    reply = s.reply(number, 60)
    took = time.monotonic() - begun
    assert reply["result"][-1]["added"] == 10000
    assert asked < took
    print("10,000 rows in %.2f s, version after %.3f s" % (took, asked))
    assert s.quit(60) == 0
    s = start("alice", ACCOUNT)
    assert len(roster(s)) == 10000


def test_groups_over_restart(start):
    config = (ACCOUNT + "account add home sip:alice@127.0.0.1:5063 "
              "register=no listen=127.0.0.1:0\n"
              "buddy add %s -n Bob -g Friends\n"
              "buddy add sip:c@lab.test -n Carl\n" % BOB)
    s = start("alice", config)
    s.do("buddy", "add", KIM, "-n", "Kim", "-g", "Friends", "-g", "Work",
         "-a", "home")
    s.do("buddy", "group", "sip:c@lab.test", "Work")
    # Onto one that is there: they become one, in all accounts.
    reply = s.do("group", "rename", "Friends", "Work")
    assert "sip:bob@example.org" in reply["result"]
    assert "sotto.conf, line 3" in reply["result"]
    assert dict((u, g) for u, _, g in roster(s)) == {
        BOB: ["Work"], "sip:c@lab.test": ["Work"], KIM: ["Work"]}
    assert s.quit() == 0
    s = start("alice", config)
    # The file's groups are back, others are kept; everybody is there once.
    assert sorted((u, n, g) for u, n, g in roster(s)) == [
        (BOB, "Bob", ["Friends"]), ("sip:c@lab.test", "Carl", ["Work"]),
        (KIM, "Kim", ["Work"])]
    s.do("group", "remove", "Work")
    s.do("group", "remove", "Work", ok=False)
    assert s.quit() == 0
    s = start("alice", config)
    assert sorted(roster(s)) == sorted([
        (BOB, "Bob", ["Friends"]), ("sip:c@lab.test", "Carl", []),
        (KIM, "Kim", [])])


def person(name, port):
    return ("account add me sip:%s@127.0.0.1:%d register=no accept=ask "
            "listen=127.0.0.1:%d\nlogin me\n" % (name, port, port))


def online(start, name, port):
    s = start(name, person(name, port))
    s.expect("account", state="online")
    return s


def test_decisions_over_restart(start):
    """Who was blocked stays blocked, who was accepted is not asked again."""
    pa, pb = free_ports(2)
    a, b = "sip:alice@127.0.0.1:%d" % pa, "sip:bob@127.0.0.1:%d" % pb
    bob = online(start, "bob", pb)
    bob.do("buddy", "block", a)
    assert bob.quit() == 0
    bob = online(start, "bob", pb)
    alice = online(start, "alice", pa)
    alice.do("buddy", "add", b)
    alice.expect("presence", buddy=b, state="offline")
    assert alice.do("msg", b, "hello?", ok=False)["status"] == 69
    bob.do("buddy", "unblock", a)
    bob.do("buddy", "accept", a)
    assert alice.quit() == 0
    assert bob.quit() == 0
    bob = online(start, "bob", pb)
    alice = online(start, "alice", pa)
    alice.expect("presence", buddy=b, state="online")
    assert alice.do("msg", b, "hello!")["ok"]
    assert bob.expect("message", text="hello!").get("stranger") is not True
    assert not bob.seen("watcher")
