"""`codestats stats`: statistics of the local history, as in the editor or as JSON."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.clock import local_now
from codestats.commands import common
from codestats.data import ledger
from codestats.data.json_output import stats_json
from codestats.stats.sums import BREAKDOWNS, TYPED_WITH

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from codestats.settings import Settings
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums

__all__ = ["add_parser", "run"]

FILTERS = ("language", "machine", *TYPED_WITH)
_MOST_NAMES = 20  # to choose from


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
    parser.add_argument(
        "--by",
        choices=BREAKDOWNS,
        help="break down: a column a machine, weekday, hour, month, editor or system",
    )
    for dimension in FILTERS:
        known = "; ? for what was imported, or typed before that was noted" if dimension in TYPED_WITH else ""
        parser.add_argument(
            f"--{dimension}",
            action="append",
            metavar="NAME",
            help=f"only this {dimension}; may be repeated{known}",
        )
    parser.add_argument(
        "--sources",
        action="store_true",
        help="where the text came from, as the editors note it with g:codestats_sources",
    )
    parser.add_argument("--percent", action="store_true", help="of a breakdown, each row's percentages")
    parser.add_argument(
        "--sort", default="", metavar="COLUMN", help="by a column's title, the largest first (name: A first)"
    )
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument("--plain", action="store_true", help="sentences in place of drawings")
    parser.add_argument("--json", action="store_true", help="as a JSON object (doc/json.md)")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Print them. Exit codes: 0 shown, 1 not readable (and why), 2 no such period or column."""
    period = common.period(arguments.period)
    settings = common.read_settings(arguments)
    if arguments.sources:
        print(_sources(arguments, common.data_dir(settings), period))
        return 0
    with ledger.summed(common.data_dir(settings)) as sums:
        filters = _filters(arguments, sums)
        for dimension, names in filters.items():
            sums = sums.only(dimension, *names)  # noqa: PLW2901 (the same, but less)
        text = _text(arguments, settings, sums, period, filters)
    print(text)
    return 0


def _filters(arguments: argparse.Namespace, sums: Sums) -> dict[str, list[str]]:
    """The names to look at along a dimension, as the history has them. Raises UsageError."""
    wanted = {dimension: getattr(arguments, dimension) or [] for dimension in FILTERS}
    return {
        dimension: [found for name in names for found in _spelled(sums, dimension, name)]
        for dimension, names in wanted.items()
        if names
    }


def _spelled(sums: Sums, dimension: str, name: str) -> list[str]:
    there = sums.by(dimension)
    found = [one for one in there if one.casefold() == name.casefold()]
    if not found:
        names = ", ".join(sorted(there, key=lambda one: (-there[one], one))[:_MOST_NAMES]) or "none"
        raise common.UsageError(f'no {dimension} "{name}" in the history; there are {names}')
    return found


def _sources(arguments: argparse.Namespace, directory: Path, period: Period) -> str:
    from codestats.data.sources import sources_json, sources_text  # noqa: PLC0415 (seldom wanted)

    others = ("by", "sort", "percent", "reverse", *FILTERS)
    given = [f"--{name}" for name in others if getattr(arguments, name)]
    if given:
        raise common.UsageError(f"--sources shows all there is in one order: leave out {', '.join(given)}")
    return json.dumps(sources_json(directory, period)) if arguments.json else sources_text(directory, period)


def _text(
    arguments: argparse.Namespace,
    settings: Settings,
    sums: Sums,
    period: Period,
    filters: Mapping[str, Sequence[str]],
) -> str:
    if arguments.json:
        return json.dumps({**stats_json(sums, period, local_now()), "filters": filters})
    text = _plain(arguments, settings, sums, period) if arguments.plain else _drawn(arguments, settings, sums)
    return f"{_said(filters, settings)}{text}"


def _said(filters: Mapping[str, Sequence[str]], settings: Settings) -> str:
    """What is left out, above the rest."""
    from codestats.commands.sheet import sheet_frame  # noqa: PLC0415 (not for --json)
    from codestats.views.parts.sentences import crumb_of, notes_of  # noqa: PLC0415

    if not filters:
        return ""
    frame = sheet_frame(is_ascii=settings.ascii)
    names = [crumb_of(dimension, (name,), frame) for dimension, names in filters.items() for name in names]
    notes = notes_of([(dimension, tuple(names)) for dimension, names in filters.items()])
    return "".join(f"{line}\n" for line in (f"Only {', '.join(names)}.", *notes, ""))


def _plain(arguments: argparse.Namespace, settings: Settings, sums: Sums, period: Period) -> str:
    from codestats.commands.sheet import sheet_frame  # noqa: PLC0415 (not for --json)
    from codestats.views.plain import SORTS, Telling, stats_sentences  # noqa: PLC0415

    sort = arguments.sort.casefold() or "xp"
    if sort not in SORTS:
        raise common.UsageError(f'no order "{arguments.sort}" here; there are {", ".join(SORTS)}')
    frame = sheet_frame(is_ascii=settings.ascii)
    telling = Telling(arguments.by or "", arguments.percent, sort, arguments.reverse)
    return "\n".join(stats_sentences(sums, period, frame, telling))


def _drawn(arguments: argparse.Namespace, settings: Settings, sums: Sums) -> str:
    from codestats.commands.sheet import column_named, sheet, sheet_frame  # noqa: PLC0415 (not for --json)
    from codestats.views import StatsData, stats_view  # noqa: PLC0415

    state: dict[str, object] = {"period": arguments.period}
    if arguments.by:
        state |= {"breakdown": arguments.by, "percent": arguments.percent}
    if arguments.sort:
        page = stats_view(StatsData(sums), state, sheet_frame(is_ascii=settings.ascii))
        state["sort"] = column_named(page, arguments.sort)
    state["descending"] = (state.get("sort") != "name") is not arguments.reverse
    return sheet(lambda frame: stats_view(StatsData(sums), state, frame), is_ascii=settings.ascii)
