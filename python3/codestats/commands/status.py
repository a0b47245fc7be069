"""`codestats status`: what is recorded here, and what waits to be sent."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.clock import Clock
from codestats.commands import common
from codestats.data.json_output import SCHEMA, level_json
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.owners import Owner, Queue
from codestats.storage.spool import Spool, Totals

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
    parser.add_argument("--json", action="store_true", help="as a JSON object (doc/json.md)")
    parser.add_argument("--user", default="", metavar="NAME", help="whose level (default: the token's owner)")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Print it. Exit code 1 if the recorded XP cannot be read."""
    settings = common.read_settings(arguments)
    directory = common.data_dir(settings)
    user = arguments.user or settings.username
    totals, levels = _read(directory, settings, user)
    if arguments.json:
        print(json.dumps(_as_json(settings, directory, totals, user, levels)))
    else:
        print(_as_text(settings, directory, totals))
    return 0


def _read(directory: Path, settings: Settings, user: str) -> tuple[Totals, dict[str, Any]]:
    """The totals, and the level by the last known profile with what is unsent."""
    path = paths.database_file(directory) if paths.has_database(directory) else None
    if path is None or not path.exists():
        return Totals(), level_json(None, 0)
    with closing(Database(path)) as database:
        totals = Spool(database, Clock(), Owner.of(settings)).totals()
        kept = History(database).kept_profile(settings.api_url, user) if user else None
    return totals, level_json(kept, totals.queued)


def _as_json(
    settings: Settings, directory: Path, totals: Totals, user: str, levels: dict[str, Any]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        **asdict(totals),
        "others": [queue._asdict() for queue in totals.others],
        **levels,
        "user": user,
        "has_token": bool(settings.api_key),
        "api_url": settings.api_url,
        "data_dir": str(directory),
    }


def _as_text(settings: Settings, directory: Path, totals: Totals) -> str:
    from codestats.text import plural  # noqa: PLC0415 (not for --json)

    last = _minute(totals.last_sent) if totals.last_sent else "never"
    waiting = "nothing"
    if totals.queued:
        waiting = (
            f"{totals.queued} XP in {plural(totals.pulses, 'pulse')} since {_minute(totals.waiting_since)}"
        )
    rows = [
        ("User", settings.username or "unknown"),
        ("Service", settings.api_url or "none"),
        ("Token", "there is one" if settings.api_key else "none: nothing is sent"),
        ("Today", f"{totals.today} XP"),
        ("Waiting", waiting),
        *((f"… of {queue.user or 'another token'}", _queue(queue)) for queue in totals.others),
        ("In doubt", f"{totals.in_doubt} XP"),
        ("Expired", f"{totals.expired} XP"),
        ("Rejected", f"{totals.rejected} XP"),
        ("Last sent", last),
        ("Kept in", str(directory)),
    ]
    return "\n".join(f"{name + ':':<11}{value}" for name, value in rows)


def _queue(queue: Queue) -> str:
    """What waits for another token than this one."""
    from codestats.text import plural  # noqa: PLC0415 (as above)

    refused = ", whose token was refused" if queue.is_refused else ""
    return f"{queue.xp} XP in {plural(queue.pulses, 'pulse')} for {queue.address}{refused}"


def _minute(moment: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
