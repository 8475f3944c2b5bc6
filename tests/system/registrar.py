# SPDX-License-Identifier: GPL-3.0-or-later
"""A registrar of the Microsoft kind as far as signing in goes: it asks for
NTLM, and from then on signs all it sends and wants all it gets signed."""

import base64
import os

import ntlm
from peer import Peer

REALM = "SIP Communications Service"
TARGET = "fe01.lab.test"


class Association:
    def __init__(self, session, opaque, version):
        self.session, self.opaque, self.version = session, opaque, version
        self.snum = self.cnum = 0


class Registrar(Peer):
    def __init__(self, transport, tls=None, version=4, password="secret",
                 flags=ntlm.FLAGS, proxy=False):
        super().__init__(transport, tls)
        self.version, self.password, self.flags = version, password, flags
        self.proxy = proxy  # challenges with 407
        self.signed = {}  # connection: Association
        self.sign = True
        self.spoil = lambda line: line
        self.sent = b""  # the last message, as it went
        self.last = None  # the last one taken

    # ---- signatures

    def _send(self, lines, body, way):
        a = self.signed.get(way)
        if a and self.sign:
            lines = [*lines, self.spoil(self._signature(a, lines))]
        self.sent = super()._send(lines, body, way)

    def _signature(self, a, lines):
        headers = [(n.strip(), v.strip()) for n, _, v in
                   (line.partition(":") for line in lines[1:])]
        status = (int(lines[0].split()[1])
                  if lines[0].startswith("SIP/2.0 ") else None)
        a.snum += 1
        srand = os.urandom(4).hex().upper()
        mac = a.session.mac(ntlm.signed_text(
            a.version, srand, str(a.snum), REALM, TARGET, headers, status),
            True)
        return ('%sAuthentication-Info: NTLM rspauth="%s", srand="%s", '
                'snum="%d", opaque="%s", qop="auth", targetname="%s", '
                'realm="%s"' % ("Proxy-" if self.proxy else "",
                                mac.hex().upper(), srand, a.snum, a.opaque,
                                TARGET, REALM))

    @property
    def answer_name(self):
        return "proxy-authorization" if self.proxy else "authorization"

    def credentials(self, m):
        found = [v for v in m.all(self.answer_name)
                 if v.startswith("NTLM ")]
        assert len(found) < 2, m.text
        return ntlm.parameters(found[0]) if found else None

    def verify(self, m):
        """M carries the client's right signature, with the next number."""
        a, c = self.signed[m.way], self.credentials(m)
        assert c, "unsigned: " + m.text
        assert (c["realm"], c["targetname"], c["opaque"], c["qop"]) == \
            (REALM, TARGET, a.opaque, "auth"), m.text
        a.cnum += 1
        assert int(c["cnum"]) == a.cnum, m.text
        text = ntlm.signed_text(a.version, c["crand"], c["cnum"], REALM,
                                TARGET, m.headers, m.status)
        assert a.session.mac(text, False).hex() == c["response"], \
            text + "\n" + m.text

    def recv(self, what, *args, unsigned=False, **options):
        m = self.last = super().recv(what, *args, **options)
        if m.way in self.signed and not unsigned:
            self.verify(m)
        return m

    # ---- the handshake

    def challenge(self, *more):
        return '%s-Authenticate: NTLM realm="%s", targetname="%s"%s%s' % (
            "Proxy" if self.proxy else "WWW", REALM, TARGET,
            "".join(", " + m for m in more),
            ", version=%d" % self.version if self.version > 2 else "")

    def refuse(self, m, *headers):
        """Asks for NTLM, as if nothing had been before."""
        self.signed.pop(m.way, None)
        self.answer(m, "407 Proxy" if self.proxy else "401 No",
                    *headers or [self.challenge()])

    def offer(self, m):
        """Answers request M, without credentials, and the next one, which
        begins a handshake; what the CHALLENGE went out with."""
        self.refuse(m)
        m = self.recv(m.method, unsigned=True)
        c = self.credentials(m)
        assert c["gssapi-data"] == "" and "opaque" not in c, m.text
        assert c.get("version") == \
            (str(self.version) if self.version > 2 else None)
        nonce, opaque = os.urandom(8), os.urandom(4).hex().upper()
        info = ntlm.target_info([
            (ntlm.DOMAIN, "LAB"), (ntlm.COMPUTER, "FE01"),
            (ntlm.DNS_DOMAIN, "lab.test"), (ntlm.DNS_COMPUTER, TARGET)])
        token = ntlm.challenge(nonce, info, self.flags)
        self.refuse(m, self.challenge(
            'opaque="%s"' % opaque,
            'gssapi-data="%s"' % base64.b64encode(token).decode()))
        return nonce, opaque

    def handshake(self, m):
        """From a request without credentials to one that an association
        comes of; that request."""
        nonce, opaque = self.offer(m)
        m = self.recv(m.method, unsigned=True)
        c = self.credentials(m)
        assert c["opaque"] == opaque, m.text
        answer = ntlm.Authenticate(base64.b64decode(c["gssapi-data"]))
        self.user = answer.domain, answer.user
        a = Association(answer.check(nonce, self.password), opaque,
                        self.version)
        self.signed[m.way] = a
        if self.version > 3:
            self.verify(m)
        else:
            assert "response" not in c and "crand" not in c, m.text
        return m

    def bound(self, reg, expires=3600):
        self.answer(reg, "200 OK", "Contact: <%s>;expires=%d"
                    % (reg.contact(), expires), "Expires: %d" % expires)

    def register(self, expires=3600):
        """A whole sign-in; the last REGISTER."""
        reg = self.handshake(super().recv("REGISTER"))
        self.bound(reg, expires)
        return reg
