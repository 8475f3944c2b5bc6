# SPDX-License-Identifier: GPL-3.0-or-later
"""Who lives in the tests of the screen: alice looks at it, her peers speak
JSON, and no server is there."""

from kamailio import free_ports

NAMES = ("alice", "bob", "kim")


class World:
    def __init__(self, screen, start):
        self.screen, self.start = screen, start
        self.ports = dict(zip(NAMES, free_ports(len(NAMES))))

    def uri(self, name):
        return "sip:%s@127.0.0.1:%d" % (name, self.ports[name])

    def person(self, name, more=""):
        port = self.ports[name]
        return ("account add me sip:%s@127.0.0.1:%d\n"
                "account set me register no\n"
                "account set me listen 127.0.0.1:%d\n%slogin me\n"
                % (name, port, port, more))

    def peer(self, name, more="", **options):
        s = self.start(name, self.person(
            name, "account set me accept all\n"
            "account set me session page\n" + more), **options)
        s.expect("account", state="online")
        return s

    def buddies(self, *names):
        return "".join("buddy add %s -n %s -g Friends\n"
                       % (self.uri(n), n.title()) for n in names)

    def alice(self, *buddies, more="", args=(), **options):
        """Alice's screen, once she is online."""
        s = self.screen("alice", self.person(
            "alice", "account set me accept all\n"
            "account set me session page\n" + more
            + self.buddies(*buddies)), *args, **options)
        return s
