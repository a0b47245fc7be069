"""Which keys each view has, and what the help page says of them; what they do is in `keys`."""

from __future__ import annotations

__all__ = ["COMPARE_PAGES", "KEYS", "PAGES", "keys_of"]

PAGES = ("overview", "languages", "machines", "activity", "records")
COMPARE_PAGES = ("overview", "languages", "activity")

# View -> (key, what it does), in the order of the help page. The editor handles q, <Esc>, r, o, y and Y itself.
KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "profile": (
        ("<Tab>", "next page"),
        ("<S-Tab>", "page before"),
        ("1", "Overview"),
        ("2", "Languages"),
        ("3", "Machines"),
        ("4", "Activity"),
        ("5", "Records"),
        ("<CR>", "look into what the cursor is on (also a click)"),
        ("<BS>", "back out of it"),
        ("[", "the map's year before, or the day, week or month before"),
        ("]", "the one after"),
        ("s", "sort by this column, else the next one; again: reverse"),
        ("S", "reverse the order"),
        ("y", "copy the window as text"),
        ("Y", "write it as a picture (SVG)"),
        ("r", "ask the service again"),
        ("o", "open the profile in the browser"),
        ("?", "this help"),
        ("q", "close (also <Esc>)"),
    ),
    "compare": (
        ("<Tab>", "next page"),
        ("<S-Tab>", "page before"),
        ("1", "Overview"),
        ("2", "Languages"),
        ("3", "Activity"),
        ("<CR>", "the profile of the user under the cursor (also a click)"),
        ("<BS>", "back to all of them"),
        ("s", "sort by this column, else the next one; again: reverse"),
        ("S", "reverse the order"),
        ("%", "XP or each user's percentage, of the languages"),
        ("y", "copy the window as text"),
        ("Y", "write it as a picture (SVG)"),
        ("r", "ask the service again"),
        ("o", "open the first one's profile in the browser"),
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
        ("[", "the day, week, month or year before"),
        ("]", "the one after"),
        ("<CR>", "look into what the cursor is on (also a click)"),
        ("<BS>", "back out of it"),
        ("b", "break down by machine, weekday, hour, month, editor, system, not"),
        ("%", "counts or each row's percentage, in a breakdown"),
        ("w", "where the text came from; again: back"),
        ("s", "sort by this column, else the next one; again: reverse"),
        ("S", "reverse the order"),
        ("y", "copy the window as text"),
        ("Y", "write it as a picture (SVG)"),
        ("r", "count again"),
        ("?", "this help"),
        ("q", "close (also <Esc>)"),
    ),
    "status": (("r", "look again"), ("y", "copy the window as text"), ("q", "close (also <Esc>)")),
    "log": (("r", "read again"), ("y", "copy the window as text"), ("q", "close (also <Esc>)")),
}


def keys_of(name: str) -> tuple[str, ...]:
    """The keys of a view that an editor hands on to it, or does itself but for closing."""
    return tuple(key for key, _ in KEYS[name] if key != "q")
