# SPDX-License-Identifier: GPL-3.0-or-later
"""A server's door: who comes in signs in with NTLM, and from then on all that
goes either way over his connection is signed ([MS-SIPAE])."""

import base64
import os

import ntlm

REALM = "SIP Communications Service"
TARGET = "fe01.lab.test"


class Association:
    def __init__(self, session, opaque):
        self.session, self.opaque = session, opaque
        self.snum = self.cnum = 0


class Door:
    def __init__(self, version=4, password="secret", flags=ntlm.FLAGS,
                 proxy=False):
        self.version, self.password, self.flags = version, password, flags
        self.proxy = proxy   # challenges with 407
        self.signed = {}     # connection: Association
        self.begun = {}      # connection: nonce and opaque of a challenge
        self.users = []      # (domain, user) of those who came in
        self.spoil = lambda line: line  # may change a signature

    # ---- the handshake

    @property
    def status(self):
        return "407 Proxy Authentication Required" if self.proxy \
            else "401 Unauthorized"

    def challenge(self, *more):
        return '%s-Authenticate: NTLM realm="%s", targetname="%s"%s%s' % (
            "Proxy" if self.proxy else "WWW", REALM, TARGET,
            "".join(", " + m for m in more),
            ", version=%d" % self.version if self.version > 2 else "")

    def credentials(self, m):
        """The NTLM parameters that M carries; None: none."""
        found = [v for v in m.all("proxy-authorization" if self.proxy
                                  else "authorization")
                 if v.startswith("NTLM ")]
        assert len(found) < 2, m.text
        return ntlm.parameters(found[0]) if found else None

    def forget(self, conn):
        self.signed.pop(conn, None)
        self.begun.pop(conn, None)

    def second(self, conn, m):
        """The challenge with a token, for M, which begins a handshake."""
        c = self.credentials(m)
        assert c["gssapi-data"] == "" and "opaque" not in c, m.text
        assert c.get("version") == \
            (str(self.version) if self.version > 2 else None), m.text
        nonce, opaque = os.urandom(8), os.urandom(4).hex().upper()
        info = ntlm.target_info([
            (ntlm.DOMAIN, "LAB"), (ntlm.COMPUTER, "FE01"),
            (ntlm.DNS_DOMAIN, "lab.test"), (ntlm.DNS_COMPUTER, TARGET)])
        self.begun[conn] = nonce, opaque
        token = ntlm.challenge(nonce, info, self.flags)
        return self.challenge(
            'opaque="%s"' % opaque,
            'gssapi-data="%s"' % base64.b64encode(token).decode())

    def third(self, conn, m):
        """Judges the answer in M; ntlm.Refused: it is wrong."""
        nonce, opaque = self.begun.pop(conn)
        c = self.credentials(m)
        assert c["opaque"] == opaque, m.text
        answer = ntlm.Authenticate(base64.b64decode(c["gssapi-data"]))
        session = answer.check(nonce, self.password)
        self.users.append((answer.domain, answer.user))
        self.signed[conn] = Association(session, opaque)
        if self.version > 3:
            self.verify(conn, m)
        else:
            assert "response" not in c and "crand" not in c, m.text

    def admit(self, conn, m):
        """None: M may pass. Else the lines to refuse it with."""
        c = self.credentials(m)
        if c is None or "gssapi-data" not in c:
            if conn in self.signed and c:
                self.verify(conn, m)
                return None
            assert m.status is None and m.method != "ACK", \
                "unsigned: " + m.text
            self.forget(conn)
            return [self.challenge()]
        if not c["gssapi-data"]:
            self.forget(conn)
            return [self.second(conn, m)]
        try:
            self.third(conn, m)
        except ntlm.Refused:
            return [self.challenge(),
                    'ms-diagnostics: 1000;reason="Final handshake failed";'
                    'source="%s"' % TARGET]
        return None

    # ---- signatures

    def verify(self, conn, m):
        """M carries the client's right signature, with the next number."""
        a, c = self.signed[conn], self.credentials(m)
        assert c, "unsigned: " + m.text
        assert (c["realm"], c["targetname"], c["opaque"], c["qop"]) == \
            (REALM, TARGET, a.opaque, "auth"), m.text
        a.cnum += 1
        assert int(c["cnum"]) == a.cnum, m.text
        text = ntlm.signed_text(self.version, c["crand"], c["cnum"], REALM,
                                TARGET, m.headers, m.status)
        assert a.session.mac(text, False).hex() == c["response"], \
            text + "\n" + m.text

    def sign(self, conn, data):
        """DATA, a whole message, as it goes out over CONN."""
        a = self.signed.get(conn)
        if not a:
            return data
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = [(n.strip(), v.strip()) for n, _, v in
                   (line.partition(":") for line in lines[1:])]
        status = (int(lines[0].split()[1])
                  if lines[0].startswith("SIP/2.0 ") else None)
        a.snum += 1
        srand = os.urandom(4).hex().upper()
        mac = a.session.mac(ntlm.signed_text(
            self.version, srand, str(a.snum), REALM, TARGET, headers, status),
            True)
        line = ('%sAuthentication-Info: NTLM rspauth="%s", srand="%s", '
                'snum="%d", opaque="%s", qop="auth", targetname="%s", '
                'realm="%s"' % ("Proxy-" if self.proxy else "",
                                mac.hex().upper(), srand, a.snum, a.opaque,
                                TARGET, REALM))
        return ("\r\n".join([*lines, self.spoil(line)]) + "\r\n\r\n").encode() \
            + body
