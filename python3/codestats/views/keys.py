"""What a key or a click does to a view: pure functions from state to state.

A state is plain data (it travels to the editor and back), for example
``{"page": "languages", "sort": "xp", "descending": True, "filters": [["date", "2026-09-01"]]}``. The editor adds
``cursor``, the display column of its cursor from 0, or nothing where there is no cursor; a rendering adds ``columns``,
``[[start, end, key], ...]``, the columns of its table in the same cells, ``earlier`` and ``later``, the periods
before and after the one it shows, and ``years``, how many maps of a year there are before the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.stats.periods import NAMES as PERIODS
from codestats.stats.sums import BREAKDOWNS, DIMENSIONS
from codestats.views.keymap import COMPARE_PAGES, KEYS, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "BY_SOURCE",
    "breakdown_of",
    "filters_of",
    "next_breakdown",
    "on_key",
    "state_after",
]

State = dict[str, Any]
Filter = tuple[str, tuple[str, ...]]

BY_SOURCE = "sources"
"""The breakdown that is no XP: where the text came from."""
BEGINNINGS = ("page", "period", "breakdown", "percent", "sort", "descending")
MOST_FILTERS = 6
_OF_DEPTH = ("columns", "cursor", "filters", "more", "years", "back_inside")
_ORDER = ("sort", "descending")


def filters_of(state: Mapping[str, Any]) -> list[Filter]:
    """The drill-down of a state, outermost first: (dimension, keys of which one has to fit)."""
    told = state.get("filters")
    found: list[Filter] = []
    for part in told if isinstance(told, list | tuple) else ():
        if not isinstance(part, list | tuple) or len(part) < 2 or part[0] not in DIMENSIONS:
            continue
        if all(isinstance(key, str) for key in part):
            found.append((part[0], tuple(part[1:])))
    return found[:MOST_FILTERS]


def _filters(state: Mapping[str, Any]) -> list[Any]:
    """As a state has them."""
    return [[dimension, *keys] for dimension, keys in filters_of(state)]


def _count(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0


def _tabs(name: str) -> tuple[tuple[str, ...], str]:
    """The tabs of a view, and the part of the state that tells which is shown."""
    if name == "stats":
        return PERIODS, "period"
    return (COMPARE_PAGES if name == "compare" else PAGES), "page"


def _step(names: tuple[str, ...], name: object, by: int) -> str:
    at = names.index(str(name)) if name in names else 0 if by < 0 else -1
    return names[(at + by) % len(names)]


def _column_at(state: State) -> str:
    """The key of the column under the cursor, else of the one after the sorted column."""
    columns = [c for c in state.get("columns") or () if isinstance(c, list | tuple) and len(c) == 3]
    cursor = state.get("cursor")
    if isinstance(cursor, int):
        under = next((str(key) for start, end, key in columns if start <= cursor < end), "")
        if under:
            return under
    names = tuple(dict.fromkeys(str(key) for _, _, key in columns))
    return _step(names, state.get("sort", "xp"), 1) if names else ""


def _sort(state: State, column: str) -> State:
    if not column:
        return state
    again = column == state.get("sort", "xp")
    return state | {
        "sort": column,
        "descending": not state.get("descending", True) if again else column != "name",
    }


def _turn(state: State) -> State:
    if not state.get("columns"):
        return state
    return state | {"descending": not state.get("descending", True)}


def _moved(state: State) -> State:
    """The state on another page: cursor, columns and drill-down belonged to the old one."""
    of_page = (*_OF_DEPTH, "help", "outside")
    return {k: v for k, v in state.items() if k not in of_page}


def _numbered(key: str, names: tuple[str, ...]) -> str:
    """The name that a digit stands for, '' for none."""
    is_digit = key.isdecimal() and key.isascii() and 1 <= int(key) <= len(names)
    return names[int(key) - 1] if is_digit else ""


def _to_page(name: str, state: State, page: str) -> State:
    """Another tab: a page of the profile, a period of the statistics."""
    names, what = _tabs(name)
    page = _numbered(page, names) or page
    return _moved(state) | {what: page} if page in names else state


def _open(name: str, state: State, spot: object) -> State:
    """What the cursor is on, or was clicked: ``[kind, key]``."""
    if not isinstance(spot, list | tuple) or len(spot) < 2:
        return state
    kind, key = spot[0], spot[1]
    if isinstance(kind, str) and kind in _OPENING:
        return _OPENING[kind](name, state, str(key))
    if kind == "crumb" and isinstance(key, int):
        return _narrowed(state, _filters(state)[: max(key, 0)])
    if kind == "filter" and isinstance(key, list | tuple):
        return _narrowed(state, [*_filters(state), *key])
    return state


def _of_user(name: str, state: State, user: str) -> State:
    """One profile of a comparison."""
    return {"user": user, "before": state.get("page", "")} if name == "compare" else state


def _narrowed(state: State, filters: list[Any]) -> State:
    """Another depth of the drill-down; outside of it the order is what it was."""
    kept = {k: v for k, v in state.items() if k not in (*_OF_DEPTH, *_ORDER)}
    shown = filters_of({"filters": filters})
    # The newest of a dimension says it: a day inside a month, a language instead of another.
    last = {dimension: at for at, (dimension, _) in enumerate(shown)}
    distinct = [[d, *keys] for at, (d, keys) in enumerate(shown) if last[d] == at]
    if not distinct:
        outside = kept.pop("outside", None)
        return kept | ({k: v for k, v in outside.items() if k in _ORDER} if isinstance(outside, dict) else {})
    if not state.get("filters"):
        kept["outside"] = {k: v for k, v in state.items() if k in _ORDER}
    return kept | {"filters": distinct}


def _back(state: State) -> State:
    filters = _filters(state)
    return _narrowed(state, filters[:-1]) if filters else state


def _tab(name: str, state: State, key: str) -> State:
    names, what = _tabs(name)
    default = "week" if name == "stats" else names[0]
    now = state.get("tab") or state.get(what) or default
    return _moved(state) | {what: _step(names, now, 1 if key == "<Tab>" else -1)}


def _travel(name: str, state: State, key: str) -> State:
    """``[`` and ``]``: what is looked into, the period or the map, earlier and later."""
    beside = state.get("earlier" if key == "[" else "later")
    if isinstance(beside, list):
        return _narrowed(state, beside) if beside else state
    if name == "stats" and isinstance(beside, str) and beside:
        looked_into = {"filters": state["filters"]} if state.get("filters") else {}
        return _moved(state) | {"period": beside} | looked_into
    map_ = "back_inside" if state.get("filters") else "back"
    before = min(_count(state.get(map_)), _count(state.get("years")))
    after = min(max(before + (1 if key == "[" else -1), 0), _count(state.get("years")))
    return state if after == before else state | {map_: after}


def _open_dimensions(state: Mapping[str, Any]) -> list[str]:
    """What a table can be broken down by: what is looked into is one column, and a day is of one weekday and month."""
    taken = {dimension for dimension, _ in filters_of(state)}
    if "date" in taken:
        taken |= {"weekday", "month"}
    return [by for by in BREAKDOWNS if by not in taken]


def breakdown_of(state: Mapping[str, Any]) -> str:
    """What the table is broken down by, '' for not at all."""
    by = state.get("breakdown")
    return by if by in _open_dimensions(state) else ""


def next_breakdown(state: Mapping[str, Any]) -> str:
    """What ``b`` breaks it down by."""
    return _step(("", *_open_dimensions(state)), breakdown_of(state), 1)


def _breakdown(state: State) -> State:
    if not state.get("columns"):
        return state
    kept = {"filters": state["filters"]} if state.get("filters") else {}
    return _moved(state) | {"breakdown": next_breakdown(state), "sort": "xp", "descending": True} | kept


def _sources(_name: str, state: State, _key: str) -> State:
    if "tab" not in state:
        return state  # there is no such period
    by = "" if state.get("breakdown") == BY_SOURCE else BY_SOURCE
    return _moved(state) | {"breakdown": by, "sort": "xp", "descending": True}


def _percent(name: str, state: State, _key: str) -> State:
    if not (state.get("columns") and (name == "compare" or breakdown_of(state))):
        return state
    return state | {"percent": not state.get("percent", False)}


_OPENING: dict[str, Callable[[str, State, str], State]] = {
    "page": _to_page,
    "sort": lambda _name, state, key: _sort(state, key),
    "user": _of_user,
    "more": lambda _name, state, _key: state | {"more": _count(state.get("more")) + 1},
}
# Keys that do the same in both views, where they do anything.
_COMMON: dict[str, Callable[[str, State, str], State]] = {
    "<Tab>": _tab,
    "<S-Tab>": _tab,
    "[": _travel,
    "]": _travel,
    "<BS>": lambda _name, state, _key: _back(state),
    "s": lambda _name, state, _key: _sort(state, _column_at(state)),
    "S": lambda _name, state, _key: _turn(state),
}
_OF_STATS: dict[str, Callable[[str, State, str], State]] = {
    "b": lambda _name, state, _key: _breakdown(state),
    "%": _percent,
    "w": _sources,
}
_DOING: dict[str, dict[str, Callable[[str, State, str], State]]] = {
    "profile": _COMMON,
    "stats": _COMMON | _OF_STATS,
    "compare": {key: change for key, change in _COMMON.items() if key not in ("[", "]")} | {"%": _percent},
}


def on_key(name: str, state: Mapping[str, Any], key: str, spot: object = None) -> State:
    """The state of view ``name`` after ``key``, written as Vim writes it: ``s``, ``<Tab>``.

    ``spot``: ``[kind, key]`` of what the cursor is on; ``<CR>`` and a click open it. An unknown key changes nothing.
    """
    before = dict(state)
    if key == "?" and any(k == "?" for k, _ in KEYS.get(name, ())):
        return before | {"help": not before.get("help", False)}
    if name not in _DOING:
        return before
    if name == "compare" and isinstance(before.get("user"), str):
        return _in_one_profile(before, key, spot)
    if key == "<CR>":
        return _open(name, before, spot)
    return _DOING[name].get(key, _to_page)(name, before, key)


def _in_one_profile(state: State, key: str, spot: object) -> State:
    """A profile that was opened in the comparison, until ``<BS>``."""
    if key == "<BS>" and not state.get("filters"):
        return {"page": state.get("before", "")}
    return on_key("profile", state, key, spot)


def state_after(message: Mapping[str, Any]) -> State:
    """The state to show for a ``view`` message: its ``state`` after its ``key``, on its ``spot``.

    A view just opened begins with what is in its ``args``.
    """
    state = message.get("state")
    args = message.get("args")
    begin = {k: v for k, v in args.items() if k in BEGINNINGS} if isinstance(args, dict) else {}
    before = begin | state if isinstance(state, dict) else begin
    key = message.get("key")
    if not isinstance(key, str) or not key:
        return before
    return on_key(str(message.get("name")), before, key, message.get("spot"))
