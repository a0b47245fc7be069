"""`codestats export`: what was counted here, as CSV in the website's layout or as JSON Lines."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codestats import paths
from codestats.commands import common
from codestats.data import ledger
from codestats.data.export import Exported, Output, export_to_file, export_to_stream, to_stream
from codestats.data.rows_export import write_rows
from codestats.storage import sources, typed_with
from codestats.storage.atomic_file import OutputExistsError, atomic_write
from codestats.text import plural

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "export",
        help="write what was counted here to a file",
        description="Writes what was counted on this machine, sent or not, with what was imported: as CSV in the"
        " column layout of the website's own export, or as JSON Lines, which also tell the state of every entry."
        " The file is whole or not there.",
    )
    common.add_options(parser)
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="- for standard output (default)"
    )
    parser.add_argument("--format", choices=("csv", "jsonl"), help="default: by the file's name, else csv")
    period = "today, week, month, year, all (default), 2026-08, or 2026-01-01..2026-02-01"
    parser.add_argument("--period", default="all", help=period)
    parser.add_argument(
        "--typed-with",
        action="store_true",
        help="in place of all that was counted, that of which editor and system are known, with these",
    )
    parser.add_argument(
        "--sources", action="store_true", help="in place of XP, where the text came from, in bytes"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.add_argument("--progress", action="store_true", help="say on stderr how far it is")
    parser.set_defaults(run=run)
    return parser


@common.framed(cancelled="cancelled: nothing was written")
def run(arguments: argparse.Namespace) -> int:
    """Write it. Exit codes: 0 done, 1 not done (and why), 2 wrong usage, 130 cancelled."""
    try:
        _export(arguments, _span(arguments.period))
    except OutputExistsError as error:
        if "plain" in str(error.strerror):
            return common.complain(common.reason(error))
        return common.complain(f"{paths.expanded(arguments.file).name} exists. Use --force to overwrite it.")
    return 0


def _span(text: str) -> ledger.Span:
    period = common.period(text)
    return ledger.EVERYTHING if period.name == "all" else ledger.hours_of(period.first, period.last)


def _export(arguments: argparse.Namespace, span: ledger.Span) -> None:
    directory = common.data_dir(common.read_settings(arguments))
    form = arguments.format or _form_of(arguments.file)
    if arguments.typed_with and arguments.sources:
        raise common.UsageError("--typed-with and --sources write different columns: leave out --sources")
    if arguments.typed_with or arguments.sources:
        _export_apart(arguments, directory, form, span)
        return
    if arguments.file == "-":
        export_to_stream(directory, sys.stdout.buffer, form, span)
        return
    target = paths.expanded(arguments.file)
    progress = common.progress_writer() if arguments.progress else None
    done = export_to_file(directory, target, form, span, replace=arguments.force, progress=progress)
    print(_summary(done, target))  # noqa: T201 (a command prints)


def _export_apart(arguments: argparse.Namespace, directory: Path, form: str, span: ledger.Span) -> None:
    """Write what the website's layout has no columns for."""

    def write(out: Output) -> Exported:
        if arguments.sources:
            return write_rows(
                directory, out, form, span, sources.rows, ("language", "machine", "kind"), ("came", "went")
            )
        names = ("language", "machine", "editor", "system")
        return write_rows(directory, out, form, span, typed_with.rows, names, ("amount",))

    unit = "bytes" if arguments.sources else "XP"
    if arguments.file == "-":
        to_stream(write, sys.stdout.buffer)
        return
    target = paths.expanded(arguments.file)
    with atomic_write(target, replace=arguments.force) as file:
        done = write(file)
    print(_summary(done, target, unit))  # noqa: T201 (a command prints)


def _form_of(name: str) -> str:
    return "jsonl" if name.lower().endswith((".jsonl", ".ndjson", ".json")) else "csv"


def _summary(done: Exported, target: Path, unit: str = "XP") -> str:
    return f"Exported {done.xp:,} {unit} in {plural(done.rows, 'row')} to {target}."
