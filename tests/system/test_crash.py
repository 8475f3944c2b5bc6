# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at each system call that changes disk or network, and started again:
nothing that was acknowledged is missing, nothing is shown twice, nothing is
sent twice without a mark. A sample each time; SOTTO_TEST_ALL=1 tries all of
those calls, SOTTO_TEST_ALL=calls every call."""

import os
import re
import shutil
import sqlite3
import time

import pytest

import crash
from crash import Bob, Run, database, rows, sound
from kamailio import free_ports
from sotto import Sotto

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION1 = os.path.join(HERE, "..", "unit", "store", "version1.sql")
INDEX = 2.3  # seconds until what came lately is indexed


@pytest.fixture(scope="module")
def bob():
    why = crash.missing()
    if why:
        pytest.skip(why)
    b = Bob()
    yield b
    b.close()


class Scenario:
    marked = True  # counted from when it is told so, not from the start

    def __init__(self, bob, tmp_path):
        self.bob = bob
        self.tmp = tmp_path
        self.port = free_ports(1)[0]
        self.config = (
            "account add me sip:alice@127.0.0.1:%d register=no session=page "
            "listen=127.0.0.1:%d accept=all\nlogin me\n"
            % (self.port, self.port))

    def prepare(self):
        """What is there before the run."""

    def act(self, run):
        """What is cut short."""
        raise NotImplementedError

    def check(self, run):
        """Holds at once after the run, before the next one."""

    def again(self, alice):
        """The next run."""

    def last(self):
        """Holds at the end."""

    def one(self, n):
        """Killed at call N; True if it came that far."""
        self.home = self.tmp / "run"
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        self.prepare()
        run = Run(self.home, self.config, n, self.marked)
        try:
            with run.cut():
                run.sotto.expect("account", state="online")
                self.act(run)
                run.sotto.quit()
        finally:
            cut = run.end()
        self.run = run
        if n:
            self.after(run)
        return cut

    def after(self, run):
        self.check(run)
        alice = Sotto(self.home, self.config)
        try:
            alice.expect("account", state="online")
            self.again(alice)
            assert alice.quit() == 0
        finally:
            alice.end()
        self.last()

    def measure(self):
        self.one(0)
        return sum(" = " not in line for line in self.run.calls())

    def all(self, name):
        done = over = 0
        for n in crash.points(self.measure):
            try:
                cut = self.one(n)
            except BaseException:
                print("%s: killed at call %d: %s" % (name, n, [
                    c for c in self.run.calls() if " = " not in c][-1:]))
                raise
            done += cut
            over += not cut
            # Threads do not count the same each time.
            if over == 3:
                break
        print("%s: killed at %d calls" % (name, done))
        assert done


# ---- receive

class Receive(Scenario):
    texts = ("first", "second of two at once", "third of two at once")

    def act(self, run):
        self.calls = ["%s-%d" % (os.urandom(8).hex(), i) for i in range(3)]
        self.first = {}
        run.mark()
        for group in ((0,), (1, 2)):
            for i in group:
                self.bob.ask(self.port, self.calls[i], self.texts[i])
            for i in group:
                self.first[i] = self.bob.answer(self.calls[i], run).status
                assert self.first[i] == 200
        run.sotto.expect("message", text=self.texts[0])
        if crash.ALL:
            time.sleep(INDEX)

    def check(self, run):
        self.shown = [e["text"] for e in run.sotto.events
                      if e["event"] == "message"]
        kept = [r[1] for r in rows(self.home)]
        for i in range(3):
            if self.calls[i] in self.bob.answers:
                assert kept.count(self.texts[i]) == 1, (kept, self.texts[i])
        assert set(self.shown) <= set(kept)

    def again(self, alice):
        for i in range(3):
            self.bob.ask(self.port, self.calls[i], self.texts[i])
            assert self.bob.answer(self.calls[i]).status == 200
        alice.none("nothing", 0.05)
        self.shown += [e["text"] for e in alice.seen("message")]

    def last(self):
        kept = [r[1] for r in rows(self.home)]
        assert sorted(kept) == sorted(self.texts)
        for text in self.texts:
            assert self.shown.count(text) <= 1, self.shown


def test_receive(bob, tmp_path):
    Receive(bob, tmp_path).all("receive")


def syncs(run, pattern):
    """How many transactions were on the disk, synced, before each call that
    fits."""
    found, begun, synced, written = [], set(), 0, False
    for line in run.calls():
        number, call, rest = (line + "  ").split(" ", 2)
        if call == "=" and number in begun and rest.strip() == "0":
            synced += 1
        elif call == "pwrite64" and "sotto.db-wal" in rest:
            written = True
        elif call == "fdatasync" and "sotto.db-wal" in rest and written:
            begun.add(number)
            written = False
        elif re.search(pattern, line):
            found.append(synced)
    return found


def test_answer_after_sync(bob, tmp_path):
    """The 200 leaves when the text is on the disk, not only written."""
    receive = Receive(bob, tmp_path)
    receive.one(0)
    first, *rest = syncs(receive.run, r"sendmsg .*SIP/2\.0 200 ")
    assert first >= 1 and len(rest) == 2 and min(rest) > first


# ---- send

class Sending(Scenario):
    """What holds for all that is sent."""

    def told(self, run):
        """The last state that was told of each message."""
        states = {}
        for e in run.sotto.events:
            if e["event"] == "message" and e["direction"] == "out":
                assert e["id"] not in states
                states[e["id"]] = e["state"]
            elif e["event"] == "message-state":
                states[e["id"]] = e["state"]
        return states

    def check(self, run):
        kept = {r[0]: r for r in rows(self.home)}
        for number, state in self.told(run).items():
            assert number in kept, (number, state)
            have = kept[number][2]
            order = crash.STATES.index
            assert order(have) >= order(state), (number, state, have)
        self.counted()

    def counted(self):
        """Each row goes out once at most; more rows come of --resend."""
        kept = rows(self.home)
        for text in self.texts:
            mine = [r for r in kept if r[1] == text]
            got = self.bob.texts.count(text)
            assert got <= len(mine), (text, got, mine)
            assert got >= sum(r[2] == "delivered" for r in mine)
            assert len(mine) <= 1 + self.resent.get(text, 0), mine
            # What may have arrived says so.
            if got > sum(r[2] in ("sent", "delivered", "queued")
                         for r in mine):
                assert any(r[2] == "failed" and "may have arrived" in r[3]
                           for r in mine), mine

    def again(self, alice):
        alice.do("wait", "sent", "-t", "10", ok=None)
        self.counted()
        got = [t for t in self.bob.texts if not self.resent.get(t)]
        assert got == sorted(got, key=self.texts.index), got
        kept = rows(self.home)
        for number, text, state, reason in kept:
            assert state in ("delivered", "failed"), (text, state)
            if state != "failed" or (text, "delivered") in [
                    r[1:3] for r in kept]:
                continue
            assert "may have arrived" in reason
            self.resend(alice, number, text)

    def resend(self, alice, number, text):
        self.resent[text] = self.resent.get(text, 0) + 1
        assert alice.do("msg", "--resend", number)["result"]["id"] != number

    def last(self):
        self.counted()
        for text in {r[1] for r in rows(self.home)}:
            assert self.bob.texts.count(text) >= 1


class Send(Sending):
    texts = ("one", "two", "three")

    def prepare(self):
        self.bob.reset()
        self.resent = {}

    def act(self, run):
        run.mark()
        numbers = [run.sotto.send("msg", self.bob.uri(), text)
                   for text in self.texts]
        for number in numbers:
            assert run.sotto.reply(number)["ok"]


def test_send(bob, tmp_path):
    Send(bob, tmp_path).all("send")


def test_sent_after_sync(bob, tmp_path):
    """Queued is on the disk before it is told, sent before it is, and the end
    before it is told."""
    send = Send(bob, tmp_path)
    send.texts = ("one",)
    send.one(0)
    told, = syncs(send.run, r'write .*"event":"message",')
    gone, = syncs(send.run, r"sendmsg .*MESSAGE sip:")
    done, = syncs(send.run, r'write .*"event":"reply",.*"id":1,')
    assert 1 <= told < gone < done


# ---- resend after a restart

class Resend(Sending):
    """One was in flight, two were queued."""
    marked = False
    texts = ("in flight", "next", "last")

    def leave(self):
        """The first run."""
        self.bob.reset(silent=True)
        self.home.mkdir(exist_ok=True)
        alice = Sotto(self.home, self.config)
        for text in self.texts:
            alice.send("msg", self.bob.uri(), text)
        for text in self.texts:
            alice.expect("message", text=text)
        self.bob.await_text(self.texts[0])
        alice.kill()
        alice.end()

    def prepare(self):
        left = self.tmp / "left"
        if not left.exists():
            self.leave()
            shutil.copytree(self.home / "state", left,
                            ignore=shutil.ignore_patterns("control"))
        else:
            shutil.copytree(left, self.home / "state")
        self.bob.reset()
        self.bob.texts = [self.texts[0]]
        self.resent = {}

    def act(self, run):
        number, = [e["id"] for e in run.sotto.seen("message")
                   if e["text"] == self.texts[0]]
        run.sotto.expect("message-state", id=number, state="failed")
        run.sotto.do("wait", "sent", "-t", "10", ok=None)
        self.resend(run.sotto, number, self.texts[0])


def test_resend(bob, tmp_path):
    Resend(bob, tmp_path).all("resend")


# ---- roster

class Roster(Scenario):
    edits = (
        ("buddy add sip:kim@lab.test -n Kim -g Friends",
         {"kim": ("Kim", ["Friends"])}),
        ("buddy add sip:bob@lab.test -n Bob -g Friends",
         {"kim": ("Kim", ["Friends"]), "bob": ("Bob", ["Friends"])}),
        ("buddy rename sip:kim@lab.test Kimberly",
         {"kim": ("Kimberly", ["Friends"]), "bob": ("Bob", ["Friends"])}),
        ("group rename Friends Pals",
         {"kim": ("Kimberly", ["Pals"]), "bob": ("Bob", ["Pals"])}),
        ("buddy group sip:kim@lab.test Pals Work",
         {"kim": ("Kimberly", ["Pals", "Work"]), "bob": ("Bob", ["Pals"])}),
        ("buddy remove sip:bob@lab.test",
         {"kim": ("Kimberly", ["Pals", "Work"])}),
    )

    def act(self, run):
        self.replied = 0
        run.mark()
        for edit, _ in self.edits:
            run.sotto.do(*edit.split())
            self.replied += 1

    def again(self, alice):
        """That which was replied to, or it and the next."""
        with database(self.home) as db:
            sound(db)
        listed = alice.do("buddy", "list")["result"]
        have = {r["buddy"][4:7]: (r["name"], r["groups"]) for r in listed}
        states = [{}] + [state for _, state in self.edits]
        assert have in states[self.replied:self.replied + 2], (
            self.replied, have)


def test_roster(bob, tmp_path):
    Roster(bob, tmp_path).all("roster edit")


def test_reply_after_sync(bob, tmp_path):
    """A change is on the disk before it is said to be done."""
    roster = Roster(bob, tmp_path)
    roster.one(0)
    replies = syncs(roster.run, r'write .*"event":"reply",.*"id":\d')
    assert len(replies) == len(roster.edits)
    assert [0] + replies == sorted({0, *replies})


# ---- migration

class Migration(Scenario):
    marked = False

    def prepare(self):
        state = self.home / "state"
        state.mkdir(mode=0o700)
        path = state / "sotto.db"
        db = sqlite3.connect(path)
        with open(VERSION1, encoding="utf-8") as f:
            db.executescript(f.read())
        db.close()
        path.chmod(0o600)
        self.kept = [r[:2] for r in rows(self.home)]
        assert self.kept

    def act(self, run):
        if crash.ALL:
            time.sleep(INDEX)

    def check(self, run):
        assert [r[:2] for r in rows(self.home)] == self.kept

    def last(self):
        self.check(None)
        with database(self.home) as db:
            version, = db.execute("PRAGMA user_version").fetchone()
            assert version > 1
            facts = db.execute("SELECT count(*) FROM fact WHERE kind='buddy'")
            assert facts.fetchone() == (1,)


def test_migration(bob, tmp_path):
    Migration(bob, tmp_path).all("migration")
