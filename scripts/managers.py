#!/usr/bin/env python3
"""The README's install lines, each with its package manager in every editor it is for: does the first key count?

scripts/managers.py                     every manager and editor; the managers are cloned from GitHub
scripts/managers.py --from DIRECTORY       … from git repositories DIRECTORY/owner+name instead; also MANAGERS=DIRECTORY
scripts/managers.py vundle vim-9.1      only where each of these words is part of the manager's or the editor's name

Each run has a fresh home. The manager is put there as its documentation says and installs this checkout's last commit
by the README's line; the editor is started again, `ihello<Esc>` are its first keys, and 5 XP must arrive at an embedded
service, with no message, no manifest of `:UpdateRemotePlugins`, nothing changed in the plugin's directory, and the help
must be found. The editors' git is led to local copies and has no other protocol.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

import host_git  # noqa: E402 - found by the line above, as are the others
from codestats.server import Service  # noqa: E402
from editors import BUILD, MATRIX, find  # noqa: E402
from install_recipes import WAYS, Way, readme  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402

TABLE_FILE = BUILD / "managers.md"
OURS = "codestats/codestats.vim"
TYPED, EARNED = "ihello<Esc>", {"Python": 5}
PATIENCE = 60.0
"""Seconds for installing, and for the profile to come, on a loaded machine."""
SIZE = {"rows": 30, "cols": 100}
_LAST_ROWS = re.compile(r'(a\.py \[\+\])?("a\.py"[^"]*)?\s*(\d+,\d+\s+All)?\s*')
LEGEND = (
    "XP of `ihello<Esc>` as the first keys after the installation; “right” also where nothing was said, no manifest was"
    " written and the plugin's directory is as it was cloned."
)


@dataclass(slots=True)
class Run:
    """One way in one editor, and what came of it."""

    way: Way
    editor: str
    xp: str = "–"
    manager: str = ""
    wrong: list[str] = field(default_factory=list)

    def cell(self) -> str:
        """Of the table."""
        return f"✗ {self.xp}" if self.wrong else self.xp


class Sources:
    """GitHub as the editors' git sees it: {directory}/owner/name.git, bare; `managers` is where they come from."""

    def __init__(self, directory: Path, managers: str) -> None:
        self.directory = directory
        self._managers = managers

    def of(self, repository: str) -> str:
        """Where to have a manager from."""
        if not self._managers:
            return f"https://github.com/{repository}"
        directory = Path(self._managers, repository.replace("/", "+"))
        return str(directory / "repo" if (directory / "repo").exists() else directory)

    def add(self, repository: str, source: str) -> None:
        """Have it here, or raise CalledProcessError."""
        bare = self.directory / f"{repository}.git"
        output("git", "clone", "-q", "--bare", source, bare)
        for name in ("allowFilter", "allowAnySHA1InWant"):  # as GitHub has it
            output("git", "-C", bare, "config", f"uploadpack.{name}", "true")

    def git_config(self) -> str:
        """For ~/.gitconfig: these repositories at GitHub's address, also as vim-plug writes it."""
        addresses = ("https://github.com/", "https://git::@github.com/")
        lines = "".join(f"\tinsteadOf = {address}\n" for address in addresses)
        return f'[url "file://{self.directory}/"]\n{lines}[safe]\n\tdirectory = *\n'


def commit(directory: Path) -> str:
    """What is checked out there."""
    return output("git", "-C", directory, "log", "-1", "--format=%h of %cs").strip()


def output(*command: str | Path) -> str:
    """Of a command that has to end well."""
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        done.check_returncode()
    return done.stdout


# -- one way in one editor --------------------------------------------------


def go(run: Run, sources: Sources, directory: Path) -> None:
    """Install, start, type, and look; whatever goes wrong on the way is told."""
    try:
        with Service() as service:
            _go(run, sources, directory, service)
    except Exception as error:  # noqa: BLE001 - the table shall tell it
        said = f"\n{error.stdout}{error.stderr}" if isinstance(error, subprocess.CalledProcessError) else ""
        run.wrong.append(f"{type(error).__name__}: {error}{said}")
    told = "".join(f"\n       {text}" for text in run.wrong)
    print(f"{'FAILED' if run.wrong else 'ok    '} {run.editor:9} {run.way.name}: {run.xp}{told}", flush=True)


def _go(run: Run, sources: Sources, directory: Path, service: Service) -> None:
    spec, way = find(run.editor), run.way
    row = readme()[way.row]
    home = Home.make(Path(tempfile.mkdtemp(dir=directory)))
    (home.path / ".gitconfig").write_text(sources.git_config())
    only_local = {"GIT_ALLOW_PROTOCOL": "file", "GIT_TERMINAL_PROMPT": "0"}
    if way.place:
        place = way.filled(way.place, row, spec.kind)
        shell = {"env": {**home.env, **only_local}, "cwd": home.path, "capture_output": True, "text": True}
        subprocess.run(["/bin/sh", "-c", place], check=True, **shell)
        if row.repository:
            run.manager = f"{row.repository} {commit(next(home.path.rglob('.git')).parent)}"
    options = {
        **SIZE,
        "plugin": None,
        "vimrc": way.filled(way.vimrc, row, spec.kind),
        "variables": {"codestats_api_url": service.url, "codestats_api_key": service.token()},
        "env": {**only_local, **host_git.environment(spec, directory / "git")},
    }
    seen = ""
    if way.install:
        with Editor.start(spec, home, wait=False, **options) as editor:
            seen = install(editor, way)
    clone = next((path.parent for path in home.path.rglob("codestats.vim/.git")), None)
    if not clone:
        raise RuntimeError(f"nothing was installed; the screen:\n{seen}")
    with Editor.start(spec, home, args=["a.py"], **options) as editor:
        use(editor, way, service, run)
        editor.wait_alone()
    run.wrong += changes(clone)
    if list(home.path.rglob("rplugin.vim")):
        run.wrong.append("a manifest of :UpdateRemotePlugins")


