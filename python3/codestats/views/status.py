"""The status view (what is counted, waiting, sent, wrong) and the log view (the story with times)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codestats.text import age, clean, duration, number, plural, width
from codestats.views.hints import hints
from codestats.views.keymap import keys_of
from codestats.views.parts.canvas import Row, View, finish
from codestats.views.parts.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.views.parts.frame import Frame

__all__ = ["log_view", "status_view"]

LABEL = 16  # cells of a label
LAST_LINES = 300

# State -> (sentence, highlight group).
STATES = {
    "ok": ("Everything is sent.", "CodeStatsOk"),
    "idle": ("Nothing to send yet.", "CodeStatsOk"),
    "offline": ("The service is unreachable. XP is kept and sent later.", "CodeStatsWarning"),
    "unauthorized": ("Code::Stats rejected the token. XP is kept; set another one.", "CodeStatsError"),
    "paused": ("Counting is paused in all editors. Resume with :CodeStatsResume.", "CodeStatsWarning"),
    "no_token": ("No token yet: run :CodeStatsLogin. XP is kept meanwhile.", "CodeStatsWarning"),
    "no_python": ("The Python side is not running. XP is kept until it is.", "CodeStatsError"),
    "error": ("Something is wrong.", "CodeStatsError"),
}

WORDS = {"unauthorized": "token rejected"}
"""States that a person calls something else; the status line has the same words."""

# Key of the status -> label, in the order shown; a section's heading has no key.
PARTS = (
    ("", "XP"),
    ("session", "This session"),
    ("today", "Today"),
    ("pending", "In the editor"),
    ("queued", "Waiting"),
    ("others", "Of others"),
    ("in_doubt", "In doubt"),
    ("expired", "Too old"),
    ("rejected", "Rejected"),
    ("", "Delivery"),
    ("user", "User"),
    ("url", "Service"),
    ("last_sent", "Last sent"),
    ("retry_at", "Next try"),
    ("error", "Error"),
    ("", "Backups"),
    ("jobs", ""),
    ("", "Here"),
    ("data_dir", "Data directory"),
    ("host", "Python side"),
    ("versions", "Versions"),
)
COUNTS = ("session", "today", "pending", "queued", "in_doubt", "expired", "rejected")
NOTES = {
    "in_doubt": "sent, but the answer was lost",
    "expired": "over a week old, kept in the local history",
    "rejected": "refused by the service, kept in the local history",
}


def status_view(status: Mapping[str, Any], state: Mapping[str, Any], frame: Frame) -> View:
    """The status as labelled values; a part that is missing is left out."""
    name = str(status.get("state", "idle"))
    sentence, group = STATES.get(name, ("", "CodeStatsWarning"))
    sign = "State:" if frame.plain else frame.glyphs.state
    title = f"{sign} {WORDS.get(name, name).replace('_', ' ')}"
    rows = [Row(), Row(frame.name(title), group), *_wrapped(frame.name(sentence), frame)]
    for key, label in PARTS:
        if not key:
            rows += [Row(), Row(label, "CodeStatsTitle")]
        elif key == "others":
            rows += _others(label, status, frame)
        elif key == "jobs":
            rows += _jobs(status, frame)
        elif (value := _value(key, status, frame)) is not None:
            rows += _pair(label, value, frame)
    view = finish("Code::Stats status", _without_empty_sections(rows), frame, state)
    return replace(view, keys=keys_of("status"), hints=hints("status", state, keys_of("status")))


def _wrapped(text: str, frame: Frame) -> list[Row]:
    return [Row(line, "CodeStatsLabel") for line in wrap(text, frame.inner) if line]


def _without_empty_sections(rows: list[Row]) -> list[Row]:
    """Without the headings that nothing follows."""
    kept: list[Row] = []
    for at, row in enumerate(rows):
        heading = bool(row.parts) and row.parts[0][1] == "CodeStatsTitle"
        follower = rows[at + 1] if at + 1 < len(rows) else Row()
        if heading and not follower.parts:
            kept.pop()  # the blank line before it
        else:
            kept.append(row)
    return kept


def _value(key: str, status: Mapping[str, Any], frame: Frame) -> list[tuple[str, str]] | None:
    """Highlighted parts of one value; None: not to be shown."""
    value = status.get(key)
    if key in COUNTS:
        return _count(key, value, status, frame)
    if key in ("last_sent", "retry_at"):
        return _moment(key, value, frame)
    text = frame.name(str(value)) if value not in (None, "") else ""
    return [(text, "CodeStatsError" if key == "error" else "")] if text else None


def _count(key: str, value: object, status: Mapping[str, Any], frame: Frame) -> list[tuple[str, str]] | None:
    """A count of XP, with what it means; the exceptional ones only when there are any."""
    if isinstance(value, bool) or not isinstance(value, int) or (key in NOTES and not value):
        return None
    note = ""
    if value:
        note = _waiting(status, frame) if key == "queued" else NOTES.get(key, "")
    return [(f"{number(value)} XP", "CodeStatsNumber"), (f"  {note}" if note else "", "CodeStatsLabel")]


def _waiting(status: Mapping[str, Any], frame: Frame) -> str:
    """In how many pulses, and for how long."""
    pulses, since = status.get("queued_pulses"), status.get("waiting_since")
    if not isinstance(pulses, int):
        return ""
    note = f"in {plural(pulses, 'pulse')}"
    if not isinstance(since, int) or since <= 0:
        return note
    return f"{note}, {'the oldest ' if pulses > 1 else ''}for {duration(frame.now.timestamp() - since)}"


def _others(label: str, status: Mapping[str, Any], frame: Frame) -> list[Row]:
    """What waits for other tokens, a row each: an editor that has one sends it."""
    rows = []
    for queue in status.get("others") or ():
        owner = frame.name(str(queue.get("user") or "another token"))
        site = frame.name(str(queue.get("address") or "")).partition("://")[2]
        note = (
            f"of {owner}" + (f" at {site}" if site else "") + (", refused" if queue.get("is_refused") else "")
        )
        value = [(f"{number(queue.get('xp', 0))} XP", "CodeStatsNumber"), (f"  {note}", "CodeStatsLabel")]
        rows += _pair(label, value, frame)
    return rows


def _jobs(status: Mapping[str, Any], frame: Frame) -> list[Row]:
    """How scheduled backups stand, a paragraph each."""
    rows = []
    for sentence, needs_care in status.get("jobs") or ():
        group = "CodeStatsWarning" if needs_care else ""
        rows += [Row().add(line, group) for line in wrap(frame.name(str(sentence)), frame.inner) if line]
    return rows


def _moment(key: str, value: object, frame: Frame) -> list[tuple[str, str]] | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return [("never", "CodeStatsLabel")] if key == "last_sent" else None
    seconds = frame.now.timestamp() - value
    if key == "last_sent":
        return [(age(seconds), "")]
    return [(f"in {duration(-seconds)}" if seconds < 0 else "now", "CodeStatsWarning")]


def _pair(label: str, value: list[tuple[str, str]], frame: Frame) -> list[Row]:
    """A label and its value, wrapped under itself where it is long."""
    indent = min(LABEL, frame.inner // 2)
    row = Row(frame.cut(label, indent - 1), "CodeStatsLabel").to(indent)
    if sum(width(text) for text, _ in value) <= frame.inner - indent:
        for text, group in value:
            row.add(text, group)
        return [row]
    first, group = value[0]
    lines = wrap("".join(text for text, _ in value), frame.inner - indent) if len(value) == 1 else [first]
    rows = [row.add(lines[0], group), *(Row().to(indent).add(line, group) for line in lines[1:])]
    rest = "".join(text for text, _ in value[1:]).strip()
    if rest:
        rows += [Row().to(indent).add(line, "CodeStatsLabel") for line in wrap(rest, frame.inner - indent)]
    return rows


_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)\S*\s+(?:\[\d+\]\s*)?(.*)")
_LEVELS = {"error": "CodeStatsError", "bug": "CodeStatsError", "warning": "CodeStatsWarning"}


def log_view(lines: Sequence[str], state: Mapping[str, Any], frame: Frame) -> View:
    """The last lines of the log, the newest first; a heading for each day, long lines wrapped."""
    rows: list[Row] = []
    day = ""
    for line in reversed(lines[-LAST_LINES:]):
        text = frame.name(clean(line, 2000))
        stamp = _STAMP.match(text)
        if stamp and stamp[1] != day:
            day = stamp[1]
            rows += [Row(), Row(day, "CodeStatsTitle")]
        rows += _log_rows(stamp[2] if stamp else "", stamp[3] if stamp else text, frame)
    if not rows:
        rows = [Row(), Row("Nothing has happened yet.", "CodeStatsLabel")]
    view = finish("Code::Stats log", rows, frame, state)
    return replace(view, keys=keys_of("log"), hints=hints("log", state, keys_of("log")))


def _log_rows(time: str, text: str, frame: Frame) -> list[Row]:
    """A line of the log, its time at the left."""
    level, colon, _ = text.partition(":")
    group = _LEVELS.get(level.lower(), "") if colon else ""
    lines = wrap(text, max(frame.inner - 10, 8))
    rows = [Row(time, "CodeStatsLabel").to(10).add(lines[0], group)]
    return [*rows, *(Row().to(10).add(line, group) for line in lines[1:])]
