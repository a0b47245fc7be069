"""What the health check finds out about the data directory: whose it is, what waits, who sends, what was set aside."""

from __future__ import annotations

import errno
import os
import shlex
import stat
import tempfile
import time
from typing import TYPE_CHECKING

from codestats import paths
from codestats.clock import Clock
from codestats.delivery.lease import holder_of
from codestats.exceptions import CodeStatsError
from codestats.storage.database import Database
from codestats.storage.spool import Spool, Totals
from codestats.text import number

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.health.finding import Finding

__all__ = ["data_findings"]

_DAY = 86_400


def data_findings(directory: Path | None, holder: str) -> list[Finding]:
    """Findings of the directory; `holder` is our own name at the lease, '' for a shell."""
    if directory is None:
        return [
            (
                "error",
                "there is no directory to keep XP in",
                "let g:codestats_data_dir = '/a/directory/of/yours'",
            )
        ]
    if not directory.is_dir():
        return [("info", f"{directory} will be made with the first XP", "")]
    if paths.is_foreign(directory):
        return [
            (
                "error",
                f"{directory} belongs to another user: XP is not kept there",
                paths.owning_command(directory),
            )
        ]
    return [
        *_directory(directory),
        *_spool(paths.database_file(directory), holder),
        *_others(directory),
        *_leftovers(directory),
    ]


def _directory(directory: Path) -> list[Finding]:
    mode = stat.S_IMODE(directory.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        return [("warn", f"others may look into {directory}", f"chmod 700 {shlex.quote(str(directory))}")]
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(b"tried")
    except OSError as error:
        text = f"{directory} cannot be written to ({error.strerror or error})"
        return [
            ("error", text, f"chmod 700 {shlex.quote(str(directory))}" if error.errno == errno.EACCES else "")
        ]
    return [("ok", f"XP is kept in {directory}", "")]


def _spool(path: Path, holder: str) -> list[Finding]:
    if not path.exists():
        return [("info", f"{path.name} will be made with the first XP", "")]
    try:
        database = Database(path)
    except CodeStatsError as error:
        return [("error", str(error), ":CodeStatsLog")]
    try:
        clock = Clock()
        totals = Spool(database, clock).totals()
        with database.reading() as connection:
            sender = holder_of(connection, clock)
            journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    finally:
        database.close()
    size = number(max(path.stat().st_size // 1024, 1))
    kept: Finding = ("ok", f"{path.name}: {size} kB, journal {journal}", "")
    return [kept, _waiting(totals), *_lost(totals), _lease(sender, holder)]


def _waiting(totals: Totals) -> Finding:
    if not totals.queued:
        return ("ok", "nothing waits to be sent", "")
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(totals.waiting_since))
    pulses = "1 pulse waits" if totals.pulses == 1 else f"{number(totals.pulses)} pulses wait"
    text = f"{number(totals.queued)} XP in {pulses} to be sent, the oldest since {since}"
    if time.time() - totals.waiting_since > _DAY:
        return ("warn", f"{text}; a week is the limit", ":CodeStatsFlush")
    return ("ok", text, "")


def _lost(totals: Totals) -> list[Finding]:
    counts = {"in doubt": totals.in_doubt, "too old to be sent": totals.expired, "rejected": totals.rejected}
    return [("info", f"{number(xp)} XP {what}", "") for what, xp in counts.items() if xp]


def _lease(sender: str, holder: str) -> Finding:
    who = "no" if not sender else "this" if sender == holder else "another"
    return ("ok", f"{who} editor is sending at this moment", "")


def _others(directory: Path) -> list[Finding]:
    """Spools of machines that share the home; or of this one, before it was installed again (paths.machine_key)."""
    own = paths.database_file(directory)
    findings: list[Finding] = []
    for path in sorted(directory.glob("spool-*.sqlite3")):
        if path != own:
            day = time.strftime("%Y-%m-%d", time.localtime(path.stat().st_mtime))
            text = f"{path.name}, last written {day}, is another machine's, or this one's before it was set up again"
            move = f"mv {shlex.quote(str(path))} {shlex.quote(str(own))}"
            findings.append(("info", text, "" if own.exists() else move))
    return findings


def _leftovers(directory: Path) -> list[Finding]:
    handovers = [path for path in paths.handover_dirs(directory, os.environ) if path.is_dir()]
    files = [path for handover in handovers for path in _within(handover)]
    waiting = [path for path in files if path.suffix in (".json", ".taken")]
    aside = [path for path in files if path.suffix == ".broken"] + list(directory.glob("spool-*.damaged-*"))
    findings: list[Finding] = [
        (
            "warn",
            f"{path}, or what is in it, belongs to another user: XP is not taken in from there",
            paths.owning_command(path),
        )
        for path in handovers
        if not os.access(path, os.W_OK) or any(map(_is_closed, [path, *_within(path)]))
    ]
    if waiting:
        text = f"{len(waiting)} hand-over files of editors that were left wait to be taken in"
        findings.append(("info", text, ""))
    return findings + [
        (
            "warn",
            f"{path} could not be read and was set aside: when the XP in it is of no use",
            f"rm {shlex.quote(str(path))}",
        )
        for path in sorted(aside)
    ]


def _is_closed(path: Path) -> bool:
    return paths.is_foreign(path) or not os.access(path, os.R_OK)


def _within(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except OSError:
        return []
