"""The recorder's thread: takes the editor's messages one after the other, and has the sender sent for."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.delivery.reporter import Reporter
from codestats.delivery.sender import Sender
from codestats.delivery.session import DeliverySession
from codestats.engine.profiles import ACCOUNT_ANSWER, ANSWER, Profiles
from codestats.engine.recorder import Recorder
from codestats.engine.replies import Replies
from codestats.exceptions import UnsafeDirectoryError
from codestats.log import Log
from codestats.settings import Settings
from codestats.storage.owners import Owner
from codestats.storage.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from codestats.engine.inbox import Inbox
    from codestats.engine.viewer import Viewer
    from codestats.work import Work

__all__ = ["Dispatcher"]

_RETRY = 5.0  # seconds until the disk is asked again
_DOUBT = 1.0  # … until a profile is, that came while a pulse was on its way


class Dispatcher:
    """Owns recorder, sender and reporter of one engine."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts of an engine together)
        self,
        deliver: Callable[[dict[str, Any]], None],
        inbox: Inbox,
        work: Work,
        environ: Mapping[str, str],
        clock: Clock | None,
        backoff: Backoff | None,
    ) -> None:
        self._deliver = _never_raising(deliver)
        self._inbox = inbox
        self._work = work
        self._environ = environ
        self._clock = clock or Clock()
        self._holder = os.urandom(8).hex()
        self._log = Log()
        self._reporter = Reporter(self._deliver, self._log, inbox.wake)
        self._current = Settings()
        self._is_configured = False
        self._directory: Path | None = None
        self._cache = paths.cache_dir(environ)
        self._recorder: Recorder | None = None
        self._summary: Summary | None = None
        self._backoff = backoff or Backoff()
        self._sender = Sender(self._session, self._clock, self._backoff, self._reporter, inbox.wake, work)
        self._profiles = Profiles(inbox.put, work)
        self._replies = Replies(self._deliver, self._profiles)
        self._views: Viewer | None = None
        self._is_open = False

    @property
    def outstanding(self) -> bool:
        """Whether there will be work by itself: recording what the disk did not take, or sending what is queued."""
        return self.has_pending or (self._sender.can_send and self._reporter.status()["queued"] > 0)

    @property
    def has_pending(self) -> bool:
        """Whether batches are still to be recorded."""
        recorder = self._recorder
        return recorder is not None and recorder.has_pending

    @property
    def is_relieved(self) -> bool:
        """See Engine.is_relieved."""
        return self._is_open and not self.has_pending and self._sender.is_relieved

    def run(self) -> None:
        """Until stopped."""
        self._sender.start()
        while True:
            messages = self._inbox.take(self._patience())
            for message in messages:
                if message.get("type") == "stop":
                    self._stop(message)
                    return
                self._guarded(_DOING.get(message.get("type", ""), "working"), self._handle, message)
            self._guarded("recording", self._look_after)

    def _patience(self) -> float | None:
        if self._recorder is None:
            return None
        if self._profiles.has_doubtful:
            return _DOUBT
        return _RETRY if self.has_pending or not self._is_open else None

    def _guarded(self, doing: str, work: Callable[..., None], *arguments: object) -> None:
        try:
            work(*arguments)
        except Exception as error:  # noqa: BLE001 (a bug must not end the thread)
            self._reporter.failed(doing, error)

    def _handle(self, message: Mapping[str, Any]) -> None:
        handler = _HANDLERS.get(message.get("type", ""))
        if handler is None:
            self._log.write(f"unknown message {message.get('type')!r}")
            return
        if not self._is_configured and handler is not Dispatcher._configure:
            self._configure({})
        handler(self, message)

    def _look_after(self) -> None:
        """What is due besides messages: the disk, the totals."""
        recorder = self._recorder
        if recorder is None:
            return
        if not self._is_open:
            self._open()
        elif recorder.has_pending and recorder.retry():
            self._sender.wake()
        if self._is_open:
            recorder.follow_choices()
            if recorder.languages is not None:
                self._replies.follow_choices(self._current, recorder.languages, recorder)
            totals = recorder.totals()
            self._reporter.totals(totals)
            self._summarise()
            self._profiles.ask_again(self._current, recorder)
            if totals is not None and totals.queued:
                self._sender.nudge()

    def _summarise(self) -> None:
        if self._summary is not None:
            self._summary.keep(self._reporter.status(), self._clock.local_hour(self._clock.now()).hour[:10])

    def _configure(self, message: Mapping[str, Any]) -> None:
        settings, problems = Settings.from_mapping(message.get("settings") or {}, self._environ)
        self._log.hide(settings.api_key)
        for problem in problems:
            self._reporter.say("error", f"settings {problem}", problem)
        self._current = settings
        self._is_configured = True
        self._reporter.user = settings.username
        self._move_in(settings)
        if self._directory is not None:
            self._summary = Summary(self._directory, settings.api_key)
        owner = Owner.of(settings)
        self._reporter.account = owner.key
        if self._recorder is not None:
            self._recorder.use_owner(owner)
            from codestats.languages import Languages  # noqa: PLC0415 (reads a table at its first question)

            self._recorder.languages = Languages(
                settings.languages, settings.ignore_filetypes, settings.language_names
            )
            if not self._is_open:
                self._open()
        self._sender.configure(settings)

    def _move_in(self, settings: Settings) -> None:
        try:
            directory = paths.data_dir(settings.data_dir, self._environ)
        except UnsafeDirectoryError as error:
            self._reporter.storage(str(error))
            return
        if directory == self._directory and self._recorder is not None:
            return
        if self._recorder is not None:
            self._recorder.close()
        self._directory = directory
        self._is_open = False
        handovers = paths.handover_dirs(directory, self._environ)
        self._recorder = Recorder(
            directory, self._clock, self._reporter, self._acknowledge, handovers, self._cache
        )

    def _open(self) -> None:
        if self._recorder is None or self._directory is None:
            return
        self._is_open = self._recorder.open()
        if self._is_open:
            self._log.open(self._directory)
            self._recorder.retry()
            self._sender.wake()

    def _acknowledge(self, ids: list[str], nothing: list[str]) -> None:
        if ids:
            self._deliver({"type": "recorded", "ids": ids, "nothing": nothing})

    def _record(self, message: Mapping[str, Any]) -> None:
        batches = message.get("batches") or []
        if batches and self._summary is not None:
            self._summary.expect()
        if self._recorder is not None and self._recorder.record(batches):
            self._recorder.take_in()
            self._sender.wake()

    def _flush(self, _: Mapping[str, Any]) -> None:
        if self._recorder is not None:
            self._recorder.retry()
            self._recorder.take_in()
        self._sender.flush()

    def _view(self, message: Mapping[str, Any]) -> None:
        self._viewer().show(message)

    def _look(self, _: Mapping[str, Any]) -> None:
        if self._views is not None:
            self._viewer().look()

    def _close_view(self, message: Mapping[str, Any]) -> None:
        self._viewer().close(message.get("id"))

    def _health(self, message: Mapping[str, Any]) -> None:
        """Not on this thread: recording doesn't wait for a check."""
        from codestats.health import check  # noqa: PLC0415 (asked for by hand only)

        check.start(message, self._current, self._directory, self._holder, self._deliver, self._work)

    def _profile(self, _: Mapping[str, Any]) -> None:
        self._replies.own_profile(self._current, self._recorder)

    def _profile_answer(self, message: Mapping[str, Any]) -> None:
        known = self._profiles.answered(message, self._recorder)
        if known.note:
            self._log.write(f"no profile: {known.note}")
        elif message["user"] == self._current.username:
            self._replies.profile(known, self._recorder)
        if self._views is not None:
            self._viewer().redraw(message["user"])

    def _account_answer(self, message: Mapping[str, Any]) -> None:
        known = self._profiles.account_answered(message, self._recorder)
        if known.account is not None and self._views is not None:
            self._viewer().redraw(message["user"])

    def _names(self, message: Mapping[str, Any]) -> None:
        languages = self._recorder.languages if self._recorder else None
        if languages is not None:
            self._replies.names(message.get("keys") or (), self._current, languages, self._recorder)

    def _viewer(self) -> Viewer:
        if self._views is None:
            from codestats.engine.viewer import Viewer  # noqa: PLC0415 (most sessions open no view)

            self._views = Viewer(self._deliver, self._profiles, self._log, self._reporter.facts)
        self._views.use(self._current, self._recorder)
        return self._views

    def _stop(self, message: Mapping[str, Any]) -> None:
        timeout = message.get("timeout", 2.0)
        if self._recorder is not None:
            self._recorder.retry()
        self._sender.stop(timeout)
        if self._recorder is not None:
            if self._is_open:
                self._reporter.totals(self._recorder.totals())
                self._summarise()
            self._recorder.close()

    def _session(self, settings: Settings) -> DeliverySession:
        """On the sender's thread."""
        if self._directory is None or paths.is_foreign(self._directory):
            raise UnsafeDirectoryError("no data directory of the user's own")
        path = paths.database_file(self._directory)
        return DeliverySession(
            path,
            settings,
            self._clock,
            self._holder,
            self._reporter,
            self._backoff,
            self._sender.should_continue,
            self._cache,
        )


def _never_raising(deliver: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    """An editor that has gone must not end our threads."""

    def safely(message: dict[str, Any]) -> None:
        with suppress(Exception):
            deliver(message)

    return safely


_DOING = {
    "configure": "reading the settings",
    "record": "recording",
    "flush": "recording",
    "view": "showing a view",
    "health": "checking",
}

_HANDLERS: dict[str, Callable[[Dispatcher, Mapping[str, Any]], None]] = {
    "configure": Dispatcher._configure,  # noqa: SLF001 (this module's own table)
    "record": Dispatcher._record,  # noqa: SLF001
    "flush": Dispatcher._flush,  # noqa: SLF001
    "view": Dispatcher._view,  # noqa: SLF001
    "look": Dispatcher._look,  # noqa: SLF001
    "close_view": Dispatcher._close_view,  # noqa: SLF001
    "health": Dispatcher._health,  # noqa: SLF001
    "names": Dispatcher._names,  # noqa: SLF001
    "profile": Dispatcher._profile,  # noqa: SLF001
    ANSWER: Dispatcher._profile_answer,  # noqa: SLF001
    ACCOUNT_ANSWER: Dispatcher._account_answer,  # noqa: SLF001
}
