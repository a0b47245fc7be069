"""What one row of the counting table is, and the shorthand to write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from support.editor.driver import Editor
from support.editor.keys import parse

Action = str | Callable[[Editor], object]
XP = int | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Situation:
    """`text` is in the buffer, its cursor at the top; `setup` are Ex commands run before the first key.

    `xp` is what the rule says, in all or by language; `hookless` is what Vim before 9.1.0597 gives, which can't see
    keys. `at_most`: less is right as well. `leaves`: the keys end the editor. `args`: what it is started with, of
    `text` and `files`.
    """

    name: str
    actions: tuple[Action, ...]
    xp: XP
    text: str = ""
    setup: tuple[str, ...] = ()
    hookless: XP | None = None
    filetype: str = "python"
    at_most: bool = False
    leaves: bool = False
    kinds: tuple[str, ...] = ("vim", "nvim")
    needs: str = "1"
    files: Mapping[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ("text",)


def row(name: str, *actions: Action, xp: XP, **more: object) -> Situation:
    """A situation, shortly."""
    return Situation(name, actions, xp, **more)  # type: ignore[arg-type]


def burst(keys: str | bytes) -> Action:
    """Keys that arrive in one read."""
    return lambda editor: editor.burst(keys)


def held(keys: str) -> Action:
    """Keys that leave a command or mapping half typed."""
    return lambda editor: editor.keys(keys, settle=False)


def ahead(keys: str) -> Action:
    """Keys typed while the editor is busy."""
    return lambda editor: [editor.terminal.write(key) for key in parse(keys)]


def paste(text: str) -> Action:
    """A bracketed paste."""
    return lambda editor: editor.paste(text)


def paste_in_pieces(*pieces: str) -> tuple[Action, ...]:
    """The same over a slow line: its start, each piece and its end are read one after the other."""
    parts = ["\x1b[200~", *pieces, "\x1b[201~"]
    return tuple(lambda editor, part=part: editor.burst(part.encode()) for part in parts)


def click(row: int, col: int, button: int = 0) -> Action:
    """A mouse button at a place counted from 0."""
    return lambda editor: editor.click(row, col, button)


def at_pace(keys: str, pace: float) -> Action:
    """Keys as somebody types them who thinks: so many seconds from one to the next."""
    return lambda editor: editor.keys(keys, pause=pace)


def wait_for(expression: str) -> Action:
    """Until an expression is true: for what timers and jobs do."""
    return lambda editor: editor.wait_until(expression)


def file_written(name: str) -> Action:
    """Until a file is there: for what is put off as long as the editor is asked things."""
    return lambda editor: editor.wait_until((editor.home.work / name).exists)


def command(text: str) -> Action:
    """An Ex command run from outside, as a plugin's callback would."""
    return lambda editor: editor.command(text)


TEXT = "abc def ghi\njkl mno pqr\nstu vwx yz\n"


def script(text: str) -> str:
    """Lines of Vimscript as one Ex command."""
    return "execute " + json.dumps(text)


# A timer's work, and its end.
WRITE = command("call timer_start(1, {-> append('$', 'x')})"), wait_for("getline('$') ==# 'x'")
# The same for commands that Neovim answers nobody in: started before they are, and waited for.
WRITE_SOON = command("call timer_start(200, {-> [append('$', 'x'), writefile([], 'written')]})")
WRITTEN = file_written("written")
