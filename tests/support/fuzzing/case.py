"""What is typed in one session: an editor's settings, its text, and strokes one after the other.

A stroke is one typed key in the notation of editor/keys.py (`x`, `<Esc>`), or one of

    {paste:text}     a bracketed paste
    {chord:jk}       keys in one write that belong together: the left side of a mapping
    {burst:abc<BS>}  keys in one write, each worth what it is worth alone
    {other}          not typed at all: a signal at which the editor adds a line, as a job or a language server would
    {pause}          longer than 'updatetime'
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from support.editor.keys import parse

_EVENT = re.compile(r"\{(paste|chord|burst|other|pause)(?::(.*?))?\}", re.DOTALL)
_STROKE = re.compile(rf"{_EVENT.pattern}|<(?:[A-Za-z]-\S|[A-Za-z][A-Za-z0-9-]*)>|.", re.DOTALL)

_LITERAL = re.compile(
    r"(?<!<C-[vq]>)<C-[vq]>(x[0-9a-f]?|o[0-7]{0,2}|u[0-9a-f]{0,3}|[0-9]{0,2})$", re.IGNORECASE
)
"""CTRL-V that waits, or the number after it: what comes is not mapped."""


@dataclass(frozen=True, slots=True)
class Case:
    """A session. `setup` are Ex commands run before the first key, `filetype` that of the text."""

    editor: str
    strokes: tuple[str, ...]
    setup: tuple[str, ...] = ()
    text: str = ""
    filetype: str = "python"

    @property
    def keys(self) -> int:
        """How many keys a person presses."""
        return sum(len(single(stroke)) for stroke in self.strokes)

    def with_strokes(self, strokes: list[str]) -> Case:
        return replace(self, strokes=tuple(strokes))

    def to_json(self, **more: Any) -> str:
        """For a file; the strokes stand in one string, as they are typed."""
        return json.dumps({**asdict(self), "strokes": "".join(self.strokes), **more}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Case:
        known = json.loads(text)
        return cls(
            editor=known["editor"],
            strokes=tuple(split(known["strokes"])),
            setup=tuple(known["setup"]),
            text=known["text"],
            filetype=known["filetype"],
        )


def split(strokes: str) -> list[str]:
    return [found[0] for found in _STROKE.finditer(strokes)]


def event(stroke: str) -> tuple[str, str]:
    """("paste", text), ("chord", keys) …; ("key", itself) for a single key."""
    found = _EVENT.fullmatch(stroke)
    return (found[1], found[2] or "") if found else ("key", stroke)


def single(stroke: str) -> list[str]:
    """The stroke as a person types it who is slower: a burst key by key."""
    kind, keys = event(stroke)
    if kind == "burst":
        return [notation(key) for key in parse(keys)]
    return [] if kind in ("other", "pause") else [stroke]


def parts(strokes: Sequence[str], number: int) -> list[str]:
    """One of the strokes as the rule looks at it: a burst key by key, and so a chord where its keys are not mapped."""
    kind, keys = event(strokes[number])
    if kind == "chord" and _LITERAL.search("".join(strokes[:number])):
        return [notation(key) for key in parse(keys)]
    return single(strokes[number]) or [strokes[number]]


def notation(key: bytes) -> str:
    """Of a key that can be part of a burst."""
    names = {b"\x1b": "<Esc>", b"\r": "<CR>", b"\t": "<Tab>", b"\x7f": "<BS>", b"<": "<lt>", b"|": "<Bar>"}
    if key in names:
        return names[key]
    if len(key) == 1 and key < b" ":
        return f"<C-{chr(key[0] + 0x60)}>"
    return key.decode()
