"""What the health check asks the service: whether it answers, what time it has, whether it takes the token."""

from __future__ import annotations

import sys
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from codestats.client import Client
from codestats.clock import Clock
from codestats.credentials import owner_of
from codestats.outcome import Verdict
from codestats.pulse import Pulse, coded_at
from codestats.text import number

if TYPE_CHECKING:
    from codestats.health import Entry
    from codestats.settings import Settings

__all__ = ["service_entries"]

_SKEW = 120  # seconds that the clocks may differ without a warning


def service_entries(settings: Settings) -> list[Entry]:
    """Asks the service: with a GET of the profile, and whether it takes the token with a pulse without XP."""
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
        entries: list[Entry] = [("ok", f"{settings.api_url} answers", "")]
        return [*entries, *_clock(client.served_at), *_token(client, settings)]
    finally:
        client.close()


def _clock(served_at: str) -> list[Entry]:
    try:
        skew = time.time() - parsedate_to_datetime(served_at).timestamp()
    except (TypeError, ValueError):
        return [("info", "the service did not say what time it is", "")]
    if abs(skew) <= _SKEW:
        return [("ok", f"your clock and the service's agree to {abs(skew):.0f} s", "")]
    side = "ahead of" if skew > 0 else "behind"
    command = "sudo timedatectl set-ntp true" if sys.platform.startswith("linux") else "set the clock"
    return [("warn", f"your clock is {number(int(abs(skew)))} s {side} the service's", command)]


def _token(client: Client, settings: Settings) -> list[Entry]:
    if not settings.api_key:
        return [("warn", "there is no token: XP is kept, not sent", ":CodeStatsLogin")]
    clock = Clock()
    now = int(clock.now())
    outcome = client.post_pulse(Pulse(coded_at(now, clock.local_hour(now).offset), {}).body())
    owner = owner_of(settings.api_key)
    whose = f"of {owner.user}" if owner else "(it does not say whose)"
    if outcome.verdict is Verdict.UNAUTHORIZED:
        return [
            ("error", f"the token {whose} is refused: {outcome.reason}", ":CodeStatsLogin with a new token")
        ]
    if outcome.verdict is Verdict.SENT:
        return [("ok", f"the token {whose} is accepted", "")]
    return [("info", f"whether the token {whose} is accepted cannot be told: {outcome.reason}", "")]
