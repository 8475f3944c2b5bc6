# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks that go ahead at once: see tests/tools/clockstep.c."""

import mmap
import os
import struct

from crash import tool

LIBRARY = "clockstep.so"


def missing():
    """Why clocks cannot be moved here, or None."""
    if not os.access(tool(LIBRARY), os.X_OK):
        return LIBRARY + " is not built"
    return None


class Clock:
    def __init__(self, home):
        path = os.path.join(str(home), "clock")
        with open(path, "wb") as f:
            f.write(bytes(8))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 8)
        self.ahead = 0
        self.env = {"LD_PRELOAD": tool(LIBRARY), "CLOCKSTEP_CONTROL": path,
                    "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def step(self, seconds):
        """SECONDS pass; a program sees it once something wakes it."""
        self.ahead += int(seconds * 1000)
        self.map[:] = struct.pack("=q", self.ahead)
