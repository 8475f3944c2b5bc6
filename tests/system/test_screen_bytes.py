# SPDX-License-Identifier: GPL-3.0-or-later
"""No byte of a stranger reaches the terminal: controls, sequences and what is
no UTF-8, in every place where text of others can be shown, and in every pane
that shows it. What is checked are the bytes that were written."""

import os
import re
import socket
import ssl
import subprocess
import threading

import pexpect
import pytest

from sotto import environment, program
from stranger import SDP, Stranger, header
from world import World

# Between Q and W; "\udcXX" is the byte XX by itself.
HEADER = [
    "\x1b[66m", "\x1bc", "\x1b7", "\x1b(0", "\x1b", "\x1b[", "\x1b]",
    "\x1b]0;PWNED\x07", "\x1b]2;PWNED\x1b\\", "\x1b]52;c;UFdORUQ=\x07",
    "\x1b]777;notify;PWNED;PWNED\x07", "\x1b]8;;http://PWNED/\x1b\\",
    "\x1bPPWNED\x1b\\", "\x1b_PWNED\x1b\\", "\x1b^PWNED\x1b\\",
    "\u009b66m", "\u009d0;PWNED\u009c", "\u0090PWNED\u009c", "\u0085",
    "\u008d", "\x07", "\x08", "\x0b", "\x0c", "\x0e", "\x0f", "\x18",
    "\x1a", "\x7f", "\t", "\u202e", "\u2066", "\u2069", "\u200f", "\u200e",
    "\u061c", "\u2028", "\u2029", "\udc9b66m", "\udc9d0;PWNED\x07", "\udc90",
    "\udc85", "\udcff", "\udcc3", "\udcc0\udc9b66m", "\udce0\udc82\udc9b",
    "\udced\udca0\udc80", "\udcf4\udc90\udc80\udc80", "\udcc2\x1b[66m",
]
BODY = HEADER + ["\n", "\r", "\r\n", "\x00"]
VALID = [p for p in BODY if not re.search("[\udc80-\udcff\x00]", p)]
XML = [p for p in HEADER
       if not re.search("[\x00-\x08\x0b-\x1f\udc80-\udcff]", p)]

# What the program itself writes to xterm.
OWN = re.compile(
    rb"\x1b(?:\[[?>]?[0-9;]*[A-Za-z@]"
    rb"|\]2;[^\x00-\x1f\x7f]*\x07"
    rb"|\]777;notify;[^\x00-\x1f\x7f;]*;[^\x00-\x1f\x7f;]*\x07"
    rb"|\]8;(?:id=\d+;[!-~]+|;)\x1b\\|[()][0AB]|[78=>M])")


def as_bytes(text):
    return text.encode("utf-8", "surrogateescape")


def evil(tag, parts):
    """A text that begins with TAG, which a test can wait for."""
    return as_bytes(tag + "".join("Q%sW" % p for p in parts))


def as_text(data):
    return data.decode("utf-8", "surrogateescape")


def quoted(text):
    """As a quoted-string of a header."""
    return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def nothing_foreign(raw, utf8=True, kept=""):
    """KEPT are blanks of texts that stay what they are."""
    raw = bytes(raw)
    for part in BODY:
        one = as_bytes("Q%sW" % part)
        if not part.strip("\r\n\t") and part in kept:
            continue
        assert one not in raw, raw[raw.index(one) - 80:][:200]
    for sequence in (b"\x1b[66m", b"\x9b66m", b"\x1b]52;", b"\x1b]0;"):
        assert sequence not in raw, raw[raw.index(sequence) - 80:][:200]
    left = OWN.sub(b"", raw)
    text = left.decode("utf-8" if utf8 else "ascii")
    # A bell of our own may ring: where nothing completes a word.
    bad = re.search("[^\a\n\r\t\b -~\u00a0-\U0010ffff]|[\u061c\u200e\u200f"
                    "\u2028-\u202e\u2066-\u2069\ufeff]", text)
    assert not bad, (bad, text[max(0, bad.start() - 80):][:200])


