"""Views: pure functions of data, state and frame to lines and highlight spans.

A ``view`` message of the editor is answered like this::

    state = state_after(message)                      # what its key does to its state
    frame = Frame.of(message, now)                    # now: a local datetime
    view = profile_view(ProfileData(...), state, frame)
    deliver(view.to_message(message["id"]))           # lines, spans, and the state for the next key

``profile_view``, ``compare_view`` (of several ProfileData), ``stats_view``, ``status_view`` and ``log_view`` all take
(data, state, frame). A module a page; what pages are made of is in `parts`. May import `stats` and the shared
modules only.
"""

from __future__ import annotations

from codestats.views.compare import compare_view
from codestats.views.keymap import KEYS
from codestats.views.keys import on_key, state_after
from codestats.views.parts.canvas import Span, View
from codestats.views.parts.frame import Frame
from codestats.views.parts.highlights import GROUPS
from codestats.views.profile import ProfileData, profile_view
from codestats.views.stats import StatsData, stats_view
from codestats.views.status import log_view, status_view

__all__ = [
    "GROUPS",
    "KEYS",
    "Frame",
    "ProfileData",
    "Span",
    "StatsData",
    "View",
    "compare_view",
    "log_view",
    "on_key",
    "profile_view",
    "state_after",
    "stats_view",
    "status_view",
]
