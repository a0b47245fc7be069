"""`codestats backup`: what systemd, cron and launchd start. Says nothing unless something is wrong.

How a run went that is scheduled is kept (jobs/runs.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats import paths
from codestats.clock import local_now
from codestats.commands import common
from codestats.data.backup import KEEP, Series, back_up_ledger, back_up_profile, prune
from codestats.filelock import LockHeldError, exclusive
from codestats.jobs.runs import Run, recorded
from codestats.storage.atomic_file import clear_left_overs

if TYPE_CHECKING:
    import argparse
    from datetime import date
    from pathlib import Path

    from codestats.settings import Settings

__all__ = ["add_parser", "run"]

NO_PROFILE, SMALLER, RUNNING = 3, 4, 5

_EXIT_CODES = """\
exit codes:
  0  backed up, or nothing is new
  1  not backed up (and why)
  2  wrong usage
  3  the ledger was backed up, the profile was not: service unreachable, user unknown or private
  4  the ledger has less XP than the last backup: no backup was removed or replaced
  5  another backup into the same directory is running
  130  cancelled; nothing half-written is left"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    import argparse  # noqa: PLC0415 (for the formatter; it is loaded already)

    parser = subparsers.add_parser(
        "backup",
        help="back up history and profile, from cron or a timer",
        description="Writes ledger-HOST-DATE.csv and, for a known user, profile-USER-DATE.json into DIR, unless they"
        " are as in the last backup. Kept are the newest, the first of each month and the largest.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common.add_options(parser)
    parser.add_argument("directory", metavar="DIR", help="made if it is missing, for your eyes only")
    parser.add_argument(
        "--keep", type=common.count, default=KEEP, metavar="N", help="newest to keep (default: %(default)s)"
    )
    parser.add_argument(
        "--user", default="", metavar="NAME", help="whose profile (default: the token's owner)"
    )
    parser.add_argument("--no-profile", action="store_true", help="the ledger only: no network")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--install", action="store_true", help="do it from now on: by a systemd user timer, cron or launchd"
    )
    what.add_argument("--uninstall", action="store_true", help="end that; the backups stay")
    parser.add_argument("--every", metavar="PERIOD", help="with --install: 30m, 6h, 1d, 1w … (default: 1d)")
    parser.set_defaults(run=run)
    return parser


@common.framed(failed="no backup: ", cancelled="cancelled")
def run(arguments: argparse.Namespace) -> int:
    """Back up, or schedule it; returns one of the exit codes above."""
    directory = paths.expanded(arguments.directory)
    if arguments.every and not arguments.install:
        raise common.UsageError("--every is for --install")
    settings = common.read_settings(arguments)
    if arguments.install or arguments.uninstall:
        from codestats.commands import backup_schedule  # noqa: PLC0415 (not for a backup itself)

        if arguments.install:
            return backup_schedule.install(arguments, settings, directory)
        return backup_schedule.uninstall(settings, directory)
    common.use_installed(common.data_dir(settings))
    with recorded(common.data_dir(settings), directory) as record:
        code = _locked(arguments, settings, directory, record)
        record.end(code, is_done=code in (0, NO_PROFILE))
    return code


def _locked(arguments: argparse.Namespace, settings: Settings, directory: Path, record: Run) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with exclusive(directory / ".codestats-backup.lock"):
            clear_left_overs(directory)
            return _back_up(arguments, settings, directory, record)
    except LockHeldError:
        _complain(record, f"another backup into {directory} is running")
        return RUNNING


def _complain(record: Run, text: str) -> None:
    record.why = text
    common.complain(text)


def _back_up(arguments: argparse.Namespace, settings: Settings, directory: Path, record: Run) -> int:
    day = local_now().date()
    series = Series.of_ledger(directory)
    if not back_up_ledger(common.data_dir(settings), series, day):
        _complain(
            record,
            "the ledger has less XP than the last backup: was the data directory lost?"
            " No backup is removed or replaced",
        )
        return SMALLER
    prune(series, arguments.keep)
    newest = series.files()[-1]
    record.path, record.size = str(newest), newest.stat().st_size
    user = arguments.user or settings.username
    if arguments.no_profile or not user:
        return 0
    reason = _back_up_profile(settings, Series.of_profile(directory, user), user, day, arguments.keep)
    if reason:
        _complain(record, f"the ledger is backed up, the profile of {user} is not: {reason}")
    return NO_PROFILE if reason else 0


def _back_up_profile(settings: Settings, series: Series, user: str, day: date, keep: int) -> str:
    """Why there is no profile, '' for all is well."""
    from codestats.api.client import Client  # noqa: PLC0415 (urllib3: not for the ledger alone)

    client = Client(settings)
    outcome, answer = client.get_profile(user)
    client.close()
    if answer is None:
        return outcome.reason or "no answer"
    back_up_profile(answer, series, day)
    prune(series, keep)
    return ""
