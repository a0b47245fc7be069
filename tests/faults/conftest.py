"""Faults run once in each editor, and in Vim once more with the core as a job of its own."""

from __future__ import annotations

import contextlib
import signal

import pytest

from editors import MissingEditorError
from support.editor.home import Home
from support.faults.fault_injector import FaultInjector, service
from support.faults.scenario import Carrier, Scenario


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "faults":
            item.add_marker(pytest.mark.faults)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(240))


def pytest_generate_tests(metafunc):
    if "carrier" in metafunc.fixturenames:
        names = [name.strip() for name in metafunc.config.getoption("--editors").split(",")]
        carriers = []
        for name in names:
            is_nvim = name.startswith("nvim")
            carriers += (
                [Carrier(name, "remote")]
                if is_nvim
                else [Carrier(name, "embedded"), Carrier(name, "channel")]
            )
        metafunc.parametrize("carrier", carriers, ids=lambda carrier: carrier.name)


@pytest.fixture
def weather():
    made = FaultInjector()
    yield made
    made.heal()


@pytest.fixture
def make_scene(carrier, tmp_path, weather):
    """Makes the scene, with the options of the service; all processes of its home are gone afterwards."""
    made = []

    def make(**options):
        try:
            _ = carrier.spec
        except MissingEditorError as error:
            pytest.fail(str(error), pytrace=False)
        running = service(weather, **options)
        running.start()
        made.append(Scenario(carrier, Home.make(tmp_path / "home"), running, weather))
        return made[-1]

    yield make
    weather.heal()
    for scene in made:
        scene.close()
        scene.service.close()
        with contextlib.suppress(OSError):
            scene.signal_all(signal.SIGKILL)


@pytest.fixture
def scene(make_scene):
    return make_scene()


@pytest.fixture
def verdict(request, record_property):
    """Writes a row of the table, and holds it to what all rows promise.

    Nothing is lost or given up, no more than so much XP comes twice, and what the user is told is exactly what the
    scene has to tell: one message each time something begins to be in the way.
    """

    def judge(scene, row, *, twice=0):
        typed, arrived, lost, double = scene.counts()
        record_property("fault", row)
        record_property("carrier", scene.carrier.name)
        record_property("row", [typed, arrived, lost, double])
        record_property("given_up", scene.given_up())
        record_property("bounded", twice)
        record_property("told", list(dict.fromkeys(scene.told)))
        record_property("leaving", [round(seconds * 1000) for seconds in scene.leaving])
        assert lost == 0, scene.log()
        assert scene.given_up() == 0, scene.log()
        assert double <= twice, scene.log()
        assert not scene.surplus(), scene.log()

    return judge
