"""What every test has: no network but loopback, a home of its own, the embedded service, and a day ahead of it."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import socket
import sys
import time

import hypothesis
import pytest

from support.editor.home import Home

# Examples are drawn as long as it takes on a busy machine; the test as a whole has pytest's time limit.
hypothesis.settings.register_profile(
    "busy machine", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

_PRIVATE_NAMES = re.compile(
    r"(?i)codestats_.*|(?:https?|all|no|ftp)_proxy|xdg_.*|n?vim(?:init|runtime)?|myvimrc"
)
for _name in [name for name in os.environ if _PRIVATE_NAMES.fullmatch(name)]:
    del os.environ[_name]


def _noon() -> str:
    """A time zone, by the quarter of an hour as on Earth, where it has just struck twelve.

    What is typed in one test is of one local hour and day then, whenever the tests run.
    """
    minutes = int(time.time()) // 60 % 1440
    offset = 12 * 60 - minutes // 15 * 15
    sign, (hours, rest) = "-" if offset >= 0 else "", divmod(abs(offset), 60)  # POSIX counts to the west
    return f"<noon>{sign}{hours}:{rest:02}"


os.environ["TZ"] = _noon()
time.tzset()


class BlockedSocketError(RuntimeError):
    """A test tried to reach something other than this machine."""


def _is_loopback(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _allow_only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: Python calls it before every socket operation, whoever makes it."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise BlockedSocketError(f"{event} to {address}: tests talk to loopback only")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_loopback(arguments[0]):
        if str(arguments[0]).endswith(".invalid"):  # no such name can be (RFC 2606): the answer is known
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise BlockedSocketError(f"look-up of {arguments[0]!r}: tests talk to loopback only")


sys.addaudithook(_allow_only_loopback)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--editors",
        default=os.environ.get("TEST_EDITORS", "nvim,vim"),
        help="editors for the editor tests, by names of scripts/editors.py, or 'matrix' (default: %(default)s)",
    )
    parser.addoption(
        "--host",
        default="auto",
        choices=("auto", "channel", "embedded"),
        help="how the editors run Python in tests that leave it open: g:codestats_host (default: %(default)s)",
    )


@pytest.hookimpl(trylast=True)  # after those that sort by fixtures
def pytest_collection_modifyitems(items):
    if "PYTEST_XDIST_WORKER" in os.environ:
        mix(items)


def mix(items):
    """Spread the tests of each file over the whole run, so that those that wait run beside those that compute.

    A file stays together, at the start, where a fixture is made once for all of it or of its directory.
    """
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    place = {}
    for own in files.values():
        stays = any(shares_fixtures(item) for item in own)
        place |= {item: 0.0 if stays else row / len(own) for row, item in enumerate(own)}
    items.sort(key=place.__getitem__)


def shares_fixtures(item):
    fixtures = getattr(item, "_fixtureinfo", None)
    made = fixtures.name2fixturedefs.values() if fixtures else ()
    return any(fixture.scope in {"module", "package"} for several in made for fixture in several)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """A cache directory for all homes of this run: compiling our modules in each takes longer than most tests."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
def home(shared_cache, tmp_path, monkeypatch):
    """A home that is fresh but for its cache, which this process's environment points to as well."""
    made = Home.make(tmp_path / "home", shared_cache)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def service():
    """The embedded service on a free loopback port: .url, .token(), .xp(), .total(), .pulses(), .wait_for_total()."""
    from codestats.server import Service

    with reserved_port() as port, Service(port=port) as running:
        yield running


@contextlib.contextmanager
def reserved_port():
    """A loopback port that is its user's while nobody listens there, too: no connection of another test may take it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
