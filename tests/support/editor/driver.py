"""Drives a real editor on a real pseudo-terminal, Vim and Neovim through one interface.

    editor = Editor.start(find("nvim"), Home.make(directory), variables={"codestats_api_key": "…"})
    editor.keys("ihello<Esc>")          # typed one at a time, as by hand
    editor.eval("getline(1)")           # asked beside the keys: no typing
    editor.quit()                       # types :qa! and returns the exit status

Nothing here waits for time to pass except `keys`, whose 20 ms between keys are the typing speed of what is tested.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from editors import REPO, EditorSpec, lay_packages, lay_plugin
from support.editor.control import ControlError, EditorGoneError, NvimControl, VimControl
from support.editor.home import Home
from support.editor.keys import ESC, parse
from support.editor.terminal import Cell, Terminal, naps, sleeps, wait_for

PACE = 0.02
START_TIMEOUT = 20.0
TIMEOUT = 10.0

# Vim as a person has it who has no settings of their own; a short ttimeoutlen, so that <Esc> is soon taken for itself.
_VIM_DEFAULTS = "source $VIMRUNTIME/defaults.vim\nset ttimeoutlen=10\n"
# "\x1b[27u" is Esc as terminals with the kitty keyboard protocol send it: Neovim need not wait whether more follows.
_NVIM_ESC = b"\x1b[27u"
_ESC_TIMEOUT = 0.04  # seconds; 25 ms of Vim's own and 'ttimeoutlen' (seen on 9.0)
_LARGEST_BURST = 8000


class Editor:
    """A running editor. Make one with `Editor.start`; `close()` it (the fixture does)."""

    def __init__(self, spec: EditorSpec, home: Home, terminal: Terminal, sockets: Path) -> None:
        self.spec = spec
        self.home = home
        self.terminal = terminal
        self._sockets = sockets
        self._control: NvimControl | VimControl | None = None
        self._server_pid = 0

    # -- start --------------------------------------------------------------

    @classmethod
    def start(
        cls,
        spec: EditorSpec,
        home: Home,
        *,
        vimrc: str | Sequence[str] = (),
        variables: Mapping[str, object] | None = None,
        files: Mapping[str, str] | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        plugin: str | None = "pack",
        rows: int = 24,
        cols: int = 80,
        wait: bool = True,
    ) -> Editor:
        """Start an editor and wait until it is ready for keys.

        `variables` become `let g:name = value` lines, `vimrc` further lines (Vimscript) after them. `files` (name to
        text) are written to home.work, the current directory; `args` go on the command line after the editor's.
        `plugin`: "pack" puts a link to this repository in pack/*/start, "rtp" sets runtimepath, None leaves it out.
        """
        sockets = Path(tempfile.mkdtemp(prefix="cs-", dir="/tmp"))
        socket_path = sockets / "control"
        for name, text in (files or {}).items():
            (home.work / name).parent.mkdir(parents=True, exist_ok=True)
            (home.work / name).write_text(text)
        lines = [
            f"let g:{name} = json_decode({_quoted(json.dumps(value))})"
            for name, value in (variables or {}).items()
        ]
        lines += [vimrc] if isinstance(vimrc, str) else list(vimrc)
        if spec.packages:
            lay_packages(home.path, spec.packages)
        control = VimControl(socket_path) if spec.kind == "vim" else None
        _write_config(spec, home, plugin, lines, control.script if control else "")
        own_args = [] if control else ["--listen", str(socket_path)]
        environment = {**home.env, "TERM": "xterm-256color", **spec.env, **(env or {})}
        terminal = Terminal(
            [*spec.command, *own_args, *args], env=environment, cwd=home.work, rows=rows, cols=cols
        )
        editor = cls(spec, home, terminal, sockets)
        editor._control = control
        try:
            if wait:
                editor.wait_started()
        except BaseException:
            editor.close()
            raise
        return editor

    def wait_started(self) -> None:
        """Wait until start-up is over and the editor waits for its first key."""
        try:
            wait_for(self._connected, timeout=START_TIMEOUT, what=self._no_start)
            wait_for(self._entered, timeout=START_TIMEOUT, what=self._no_start)
            self._server_pid = int(self.eval("getpid()"))
        except EditorGoneError as error:
            wait_for(lambda: self.exit_status is not None, timeout=TIMEOUT, what=self._no_start)
            raise EditorGoneError(f"waited for {self._no_start()}") from error
        self._wait_terminal_dialogue()

    def _wait_terminal_dialogue(self) -> None:
        """Wait until Vim has had the terminal's answers: the last ones make it draw everything again."""
        if self.spec.kind == "vim":
            with contextlib.suppress(TimeoutError):  # a vimrc may switch the questions off
                self.wait_until("!empty(v:termrbgresp) && !empty(v:termrfgresp)", timeout=1.0)
        self.drawn()

    def _connected(self) -> bool:
        if self.terminal.process.poll() is not None:
            raise EditorGoneError("it ended at once")
        if isinstance(self._control, VimControl):
            return self._control.accept()
        try:
            self._control = NvimControl(self._sockets / "control")
        except OSError:
            return False
        return True

    def _entered(self) -> bool:
        if isinstance(self._control, NvimControl):
            if self._control.request("nvim_get_mode")["blocking"]:
                return False  # an error at start-up: "Press ENTER"; start() with wait=False to see to it
            return bool(self._control.eval("v:vim_did_enter && len(nvim_list_uis()) > 0"))
        return bool(self.eval("v:vim_did_enter"))

    def _no_start(self) -> str:
        status = self.terminal.process.poll()
        ended = "" if status is None else f" (exit status {status})"
        screen = "\n".join(line for line in self.terminal.lines() if line)
        return f"{self.spec.name} to start{ended}; its screen:\n{screen}"

    # -- typing -------------------------------------------------------------

    def keys(self, notation: str, *, pace: float = PACE, pause: float = 0.0, settle: bool = True) -> None:
        """Type keys one at a time (notation: keys.py), each after the one before was read and `pace` seconds passed.

        With a pause the editor is left alone for so many seconds more, and has done what it does then ('updatetime').
        Returns when all of them have had their effect; a mapping left unfinished is waited for until it times out
        (settle=False: returns when the last key was read).
        """
        for key in parse(notation):
            started = time.monotonic()
            self._type(key)
            time.sleep(max(pause, pace - (time.monotonic() - started)))
            if pause:
                self._wait_read()
        if settle:
            self.sync()

    def _type(self, key: bytes) -> None:
        if key == ESC and self.spec.kind == "nvim":
            key = _NVIM_ESC
        self.terminal.type(key, TIMEOUT)
        self._wait_read()
        if key == ESC:
            self.sync()  # or the next key would make it a chord or a key code

    def press(self, key: bytes) -> None:
        """Type bytes in one write and wait until they are worked through; the editor is asked nothing meanwhile."""
        if key == ESC and self.spec.kind == "nvim":
            key = _NVIM_ESC
        self.terminal.type(key, TIMEOUT)
        self._wait_read()
        if key == ESC:
            self._wait_esc()

    def _wait_esc(self) -> None:
        """Wait until Vim has taken <Esc> for itself: it sleeps a few times more, each for some milliseconds."""
        count, since, began = naps(self.pid), time.monotonic(), time.monotonic()
        while time.monotonic() < max(began + _ESC_TIMEOUT, since + _ESC_TIMEOUT / 2):
            time.sleep(0.002)
            now = naps(self.pid)
            if now != count:
                count, since = now, time.monotonic()
        self._wait_read()

    def burst(self, keys: bytes | str, *, settle: bool = True) -> None:
        """Type everything in one write: a slow line, a dictation tool. Strings are key notation.

        More than 8,000 bytes go in pieces, each when the one before was worked through: Neovim drops what is over the
        16 kB that its input buffer holds (seen on 0.11).
        """
        data = b"".join(parse(keys)) if isinstance(keys, str) else keys
        for start in range(0, len(data), _LARGEST_BURST):
            self.terminal.type(data[start : start + _LARGEST_BURST], TIMEOUT)
            self._wait_read()
        if settle:
            self.sync()

    def paste(self, text: str) -> None:
        """A paste by the terminal: bracketed, with line ends as terminals send them."""
        self.terminal.type(b"\x1b[200~" + text.replace("\n", "\r").encode() + b"\x1b[201~", TIMEOUT)
        self.sync()

    def click(self, row: int, col: int, button: int = 0) -> None:
        """Press and release a mouse button (0 left, 1 middle, 2 right, 64 and 65 wheel) at a place counted from 0."""
        place = f"{button};{col + 1};{row + 1}"
        release = "" if button >= 64 else f"\x1b[<{place}m"
        self.burst(f"\x1b[<{place}M{release}".encode())

    def focus(self, gained: bool) -> None:  # noqa: FBT001 - focus(True), focus(False) are clear
        self.burst(b"\x1b[I" if gained else b"\x1b[O")

    def _wait_read(self) -> None:
        wait_for(
            lambda: self._has_read_all() or self.exit_status is not None,
            timeout=TIMEOUT,
            what=lambda: f"{self.spec.name} to read its input; screen:\n" + "\n".join(self.terminal.lines()),
        )

    def _has_read_all(self) -> bool:
        """Has every key gone all its way: pseudo-terminal, Neovim's drawing process, the editor itself?"""
        return self.terminal.has_read_all() and sleeps(self.pid)

    def sync(self, timeout: float = TIMEOUT) -> None:
        """Wait until everything typed so far has had its effect.

        An editor that waits for the rest of a command is given time to drop it (mapping and key code time-outs).
        """
        self._wait_read()
        end = time.monotonic() + 1.5
        with contextlib.suppress(EditorGoneError):
            wait_for(
                lambda: self._settled() or time.monotonic() > end,
                timeout=timeout,
                what="the editor to be idle",
            )

    def _settled(self) -> bool:
        return self._control is None or self._control.settled()

    # -- asking -------------------------------------------------------------

    @property
    def control(self) -> NvimControl | VimControl:
        if self._control is None:
            raise EditorGoneError(f"{self.spec.name} has not started")
        return self._control

    def eval(self, expression: str) -> Any:
        """The value of a Vimscript expression; ControlError if it is a bad one. Never while a command is half typed."""
        return self.control.eval(expression)

    def command(self, command: str) -> None:
        """Run an Ex command, as a script would."""
        self.control.command(command)

    def lines(self, buffer: str | int = "%") -> list[str]:
        return list(self.eval(f"getbufline({json.dumps(buffer)}, 1, '$')"))

    def wait_until(self, condition: str | Callable[[], object], timeout: float = TIMEOUT) -> Any:
        """Wait until an expression, or a function of ours, is true; returns its value."""
        if callable(condition):
            return wait_for(
                condition, timeout=timeout, what=lambda: f"a condition; messages: {self._try_messages()}"
            )
        what = lambda: f"{condition}; it is {self._found(condition)!r}, messages: {self._try_messages()}"  # noqa: E731
        return wait_for(lambda: self.eval(condition), timeout=timeout, what=what)

    def _found(self, condition: str) -> Any:
        """What a comparison found on its left, which says more than that it is false."""
        try:
            return self.eval(condition.partition(" ==")[0])
        except ControlError:  # a part in parentheses
            return self.eval(condition)

    def messages(self) -> str:
        """What `:messages` shows."""
        return str(self.eval("execute('messages')")).strip()

    def _try_messages(self) -> str:
        try:
            return self.messages()
        except (ControlError, TimeoutError) as error:
            return f"(not to be had: {error})"

    @property
    def pid(self) -> int:
        """Of the editor itself (in Neovim the server, which runs scripts, not the process that draws)."""
        return self._server_pid or self.terminal.process.pid

    def children(self) -> list[str]:
        """Command lines of the processes that the editor started and that still run."""
        return [_command_line(pid) for pid in _descendants(self.pid)]

    # -- seeing -------------------------------------------------------------

    def screen(self) -> list[str]:
        """The screen as it is once the editor has drawn everything, a line a row."""
        self.drawn()
        return self.terminal.lines()

    def screen_text(self) -> str:
        return "\n".join(self.screen())

    def cell(self, row: int, col: int) -> Cell:
        """Text and colours of a place counted from 0, as last drawn."""
        return self.terminal.cell(row, col)

    def wait_screen(self, pattern: str, timeout: float = TIMEOUT) -> re.Match[str]:
        """Wait until the screen has something that matches a regular expression (lines are joined by newlines)."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, "\n".join(self.terminal.lines()), re.MULTILINE)

        def what() -> str:
            return f"{pattern!r} on the screen, which is:\n" + "\n".join(self.terminal.lines())

        return wait_for(found, timeout=timeout, what=what)  # type: ignore[return-value]

    def drawn(self) -> None:
        """Wait until the editor is idle and has drawn nothing for a moment."""
        self.sync()
        wait_for(
            lambda: sleeps(self.pid) and self.terminal.has_read_all() and self.terminal.quiet_for() > 0.04,
            timeout=TIMEOUT,
            what="the editor to stop drawing",
        )

    def resize(self, rows: int, cols: int) -> None:
        self.terminal.resize(rows, cols)
        self.wait_until(f"&lines == {rows} && &columns == {cols}")

    # -- the end ------------------------------------------------------------

    @property
    def exit_status(self) -> int | None:
        return self.terminal.process.poll()

    def quit(self, command: str = ":qa!", timeout: float = TIMEOUT) -> int:
        """Type a command that leaves (key notation; <CR> is added after a colon); returns the exit status."""
        self.keys(command + ("<CR>" if command.startswith(":") else ""), settle=False)
        return self.wait_exit(timeout)

    def wait_exit(self, timeout: float = TIMEOUT) -> int:
        wait_for(
            lambda: self.exit_status is not None and not _is_running(self._server_pid),
            timeout=timeout,
            what=lambda: f"{self.spec.name} to leave; screen:\n" + "\n".join(self.terminal.lines()),
        )
        return int(self.terminal.process.returncode)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the editor, as a crash or the out-of-memory killer does, and wait until it is gone."""
        if _is_running(self._server_pid) and self._server_pid != self.terminal.process.pid:
            os.kill(self._server_pid, number)
        self.terminal.signal(number)
        self.wait_exit()

    def wait_alone(self, timeout: float = 60.0) -> None:
        """Wait until nothing that the editor left behind runs any more."""
        wait_alone(self.home, timeout)

    def hang_up(self) -> None:
        """Close the terminal's window: what runs in its foreground gets SIGHUP, and the editor is waited for.

        Neovim's server has a session of its own: it gets no signal, but sees the process that draws go.
        """
        os.killpg(self.terminal.process.pid, signal.SIGHUP)
        self.wait_exit()

    def close(self) -> None:
        """End whatever still runs and remove what start() made outside the home."""
        server_alone = self._server_pid not in (0, self.terminal.process.pid)
        if server_alone and _is_running(self._server_pid):
            os.kill(self._server_pid, signal.SIGKILL)
        self.terminal.close()
        if self._control is not None:
            self._control.close()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def __enter__(self) -> Editor:  # noqa: PYI034 - Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def left_behind(home: Home) -> list[str]:
    """Command lines of the processes that have this home as $HOME: an editor's host outlives it, and writes there."""
    mark = f"\0HOME={home.path}\0".encode()
    return [_command_line(pid) for pid in _processes() if mark in b"\0" + _environment(pid)]


def wait_alone(home: Home, timeout: float = 60.0) -> None:
    """Wait until nothing is left behind any more."""
    wait_for(lambda: not left_behind(home), timeout=timeout, what=lambda: f"the end of {left_behind(home)}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_config(
    spec: EditorSpec, home: Home, plugin: str | None, lines: Sequence[str], control_script: str
) -> None:
    """Lay down vimrc or init.vim in the home, and the plugin where a package manager would put it."""
    is_vim = spec.kind == "vim"
    text = control_script + (_VIM_DEFAULTS if is_vim else "")
    if plugin == "rtp":
        text += f"set runtimepath^={str(REPO).replace(' ', chr(92) + ' ')}\n"
    if plugin == "pack":
        lay_plugin(spec.kind, home.path, home.data)
    config = home.path / ".vimrc" if is_vim else home.config / "nvim" / "init.vim"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text + "\n".join(lines) + "\n")


def _is_running(pid: int) -> bool:
    """Does that process run (a dead one that nobody has waited for does not)?"""
    if pid <= 0:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for number in map(int, child.read_text().split()):
                found += [number, *_descendants(number)]
    return found


def _processes() -> list[int]:
    return [int(directory.name) for directory in Path("/proc").glob("[0-9]*")]


def _environment(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""
