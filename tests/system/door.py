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
        self.signed = {}     # connection: Association, the newest
        self.known = {}      # (connection, opaque): Association
        self.begun = {}      # (connection, opaque): nonce of a challenge
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
        for held in self.known, self.begun:
            for key in [k for k in held if k[0] is conn]:
                del held[key]

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
        self.begun[conn, opaque] = nonce
        token = ntlm.challenge(nonce, info, self.flags)
        return self.challenge(
            'opaque="%s"' % opaque,
            'gssapi-data="%s"' % base64.b64encode(token).decode())

    def third(self, conn, m):
        """Judges the answer in M; ntlm.Refused: it is wrong."""
        c = self.credentials(m)
        opaque = c["opaque"]
        nonce = self.begun.pop((conn, opaque))
        answer = ntlm.Authenticate(base64.b64decode(c["gssapi-data"]))
        session = answer.check(nonce, self.password)
        self.users.append((answer.domain, answer.user))
        self.signed[conn] = self.known[conn, opaque] = Association(
            session, opaque)
        if self.version > 3:
            self.verify(conn, m)
        else:
            assert "response" not in c and "crand" not in c, m.text

    def admit(self, conn, m):
        """None: M may pass. Else the lines to refuse it with; none: it goes
        no further."""
        c = self.credentials(m)
        if c is None or "gssapi-data" not in c:
            if c and (conn, c["opaque"]) in self.known:
                self.verify(conn, m)
                return None
            assert m.status is None and (c or m.method != "ACK"), \
                "unsigned: " + m.text
            if m.method == "ACK":  # to a refusal of ours
                return []
            return [self.challenge()]
        if not c["gssapi-data"]:
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
        c = self.credentials(m)
        assert c, "unsigned: " + m.text
        a = self.known[conn, c["opaque"]]
        assert (c["realm"], c["targetname"], c["qop"]) == \
            (REALM, TARGET, "auth"), m.text
        a.cnum += 1
        assert int(c["cnum"]) == a.cnum, m.text
        text = ntlm.signed_text(self.version, c["crand"], c["cnum"], REALM,
                                TARGET, m.headers, m.status)
        assert a.session.mac(text, False).hex() == c["response"].lower(), \
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
