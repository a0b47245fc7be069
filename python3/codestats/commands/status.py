"""`codestats status`: what is recorded here, and what waits to be sent."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.clock import Clock
from codestats.commands import common
from codestats.exceptions import CodeStatsError
from codestats.schema import Database
from codestats.spool import Spool, Totals

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from codestats.settings import Settings

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "status",
        help="show what is recorded and what waits to be sent",
        description="Shows what is recorded on this machine and what waits to be sent. Changes nothing.",
    )
    common.add_options(parser)
    parser.add_argument("--json", action="store_true", help="as a JSON object")
    parser.set_defaults(run=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print it. Exit code 1 if the recorded XP cannot be read."""
    try:
        settings = common.read_settings(arguments)
        folder = common.data_dir(settings)
        totals = _totals(folder)
    except (CodeStatsError, OSError, ValueError) as error:
        return common.complain(str(error))
    facts = (settings, folder, totals)
    print(json.dumps(_as_json(*facts)) if arguments.json else _as_text(*facts))
    return 0


def _totals(folder: Path) -> Totals:
    path = paths.database_file(folder)
    if not path.exists():
        return Totals()
    database = Database(path)
    try:
        return Spool(database, Clock()).totals()
    finally:
        database.close()


def _as_json(settings: Settings, folder: Path, totals: Totals) -> dict[str, Any]:
    return {
        **asdict(totals),
        "user": settings.username,
        "has_token": bool(settings.api_key),
        "api_url": settings.api_url,
        "data_dir": str(folder),
    }


def _as_text(settings: Settings, folder: Path, totals: Totals) -> str:
    last = time.strftime("%Y-%m-%d %H:%M", time.localtime(totals.last_sent)) if totals.last_sent else "never"
    waiting = f"{totals.queued} XP in {totals.pulses} pulses" if totals.queued else "nothing"
    rows = [
        ("User", settings.username or "unknown"),
        ("Service", settings.api_url or "none"),
        ("Token", "there is one" if settings.api_key else "none: nothing is sent"),
        ("Today", f"{totals.today} XP"),
        ("Waiting", waiting),
        ("In doubt", f"{totals.in_doubt} XP"),
        ("Expired", f"{totals.expired} XP"),
        ("Rejected", f"{totals.rejected} XP"),
        ("Last sent", last),
        ("Kept in", str(folder)),
    ]
    return "\n".join(f"{name + ':':<11}{value}" for name, value in rows)
