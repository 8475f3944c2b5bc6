# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives one sotto-http: frames on its pipes, every wait bounded."""

import os
import select
import subprocess
import time

from sotto import program

# As in include/http_wire.h.
FIELDS = ("method", "url", "if_match", "if_none_match", "user", "password",
          "ca_file", "verify", "timeout", "status", "etag", "errno", "why",
          "type", "tls_name", "tls_pin", "body")
WAIT = 15


class Helper:
    def __init__(self, **env):
        path = os.path.join(os.path.dirname(program()), "sotto-http")
        self.process = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=dict(os.environ, **env))

    def write(self, **fields):
        frame = b""
        for name, value in fields.items():
            value = value if isinstance(value, bytes) else value.encode()
            frame += bytes([FIELDS.index(name)])
            frame += len(value).to_bytes(4, "big") + value
        self.process.stdin.write(len(frame).to_bytes(4, "big") + frame)
        self.process.stdin.flush()

    def read_exactly(self, n):
        data, fd = b"", self.process.stdout.fileno()
        end = time.monotonic() + WAIT
        while len(data) < n:
            left = max(0, end - time.monotonic())
            assert select.select([fd], [], [], left)[0], "no answer"
            part = os.read(fd, n - len(data))
            assert part, "the helper has ended"
            data += part
        return data

    def read(self):
        frame = self.read_exactly(int.from_bytes(self.read_exactly(4), "big"))
        answer = {}
        while frame:
            n = int.from_bytes(frame[1:5], "big")
            answer[FIELDS[frame[0]]] = frame[5:5 + n]
            frame = frame[5 + n:]
        body = answer.pop("body", b"")
        answer = {k: v.decode("utf-8", "replace") for k, v in answer.items()}
        return dict(answer, body=body)

    def ask(self, method, url, **fields):
        self.write(method=method, url=url, **fields)
        return self.read()

    def close(self):
        self.process.stdin.close()
        try:
            return self.process.wait(5)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
