"""A profile that is asked for while a pulse is on its way: in the end each XP is told once, whichever was first."""

from __future__ import annotations

import json
import threading
import time

import pytest

from codestats.engine.engine import Engine
from support.fakes import Editor, wait_until
from support.raw_server import GREAT, TOKEN, RawServer, http


class Service:
    """Holds back what `hold` waits for: the answer to the first profile, or that to the pulse."""

    def __init__(self, held) -> None:
        self.held, self.hold = held, threading.Event()
        self.xp, self.taken = 0, threading.Event()

    def __call__(self, _server, sock, request):
        if request.startswith(b"POST"):
            self.xp += sum(item["xp"] for item in json.loads(request.partition(b"\r\n\r\n")[2])["xps"])
            self.taken.set()
            answer = http(201, GREAT)
        else:
            languages = {"Lua": {"xps": self.xp, "new_xps": 0}} if self.xp else {}
            profile = {
                "user": "alice", "total_xp": self.xp, "new_xp": 0, "languages": languages, "machines": {}, "dates": {},
            }  # fmt: skip
            answer = http(200, json.dumps(profile).encode())
        if request.startswith(self.held):
            self.held = b"nothing more"
            self.hold.wait(20)
        sock.sendall(answer)


@pytest.fixture
def begin(tmp_path):
    """An engine and its editor, with such a service."""
    engines, servers = [], []

    def begin(service):
        servers.append(RawServer(service))
        servers[-1].__enter__()
        editor = Editor()
        engines.append(Engine(editor.deliver, environ={"HOME": str(tmp_path)}))
        settings = {
            "api_key": TOKEN, "api_url": servers[-1].url, "username": "alice", "data_dir": str(tmp_path / "data"),
        }  # fmt: skip
        engines[-1].receive({"type": "configure", "settings": settings})
        return engines[-1], editor

    yield begin
    for engine in engines:
        engine.stop()
    for server in servers:
        server.__exit__()


def record(engine):
    engine.receive({"type": "record", "batches": [{"id": "a", "at": int(time.time()), "xp": {"lua": 3}}]})


def told(editor):
    """The XP that the editor shows, and of which it thinks that the service has it."""
    profile = [{"total_xp": 0, "unsent": {}}, *editor.of("profile")][-1]
    return profile["total_xp"] + sum(profile["unsent"].values()), profile["total_xp"]


def test_answered_before_the_pulse_was_taken(begin):
    service = Service(b"GET")
    engine, editor = begin(service)
    engine.receive({"type": "profile"})
    wait_until(lambda: service.held == b"nothing more")
    record(engine)
    wait_until(lambda: editor.of("sent"))
    service.hold.set()
    wait_until(lambda: told(editor) == (3, 3))


def test_answered_when_the_pulse_was_taken_and_nobody_knew_yet(begin):
    service = Service(b"POST")
    engine, editor = begin(service)
    record(engine)
    assert service.taken.wait(20)
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    service.hold.set()
    wait_until(lambda: told(editor) == (3, 3))
