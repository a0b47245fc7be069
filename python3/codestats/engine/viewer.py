"""The views that are open: gathers what they show, has it rendered, and again when an answer arrives.

Belongs to the recorder's thread.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codestats import __version__
from codestats.address import profile_page
from codestats.clock import local_now
from codestats.engine.counted_since import CountedSince
from codestats.exceptions import StorageError
from codestats.health.names import languages_twice
from codestats.jobs.report import reports
from codestats.profile import Profile, summed_up, with_counted
from codestats.stats.settled import SettledSums, sum_up
from codestats.stats.sources import NO_SOURCES
from codestats.stats.sums import NO_SUMS
from codestats.storage.sources import SourceSums
from codestats.views import (
    Frame,
    ProfileData,
    StatsData,
    View,
    compare_view,
    log_view,
    profile_view,
    state_after,
    stats_view,
    status_view,
)
from codestats.views.keys import filters_of
from codestats.views.parts.canvas import Row, finish
from codestats.views.parts.colours import Ground
from codestats.views.parts.picture import view_svg

if TYPE_CHECKING:
    from codestats.engine.profiles import Profiles
    from codestats.engine.recorder import Recorder
    from codestats.log import Log
    from codestats.settings import Settings
    from codestats.stats.sources import Sources
    from codestats.stats.sums import Sums

__all__ = ["Viewer"]

Message = Mapping[str, Any]

_LIVELY = ("status", "log")
"""Views of more than what is on disk."""

_PROFILES = ("profile", "compare")
"""Views of what the service says of users."""

_MOST_USERS = 8
"""Side by side: each is a request."""

_PAGE = ("page", "user", "period", "filters", "breakdown", "help")
"""The parts of a state that make it another page."""


class Viewer:
    """All open views of one editor; `settings` and `recorder` are those of the moment, `status` asks for it."""

    def __init__(
        self,
        deliver: Callable[[dict[str, Any]], None],
        profiles: Profiles,
        log: Log,
        status: Callable[[], dict[str, Any]],
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._status = status
        self._profiles = profiles
        self._open: dict[int, dict[str, Any]] = {}
        self._since = CountedSince()
        self._noted: tuple[object, tuple[str, ...]] = (None, ())
        self._settings: Settings
        self._recorder: Recorder | None = None

    def use(self, settings: Settings, recorder: Recorder | None) -> None:
        """Show what belongs to these from now on."""
        self._settings = settings
        self._recorder = recorder

    def show(self, message: Message) -> None:
        """Open a view, or draw it again: another size, a key, or `refresh`."""
        identity = message.get("id")
        if not isinstance(identity, int):
            return
        is_wanted = identity not in self._open or bool(message.get("refresh"))
        before = self._open.get(identity, {}).get("state", {})
        state = state_after(self._with_newest_state(message))
        is_other = any(before.get(part) != state.get(part) for part in _PAGE) and "key" in message
        self._open[identity] = {**message, "state": state}
        if message.get("name") in _PROFILES and is_wanted:
            for user in self._users(message):
                known = self._profiles.of(user, self._settings, self._recorder)
                self._profiles.ask(user, self._settings, known, self._recorder, with_account=True)
        self._draw(identity, is_other_page=is_other)
        if isinstance(message.get("picture"), str):
            self._write_picture(identity, Path(message["picture"]))

    def _write_picture(self, identity: int, path: Path) -> None:
        """The window as it is, into a file that is not there yet."""
        request = self._open[identity]
        picture = view_svg(self._rendered(request), Ground.of(request.get("colours")))
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(picture)
        except OSError as error:
            text, level = f"No picture {path.name}: {error.strerror}", "warning"
        else:
            text, level = f"Wrote {path.name}", "info"
        self._deliver({"type": "message", "level": level, "key": "picture", "text": text})

    def _rendered(self, request: Message) -> View:
        render = _RENDERERS.get(str(request.get("name")), Viewer._unknown)
        return render(self, request, Frame.of(request, local_now()))

    def _with_newest_state(self, message: Message) -> Message:
        """A key may be typed before the editor was shown what the key before it did."""
        before = self._open.get(message["id"])
        if before is None:
            return message
        cursor = {key: value for key, value in _mapping(message.get("state")).items() if key == "cursor"}
        return {**message, "state": {**before["state"], **cursor}}

    def close(self, identity: object) -> None:
        """The view is gone."""
        if isinstance(identity, int):
            self._open.pop(identity, None)

    def redraw(self, user: str) -> None:
        """There is news of a user's profile."""
        for identity, request in list(self._open.items()):
            if request.get("name") in _PROFILES and user in self._users(request):
                self._draw(identity)

    def look(self) -> None:
        """Draw again what was typed elsewhere, in windows whose content it changes."""
        version = self._version()
        for identity, request in list(self._open.items()):
            if request.get("name") in _LIVELY or request.get("version") != version:
                self._draw(identity, only_changes=True)

    def _version(self) -> object:
        return self._recorder.stats_version() if self._recorder else None

    def _draw(self, identity: int, *, is_other_page: bool = False, only_changes: bool = False) -> None:
        request = self._open[identity]
        request["version"] = self._version()
        view = self._rendered(request)
        request["state"] = view.state
        if only_changes and request.get("lines") == view.lines:
            return
        request["lines"] = view.lines
        told = view.to_message(identity, Ground.of(request.get("colours")))
        page = json.dumps([view.state.get(part) for part in _PAGE])
        depth = len(filters_of(view.state)) + ("user" in view.state)
        self._deliver({**told, "top": is_other_page, "page": page, "depth": depth})

    def _users(self, request: Message) -> list[str]:
        """Whose profiles are shown, each once; the token's owner (or nobody yet, '') where nobody is named."""
        asked = _mapping(request.get("args")).get("users")
        names = [user for user in asked if isinstance(user, str) and user] if isinstance(asked, list) else []
        return list(dict.fromkeys(names))[:_MOST_USERS] or [self._settings.username]

    def _editor(self, request: Message) -> Message:
        """What only the editor knows."""
        return _mapping(_mapping(request.get("args")).get("editor"))

    def _with_sums(self, draw: Callable[[Sums, Sources], View]) -> View:
        """What is drawn from the history: of one moment, and without it if it cannot be read now."""
        if self._recorder is not None:
            with suppress(StorageError, OSError), self._recorder.stats() as sums:
                settled = self._settled()
                sources = SourceSums(sums.connection, settled)
                return draw(SettledSums(sums, settled) if settled else sums, sources)
        return draw(NO_SUMS, NO_SOURCES)

    def _settled(self) -> Mapping[str, str]:
        """Folded name → the name that the user has settled on, of languages with several."""
        languages = self._recorder.languages if self._recorder else None
        return languages.settled if languages else {}

    def _profile(self, request: Message, frame: Frame) -> View:
        user = self._users(request)[0]
        return self._with_people(
            [user], request, frame, lambda people: profile_view(people[0], request["state"], frame)
        )

    def _compare(self, request: Message, frame: Frame) -> View:
        state, users = request["state"], self._users(request)
        if state.get("user") in users:
            users = [state["user"]]
            return self._with_people(
                users, request, frame, lambda people: profile_view(people[0], state, frame)
            )
        return self._with_people(users, request, frame, lambda people: compare_view(people, state, frame))

    def _with_people(
        self, users: list[str], request: Message, frame: Frame, draw: Callable[[list[ProfileData]], View]
    ) -> View:
        """What is drawn from users' profiles, that of the token's owner with what was counted here."""
        people = [self._data(user) for user in users]
        own = self._settings.username
        if not own or own not in users:
            return draw(people)
        return self._with_sums(
            lambda sums, _: draw(
                [self._as_own(data, request, frame, sums) if data.user == own else data for data in people]
            )
        )

    def _data(self, user: str) -> ProfileData:
        """A user's profile as far as it is known."""
        known = self._profiles.of(user, self._settings, self._recorder)
        return ProfileData(
            user=user,
            profile=known.profile,
            state=known.state if user else "no_token",
            note=known.note,
            fetched_at=known.fetched_at,
            account=known.account,
            url=profile_page(self._settings.api_url, user),
            own=False,
        )

    def _as_own(self, data: ProfileData, request: Message, frame: Frame, sums: Sums) -> ProfileData:
        """With what was counted here and the profile does not have yet."""
        today = frame.now.date()
        counted = self._since.counted(data.fetched_at, self._unsent(), sums, today)
        for language, xp in self._in_editor(request):
            counted[language] = counted.get(language, 0) + xp
        counted = self._kept_as(counted, data.profile)
        settled = self._settled()
        account = data.account
        if settled and account:
            account = replace(account, days={day: sum_up(xps, settled) for day, xps in account.days.items()})
        return replace(
            data,
            activity=sums,
            account=account,
            profile=data.profile and summed_up(with_counted(data.profile, counted, today), settled),
            counted=sum(counted.values()),
            goal=self._goal(request),
            own=True,
            notes=self._notes_on(data.profile) if data.profile else (),
        )

    def _notes_on(self, profile: Profile) -> tuple[str, ...]:
        """What to say below the languages: worked out when something of it is new, not at each drawing."""
        chosen = self._recorder.chosen_names() if self._recorder else {}
        subject = (profile, self._settings, chosen)
        if subject != self._noted[0]:
            notes = tuple(
                f"{one} are one language. To have one entry from now on: {one.line}"
                for one in languages_twice(profile, self._settings, chosen)
            )
            self._noted = subject, notes
        return self._noted[1]

    def _kept_as(self, counted: Mapping[str, int], profile: Profile | None) -> dict[str, int]:
        """XP by the names that the service keeps it under."""
        spelled = {tally.name.casefold(): tally.name for tally in profile.languages} if profile else {}
        aliases = self._recorder.aliases() if self._recorder else {}
        return sum_up(counted, {name: spelled[kept] for name, kept in aliases.items() if kept in spelled})

    def _goal(self, request: Message) -> int:
        goal = self._editor(request).get("goal")
        return goal if isinstance(goal, int) and goal > 0 else 0

    def _unsent(self) -> dict[str, int]:
        return self._recorder.unsent() if self._recorder else {}

    def _in_editor(self, request: Message) -> Iterator[tuple[str, int]]:
        """Language and XP of what the editor has not handed over."""
        languages = self._recorder.languages if self._recorder else None
        for key, xp in _mapping(self._editor(request).get("counted")).items():
            language = languages.resolve(key) if languages else None
            if language and isinstance(xp, int) and xp > 0:
                yield language, xp

    def _stats(self, request: Message, frame: Frame) -> View:
        goal = self._goal(request)
        return self._with_sums(
            lambda sums, sources: stats_view(StatsData(sums, goal, sources), request["state"], frame)
        )

    def _overall(self, request: Message, frame: Frame) -> View:
        editor = self._editor(request)
        told = _mapping(editor.get("status"))
        facts = {
            **told,
            **self._status(),
            "url": self._settings.api_url,
            "host": str(editor.get("host", "")),
            "data_dir": str(self._recorder.directory) if self._recorder else str(editor.get("data_dir", "")),
            "versions": f"codestats.vim {__version__}, Python {sys.version.split()[0]}",
        }
        if self._recorder:
            facts["jobs"] = [
                (report.sentence(), report.needs_care) for report in reports(self._recorder.directory)
            ]
        if told.get("state") == "paused":
            facts["state"] = "paused"
        return status_view(facts, request["state"], frame)

    def _story(self, request: Message, frame: Frame) -> View:
        theirs = self._editor(request).get("log")
        lines = [str(line) for line in theirs] if isinstance(theirs, list) else []
        lines = sorted(self._log.tail() + lines, key=lambda line: line[:19].replace("T", " "))
        return log_view(lines, request["state"], frame)

    def _unknown(self, request: Message, frame: Frame) -> View:
        return finish("Code::Stats", [Row(), Row("There is no such view.")], frame, request["state"])


_RENDERERS: dict[str, Callable[[Viewer, Message, Frame], View]] = {
    "profile": Viewer._profile,  # noqa: SLF001 (this module's own table)
    "compare": Viewer._compare,  # noqa: SLF001
    "stats": Viewer._stats,  # noqa: SLF001
    "status": Viewer._overall,  # noqa: SLF001
    "log": Viewer._story,  # noqa: SLF001
}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
