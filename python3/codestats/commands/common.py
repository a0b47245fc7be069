"""What commands share: their options, and settings from options, standard input and environment."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.exceptions import UnsafeFolder
from codestats.settings import Settings

if TYPE_CHECKING:
    import argparse

__all__ = ["add_options", "complain", "data_dir", "raw_settings", "read_settings"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command that works on recorded XP."""
    parser.add_argument("--data-dir", metavar="DIR", help="where XP is kept (default: as in the editor)")
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="a JSON object of settings, - for standard input; the token is never an argument",
    )


def raw_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given, unchecked. Raises OSError, ValueError."""
    settings: dict[str, Any] = {}
    if arguments.settings:
        text = sys.stdin.read() if arguments.settings == "-" else Path(arguments.settings).read_text("utf-8")
        given = json.loads(text)
        if not isinstance(given, dict):
            raise ValueError("settings must be a JSON object")
        settings.update(given)
    if arguments.data_dir:
        settings["data_dir"] = str(Path(arguments.data_dir).expanduser().absolute())
    if "api_key" not in settings and not os.environ.get("CODESTATS_API_KEY"):
        settings["api_key"] = _kept_token(settings.get("data_dir"))
    return settings


def _kept_token(folder: object) -> str:
    """What :CodeStatsLogin keeps; '' if there is none that is the user's own."""
    try:
        file = Path(str(folder) if folder else paths.default_data_dir(os.environ)) / "token"
        paths.refuse_foreign_file(file)
        return next(iter(file.read_text("utf-8").splitlines()), "")
    except (OSError, ValueError, UnsafeFolder):
        return ""


def read_settings(arguments: argparse.Namespace) -> Settings:
    """Checked settings; what is wrong with them goes to stderr. Raises OSError, ValueError."""
    settings, problems = Settings.from_mapping(raw_settings(arguments), os.environ)
    for problem in problems:
        complain(problem)
    return settings


def data_dir(settings: Settings) -> Path:
    """Where XP is kept. Raises UnsafeFolder."""
    return Path(settings.data_dir) if settings.data_dir else paths.default_data_dir(os.environ)


def complain(text: str) -> int:
    """One line on stderr; returns exit code 1."""
    sys.stderr.write(f"codestats: {text}\n")
    return 1