class Eve(Stranger):
    """She has every kind of bytes in every kind of place."""

    def name(self, tag, user="eve"):
        return b"%s <%s>" % (quoted(evil(tag, HEADER)),
                             self.uri(user).encode())

    def notify(self, subscribe, body, more=""):
        """Tells what a SUBSCRIBE asked for, as a buddy of theirs."""
        tag = header(subscribe, "From").split("tag=")[1].split(";")[0]
        aor = re.search("sip:[^>;]*", header(subscribe, "To"))[0]
        self.request(
            "NOTIFY", body, "application/pidf+xml" if body else None,
            sender="<%s>" % aor, call_id=header(subscribe, "Call-ID"),
            tag="stranger", to_tag=tag, more=more or "Event: presence\r\n"
            "Subscription-State: active;expires=600")
        return self.expect("^SIP/2.0 ")

    def accept(self, subscribe, note):
        self.answer(subscribe, "200 OK", "Expires: 600\r\nContact: <%s>"
                    % self.uri())
        return self.notify(subscribe, pidf(
            re.search("sip:[^>;]*", header(subscribe, "To"))[0], note))


def pidf(aor, note):
    text = note.replace(b"&", b"&amp;").replace(b"<", b"&lt;")
    return (b'<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf'
            b':params:xml:ns:pidf" entity="%s"><tuple id="t"><status>'
            b'<basic>open</basic></status><note>%s</note></tuple>'
            b'<note>%s</note></presence>' % (aor.encode(), text, text))


@pytest.fixture
def world(screen, start):
    return World(screen, start)


@pytest.fixture
def eve(world):
    stranger = Eve(world.ports["alice"])
    yield stranger
    stranger.close()


WIDE = {"rows": 60, "cols": 400}
OPTIONS = ("set bell no\nset buddies-width 100\nset log-level debug\n"
           "set notify-interval 0\n")


def alice(world, more="", accept="all", **options):
    """Her screen, wide enough to show it all, with all that tells."""
    options = {**WIDE, **options}
    s = world.screen("alice", OPTIONS + world.person(
        "alice", "account set me accept %s\n%s" % (accept, more)), **options)
    s.see("me (●|\\*)")
    return s.line("/trace on")


def close(s):
    """The pane that is read, if there is one."""
    s.keys("q").settle(0.05, 0.5).keys("C-a", "C-k")


def read(s, *lines):
    """What each command prints, in the pane where it is read."""
    for line in lines:
        s.line(line).settle(0.05, 1)
        close(s.keys("PageUp", "PageUp").settle(0.03, 0.3))


def escape(s):
    """By itself: with what follows at once it would be another key. To the
    line of input it is the beginning of one, which C-g ends."""
    s.keys("Escape").settle(0.1, 0.5).keys("C-g", "C-a", "C-k")
    s.settle(0.05, 0.5)


def tour(s, word="EVIL"):
    """All panes, wherever what came can be shown."""
    for tab in ("M-1", "M-2", "M-3"):
        s.keys(tab).settle(0.05, 0.5)
    s.keys("M-s", "M-o").settle(0.05, 0.5).keys("M-q")
    s.keys("F6", "Home").settle(0.05, 0.5)
    for _ in range(3):
        s.keys("i").settle(0.05, 0.5)
        escape(s.keys("q", "F6", "Down"))
        s.keys("F6")
    escape(s)
    s.keys("F8").settle(0.05, 0.5).keys("q")
    s.keys("F7").write(word).settle(0.1, 1).keys("Down", "Enter")
    escape(s.settle(0.05, 0.5))
    s.keys("M-/").write(word)
    escape(s.settle(0.1, 1))
    read(s, "/log", "/trace show", "/chat list", "/buddy list",
         "/group list", "/account list", "/account show me",
         "/presence show", "/search " + word, "/options")
    for start in ("/chat show ", "/msg %s" % word[:2], "/buddy show %s" % word,
                  "/buddy group %s" % word):
        s.write(start).keys("Tab", "Tab").settle(0.05, 0.5)
        escape(s.keys("Tab", "Down").settle(0.03, 0.3))
    s.signal(28).settle(0.1, 1)  # SIGWINCH: all of it once more


def finish(s, utf8=True, kept=""):
    s.keys("C-a", "C-k").line("/quit")
    assert s.ended() == 0
    nothing_foreign(s.raw, utf8, kept)


KINDS = [{}, {"env": {"LC_ALL": "C"}}]


