"""Each environment in each editor, by each way that it runs Python."""

from __future__ import annotations

import pytest

from editors import MATRIX
from support.trapped.hostile import ALL_AT_ONCE, ENVIRONMENTS
from support.trapped.session import Session, Way

HOSTS = {"nvim": ("remote", "channel"), "vim": ("channel", "embedded")}


def pytest_generate_tests(metafunc):
    given = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "way" in metafunc.fixturenames and "way" not in given:
        names = metafunc.config.getoption("--editors")
        chosen = MATRIX if names == "matrix" else [name.strip() for name in names.split(",")]
        ways = [Way(name, host) for name in chosen for host in HOSTS[name.partition("-")[0]]]
        metafunc.parametrize("way", ways, ids=lambda way: way.name)
    if "environment" in metafunc.fixturenames and "environment" not in given:
        # In `make test` the one in which all that is relative comes together.
        each = [pytest.param(one, marks=pytest.mark.environments) for one in ENVIRONMENTS]
        metafunc.parametrize("environment", [ALL_AT_ONCE, *each], ids=lambda one: one.name)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "environments":
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture
def session(way, environment, tmp_path, service, record_property):
    """Its end is a row of the table: what of the directory ran, and what became of the XP."""
    made = Session(way, environment, tmp_path, service)
    yield made
    if not made.typed:
        return
    record_property("environment", environment.name)
    record_property("way", way.name)
    record_property("ran", made.trap.sprung())
    record_property("xp", [made.typed, service.total()])
