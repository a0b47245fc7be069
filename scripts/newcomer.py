#!/usr/bin/env python3
"""A newcomer's way, on fresh Debian systems: from the README's line for packages to the first XP at a service.

    scripts/newcomer.py                       every system, editor and user, `make demo` too; tables in .build/
    scripts/newcomer.py --only sid,vim,ada    what these words are all part of
    scripts/newcomer.py --make demo           the README's command, as root and as an ordinary user (also: `test`)

The newcomer knows the README and does what the plugin says, nothing else. Root only; `make matrix-editors` first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

import sandbox  # noqa: E402 - found by the line above, as are the others
import setup  # noqa: E402
from codestats.server import Service  # noqa: E402
from editors import ROOTS, EditorSpec  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402

LOGS = REPO / ".build" / "newcomer"
TABLE = REPO / ".build" / "newcomer.md"
SUITES = ("bookworm", "trixie", "sid")
PACKAGES = {"vim": "python3-urllib3", "nvim": "python3-urllib3 python3-pynvim"}
PROGRAMS = {"vim": "vim-nox", "nvim": "neovim"}
TYPED, EARNED = "ihello<Esc>", 5
PATIENCE = 240.0
"""Seconds until the newcomer gives up, installing on a loaded machine included."""
TOO_OLD = "codestats: needs Vim 9.0 or Neovim 0.10, or newer; nothing is counted here."


@dataclass(frozen=True, slots=True)
class Case:
    """Where somebody begins: `packages` tells whether Debian's packages of PACKAGES are there."""

    suite: str
    editor: str
    user: str
    packages: bool

    @property
    def name(self) -> str:
        """The words that --only looks for."""
        return f"{self.suite} {self.editor} {self.user} {'with' if self.packages else 'without'}"


@dataclass(slots=True)
class Journey:
    """What somebody had to do, and what came of it."""

    where: tuple[str, ...]
    steps: list[str] = field(default_factory=list)
    outcome: str = ""
    ok: bool = False
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def row(self) -> str:
        """Of the table."""
        steps = " → ".join(f"`{step}`" for step in self.steps)
        cells = [*self.where, str(len(self.steps)), self.outcome, f"{self.seconds:.0f} s", steps]
        return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Go all the ways; exit status 1 if one did not lead there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="WORDS", help="for example sid,vim,ada,without")
    parser.add_argument(
        "--make", default="", metavar="TARGET", help="a README command instead, for example demo"
    )
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("newcomer: only root can make fresh systems", file=sys.stderr)
        return 1
    sandbox.isolate()
    LOGS.mkdir(parents=True, exist_ok=True)
    words = set(filter(None, options.only.split(",")))
    if options.make:
        return judged(list(told(made(options.make, words))))
    commit = setup.output("git", "-C", REPO, "rev-parse", "--short", "HEAD").strip()
    journeys = list(told(arrivals(words)))
    if words:
        return judged(journeys)
    demos = list(told(made("demo", words)))
    write_tables(commit, journeys, demos)
    return judged(journeys + demos)


def judged(journeys: list[Journey]) -> int:
    """The exit status for these; nobody having gone anywhere is a failure too."""
    return int(not journeys or not all(journey.ok for journey in journeys))


def told(journeys: Iterable[Journey]) -> Iterator[Journey]:
    """Print each as it ends."""
    for journey in journeys:
        print(("ok     " if journey.ok else "FAILED ") + journey.row(), flush=True)
        yield journey


# -- the install line -------------------------------------------------------


def arrivals(words: set[str]) -> Iterator[Journey]:
    """From the install line to the first XP, everywhere; the systems side by side."""

    def go(suite: str) -> list[Journey]:
        chosen = [case for case in cases(suite) if words <= set(case.name.split())]
        return [timed(partial(arrive, case), case.name.split()[:3]) for case in chosen]

    with ThreadPoolExecutor(len(SUITES)) as pool:
        for journeys in pool.map(go, SUITES):
            yield from journeys


def cases(suite: str) -> list[Case]:
    """All ways to begin on one system."""
    return [
        Case(suite, editor, user, packages)
        for editor in PROGRAMS
        for user in ("root", sandbox.USER)
        for packages in (True, False)
    ]


def timed(travel: Callable[[Journey], None], where: list[str]) -> Journey:
    """Let somebody go; whatever goes wrong on the way is the outcome."""
    journey = Journey(tuple(where))
    try:
        travel(journey)
    except Exception as error:  # noqa: BLE001 - the table shall tell it
        journey.ok = False
        journey.outcome = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    journey.seconds = time.monotonic() - journey.started
    return journey


