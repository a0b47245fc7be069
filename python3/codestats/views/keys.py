"""What a key does to a view: pure functions from state to state.

A state is plain data (it travels to the editor and back), for example
``{"page": "languages", "sort": "xp", "descending": True}``. The editor adds ``cursor``, the display
column of its cursor from 0, or nothing where there is no cursor; a rendering adds ``columns``,
``[[start, end, key], ...]``, the columns of its table in the same cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEYS", "PAGES", "on_key"]

State = dict[str, Any]

PAGES = ("overview", "languages", "machines", "activity")
PERIODS = ("today", "week", "month", "year", "all")
BREAKDOWNS = ("machine", "weekday", "hour", "month")

# View -> (key, what it does), in the order of the help page. The editor handles q, <Esc>, r and o itself.
KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "profile": (
        ("<Tab>", "next page"),
        ("<S-Tab>", "page before"),
        ("1", "Overview"),
        ("2", "Languages"),
        ("3", "Machines"),
        ("4", "Activity"),
        ("s", "sort by the column under the cursor, again: turn round"),
        ("S", "turn the order round"),
        ("r", "ask the service again"),
        ("o", "open the profile in the browser"),
        ("?", "this help"),
        ("q", "close (also <Esc>)"),
    ),
    "stats": (
        ("<Tab>", "next period"),
        ("<S-Tab>", "period before"),
        ("b", "break down by machine, weekday, hour, month, not"),
        ("%", "counts or each row's percentage"),
        ("s", "sort by the column under the cursor, again: turn round"),
        ("S", "turn the order round"),
        ("r", "count again"),
        ("?", "this help"),
        ("q", "close (also <Esc>)"),
    ),
    "status": (("r", "look again"), ("q", "close (also <Esc>)")),
    "log": (("r", "read again"), ("q", "close (also <Esc>)")),
}


def _step(names: tuple[str, ...], name: object, by: int) -> str:
    at = names.index(str(name)) if name in names else 0 if by < 0 else -1
    return names[(at + by) % len(names)]


def _column_at(state: State) -> str:
    """The key of the column under the cursor; without a cursor the one after the sorted column."""
    columns = [c for c in state.get("columns") or () if isinstance(c, list | tuple) and len(c) == 3]
    cursor = state.get("cursor")
    if isinstance(cursor, int):
        return next((str(key) for start, end, key in columns if start <= cursor < end), "")
    names = tuple(str(key) for _, _, key in columns)
    return _step(names, state.get("sort"), 1) if names else ""


def _sort(state: State) -> State:
    column = _column_at(state)
    if not column:
        return state
    again = column == state.get("sort")
    return state | {
        "sort": column,
        "descending": not state.get("descending", True) if again else column != "name",
    }


def _turn(state: State) -> State:
    return state | {"descending": not state.get("descending", True)}


def _go(state: State, page: str) -> State:
    """Another page; the cursor and the columns belonged to the old one."""
    return {k: v for k, v in state.items() if k not in ("columns", "cursor")} | {
        "page": page,
        "help": False,
    }


def _profile_key(state: State, key: str) -> State:
    page = state.get("page", PAGES[0])
    if key in ("<Tab>", "<S-Tab>"):
        return _go(state, _step(PAGES, page, 1 if key == "<Tab>" else -1))
    if key.isdecimal() and key.isascii() and 1 <= int(key) <= len(PAGES):
        return _go(state, PAGES[int(key) - 1])
    return state


def _stats_key(state: State, key: str) -> State:
    if key in ("<Tab>", "<S-Tab>"):
        period = state.get("period")
        step = _step(PERIODS, period, 1 if key == "<Tab>" else -1)
        return _go(state, state.get("page", "")) | {"period": step}
    if key == "b":
        by = _step(("", *BREAKDOWNS), state.get("breakdown", ""), 1)
        return _go(state, state.get("page", "")) | {"breakdown": by, "sort": "xp", "descending": True}
    if key == "%":
        return state | {"percent": not state.get("percent", False)}
    return state


def on_key(name: str, state: Mapping[str, Any], key: str) -> State:
    """The state of view ``name`` after ``key`` (as Vim writes it: ``s``, ``<Tab>``); an unknown key changes nothing."""
    before = dict(state)
    if key == "?" and any(k == "?" for k, _ in KEYS.get(name, ())):
        return before | {"help": not before.get("help", False)}
    if key in ("s", "S") and name in ("profile", "stats"):
        return _sort(before) if key == "s" else _turn(before)
    if name == "profile":
        return _profile_key(before, key)
    return _stats_key(before, key) if name == "stats" else before
