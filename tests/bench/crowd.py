# SPDX-License-Identifier: GPL-3.0-or-later
"""Many buddies on one UDP socket: each takes one subscription (RFC 6665) and
notifies of what it is told to be (RFC 3863)."""

import random
import re
import select
import socket
import time

PIDF = """\
<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="%(uri)s">
<tuple id="t1"><status><basic>%(basic)s</basic></status>
<note>%(note)s</note></tuple>
</presence>
"""

NOTIFY = """\
NOTIFY %(target)s SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:%(port)d;branch=z9hG4bKc%(cseq)dx%(number)d;rport\r
Max-Forwards: 70\r
From: %(own)s\r
To: %(peer)s\r
Call-ID: %(call_id)s\r
CSeq: %(cseq)d NOTIFY\r
Contact: <%(uri)s>\r
Event: presence\r
Subscription-State: active;expires=3600\r
Content-Type: application/pidf+xml\r
Content-Length: %(length)d\r
\r
%(body)s"""

COPIED = ("via", "from", "call-id", "cseq")


def header(text, name):
    found = re.search(r"(?im)^%s *: *([^\r\n]*)" % name, text)
    return found[1] if found else ""


class Crowd:
    def __init__(self, n):
        self.n = n
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.s.bind(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        self.dialogs = {}  # number: what its NOTIFY needs
        self.heard = 0     # NOTIFYs that were answered with 200
        self.changed = 0
        self.random = random.Random(1)

    def uri(self, number):
        return "sip:c%d@127.0.0.1:%d" % (number, self.port)

    @property
    def watched(self):
        return len(self.dialogs)

    def _subscribe(self, text, peer):
        number = int(re.search(r"sip:c(\d+)@", header(text, "To"))[1])
        lines = ["SIP/2.0 200 OK"]
        for line in text.split("\r\n\r\n")[0].split("\r\n")[1:]:
            if line.split(":")[0].strip().lower() in COPIED:
                lines.append(line)
        own = header(text, "To")
        if ";tag=" not in own:
            own += ";tag=c%d" % number
        lines += ["To: " + own, "Contact: <%s>" % self.uri(number),
                  "Expires: 3600", "Content-Length: 0"]
        self.s.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), peer)
        if number in self.dialogs:
            return
        target = re.search(r"<([^>]*)>", header(text, "Contact"))
        self.dialogs[number] = {
            "number": number, "port": self.port, "uri": self.uri(number),
            "own": own, "peer": header(text, "From"), "cseq": 0,
            "call_id": header(text, "Call-ID"), "target": target[1],
            "address": peer}
        self.notify(number)

    def notify(self, number):
        d = self.dialogs[number]
        d["cseq"] += 1
        basic = self.random.choice(("open", "closed"))
        body = PIDF % {"uri": d["uri"], "basic": basic,
                       "note": "change %d" % d["cseq"]}
        self.s.sendto((NOTIFY % {**d, "body": body, "length": len(body)})
                      .encode(), d["address"])

    def take(self):
        """Answers what is there."""
        while select.select([self.s], [], [], 0)[0]:
            data, peer = self.s.recvfrom(65536)
            if data.startswith(b"SUBSCRIBE"):
                self._subscribe(data.decode(), peer)
            elif data.startswith(b"SIP/2.0 200"):
                self.heard += 1

    def serve(self, done, seconds):
        """Takes what comes until DONE() or SECONDS have passed."""
        end = time.monotonic() + seconds
        while not done():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.s], [], [], left)[0]:
                break
            data, peer = self.s.recvfrom(65536)
            if data.startswith(b"SUBSCRIBE"):
                self._subscribe(data.decode(), peer)

    def change(self, rate, seconds):
        """RATE buddies a second notify of something else."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            self.notify(self.random.randrange(self.n))
            self.changed += 1
            self.serve(lambda: False, max(0, begin + self.changed / rate
                                          - time.monotonic()))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.s.close()
