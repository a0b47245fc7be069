"""In no environment does a file of the current directory run, an editor end, or an XP get lost."""

from __future__ import annotations


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
    assert session.arrived() == session.typed
