"""`codestats install`: what is missing, into a private environment that nothing else uses."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codestats import paths
from codestats.commands import common
from codestats.install import environment

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "install",
        help="put what Python needs into a private environment",
        description="Makes an environment of the plugin's own in its data directory, with pynvim and urllib3, by uv,"
        " venv or pip. No other Python is touched. Does nothing if it is there and works.",
    )
    parser.add_argument("--data-dir", metavar="DIR", help="where XP is kept (default: as in the editor)")
    parser.add_argument("--upgrade", action="store_true", help="make it again, with the newest versions")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Install. Exit code 1 if that was not possible; what was there before is then still there."""
    directory = paths.data_dir(arguments.data_dir or "", os.environ)
    environment.install(directory, upgrade=arguments.upgrade, say=lambda text: print(text, flush=True))
    return 0