@pytest.mark.parametrize("kind", KINDS, ids=["UTF-8", "C"])
def test_names_and_texts(world, eve, kind):
    """Display names, user parts, texts, subjects: question bar, list, tabs,
    headers, chats, window title, notifications, panes."""
    s = alice(world, "buddy add %s -n Bob\n" % eve.uri("bob"), "ask", **kind)
    eve.answer(eve.expect("^SUBSCRIBE"), "404 Not Found")
    eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 60",
                sender=eve.name("EVILkim", "kim%1b%5b66m%9b66m%c2%9b"))
    s.see("Added you: EVILkim")
    s.write("\x1b[O")  # from here on it has not the focus
    for n, sender in enumerate([eve.name("EVILname"),
                                b"<%s>" % eve.uri("bob").encode(),
                                b"<%s>" % eve.uri("\x1b[66m\u202e").encode(),
                                b"<%s>" % eve.uri("EV%1b]0;PWNED%07").encode(),
                                b"EVIL\x1b[66m <%s>" % eve.uri("z").encode()]):
        for m, parts in enumerate((BODY, HEADER)):
            eve.request("MESSAGE", evil("EVILtext%d%d" % (n, m), parts),
                        "text/plain;charset=" + ("utf-8", "iso-8859-1")[m],
                        sender=sender, more="Subject: EVIL\u009b66m\r\n"
                        "Organization: EVIL\u202e")
            eve.expect("^SIP/2.0 [2-6]")
    eve.request("MESSAGE", b"<html><body>EVILhtml<b>Q\x1b[66mW&#27;[66m"
                b"&#155;66m&#x202e;&#7;</b><a href=\"http://x/\x1b]0;PWNED"
                b"\x07\">Q\x9b66mW</a></body></html>", "text/html",
                sender="<%s>" % eve.uri("bob"))
    eve.expect("^SIP/2.0 [2-6]")
    eve.request("MESSAGE", b"see http://example.org/Q\x1b[66mWx\x07y and "
                b"http://example.org/\xc2\x9b66m", "text/plain",
                sender="<%s>" % eve.uri("bob"))
    eve.expect("^SIP/2.0 [2-6]")
    s.see("\\([2-9]\\)").see("EVIL")
    tour(s)
    s.keys("F5").gone("Added you")
    tour(s, "EVILtext")
    assert s.raw.count(b"\x1b]777;notify;") > 3
    assert b"\x1b]777;notify;Bob;EVILtext1" in s.raw
    s.write("\x1b[I")
    # With nothing unread the title has the name of who is shown.
    for tab in ("M-1", "M-2", "M-3", "M-4"):
        s.keys(tab).settle(0.3)
    s.wait("a title with a name", lambda: re.search(
        rb"\x1b\]2;sotto: (eve|Bob|EV)", bytes(s.raw)))
    finish(s, not kind)


def test_notes(world, eve):
    """Notes of presence, also of who is asked once."""
    s = alice(world, "".join("buddy add %s -n %s -g Friends\n"
                             % (eve.uri(n), n) for n in ("bob", "kim")))
    for n in range(2):
        subscribe = eve.expect("^SUBSCRIBE")
        # XML has no controls but these; a document with others is refused.
        reply = eve.accept(subscribe, evil("EVILnote%d" % n, XML if not n
                                           else HEADER))
        assert reply.startswith(b"SIP/2.0 2" if not n else b"SIP/2.0 ")
    s.see("EVILnote0")
    s.line("/presence show %s" % eve.uri("eve"))
    eve.accept(eve.expect("^SUBSCRIBE sip:eve"), evil("EVILonce", XML))
    close(s.see("EVILonce"))
    s.line("/chat show bob").see("^bob>")
    tour(s)
    finish(s)


REASONS = [
    ("403 EVIL", "Warning: 399 EVIL %s"),
    ("480 EVIL", "Reason: SIP ;cause=480 ;text=%s"),
    ("488 EVIL", "ms-diagnostics: 1000;reason=%s;source=\"EVIL\""),
    ("603 EVIL", "Error-Info: <http://EVIL/\x1b[66m>"),
]


def refuse(eve, request, n):
    line, more = (as_bytes(text).replace(b"%s", quoted(evil("EVILwhy",
                                                            HEADER)))
                  for text in REASONS[n])
    eve.answer(request, line + evil("", HEADER),
               as_text(more))


