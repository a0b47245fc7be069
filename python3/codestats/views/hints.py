"""What a window's border offers: each key that does something on the page that is shown, the most useful first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.views.keys import BY_SOURCE, next_breakdown, on_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codestats.views.parts.canvas import Hint, Row

__all__ = ["hints"]

State = dict[str, Any]

_ORDER = ("<BS>", "<Tab>", "?", "q", "b", "%", "[ ]", "s", "<CR>", "w", "y", "r", "o", "S", "Y")
_INSIDE = ("<BS>", "<CR>", "?", "q", "b", "%", "[ ]", "s", "w", "<Tab>", "y", "r", "o", "S", "Y")
"""While something is looked into."""
_NAMES = {"<BS>": "BS", "<Tab>": "Tab", "<CR>": "Enter"}
_EDITORS = {"q": "close", "r": "refresh", "y": "copy", "Y": "picture"}
"""Keys that the editor handles: they do the same on any page."""
_WORDS: dict[str, Callable[[str, State], str]] = {
    "<BS>": lambda _name, _state: "back",
    "<Tab>": lambda name, _state: "period" if name == "stats" else "page",
    "?": lambda _name, _state: "keys",
    "b": lambda _name, state: f"by {by}" if (by := next_breakdown(state)) else "languages",
    "%": lambda _name, state: "XP" if state.get("percent") else "share",
    "w": lambda _name, state: "back" if state.get("breakdown") == BY_SOURCE else "sources",
    "s": lambda _name, _state: "sort",
    "S": lambda _name, _state: "reverse",
}


def hints(
    name: str, state: Mapping[str, Any], keys: Iterable[str], rows: Iterable[Row] = (), url: str = ""
) -> tuple[Hint, ...]:
    """Those of the ``keys`` of view ``name`` that do something, and in a word what.

    ``rows``: what is shown, for what can be looked into; ``url``: its web page.
    """
    known = {*keys, "q"}
    shown = {part: value for part, value in state.items() if part != "cursor"}
    words = {key: word for key, word in _EDITORS.items() if key in known}
    words |= {
        key: word(name, shown)
        for key, word in _WORDS.items()
        if key in known and on_key(name, shown, key) != shown
    }
    words["[ ]"] = _around(name, shown) if "[" in known else ""
    words["<CR>"] = _opens(rows) if "<CR>" in known else ""
    words["o"] = "web" if url and "o" in known else ""
    order = _INSIDE if shown.get("filters") else _ORDER
    return tuple((_NAMES.get(key, key), words[key]) for key in order if words.get(key))


def _around(name: str, state: State) -> str:
    """What ``[`` and ``]`` move: the map of a year, or what is shown."""
    moved = [after for key in ("[", "]") if (after := on_key(name, state, key)) != state]
    what = ("period", "filters")
    is_map = any(all(after.get(part) == state.get(part) for part in what) for after in moved)
    return "year" if is_map else "earlier, later" if moved else ""


def _opens(rows: Iterable[Row]) -> str:
    """What Enter does somewhere on the page."""
    spots = (spot for row in rows for spot in (row.spot, *(own for _, _, own in row.parts)))
    kinds = {spot.kind for spot in spots if spot is not None}
    return "their profile" if "user" in kinds else "look into" if "filter" in kinds else ""
