# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kamailio whose presence server begins with N people of the suite's domain
who have published that they are online, without a PUBLISH of each."""

import os
import re
import subprocess
import time

from kamailio import DOMAIN, Kamailio

BODY = """\
<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="%(uri)s">
<tuple id="t1"><status><basic>open</basic></status>
<note>at desk %(number)d</note></tuple>
</presence>
"""


def field(text):
    """As the tables of db_text have it."""
    for char, name in (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"),
                       ("\t", "\\t"), (":", "\\:")):
        text = text.replace(char, name)
    return text


class Presentities(Kamailio):
    def __init__(self, directory, n, change=lambda text: text, **options):
        self.n = n
        self.change = change
        super().__init__(directory, **options)

    @staticmethod
    def uri(number):
        return "sip:b%d@%s" % (number, DOMAIN)

    def _write(self):
        super()._write()
        path = os.path.join(self.dir, "kamailio.cfg")
        with open(path, encoding="utf-8") as f:
            text = self.change(f.read())
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        now = int(time.time())
        with open(os.path.join(self.dir, "dbtext", "presentity"), "a",
                  encoding="utf-8") as f:
            for i in range(self.n):
                body = BODY % {"uri": self.uri(i), "number": i}
                f.write(":".join(field(v) for v in (
                    str(i + 1), "b%d" % i, DOMAIN, "presence",
                    "a.%d.1.1.0" % i, str(now + 3600), str(now), body,
                    self.uri(i), "0", "")) + "\n")


def socket_bytes(pid, port):
    """What process PID has sent to and received from TCP port PORT."""
    text = subprocess.run(("ss", "-tinpH", "dst", "127.0.0.1:%d" % port),
                          capture_output=True, text=True, check=True).stdout
    sent = received = 0
    for block in re.split(r"\n(?=\S)", text):
        if "pid=%d," % pid in block:
            sent += int((re.search(r"bytes_acked:(\d+)", block)
                         or [0, 0])[1])
            received += int((re.search(r"bytes_received:(\d+)", block)
                             or [0, 0])[1])
    return sent, received


def traced(path):
    """How many messages of each kind a trace has: "-> SUBSCRIBE", "<- 200"."""
    counts, kind = {}, None
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            head = re.match(r"\d{4}-\S+ (?:udp|tcp|tls) \S+ (->|<-) \S+$",
                            line.rstrip("\n"), re.I)
            if head:
                kind = head[1]
            elif kind:
                words = line.split()
                if len(words) > 2:
                    word = (words[1] if words[0] == "SIP/2.0" else words[0])
                    key = "%s %s" % (kind, word)
                    counts[key] = counts.get(key, 0) + 1
                kind = None
    return counts
