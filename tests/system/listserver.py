# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of lists (RFC 4662) of the tests' own on loopback: it takes whatever
list is put up by XCAP and tells of N people in one notification."""

from simpleserver import SimpleServer
from webserver import WebServer

CAPS = (b"<?xml version='1.0'?><xcap-caps "
        b"xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>rls-services"
        b"</auid></auids></xcap-caps>")
PIDF = """\
<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" \
xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" \
xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="%(uri)s">
<tuple id="t%(number)d"><status><basic>%(basic)s</basic></status>
<contact priority="0.8">%(uri)s;transport=tcp</contact>
<note>%(note)s</note><timestamp>2026-11-24T08:00:00Z</timestamp></tuple>
</presence>
"""
BOUNDARY = "list-of-people"
TYPE = ('multipart/related;type="application/rlmi+xml";'
        'start="<list@lab.test>";boundary="%s"' % BOUNDARY)


def uri(number):
    return "sip:b%d@lab.test" % number


def document(uris, version=0, basic=lambda i: "open", note="at desk %d",
             full=True):
    """URIS, all active, in one body."""
    rows, parts = [], []
    for i, one in enumerate(uris):
        cid = "%d.%d@lab.test" % (version, i)
        rows.append('<resource uri="%s"><instance id="i%d" state="active" '
                    'cid="%s"/></resource>' % (one, i, cid))
        parts.append("--%s\r\nContent-ID: <%s>\r\n"
                     "Content-Type: application/pidf+xml\r\n\r\n%s\r\n"
                     % (BOUNDARY, cid, PIDF % {
                         "uri": one, "number": i, "basic": basic(i),
                         "note": note % i if "%" in note else note}))
    rlmi = ('<?xml version="1.0"?><list xmlns="urn:ietf:params:xml:ns:rlmi" '
            'uri="sip:alice+sotto-buddies@lab.test" version="%d" '
            'fullState="%s">%s</list>'
            % (version, "true" if full else "false", "".join(rows)))
    return ("--%s\r\nContent-ID: <list@lab.test>\r\n"
            "Content-Type: application/rlmi+xml\r\n\r\n%s\r\n%s--%s--\r\n"
            % (BOUNDARY, rlmi, "".join(parts), BOUNDARY)).encode()


class ListServer(SimpleServer):
    """Tells BODY, a document of version 0, to each SUBSCRIBE for the list."""

    def __init__(self, body, tls=None):
        self.body, self.told = body, 0
        self.web = WebServer()
        self.web.documents["/xcap-caps/global/index"] = (
            '"1"', "application/xcap-caps+xml", CAPS)
        super().__init__(tls)

    def config(self, user, *more):
        return super().config(
            user, 'account set me xcap-root "%s"' % self.web.root,
            "account set me presence-list yes", *more)

    def close(self):
        super().close()
        self.web.close()

    def _subscribe(self, m):
        if "eventlist" not in m.get("supported"):
            super()._subscribe(m)
            return
        s = self.subs.setdefault(m.get("call-id"), self.subscription(m))
        s.sub = m
        s.active = m.get("expires") != "0"
        self.answer(m, "200 OK", "Expires: " + m.get("expires"),
                    "Require: eventlist", "Contact: <%s>" % self.uri())
        if s.active:
            self.tell(s, self.body.replace(
                b'version="0"', b'version="%d"' % self.told, 1))

    def tell(self, s, body):
        self.told += 1
        self._notify(s, body, TYPE, "active;expires=600",
                     "Require: eventlist")