_layers: dict[tuple[str, ...], list[Path]] = {}


def layers(suite: str, name: str, *apt_lines: str) -> list[Path]:
    """The layers of a system on which these apt-get lines were run, made when first needed."""
    root = ROOTS / suite
    if (suite,) not in _layers:
        _layers[suite,] = [sandbox.base(root, REPO), root]
    if (suite, name) not in _layers:
        _layers[suite, name] = [
            sandbox.layer(f"{suite}-{name}", _layers[suite,], *apt_lines),
            *_layers[suite,],
        ]
    return _layers[suite, name]


def arrive(case: Case, journey: Journey) -> None:
    """Install, tell the token, type, and do what the plugin says until the XP is there."""
    begin = f"{case.editor}-{'with' if case.packages else 'without'}"
    change = "install" if case.packages else "purge"
    lines = [
        f"install --no-install-recommends {PROGRAMS[case.editor]} python3",
        f"{change} {PACKAGES[case.editor]}",
    ]
    if not case.packages and case.editor == "vim":
        lines[1] = f"purge {PACKAGES['nvim']}"
    below = layers(case.suite, begin, *lines)
    journey.started = time.monotonic()
    with sandbox.system(below) as system, Service() as service:
        spec = EditorSpec(case.name, case.editor, tuple(system.argv(case.user, case.editor)))
        journey.where += ("yes" if case.packages else "no", short(spec.version()))
        clone = install_line(case.editor)
        journey.steps.append(clone.replace("https://github.com/codestats/", "…/"))
        done = system.run(clone, user=case.user)
        if done.returncode:
            raise RuntimeError(done.stdout)
        home = home_of(system, case.user)
        variables = {"codestats_api_url": service.url, "codestats_api_key": service.token()}
        journey.steps.append("let g:codestats_api_key = '…'")
        with Editor.start(
            spec, home, variables=variables, plugin=None, args=["hello.py"], cols=100
        ) as editor:
            use(editor, system, service, journey)


def short(version: str) -> str:
    """The number in `NVIM v0.10.4` or `VIM 9.1 (…)`."""
    return re.sub(r"^(NVIM v|VIM )([\d.]+).*", r"\2", version)


def install_line(editor: str) -> str:
    """The README's line for packages."""
    row = re.search(
        r"^\| packages \| `(git clone \S+) (\S+)`, in Neovim `(\S+)`",
        (REPO / "README.md").read_text(),
        re.MULTILINE,
    )
    if not row:
        raise LookupError("README.md has no install line for packages")
    return f"{row[1]} {row[2 if editor == 'vim' else 3]}"


def home_of(system: sandbox.System, user: str) -> Home:
    """Their home, seen from outside; the driver's directories in it are theirs."""
    home = Home.make(system.root / system.home(user).lstrip("/"))
    (home.config / "nvim").mkdir(exist_ok=True)
    system.run(f"chown -R {user}: ~{user}")
    return home


def use(editor: Editor, system: sandbox.System, service: Service, journey: Journey) -> None:
    """Type, and follow the plugin's advice until the XP arrives or nothing more is said."""
    editor.keys(TYPED)
    if TOO_OLD in editor.messages():
        judge_too_old(editor, service, journey)
        return
    followed: list[str] = []
    end = time.monotonic() + PATIENCE
    while service.total() < EARNED and time.monotonic() < end:
        advice = next(iter(commands_in(editor.messages())[len(followed) :]), "")
        if advice:
            followed.append(advice)
            follow(advice, editor, system, journey)
        time.sleep(0.2)
    journey.ok = service.total() == EARNED
    journey.outcome = f"{service.total()} XP"
    if not journey.ok or re.search(r"\bE\d+:|Traceback", editor.messages()):
        journey.ok = False
        journey.outcome += "; " + " / ".join(editor.messages().splitlines()[-4:])
    editor.quit()


def judge_too_old(editor: Editor, service: Service, journey: Journey) -> None:
    """One line and nothing else: no commands, no files, nothing sent, and the text is typed as ever."""
    said = [line for line in editor.messages().splitlines() if "codestats" in line]
    quiet = not editor.eval("exists(':CodeStatsStatus')") and not editor.home.data_dir.exists()
    journey.ok = said == [TOO_OLD] and quiet and service.total() == 0 and editor.lines() == ["hello"]
    journey.outcome = f"says “{TOO_OLD}” and does nothing"
    editor.quit()


