# SPDX-License-Identifier: GPL-3.0-or-later
"""No byte of a server of documents reaches the terminal: names and groups of
its buddy list, who watches, explanations, kinds of documents."""

import pytest

from hostile import ALICE, BOB, CAPS, KIM
from simpleserver import SimpleServer
from test_screen_bytes import XML, as_text, evil, nothing_foreign
from webserver import WebServer

PLAIN = as_text(evil("EVIL", XML)).replace("&", "&amp;").replace("<", "&lt;")
VALUE = PLAIN.replace('"', "&quot;").replace("'", "&apos;").replace(
    "\t", "&#9;")
LISTS = ("<?xml version='1.0' encoding='UTF-8'?><resource-lists xmlns="
         "'urn:ietf:params:xml:ns:resource-lists'><list name='g'>"
         "<display-name>%s</display-name><entry uri='" + BOB + "'>"
         "<display-name>%s</display-name></entry><entry-ref ref='%s'/></list>"
         "<list name='%s'><entry uri='" + KIM + "'/></list></resource-lists>")
WATCHERS = ("<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' "
            "version='1' state='full'><watcher-list resource='" + ALICE + "' "
            "package='presence'><watcher id='w' event='subscribe' "
            "status='pending' display-name='%s'>sip:eve@lab.test</watcher>"
            "</watcher-list></watcherinfo>")
ERROR = ("<xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'>"
         "<not-utf-8 phrase='%s'/></xcap-error>")


def script(h):
    """By the kind of document; no rule is taken."""
    if "/xcap-caps/" in h.path:
        h.reply(200, CAPS % ("pres-rules</auid><auid>resource-lists</auid>"
                             "<auid>" + PLAIN).encode())
    elif h.command == "GET" and "/resource-lists/" in h.path:
        h.reply(200, (LISTS % (PLAIN, PLAIN, VALUE, VALUE)).encode(),
                ETag='"1"')
    elif h.command == "PUT":
        h.reply(409, (ERROR % VALUE).encode())
    else:
        return False
    return True


@pytest.mark.parametrize("front", ["screen", "--line"])
def test_bytes(servers, screen, front):
    server, web = servers(SimpleServer), servers(
        WebServer, script=script)
    s = screen("alice", server.config(
        "alice", "account set me xcap-root %s/root" % web.root),
        *([front] if front == "--line" else []), rows=40, cols=120)
    s.see("EVIL")
    assert server.notify(ALICE, WATCHERS % VALUE, "presence.winfo") == 200
    s.see("EVIL.*eve@lab.test|Added you")
    for line in ("/buddy list", "/group list", "/buddy show bob",
                 "/buddy block " + KIM, "/log", "/chat show bob",
                 "/buddy decline sip:eve@lab.test", "/log"):
        s.line(line).settle(0.1)
        if front == "screen":
            s.keys("q").settle(0.05).keys("C-a", "C-k")
    if front == "screen":
        s.keys("F6").settle(0.1).keys("i").settle(0.1).keys("q")
    s.line("/quit")
    assert s.ended() == 0
    nothing_foreign(s.raw)


def test_who_is_searched_is_shown_at_once(servers, screen):
    """Though the server never answers what it was asked about them."""
    server = servers(SimpleServer)
    server.silent.add("presence")
    s = screen("alice", server.config("alice")).see("me ●")
    s.keys("F7").see("^search:").write(KIM)
    s.see("People").keys("Down").see("a add")
    assert b"Nothing is found" not in s.raw
    server.asked("SUBSCRIBE", lambda m: KIM in m.get("to"))
    s.keys("Enter").see("─ kim")
    s.line("/quit")
    assert s.ended() == 0
