# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the Office Communications Server family, as far as its clients
see it: registrar, contact list, presence, and a gateway to a public network
with one user behind it. Written from the Open Specifications ([MS-SIPREGE],
[MS-PRES], [MS-SIP]); it says exactly what those say, and keeps what it got.

Everything happens in one thread of its own; a test looks at `log` and uses
expect()."""

import re
import selectors
import socket
import threading
import time
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from peer import Message

WAIT = 15.0
DOMAIN = "lab.test"
KIM = "sip:kim@public.example"
GATEWAY = "sip:gw.public.example:5061;transport=tls;maddr=127.0.0.1"

FILTERED = ('ms-diagnostics: 1012;reason="From URI is not authorized to '
            'communicate with users outside the enterprise";HRESULT='
            '"C3E93D80(SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_'
            'FILTERED)";source="fe01.lab.test"')

SELF = "application/vnd-microsoft-roaming-self+xml"
CONTACTS = "application/vnd-microsoft-roaming-contacts+xml"
CATEGORIES = "application/msrtc-event-categories+xml"
PROVISIONING = "application/vnd-microsoft-roaming-provisioning-v2+xml"

# They are for this server, not for whom it forwards to.
CREDENTIALS = re.compile(rb"(?i)\r\n(?:proxy-)?authorization:[^\r]*\r\n")

XMLNS = re.compile(r"\{[^}]*\}")


def tree(text):
    """The document with local names alone."""
    root = ElementTree.fromstring(text)
    for node in root.iter():
        node.tag = XMLNS.sub("", node.tag)
    return root


def bare(uri):
    return re.sub(r"^<?sip:([^;>]*).*$", r"\1", uri.strip()).lower()


def address(value):
    """The URI in From or To."""
    found = re.search(r"<([^>]*)>", value)
    return (found.group(1) if found else value.split(";")[0]).strip()


class Dialog:
    """A subscription: what a notification in it needs."""

    def __init__(self, conn, req, tag):
        self.conn = conn
        self.call_id = req.get("call-id")
        self.event = req.get("event")
        self.ours = req.get("to").split(";")[0] + ";tag=" + tag
        self.theirs = req.get("from")
        self.target = req.contact()
        self.cseq = 0
        self.peers = {}


class User:
    def __init__(self, name):
        self.name = name
        self.conns = []        # connections that registered
        self.epids = {}
        self.groups = {1: "~"}
        self.contacts = {}     # bare: [name, groups, subscribed]
        self.delta = 1
        self.held = {}         # (category, instance, container): [version, xml]
        self.containers = {}   # id: [version, set of bare or type]
        self.subscribers = {}  # bare: [display name, acknowledged]
        self.dialogs = {}      # Call-ID: Dialog

    def availability(self):
        """The aggregated state: what a user said, else the machine's."""
        if not self.conns:
            return 18500
        user, machine = 0, 0
        for (category, instance, container), row in self.held.items():
            xml = row[1]
            found = re.search(r"<availability>(\d+)<", xml)
            if category == "state" and container == 2 and found:
                if "userState" in xml:
                    user = int(found.group(1))
                else:
                    machine = max(machine, int(found.group(1)))
        return user or machine

    def note(self):
        for (category, _, _), row in self.held.items():
            if category == "note":
                return re.search(r"<body[^>]*>(.*?)</body>",
                                 row[1]).group(1)
        return None


