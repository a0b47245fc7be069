"""What a key does to a view: pure functions from state to state.

A state is plain data (it travels to the editor and back), for example
``{"page": "languages", "sort": "xp", "descending": True}``. The editor adds ``cursor``, the display
column of its cursor from 0, or nothing where there is no cursor; a rendering adds ``columns``,
``[[start, end, key], ...]``, the columns of its table in the same cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.stats.periods import NAMES as PERIODS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BREAKDOWNS", "KEYS", "PAGES", "on_key", "state_after"]

State = dict[str, Any]

PAGES = ("overview", "languages", "machines", "activity")
BEGINNINGS = ("page", "period", "breakdown", "percent", "sort", "descending")
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
        ("s", "sort by this column; again: reverse"),
        ("S", "reverse the order"),
        ("r", "ask the service again"),
        ("o", "open the profile in the browser"),
        ("?", "this help"),
        ("q", "close (also <Esc>)"),
    ),
    "stats": (
        ("<Tab>", "next period"),
        ("<S-Tab>", "period before"),
        ("1", "today"),
        ("2", "this week"),
        ("3", "this month"),
        ("4", "this year"),
        ("5", "all time"),
        ("b", "break down by machine, weekday, hour, month, not"),
        ("%", "counts or each row's percentage"),
        ("s", "sort by this column; again: reverse"),
        ("S", "reverse the order"),
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
    names = tuple(dict.fromkeys(str(key) for _, _, key in columns))
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


def _moved(state: State) -> State:
    """The state on another page: the cursor and the columns belonged to the old one."""
    return {k: v for k, v in state.items() if k not in ("columns", "cursor", "help")}


def _digit(key: str, names: tuple[str, ...]) -> bool:
    return key.isdecimal() and key.isascii() and 1 <= int(key) <= len(names)


def _profile_key(state: State, key: str) -> State:
    page = state.get("page", PAGES[0])
    if key in ("<Tab>", "<S-Tab>"):
        return _moved(state) | {"page": _step(PAGES, page, 1 if key == "<Tab>" else -1)}
    if _digit(key, PAGES):
        return _moved(state) | {"page": PAGES[int(key) - 1]}
    return state


def _stats_key(state: State, key: str) -> State:
    if key in ("<Tab>", "<S-Tab>"):
        period = _step(PERIODS, state.get("period") or "week", 1 if key == "<Tab>" else -1)
        return _moved(state) | {"period": period}
    if _digit(key, PERIODS):
        return _moved(state) | {"period": PERIODS[int(key) - 1]}
    if key == "b":
        by = _step(("", *BREAKDOWNS), state.get("breakdown", ""), 1)
        return _moved(state) | {"breakdown": by, "sort": "xp", "descending": True}
    if key == "%":
        return state | {"percent": not state.get("percent", False)}
    return state


def on_key(name: str, state: Mapping[str, Any], key: str) -> State:
    """The state of view ``name`` after ``key``, written as Vim writes it: ``s``, ``<Tab>``.

    An unknown key changes nothing.
    """
    before = dict(state)
    if key == "?" and any(k == "?" for k, _ in KEYS.get(name, ())):
        return before | {"help": not before.get("help", False)}
    if key in ("s", "S") and name in ("profile", "stats"):
        return _sort(before) if key == "s" else _turn(before)
    if name == "profile":
        return _profile_key(before, key)
    return _stats_key(before, key) if name == "stats" else before


def state_after(message: Mapping[str, Any]) -> State:
    """The state to show for a ``view`` message: its ``state`` after its ``key``.

    A view just opened begins with what is in its ``args``.
    """
    state = message.get("state")
    args = message.get("args")
    begin = {k: v for k, v in args.items() if k in BEGINNINGS} if isinstance(args, dict) else {}
    before = begin | state if isinstance(state, dict) else begin
    key = message.get("key")
    return on_key(str(message.get("name")), before, key) if isinstance(key, str) and key else before
