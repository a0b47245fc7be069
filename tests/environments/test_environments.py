"""In no environment does a file of the current directory run, an editor end, or an XP get lost."""

from __future__ import annotations

import pytest

from support.trapped.hostile import ALL_AT_ONCE
from support.trapped.session import Way


def test_every_kind_of_process(session):
    try:
        with session.start() as editor:
            session.use_everything(editor)
            if session.environment.installs:
                session.install(editor)
            session.leave(editor)
        session.leave_before_the_host_is_up()
    finally:  # before what came of it
        assert session.trap.sprung() == []
    assert {"my-token /", "xdg-open /"} <= session.places()
    assert session.environment.records == ("my-python /" in session.places())
    assert all(place.endswith(" /") for place in session.places())
    assert session.arrived() == session.typed


@pytest.mark.parametrize("way", [Way("vim", "channel")], ids=["a shell"])
@pytest.mark.parametrize("environment", [ALL_AT_ONCE], ids=["all that is relative"])
def test_an_installation_from_a_shell(session):
    """The command itself is run in the directory."""
    assert session.install_from_a_shell()
    assert session.trap.sprung() == []
