"""`codestats setup`: a new machine in one step, from a terminal or another program, and back again by `--undo`."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codestats import paths
from codestats.commands import common
from codestats.credentials import owner_of
from codestats.data.json_output import SCHEMA
from codestats.exceptions import CodeStatsError
from codestats.install.requirements import lacking
from codestats.settings import Settings
from codestats.setup import editors
from codestats.setup import token as source
from codestats.setup.journal import Journal, SetupError
from codestats.setup.steps import BackupStep, FileStep, PackagesStep, Step, short
from codestats.setup.undo import LEFT, action_of, undo

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

__all__ = ["add_parser", "run"]

_EPILOG = """\
On a terminal it asks; with --yes it does what the options say and is silent if all is well. Twice is once.
examples:
  pass show codestats | python3 -m codestats setup --yes --token-stdin
  python3 -m codestats setup --yes --token-command 'pass show codestats' --no-store --backup ~/backups
  python3 -m codestats setup --undo"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    import argparse  # noqa: PLC0415 (for the formatter; it is loaded already)

    parser = subparsers.add_parser(
        "setup",
        help="set this machine up: token, packages, editors, backup; --undo",
        description="Takes the token, asks the service whether it is good, stores it (0600), installs missing packages"
        " into a private environment, writes a file of its own for Vim and Neovim, and schedules a backup.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    token = parser.add_mutually_exclusive_group()
    token.add_argument("--token-stdin", action="store_true", help="read the token from standard input")
    token.add_argument(
        "--token-command", metavar="COMMAND", default="", help="a shell command that prints the token"
    )
    add = parser.add_argument
    add(
        "--no-store",
        action="store_true",
        help="with --token-command: editors run it, the token is in no file",
    )
    add("--no-check", action="store_true", help="do not ask the service whether it takes the token")
    add("--api-url", metavar="URL", default="", help="the address of the service (default: codestats.net)")
    add("--data-dir", metavar="DIR", help="where XP is kept (default: as in the editor)")
    add("--editors", metavar="LIST", help="vim,nvim or none (default: those in PATH)")
    add("--no-statusline", action="store_true", help="leave the status line alone")
    add("--no-packages", action="store_true", help="install no Python packages")
    add("--backup", metavar="DIR", default="", help="have the system back up history and profile into DIR")
    add("--every", metavar="PERIOD", default="", help="with --backup: 30m, 6h, 1d, 1w … (default: 1d)")
    add("--yes", action="store_true", help="ask nothing")
    add("--dry-run", action="store_true", help="show what would be changed, and change nothing")
    add("--undo", action="store_true", help="leave every file as it was before the first setup")
    add("--json", action="store_true", help="print the result as a JSON object (doc/json.md)")
    parser.set_defaults(run=run)
    return parser


class _Result:
    """What is printed in the end, whatever the end is."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self.told: dict[str, Any] = {
            "schema": SCHEMA,
            "action": "undo" if arguments.undo else "setup",
            "is_dry_run": arguments.dry_run,
            "ok": True,
            "error": "",
            "changes": [],
        }

    def add(self, what: str, path: str, action: str) -> None:
        """Something was changed, would be, or need not be."""
        self.told["changes"].append({"what": what, "path": path, "action": action})

    def fail(self, text: str) -> int:
        """It did not come to its end."""
        self.told.update(ok=False, error=text)
        common.complain(text)
        return 1

    def end(self, code: int) -> int:
        """Print it, if that is wanted."""
        if self._arguments.json:
            print(json.dumps(self.told))
        return code


@common.framed(cancelled="cancelled; run setup again to go on, or setup --undo")
def run(arguments: argparse.Namespace) -> int:
    """Set up, or undo it. Exit code 1 if a step was not possible: what was there is then still there."""
    _refuse_contradictions(arguments)
    result = _Result(arguments)
    try:
        code = _undo(arguments, result) if arguments.undo else _set_up(arguments, result)
    except common.UsageError:
        raise
    except (CodeStatsError, OSError) as error:
        code = result.fail(common.reason(error))
    return result.end(code)


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    if arguments.no_store and not arguments.token_command:
        raise common.UsageError("--no-store is for --token-command")
    if arguments.every and not arguments.backup:
        raise common.UsageError("--every is for --backup")
    if arguments.json and not (arguments.yes or arguments.dry_run or arguments.undo):
        raise common.UsageError("--json is for --yes, --dry-run and --undo")
    asks = not (arguments.yes or arguments.dry_run or arguments.undo)
    if asks and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise common.UsageError(
            "there is no terminal to ask at: add --yes, or --dry-run to see what it would do"
        )


def _settings(arguments: argparse.Namespace) -> Settings:
    given = {"api_url": arguments.api_url, "data_dir": str(paths.expanded(arguments.data_dir or ""))}
    wanted = {name: value for name, value in given.items() if getattr(arguments, name)}
    settings, problems = Settings.from_mapping(wanted, os.environ)
    if problems:
        raise common.UsageError("; ".join(problems))
    return settings


def _set_up(arguments: argparse.Namespace, result: _Result) -> int:
    settings = _settings(arguments)
    data_dir = common.data_dir(settings)
    journal = Journal(data_dir)
    is_asked = not (arguments.yes or arguments.dry_run)
    page = f"{settings.api_url}/my/machines"
    if is_asked:
        _ask_choices(arguments)
    token = _given_token(arguments, settings, data_dir, page if is_asked else "")
    packages, steps = _steps(arguments, settings, data_dir, token)
    settings = replace(settings, api_key=token or settings.api_key or common.kept_token(str(data_dir)))
    result.told.update(api_url=settings.api_url, data_dir=str(data_dir), user=owner_of(settings.api_key))
    planned = [(step, step.action(journal)) for step in (*packages, *steps)]
    if arguments.dry_run or is_asked:
        _show(planned, to_stderr=arguments.json)
    if arguments.dry_run:
        for step, action in planned:
            result.add(step.what, step.path, action)
        return 0
    if is_asked and not _is_yes("Make these changes?", default=False):
        common.complain("nothing was changed")
        return 1
    can_ask = not lacking("urllib3")
    if can_ask:
        _check(arguments, settings, data_dir, page)
    _take(packages, journal, result)
    _, steps = _steps(
        arguments, settings, data_dir, token
    )  # a backup is run by a Python that has what it needs
    if not can_ask:
        common.use_installed(data_dir)  # in the environment that was just made
        _check(arguments, settings, data_dir, page)
    _take(steps, journal, result)
    journal.note_address(settings.api_url if arguments.api_url else "")
    if not (settings.api_key or arguments.no_store):
        common.complain(
            "no token yet: setup --token-stdin or :CodeStatsLogin takes it; until then XP waits on this machine"
        )
    if is_asked:
        print("Set up. Type in a file, and look at :CodeStatsStatus; `setup --undo` takes it back.")
    return 0


def _ask_choices(arguments: argparse.Namespace) -> None:
    """What was not said on the command line."""
    if arguments.editors is None:
        names = [
            name
            for name in editors.here()
            if _is_yes(f"Write a file of our own for {editors.EDITORS[name]}?")
        ]
        arguments.editors = ",".join(names) or "none"
        if names and not arguments.no_statusline:
            arguments.no_statusline = not _is_yes("Show XP in the status line?")
    if not arguments.backup:
        arguments.backup = input("Back up every day into which directory (empty: none)? ").strip()


def _is_yes(question: str, *, default: bool = True) -> bool:
    answer = input(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().lower()
    return answer.startswith("y") if answer else default


def _given_token(arguments: argparse.Namespace, settings: Settings, data_dir: Path, page: str) -> str:
    """The token to store or to try; '' where none is given. `page`: it may be asked for."""
    if arguments.token_stdin:
        return source.from_stdin()
    if arguments.token_command:
        return source.from_command(arguments.token_command)
    if page and not (settings.api_key or common.kept_token(str(data_dir))):
        return source.from_terminal(page)
    return ""


def _steps(
    arguments: argparse.Namespace, settings: Settings, data_dir: Path, token: str
) -> tuple[list[Step], list[Step]]:
    """Packages, without which the service may not be asked, and all others. Raises UsageError, CodeStatsError."""
    chosen = _editors(arguments)
    wanted = ("urllib3", "pynvim") if "nvim" in chosen else ("urllib3",)
    packages: list[Step] = [] if arguments.no_packages else [PackagesStep(data_dir, wanted, _say(arguments))]
    steps: list[Step] = []
    if token and not arguments.no_store:
        steps.append(FileStep("token", paths.token_file(data_dir), f"{token}\n".encode(), is_secret=True))
    given = {
        "api_url": settings.api_url if arguments.api_url else "",
        "data_dir": settings.data_dir if arguments.data_dir else "",
        "api_key_command": arguments.token_command if arguments.no_store else "",
    }
    options = {name: value for name, value in given.items() if value}
    text = editors.lines(options, with_statusline=not arguments.no_statusline)
    steps += [FileStep(editors.EDITORS[name], editors.script_of(name), text) for name in chosen]
    if arguments.backup:
        from codestats.commands.backup_schedule import planned  # noqa: PLC0415 (only for a backup)

        directory = paths.expanded(arguments.backup)
        job = planned(data_dir, directory, settings, [], arguments.every)
        if arguments.api_url:
            job = replace(job, environ={**job.environ, "CODESTATS_API_URL": settings.api_url})
        steps.append(BackupStep(data_dir, job))
    return packages, steps


def _editors(arguments: argparse.Namespace) -> list[str]:
    if arguments.editors is None:
        return editors.here()
    names = [name for name in arguments.editors.split(",") if name and name != "none"]
    unknown = [name for name in names if name not in editors.EDITORS]
    if unknown:
        raise common.UsageError(f"--editors: there is no '{unknown[0]}', only vim, nvim and none")
    return names


def _say(arguments: argparse.Namespace) -> Any:  # noqa: ANN401 (what print takes)
    return (lambda _: None) if arguments.yes or arguments.json else print


def _show(planned: list[tuple[Step, str]], *, to_stderr: bool) -> None:
    file = sys.stderr if to_stderr else sys.stdout
    for step, action in planned:
        if action == "none":
            print(f"keep    {step.what}: {short(step.path)} is as wanted", file=file)
        else:
            print(f"{action:7} {step.what}: {short(step.path)}", file=file)
            for line in step.shown():
                print(f"        + {line}", file=file)


def _check(arguments: argparse.Namespace, settings: Settings, data_dir: Path, page: str) -> None:
    if settings.api_key and not arguments.no_check:
        if lacking("urllib3"):
            raise SetupError(
                "the service cannot be asked about the token without the Python package urllib3:"
                " leave out --no-packages, or add --no-check"
            )
        from codestats.setup.token_check import accepted  # noqa: PLC0415 (urllib3: it may be installed just now)

        accepted(settings, data_dir, page)


def _take(steps: list[Step], journal: Journal, result: _Result) -> None:
    for step in steps:
        action = step.action(journal)
        if action != "none":
            try:
                step.take(journal)
            except (CodeStatsError, OSError) as error:
                raise SetupError(
                    f"{step.what}: {common.reason(error)}. What was done before that stays: run setup again to go on,"
                    " or `setup --undo`"
                ) from None
        result.add(step.what, step.path, action)


def _undo(arguments: argparse.Namespace, result: _Result) -> int:
    data_dir = common.data_dir(_settings(arguments))
    journal = Journal(data_dir)
    result.told.update(data_dir=str(data_dir))
    if arguments.dry_run:
        done = [(entry, action_of(entry)) for entry in reversed(journal.entries)]
    else:
        done = list(undo(data_dir, journal))
    for entry, action in done:
        result.add(entry.what, entry.path, action)
        if not (arguments.yes or arguments.json):
            print(f"{action:7} {entry.what}: {short(entry.path)}")
    left = [short(entry.path) for entry, action in done if action == LEFT]
    if left:
        return result.fail(f"{', '.join(left)}: changed since setup, so left alone; remove it yourself")
    if not done and not (arguments.yes or arguments.json):
        print(f"Nothing of a setup is noted in {short(str(data_dir))}.")
    return 0
