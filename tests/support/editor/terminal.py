"""A pseudo-terminal with a program on it, as a terminal emulator has one: draws, answers, tells what was read."""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

# Questions that programs ask a terminal at start, and what a VTE-like one answers. Neovim 0.12 waits for some of them.
_ANSWERS = {
    rb"\x1b\[0?c": b"\x1b[?65;1;9c",
    rb"\x1b\[>0?c": b"\x1b[>65;6800;1c",
    rb"\x1b\[5n": b"\x1b[0n",
    rb"\x1b\]10;\?(?:\x07|\x1b\\)": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    rb"\x1b\]11;\?(?:\x07|\x1b\\)": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
}
_QUESTION = re.compile(b"|".join(b"(%b)" % question for question in _ANSWERS))
_REPLIES = list(_ANSWERS.values())
_MOMENT = 0.003  # seconds; the kernel's thread took up to 1.5 ms on two busy cores
_LONGEST_QUESTION = 16

# What pyte takes for something else: CSI with < = > or ? (but modes, ?…h and ?…l), or a blank, DCS and APC strings.
_NOT_FOR_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[@-~]|\x1b\[\??[0-9;]*[ $!\"'][@-~]|\x1b[P_^X][^\x1b]*(?:\x1b[^\\][^\x1b]*)*\x1b\\"
    rb"|\x1b\[\?[0-9;]*[^0-9;hl]|\x1b\[[0-9;]*t"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:<=>? $!\"']*|[P_^X\]][^\x07\x1b]*\x1b?)?\Z")


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the screen: its text, colours (a name or six hex digits; "default") and attributes."""

    text: str
    fg: str
    bg: str
    bold: bool
    underlined: bool
    reverse: bool


class Terminal:
    """`argv` running on a pseudo-terminal; its output is read at once by a thread, and drawn when asked for."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, rows: int, cols: int
    ) -> None:
        self._master, self._slave = os.openpty()
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._undrawn = bytearray()
        self._lines: list[str] = []  # of what is drawn; none when it is to be made
        self._lock = threading.Lock()
        self._last_output = time.monotonic()
        self.output_bytes = 0
        self._set_size(rows, cols)
        # A session leader that opens a terminal gets it as its controlling one: no code runs between fork and exec.
        opener = ["/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(self._slave)]
        self.process = subprocess.Popen(
            [*opener, *argv],
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._drain, name="terminal", daemon=True)
        self._thread.start()

    # -- the program's side -------------------------------------------------

    def write(self, data: bytes) -> None:
        """Type bytes, all of them; blocks while the program's input queue (4 kB) is full."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._master, view) :]

    def type(self, data: bytes, timeout: float) -> None:
        """Type bytes to a program that waits for them, and wait until it has read them and waits for more.

        The kernel hands bytes over to the program's end of the pseudo-terminal a little later, from a thread of its
        own: that they have come shows by the program's waking up (it has gone to sleep once more than before). What it
        is given to draw wakes it as well, so it has to have slept for a moment.
        """
        self._wait_idle(timeout)
        before = naps(self.process.pid)
        self.write(data)
        ended = self.process.poll
        wait_for(
            lambda: naps(self.process.pid) != before or ended() is not None,
            timeout=timeout,
            what="a key to arrive",
        )
        self._wait_quiet(timeout)

    def _wait_quiet(self, timeout: float) -> None:
        """A moment of rest; not for long where something draws all the time."""
        count, now = naps(self.process.pid), time.monotonic()
        end, since = now + 10 * _MOMENT, now
        while now - since < _MOMENT and now < end:
            time.sleep(_MOMENT / 4)
            self._wait_idle(timeout)
            before, count, now = count, naps(self.process.pid), time.monotonic()
            since = since if count == before else now

    def _wait_idle(self, timeout: float) -> None:
        def idle() -> bool:
            return self.has_read_all() or self.process.poll() is not None

        wait_for(idle, timeout=timeout, what=lambda: "input to be read; screen:\n" + "\n".join(self.lines()))

    def has_read_all(self) -> bool:
        """Has the program read everything that has come to its end, and does it wait for more?"""
        waiting = array.array("i", [0])
        fcntl.ioctl(self._slave, termios.FIONREAD, waiting)
        return waiting[0] == 0 and sleeps(self.process.pid)

    def resize(self, rows: int, cols: int) -> None:
        with self._lock:
            self._draw()
            self._screen.resize(rows, cols)
            self._lines = []
        self._set_size(rows, cols)

    def _set_size(self, rows: int, cols: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    # -- the person's side --------------------------------------------------

    def lines(self) -> list[str]:
        """The screen as text, a line a row, without blanks at the ends."""
        with self._lock:
            self._draw()
            if not self._lines:  # making them takes milliseconds, and whoever waits asks again and again
                self._lines = [line.rstrip() for line in self._screen.display]
            return list(self._lines)

    def cell(self, row: int, col: int) -> Cell:
        with self._lock:
            self._draw()
            char = self._screen.buffer[row][col]
        return Cell(char.data, char.fg, char.bg, char.bold, char.underscore, char.reverse)

    def cursor(self) -> tuple[int, int]:
        with self._lock:
            self._draw()
            return self._screen.cursor.y, self._screen.cursor.x

    def quiet_for(self) -> float:
        """Seconds since the program last wrote something."""
        return time.monotonic() - self._last_output

    # -- the end ------------------------------------------------------------

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def close(self) -> None:
        """Kill what still runs and give everything back."""
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        os.write(self._stop_write, b".")
        self._thread.join()
        for descriptor in (self._master, self._slave, self._stop_read, self._stop_write):
            os.close(descriptor)

    # -- the reading thread -------------------------------------------------

    def _drain(self) -> None:
        tail = b""
        while True:
            ready, _, _ = select.select([self._master, self._stop_read], [], [])
            if self._stop_read in ready:
                return
            data = os.read(self._master, 65536)
            with self._lock:
                self._undrawn += data
                self.output_bytes += len(data)
                self._last_output = time.monotonic()
            tail = self._answer(tail + data)

    def _answer(self, output: bytes) -> bytes:
        """Answer the questions in `output`; returns the end that may be half a question."""
        end = 0
        for question in _QUESTION.finditer(output):
            self.write(_REPLIES[(question.lastindex or 1) - 1])
            end = question.end()
        return output[end:][-_LONGEST_QUESTION:]

    def _draw(self) -> None:
        if not self._undrawn:
            return
        data = bytes(self._undrawn)
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._undrawn = bytearray(data[cut:])
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data[:cut]))
        self._lines = []


def sleeps(pid: int) -> bool:
    """Does that process wait for something to happen? True where /proc cannot tell.

    Linux marks a sleeper as running at the moment when what it waits for is written, so a chain of processes that are
    asked in the order in which the data passes, and all sleep, has worked everything through.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return True
    return fields[0] in "SZ"


def naps(pid: int) -> int:
    """How many times that process has gone to sleep by itself; a new number each time where /proc cannot tell."""
    try:
        found = re.search(
            r"^voluntary_ctxt_switches:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE
        )
    except OSError:
        found = None
    return int(found[1]) if found else time.monotonic_ns()


def wait_for(condition: Callable[[], object], *, timeout: float, what: str | Callable[[], str]) -> object:
    """Wait until `condition()` is true and return its value; TimeoutError with `what` after `timeout` seconds."""
    end = time.monotonic() + timeout
    pause = 0.0005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout:g} s for {what if isinstance(what, str) else what()}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
