# SPDX-License-Identifier: GPL-3.0-or-later
"""A registrar of the Microsoft kind as far as signing in goes, moved step by
step by a test."""

import contextlib

from door import Door
from peer import Peer


class Registrar(Peer):
    def __init__(self, transport, tls=None, **options):
        super().__init__(transport, tls)
        self.door = Door(**options)
        self.sign = True
        self.sent = b""   # the last message, as it went
        self.last = None  # the last one taken

    def _write(self, data, way):
        if self.sign:
            data = self.door.sign(way, data)
        self.sent = data
        super()._write(data, way)

    def _split(self, conn):
        """What follows a handshake is verified as it comes, so that the
        numbers are in order; subscriptions and publications, which are no
        matter here, are refused."""
        n = len(self.queue)
        super()._split(conn)
        came, self.queue[n:] = self.queue[n:], []
        for m in came:
            c = self.door.credentials(m)
            if c and "response" in c and "gssapi-data" not in c:
                self.door.verify(conn, m)
                m.signed = True
            if m.status is None and m.method in ("SUBSCRIBE", "SERVICE"):
                with contextlib.suppress(OSError):  # it may be gone
                    self.answer(m, "489 Bad Event")
            else:
                self.queue.append(m)

    def recv(self, what, *args, unsigned=False, **options):
        m = self.last = super().recv(what, *args, **options)
        if m.way in self.door.signed and not unsigned:
            assert m.signed, "unsigned: " + m.text
        return m

    def refuse(self, m, *headers):
        """Asks for NTLM, as if nothing had been before."""
        if not headers:
            self.door.forget(m.way)
        self.answer(m, self.door.status, *headers or [self.door.challenge()])

    def offer(self, m):
        """Answers request M, without credentials, and the next one, which
        begins a handshake."""
        self.refuse(m)
        m = self.recv(m.method, unsigned=True)
        self.refuse(m, self.door.second(m.way, m))

    def handshake(self, m):
        """From a request without credentials to one that an association
        comes of; that request."""
        self.offer(m)
        m = self.recv(m.method, unsigned=True)
        self.door.third(m.way, m)
        return m

    def bound(self, reg, expires=3600):
        self.answer(reg, "200 OK", "Contact: <%s>;expires=%d"
                    % (reg.contact(), expires), "Expires: %d" % expires)

    def register(self, expires=3600):
        """A whole sign-in; the last REGISTER."""
        reg = self.handshake(self.recv("REGISTER"))
        self.bound(reg, expires)
        return reg
