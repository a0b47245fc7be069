"""What commands share: the frame they run in, options, settings from options, standard input and environment."""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.credentials import kept_in
from codestats.exceptions import CodeStatsError, UnsafeDirectoryError
from codestats.settings import LOGIN, Settings
from codestats.storage.atomic_file import CancelledError, interruptible

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.stats.periods import Period

    Run = Callable[[argparse.Namespace], int]

__all__ = [
    "CANCELLED",
    "MAX_AGE",
    "UsageError",
    "add_options",
    "complain",
    "count",
    "data_dir",
    "framed",
    "kept_token",
    "period",
    "progress_writer",
    "raw_settings",
    "read_settings",
    "reason",
    "seconds",
    "use_installed",
]

CANCELLED = 130
"""The exit code after Ctrl-C, as shells have it."""

WRONG_USAGE = 2
"""The exit code of argparse, too."""

MAX_AGE = 60.0
"""Seconds for which a profile serves without asking again."""

_SECONDS = 0.5  # between two words about the progress


class UsageError(ValueError):
    """What was asked for does not exist, as a column or a period; the text says what does. Exit code 2."""


def framed(*, failed: str = "", cancelled: str = "") -> Callable[[Run], Run]:
    """Give a command's `run` its ends: one line on stderr and an exit code for whatever may be in the way.

    `failed` is put before the reason. With `cancelled`, which is said then, Ctrl-C ends it in an orderly way.
    """

    def frame(run: Run) -> Run:
        @functools.wraps(run)
        def in_frame(arguments: argparse.Namespace) -> int:
            try:
                with interruptible() if cancelled else nullcontext():
                    return run(arguments)
            except UsageError as error:
                complain(str(error))
                return WRONG_USAGE
            except (CodeStatsError, OSError, ValueError) as error:
                # Of no file, it is most often of the output: cli.main says so. A command with `failed` prints nothing.
                if isinstance(error, OSError) and error.filename is None and not failed:
                    raise
                return complain(failed + reason(error))
            except (KeyboardInterrupt, CancelledError):
                if not cancelled:
                    raise
                complain(cancelled)
                return CANCELLED

        return in_frame

    return frame


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command that works on recorded XP."""
    parser.add_argument("--data-dir", metavar="DIR", help="where XP is kept (default: as in the editor)")
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="a JSON object of settings, - for standard input; the token is never an argument",
    )


def raw_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given, unchecked. Raises OSError, ValueError, UnsafeDirectoryError."""
    settings: dict[str, Any] = {}
    if arguments.settings:
        text = sys.stdin.read() if arguments.settings == "-" else Path(arguments.settings).read_text("utf-8")
        given = json.loads(text)
        if not isinstance(given, dict):
            raise ValueError("settings must be a JSON object")
        settings.update(given)
    if arguments.data_dir:
        settings["data_dir"] = str(paths.expanded(arguments.data_dir))
    if "api_key" not in settings and not os.environ.get("CODESTATS_API_KEY"):
        settings["api_key"] = kept_token(settings.get("data_dir"))
        settings["token_name"] = LOGIN
    if not arguments.settings and not os.environ.get("CODESTATS_API_URL"):
        settings.update(_set_up(settings.get("data_dir")))
    return settings


def _set_up(directory: object) -> dict[str, str]:
    """The service that `setup` was told of, if it is not the usual one."""
    from codestats.setup.journal import Journal  # noqa: PLC0415 (editors, which say what theirs is, need none)

    try:
        address = Journal(paths.data_dir(str(directory or ""), os.environ)).api_url
    except (CodeStatsError, OSError):
        return {}
    return {"api_url": address} if address else {}


def kept_token(directory: object) -> str:
    """What :CodeStatsLogin keeps; '' if there is none that is the user's own."""
    try:
        file = paths.token_file(paths.data_dir(str(directory or ""), os.environ))
        paths.refuse_foreign_file(file)
        return kept_in(file)
    except (OSError, ValueError, UnsafeDirectoryError):
        return ""


def read_settings(arguments: argparse.Namespace) -> Settings:
    """Checked settings; what is wrong with them goes to stderr. Raises OSError, ValueError, UnsafeDirectoryError."""
    settings, problems = Settings.from_mapping(raw_settings(arguments), os.environ)
    for problem in problems:
        complain(problem)
    return settings


def data_dir(settings: Settings) -> Path:
    """Where XP is kept. Raises UnsafeDirectoryError."""
    return paths.data_dir(settings.data_dir, os.environ)


def use_installed(directory: Path) -> None:
    """What asks the service needs urllib3: if this Python has none, that of the private environment will do."""
    from codestats.install.requirements import lacking  # noqa: PLC0415 (what a prompt calls needs none)

    if lacking("urllib3"):
        from codestats.install import environment  # noqa: PLC0415 (seldom)

        environment.use(paths.environment_dir(directory))


def period(text: str) -> Period:
    """What was asked for by name. Raises UsageError."""
    from codestats.clock import local_now  # noqa: PLC0415 (what a prompt or a leaving editor calls is without periods)
    from codestats.stats.periods import parse_period  # noqa: PLC0415

    try:
        return parse_period(text, local_now().date())
    except ValueError as error:
        raise UsageError(str(error)) from None


def count(text: str) -> int:
    """For argparse: a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 on")
    return int(text)


def seconds(text: str) -> float:
    """For argparse: a time."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds")
    return number


def reason(error: Exception) -> str:
    """An error in words for people: a file's without its number."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def complain(text: str) -> int:
    """One line on stderr; returns exit code 1."""
    sys.stderr.write(f"codestats: {text}\n")
    return 1


def progress_writer() -> Callable[[int, int], None]:
    """Says `progress 42%` on stderr, now and then."""
    said_at = time.monotonic()

    def progress(part: int, whole: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > _SECONDS:
            said_at = time.monotonic()
            sys.stderr.write(f"progress {100 * part // max(whole, 1)}%\n")
            sys.stderr.flush()

    return progress
