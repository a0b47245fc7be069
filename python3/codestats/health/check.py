"""What the health check finds out in Python: this Python, the spool, the service, files that give the token away.

`collect` returns findings for `:checkhealth codestats`, `:CodeStatsHealth` and `python3 -m codestats health`; the
editor's own part is autoload/codestats/health.vim. It reads and asks, changes nothing, and never shows the token.
"""

from __future__ import annotations

import platform
import shlex
import sqlite3
import sys
import sysconfig
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codestats import __version__, paths
from codestats.credentials import kept_in, redact
from codestats.exceptions import CodeStatsError
from codestats.health import secret_scan
from codestats.health.jobs import job_findings
from codestats.health.names import name_findings
from codestats.health.service import service_findings
from codestats.health.storage import data_findings
from codestats.install.requirements import OLDEST, lacking, version_of
from codestats.jobs.job import jobs_dir
from codestats.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from codestats.health.finding import Finding
    from codestats.settings import Settings
    from codestats.work import Work

__all__ = ["collect", "start"]


def start(  # noqa: PLR0913, PLR0917 (all that it tells of)
    message: Mapping[str, Any],
    settings: Settings,
    directory: Path | None,
    holder: str,
    deliver: Callable[[dict[str, Any]], None],
    work: Work,
) -> None:
    """Answer a `health` message {id, files, directories, packages} from a thread of its own, as a piece of `work`."""

    def run() -> None:
        try:
            places = [*_strings(message.get("files")), *_strings(message.get("directories"))]
            findings = collect(settings, directory, holder, places, _strings(message.get("packages")))
            deliver(
                {
                    "type": "health",
                    "id": message.get("id"),
                    "entries": [list(finding) for finding in findings],
                }
            )
        finally:
            work.done()

    work.begin()
    threading.Thread(target=run, name="codestats-health", daemon=True).start()


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def collect(
    settings: Settings,
    directory: Path | None,
    holder: str = "",
    places: Iterable[str] = (),
    packages: Iterable[str] = (),
) -> list[Finding]:
    """All findings. `places`: files and directories that may have the token in them; `holder`: our lease's name."""
    findings: list[Finding] = []
    parts: dict[str, Callable[[], list[Finding]]] = {
        "Python": lambda: _python(packages),
        "Data": lambda: data_findings(directory, holder),
        "Secrets": lambda: _secrets({settings.api_key, _kept_token(directory)} - {""}, places),
        "Service": lambda: service_findings(settings, directory),
    }
    if names := _names(settings, directory):
        parts["Languages"] = lambda: names
    if directory and jobs_dir(directory).is_dir():
        parts["Backups"] = lambda: job_findings(directory)
    for title, part in parts.items():
        findings.append(("start", title, ""))
        try:
            findings += part()
        except Exception as error:  # noqa: BLE001 (the other parts are still wanted)
            findings.append(
                ("error", f"this could not be checked: {type(error).__name__}: {error}", ":CodeStatsLog")
            )
    return [(level, clean(redact(text, settings.api_key)), advice) for level, text, advice in findings]


def _names(settings: Settings, directory: Path | None) -> list[Finding]:
    """Only of what is to be settled; what the disk has against it is told with the data."""
    with suppress(CodeStatsError, OSError):
        return name_findings(settings, directory)
    return []


def _python(packages: Iterable[str]) -> list[Finding]:
    findings: list[Finding] = [
        ("ok", f"codestats.vim {__version__} in Python {_version()}, {sys.executable}", ""),
        ("info", f"SQLite {sqlite3.sqlite_version} on {platform.system()} {platform.release()}", ""),
    ]
    return findings + [_package(package) for package in dict.fromkeys(("urllib3", *packages))]


def _version() -> str:
    build = "free-threaded" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"{platform.python_version()} ({build})" if build else platform.python_version()


def _package(package: str) -> Finding:
    module = sys.modules.get(package)
    version = str(getattr(module, "__version__", "") or version_of(package) or "")
    oldest = ".".join(map(str, OLDEST.get(package, ())))
    if module is None and lacking(package):
        return ("error", f"{package} {oldest} or newer is missing here", ":CodeStatsInstall")
    return ("ok", f"{package} {version or '(of unknown version)'}", "")


def _kept_token(directory: Path | None) -> str:
    """What is in the file of :CodeStatsLogin, be it the token in use or not."""
    with suppress(OSError, ValueError):
        return kept_in(paths.token_file(directory)) if directory else ""
    return ""


def _secrets(tokens: Collection[str], places: Iterable[str]) -> list[Finding]:
    if not tokens:
        return [("info", "there is no token to look for", "")]
    found = secret_scan.find(tokens, places)
    findings: list[Finding] = []
    for file in found:
        if file.is_public:
            text = f"others on this machine can read the token in {file.path}"
            findings.append(("warn", text, f"chmod 600 {shlex.quote(str(file.path))}"))
        if file.is_tracked:
            advice = (
                "move it with :CodeStatsLogin, take it out of the file, and revoke this token at the service"
            )
            findings.append(("warn", f"git tracks {file.path}, which has the token in it", advice))
        if not (file.is_public or file.is_tracked):
            findings.append(("ok", f"the token in {file.path} is yours alone to read", ""))
    return findings or [("ok", "the token is in no settings file", "")]
