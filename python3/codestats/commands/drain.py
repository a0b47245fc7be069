"""`codestats drain`: take in what editors left behind and send all that waits, then end."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import os
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.commands import common
from codestats.engine.engine import Engine
from codestats.settings import Settings
from codestats.storage import owners
from codestats.storage.database import Database
from codestats.storage.owners import NOBODY, Owner

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]

_IN_EDITOR = "run :CodeStatsLogin"  # how one comes to a token there

_LONGEST = 60.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "drain",
        help="send what waits, then end",
        description="Takes in what editors left behind, sends all that waits, and ends: at once when that is"
        " done or cannot be done, else after --timeout. Exit code 1 if something still waits.",
    )
    common.add_options(parser)
    longest = "longest time (default: %(default)g)"
    parser.add_argument("--timeout", type=common.seconds, default=_LONGEST, metavar="SECONDS", help=longest)
    parser.add_argument(
        "--others",
        action="store_true",
        help="send what waits for other tokens with this one: they are gone for good",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing, not even problems")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Send. Exit code 0 if nothing waits any more."""
    settings = common.raw_settings(arguments)
    common.use_installed(paths.data_dir(str(settings.get("data_dir", "")), os.environ))
    if arguments.others:
        _give_up_others(Settings.from_mapping(settings, os.environ)[0])
    report = _Report(quiet=arguments.quiet)
    engine = Engine(report.deliver)
    engine.receive({"type": "configure", "settings": settings})
    engine.drain(arguments.timeout)
    engine.stop()
    return report.end()


def _give_up_others(settings: Settings) -> None:
    owner = Owner.of(settings)
    directory = common.data_dir(settings)
    if owner is NOBODY or not paths.has_database(directory):
        return
    with closing(Database(paths.database_file(directory))) as database, database.transaction() as connection:
        owners.give_up_others(connection, owner)


class _Report:
    """Says what the engine delivers."""

    def __init__(self, *, quiet: bool) -> None:
        self._lock = threading.Lock()
        self._quiet = quiet
        self._status: dict[str, Any] = {}

    def deliver(self, message: dict[str, Any]) -> None:
        with self._lock:
            if message["type"] == "status":
                self._status = message["status"]
            elif message["type"] == "message" and not self._quiet:
                common.complain(message["text"].replace(_IN_EDITOR, "set CODESTATS_API_KEY"))

    def end(self) -> int:
        """The summary; returns the exit code."""
        waiting = self._status.get("queued", 0)
        if not self._quiet:
            print(f"Sent {self._status.get('sent', 0)} XP, {waiting} XP wait.")
        return 1 if waiting or self._status.get("state", "error") == "error" else 0
