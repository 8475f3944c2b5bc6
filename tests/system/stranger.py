# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile neighbour: one UDP socket on loopback that says what no SIP
program would say. Every wait is bounded."""

import re
import secrets
import socket
import time

COPIED = ("via", "from", "to", "call-id", "cseq", "record-route")
SDP = (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
       b"t=0 0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n")


def as_bytes(text):
    """Surrogates are bytes that are no UTF-8."""
    return (text if isinstance(text, bytes)
            else text.encode("utf-8", "surrogateescape"))


def as_lines(more):
    """Header lines; what else Python takes for an end of line is none."""
    return [as_bytes(line) for line in re.split("\r?\n", more) if line]


def header(message, name):
    """The first value of a header, or None."""
    found = re.search(rb"(?im)^" + name.encode() + rb" *: *([^\r\n]*)",
                      message.split(b"\r\n\r\n")[0])
    return found.group(1).decode("utf-8", "replace") if found else None


def status(message):
    return int(message.split(b" ")[1]) if message.startswith(b"SIP/") else 0


class Stranger:
    def __init__(self, target, address="127.0.0.1"):
        self.target = ("127.0.0.1", target)
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((address, 0))
        self.address, self.port = self.s.getsockname()

    def close(self):
        self.s.close()

    def send(self, message):
        self.s.sendto(as_bytes(message), self.target)

    def uri(self, user="eve"):
        return "sip:%s@%s:%d" % (user, self.address, self.port)

    def request(self, method, body=b"", ctype=None, sender=None, more="",
                call_id=None, tag=None, to_tag=None, cseq=1, contact=None,
                to="sip:alice@127.0.0.1"):
        """Sends one and returns its Call-ID."""
        call_id = call_id or secrets.token_hex(8)
        sender = sender or "<%s>" % self.uri()
        lines = [
            b"%s sip:alice@127.0.0.1:%d SIP/2.0"
            % (method.encode(), self.target[1]),
            b"Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s;rport"
            % (self.address.encode(), self.port,
               secrets.token_hex(8).encode()),
            b"Max-Forwards: 70",
            b"From: %s;tag=%s" % (as_bytes(sender),
                                  (tag or "f" + call_id).encode()),
            b"To: <%s>%s" % (to.encode(), b";tag=" + to_tag.encode()
                             if to_tag else b""),
            b"Call-ID: %s" % call_id.encode(),
            b"CSeq: %d %s" % (cseq, method.encode()),
            b"Contact: <%s>" % as_bytes(contact or self.uri()),
        ]
        lines += as_lines(more)
        if ctype:
            lines.append(b"Content-Type: " + ctype.encode())
        lines.append(b"Content-Length: %d" % len(body))
        self.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        return call_id

    def answer(self, request, line, more="", body=b""):
        """Answers a request of theirs."""
        lines = [b"SIP/2.0 " + as_bytes(line)]
        for copied in request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
            if copied.split(b":")[0].strip().lower().decode() in COPIED:
                if copied.lower().startswith(b"to:") and \
                        b";tag=" not in copied:
                    copied += b";tag=stranger"
                lines.append(copied)
        lines += as_lines(more)
        lines.append(b"Content-Length: %d" % len(body))
        self.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def receive(self, timeout):
        self.s.settimeout(max(timeout, 0.001))
        try:
            message, self.target = self.s.recvfrom(65536)
            return message
        except socket.timeout:
            return None

    def expect(self, want, timeout=5.0):
        """The next message whose start line fits the pattern WANT."""
        deadline = time.monotonic() + timeout
        seen = []
        while time.monotonic() < deadline:
            message = self.receive(deadline - time.monotonic())
            if message is None:
                break
            seen.append(message.split(b"\r\n")[0])
            if re.search(want, seen[-1].decode("utf-8", "replace")):
                return message
        raise AssertionError("no %s; but: %r" % (want, seen))

    def status_of(self, *args, **kw):
        """The status that a request is answered with."""
        self.request(*args, **kw)
        return status(self.expect(r"^SIP/2.0 [2-6]"))
