"""When the engine asks for the account of all machines: for a window, after the profile, and politely."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from codestats import paths
from codestats.delivery.backoff import Backoff
from codestats.engine.engine import Engine
from codestats.server import Handler, Response, Service
from codestats.storage.database import Database
from codestats.storage.history import History
from support.fakes import Editor, wait_until

GRAPH = "/profile-graph"


class Watched(Handler):
    """Notes the requests; /profile-graph may be missing or out of order."""

    server: Any

    def before(self, request):
        self.server.seen.append(request)
        if request.path == GRAPH and self.server.graph is not None:
            return self.server.graph
        return None


@pytest.fixture
def service():
    with Service(handler=Watched) as service:
        service._server.seen, service._server.graph = [], None
        yield service


@pytest.fixture
def open_engine(service, tmp_path):
    engines = []

    def start(user="Nora"):
        editor = Editor()
        engine = Engine(editor.deliver, environ={"HOME": str(tmp_path)}, backoff=Backoff(0.02, 0.1))
        engines.append(engine)
        settings = {
            "api_key": service.token(user, "pc"),
            "api_url": service.url,
            "data_dir": str(tmp_path / "data"),
        }
        engine.receive({"type": "configure", "settings": settings})
        return engine, editor

    yield start
    for engine in engines:
        engine.stop()


def record(engine, xp=5):
    engine.receive({"type": "record", "batches": [{"id": "a", "at": int(time.time()), "xp": {"c": xp}}]})
    assert engine.drain(20)


def look(engine, identity=1, user=""):
    engine.receive(
        {
            "type": "view",
            "id": identity,
            "name": "profile",
            "args": {"users": [user]},
            "width": 80,
            "height": 24,
        }
    )


def asked(service):
    return [request.path for request in service._server.seen if request.path != "/api/my/pulses"]


def kept(service, directory, user="Nora"):
    database = Database(paths.database_file(directory))
    try:
        return History(database).kept_account(service.url, user)
    finally:
        database.close()


def test_a_window_asks_for_it_once_after_the_profile_in_the_services_spelling(service, open_engine, tmp_path):
    engine, _ = open_engine()
    record(engine)
    service._server.seen.clear()
    look(engine, user="nora")
    wait_until(lambda: kept(service, tmp_path / "data", "nora"))
    assert asked(service) == ["/api/users/nora", "/api/users/Nora", GRAPH]
    request = service._server.seen[-1]
    assert json.loads(request.body)["variables"]["user"] == "Nora"
    assert "x-api-token" not in request.headers
    at, answer = kept(service, tmp_path / "data", "nora")
    assert abs(at - time.time()) < 60
    assert sum(answer["hourOfDayXps"].values()) == 5


def test_without_a_window_nobody_asks(service, open_engine):
    engine, editor = open_engine()
    engine.receive({"type": "profile"})
    record(engine)
    engine.receive({"type": "profile"})
    editor.wait_for(lambda editor: editor.of("profile"))
    wait_until(lambda: engine.is_settled)
    assert GRAPH not in asked(service)


def test_nor_for_a_user_who_has_nothing_yet(service, open_engine):
    """The service falls over there."""
    engine, _ = open_engine()
    look(engine)
    wait_until(lambda: "/api/users/Nora" in asked(service))
    wait_until(lambda: engine.is_settled)
    assert GRAPH not in asked(service)


def test_where_the_service_has_none_nobody_hears_of_it_and_it_is_not_asked_again(service, open_engine):
    service._server.graph = Response(404, b"nothing here")
    engine, editor = open_engine()
    record(engine)
    for identity in (1, 2, 3):
        look(engine, identity)
        wait_until(lambda identity=identity: len(asked(service)) > identity)
        wait_until(lambda: engine.is_settled)
    assert asked(service).count(GRAPH) == 1
    assert editor.of("message") == []
    assert not any("graph" in line for view in editor.of("view") for line in view["lines"])


def test_an_outage_of_it_keeps_what_was_known(service, open_engine, tmp_path):
    engine, editor = open_engine()
    record(engine)
    look(engine, 1)
    wait_until(lambda: kept(service, tmp_path / "data"))
    before = kept(service, tmp_path / "data")
    service._server.graph = Response(500)
    look(engine, 2)
    wait_until(lambda: asked(service).count(GRAPH) == 2)
    wait_until(lambda: engine.is_settled)
    assert kept(service, tmp_path / "data") == before
    assert editor.of("message") == []
