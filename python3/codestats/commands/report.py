"""`codestats report`: one HTML page and a card, for people who would rather look."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import paths
from codestats.clock import local_now
from codestats.commands import common
from codestats.data import ledger
from codestats.data.profile_cache import Answer, last_known, look_up
from codestats.data.report import card, card_markdown, card_text, page, report_of
from codestats.profile import parse_profile
from codestats.stats.sums import NO_SUMS
from codestats.storage.atomic_file import atomic_write

if TYPE_CHECKING:
    import argparse

    from codestats.data.report import Report

__all__ = ["add_parser", "run"]


_CARDS = {".md": card_markdown, ".txt": card_text}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "report",
        help="make a web page and a card of your XP",
        description="Makes one HTML page of profile and local history, and on demand a card as SVG. They need"
        " nothing else, and ask nobody for anything.",
    )
    common.add_options(parser)
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="the page; - for standard output")
    parser.add_argument(
        "--card",
        default="",
        metavar="FILE",
        help="the card, a picture (SVG), or .md or .txt; - for standard output",
    )
    parser.add_argument(
        "--user", default="", metavar="NAME", help="whose profile (default: the token's owner)"
    )
    parser.add_argument("--offline", action="store_true", help="with the profile last known; no network")
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Make them. Exit codes: 0 made; 1 not made, or without a profile of now (and why)."""
    output = arguments.output or ("" if arguments.card else "codestats.html")
    report, note = _report(arguments)
    if output:
        _write(output, page(report))
    if arguments.card:
        draw = _CARDS.get(Path(arguments.card).suffix.lower(), card)
        _write(arguments.card, draw(report))
    return common.complain(note) if note else 0


def _report(arguments: argparse.Namespace) -> tuple[Report, str]:
    """The report, and what is wrong with its profile."""
    settings = common.read_settings(arguments)
    directory = common.data_dir(settings)
    common.use_installed(directory)
    user = arguments.user or settings.username
    answer, note = Answer(), ""
    if user and arguments.offline:
        answer = last_known(directory, settings, user)
    elif user:
        answer = look_up(directory, settings, user, common.MAX_AGE)
        note = f"made without the profile of now: {answer.note}" if answer.note else ""
    profile = parse_profile(answer.profile, user) if answer.profile is not None else None
    name = profile.user if profile else user
    is_own = user in ("", settings.username) or not settings.username
    with ledger.summed_and_noted(directory) as (sums, sources):
        if not is_own:  # another user's report has no part in our history
            return report_of(profile, NO_SUMS, name, local_now()), note
        return report_of(profile, sums, name, local_now(), sources), note


def _write(name: str, text: str) -> None:
    """Whole or not at all; what is there is replaced: it is made again each time."""
    data = text.encode("utf-8", "replace")
    if name == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = paths.expanded(name)
    with atomic_write(path, replace=True) as file:
        file.write(data)
    print(f"Wrote {path}.")
