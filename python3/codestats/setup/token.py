"""The token of a setup: where it comes from, which is never an argument."""

from __future__ import annotations

import getpass
import subprocess
import sys

from codestats import process
from codestats.credentials import fits_header
from codestats.setup.journal import SetupError

__all__ = ["from_command", "from_stdin", "from_terminal"]

_PATIENCE = 60.0  # seconds: a keyring may ask for a password
_SHORTEST = 8  # characters


def from_stdin() -> str:
    """Its first line. Raises SetupError."""
    return _checked(sys.stdin.readline().strip(), "standard input")


def from_terminal(page: str) -> str:
    """Typed without being shown; '' for none. Raises SetupError."""
    token = getpass.getpass(f"Token of this machine, from {page} (empty: none yet): ").strip()
    return _checked(token, "what you typed") if token else ""


def from_command(command: str) -> str:
    """The first line that a shell command prints; what it says is shown to nobody. Raises SetupError."""
    shell = process.find("sh") or process.find("cmd")
    try:
        done = process.run(shell or "", "/c" if sys.platform == "win32" else "-c", command, seconds=_PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"the command for the token did not run ({type(error).__name__}): try it in a shell"
        ) from None
    if done.returncode:
        raise SetupError(f"the command for the token ended with status {done.returncode}: try it in a shell")
    lines = done.stdout.decode(errors="replace").splitlines()
    return _checked(lines[0].strip() if lines else "", "the command")


def _checked(token: str, source: str) -> str:
    if len(token) < _SHORTEST or not fits_header(token):
        raise SetupError(
            f"no token in {source}: it has {_SHORTEST} characters or more, no blanks; nothing was stored"
        )
    return token