def follow(editor: Editor, steps: Iterable[tuple[str, str]]) -> None:
    """Type, and wait for what the screen has after it."""
    for keys, pattern in steps:
        editor.keys(keys, settle=False)
        editor.wait_screen(pattern, timeout=PATIENCE)


def install(editor: Editor, way: Way) -> str:
    """The manager's own command, or its questions when the editor starts; returns the screen after it."""
    if way.install[0][0]:
        editor.wait_started()
    follow(editor, way.install)
    editor.wait_started()
    seen = editor.screen_text()
    editor.quit()
    editor.wait_alone()
    return seen


def use(editor: Editor, way: Way, service: Service, run: Run) -> None:
    """The first keys, and what they come to."""
    follow(editor, way.load)
    editor.keys(TYPED)
    text, *empty, line_before_last, last = editor.screen()
    last_rows = all(line == "~" or _LAST_ROWS.fullmatch(line) for line in (line_before_last, last))
    if text != "hello" or set(empty) != {"~"} or not last_rows:
        run.wrong.append("the screen:\n" + editor.screen_text())
    editor.command("call codestats#flush()")
    service.wait_for_total(sum(EARNED.values()), timeout=20)
    editor.wait_until("codestats#status().unsent == 0")
    run.xp = str(service.total())
    if service.xp() != EARNED:
        run.wrong.append(f"{service.xp()} instead of {EARNED}")
    if editor.messages():
        run.wrong.append(f"messages: {editor.messages()}")
    editor.command("help codestats")
    if editor.eval("expand('%:t')") != "codestats.txt":
        run.wrong.append("no help")
    editor.quit()


def changes(clone: Path) -> list[str]:
    """What is otherwise in the plugin's directory than in our commit; the help's tags are the same."""
    status = output("git", "-C", clone, "status", "--porcelain", "--ignored").splitlines()
    found = [f"in the plugin's directory: {line}" for line in status]
    if output("git", "-C", clone, "rev-parse", "HEAD") != output("git", "-C", REPO, "rev-parse", "HEAD"):
        found.append("not our last commit was installed")
    return found


# -- all of them ------------------------------------------------------------


def markdown(runs: list[Run]) -> str:
    """The table with its heading, ready to be quoted."""
    cells = {(run.way.name, run.editor): run.cell() for run in runs}
    head = [f"| manager | {' | '.join(MATRIX)} |", f"|{'---|' * (len(MATRIX) + 1)}"]
    names = dict.fromkeys(run.way.name for run in runs)
    rows = [
        f"| {name} | " + " | ".join(cells.get((name, editor), "") for editor in MATRIX) + " |"
        for name in names
    ]
    right = f"{sum(not run.wrong for run in runs)} of {len(runs)} right."
    used = [f"{OURS} {commit(REPO)}", *(run.manager for run in runs if run.manager)]
    used += [f"{name}: {find(name).version()}" for name in MATRIX if name in {run.editor for run in runs}]
    used = [f"- {text}" for text in dict.fromkeys(used)]
    today = dt.datetime.now(tz=dt.timezone.utc).date()
    return "\n".join([f"Run on {today}.", "", *used, "", *head, *rows, "", f"{right} {LEGEND}", ""])


def chosen(words: list[str]) -> list[Run]:
    """Those whose manager or editor has each of these words in its name."""
    return [
        Run(way, editor)
        for way in WAYS
        for editor in way.editors
        if all(word.lower() in f"{way.name}\n{editor}".lower() for word in words)
    ]


def prepared(runs: list[Run], directory: Path, managers: str) -> Sources:
    """What the runs need besides their homes, below {directory}. Raises CalledProcessError or LookupError."""
    rows = readme()
    if set(rows) != {way.row for way in WAYS}:
        raise LookupError(f"README.md has other rows than install_recipes.py: {', '.join(rows)}")
    sources = Sources(directory / "github", managers)
    sources.add(OURS, str(REPO))
    for repository in dict.fromkeys(rows[run.way.row].repository for run in runs):
        if repository:
            sources.add(repository, sources.of(repository))
    for run in runs:
        host_git.environment(find(run.editor), directory / "git")
    return sources


def main() -> int:
    """Exit status 1 if a manager could not be had, if nothing was tried, or if anything was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--from", dest="managers", default=os.environ.get("MANAGERS", ""), metavar="DIRECTORY"
    )
    parser.add_argument("-n", "--workers", type=int, default=2, help="at once (default: %(default)s)")
    parser.add_argument("words", nargs="*", help="for example: vundle vim-9.1")
    options = parser.parse_args()
    runs = chosen(options.words)
    # Below /tmp, which the editors in Debian roots see.
    with tempfile.TemporaryDirectory(prefix="cs-managers-", dir="/tmp", ignore_cleanup_errors=True) as name:
        try:
            sources = prepared(runs, Path(name), options.managers)
        except (subprocess.CalledProcessError, LookupError) as error:
            print(f"managers: {error}", file=sys.stderr)
            return 1
        with ThreadPoolExecutor(options.workers) as pool:
            list(pool.map(lambda run: go(run, sources, Path(name)), runs))
    text = markdown(runs)
    print(text)
    if not options.words:
        TABLE_FILE.write_text(text)
        print(f"written to {TABLE_FILE.relative_to(REPO)}")
    return int(not runs or any(run.wrong for run in runs))


if __name__ == "__main__":
    sys.exit(main())
