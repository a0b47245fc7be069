"""A language that the service keeps as another one: learned from the profile by an engine that delivers as ever."""

from __future__ import annotations

import time

import pytest

from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.engine.engine import Engine
from support.fakes import Editor, wait_until

LOOK = 601
"""Seconds until the profile is looked at again."""


class LaterClock(Clock):
    """The machine's clocks, set ahead by hand."""

    ahead = 0

    def now(self):
        return super().now() + self.ahead

    def uptime(self):
        return super().uptime() + self.ahead


@pytest.fixture
def delivering(service, tmp_path):
    """Sends a batch of its own each time, and tells which aliases an editor hears of then."""
    clock, editor = LaterClock(), Editor()
    engine = Engine(editor.deliver, environ={"HOME": str(tmp_path)}, backoff=Backoff(0.02, 0.1), clock=clock)
    settings = {
        "api_key": service.token("alice", "pc"), "api_url": service.url, "data_dir": str(tmp_path / "data"),
    }  # fmt: skip
    engine.receive({"type": "configure", "settings": settings})

    def delivering(**xp):
        total = service.total("alice")
        engine.receive(
            {"type": "record", "batches": [{"id": str(clock.ahead), "at": int(time.time()), "xp": xp}]}
        )
        assert engine.drain(20)
        assert service.total("alice") == total + sum(xp.values())
        clock.ahead += LOOK
        editor.messages.clear()
        engine.receive({"type": "profile"})
        wait_until(lambda: editor.of("profile"))
        return editor.of("profile")[-1]["aliases"]

    yield delivering
    engine.stop()


def test_an_alias_is_believed_when_two_looks_at_the_profile_told_of_it(service, delivering):
    service.alias("VimL", "Vim script")
    assert delivering(vim=3) == {}, "nobody has looked since"
    assert delivering(python=1) == {}, "seen once"
    assert delivering(vim=2, python=1) == {}, "not seen again: it was not typed"
    assert delivering(vim=1) == {"viml": "vim script"}
    assert service.xp("alice") == {"Vim script": 6, "Python": 2}


def test_a_language_that_the_profile_has_is_no_alias(service, delivering):
    for _ in range(4):
        assert delivering(vim=3, python=3) == {}
