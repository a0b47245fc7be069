"""A small local service that speaks the Code::Stats API: for the demo, tests, and anyone without an account.

It follows the API documentation (v. 1.0.1) and, where that is silent, what was observed on the service's own
server. Standard library only. One deliberate difference: totals are summed from the stored entries inside
one database, so they stay exact when pulses of one user arrive at the same time; the real service loses some
of that XP in its public totals.

May import the shared modules only; no other package imports it.
"""

from __future__ import annotations

from codestats.server.exchange import Request, Response
from codestats.server.server import Handler
from codestats.server.service import Service
from codestats.server.store import StoredPulse

__all__ = ["Handler", "Request", "Response", "Service", "StoredPulse"]
