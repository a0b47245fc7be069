"""Users' profiles as far as they are known: asked for in the background, the last answer kept for later.

Belongs to the recorder's thread; the asking is done on a thread of its own and its answer comes back through the
engine's inbox, so neither recording nor sending ever waits for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.account import Account, parse_account, question
from codestats.api.outcome import Outcome, Verdict
from codestats.clock import local_now
from codestats.profile import Profile, parse_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codestats.api.client import Client
    from codestats.engine.recorder import Recorder
    from codestats.settings import Settings
    from codestats.work import Work

__all__ = ["ACCOUNT_ANSWER", "ANSWER", "CachedProfile", "Profiles"]

ANSWER = "profile answer"
ACCOUNT_ANSWER = "account answer"
"""The types of the messages that come back through the inbox."""
_PAUSE = 1.0  # seconds between two questions about one user


@dataclass(slots=True)
class CachedProfile:
    """`state` as in `views.ProfileData`; `fetched_at` epoch seconds, 0 for never."""

    profile: Profile | None = None
    fetched_at: float = 0.0
    state: str = "loading"
    note: str = ""
    is_asked: bool = False
    traffic: tuple[int, int] = (0, 0)
    """That of the moment in which it was asked for (`History.traffic`)."""
    is_doubtful: bool = False
    """Whether a pulse was on its way meanwhile: it may be in the profile, and in what is unsent, or in neither."""
    account: Account | None = None
    is_account_wanted: bool = False
    is_account_asked: bool = False


class Profiles:
    """`post` puts a message into the engine's own inbox, from any thread. Each question is a piece of `work`."""

    def __init__(self, post: Callable[[Mapping[str, Any]], None], work: Work) -> None:
        self._post = post
        self._work = work
        self._known: dict[tuple[str, str], CachedProfile] = {}
        self._without_graph: set[str] = set()

    def of(self, user: str, settings: Settings, recorder: Recorder | None) -> CachedProfile:
        """What is known now; the last answer of an earlier session if nothing newer is."""
        key = (settings.api_url, user)
        if key not in self._known:
            kept = recorder.kept_profile(*key) if recorder and user else None
            known = CachedProfile(parse_profile(kept[1], user), kept[0]) if kept else CachedProfile()
            kept = recorder.kept_account(*key) if recorder and kept else None
            known.account = parse_account(kept[1], kept[0]) if kept else None
            self._known[key] = known
        return self._known[key]

    def ask(
        self,
        user: str,
        settings: Settings,
        known: CachedProfile,
        recorder: Recorder | None,
        *,
        with_account: bool = False,
    ) -> None:
        """Ask the service, unless its answer is still to come; then, if wanted, for the account of all machines."""
        known.is_account_wanted = known.is_account_wanted or with_account
        if not user or not settings.api_url or known.is_asked:
            return
        known.is_asked = True
        known.state = "loading"
        known.is_doubtful = False
        known.traffic = recorder.traffic() if recorder else (0, 0)
        self._start(_ask, settings, user)

    @property
    def has_doubtful(self) -> bool:
        """Whether a profile should be asked for once more."""
        return any(known.is_doubtful and not known.is_asked for known in self._known.values())

    def ask_again(self, settings: Settings, recorder: Recorder) -> None:
        """Ask once more for what came while a pulse was on its way, when none is."""
        for (address, user), known in self._known.items():
            is_due = known.is_doubtful and time.time() - known.fetched_at >= _PAUSE
            if is_due and address == settings.api_url and not recorder.traffic()[0]:
                self.ask(user, settings, known, recorder)

    def answered(self, message: Mapping[str, Any], recorder: Recorder | None) -> CachedProfile:
        """An answer came back."""
        user, settings = message["user"], message["settings"]
        outcome, answer = message["outcome"], message["answer"]
        self._work.done()
        known = self.of(user, settings, recorder)
        known.is_asked = False
        known.note = outcome.reason
        if answer is None:
            known.state = "missing" if outcome.verdict is Verdict.NOT_FOUND else "error"
        else:
            known.profile, known.fetched_at, known.state = parse_profile(answer, user), time.time(), "ready"
            if recorder is not None:
                recorder.keep_profile(settings.api_url, user, known.fetched_at, answer)
                is_own = user.casefold() == settings.username.casefold()
                known.is_doubtful = is_own and (known.traffic[0] > 0 or recorder.traffic() != known.traffic)
            self._ask_account(user, settings, known)
        return known

    def _ask_account(self, user: str, settings: Settings, known: CachedProfile) -> None:
        """One request at a time, and on demand: after the profile, which tells how the service spells the name.

        Not for a user who has never sent anything: there the service falls over.
        """
        is_wanted, known.is_account_wanted = known.is_account_wanted, False
        if not is_wanted or settings.api_url in self._without_graph or known.is_account_asked:
            return
        if known.profile is None or not known.profile.total_xp:
            return
        known.is_account_asked = True
        self._start(_ask_account, settings, user, known.profile.user)

    def account_answered(self, message: Mapping[str, Any], recorder: Recorder | None) -> CachedProfile:
        """What the service says of the account came back; nothing is said where it says nothing."""
        user, settings = message["user"], message["settings"]
        outcome, answer = message["outcome"], message["answer"]
        self._work.done()
        known = self.of(user, settings, recorder)
        known.is_account_asked = False
        if outcome.verdict is Verdict.NOT_FOUND:
            self._without_graph.add(settings.api_url)
        if answer is not None:
            known.account = parse_account(answer, time.time())
            if recorder is not None and known.account is not None:
                recorder.keep_account(settings.api_url, user, known.account.fetched_at, answer)
        return known

    def _start(self, ask: Callable[..., None], *given: object) -> None:
        self._work.begin()
        threading.Thread(target=ask, args=(self._post, *given), name="codestats-profile", daemon=True).start()


def _ask(post: Callable[[Mapping[str, Any]], None], settings: Settings, user: str) -> None:
    message: dict[str, Any] = {"type": ANSWER, "user": user, "settings": settings}
    post({**message, **_asked(settings, lambda client: client.get_profile(user))})


def _ask_account(
    post: Callable[[Mapping[str, Any]], None], settings: Settings, user: str, spelling: str
) -> None:
    document = question(spelling, local_now().date())
    message: dict[str, Any] = {"type": ACCOUNT_ANSWER, "user": user, "settings": settings}
    post({**message, **_asked(settings, lambda client: client.ask_graph(document))})


def _asked(
    settings: Settings, ask: Callable[[Client], tuple[Outcome, dict[str, Any] | None]]
) -> dict[str, Any]:
    """`outcome` and `answer` of one question; a view must not wait for ever for them."""
    try:
        from codestats.api.client import Client  # noqa: PLC0415 (not before it is wanted)

        client = Client(settings)
        outcome, answer = ask(client)
        client.close()
    except Exception as error:  # noqa: BLE001
        outcome, answer = Outcome(Verdict.UNAVAILABLE, f"internal error: {type(error).__name__}"), None
    return {"outcome": outcome, "answer": answer}
