"""Users' profiles as far as they are known: asked for in the background, the last answer kept for later.

Belongs to the recorder's thread; the asking is done on a thread of its own and its answer comes back through the
engine's inbox, so neither recording nor sending ever waits for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.api.outcome import Outcome, Verdict
from codestats.profile import Profile, parse_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codestats.engine.recorder import Recorder
    from codestats.settings import Settings

__all__ = ["ANSWER", "Known", "Profiles"]

ANSWER = "profile answer"
"""The type of the message that comes back through the inbox."""


@dataclass(slots=True)
class Known:
    """`state` as in `views.ProfileData`; `fetched_at` epoch seconds, 0 for never."""

    profile: Profile | None = None
    fetched_at: float = 0.0
    state: str = "loading"
    note: str = ""
    is_asked: bool = False


class Profiles:
    """`post` puts a message into the engine's own inbox, from any thread."""

    def __init__(self, post: Callable[[Mapping[str, Any]], None]) -> None:
        self._post = post
        self._known: dict[tuple[str, str], Known] = {}

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come. Any thread."""
        return any(known.is_asked for known in list(self._known.values()))

    def of(self, user: str, settings: Settings, recorder: Recorder | None) -> Known:
        """What is known now; the last answer of an earlier session if nothing newer is."""
        key = (settings.api_url, user)
        if key not in self._known:
            kept = recorder.kept_profile(*key) if recorder and user else None
            self._known[key] = Known(parse_profile(kept[1], user), kept[0]) if kept else Known()
        return self._known[key]

    def ask(self, user: str, settings: Settings, known: Known) -> None:
        """Ask the service, unless its answer is still to come."""
        if not user or not settings.api_url or known.is_asked:
            return
        known.is_asked = True
        known.state = "loading"
        ask = threading.Thread(
            target=_ask, args=(settings, user, self._post), name="codestats-profile", daemon=True
        )
        ask.start()

    def answered(self, message: Mapping[str, Any], recorder: Recorder | None) -> Known:
        """An answer came back."""
        user, settings = message["user"], message["settings"]
        outcome, answer = message["outcome"], message["answer"]
        known = self.of(user, settings, recorder)
        known.is_asked = False
        known.note = outcome.reason
        if answer is None:
            known.state = "missing" if outcome.verdict is Verdict.NOT_FOUND else "error"
        else:
            known.profile, known.fetched_at, known.state = parse_profile(answer, user), time.time(), "ready"
            if recorder is not None:
                recorder.keep_profile(settings.api_url, user, known.fetched_at, answer)
        return known


def _ask(settings: Settings, user: str, post: Callable[[Mapping[str, Any]], None]) -> None:
    message: dict[str, Any] = {"type": ANSWER, "user": user, "settings": settings, "answer": None}
    try:
        from codestats.api.client import Client  # noqa: PLC0415 (not before it is wanted)

        client = Client(settings)
        message["outcome"], message["answer"] = client.get_profile(user)
        client.close()
    except Exception as error:  # noqa: BLE001 (a view must not wait for ever for the answer)
        message["outcome"] = Outcome(Verdict.UNAVAILABLE, f"bug: {type(error).__name__}")
    post(message)
