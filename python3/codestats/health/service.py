"""What the health check asks the service: whether it answers, what time it has, whether it takes the token."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from codestats import paths
from codestats.api.client import Client
from codestats.api.outcome import Outcome, Verdict
from codestats.clock import Clock
from codestats.credentials import owner_of
from codestats.delivery.lease import SECONDS, Lease
from codestats.exceptions import StorageError
from codestats.pulse import Pulse
from codestats.storage.database import Database
from codestats.text import number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codestats.health.finding import Finding
    from codestats.settings import Settings

__all__ = ["PATIENCE", "service_findings", "try_token"]

PATIENCE = 5.0
"""Seconds to wait for an editor that is sending."""

_SKEW = 120  # seconds that the clocks may differ without a warning
_LOOK_AGAIN = 0.1


def service_findings(settings: Settings, directory: Path | None = None) -> list[Finding]:
    """Asks the service: with a GET of the profile, and whether it takes the token with a pulse without XP.

    `directory`: the data directory of the editors that may be sending.
    """
    if not settings.api_url:
        return [("error", "g:codestats_api_url is no usable address", "unlet g:codestats_api_url")]
    client = Client(settings)
    try:
        outcome = client.probe()
        if not outcome.ok:
            return [
                (
                    "error",
                    f"{settings.api_url} cannot be used: {outcome.reason}",
                    ":CodeStatsFlush tries again",
                )
            ]
        findings: list[Finding] = [("ok", f"{settings.api_url} answers", "")]
        return [*findings, *_clock(outcome.served_at), *_token(settings, directory)]
    finally:
        client.close()


def _clock(served_at: float) -> list[Finding]:
    if not served_at:
        return [("info", "the service did not say what time it is", "")]
    skew = time.time() - served_at
    if abs(skew) <= _SKEW:
        return [("ok", f"your clock and the service's agree to {abs(skew):.0f} s", "")]
    side = "ahead of" if skew > 0 else "behind"
    command = "sudo timedatectl set-ntp true" if sys.platform.startswith("linux") else "set the clock"
    return [("warn", f"your clock is {number(int(abs(skew)))} s {side} the service's", command)]


def _token(settings: Settings, directory: Path | None) -> list[Finding]:
    if not settings.api_key:
        return [("warn", "there is no token: XP is kept, not sent", ":CodeStatsLogin")]
    outcome = try_token(settings, directory)
    owner = owner_of(settings.api_key)
    whose = f"of {owner}" if owner else "(it does not say whose)"
    if outcome.verdict is Verdict.UNAUTHORIZED:
        return [
            ("error", f"the token {whose} is refused: {outcome.reason}", ":CodeStatsLogin with a new token")
        ]
    if outcome.verdict is Verdict.SENT:
        return [("ok", f"the token {whose} is accepted", "")]
    return [("info", f"whether the token {whose} is accepted cannot be told: {outcome.reason}", "")]


def try_token(settings: Settings, directory: Path | None) -> Outcome:
    """The outcome of a pulse without XP; it, too, goes out alone, and takes no longer than a lease lasts."""
    clock = Clock()
    client = Client(replace(settings, request_timeout=min(settings.request_timeout, SECONDS - 1)))
    try:
        with _turn(directory, clock) as is_ours:
            if is_ours:
                return client.post_pulse(Pulse.empty(clock).body())
            return Outcome(Verdict.UNAVAILABLE, "an editor is sending at this moment")
    except StorageError as error:
        return Outcome(Verdict.UNAVAILABLE, str(error))
    finally:
        client.close()


@contextmanager
def _turn(directory: Path | None, clock: Clock) -> Iterator[bool]:
    """The right to send, which editors share (lease.py); False: it was not to be had. Raises StorageError."""
    path = paths.database_file(directory) if directory else None
    if path is None or not path.exists():  # nobody ever sent
        yield True
        return
    lease = Lease(clock, f"health {os.urandom(8).hex()}")
    with closing(Database(path)) as database:
        end = clock.uptime() + PATIENCE
        while True:
            with database.transaction() as connection:
                wait = lease.take(connection)
            if not wait or clock.uptime() > end:
                break
            time.sleep(_LOOK_AGAIN)
        try:
            yield not wait
        finally:
            with database.transaction() as connection:
                lease.release(connection)
