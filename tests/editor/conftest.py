"""Editors for tests: each test that takes `editor` or `start_editor` runs once in every editor asked for."""

from __future__ import annotations

from zlib import crc32

import pytest

from editors import MATRIX, MissingEditorError, find
from support.editor.driver import Editor
from support.editor.home import Home
from support.situations.table import FURTHER

AT_HAND = ("nvim", "vim")  # the default, that of `make test`
IS_FURTHER = {situation.name for situation in FURTHER}


def share_cases(config, items):
    """`make test` has five minutes: a further situation, and a case of a `shared` table, runs in one of both editors.

    Its name decides which, so a new row moves no other one. `make test-matrix`, or --editors=vim and --editors=nvim,
    run all in all.
    """
    others = {
        item for item in items if is_shared(item) and turn_of(item) != item.callspec.params["editor_name"]
    }
    if others:
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]


def is_shared(item):
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "editor_name" not in params:
        return False
    situation = params.get("situation")
    if situation is not None:
        return situation.name in IS_FURTHER and len(situation.kinds) == 2
    return item.get_closest_marker("shared") is not None


def turn_of(item):
    name = situation_of(item, item.callspec.params["editor_name"])
    return AT_HAND[crc32(name.encode()) % len(AT_HAND)]


def pytest_generate_tests(metafunc):
    if "editor_spec" in metafunc.fixturenames:
        names = metafunc.config.getoption("--editors")
        chosen = MATRIX if names == "matrix" else [name.strip() for name in names.split(",")]
        metafunc.parametrize("editor_name", chosen, scope="session")


@pytest.fixture
def editor_spec(editor_name):
    try:
        return find(editor_name)
    except MissingEditorError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def start_editor(editor_spec, shared_cache, tmp_path, pytestconfig):
    """Starts editors of the kind under test, each in a fresh home unless given one; all are closed at the end.

    start_editor(service=service, variables={…}, vimrc=…, files={…}, args=[…], home=…): arguments of Editor.start;
    `service` adds its address and token to the variables, `spec` is another way to start the editor.
    """
    running = []

    def start(*, home=None, service=None, variables=None, spec=editor_spec, **options):
        variables = dict(variables or {})
        if pytestconfig.getoption("--host") != "auto":
            variables.setdefault("codestats_host", pytestconfig.getoption("--host"))
        if service is not None:
            variables.setdefault("codestats_api_url", service.url)
            variables.setdefault("codestats_api_key", service.token())
        home = home or Home.make(tmp_path / f"home{len(running)}", shared_cache)
        running.append(Editor.start(spec, home, variables=variables, **options))
        return running[-1]

    yield start
    for editor in running:
        editor.close()


@pytest.fixture
def editor(start_editor, service):
    """An editor with the plugin, a token, and the embedded service to send to."""
    return start_editor(service=service)


def pytest_collection_modifyitems(config, items):
    if config.getoption("--editors") == ",".join(AT_HAND):
        share_cases(config, items)
    for item in items:
        if "editor_spec" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.editor)
            # What scripts/matrix.py makes its table of.
            name = item.callspec.params["editor_name"]
            item.user_properties += [("editor", name), ("situation", situation_of(item, name))]


def situation_of(item, editor_name):
    """The test's identifier without its editor; in the counting table that is the row's name."""
    rest = item.callspec.id.removeprefix(editor_name).removesuffix(editor_name).strip("-")
    if item.path.name == "test_counting.py" and rest:
        return rest
    return f"{item.path.stem}: {item.originalname.removeprefix('test_')} {rest}".strip()
