# SPDX-License-Identifier: GPL-3.0-or-later
"""`account add` without arguments asks, signs in and writes the file."""

import os
import signal
import socket
import stat
import time

import pexpect
import pytest

from sotto import environment, one_shot, program


class Line:
    """The line front end in a pty; -f FILE if there is one to read, else the
    default configuration, which may be absent."""

    def __init__(self, home, config=None, term="xterm"):
        self.home = home
        home.mkdir(exist_ok=True)
        env = environment(home)
        env["TERM"] = term
        args = ["-s", str(home / "state"), "--line"]
        self.conf = home / ".config" / "sotto" / "sotto.conf"
        if config is not None:
            self.conf = home / "sotto.conf"
            self.conf.write_text(config)
            os.chmod(self.conf, 0o600)
            args += ["-f", str(self.conf)]
        self.p = pexpect.spawn(program(), args, env=env, timeout=15,
                               encoding="utf-8", dimensions=(24, 100))
        self.shown = ""

    def see(self, pattern):
        self.p.expect(pattern)
        self.shown += self.p.before + self.p.after
        return self

    def say(self, text):
        self.p.sendline(text)
        return self

    def finish(self, status=0):
        self.p.sendline("/quit")
        self.p.expect(pexpect.EOF)
        self.shown += self.p.before
        self.p.close()
        assert self.p.exitstatus == status
        return self


def server(kamailio, transport="udp", port=None):
    return "127.0.0.1:%d;transport=%s" % (port or kamailio.port, transport)


def begin(line, how="file", secret="secret-alice", address="alice@lab.test"):
    """Up to the first try, which finds no server."""
    line.say("/account add").see("Address: ").say(address)
    line.see(r"Name of the account(: alice| \[alice\]: )").say("")
    line.see(r"How \(command, ask, file\): ").say(how)
    line.see("Command: " if how == "command" else "Password for [^:]+:[^:]+: ")
    line.say(secret)
    return line.see(r"Change \(password, way, server, [^)]*\): ")


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_first_start(kamailio, tmp_path, term):
    """No file, a wrong password first; then it is written, and signs in at
    the next start."""
    line = Line(tmp_path / "alice", term=term)
    line.see("/account add ").see("sotto --demo ").see("/quit ")
    begin(line, secret="wrong")
    assert "could not sign in" in line.shown
    line.say("server").see("Server: ").say(server(kamailio))
    line.see("wrong password").see("Change [^:]*: ")
    line.say("pass").see("Password for [^:]+:[^:]+: ").say("secret-alice")
    line.see("account alice is signed in, and is in ")
    line.finish()
    assert "secret-alice" not in line.shown
    assert mode(line.conf) == 0o600
    assert mode(line.conf.parent) == 0o700
    assert line.conf.read_text() == (
        "# by `account add`\n"
        "account add alice sip:alice@lab.test\n"
        "account set alice password secret-alice\n"
        "account set alice proxy 'sip:%s'\n"
        "login alice\n" % server(kamailio))
    assert os.listdir(line.conf.parent) == ["sotto.conf"]
    again = Line(tmp_path / "alice", term=term)
    again.see("alice is online").finish()


def test_keeps_what_is_there(kamailio, tmp_path):
    """Appended to a link's target of mode 0644, which is its owner's alone
    once there is a password in it."""
    before = "# mine\nbind M-x 'echo hi'\nset bell yes # no newline"
    line = Line(tmp_path / "alice", before)
    real = tmp_path / "dotfiles"
    line.conf.rename(real)
    os.chmod(real, 0o644)
    line.conf.symlink_to(real)
    begin(line).say("server").see("Server: ").say(server(kamailio))
    line.see("is signed in").finish()
    assert line.conf.is_symlink()
    assert real.read_text().startswith(before + "\n# by `account add`\n")
    assert mode(real) == 0o600


def test_password_command(kamailio, tmp_path):
    """A command with characters of the language in it, and no password."""
    line = Line(tmp_path / "alice", "")
    os.chmod(line.conf, 0o644)
    begin(line, "command", "sh -c \"echo 'secret-alice' # it's\"")
    line.say("server").see("Server: ").say(server(kamailio, "tcp"))
    line.see("is signed in").finish()
    assert mode(line.conf) == 0o644
    assert "password-command" in line.conf.read_text()
    again = Line(tmp_path / "alice", line.conf.read_text())
    again.see("alice is online").finish()


def test_asked_at_every_start(kamailio, tmp_path):
    line = Line(tmp_path / "alice", "")
    begin(line, "ask").say("server").see("Server: ").say(server(kamailio))
    line.see("is signed in").finish()
    text = line.conf.read_text()
    assert "password" not in text
    again = Line(tmp_path / "alice", text)
    again.see("Password for alice [^:]+:[^:]+: ").say("secret-alice")
    again.see("alice is online").finish()


@pytest.mark.parametrize("port, words", [
    ("tls_port", "tls-ca-file"),
    ("wrong_port", "tls-name"),
    ("expired_port", "tls-verify"),
])
def test_certificate(kamailio, tmp_path, port, words):
    """A refused certificate: the sentence with the setting that cures it,
    which has to be typed."""
    line = Line(tmp_path / "alice", "")
    begin(line).say("server").see("Server: ")
    line.say(server(kamailio, "tls", getattr(kamailio, port)))
    line.see("certificate").see("tls-ca-file").see("Change [^:]*: ")
    line.say("setting").see("Setting: ")
    line.say("tls-ca-file " + kamailio.ca)
    cures = {"wrong_port": "tls-name=other.example",
             "expired_port": "tls-verify no"}
    if port in cures:
        line.see("certificate").see(words).see("Change [^:]*: ")
        line.say("setting").see("Setting: ").say(cures[port])
    line.see("is signed in").finish()
    assert "tls-ca-file " + kamailio.ca in line.conf.read_text()


