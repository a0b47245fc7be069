"""The views that are open: gathers what they show, has it rendered, and renders anew when an answer arrives.

Belongs to the recorder's thread. The profile is asked for on a thread of its own and comes back through the
inbox, so neither recording nor sending ever waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from codestats.activity import Activity
from codestats.outcome import Outcome, Verdict
from codestats.profile import Profile, parse_profile, with_counted
from codestats.views import Frame, ProfileData, View, on_key, profile_view
from codestats.views.canvas import Row, finish
from codestats.views.highlights import GROUPS

if TYPE_CHECKING:
    from codestats.log import Log
    from codestats.recorder import Recorder
    from codestats.settings import Settings

__all__ = ["Viewer"]

Message = Mapping[str, Any]
Ask = Callable[["Settings", str], "tuple[Outcome, dict[str, Any] | None]"]

_FRESH = 30.0  # seconds for which a profile need not be asked for again when a view is opened


@dataclass(slots=True)
class _Known:
    """A user's profile as far as known: `fetched_at` epoch seconds, 0 for never."""

    profile: Profile | None = None
    fetched_at: float = 0.0
    state: str = "loading"
    note: str = ""
    is_asked: bool = False


class Viewer:
    """All open views of one editor."""

    def __init__(
        self, deliver: Callable[[dict[str, Any]], None], post: Callable[[Message], None], log: Log
    ) -> None:
        """`post` puts a message into the engine's own inbox, from any thread."""
        self._deliver = deliver
        self._post = post
        self._log = log
        self._open: dict[int, dict[str, Any]] = {}
        self._known: dict[str, _Known] = {}
        self.settings: Settings | None = None
        self.recorder: Recorder | None = None
        self.status: Callable[[], dict[str, Any]] = dict

    @property
    def is_asking(self) -> bool:
        """Whether the service was asked for a profile and has not answered yet."""
        return any(known.is_asked for known in list(self._known.values()))

    def show(self, message: Message) -> None:
        """Open a view, or draw it again: another size, a key, or `refresh`."""
        identity = message.get("id")
        if not isinstance(identity, int):
            return
        request = dict(message)
        state, key = _mapping(request.get("state")), str(request.get("key") or "")
        request["state"] = on_key(str(request.get("name")), state, key)
        is_new = identity not in self._open
        self._open[identity] = request
        if request.get("name") == "profile" and (is_new or request.get("refresh")):
            self._ask(self._user(request), force=bool(request.get("refresh")))
        self._draw(identity)

    def close(self, identity: object) -> None:
        """The view is gone."""
        if isinstance(identity, int):
            self._open.pop(identity, None)

    def answered(self, message: Message) -> None:
        """A profile, or the reason why there is none, came back to our inbox."""
        user, outcome, answer = message["user"], message["outcome"], message["answer"]
        known = self._known.setdefault(user, _Known())
        known.is_asked = False
        known.note = ""
        if answer is not None:
            known.profile, known.fetched_at, known.state = parse_profile(answer, user), time.time(), "ready"
            self._keep(user, known, answer)
        else:
            known.state = "missing" if outcome.verdict is Verdict.NOT_FOUND else "error"
            known.note = outcome.reason
            self._log.write(f"no profile: {outcome.reason}")
        for identity, request in list(self._open.items()):
            if request.get("name") == "profile" and self._user(request) == user:
                self._draw(identity)

    def _user(self, request: Message) -> str:
        asked = _mapping(request.get("args")).get("user")
        own = self.settings.username if self.settings else ""
        return asked if isinstance(asked, str) and asked else own

    def _ask(self, user: str, *, force: bool) -> None:
        settings = self.settings
        known = self._known.get(user) or self._known.setdefault(user, self._last_known(user))
        is_fresh = known.state == "ready" and time.time() - known.fetched_at < _FRESH
        if not user or known.is_asked or settings is None or (is_fresh and not force):
            return
        known.is_asked = True
        known.state = "loading"
        arguments = (settings, user, self._post)
        threading.Thread(target=_fetch, args=arguments, name="codestats-profile", daemon=True).start()

    def _last_known(self, user: str) -> _Known:
        kept = self.recorder.kept_profile(self._key(user)) if self.recorder and user else None
        if kept is None:
            return _Known()
        fetched_at, answer = kept
        return _Known(parse_profile(answer, user), fetched_at)

    def _keep(self, user: str, known: _Known, answer: dict[str, Any]) -> None:
        if self.recorder is not None:
            self.recorder.keep_profile(self._key(user), known.fetched_at, answer)
        if known.profile is not None and self.settings and user == self.settings.username:
            self._deliver(known.profile.to_message())

    def _key(self, user: str) -> str:
        return f"{self.settings.api_url if self.settings else ''} {user}"

    def _draw(self, identity: int) -> None:
        request = self._open[identity]
        view = _RENDERERS.get(str(request.get("name")), Viewer._unknown)(self, request, _frame(request))
        groups = {group.name: group.link for group in GROUPS}
        self._deliver({**view.to_message(identity), "groups": groups})

    def _profile(self, request: Message, frame: Frame) -> View:
        user = self._user(request)
        settings = self.settings
        known = self._known.get(user) or _Known()
        is_own = settings is not None and user == settings.username
        counted = self.recorder.unsent() if is_own and self.recorder else {}
        profile = known.profile
        if profile is not None and counted:
            profile = with_counted(profile, counted, frame.now.date())
        data = ProfileData(
            user=user,
            profile=profile,
            state=known.state if user else "no_token",
            note=known.note,
            fetched_at=known.fetched_at,
            activity=Activity.of(self.recorder.history() if is_own and self.recorder else ()),
            counted=sum(counted.values()),
            url=f"{settings.api_url}/users/{quote(user, safe='')}" if settings and user else "",
            own=is_own,
        )
        return profile_view(data, request["state"], frame)

    def _status(self, request: Message, frame: Frame) -> View:
        """Until views/ has one of its own."""
        editor = _mapping(_mapping(request.get("args")).get("editor"))
        facts = {**_mapping(editor.get("status")), **self.status(), "data_dir": editor.get("data_dir", "")}
        rows = [
            Row(f"{name:<14}", "CodeStatsLabel").add(frame.name(str(value))) for name, value in facts.items()
        ]
        return finish("Code::Stats status", [Row(), *rows], frame, request["state"])

    def _story(self, request: Message, frame: Frame) -> View:
        rows = [Row(frame.name(line)) for line in self._log.tail()]
        return finish("Code::Stats log", rows, frame, request["state"])

    def _unknown(self, request: Message, frame: Frame) -> View:
        return finish("Code::Stats", [Row(), Row("There is no such view.")], frame, request["state"])


_RENDERERS: dict[str, Callable[[Viewer, Message, Frame], View]] = {
    "profile": Viewer._profile,  # noqa: SLF001 (this module's own table)
    "status": Viewer._status,  # noqa: SLF001
    "log": Viewer._story,  # noqa: SLF001
}


def _fetch(settings: Settings, user: str, post: Callable[[Message], None]) -> None:
    """On a thread of its own: ask the service for a profile."""
    from codestats.client import Client  # noqa: PLC0415 (not before it is wanted)

    client = Client(settings)
    outcome, answer = client.get_profile(user)
    client.close()
    post({"type": "profile answer", "user": user, "outcome": outcome, "answer": answer})


def _frame(request: Message) -> Frame:
    width, height = (_cells(request.get(side), least) for side, least in (("width", 80), ("height", 24)))
    return Frame(width, height, datetime.now().astimezone(), bool(request.get("ascii")))


def _cells(value: object, default: int) -> int:
    return min(max(value, 1), 1000) if isinstance(value, int) and not isinstance(value, bool) else default


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
