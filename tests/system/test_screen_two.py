# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people on two full screens, through a real server."""

from sotto import account


def test_whole_life(kamailio, screen):
    """Sign in, add each other, Online, a session with typing and texts both
    ways, BYE, Offline."""
    alice = screen("alice", account("work", "alice", kamailio, "tls",
                                    session="session"), rows=24, cols=80)
    bob = screen("bob", account("home", "bob", kamailio, "udp",
                                session="session"), rows=24, cols=80)
    alice.see("work ○").line("/login work").see("work ●")
    alice.line("/buddy add sip:bob@lab.test -n Bob -g Friends").see("○ Bob")
    alice.line("/chat show bob").see("─ Bob ○ offline")
    alice.same("two-alice-offline")
    bob.see("home ○").line("/login home").see("home ●")
    alice.see("─ Bob ● online")
    bob.line("/buddy add sip:alice@lab.test -n Alice -g Friends")
    bob.see("● Alice")
    alice.same("two-alice-online")
    bob.same("two-bob-online")

    alice.write("hel").see("the session is open")
    bob.see("● Alice +…").line("/chat show alice").see("─ Alice ● online")
    bob.see("Alice is typing…").see("1 Alice…")
    alice.write("lo Bob\r").see("hello Bob +✓")
    bob.see("Alice +hello Bob").gone("is typing")
    bob.write("and").see("^Alice> and")
    alice.see("Bob is typing…").same("two-alice-typing")
    bob.keys("C-u")
    alice.gone("is typing")
    bob.paste("two\nlines äß€").keys("Enter").see("lines äß€ +✓")
    alice.see("Bob +two").see("^ +│ +lines äß€")
    bob.same("two-bob-session")

    bob.line("/chat close").gone("─ Alice")
    alice.see("Bob closed the session")
    bob.line("/chat show alice").see("lines äß€").same("two-bob-closed")
    bob.line("/quit")
    assert bob.ended() == 0
    alice.see("─ Bob ○ offline").same("two-alice-closed")
    alice.line("/quit")
    assert alice.ended() == 0