WAYS_OUT = {"ctrl-c": lambda p: p.sendintr(), "empty": lambda p: p.send("\r"),
            "ctrl-d": lambda p: p.send("\x15\x04"),
            "sigterm": lambda p: p.kill(signal.SIGTERM)}


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("steps", range(6))
def test_leaving(tmp_path, steps, way):
    """At each question; the file is not made, and no account is there."""
    questions = ["Address: ", "Name of the account: ", "How [^:]*: ",
                 "Password for [^:]+:[^:]+: ", "Change [^:]*: ", "Server: "]
    answers = ["alice@127.0.0.1:9;transport=tcp", "", "file", "x", "server"]
    answers[0] = "alice@nowhere.invalid"
    line = Line(tmp_path / "alice")
    line.say("/account add")
    for i in range(steps):
        line.see(questions[i]).say(answers[i])
    line.see(questions[steps])
    if way == "empty" and steps == 1:
        line.p.send("\x15")
    WAYS_OUT[way](line.p)
    if way == "sigterm":
        line.p.expect(pexpect.EOF)
        line.p.close()
        assert line.p.exitstatus == 0
    else:
        if way == "empty" and steps == 5:
            line.see("Change [^:]*: ").say("")
        line.see("no account was added")
        line.say("/account list").see("none").finish()
    assert not line.conf.exists()
    status, out, _ = one_shot(tmp_path / "alice", "", "account", "list")
    assert status == 0 and out == ""


def test_stopped_while_signing_in(tmp_path):
    """Nobody answers: Enter stops, the answers are kept."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    line = Line(tmp_path / "alice", "")
    line.say("/account add alice").see("Address: ")
    line.say("alice@127.0.0.1:%d" % port)
    line.see("How [^:]*: ").say("a")
    line.see("Password for [^:]+:[^:]+:[^:]+: ").say("x")
    line.see("Enter stops: ").say("")
    line.see("stopped").see("Change [^:]*: ").say("keep")
    line.see("not signed in yet").finish()
    assert "account add alice sip:alice@127.0.0.1:%d\n" % port \
        in line.conf.read_text()
    silent.close()


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_suspended_and_continued(tmp_path, term):
    """The question and what was typed are there again, with its echo."""
    line = Line(tmp_path / "alice", "", term)
    line.say("/account add").see("Address: ")
    if term == "xterm":
        line.p.send("alice")
        line.see("alice")
    line.p.send("\x1a")
    end = time.monotonic() + 10
    while os.waitid(os.P_PID, line.p.pid, os.WSTOPPED | os.WNOHANG
                    | os.WNOWAIT) is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    line.p.kill(signal.SIGCONT)
    line.see("Address: ").say("alice@lab.test" if term == "dumb"
                              else "@lab.test")
    line.see("alice@lab.test").see("Name of the account")
    line.p.sendintr()
    line.see("no account was added").finish()


def test_typed_before_the_question(kamailio, tmp_path):
    """What was being typed when a question came is there again behind it."""
    line = Line(tmp_path / "alice", "account add work sip:alice@lab.test\n"
                "account set work proxy 'sip:%s'\nlogin work\n"
                % server(kamailio))
    line.see("Password for work [^:]+:[^:]+: ").p.sendintr()
    line.see("no password").say("/account add x").see("Address: ")
    line.p.send("half")
    line.see("half")
    line.p.sendintr()
    line.see("no account was added")
    line.say("/echo back").see("back").finish()


def test_name_in_use(tmp_path):
    """Refused before anything is asked; another one is proposed."""
    line = Line(tmp_path / "alice", "account add alice sip:alice@lab.test\n")
    line.say("/account add alice").see("account alice exists")
    line.say("/account add").see("Address: ").say("not an address")
    line.see("is not a").see("Address: not an address")
    line.say("\x15alice@example.org").see("Name of the account: alice-2")
    line.say("\x15alice").see("account alice exists")
    line.see("Name of the account: ").p.sendintr()
    line.see("no account was added").finish()
    assert line.conf.read_text() == "account add alice sip:alice@lab.test\n"


def test_file_that_cannot_be_written(kamailio, tmp_path):
    """Nothing is lost, and the account may be kept in the store."""
    line = Line(tmp_path / "alice", "# mine\n")
    begin(line)
    line.conf.unlink()
    line.conf.mkdir()
    line.say("server").see("Server: ").say(server(kamailio))
    line.see("Is a directory").see(r"Not written \(again, store\): ")
    line.say("again").see("Is a directory").see(r"Not written [^:]*: ")
    line.say("store").see("kept beside the history")
    line.finish()
    line.conf.rmdir()
    _, out, _ = one_shot(tmp_path / "alice", "", "account", "list")
    assert out.startswith("alice sip:alice@lab.test ")


def test_elsewhere(start, tmp_path):
    """Who cannot be asked is told the arguments."""
    s = start("alice", "")
    reply = s.do("account", "add", ok=False)
    assert reply["status"] == 64
    assert "account add NAME URI [SETTING=VALUE...]" in reply["error"]
    status, _, err = one_shot(tmp_path / "alice", "", "account", "add",
                              args=["-s", str(tmp_path / "other")])
    assert status == 64
    assert "account add NAME URI [SETTING=VALUE...]" in err
