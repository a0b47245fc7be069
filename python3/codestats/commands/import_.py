"""`codestats import`: the website's pulses.csv, or an export of ours, into the local history."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from codestats import paths
from codestats.commands import common
from codestats.data.importer import Imported, import_file
from codestats.data.parser import NotAnExportError
from codestats.data.progress import Progress
from codestats.text import clean, plural

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["add_parser", "run"]

_NAMED = 5
"""Names of machines in a message, at most."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "import",
        help="take an export into the local history",
        description="Takes the website's pulses.csv, or an export of this plugin, into the local history. It is never"
        " sent. Importing twice changes nothing, and what this machine counted itself is not counted again.",
    )
    common.add_options(parser)
    parser.add_argument("file", metavar="FILE", help="- for standard input")
    parser.add_argument(
        "--machine", default="", metavar="NAME", help="the name that the file has for this machine"
    )
    distinct = "do not recognise machines that the file names differently by their amounts"
    parser.add_argument("--distinct", action="store_true", help=distinct)
    parser.add_argument("--progress", action="store_true", help="say on stderr how far it is")
    parser.set_defaults(run=run)
    return parser


@common.framed(cancelled="cancelled: import the file again to complete it")
def run(arguments: argparse.Namespace) -> int:
    """Import. Exit codes: 0 all of it, 1 nothing or not every line (and why), 130 cancelled."""
    try:
        with _opened(arguments.file) as file:
            done = _import(arguments, file)
    except NotAnExportError as error:
        return common.complain(f"{arguments.file} is no export of Code::Stats: {error}")
    _report(done)
    return 1 if done.bad else 0


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with paths.expanded(name).open("rb") as file:
            yield file


def _import(arguments: argparse.Namespace, file: IO[bytes]) -> Imported:
    directory = common.data_dir(common.read_settings(arguments))
    progress = None
    if arguments.progress and arguments.file != "-":
        write = common.progress_writer()
        progress = Progress(
            os.fstat(file.fileno()).st_size, file.tell, lambda share: write(int(1000 * share), 1000)
        )

    return import_file(
        directory, file, machine=arguments.machine, distinct=arguments.distinct, progress=progress
    )


def _report(done: Imported) -> None:
    for bad in done.told:
        common.complain(f"line {bad.line} was skipped: {bad.why}")
    if done.bad > len(done.told):
        common.complain(f"{done.bad - len(done.told):,} more lines were skipped")
    for name, known in done.same.items():
        text = f"{clean(name)} is the machine {clean(known)}: their XP is not added up"
        print(text)  # noqa: T201 (a command prints)
    skipped = f", skipped {plural(done.bad, 'line')}" if done.bad else ""
    new = "none" if not done.new_xp else "all" if done.new_xp == done.xp else f"{done.new_xp:,}"
    said = f"Imported {done.xp:,} XP, {new} new{skipped}."
    if done.candidates:
        names = ", ".join(map(clean, done.candidates[:_NAMED])) + (
            ", …" if len(done.candidates) > _NAMED else ""
        )
        said += f" If this machine is one of them ({names}), say so once: import FILE --machine NAME."
    print(said)  # noqa: T201 (a command prints)