@pytest.mark.parametrize("n", range(len(REASONS)))
def test_reasons(world, eve, n):
    """Why a watch, a question, a message was refused."""
    s = alice(world, "account set me session page\n"
              "buddy add %s -n Bob\n" % eve.uri("bob"))
    refuse(eve, eve.expect("^SUBSCRIBE"), n)
    s.line("/chat show bob").see("^Bob>").line("hello")
    request = eve.expect("^MESSAGE")
    while b"\r\n\r\nhello" not in request:  # that she types
        refuse(eve, request, n)
        request = eve.expect("^MESSAGE")
    refuse(eve, request, n)
    s.see("hello.*✗").see("EVIL").keys("M-y").settle(0.1, 1)
    s.line("/presence show %s" % eve.uri("eve"))
    refuse(eve, eve.expect("^SUBSCRIBE sip:eve"), n)
    close(s.see("EVIL"))
    read(s, "/log", "/trace show", "/chat why", "/buddy list")
    finish(s)


@pytest.mark.parametrize("n", range(len(REASONS)))
def test_refused_session(world, eve, n):
    s = alice(world, "account set me session session\n"
              "buddy add %s -n Bob\n" % eve.uri("bob"))
    s.line("/chat show bob").see("^Bob>").line("/chat open bob")
    refuse(eve, eve.expect("^INVITE"), n)
    eve.expect("^ACK")
    close(s.see("EVIL"))
    read(s, "/log", "/trace show", "/chat why", "/chat list")
    finish(s)


def test_ended_watch(world, eve):
    s = alice(world, "buddy add %s -n Bob\n" % eve.uri("bob"))
    subscribe = eve.expect("^SUBSCRIBE")
    eve.accept(subscribe, b"in")
    s.see("in")
    eve.notify(subscribe, b"", "Event: presence\r\nSubscription-State: "
               "terminated;reason=EVIL\x1b[66m\u009b66m;retry-after=600")
    s.line("/presence show bob").settle(0.1, 1)
    tour(s, "Bob")
    finish(s)


def test_bytes_of_a_buddy(world):
    """The whole screen with note, name and text of one who is in the list."""
    kim = world.peer("kim", "account set me display-name \"K EVIL\x1b[66m\"\n"
                     "presence set away \"EVIL\x1b]0;PWNED\x07\u009b66m\"\n")
    s = world.alice(more="buddy add %s\n" % world.uri("kim")).see("EVIL")
    s.line("/chat show kim").see("^kim>")
    kim.do("msg", world.uri("alice"), "EVIL\x1b[66m\x1b]0;PWNED\x07\u009b66m"
           "\u202e\u2066\x9d0;PWNED\x07\x0e\r")
    s.see("EVIL.*PWNED").same("evil")
    s.keys("F6", "i").settle()
    finish(s)


def test_session(world, eve):
    """A session that they open, what is said in it, and its end."""
    s = alice(world)
    call = eve.request("INVITE", SDP.replace(
        b"s=-", b"s=EVIL\x1b[66m"), "application/sdp",
        sender=eve.name("EVILname"), more="Subject: EVIL\u009b66m")
    ok = eve.expect("^SIP/2.0 200")
    tag = header(ok, "To").split("tag=")[1]
    dialog = {"sender": eve.name("EVILname"), "call_id": call, "to_tag": tag}
    eve.request("ACK", **dialog)
    s.line("/chat show %s" % eve.uri()).see("^EVIL|^eve")
    for cseq, (method, body, kind) in enumerate([
            ("MESSAGE", evil("EVILsaid", BODY), "text/plain"),
            ("MESSAGE", b'<?xml version="1.0"?><isComposing xmlns="urn:ietf:'
             b'params:xml:ns:im-iscomposing"><state>active</state>'
             b'<contenttype>EVIL\xc2\x9b66m</contenttype></isComposing>',
             "application/im-iscomposing+xml"),
            ("INFO", b'<?xml version="1.0"?><KeyboardActivity><status '
             b'status="EVIL\x1b[66m"/></KeyboardActivity>',
             "application/xml"),
            ("MESSAGE", evil("EVILkind", HEADER), "text/EVIL\x1b[66m"),
            ("EVIL", b"x", "text/plain")], 2):
        eve.request(method, body, kind, cseq=cseq, **dialog)
        eve.expect("^SIP/2.0 [2-6]")
    s.see("EVILsaid")
    tour(s)
    eve.request("BYE", cseq=20, more="Reason: SIP ;cause=200 ;text=%s"
                % as_text(quoted(evil("EVILbye", HEADER))), **dialog)
    s.settle(0.2, 1)
    tour(s)
    finish(s)


