# SPDX-License-Identifier: GPL-3.0-or-later
"""More MESSAGE requests than server transactions are kept."""

import re
import socket

from kamailio import free_ports

KEPT = 100  # the least that max-transactions takes
SENT = 250

TEXT = ("MESSAGE sip:alice@127.0.0.1:%(port)d SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 127.0.0.1:%(own)d;branch=z9hG4bKm%(n)d;rport\r\n"
        "From: <sip:bob@127.0.0.1>;tag=t%(n)d\r\n"
        "To: <sip:alice@127.0.0.1>\r\nCall-ID: c%(n)d\r\n"
        "CSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\n"
        "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\n%(n)04d")


def status(answer):
    return int(re.match(rb"SIP/2.0 (\d+) ", answer)[1])


def to_tag(answer):
    return re.search(rb"^To:.*;tag=([^;\r]+)", answer, re.M)[1]


def test_repeated_after_its_transaction(start):
    """The oldest answered makes room for the next; repeated after that, it
    gets 200 again and is shown once."""
    port, = free_ports(1)
    alice = start("alice", "set max-transactions %d\n"
                  "account add me sip:alice@127.0.0.1\n"
                  "account set me register no\n"
                  "account set me accept all\n"
                  "account set me listen 127.0.0.1:%d\nlogin me\n"
                  % (KEPT, port))
    alice.expect("account", state="online")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(5)
        own = s.getsockname()[1]

        def ask(n):
            s.sendto((TEXT % {"port": port, "own": own, "n": n}).encode(),
                     ("127.0.0.1", port))
            answer = s.recv(4096)
            assert status(answer) == 200
            return to_tag(answer)

        tags = [ask(n) for n in range(SENT)]
        # Kept: the same response; forgotten: another transaction's.
        assert ask(SENT - 1) == tags[SENT - 1]
        assert ask(SENT - KEPT + 1) == tags[SENT - KEPT + 1]
        assert ask(0) != tags[0]
        assert ask(SENT - KEPT - 1) != tags[SENT - KEPT - 1]
        ask(SENT)
    alice.expect("message", text="%04d" % SENT)
    shown = [e["text"] for e in alice.seen("message")]
    assert shown == ["%04d" % n for n in range(SENT + 1)]
