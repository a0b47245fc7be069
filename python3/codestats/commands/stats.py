"""`codestats stats`: statistics of the local history, as in the editor or as JSON."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.clock import local_now
from codestats.commands import common
from codestats.data import ledger
from codestats.data.json_output import stats_facts
from codestats.exceptions import CodeStatsError
from codestats.stats.periods import parse_period

if TYPE_CHECKING:
    import argparse

    from codestats.settings import Settings
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "stats",
        help="show statistics of the local history",
        description="Shows what was counted here or imported, by language: no account and no network is needed.",
    )
    common.add_options(parser)
    period = "today, week (default), month, year, all, 2026-08, or 2026-01-01..2026-02-01"
    parser.add_argument("period", nargs="?", default="week", metavar="PERIOD", help=period)
    parser.add_argument("--json", action="store_true", help="as a JSON object (doc/json.md)")
    parser.set_defaults(run=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print them. Exit codes: 0 shown, 1 not readable (and why), 2 no such period."""
    try:
        period = parse_period(arguments.period, local_now().date())
    except ValueError as error:
        common.complain(str(error))
        return 2
    try:
        settings = common.read_settings(arguments)
        with ledger.summed(common.data_dir(settings)) as sums:
            text = _text(arguments, settings, sums, period)
    except (CodeStatsError, OSError, ValueError) as error:
        return common.complain(common.reason(error))
    print(text)
    return 0


def _text(arguments: argparse.Namespace, settings: Settings, sums: Sums, period: Period) -> str:
    if arguments.json:
        return json.dumps(stats_facts(sums, period, local_now()))
    from codestats.views import StatsData, stats_view  # noqa: PLC0415 (not for --json)

    state = {"period": arguments.period}
    return common.drawn(lambda frame: stats_view(StatsData(sums), state, frame), is_ascii=settings.ascii)
