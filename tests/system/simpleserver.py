# SPDX-License-Identifier: GPL-3.0-or-later
"""A SIMPLE server of the tests' own, over TCP or TLS on loopback, that lets
everybody in and notifies whatever a test writes. It lives in a thread; every wait is
bounded."""

import contextlib
import re
import threading
import time

from peer import WAIT, Peer

TYPES = {"presence": "application/pidf+xml",
         "presence.winfo": "application/watcherinfo+xml"}


class Subscription:
    def __init__(self, sub):
        self.sub, self.n, self.active = sub, 0, True
        self.event = sub.get("event").split(";")[0]
        self.who = re.search("<([^>]*)>", sub.get("to")).group(1)


class SimpleServer(Peer):
    subscription = Subscription

    def __init__(self, tls=None):
        super().__init__("tls" if tls else "tcp", tls)
        self.lock = threading.RLock()
        self.subs = {}       # by Call-ID
        self.answers = {}    # status by (Call-ID, CSeq) of a NOTIFY
        self.seen = []       # every request, in order
        # By event or method: a status instead of 200 and headers, or what
        # tells them.
        self.refused = {}
        self.silent = set()  # events and methods that get no answer
        # By who is subscribed to: what tells the first document and its
        # type; of lists, that it is one.
        self.lists = {}
        self.documents = {}
        self.over = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def config(self, user, *more):
        lines = ["account add me sip:%s@lab.test" % user,
                 "account set me password secret",
                 "account set me proxy '%s'" % self.uri("").replace(
                     "sip:@", "sip:"), *more, "login me"]
        return "set log-level info\n" + "\n".join(lines) + "\n"

    def close(self):
        self.over = True
        self.thread.join(WAIT)
        super().close()

    def _run(self):
        while not self.over:
            with self.lock:
                self._poll(0, False)
                while self.queue:
                    self._take_one(self.queue.pop(0))
            time.sleep(0.005)

    def _read(self, conn):
        try:
            super()._read(conn)
        except OSError:
            self.streams.pop(conn, None)
            conn.close()

    def _take_one(self, m):
        if m.status is not None:
            self.answers[m.get("call-id"), m.get("cseq")] = m.status
            return
        self.seen.append(m)
        if {m.get("event").split(";")[0], m.method} & self.silent:
            return
        name = "_" + m.method.lower()
        status = self.refused.get(m.get("event").split(";")[0],
                                  self.refused.get(m.method))
        if callable(status):
            status = status(m)
        if isinstance(status, str):
            status = (status,)
        try:
            if status:
                self.answer(m, *status)
            elif m.method != "ACK":
                getattr(self, name, self._other)(m)
        except OSError:
            pass  # it has gone

    def _other(self, m):
        self.answer(m, "200 OK")

    def _register(self, m):
        contact = m.get("contact")
        self.answer(m, "200 OK", "Contact: " + contact, "Expires: 600")

    def _publish(self, m):
        self.answer(m, "200 OK", "SIP-ETag: e%d" % len(self.seen),
                    "Expires: 600")

    def _subscribe(self, m):
        s = self.subs.setdefault(m.get("call-id"), self.subscription(m))
        s.sub = m
        end = m.get("expires") == "0"
        tells = self.lists.get(s.who)
        more = ["Require: eventlist"] if tells else []
        self.answer(m, "200 OK", "Expires: " + m.get("expires"),
                    "Contact: <%s>" % self.uri(), *more)
        s.active = not end
        if s.who in self.documents:
            body, ctype = self.documents[s.who]
        else:
            body, ctype = tells() if tells and not end else (b"", None)
        self._notify(s, body, ctype, "terminated;reason=timeout" if end
                     else "active;expires=600", *more)

    def _notify(self, s, body, ctype, state, *headers):
        s.n += 1
        lines = ["NOTIFY %s SIP/2.0" % s.sub.contact(),
                 "Via: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bK%s%d;rport"
                 % (self.transport.upper(), self.port,
                    s.sub.get("call-id"), s.n),
                 "Max-Forwards: 70",
                 "From: %s;tag=peer" % s.sub.get("to").split(";tag=")[0],
                 "To: " + s.sub.get("from"),
                 "Call-ID: " + s.sub.get("call-id"),
                 "CSeq: %d NOTIFY" % s.n, "Event: " + s.event,
                 "Contact: <%s>" % self.uri(),
                 "Subscription-State: " + state, *headers,
                 *(["Content-Type: " + ctype] if ctype else [])]
        self._send(lines, body, s.sub.way)
        return s.sub.get("call-id"), "%d NOTIFY" % s.n

    def ask(self, method, sender, ctype="text/plain", body=b"hello"):
        """A request of SENDER's to whoever registered last; its status."""
        with self.lock:
            reg = [m for m in self.seen if m.method == "REGISTER"][-1]
            key = self.request(
                method, reg.contact(), reg.way, "Content-Type: " + ctype,
                body=body, sender=sender)[1], "1 " + method
        return self._status(key)

    def asked(self, method, fits=lambda m: True, timeout=WAIT):
        """The first request with METHOD that FITS."""
        end = time.monotonic() + timeout
        while True:
            with self.lock:
                for m in self.seen:
                    if m.method == method and fits(m):
                        return m
            assert time.monotonic() < end, [m.first for m in self.seen]
            time.sleep(0.01)

    def _status(self, key):
        end = time.monotonic() + WAIT
        while key not in self.answers:
            assert time.monotonic() < end, "no answer to %s" % key[1]
            time.sleep(0.005)
        return self.answers[key]

    def has(self, event, who):
        """The newest subscription to EVENT of WHO, or None."""
        with self.lock:
            for s in reversed(self.subs.values()):
                if ((s.event, s.who, s.active) == (event, who, True)
                        and s.sub.way in self.streams):
                    return s
        return None

    def find(self, event, who, timeout=WAIT):
        """As has(), once it is there."""
        end = time.monotonic() + timeout
        while True:
            s = self.has(event, who)
            if s:
                return s
            assert time.monotonic() < end, (
                event, who, [m.first for m in self.seen])
            time.sleep(0.01)

    def notify(self, who, body, event="presence", ctype=None,
               state="active;expires=600", wait=True, headers=()):
        """Returns the status that it was answered with."""
        s = self.find(event, who)
        body = body.encode() if isinstance(body, str) else body
        with self.lock, contextlib.suppress(() if wait else OSError):
            key = self._notify(s, body, ctype or TYPES[event], state,
                               *headers)
        if not wait:
            return None
        return self._status(key)