def commands_in(messages: str) -> list[str]:
    """What the messages so far told to do, in their order."""
    found = re.finditer(r"type (:CodeStats\w+)|`((?:sudo )?apt[^`]+)`", messages)
    return [match[1] or match[2] for match in found]


def follow(advice: str, editor: Editor, system: sandbox.System, journey: Journey) -> None:
    """Do it: in the editor, or in a shell. Whoever was told of a shell command was told to install again after it."""
    journey.steps.append(advice)
    if advice.startswith(":"):
        editor.keys(advice + "<CR>")
        return
    system.apt(re.sub(r"^(sudo )?apt(-get)? ", "", advice))
    journey.steps.append(":CodeStatsInstall")
    editor.keys(":CodeStatsInstall<CR>")


# -- the README's two commands ----------------------------------------------


def made(target: str, words: set[str]) -> Iterator[Journey]:
    """`make TARGET` in a fresh clone, on systems with git, make and python3, and no editor."""
    for suite in SUITES:
        for user in ("root", sandbox.USER):
            if words <= {suite, user}:
                yield timed(partial(make, suite, user, target), [suite, user])


def make(suite: str, user: str, target: str, journey: Journey) -> None:
    """Clone and make; what setup.py says is missing is installed, then again."""
    editors = " ".join((*PROGRAMS.values(), PACKAGES["nvim"]))
    below = layers(suite, "make", f"purge {editors}", "install --no-install-recommends make python3")
    log = LOGS / f"make-{target.split(maxsplit=1)[0]}-{suite}-{user}.log"
    log.unlink(missing_ok=True)
    journey.started = time.monotonic()
    with sandbox.system(below) as system:
        system.run("git clone https://github.com/codestats/codestats.vim", user=user, log=log)
        while True:
            journey.steps.append(f"make {target}")
            done = system.run(f"cd codestats.vim && make {target}", user=user, log=log)
            asked = re.search(r"install it with: sudo apt-get (install .+)", done.stdout)
            if done.returncode == 0 or not asked or f"sudo apt-get {asked[1]}" in journey.steps:
                break
            journey.steps.append(f"sudo apt-get {asked[1]}")
            system.apt(asked[1])
    journey.ok = done.returncode == 0
    journey.outcome = gist(done.stdout)


def gist(output: str) -> str:
    """What was received, or the test runner's last line, or the last line of all."""
    lines = re.findall(r"The service received \d+ XP|=+ (.*(?:passed|failed).*) =+", output)
    found = re.findall(r"The service received \d+ XP", output) or [line for line in lines if line]
    return "; ".join(found) or " ".join(output.strip().splitlines()[-1:])[:300]


# -- the table --------------------------------------------------------------


HEAD = """\
# A newcomer's way

Made by `make test-newcomer` on {date}, at {commit}.

Each row is a fresh Debian system with git, Python and the editor: the README's line for packages, the token in the
vimrc, `hello` typed, and then what the plugin says until the 5 XP are at an embedded service. "Packages" are Debian's
`python3-urllib3` and, for Neovim, `python3-pynvim`. There is no python3-venv, as on any fresh Debian; `sudo` is not
typed where the shell is root's, and what it would run is run by root. A step in the vimrc counts as a command.

The systems are the debootstrap roots (minbase) of the matrix under an overlay in memory, with packages installed or
purged as the row says. Laid into each: this machine's name resolution, its certificate authorities with a
`/etc/pip.conf` that names them, `Acquire::Check-Valid-Until "false"` for apt, and a line of `/etc/gitconfig` that
takes GitHub's address to our commits.

| system | editor | user | packages | version | commands | outcome | time | which |
|---|---|---|---|---|---|---|---|---|
"""
DEMO_HEAD = """
The README's `make demo`, in a fresh clone on the same systems with git, make and Python 3, and no editor:

| system | user | commands | outcome | time | which |
|---|---|---|---|---|---|
"""


def write_tables(commit: str, journeys: list[Journey], demos: list[Journey]) -> None:
    """Into .build/newcomer.md."""
    today = dt.datetime.now(tz=dt.timezone.utc).date()
    rows = ["".join(f"{journey.row()}\n" for journey in some) for some in (journeys, demos)]
    TABLE.write_text(HEAD.format(date=today, commit=commit) + rows[0] + DEMO_HEAD + rows[1])


if __name__ == "__main__":
    sys.exit(main())
