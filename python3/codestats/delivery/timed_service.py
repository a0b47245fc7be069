"""The service as delivery asks it, with an ear for what it says of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from codestats.api.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from codestats.clock import Clock
    from codestats.storage.dating import Dating

__all__ = ["TimedService"]

_ITS_OWN_WORDS = frozenset(Verdict) - {Verdict.IN_DOUBT, Verdict.UNAVAILABLE}
"""What only the service says; the time of a portal, or of a gateway, is not the one that pulses are judged by."""


class Service(Protocol):
    """What is asked of `client.Client`."""

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        """Send one pulse; `coded_at` tells how old it is."""

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        """The public profile of a user."""

    def probe(self) -> Outcome:
        """Ask something harmless."""


class TimedService:
    """Passes requests on, and the service's time of the answers to `dating`."""

    def __init__(self, service: Service, dating: Dating, clock: Clock) -> None:
        self._service = service
        self._dating = dating
        self._clock = clock

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        """See Service."""
        return self._hear(self._service.post_pulse(body, coded_at))

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        """See Service."""
        outcome, profile = self._service.get_profile(user)
        return self._hear(outcome), profile

    def probe(self) -> Outcome:
        """See Service."""
        return self._hear(self._service.probe())

    def _hear(self, outcome: Outcome) -> Outcome:
        """An answer's date is that of its making; it may have been on its way for as long as a request may take."""
        if outcome.served_at and outcome.verdict in _ITS_OWN_WORDS:
            self._dating.hear(outcome.served_at, self._clock.uptime())
        return outcome
