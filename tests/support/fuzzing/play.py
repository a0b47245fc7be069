"""Plays a session twice: looked at after each key, without the plugin; and with it, unasked, as a person types it.

The first play says what the rule says (a typed key that changes the text of a normal buffer earns 1 XP), the second
what arrives at the service.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codestats.server import Service
from editors import find
from support.editor.driver import Editor
from support.editor.home import Home
from support.editor.keys import parse
from support.fuzzing.case import Case, event, parts
from support.fuzzing.comparison import NOT_TYPED, Comparison
from support.fuzzing.mirror import Texts, mirror

LANGUAGES = {"Python": "python", "Lua": "lua", "C": "c"}
# With 'showmode' an error in Visual mode is shown for seconds, in which keys wait.
_SETTINGS = "set noswapfile nomore shortmess+=c noshowmode"
# Python's omni completion starts a process, and keys typed while Neovim waits for it are not told apart.
_PROVIDERS = "let [g:loaded_python3_provider, g:loaded_pythonx_provider] = [0, 0]"
# What a job or a language server may do at any time.
_OTHERS = (
    "let g:others = 0",
    "function! Other() abort",
    "let g:others += 1",
    f"if &buftype ==# '' && &modifiable | call append('$', '{NOT_TYPED}' .. g:others) | endif",
    "endfunction",
)
END = ("<Esc>", "<Esc>")
"""Typed after each session, so that it ends in Normal mode and the editor can be asked."""
_PACE = 0.05
"""Seconds a key may take to come to nothing: longer than 'timeoutlen' and 'updatetime' of the settings."""
_DELAY = 0.5
"""Seconds an answer takes when an error is on show; it takes one, and three more where a key may end them."""


@dataclass(frozen=True, slots=True)
class Expected:
    """XP by filetype, the strokes that earn, and what the buffers hold in the end.

    `delays`: seconds for which what followed a stroke was not taken, because an error was on show; a paste would come
    after keys that are typed meanwhile.
    """

    xp: dict[str, int]
    earning: tuple[int, ...]
    texts: Texts
    delays: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Counted:
    """XP by filetype as it arrived, or under "" what the editor says it has counted."""

    xp: dict[str, int]
    texts: Texts


class UntoldError(Exception):
    """What was typed did its work after it was looked for, or has not yet.

    An error is on show until a key; Neovim puts a paste off until a command that is half typed is whole.
    """


def start(case: Case, directory: Path, **options: object) -> Editor:
    """An editor with the session's settings and text."""
    editor = Editor.start(
        find(case.editor),
        Home.make(directory),
        vimrc=[_SETTINGS, _PROVIDERS, *_OTHERS],
        files={"text": case.text},
        args=["text"],
        **options,  # type: ignore[arg-type]
    )
    if editor.spec.kind == "nvim":
        editor.command("autocmd Signal SIGUSR1 call Other()")
    editor.command(f"setlocal filetype={case.filetype}")
    for line in case.setup:
        editor.command(line)
    return editor


def play(editor: Editor, stroke: str, *, slow: bool) -> None:
    """One stroke, and its effect waited for."""
    kind, keys = event(stroke)
    if kind == "key":
        editor.press(parse(keys)[0])
    elif kind == "paste":
        editor.press(b"\x1b[200~" + keys.replace("\n", "\r").encode() + b"\x1b[201~")
    elif kind in ("chord", "burst"):
        editor.press(b"".join(parse(keys)))
    elif kind == "other":
        _let_others(editor)
    else:
        time.sleep(2 * _PACE)
    if slow or stroke == "<CR>":  # it may run a shell
        time.sleep(_PACE)


def _let_others(editor: Editor) -> None:
    """Neovim does at once what a signal means; Vim only at its next key, but it takes messages at any time."""
    if editor.spec.kind == "vim":
        editor.command("call Other()")
    else:
        os.kill(editor.pid, signal.SIGUSR1)
        time.sleep(_PACE)


def is_slow(case: Case) -> bool:
    """Do keys come to something later?"""
    return any("timeoutlen" in line for line in case.setup)


def expected(case: Case) -> Expected:
    """What the rule says."""
    xp: Counter[str] = Counter()
    earning = []
    delays: dict[int, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as name,
        start(case, Path(name), plugin=None) as editor,
    ):
        seen = Comparison(mirror(editor))
        strokes = (*case.strokes, *END)
        for number in range(len(strokes)):
            for part in parts(strokes, number):
                play(editor, part, slow=is_slow(case))
                asked = time.monotonic()
                filetype = seen.changed()
                if (delay := time.monotonic() - asked) > _DELAY:
                    delays[number] = delays.get(number, 0) + delay
                if filetype is None and event(part)[0] == "paste":
                    raise UntoldError
                if filetype is not None and event(part)[0] != "other":
                    xp[filetype] += 1
                    earning.append(number)
        editor.sync()
        if seen.changed() is not None or editor.eval("mode()") == "r":
            raise UntoldError
        return Expected(dict(xp), tuple(earning), seen.texts, delays)


def counted(case: Case, delays: Mapping[int, float], *, delivered: bool = True) -> Counted:
    """What arrives, or (sooner known) what the editor has counted in all. `delays` as of Expected."""
    with (
        tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as name,
        Service() as service,
    ):
        variables = {
            "codestats_api_url": service.url,
            "codestats_api_key": service.token(),
            "codestats_pulse_interval": 3600,
        }
        with start(case, Path(name), variables=variables) as editor:
            for number, stroke in enumerate((*case.strokes, *END)):
                play(editor, stroke, slow=is_slow(case))
                time.sleep(delays.get(number, 0))
            editor.sync()
            texts = mirror(editor).texts()
            if not delivered:
                return Counted({"": editor.eval("codestats#status().session")}, texts)
            editor.command("call codestats#flush()")
            editor.wait_until("codestats#status().unsent == 0")
            return Counted({LANGUAGES.get(name, name): xp for name, xp in service.xp().items()}, texts)