def test_registrar(world, eve):
    """What a server says when it refuses."""
    s = world.screen("alice", OPTIONS + "account add me sip:alice@lab.test\n"
                     "account set me proxy sip:127.0.0.1:%d\n"
                     "account set me password x\nlogin me\n" % eve.port,
                     **WIDE)
    s.line("/trace on")
    realm = as_text(quoted(evil("EVILrealm", HEADER)))
    Stranger.answer(eve, eve.expect("^REGISTER"), "401 EVIL\x1b[66m",
                    "WWW-Authenticate: Digest realm=%s, nonce=\"x\", "
                    "algorithm=EVIL\x1b[66m" % realm)
    for line in ("403 EVIL\x1b[66m\u009b66m\u202e",):
        try:
            request = eve.expect("^REGISTER", 1)
        except AssertionError:
            break
        eve.answer(request, line, "Warning: 399 x \"EVIL\x1b]0;PWNED\x07\"")
    s.see("me ✗").settle(0.1, 1)
    tour(s, "me")
    finish(s)


def test_new_account(world, eve):
    """The dialogue that makes an account tells why it was not let in."""
    s = world.screen("alice", OPTIONS, **WIDE).see("No account yet")
    s.line("/account add").see("^Address:$").line("alice@lab.test")
    s.see("^Name of the account:").keys("Enter").see("F3 ask").keys("F4")
    s.see("^Password for").line("x").see("^Change:")
    s.keys("F4").see("^Server:$")
    s.line("sip:127.0.0.1:%d;transport=udp" % eve.port)
    eve.answer(eve.expect("^REGISTER"), "403 " + as_text(
        evil("EVILno", HEADER)), "Warning: 399 x %s" % as_text(
            quoted(evil("EVILwhy", HEADER))))
    s.see("EVIL").see("^Change:").settle(0.2)
    s.keys("Escape").settle(0.3)
    read(s, "/log")
    finish(s)


def test_ringing(world, eve):
    """A stranger's session in the bar."""
    s = alice(world, accept="ask")
    s.write("\x1b[O").settle(0.2)
    eve.request("INVITE", SDP, "application/sdp", sender=eve.name(
        "EVILname", "EV%1b%5b66m%e2%80%ae%c2%9b"), more="Subject: EVIL\u009b")
    s.see("Asks for a chat: EV")
    s.wait("a notification", lambda: b"\x1b]777;notify;EV" in s.raw)
    tour(s, "EV")
    finish(s)


def certificate(home, file, *issuer):
    """Its names hold what is no text; the file has the key too."""
    path = os.path.join(str(home), file)
    name = evil("EVIL", ["\x1b[66m", "\x07", "\x08", "\u009b66m", "\u202e",
                         "\x1b]0;PWNED\x07"])
    subprocess.run(
        [b"openssl", b"req", b"-x509", b"-newkey", b"ec", b"-pkeyopt",
         b"ec_paramgen_curve:P-256", b"-nodes", b"-utf8", b"-keyout",
         path.encode(), b"-out", path.encode() + b".crt", b"-days", b"30",
         b"-subj", b"/O=%s/CN=%s" % (name, name), b"-addext",
         b"subjectAltName=DNS:%s,URI:sip:%s" % (
             name.replace(b",", b""), name.replace(b",", b"")), *issuer],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path + ".crt", "rb") as f, open(path, "ab") as pem:
        pem.write(f.read())
    return path


