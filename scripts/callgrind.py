"""Count the instructions that an editor retires, by valgrind's callgrind: the same on a busy machine and an idle one.

An editor in a Debian root is run by this machine's valgrind.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from editors import CHROOT_RUN

if TYPE_CHECKING:
    from editors import EditorSpec
    from support.editor.driver import Editor

_LIBRARY = "/usr/libexec/valgrind"
_PROGRAM = "/usr/bin/valgrind.bin"


def is_at_hand() -> bool:
    """Whether there is a valgrind."""
    return shutil.which("valgrind") is not None


def counted(spec: EditorSpec, directory: Path) -> EditorSpec:
    """The same editor, what it retires written into an empty directory below /tmp."""
    options = (
        "--tool=callgrind",
        "--trace-children=yes",
        "--smc-check=all",
        f"--vgdb-prefix={_pipe(directory)}",
        f"--callgrind-out-file={directory}/%p",
    )
    if spec.command[0] != str(CHROOT_RUN):
        return replace(spec, command=("valgrind", *options, *spec.command))
    program = shutil.copy(_PROGRAM, directory)
    enter, command = spec.command[:2], spec.command[2:]
    return replace(
        spec, command=(*enter, program, *options, *command), env={**spec.env, "CHROOT_ALSO": _LIBRARY}
    )


def retired(editor: Editor, directory: Path) -> float:
    """Thousands of instructions until now; callgrind writes those since the last time into a file."""
    command = ["vgdb", f"--vgdb-prefix={_pipe(directory)}", f"--pid={editor.pid}", "dump", "now"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = [path.read_text() for path in directory.glob(f"{editor.pid}.*")]
    totals = (total for part in parts for total in re.findall(r"^totals: (\d+)", part, re.MULTILINE))
    return sum(map(int, totals)) / 1e3


def _pipe(directory: Path) -> Path:
    return directory / "pipe"
