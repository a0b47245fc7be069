"""`codestats jobs`: which backups are scheduled here, and how each last run went."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.commands import common
from codestats.data.json_output import SCHEMA
from codestats.jobs.report import reports

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "jobs",
        help="show scheduled backups and how they went",
        description="Shows the backups that `backup --install` scheduled on this machine, and how each last run went:"
        " queued, running, done or failed. Exit code 1 if one failed, was killed or did not run for three periods.",
    )
    common.add_options(parser)
    parser.add_argument("--json", action="store_true", help="as a JSON object (doc/json.md)")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Print them. Exit code 1 if one needs care."""
    found = reports(common.data_dir(common.read_settings(arguments)))
    if arguments.json:
        print(json.dumps({"schema": SCHEMA, "jobs": [report.to_json() for report in found]}))
    elif found:
        print("\n".join(report.sentence() for report in found))
    else:
        print("No backup is scheduled: `codestats backup --every 1d --install DIR` does that.")
    return 1 if any(report.needs_care for report in found) else 0
