"""The core from a shell: `python3 -m codestats COMMAND`.

Exit codes: 0 all is well; 1 the command could not do all of its work, and said why; 2 wrong usage; 130 cancelled by
Ctrl-C, which is how `serve` ends well (0). `backup` has some more (commands/backup.py).
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from codestats import __version__
from codestats.commands import common

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "status": "codestats.commands.status",
    "drain": "codestats.commands.drain",
    "health": "codestats.commands.health",
    "stats": "codestats.commands.stats",
    "profile": "codestats.commands.profile",
    "report": "codestats.commands.report",
    "export": "codestats.commands.export",
    "import": "codestats.commands.import_",
    "backup": "codestats.commands.backup",
    "jobs": "codestats.commands.jobs",
    "install": "codestats.commands.install",
    "setup": "codestats.commands.setup",
    "serve": "codestats.server.cli",
}
"""Each module has `add_parser(subparsers)`, which sets `run`, a function of the parsed arguments."""

_ENVIRONMENT = """\
environment: CODESTATS_API_KEY (the token; else that of :CodeStatsLogin), CODESTATS_API_URL, CODESTATS_USERNAME,
CODESTATS_DATA_DIR
exit codes: 0 all is well, 1 not all could be done, 2 wrong usage, 130 cancelled; backup has more (backup --help)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    _make_output_safe()
    try:
        try:
            return _run(given)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return common.CANCELLED
    except BrokenPipeError:  # `codestats status | head`
        _discard_output()
        return 0
    except OSError as error:  # a full disk, most often
        _discard_output()
        sys.stderr.write(f"codestats: {error}\n")
        return 1


def _make_output_safe() -> None:
    """No output at all (`>&-`), or one that has not every character, is no reason to fail."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """What is still in the buffer would be tried, and complained of, once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(given: list[str]) -> int:
    if given[:1] == ["--json"] and len(given) > 1:
        given = [given[1], "--json", *given[2:]]
    parsed = _parser(given).parse_args(given)
    run: Callable[[argparse.Namespace], int] = parsed.run
    return run(parsed)


def _parser(given: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codestats",
        description="Keystrokes in Vim and Neovim become XP at Code::Stats.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"codestats.vim {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    json_help = "before or after status, stats, profile, jobs, setup: as a JSON object (doc/json.md)"
    parser.add_argument("--json", action="store_true", help=json_help)
    # Only the wanted command's module is loaded: the others may be heavy.
    wanted = given[0] if given and given[0] in COMMANDS else None
    for name, module in COMMANDS.items():
        if wanted in (None, name):
            import_module(module).add_parser(subparsers)
    return parser