class Kim:
    """The user of a public network, moved by the test."""

    def __init__(self, server):
        self.server = server
        self.state = "closed"
        self.watchers = {}  # Call-ID: Dialog
        self.dialog = None  # the session
        self.cseq = 1
        self.got = []       # requests of the session
        self.takes_text = False  # of the INVITE

    def notify(self, dialog):
        dialog.cseq += 1
        body = ('<?xml version="1.0"?><presence xmlns='
                '"urn:ietf:params:xml:ns:pidf" entity="%s"><tuple id="0">'
                '<status><basic>%s</basic></status></tuple></presence>'
                % (KIM, self.state))
        self.server.request(
            dialog.conn, "NOTIFY", dialog.target, dialog.ours, dialog.theirs,
            dialog.call_id, dialog.cseq,
            ["CONTACT: <%s>" % GATEWAY, "EVENT: presence",
             "SUBSCRIPTION-STATE: active;expires=3600",
             "CONTENT-TYPE: application/pidf+xml"], body, shout=True)

    def set(self, state):
        with self.server.lock:
            self.state = state
            for dialog in self.watchers.values():
                self.notify(dialog)

    def in_dialog(self, method, *headers, body=""):
        with self.server.lock:
            d = self.dialog
            self.cseq += 1
            self.server.request(d["conn"], method, d["target"], d["ours"],
                                d["theirs"], d["call_id"], self.cseq,
                                list(headers), body)
            return self.cseq

    def types(self, status="type"):
        return self.in_dialog(
            "INFO", "Content-Type: application/xml",
            body='<?xml version="1.0"?>\n<KeyboardActivity>\n <status '
                 'status="%s" />\n</KeyboardActivity>' % status)

    def says(self, text):
        return self.in_dialog(
            "MESSAGE", "Content-Type: text/plain; charset=UTF-8;msgr=WAAtAE0A",
            body=text)

    def leaves(self):
        return self.in_dialog("BYE")


class Fork:
    """An INVITE that went to several devices; the first who takes it has
    it."""

    def __init__(self):
        self.legs = {}      # branch: (connection, start line, the rest)
        self.won = None
        self.open = 0