@pytest.mark.parametrize("trusted", [False, True])
def test_certificate(world, tmp_path, trusted):
    """Why one was refused: its issuer, its names."""
    path = certificate(tmp_path, "ca.pem")
    if not trusted:
        path = certificate(tmp_path, "evil.pem", "-CA", path + ".crt",
                           "-CAkey", path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                context.wrap_socket(server.accept()[0], True).close()
            except ssl.SSLError:
                pass
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    s = world.screen("alice", OPTIONS + "account add me sip:alice@lab.test\n"
                     "account set me proxy 'sip:127.0.0.1:%d;transport=tls'\n"
                     "%slogin me\n" % (
                         server.getsockname()[1],
                         "account set me tls-ca-file %s.crt\n" % path
                         if trusted else ""), **WIDE)
    s.see("me ✗")
    read(s, "/account show me", "/account list", "/log")
    finish(s)
    assert b"EVIL" in s.raw
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def csv(tag):
    return b'"%s"' % evil(tag, VALID)


def vcard(tag):
    return evil(tag, [p for p in VALID if "\n" not in p])


FILES = {
    "people.csv": lambda: b"address,name,group\n"
    b"sip:a@example.org,%s,%s\nsip:b@example.org,\xff\x9b66m,x\n"
    b"EVIL\x1b[66m,x,y\n" % (csv("EVILname"), csv("EVILgroup")),
    "people.vcf": lambda: b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:%s\r\n"
    b"IMPP:sip:a@example.org\r\nCATEGORIES:%s\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\r\nFN:EVIL\x1b[66m\r\nIMPP:EVIL\xc2\x9b66m\r\n"
    b"END:VCARD\r\n" % (vcard("EVILname"), vcard("EVILgroup")),
    "people.xml": lambda: b'<?xml version="1.0"?><resource-lists xmlns="urn:'
    b'ietf:params:xml:ns:resource-lists"><list name="g"><display-name>%s'
    b'</display-name><entry uri="sip:a@example.org"><display-name>%s'
    b'</display-name></entry><entry uri="EVIL\xc2\x9b66m"/></list>'
    b'</resource-lists>' % (evil("EVILgroup", XML), evil("EVILname", XML)),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_imported_list(world, name):
    """Names and groups of a file, and why rows of it were not taken."""
    s = alice(world)
    with open(os.path.join(s.home, name), "wb") as f:
        f.write(FILES[name]())
    s.line("/buddy import %s" % name).see("EVILgroup").see("EVILname")
    close(s.settle(0.1, 1))
    s.line("/chat show sip:a@example.org").settle(0.1, 1)
    tour(s)
    finish(s)


def file_names(home, ending):
    """Files with names of all kinds; how many there are."""
    n = 0
    for part in BODY:
        name = as_bytes("EVQ%sW%s" % (part, ending))
        if b"/" in name or b"\0" in name:
            continue
        with open(os.path.join(os.fsencode(home), name), "wb") as f:
            f.write(b"EVIL\x1b[66m \x1b]0;PWNED\x07\n")
        n += 1
    return n


def test_file_names(world):
    """Completion of files, and what is said of one."""
    s = alice(world, rows=80)
    assert file_names(s.home, ".csv") > 40
    for command in ("/buddy import ", "/source ", "/history export ",
                    "/account set me tls-ca-file "):
        for start in ("EV", "./EV"):
            s.write(command + start).keys("Tab", "Tab").settle(0.1, 1)
            for _ in range(3):
                s.keys("Tab").settle(0.03, 0.2)
            escape(s)
    for command in ("/buddy import ", "/source ", "/buddy export "):
        for _ in range(2):
            s.write(command + "EV").keys("Tab", "Tab").settle(0.1, 1)
            close(s.keys("Tab", "Enter").settle(0.1, 1))
    tour(s)
    finish(s)


def test_output_of_commands(world, eve, tmp_path):
    """What commands of the user print may come from others too."""
    script = tmp_path / "say"
    script.write_bytes(b"#!/bin/sh\nprintf 'header\\n'\ncat '%s'\ncat '%s' "
                       b">&2\nexit 3\n" % (bytes(tmp_path / "out"),
                                           bytes(tmp_path / "err")))
    script.chmod(0o755)
    (tmp_path / "out").write_bytes(
        b"sip:a@example.org\t%s\n" % evil("EVILfound", HEADER))
    (tmp_path / "err").write_bytes(evil("EVILerror", HEADER) + b"\n")
    s = alice(world, "set notify-command %s\nset query-command %s\n"
              "account add two sip:alice@lab.test password-command=%s "
              "proxy=sip:127.0.0.1:%d\n" % (script, script, script, eve.port))
    s.write("\x1b[O")
    eve.request("MESSAGE", b"EVILtext", "text/plain")
    eve.expect("^SIP/2.0 200")
    s.see("EVILerror").line("/login two")
    Stranger.answer(eve, eve.expect("^REGISTER"), "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"x\", nonce=\"x\"")
    close(s.line("/search -p EVIL").see("EVIL(found|error)"))
    (script).write_bytes(script.read_bytes().replace(b"exit 3", b"exit 0"))
    close(s.line("/search -p EVIL").see("EVILfound"))
    tour(s)
    finish(s)


def one_shot(s, *words):
    """What a command of the shell writes to a terminal."""
    env = environment(s.home)
    env["TERM"] = "xterm-256color"
    p = pexpect.spawn(program(), [
        "-f", os.path.join(s.home, "sotto.conf"), "-s",
        os.path.join(s.home, "state"), *words], env=env, cwd=s.home,
        dimensions=(60, 400))
    p.expect(pexpect.EOF, timeout=15)
    p.close()
    assert p.signalstatus is None
    return p.before


def test_shell(world, eve):
    """Commands of the shell at a terminal, while the screen runs and
    alone; the history as a file."""
    more = "buddy add %s -n Bob\n" % eve.uri("bob")
    s = alice(world, more)
    eve.accept(eve.expect("^SUBSCRIBE"), evil("EVILnote", XML))
    for sender in (eve.name("EVILname"), "<%s>" % eve.uri("bob"),
                   "<%s>" % eve.uri("EV%1b%5b66m%e2%80%ae")):
        eve.request("MESSAGE", evil("EVILtext", BODY), "text/plain",
                    sender=sender)
        eve.expect("^SIP/2.0 ")
    s.see("EVILnote").see("\\([1-9]\\)")
    commands = [["history", "show", "bob"], ["history", "show"],
                ["buddy", "list"], ["buddy", "show", "bob"], ["chat", "list"],
                ["search", "EVIL"], ["presence", "show", "-t", "1", "bob"],
                ["log"], ["trace", "show"], ["account", "list"],
                ["--complete", "buddy"], ["--complete", "chat"],
                ["buddy", "show", "EVIL\x1b[66m\u009b66m"],
                ["history", "show", "EVIL\x1b]0;PWNED\x07@example.org"],
                ["EVIL\x1b[66m"], ["set", "EVIL\x1b[66m", "x"],
                ["source", "EVIL\x1b[66m"], ["msg", "EVIL\x1b[66m", "x"],
                ["history", "export", "past.txt"]]
    seen = 0
    for _ in range(2):
        for words in commands:
            out = one_shot(s, *words)
            seen += b"EVIL" in out
            nothing_foreign(out, kept="\t\r\n" if words[0] == "trace"
                            else "\t")
        with open(os.path.join(s.home, "past.txt"), "rb") as f:
            past = f.read()
        assert past.count(b"EVILtext") == 3, past
        assert b"Q\nW" not in past
        nothing_foreign(past, kept="\t")
        os.unlink(os.path.join(s.home, "past.txt"))
        if s.p.isalive():
            finish(s)
    assert seen > 12


@pytest.mark.parametrize("kind", KINDS, ids=["UTF-8", "C"])
def test_line(world, eve, kind):
    """The line front end on the same kind of terminal."""
    s = world.screen("alice", OPTIONS + world.person(
        "alice", "account set me accept ask\nbuddy add %s -n Bob\n"
        % eve.uri("bob")), "--line", **WIDE, **kind)
    s.see("me is online")
    eve.accept(eve.expect("^SUBSCRIBE"), evil("EVILnote", XML))
    s.see("EVILnote")
    eve.request("SUBSCRIBE", more="Event: presence\r\nExpires: 60",
                sender=eve.name("EVILkim", "kim%1b%5b66m"))
    s.see("EVILkim")
    for n, sender in enumerate((eve.name("EVILname"),
                                "<%s>" % eve.uri("bob"))):
        eve.request("MESSAGE", evil("EVILtext%d" % n, BODY), "text/plain",
                    sender=sender)
        eve.expect("^SIP/2.0 200")
        s.see("EVILtext%d" % n)
    file_names(s.home, ".csv")
    for line in ("/chat list", "/buddy list", "/log", "/trace show",
                 "/history show bob", "/search EVIL", "/presence show bob",
                 "/chat show bob", "/chat show %s" % eve.uri()):
        s.line(line).settle(0.05, 1)
    for line in ("/buddy show EV", "/buddy import EV", "/source EV"):
        s.write(line).keys("Tab", "Tab").settle(0.1, 1)
        s.keys("C-a", "C-k")
    finish(s, not kind, "\t")
