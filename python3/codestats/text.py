"""Text on a grid of cells: cleaning what others wrote, measuring, cutting, numbers, ages.

Nothing here knows an editor. Widths are in display cells as Vim and Neovim count them with
``'ambiwidth'`` at its default, ``single``; :func:`clean` removes whatever the two disagree about.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

__all__ = [
    "LONGEST_NAME",
    "age",
    "clean",
    "cut",
    "days_and_hours",
    "duration",
    "number",
    "percent",
    "plural",
    "short",
    "to_ascii",
    "width",
]

LONGEST_NAME = 255
"""Characters. The service answers 500, every time, to a longer name (doc/dev/service-api.md)."""

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_MARKS = 2  # combining marks on one letter; real writing systems rarely stack more

# Measured with strdisplaywidth() on Vim 9.0, 9.1, 9.2 and Neovim 0.10, 0.11, 0.12 for every
# character. Pictures that Unicode calls narrow and all of them draw wide (first and last of each):
_WIDE_PICTURES = (
    (0x1F321, 0x1F321), (0x1F324, 0x1F32C), (0x1F336, 0x1F336), (0x1F37D, 0x1F37D),
    (0x1F396, 0x1F397), (0x1F399, 0x1F39B), (0x1F39E, 0x1F39F), (0x1F3CB, 0x1F3CE),
    (0x1F3D4, 0x1F3DF), (0x1F3F3, 0x1F3F3), (0x1F3F5, 0x1F3F5), (0x1F3F7, 0x1F3F7),
    (0x1F43F, 0x1F43F), (0x1F441, 0x1F441), (0x1F4FD, 0x1F4FD), (0x1F549, 0x1F54A),
    (0x1F56F, 0x1F570), (0x1F573, 0x1F579), (0x1F587, 0x1F587), (0x1F58A, 0x1F58D),
    (0x1F590, 0x1F590), (0x1F5A5, 0x1F5A5), (0x1F5A8, 0x1F5A8), (0x1F5B1, 0x1F5B2),
    (0x1F5BC, 0x1F5BC), (0x1F5C2, 0x1F5C4), (0x1F5D1, 0x1F5D3), (0x1F5DC, 0x1F5DE),
    (0x1F5E1, 0x1F5E1), (0x1F5E3, 0x1F5E3), (0x1F5E8, 0x1F5E8), (0x1F5EF, 0x1F5EF),
    (0x1F5F3, 0x1F5F3), (0x1F5FA, 0x1F5FA), (0x1F6CB, 0x1F6CB), (0x1F6CD, 0x1F6CF),
    (0x1F6E0, 0x1F6E5), (0x1F6E9, 0x1F6E9), (0x1F6F0, 0x1F6F0), (0x1F6F3, 0x1F6F3),
)  # fmt: skip
_WIDE_STARTS = [first for first, _ in _WIDE_PICTURES]


def _is_wide_picture(code: int) -> bool:
    at = bisect_right(_WIDE_STARTS, code) - 1
    return at >= 0 and code <= _WIDE_PICTURES[at][1]


# What they draw 1 or 2 cells wide, depending on the editor (above U+1F000: all other narrow ones).
_DISPUTED = frozenset(
    "⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ☝⛈⛏⛑⛓⛩⛰⛱⛷⛸⛹✌✍⤴⤵"
    + "".join(map(chr, (*range(0x2630, 0x2638), *range(0x268A, 0x2690), *range(0x4DC0, 0x4E00))))
    + "".join(map(chr, (0x1171E, *range(0x1D300, 0x1D377))))
)
# Variation selectors and skin tones change the character before them (Cf: joiners, bidi marks, tags).
_INVISIBLE = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF), (0x1F3FB, 0x1F3FF))
_SAME_BUT_AGREED = {"ำ": "ํา", "ຳ": "ໍາ", "ﾞ": "゛", "ﾟ": "゜"}


@lru_cache(maxsize=4096)
def _cells(char: str) -> int:
    """Cells of one character that :func:`clean` let through: 0, 1 or 2.

    Spacing marks (Mc, Indic vowels) take a cell in Vim and none in Neovim 0.11, which also draws some
    Indic consonants in one: the larger counts, so a line may be too narrow and is never too wide.
    """
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 2 if _is_wide_picture(ord(char)) else 1


def width(text: str) -> int:
    """Display cells of a cleaned single line."""
    return len(text) if text.isascii() else _width(text)


@lru_cache(maxsize=4096)
def _width(text: str) -> int:
    return sum(map(_cells, text))


def _is_disputed(char: str) -> bool:
    """Whether editors disagree about the width; so they do about Hangul letters outside a syllable."""
    code = ord(char)
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97C or 0xD7B0 <= code <= 0xD7FF:
        return True
    return char in _DISPUTED or (0x1F000 <= code <= 0x1FAFF and _cells(char) != 2)


def _safe_char(char: str) -> str:
    """What stands for one character of untrusted text ('' where it is dropped)."""
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category == "Cf" or any(first <= code <= last for first, last in _INVISIBLE):
        return ""
    if 0x1F1E6 <= code <= 0x1F1FF:  # half a flag; the editors measure pairs differently
        return chr(code - 0x1F1E6 + ord("A"))
    if category in ("Cs", "Cn", "Co") or _is_disputed(char):
        return REPLACEMENT
    return _SAME_BUT_AGREED.get(char, char)


def _without_piles(text: str) -> str:
    """At most MAX_MARKS combining marks on a character, none on nothing."""
    kept: list[str] = []
    marks = MAX_MARKS  # a mark at the start would sit on whatever is printed before it
    for char in text:
        if unicodedata.category(char)[0] == "M":
            marks += 1
            if marks > MAX_MARKS:
                continue
        else:
            marks = MAX_MARKS if char == " " else 0
        kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _clean(text: str, limit: int) -> str:
    text = text[: 8 * limit]
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_safe_char, unicodedata.normalize("NFC", text)))
        text = unicodedata.normalize("NFC", text)
        text = _without_piles(text)
    text = " ".join(text.split(" ")).strip() if "  " not in text else " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def clean(text: object, limit: int = LONGEST_NAME) -> str:
    """Untrusted text as one printable line of at most ``limit`` characters; '' for a non-string.

    Control characters and line ends become blanks, invisible characters go, lone surrogates
    and code points without a known width become U+FFFD, piles of combining marks are thinned.
    """
    return _clean(text, limit) if isinstance(text, str) else ""


_ASCII = {ELLIPSIS: "...", "—": "-", "–": "-", "·": "-"}


def _ascii_char(char: str) -> str:
    """The letter without its accents, or ``?``."""
    if char.isascii():
        return char
    plain = unicodedata.normalize("NFKD", char)
    plain = "".join(part for part in plain if unicodedata.category(part)[0] != "M")
    return plain if plain.isascii() and plain.isalnum() else _ASCII.get(char, "?")


@lru_cache(maxsize=4096)
def to_ascii(text: str) -> str:
    """The line without Unicode: accents dropped, any other foreign character ``?``."""
    if text.isascii():
        return text
    bases = (char for char in text if unicodedata.category(char)[0] != "M")
    return "".join(map(_ascii_char, bases))


def cut(text: str, cells: int, ellipsis: str = ELLIPSIS) -> str:
    """The text, or as much of its beginning as fits ``cells`` with an ellipsis."""
    if width(text) <= cells:
        return text
    if cells <= len(ellipsis):
        return ellipsis[: max(cells, 0)]
    room = cells - len(ellipsis)
    for at, char in enumerate(text):
        room -= _cells(char)
        if room < 0:
            return text[:at].rstrip(" ") + ellipsis
    return text


def short(count: int) -> str:
    """A count in at most five cells up to 999 P: 999, 1.2k, 34k, 1.2M."""
    if abs(count) < 1000:
        return str(count)
    sign, count = ("-", -count) if count < 0 else ("", count)
    for unit in "kMGT":
        if count < 9950:  # 9.95k and more rounds to two digits before the unit
            return f"{sign}{(count + 50) // 100 / 10:.1f}{unit}"
        if count < 999_500:
            return f"{sign}{(count + 500) // 1000}{unit}"
        count //= 1000
    return f"{sign}{count:,}P"


def number(count: int, cells: int = 1000) -> str:
    """The count with separators (12,345), or short (12k) where that is too wide."""
    text = f"{count:,}"
    return text if len(text) <= cells else short(count)


def percent(part: int, whole: int) -> str:
    """A share for people: ``0%`` for none, ``<1%``, ``42%``, ``>99%`` short of all."""
    if part <= 0 or whole <= 0:
        return "0%"
    if part < whole and part * 200 > whole * 199:
        return ">99%"
    return "<1%" if part * 200 < whole else f"{(part * 200 + whole) // (2 * whole)}%"


def plural(count: int, noun: str) -> str:
    """``1 day``, ``12 days``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """A length of time in its one fitting unit: 5 s, 3 min, 2 h, 4 days, 7 months."""
    count = max(int(seconds), 0)
    if count < 60:
        return f"{count} s"
    if count < 3600:
        return f"{count // 60} min"
    if count < 48 * 3600:
        return f"{count // 3600} h"
    days = count // 86400
    if days < 60:
        return plural(days, "day")
    return plural(days // 30, "month") if days < 730 else plural(days // 365, "year")


def days_and_hours(seconds: float) -> str:
    """A length of time as one says it: ``8 days and 2 hours``, ``3 hours``, ``35 minutes``."""
    days, hours = divmod(round(seconds / 3600), 24)
    parts = [plural(count, unit) for count, unit in ((days, "day"), (hours, "hour")) if count]
    return " and ".join(parts) or plural(round(seconds / 60), "minute")


def age(seconds: float) -> str:
    """How long ago: ``just now``, ``3 min ago``, ``2 days ago``."""
    return "just now" if seconds < 10 else f"{duration(seconds)} ago"