class Server:
    def __init__(self, expires=7200, door=None):
        """DOOR: a Door, for who signs in by NTLM and signs all he says."""
        self.door = door
        self.lock = threading.RLock()
        self.users = {}
        self.kim = Kim(self)
        self.log = []       # (connection, Message) of requests, in order
        self.answers = []   # Messages: responses to our own requests
        self.refuse = {}    # (method, event or content type): status line
        self.held = None    # requests of sessions that wait, in order
        self.once = {}      # the same, for the next one alone
        self.expires = expires
        self.serial = 0
        self.flows = {}     # branch of a forwarded request: its connection
        self.forks = {}     # branch of a forked INVITE: Fork
        self.buffers = {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.running = True
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.running = False
        self.thread.join(5)
        for conn in [self.listener, *self.buffers]:
            conn.close()
        assert self.failure is None, self.failure

    def account(self, name, dialect="microsoft"):
        """Configuration lines."""
        return ("account add %s sip:%s@%s password=secret\n"
                "account set %s proxy 'sip:127.0.0.1:%d;transport=tcp'\n"
                "account set %s dialect %s\nlogin %s\n"
                % (name, name, DOMAIN, name, self.port, name, dialect, name))

    def user(self, name):
        with self.lock:
            return self.users.setdefault(name, User(name))

    def expect(self, method, n=1, timeout=WAIT, **headers):
        """The N-th request with METHOD whose HEADERS begin so."""
        deadline = time.monotonic() + timeout
        while True:
            with self.lock:
                assert self.failure is None, self.failure
                found = [m for _, m in self.log if m.method == method and all(
                    m.get(k.strip("_").replace("_", "-")).startswith(v)
                    for k, v in headers.items())]
            if len(found) >= n:
                return found[n - 1]
            assert time.monotonic() < deadline, "no %s %s; have %s" % (
                method, headers, [m.first for _, m in self.log])
            time.sleep(0.01)

    # ---- bytes

    def _run(self):
        try:
            while self.running:
                for key, _ in self.selector.select(0.05):
                    if key.fileobj is self.listener:
                        conn = self.listener.accept()[0]
                        conn.setsockopt(socket.IPPROTO_TCP,
                                        socket.TCP_NODELAY, 1)
                        self.buffers[conn] = b""
                        self.selector.register(conn, selectors.EVENT_READ)
                    else:
                        with self.lock:
                            self._read(key.fileobj)
        except Exception as e:  # told to the test by expect() or at the end
            import traceback
            self.failure = traceback.format_exc() + repr(e)

    def _read(self, conn):
        try:
            data = conn.recv(1 << 20)
        except ConnectionError:
            data = b""
        if not data:
            self.drop(conn)
            return
        self.buffers[conn] += data
        while conn in self.buffers:
            data = self.buffers[conn].lstrip(b"\r\n")
            if b"\r\n\r\n" not in data:
                break
            head = data.index(b"\r\n\r\n") + 4
            size = re.search(rb"(?im)^content-length\s*:\s*(\d+)", data[:head])
            assert size, "a message without Content-Length: %r" % data
            end = head + int(size.group(1))
            if len(data) < end:
                break
            self.buffers[conn] = data[end:]
            self._take(conn, data[:end])

    def drop(self, conn):
        """Closes a connection, as if the network had."""
        with self.lock:
            if self.buffers.pop(conn, None) is None:
                return
            self.selector.unregister(conn)
            if self.door:
                self.door.forget(conn)
            conn.close()
            for user in self.users.values():
                if conn in user.conns:
                    self._gone(user, conn)

    def _gone(self, user, conn):
        user.conns.remove(conn)
        user.dialogs = {k: d for k, d in user.dialogs.items()
                        if d.conn is not conn}
        for key in [k for k, row in user.held.items() if row[2] == "endpoint"]:
            del user.held[key]
        self._tell_presence(user)

    def write(self, conn, lines, body):
        data = ("\r\n".join([*lines, "Content-Length: %d"
                             % len(body.encode())])
                + "\r\n\r\n" + body).encode()
        self._out(conn, data)

    def _out(self, conn, data):
        if self.door:
            data = self.door.sign(conn, data)
        try:
            conn.sendall(data)
        except OSError:
            pass

    def answer(self, conn, req, status, *headers, body="", tag="srv"):
        lines = ["SIP/2.0 " + status]
        for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq"):
            for value in req.all(name.lower()):
                if name == "To" and ";tag=" not in value:
                    value += ";tag=" + tag
                lines.append("%s: %s" % (name, value))
        self.write(conn, [*lines, *headers], body)

    def request(self, conn, method, uri, ours, theirs, call_id, cseq,
                headers, body="", shout=False):
        self.serial += 1
        lines = ["%s %s SIP/2.0" % (method, uri)]
        for name, value in [
                ("Via", "SIP/2.0/TCP 127.0.0.1:%d;branch=z9hG4bK%d"
                 % (self.port, self.serial)),
                ("Max-Forwards", "70"), ("From", ours), ("To", theirs),
                ("Call-ID", call_id), ("CSeq", "%d %s" % (cseq, method))]:
            lines.append("%s: %s" % (name.upper() if shout else name, value))
        self.write(conn, [*lines, *headers], body)

    # ---- messages

    def _take(self, conn, data):
        m = Message(data, conn)
        if self.door:
            refusal = self.door.admit(conn, m)
            if refusal:
                self.answer(conn, m, self.door.status, *refusal)
            if refusal is not None:
                return
        if m.status:
            self._response(conn, m, data)
            return
        self.log.append((conn, m))
        event = m.get("event") or m.get("content-type")
        key = m.method, event.split(";")[0]
        refused = self.once.pop(key, None) or self.refuse.get(key)
        if refused:
            self.answer(conn, m, *refused)
            return
        handler = getattr(self, "_on_" + m.method.lower(), None)
        if handler:
            handler(conn, m)
        elif m.method != "ACK":
            self.answer(conn, m, "501 Not Implemented")

    def _response(self, conn, m, data):
        branch = m.branch
        if branch in self.forks and m.method == "INVITE" and \
                not self._fork_passes(self.forks[branch], branch, m):
            return
        if branch in self.flows:
            # Forwarded: our Via comes off.
            text = re.sub(rb"(?i)^via:[^\r]*\r\n", b"", data.partition(
                b"\r\n")[2], count=1)
            to = self.flows[branch]
            if to in self.buffers:
                self._out(to, CREDENTIALS.sub(
                    b"\r\n", data.partition(b"\r\n")[0] + b"\r\n" + text))
            return
        self.answers.append(m)

    def caller(self, m):
        return self.user(bare(m.get("from")[m.get("from").index("<"):]
                              ).split("@")[0])

    def _on_register(self, conn, m):
        user = self.caller(m)
        contact = m.get("contact")
        if m.get("expires") == "0":
            if conn in user.conns:
                self._gone(user, conn)
            self.answer(conn, m, "200 OK")
            return
        epid = re.search(r"epid=([0-9a-f]+)", m.get("from"))
        if not epid:
            self.answer(conn, m, "400 Bad Request",
                        'ms-diagnostics: 4011;reason="epid is not present"')
            return
        if conn not in user.conns:
            user.conns.append(conn)
        user.epids[conn] = epid.group(1)
        self.answer(
            conn, m, "200 OK",
            "ms-keep-alive: UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300",
            "Contact: %s;expires=%d;gruu=\"%s\"" % (
                contact, self.expires, self.gruu(user, conn)),
            "Expires: %d" % self.expires,
            'presence-state: register-action="added"',
            "Allow-Events: vnd-microsoft-provisioning,vnd-microsoft-roaming-"
            "contacts,vnd-microsoft-roaming-ACL,presence,presence.wpending,"
            "vnd-microsoft-roaming-self,vnd-microsoft-provisioning-v2",
            "Supported: adhoclist", "Supported: msrtc-event-categories",
            "Server: RTC/3.5")

    def gruu(self, user, conn):
        return "sip:%s@%s;opaque=user:epid:%s;gruu" % (
            user.name, DOMAIN, user.epids[conn])

    # ---- subscriptions

    def piggyback(self, conn, m, dialog, content_type, body):
        dialog.cseq = 1
        self.answer(
            conn, m, "200 OK", "Contact: <sip:fe01.%s:5061;transport=tcp>"
            % DOMAIN, "Expires: %s" % (m.get("expires") or "3600"),
            "Event: " + dialog.event,
            "subscription-state: active;expires=%s"
            % (m.get("expires") or "3600"),
            "ms-piggyback-cseq: 1", "Supported: ms-piggyback-first-notify",
            "Content-Type: " + content_type, body=body)

    def benotify(self, dialog, content_type, body):
        dialog.cseq += 1
        self.request(
            dialog.conn, "BENOTIFY", dialog.target, dialog.ours,
            dialog.theirs, dialog.call_id, dialog.cseq,
            ["Require: eventlist", "Content-Type: " + content_type,
             "Event: " + dialog.event,
             "subscription-state: active;expires=3600"], body)

    def _on_subscribe(self, conn, m):
        to = bare(address(m.get("to")))
        if to == bare(KIM):
            self._gateway_subscribe(conn, m)
            return
        user = self.caller(m)
        assert to == "%s@%s" % (user.name, DOMAIN), m.text
        dialog = user.dialogs.get(m.get("call-id"))
        if dialog is None:
            dialog = Dialog(conn, m, "srv")
            user.dialogs[m.get("call-id")] = dialog
        what = {"vnd-microsoft-roaming-self": self._self_body,
                "vnd-microsoft-roaming-contacts": self._contacts_body,
                "vnd-microsoft-provisioning-v2": self._provisioning_body,
                "presence": self._presence_body}[m.get("event")]
        if m.get("expires") == "0":
            del user.dialogs[m.get("call-id")]
            if m.tag("to"):
                self.answer(conn, m, "200 OK", "Expires: 0")
                return
        content_type, body = what(user, dialog, m)
        self.piggyback(conn, m, dialog, content_type, body)

    def _provisioning_body(self, user, dialog, m):
        return PROVISIONING, (
            '<provisionGroupList xmlns="http://schemas.microsoft.com/2006/09/'
            'sip/provisiongrouplist-notification"><provisionGroup '
            'name="ServerConfiguration"/></provisionGroupList>')

    def _self_body(self, user, dialog, m):
        return SELF, self._roaming(user)

    def _roaming(self, user):
        parts = ['<roamingData xmlns="http://schemas.microsoft.com/2006/09/'
                 'sip/roaming-self"><categories xmlns="http://schemas.'
                 'microsoft.com/2006/09/sip/categories" uri="sip:%s@%s">'
                 % (user.name, DOMAIN)]
        for (name, instance, container), row in user.held.items():
            parts.append('<category name="%s" instance="%d" container="%d" '
                         'version="%d" expireType="user">%s</category>'
                         % (name, instance, container, row[0], row[1]))
        parts.append('<category name="state" instance="1" container="2" '
                     'version="1" expireType="user">%s</category>'
                     % self._aggregate(user))
        parts.append("</categories><containers>")
        for number, (version, members) in user.containers.items():
            parts.append('<container id="%d" version="%d">%s</container>' % (
                number, version, "".join(
                    '<member type="user" value="%s"/>' % who
                    if "@" in who else '<member type="%s"/>' % who
                    for who in sorted(members))))
        parts.append("</containers><subscribers>")
        for who, (name, seen) in user.subscribers.items():
            parts.append('<subscriber user="%s" displayName=%s acknowledged='
                         '"%s"/>' % (who, quoteattr(name),
                                     "true" if seen else "false"))
        return "".join(parts) + "</subscribers></roamingData>"

    def _contacts_body(self, user, dialog, m):
        rows = ['<group id="%d" name=%s externalURI=""/>' % (i, quoteattr(n))
                for i, n in user.groups.items()]
        rows += [self._contact("contact", who, row)
                 for who, row in user.contacts.items()]
        return CONTACTS, '<contactList deltaNum="%d">%s</contactList>' % (
            user.delta, "".join(rows))

    @staticmethod
    def _contact(tag, who, row):
        return ('<%s uri="%s" name=%s groups="%s" subscribed="true" '
                'externalURI=""/>' % (tag, who, quoteattr(row[0]), row[1]))

    @staticmethod
    def _aggregate(user):
        """What the server makes of the states of all devices."""
        return ('<state xmlns="http://schemas.microsoft.com/2006/09/sip/state"'
                ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                'xsi:type="aggregateState"><availability>%d</availability>'
                '</state>' % user.availability())

    def _categories(self, who):
        """What WHO shows; to everybody the same."""
        user = self.user(who.split("@")[0])
        note = user.note()
        return ('<categories xmlns="http://schemas.microsoft.com/2006/09/sip/'
                'categories" uri="sip:%s"><category name="state" instance="1"'
                ' publishTime="2026-11-22T09:30:00.123">%s</category>'
                '<category name="note"%s</categories>'
                % (who, self._aggregate(user),
                   ' instance="0"><note xmlns="x"><body type="personal">%s'
                   '</body></note></category>' % note if note else "/>"))

    def _presence_body(self, user, dialog, m):
        """RLMI with a part for each colleague; others are to be asked
        alone. An empty line ends each part, as libpurple needs it."""
        root = tree(m.body.decode())
        for action in root.iter("action"):
            for node in action.iter("resource"):
                who = bare(node.get("uri"))
                if action.get("name") == "unsubscribe":
                    dialog.peers.pop(who, None)
                    continue
                dialog.peers[who] = True
                if node.find("context") is not None:
                    self._added(user, who)
        rows, parts = [], []
        for who in dialog.peers:
            if who.endswith("@" + DOMAIN):
                rows.append('<resource uri="sip:%s"><instance id="0" state='
                            '"active" cid="%s"/></resource>' % (who, who))
                parts.append(
                    "--50UB\r\nContent-Transfer-Encoding: binary\r\n"
                    "Content-ID: %s\r\nContent-Type: %s\r\n\r\n%s\r\n\r\n"
                    % (who, CATEGORIES, self._categories(who)))
            else:
                rows.append('<resource uri="sip:%s"><instance id="0" state='
                            '"resubscribe"/></resource>' % who)
        return (
            'multipart/related;type="application/rlmi+xml";start=resourceList'
            ';boundary=50UB',
            "--50UB\r\nContent-Transfer-Encoding: binary\r\nContent-ID: "
            "resourceList\r\nContent-Type: application/rlmi+xml\r\n\r\n"
            '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:%s@%s" '
            'version="1" fullState="true">%s</list>\r\n\r\n%s--50UB--\r\n'
            % (user.name, DOMAIN, "".join(rows), "".join(parts)))

    def _added(self, user, who):
        """USER has WHO in the contact list now, which WHO is told."""
        name, _, domain = who.partition("@")
        if domain != DOMAIN:
            return
        other = self.user(name)
        me = "%s@%s" % (user.name, DOMAIN)
        if me not in other.subscribers:
            other.subscribers[me] = [user.name.title(), False]
            self._tell_self(other)

    def _tell_self(self, user, but=None):
        for dialog in user.dialogs.values():
            if dialog.event == "vnd-microsoft-roaming-self" and \
                    dialog.conn is not but:
                self.benotify(dialog, SELF, self._roaming(user))

    def _tell_presence(self, user):
        who = "%s@%s" % (user.name, DOMAIN)
        for other in self.users.values():
            for dialog in other.dialogs.values():
                if dialog.event == "presence" and who in dialog.peers:
                    self.benotify(dialog, CATEGORIES, self._categories(who))

    def _gateway_subscribe(self, conn, m):
        """Presence of who is not in the contact list is filtered."""
        if b"<context" not in m.body and m.get("call-id") not in \
                self.kim.watchers:
            self.answer(conn, m, "403 Forbidden", FILTERED)
            return
        if m.get("expires") == "0":
            self.kim.watchers.pop(m.get("call-id"), None)
            self.answer(conn, m, "200 OK", "Expires: 0",
                        "Contact: <%s>" % GATEWAY)
            return
        self.answer(conn, m, "200 OK", "Contact: <%s>" % GATEWAY,
                    "Expires: 3600", "Record-Route: <sip:127.0.0.1:%d;"
                    "transport=tcp;lr>" % self.port, tag="gw")
        dialog = self.kim.watchers.get(m.get("call-id"))
        if dialog is None:
            dialog = Dialog(conn, m, "gw")
            self.kim.watchers[m.get("call-id")] = dialog
        self.kim.notify(dialog)

    # ---- SERVICE

    def _on_service(self, conn, m):
        user = self.caller(m)
        kind = m.get("content-type").split(";")[0].lower()
        root = tree(m.body.decode())
        {"application/msrtc-category-publish+xml": self._publish,
         "application/msrtc-presence-setsubscriber+xml": self._acknowledge,
         "application/msrtc-setcontainermembers+xml": self._members,
         "application/soap+xml": self._soap}[kind](conn, m, user, root)

    def _publish(self, conn, m, user, root):
        faults, pubs = [], list(root.iter("publication"))
        for i, p in enumerate(pubs):
            key = (p.get("categoryName"), int(p.get("instance")),
                   int(p.get("container")))
            have = user.held.get(key, [0, "", ""])[0]
            if int(p.get("version")) != have:
                faults.append('<operation index="%d" version="%s" '
                              'curVersion="%d"/>'
                              % (i + 1, p.get("version"), have))
        if faults:
            self.answer(conn, m, "409 Conflict",
                        "Content-Type: application/msrtc-fault+xml",
                        body='<fault xmlns="x"><Faultcode>Client.BadCall.'
                        'WrongDelta</Faultcode><details>%s</details></fault>'
                        % "".join(faults))
            return
        texts = re.findall(r"<publication [^>]*?(?:/>|>(.*?)</publication>)",
                           m.body.decode(), re.S)
        for p, text in zip(pubs, texts):
            key = (p.get("categoryName"), int(p.get("instance")),
                   int(p.get("container")))
            if p.get("expires") == "0":
                user.held.pop(key, None)
            else:
                user.held[key] = [int(p.get("version")) + 1, text,
                                  p.get("expireType")]
        self.answer(conn, m, "200 OK", "Content-Type: " + SELF,
                    body=self._roaming(user))
        self._tell_self(user, conn)
        self._tell_presence(user)

    def _acknowledge(self, conn, m, user, root):
        for node in root.iter("subscriber"):
            assert "sip:" not in node.get("user"), m.text
            if node.get("user") not in user.subscribers:
                self.answer(conn, m, "400 Bad Request")
                return
            user.subscribers[node.get("user")][1] = True
        self.answer(conn, m, "200 OK")

    def _members(self, conn, m, user, root):
        for node in root.iter("container"):
            row = user.containers.setdefault(int(node.get("id")), [0, set()])
            if int(node.get("version")) != row[0]:
                self.answer(conn, m, "409 Conflict")
                return
            row[0] += 1
            for member in node.iter("member"):
                act = row[1].add if member.get("action") == "add" \
                    else row[1].discard
                act(member.get("value") or member.get("type"))
        self.answer(conn, m, "200 OK")
        self._tell_self(user)

    def _soap(self, conn, m, user, root):
        call = list(root.iter("Body"))[0][0]
        field = {n.tag: n.text or "" for n in call}
        if int(field["deltaNum"]) != user.delta:
            self.answer(conn, m, "409 Conflict")
            return
        body, before = "", user.delta
        if call.tag == "setContact":
            who = bare(field["URI"])
            tag = "modifiedContact" if who in user.contacts else "addedContact"
            user.contacts[who] = [field["displayName"], field["groups"]]
            delta = self._contact(tag, "sip:" + who, user.contacts[who])
        elif call.tag == "deleteContact":
            user.contacts.pop(bare(field["URI"]), None)
            delta = '<deletedContact uri="sip:%s"/>' % bare(field["URI"])
        elif call.tag == "addGroup":
            number = max(user.groups) + 1
            user.groups[number] = field["name"]
            delta = '<addedGroup id="%d" name=%s externalURI=""/>' % (
                number, quoteattr(field["name"]))
            body = ('<s:Envelope xmlns:s="s" xmlns:m="m"><s:Body><m:addGroup>'
                    '<m:groupID>%d</m:groupID></m:addGroup></s:Body>'
                    '</s:Envelope>' % number)
        elif call.tag == "modifyGroup":
            user.groups[int(field["groupID"])] = field["name"]
            delta = '<modifiedGroup id="%s" name=%s externalURI=""/>' % (
                field["groupID"], quoteattr(field["name"]))
        else:
            assert call.tag == "deleteGroup", call.tag
            user.groups.pop(int(field["groupID"]), None)
            delta = '<deletedGroup id="%s"/>' % field["groupID"]
        user.delta += 1
        self.answer(conn, m, "200 OK", *(
            ["Content-Type: application/SOAP+xml"] if body else []), body=body)
        for dialog in user.dialogs.values():
            if dialog.event == "vnd-microsoft-roaming-contacts":
                self.benotify(dialog, CONTACTS, '<contactDelta deltaNum="%d" '
                              'prevDeltaNum="%d">%s</contactDelta>'
                              % (user.delta, before, delta))

    # ---- what a test does to a user

    def adds_back(self, name, who, display):
        """WHO, of anywhere, has NAME in the contact list now."""
        with self.lock:
            user = self.user(name)
            user.subscribers[bare(who)] = [display, False]
            self._tell_self(user)

    def answer_to(self, method, cseq):
        """What our request was answered with."""
        deadline = time.monotonic() + WAIT
        while True:
            with self.lock:
                for m in self.answers:
                    if m.get("cseq") == "%d %s" % (cseq, method):
                        return m
            assert time.monotonic() < deadline, [
                m.get("cseq") for m in self.answers]
            time.sleep(0.01)

    def deregister(self, name, why):
        """Ends the registration, as if another device had signed in."""
        with self.lock:
            user = self.user(name)
            who = "<sip:%s@%s>" % (name, DOMAIN)
            for conn in user.conns:
                self.request(
                    conn, "BENOTIFY", self.gruu(user, conn),
                    who + ";tag=reg", who + ";tag=none", "reg%d" % self.serial,
                    1, ["Event: registration-notify",
                        "subscription-state: terminated;expires=0",
                        "Content-Type: text/registration-event"],
                    "deregistered;event=" + why)

    def break_documents(self, event):
        """What goes out about EVENT now is no document."""
        with self.lock:
            for user in self.users.values():
                for dialog in user.dialogs.values():
                    if dialog.event != event:
                        continue
                    for body in ("<broken", "<other/>", "x" * 100000):
                        self.benotify(dialog, "application/x+xml", body)
                        self.benotify(dialog, CATEGORIES, body)

    # ---- sessions

    def hold(self):
        """Requests of sessions wait in `held` until release()."""
        with self.lock:
            self.held = []

    def release(self):
        with self.lock:
            held, self.held = self.held, None
            for conn, m in held:
                self._forward(conn, m)

    def _session_conn(self, m):
        """Who is to get a request: a colleague's connection, or None for
        the gateway."""
        uri = m.uri
        if m.get("call-id") == (self.kim.dialog or {}).get("call_id") or \
                bare(uri) == bare(KIM):
            return None
        user = self.users.get(bare(uri).split("@")[0])
        if user is None or not user.conns:
            return False
        opaque = re.search(r"epid:([0-9a-f]+)", uri)
        for conn in user.conns:
            if opaque and user.epids[conn] == opaque.group(1):
                return conn
        return user.conns[-1]

    def _forward(self, conn, m):
        if self.held is not None:
            self.held.append((conn, m))
            return
        to = self._session_conn(m)
        if to is None:
            self._gateway(conn, m)
            return
        if to is False:
            if m.method != "ACK":
                self.answer(conn, m, "480 Temporarily Unavailable",
                            'ms-diagnostics: 15030;reason="Failed to route '
                            'to the user";source="fe01.lab.test"')
            return
        devices = [to]
        callee = self.users[bare(m.uri).split("@")[0]]
        if m.method == "INVITE" and ";tag=" not in m.get("to") and \
                ";gruu" not in m.uri:
            devices = list(callee.conns)
        fork = Fork()
        for device in devices:
            self._leg(conn, m, device, fork)

    def _leg(self, conn, m, to, fork):
        self.serial += 1
        branch = "z9hG4bKf%d" % self.serial
        self.flows[branch] = conn
        first, _, rest = m.text.partition("\r\n")
        if m.method == "INVITE":
            self.forks[branch] = fork
            fork.legs[branch] = (to, first, rest)
            fork.open += 1
        rest = re.sub(r"(?im)^route:[^\r]*\r\n", "", rest)
        head = ["%s\r\nVia: SIP/2.0/TCP 127.0.0.1:%d;branch=%s"
                % (first, self.port, branch)]
        if m.method == "INVITE":
            head.append("Record-Route: <sip:127.0.0.1:%d;transport=tcp;lr>"
                        % self.port)
        self._out(to, CREDENTIALS.sub(
            b"\r\n", ("\r\n".join(head) + "\r\n" + rest).encode()))

    def _fork_passes(self, fork, branch, m):
        """True if the caller is to see this answer."""
        if m.status < 200:
            return fork.won is None
        to, first, rest = fork.legs[branch]
        if m.status >= 300:
            self._in_leg("ACK", branch, to, first, rest, m.get("to"))
            fork.open -= 1
            return fork.won is None and fork.open == 0
        if fork.won is not None:
            return fork.won == branch
        fork.won = branch
        for other, (to, first, rest) in fork.legs.items():
            if other != branch:
                self._in_leg("CANCEL", other, to, first, rest, None)
        return True

    def _in_leg(self, method, branch, to, first, rest, to_header):
        """ACK or CANCEL of a forked INVITE."""
        lines = [first.replace("INVITE", method, 1),
                 "Via: SIP/2.0/TCP 127.0.0.1:%d;branch=%s"
                 % (self.port, branch), "Max-Forwards: 70"]
        head = Message(("INVITE x SIP/2.0\r\n" + rest).encode(), None)
        for name in ("From", "To", "Call-ID"):
            value = head.get(name.lower())
            if name == "To" and to_header:
                value = to_header
            lines.append("%s: %s" % (name, value))
        lines.append("CSeq: %d %s" % (head.cseq, method))
        self.write(to, lines, "")

    _on_invite = _on_message = _on_info = _on_bye = _on_ack = _on_cancel \
        = _forward

    def _on_options(self, conn, m):
        self.answer(conn, m, "200 OK")

    def _gateway(self, conn, m):
        kim = self.kim
        kim.got.append(m)
        if m.method == "INVITE":
            kim.dialog = {
                "conn": conn, "call_id": m.get("call-id"),
                "ours": m.get("to") + ";tag=1187999459aol",
                "theirs": m.get("from"), "target": m.contact()}
            kim.cseq = 1
            self.answer(
                conn, m, "200 OK", "Contact: <%s>" % GATEWAY,
                "Record-Route: <sip:127.0.0.1:%d;transport=tcp;lr>"
                % self.port, *(["Supported: ms-text-format"]
                               if kim.takes_text else []),
                "Content-Type: application/sdp", tag="1187999459aol",
                body="v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\n"
                     "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5060 sip "
                     "sip:kim@public.example\r\n"
                     "a=accept-types:text/plain\r\n")
        elif m.method != "ACK":
            self.answer(conn, m, "200 OK")

