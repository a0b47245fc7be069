"""XP at the service before an editor is started."""

from __future__ import annotations

import time

from codestats.api.client import Client
from codestats.clock import Clock
from codestats.pulse import Pulse, coded_at
from codestats.settings import Settings


def earn(service, token: str, xp: dict[str, int]) -> None:
    """Send a pulse with this XP by language, as another machine would."""
    settings, problems = Settings.from_mapping({"api_key": token, "api_url": service.url}, {})
    assert not problems
    now = int(time.time())
    client = Client(settings)
    outcome = client.post_pulse(Pulse(coded_at(now, Clock().local_hour(now).offset), xp).body())
    client.close()
    assert outcome.ok, outcome
