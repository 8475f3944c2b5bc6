# SPDX-License-Identifier: GPL-3.0-or-later
"""A small SIP peer for what SIPp is awkward at: it says exactly what a test
writes and shows what came. No state of its own but sockets and a queue."""

import hashlib
import re
import select
import socket
import time
import uuid

WAIT = 10.0


class Message:
    def __init__(self, data, way):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        self.first = lines[0]
        self.headers = [(n.strip().lower(), v.strip()) for n, _, v in
                        (line.partition(":") for line in lines[1:])]
        self.way = way  # an address, or a connection
        self.signed = False
        words = self.first.split(" ", 2)
        self.status = int(words[1]) if words[0] == "SIP/2.0" else None
        self.method = self.get("cseq").split()[-1]
        self.uri = None if self.status else words[1]
        self.text = data.decode("utf-8", "replace")

    def all(self, name):
        return [v for n, v in self.headers if n == name]

    def get(self, name):
        return (self.all(name) or [""])[0]

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.get("via"))
        return found.group(1) if found else None

    @property
    def cseq(self):
        return int(self.get("cseq").split()[0])

    def tag(self, name):
        found = re.search(r";tag=([^;,\s]+)", self.get(name))
        return found.group(1) if found else None

    def contact(self):
        return re.search(r"<([^>]*)>", self.get("contact")).group(1)

    def credentials(self, name="authorization"):
        """The parameters of the Digest credentials; {} without any."""
        return {k: q or v for k, q, v in re.findall(
            r'(\w+)=(?:"([^"]*)"|([^",\s]+))',
            self.get(name).partition(" ")[2])}


def digest(creds, password, method):
    """The response that CREDS ought to have (RFC 7616 3.4.1)."""
    kind = {"MD5": "md5", "SHA-256": "sha256"}[creds["algorithm"]]

    def h(*words):
        return hashlib.new(kind, ":".join(words).encode()).hexdigest()

    return h(h(creds["username"], creds["realm"], password), creds["nonce"],
             creds["nc"], creds["cnonce"], creds["qop"],
             h(method, creds["uri"]))


class Peer:
    def __init__(self, transport="udp", tls=None):
        """TLS: the ssl.SSLContext of a server."""
        self.tls = tls
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.transport = transport
        self.sock = socket.socket(socket.AF_INET, kind)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.streams = {}  # connection: bytes not yet whole
        self.queue = []
        self.seen = set()  # datagrams that came before
        if transport != "udp":
            self.sock.listen(8)

    def uri(self, user="bob"):
        return "sip:%s@127.0.0.1:%d%s" % (
            user, self.port, "" if self.transport == "udp"
            else ";transport=" + self.transport)

    def close(self):
        for s in [self.sock, *self.streams]:
            s.close()

    # ---- in

    def _split(self, conn):
        data = self.streams[conn].lstrip(b"\r\n")
        while b"\r\n\r\n" in data:
            head = data.index(b"\r\n\r\n") + 4
            size = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)",
                             data[:head])
            end = head + int(size.group(1))
            if len(data) < end:
                break
            self.queue.append(Message(data[:end], conn))
            data = data[end:].lstrip(b"\r\n")
        self.streams[conn] = data

    def _accept(self):
        conn = self.sock.accept()[0]
        if self.tls:
            conn.settimeout(WAIT)
            conn = self.tls.wrap_socket(conn, server_side=True)
        self.streams[conn] = b""

    def _read(self, conn):
        data = conn.recv(65536)
        while data and self.tls and conn.pending():
            data += conn.recv(65536)
        if data:
            self.streams[conn] += data
            self._split(conn)
        else:
            del self.streams[conn]
            conn.close()

    def _poll(self, seconds, copies):
        ready = select.select([self.sock, *self.streams], [], [],
                              max(seconds, 0))[0]
        for s in ready:
            if s is self.sock and self.transport == "udp":
                data, address = s.recvfrom(65536)
                if data.strip() and (copies or data not in self.seen):
                    self.queue.append(Message(data, address))
                self.seen.add(data)
            elif s is self.sock:
                self._accept()
            else:
                self._read(s)

    def _take(self, what):
        for i, m in enumerate(self.queue):
            if what == m.status or (m.status is None and what == m.method):
                return self.queue.pop(i)
        return None

    def recv(self, what, timeout=WAIT, copies=False):
        """The next request with method WHAT or response with status WHAT;
        datagrams that are copies only with COPIES."""
        deadline = time.monotonic() + timeout
        while True:
            m = self._take(what)
            if m:
                return m
            left = deadline - time.monotonic()
            assert left > 0, "no %s; have %s" % (
                what, [q.first for q in self.queue])
            self._poll(left, copies)

    def none(self, what, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._poll(deadline - time.monotonic(), False)
        m = self._take(what)
        assert m is None, m.text

    # ---- out

    def _send(self, lines, body, way):
        data = ("\r\n".join([*lines, "Content-Length: %d" % len(body)])
                + "\r\n\r\n").encode() + body
        self._write(data, way)

    def _write(self, data, way):
        if isinstance(way, tuple):
            self.sock.sendto(data, way)
        else:
            way.sendall(data)

    def connect(self, port):
        conn = socket.create_connection(("127.0.0.1", port), WAIT)
        self.streams[conn] = b""
        return conn

    def answer(self, req, status, *headers, body="", tag="peer"):
        """STATUS is "200 OK"."""
        lines = ["SIP/2.0 " + status]
        for name in ("via", "record-route", "from", "to", "call-id", "cseq"):
            for value in req.all(name):
                if name == "to" and ";tag=" not in value:
                    value += ";tag=" + tag
                lines.append("%s: %s" % (name.title(), value))
        self._send([*lines, *headers], body.encode(), req.way)

    def request(self, method, uri, way, *headers, body="", branch=None,
                cseq=1, call_id=None, tag="peer", to=None, to_tag=None,
                sender=None):
        """Returns (branch, Call-ID)."""
        branch = branch or "z9hG4bK" + uuid.uuid4().hex
        call_id = call_id or uuid.uuid4().hex
        self._send([
            "%s %s SIP/2.0" % (method, uri),
            "Via: SIP/2.0/%s 127.0.0.1:%d;branch=%s;rport"
            % (self.transport.upper(), self.port, branch),
            "Max-Forwards: 70", "From: <%s>;tag=%s" % (sender or self.uri(), tag),
            "To: <%s>%s" % (to or uri, ";tag=" + to_tag if to_tag else ""),
            "Call-ID: " + call_id, "CSeq: %d %s" % (cseq, method), *headers],
            body.encode() if isinstance(body, str) else body, way)
        return branch, call_id

    # ---- a notifier

    def notify(self, sub, state, n, body="", tag="peer"):
        """NOTIFY number N in the dialog that SUBSCRIBE made."""
        self.request(
            "NOTIFY", sub.contact(), sub.way, "Event: presence",
            "Subscription-State: " + state, "Contact: <%s>" % self.uri(),
            *(["Content-Type: application/pidf+xml"] if body else []),
            body=body, cseq=n, call_id=sub.get("call-id"), tag=tag,
            to=re.search("<([^>]*)>", sub.get("from")).group(1),
            to_tag=sub.tag("from"))


def pidf(entity, basic):
    return ('<?xml version="1.0"?><presence xmlns='
            '"urn:ietf:params:xml:ns:pidf" entity="%s"><tuple id="t1">'
            '<status><basic>%s</basic></status></tuple></presence>'
            % (entity, basic))
