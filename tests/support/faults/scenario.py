"""One fault in real editors: what was typed, what arrived, what the user was told, and whether a secret got out.

XP is counted by language and every editor types another one, so that what is lost here cannot hide what came twice
there. `recover()` is the end of each scene: all is well again, a fresh editor starts and flushes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codestats import paths
from codestats.server import Service
from editors import EditorSpec, find
from support.editor.driver import Editor
from support.editor.home import Home
from support.editor.terminal import wait_for
from support.faults.fault_injector import FaultInjector

FILES = {
    "a.py": "Python", "b.lua": "Lua", "c.go": "Go", "d.rb": "Ruby", "e.rs": "Rust", "f.js": "JavaScript",
    "g.java": "Java", "h.css": "CSS",
}  # fmt: skip
TRACE = re.compile(r"Traceback|Error detected|Error executing|^E\d+:|\bbug\b", re.MULTILINE)
OURS = re.compile(r"^codestats: .*", re.MULTILINE)
PATIENCE = 75.0  # seconds for a recovery: a host's drain_and_stop may take 60
# Killed editors leave swap files, and several of one home quarrel about their history: questions that are not ours.
QUIET = "set noswapfile viminfo="
NORMAL = {"codestats_request_timeout": 2, "codestats_notify_level_up": 0}
REFUSED = "127.0.0.1 refuses connections"
CLOSED = "127.0.0.1 closed the connection before its answer was complete"
SLOW = "127.0.0.1 did not answer in time"
REJECTED = "Code::Stats rejected the token from g:codestats_api_key"
# What the user is told after the reason, by state.
ADVICE = {
    "offline": "XP is kept and sent later",
    "error": "XP is kept and sent later",
    "unauthorized": "XP is kept; set another one",
}


@dataclass(frozen=True, slots=True)
class Carrier:
    """An editor and the way to its Python."""

    editor: str
    host: str

    @property
    def name(self) -> str:
        return f"{self.editor} ({self.host})" if self.host == "channel" else self.editor

    @property
    def spec(self) -> EditorSpec:
        return find(self.editor)

    @property
    def is_process(self) -> bool:
        """Whether the host is a process of its own."""
        return self.host != "embedded"


@dataclass
class Scenario:
    """`home` and `service` under `weather`; `typed` and `arrived()` by language."""

    carrier: Carrier
    home: Home
    service: Service
    weather: FaultInjector
    variables: dict[str, Any] = field(default_factory=dict)
    typed: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    to_tell: list[str] = field(default_factory=list)  # what `told` has to be in the end
    leaving: list[float] = field(default_factory=list)
    editors: list[Editor] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    env: dict[str, str] = field(default_factory=dict)
    wrap: tuple[str, ...] = ()  # a command that runs the editors
    most_told: int = 1  # messages of one editor
    may_repeat: bool = False  # one thing after another is in the way, and the first of them again
    may_tell: str = ""  # what else may be told, where it depends on the moment: a regular expression

    # -- editors ------------------------------------------------------------

    def start(self, file: str = "a.py", spec: EditorSpec | None = None, home: Home | None = None) -> Editor:
        token = self.service.token()
        self.secrets.add(token)
        variables = {
            **NORMAL, "codestats_api_url": self.service.url, "codestats_api_key": token,
            "codestats_host": self.carrier.host, **self.variables,
        }  # fmt: skip
        spec = spec or self.carrier.spec
        editor = Editor.start(
            replace(spec, command=(*self.wrap, *spec.command)),
            home or self.home,
            variables=variables,
            args=[file],
            env=self.env,
            vimrc=QUIET,
        )
        self.editors.append(editor)
        return editor

    def type(self, editor: Editor, xp: int, *, flush: bool = True) -> None:
        """Type so many keys, and have them handed over."""
        editor.keys("i" + "a" * xp + "<Esc>")
        self.typed[FILES[str(editor.eval("expand('%:t')"))]] += xp
        if flush:
            self.flush(editor)

    @staticmethod
    def flush(editor: Editor) -> None:
        editor.command("call codestats#flush()")

    @staticmethod
    def hand_over(editor: Editor) -> None:
        """As every pulse interval does: on disk, and sent unless it is known to be in vain."""
        editor.command("call codestats#pulse#hand_over()")

    def delivered(self, editor: Editor) -> None:
        """Type something that arrives, so that the fault comes upon a session that works."""
        self.type(editor, 3)
        editor.wait_until("codestats#status().sent >= 3 && codestats#status().unsent == 0", timeout=30)

    def sent_all(self, editor: Editor, timeout: float = 30.0) -> None:
        """Flush, and wait until nothing waits to be sent, and nothing is in the way any more."""
        self.flush(editor)
        is_well = "index(['ok', 'idle'], codestats#status().state) >= 0"  # idle: another editor has sent it
        editor.wait_until(f"codestats#status().unsent == 0 && {is_well}", timeout=timeout)
        assert editor.eval("codestats#status().error") == ""

    def recorded(self, editor: Editor) -> None:
        """Wait until what was typed is on disk."""
        editor.wait_until("codestats#status().pending == 0 && codestats#host#state() ==# 'up'", timeout=30)

    def met(self, seconds: float = 30.0) -> None:
        assert self.weather.met.wait(seconds), "no request met the fault"
        self.look_for_secrets()

    def fails(self, editor: Editor, state: str, reason: str) -> None:
        """Sending fails, and fails once more when the user asks for it: status() says why, and one message did."""
        self.comes_to(editor, state, reason)
        failures = self._failures(state)
        self.flush(editor)
        editor.wait_until(lambda: self._failures(state) > failures, timeout=30)
        assert editor.eval("codestats#status().state") == state

    def comes_to(self, editor: Editor, state: str, reason: str, message: str | None = None) -> None:
        """The editor comes to be in that state for that reason, and says so (by default: with the advice for it)."""
        # An editor that has just started knows what the one before it knew.
        editor.wait_until(f"codestats#status().error ==# {json.dumps(reason)}", timeout=30)
        assert editor.eval("codestats#status().state") == state
        what = REJECTED if state == "unauthorized" else reason
        self.says(editor, re.escape(message or f"{what}. {ADVICE[state]}"))

    def says(self, editor: Editor, message: str) -> str:
        """The editor tells the user this (a regular expression), as the last of what it ever said."""
        said = lambda: OURS.findall(editor.messages())[-1:]  # noqa: E731
        pattern = re.compile(f"codestats: {message}")
        editor.wait_until(lambda: any(map(pattern.fullmatch, said())), timeout=30)
        self.to_tell += said()
        return self.to_tell[-1]

    def _failures(self, state: str) -> int:
        """How often the sender noted it ("error: …" is also how messages of that level are noted)."""
        lines = self.log().splitlines()
        return sum(f" {state}: " in line and not line.endswith(ADVICE[state]) for line in lines)

    def leave(self, editor: Editor) -> None:
        """Leave as a user does; notes how long it took, from the last key to the end of the process."""
        self.hear(editor)
        editor.keys(":qa!", settle=False)
        begin = time.monotonic()
        editor.terminal.type(b"\r", 10)
        editor.wait_exit(20)
        self.leaving.append(time.monotonic() - begin)
        screen = "\n".join(editor.terminal.lines())
        assert not TRACE.search(screen), screen
        self.look_for_secrets(screen)

    def hear(self, editor: Editor) -> None:
        """What this editor told its user, which must be neither a stream nor a stack trace."""
        messages = editor.messages()
        assert not TRACE.search(messages), messages
        said = OURS.findall(messages)
        assert self.may_repeat or len(said) == len(set(said)), f"said twice: {said}"
        assert len(said) <= self.most_told, f"told too much: {said}"
        self.told += said
        self.look_for_secrets(messages, *editor.terminal.lines())

    # -- the host -----------------------------------------------------------

    def processes(self) -> list[int]:
        """All processes of this home: editors, hosts, drains."""
        mark = f"HOME={self.home.path}".encode()
        return [pid for pid in _pids() if mark in _read(pid, "environ").split(b"\0")]

    def host_of(self, editor: Editor) -> int:
        """The process that runs the core for an editor; the editor itself where it is embedded."""
        if not self.carrier.is_process:
            return editor.pid
        own = _descendants_with(editor.pid, b"codestats.hosts")
        assert own, "there is no host"
        return own[-1]

    def signal_all(self, number: signal.Signals) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    # -- the end ------------------------------------------------------------

    @property
    def database(self) -> Path:
        return paths.database_file(self.home.data_dir)

    def comes_and_goes(self, fault, state, reason):
        """3 XP before, 4 into the fault, 2 more while it lasts; then the user leaves, and comes back later."""
        editor = self.start()
        self.delivered(editor)
        self.weather.brew(fault)
        self.type(editor, 4)
        self.met()
        self.fails(editor, state, reason)
        self.type(editor, 2, flush=False)
        self.leave(editor)
        self.recover()

    def recover(self, *, files: tuple[str, ...] = ("a.py",)) -> None:
        """All is well again: a fresh editor starts and flushes, until nothing waits anywhere."""
        self.weather.heal()
        self.service.start()
        for file in files:
            editor = self.start(file)
            self._drain(editor)
            self.hear(editor)
            editor.quit()
        self.ended()
        self.close()
        self.look_for_secrets()

    def ended(self) -> None:
        """Wait for the end of what the editors left behind."""
        wait_for(lambda: not self.processes(), timeout=PATIENCE, what=self._who_stays)

    def close(self) -> None:
        """End the editors."""
        while self.editors:
            self.editors.pop().close()

    def _drain(self, editor: Editor) -> None:
        end, next_flush = time.monotonic() + PATIENCE, 0.0
        while self.waiting():
            assert time.monotonic() < end, (
                self.waiting(),
                editor.eval("codestats#status()"),
                editor.messages(),
                self.log(),
            )
            if time.monotonic() > next_flush:
                self.flush(editor)
                next_flush = time.monotonic() + 3
            time.sleep(0.05)

    def _who_stays(self) -> str:
        return (
            f"all processes to end; {[_read(pid, 'cmdline') for pid in self.processes()]} stay; {self.log()}"
        )

    def waiting(self) -> object:
        """What is still to be sent: hand-over files, or pulses; False if nothing is."""
        directory = paths.handover_dir(self.home.data_dir)
        files = [file.name for file in directory.glob("*") if file.name.endswith((".json", ".taken"))]
        return (
            files or self.rows("SELECT * FROM pulse")
            if self.database.exists()
            else files or "no database yet"
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute(query).fetchall()
        except sqlite3.Error as error:
            return [(str(error),)]
        finally:
            connection.close()

    def given_up(self) -> int:
        """XP that was expired or rejected: told to the user, and kept in the local history."""
        return int(
            self.rows("SELECT coalesce(sum(xp), 0) FROM ledger WHERE state IN ('expired', 'rejected')")[0][0]
        )

    def counts(self) -> tuple[int, int, int, int]:
        """XP typed, arrived, lost, twice."""
        arrived = Counter(self.service.xp())
        lost = sum((self.typed - arrived).values()) - self.given_up()
        return sum(self.typed.values()), sum(arrived.values()), lost, sum((arrived - self.typed).values())

    def surplus(self) -> list[str]:
        """What was told over and above `to_tell`, and what was not told of it."""
        told = [text for text in self.told if text in self.to_tell or not re.fullmatch(self.may_tell, text)]
        return [] if told == self.to_tell else [f"told {told}", f"to tell {self.to_tell}"]

    def log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.home.data_dir / "codestats.log").read_text()
        return ""

    # -- secrets ------------------------------------------------------------

    def look_for_secrets(self, *texts: str) -> None:
        """The token is in no text, no file of ours, no command line and no environment."""
        found = list(texts)
        for pid in self.processes():
            found += [
                _read(pid, "cmdline").decode(errors="replace"),
                _read(pid, "environ").decode(errors="replace"),
            ]
        for file in self.home.path.rglob("*"):
            if file.name not in {".vimrc", "init.vim"} and not file.is_symlink() and file.is_file():
                with contextlib.suppress(OSError):
                    found.append(file.read_bytes().decode(errors="replace"))
        log = self.log()
        assert not TRACE.search(log), log
        for secret in self.secrets:
            for text in found:
                assert secret not in text, f"the token shows in {text.replace(secret, '<TOKEN>')[:2000]!r}"


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read(pid: int, name: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


def _descendants_with(pid: int, mark: bytes) -> list[int]:
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child] if mark in _read(child, "cmdline") else []
                found += _descendants_with(child, mark)
    return found
