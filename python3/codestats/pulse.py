"""The two values that travel: what an editor hands over (a batch) and what the service gets (a pulse)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from codestats.exceptions import InvalidBatchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeGuard

    from codestats.clock import Clock

__all__ = ["KINDS", "LARGEST_BATCH_XP", "LARGEST_XP", "Batch", "Pulse", "Sources", "coded_at"]

Sources: TypeAlias = "Mapping[str, Mapping[str, tuple[int, int]]]"
"""Key (or language) → kind of change → characters that came and went."""

KINDS = ("typed", "completed", "pasted", "commands", "formatted", "reloaded", "tools")
"""Where text may come from: keys that put in themselves, a completion or snippet that a key accepted, a paste, another
operation of one key, a formatter on write, the disk, and what changed it while nothing was typed."""

LARGEST_ENTRY = 1000
"""The most XP of one entry of a pulse: today's service is said to count more as 1 (service-api.md, "Limits")."""

LARGEST_XP = 1000 * LARGEST_ENTRY
"""The most XP of one language in a pulse: 20,000 entries took the service 7.6 s, longer than a request may take."""

LARGEST_BATCH_XP = 2**40
"""Far beyond any keyboard, and small enough that sums stay 64-bit integers."""

_LONGEST_ID = 200
_LONGEST_KEY = 1000
_LONGEST_EDITOR = 40


def coded_at(epoch: int, offset: int) -> str:
    """The moment `epoch` (seconds) as RFC 3339 local time, `offset` minutes east of UTC."""
    import time  # noqa: PLC0415 (kept out of the values' import)

    local = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(epoch + offset * 60))
    hours, minutes = divmod(abs(offset), 60)
    return f"{local}{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one editor counted in one pulse interval.

    `id` is unique over all editors and time, `at` the epoch second of the last keystroke by the editor's
    clock, `xp` maps a key (a filetype, or `=Name` for a language given outright) to XP of at least 1. `up`
    are the seconds from the boot of the machine, called `boot`, to that keystroke (0 and '': not known).
    `editor` is what it was typed in, and `sources` where the text came from, for the local history alone ('', {}: not
    known).
    """

    id: str
    at: int
    xp: Mapping[str, int]
    boot: str = ""
    up: float = 0.0
    editor: str = ""
    sources: Sources = field(default_factory=dict)

    @classmethod
    def from_message(cls, message: object) -> Batch:
        """The batch in a decoded JSON value; entries that are no XP are left out. Raises InvalidBatchError."""
        if not isinstance(message, dict):
            raise InvalidBatchError("a batch is not an object")
        identity, at, xp = message.get("id"), message.get("at", 0), message.get("xp")
        if not isinstance(identity, str) or not 0 < len(identity) <= _LONGEST_ID:
            raise InvalidBatchError("a batch has no id")
        if not identity.isprintable():  # no database takes half a surrogate pair
            raise InvalidBatchError("a batch has an id that is no text")
        # Vim's json_encode() makes an empty dictionary {}, but an empty Lua table may come as [].
        if not isinstance(xp, dict) and xp != []:
            raise InvalidBatchError("a batch has no XP")
        good = {key: amount for key, amount in dict(xp).items() if _is_xp(key, amount)}
        uptime = _uptime(message.get("boot"), message.get("up"))
        editor, sources = _editor(message.get("editor")), _sources(message.get("sources"))
        return cls(identity, _epoch(at), good, *uptime, editor, sources)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One request to the service: `coded_at` is RFC 3339 local time with offset, `xps` language → XP."""

    coded_at: str
    xps: Mapping[str, int]

    @classmethod
    def empty(cls, clock: Clock, now: int = 0) -> Pulse:
        """One of now, without XP: it asks whether the service takes pulses, and may be lost.

        `now` in epoch seconds, where the service's time is known to differ from this machine's.
        """
        now = now or int(clock.now())
        return cls(coded_at(now, clock.local_hour(now).offset), {})

    def body(self) -> bytes:
        """The JSON that the API documentation (Endpoint: Pulses) asks for."""
        entries = [
            {"language": language, "xp": part} for language, xp in self.xps.items() for part in _parts(xp)
        ]
        # ASCII only: a lone surrogate in a name must not break the encoding.
        return json.dumps({"coded_at": self.coded_at, "xps": entries}).encode("ascii")


def _parts(xp: int) -> list[int]:
    """XP in entries that the service takes; it adds up those of one language."""
    whole, rest = divmod(xp, LARGEST_ENTRY)
    return [LARGEST_ENTRY] * whole + [rest] * bool(rest)


def _is_xp(key: object, amount: object) -> bool:
    return _is_key(key) and _is_amount(amount) and amount > 0


def _is_key(key: object) -> TypeGuard[str]:
    return isinstance(key, str) and len(key) <= _LONGEST_KEY


def _is_amount(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_BATCH_XP


def _epoch(at: object) -> int:
    """Seconds; 0 stands for "unknown", which the recorder reads as now."""
    return int(at) if _is_seconds(at) else 0


def _uptime(boot: object, up: object) -> tuple[str, float]:
    if isinstance(boot, str) and boot.isprintable() and 0 < len(boot) <= _LONGEST_ID and _is_seconds(up):
        return boot, float(up)
    return "", 0.0


def _editor(name: object) -> str:
    is_name = isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_EDITOR
    return str(name) if is_name else ""


def _sources(said: object) -> Sources:
    found = {
        key: {kind: (pair[0], pair[1]) for kind, pair in kinds.items() if kind in KINDS and _is_pair(pair)}
        for key, kinds in (said.items() if isinstance(said, dict) else ())
        if _is_key(key) and isinstance(kinds, dict)
    }
    return {key: kinds for key, kinds in found.items() if kinds}


def _is_pair(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_amount, value)) and sum(value) > 0


def _is_seconds(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 2**40
