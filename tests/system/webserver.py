# SPDX-License-Identifier: GPL-3.0-or-later
"""A small HTTP server of the tests' own on loopback, with or without TLS,
that keeps documents with entity-tags, asks for digest or basic credentials,
and misbehaves on demand. What it was asked is kept in `seen`."""

import hashlib
import http.server
import re
import ssl
import threading

NONCE = "5f2d1e9a"
REALM = "lab.test"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def is_authorized(self):
        web = self.server.web
        value = self.headers.get("Authorization", "")
        if web.auth == "basic":
            return value == "Basic YWxpY2U6c2VjcmV0"  # alice:secret
        if web.auth != "digest":
            return not web.auth
        p = dict(re.findall(r'(\w+)="?([^",]*)"?', value))
        if p.get("nonce") != web.nonce or p.get("username") != "alice":
            return False

        def h(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        return p.get("uri") == self.path and p.get("response") == h(
            h("alice", REALM, "secret"), web.nonce, p.get("nc", ""),
            p.get("cnonce", ""), "auth", h(self.command, self.path))

    def challenge(self):
        web = self.server.web
        scheme = {"basic": 'Basic realm="%s"' % REALM,
                  "digest": 'Digest realm="%s", nonce="%s", qop="auth", '
                  'algorithm=MD5' % (REALM, web.nonce)}
        self.reply(401, b"who are you?", WWW_Authenticate=scheme.get(
            web.auth, web.auth))

    def misbehave(self):
        """By the last part of the path: True where it answered so."""
        what = self.path.rsplit("/", 1)[1]
        if self.server.web.script:
            return self.server.web.script(self)
        if what == "slow":
            self.server.web.stop.wait(20)
        elif what == "closed":
            pass
        elif what == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
                             b"\r\n<half/>")
        elif what == "garbage":
            self.wfile.write(b"\x00\xff\x1b[2J garbage\r\n\r\n")
        elif what == "old":
            self.wfile.write(b"<no-header/>")
        elif what == "huge":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(20):
                self.wfile.write(b"x" * (1 << 20))
        elif what == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for i in range(3000):
                self.wfile.write(b"X-%d: " % i + b"y" * 1000 + b"\r\n")
            self.wfile.write(b"\r\n")
        elif what == "elsewhere":
            self.reply(302, b"", Location=self.server.web.elsewhere)
            return True
        else:
            return False
        self.close_connection = True
        return True

    def store(self):
        """RFC 9110 13.1: conditions, then the method."""
        web = self.server.web
        old = web.documents.get(self.path)
        match = self.headers.get("If-Match")
        none = self.headers.get("If-None-Match")
        if match and (old is None or match not in ("*", old[0])):
            return self.reply(412)
        if none and old and none in ("*", old[0]):
            return self.reply(304 if self.command == "GET" else 412)
        if self.command == "PUT":
            tag = '"%d"' % (len(web.seen) + 100)
            web.documents[self.path] = (
                tag, self.headers.get("Content-Type", ""), self.body)
            return self.reply(200 if old else 201, ETag=tag)
        if old is None:
            return self.reply(404)
        if self.command == "DELETE":
            del web.documents[self.path]
            return self.reply(200)
        return self.reply(200, old[2], ETag=old[0], Content_Type=old[1])

    def handle_one(self):
        web = self.server.web
        self.body = self.rfile.read(
            int(self.headers.get("Content-Length") or 0))
        web.seen.append((self.command, self.path, dict(self.headers),
                         self.body))
        if not self.is_authorized():
            self.challenge()
        elif not self.misbehave():
            self.store()

    do_GET = do_PUT = do_DELETE = handle_one


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass


class WebServer:
    """AUTH: "digest", "basic", another challenge, or None. CERTIFICATE: path
    without .pem and .key; None: no TLS. SCRIPT is called with the handler
    of each request that is let in, and returns True where it answered."""

    def __init__(self, auth=None, certificate=None, elsewhere="",
                 script=None):
        self.auth = auth
        self.nonce = NONCE
        self.elsewhere = elsewhere
        self.script = script
        self.seen = []
        self.documents = {}
        self.stop = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.web = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate + ".pem", certificate + ".key")
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True,
                do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.root = "%s://127.0.0.1:%d" % ("https" if certificate else "http",
                                           self.port)
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       args=(0.05,), daemon=True)
        self.thread.start()

    def methods(self):
        return [seen[0] for seen in self.seen]

    def close(self):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
