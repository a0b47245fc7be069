"""Views: pure functions of data, state and frame to lines and highlight spans.

``profile_view(ProfileData, state, Frame) -> View`` and its sisters draw; ``on_key(name, state, key)``
is all the interaction there is; ``View.to_message(id)`` is what the editor gets.
"""

from __future__ import annotations

from codestats.views.canvas import Frame, Span, View
from codestats.views.keys import KEYS, on_key
from codestats.views.profile import ProfileData, profile_view

__all__ = ["KEYS", "Frame", "ProfileData", "Span", "View", "on_key", "profile_view"]
