# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the system tests: they drive the built program against real
peers on loopback. SOTTO names the program; default: sotto in the build
directory that this runs from."""

import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from baresip import Baresip  # noqa: E402
from kamailio import Kamailio  # noqa: E402
from screen import Screen  # noqa: E402
import sipe as pidgin_sipe  # noqa: E402
from sipp import Sipp  # noqa: E402
from sotto import Sotto, program  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def built():
    path = program()
    assert os.access(path, os.X_OK), "build sotto first: " + path
    return path


@pytest.fixture(scope="session")
def kamailio(tmp_path_factory):
    if Kamailio.program() is None:
        pytest.skip("kamailio is not installed")
    with Kamailio(tmp_path_factory.mktemp("kamailio")) as server:
        yield server


@pytest.fixture
def start(tmp_path):
    """start(NAME, CONFIG, *ARGS): a sotto --json that ends with the test."""
    running = []

    def begin(name, config="", *args, **options):
        home = tmp_path / name
        home.mkdir(exist_ok=True)
        s = Sotto(home, config, *args, **options)
        running.append(s)
        return s

    yield begin
    for s in running:
        s.end()


@pytest.fixture
def screen(tmp_path):
    """screen(NAME, CONFIG, *ARGS, ...): a full screen that ends with the
    test."""
    running = []

    def begin(name, config="", *args, **options):
        running.append(Screen(tmp_path / name, config, *args, **options))
        return running[-1]

    yield begin
    for s in running:
        s.end()


@pytest.fixture
def servers():
    """servers(KIND, ...): an object of KIND, closed with the test."""
    running = []

    def begin(kind, *args, **options):
        running.append(kind(*args, **options))
        return running[-1]

    yield begin
    for r in running:
        r.close()


def need(tool):
    """Skips with a visible reason where a peer's program is absent."""
    path = shutil.which(tool) or shutil.which(tool, path="/usr/sbin")
    if path is None:
        pytest.skip(tool + " is not installed")
    return path


@pytest.fixture
def sipp(tmp_path):
    """sipp(SCENARIO, TARGET, TRANSPORT, ...): a SIPp that ends with the
    test."""
    tool = need("sipp")
    running = []

    def begin(scenario, target=None, transport="udp", **options):
        home = tmp_path / ("sipp-%d" % len(running))
        running.append(Sipp(tool, home, scenario, target, transport,
                            **options))
        return running[-1]

    yield begin
    for s in running:
        s.end()


@pytest.fixture
def baresip(tmp_path):
    """baresip(URI, PARAMS, ...): a baresip that ends with the test."""
    tool = need("baresip")
    running = []

    def begin(uri, params=(), **options):
        home = tmp_path / ("baresip-%d" % len(running))
        running.append(Baresip(tool, home, uri, params, **options))
        return running[-1]

    yield begin
    for b in running:
        b.end()


@pytest.fixture
def sipe(tmp_path):
    """sipe(SERVER, NAME): a SIPE that ends with the test."""
    why = pidgin_sipe.why_not()
    if why:
        pytest.skip(why)
    running = []

    def begin(server, name):
        home = tmp_path / ("sipe-%d" % len(running))
        running.append(pidgin_sipe.Sipe(home, server, name))
        return running[-1]

    yield begin
    for s in running:
        s.end()


PEERS = {"kamailio", "sipp", "baresip", "sipe"}


def pytest_collection_modifyitems(items):
    for item in items:
        if PEERS & set(item.fixturenames):
            item.add_marker(pytest.mark.peers)
