"""`codestats health`: whether everything is in order, with the command that fixes what isn't."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.commands import common
from codestats.health import check

if TYPE_CHECKING:
    import argparse

    from codestats.health.finding import Finding

__all__ = ["add_parser", "run"]

_SIGNS = {"ok": "ok     ", "info": "       ", "warn": "WARNING", "error": "ERROR  "}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "health",
        help="check Python, data and service",
        description="Checks Python, data and service, which is asked for it. Exit code 1 if something is an error.",
    )
    common.add_options(parser)
    parser.add_argument("--json", action="store_true", help="as a JSON list of [level, text, advice]")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Check and print. Exit code 1 if there is an error among the findings."""
    settings = common.read_settings(arguments)
    if not arguments.settings:  # else an editor asks about its own Python
        common.use_installed(common.data_dir(settings))
    findings = check.collect(settings, common.data_dir(settings))
    print(json.dumps(findings) if arguments.json else "\n".join(map(_line, findings)))
    return 1 if any(level == "error" for level, _, _ in findings) else 0


def _line(finding: Finding) -> str:
    level, text, advice = finding
    if level == "start":
        return f"\n{text}"
    return f"  {_SIGNS[level]} {text}" + (f"\n          {advice}" if advice else "")
