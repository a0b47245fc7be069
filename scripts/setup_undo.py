#!/usr/bin/env python3
"""Set fresh systems up by `codestats setup --yes`, and back: the whole home is compared, then XP has to arrive.

    scripts/setup_undo.py               bookworm, trixie and sid, as root and as a user
    scripts/setup_undo.py sid ada       what these words are all part of

Each is a fresh Debian with git, Python, cron and editors, without urllib3, pynvim and venv; the packages come from the
package index. Of the home all is compared but the compiled modules that Python itself leaves in the plugin's clone.
Root only; `make matrix-editors` first.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

import sandbox  # noqa: E402 - found by the line above, as are the others
from codestats.server import Service  # noqa: E402
from editors import EditorSpec  # noqa: E402
from newcomer import SUITES, home_of, layers  # noqa: E402
from support.editor.driver import Editor  # noqa: E402

EDITORS = {"bookworm": ("vim",), "trixie": ("vim", "nvim"), "sid": ("vim", "nvim")}
"""Of those that each has: bookworm's Neovim is 0.7."""
CLONE = "git clone -q https://github.com/codestats/codestats.vim ~/codestats.vim"
OWN = """
  mkdir -p ~/.vim/plugin
  printf 'set number\\r\\n' > ~/.vimrc
  printf '" mine' > ~/.vim/plugin/mine.vim
  echo '@daily true' | crontab -
"""
_CODESTATS = "cd ~/codestats.vim/python3 && python3 -m codestats"


def main() -> int:
    """Exit status 1 if a home was not as before, or XP did not arrive."""
    sandbox.isolate()
    words, failed = set(sys.argv[1:]), 0
    for suite in SUITES:
        for user in ("root", sandbox.USER):
            if words <= {suite, user}:
                began = time.monotonic()
                try:
                    said, is_good = go(suite, user), True
                except (AssertionError, RuntimeError, ValueError) as error:
                    said, is_good = f"FAILED: {type(error).__name__}: {error}", False
                failed += not is_good
                print(f"{suite:9} {user:5} {time.monotonic() - began:4.0f} s  {said}", flush=True)
    return 1 if failed else 0


def go(suite: str, user: str) -> str:
    """What was seen. Raises AssertionError, RuntimeError."""
    programs = "vim-nox neovim" if "nvim" in EDITORS[suite] else "vim-nox"
    below = layers(
        suite,
        "setup",
        f"install --no-install-recommends {programs} python3 cron",
        "purge python3-urllib3 python3-pynvim",
    )
    with sandbox.system(below) as system, Service() as service:
        run(system, user, CLONE + OWN)
        place = system.root / system.home(user).lstrip("/")
        setup = f"setup --yes --json --token-stdin --api-url {service.url} --backup ~/backups"
        line = f"echo {service.token()} | ({_CODESTATS} {setup})"
        before = seen(place), run(system, user, "crontab -l")
        first = actions(run(system, user, line))
        made = seen(place)
        again = actions(run(system, user, line))
        expect(set(again) == {"none"}, again)
        expect(ours(seen(place)) == ours(made), "the second run changed something")
        check_token(made, service.token())
        run(system, user, f"{_CODESTATS} setup --undo --yes")
        after = seen(place), run(system, user, "crontab -l")
        expect(after == before, sorted({*after[0].items()} ^ {*before[0].items()}) or after[1])
        run(system, user, line)
        xp = sum(typed(system, suite, user, editor, service) for editor in EDITORS[suite])
        return (
            f"{first.count('create')} changes ({len(set(made) - set(before[0]))} files and directories), again none,"
            f" undone: {len(before[0])} as before; set up again, {xp} of {xp} XP arrived; {backed_up(system, user)}"
        )


def expect(is_so: bool, otherwise: object) -> None:  # noqa: FBT001 (as `assert`)
    """Raise AssertionError if it is not so."""
    if not is_so:
        raise AssertionError(str(otherwise))


def run(system: sandbox.System, user: str, line: str) -> str:
    """Raises RuntimeError with what it said."""
    done = system.run(line, user=user)
    if done.returncode:
        raise RuntimeError(f"{line}: {done.stdout[-1500:]}")
    return done.stdout


def seen(home: Path) -> dict[str, tuple[int, int, str]]:
    """Every file, directory and link of a home: rights, owner, content."""
    found = {}
    for path in home.rglob("*"):
        if "__pycache__" not in path.parts or "codestats.vim" not in path.parts:
            told = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            content = str(path.readlink()) if path.is_symlink() else content
            found[str(path.relative_to(home))] = (told.st_mode, told.st_uid, content)
    return found


def ours(files: dict[str, tuple[int, int, str]]) -> dict[str, tuple[int, int, str]]:
    """All but the notes of what was done."""
    return {name: told for name, told in files.items() if not name.endswith("setup.json")}


def actions(output: str) -> list[str]:
    """Of the result that was printed."""
    told = json.loads(output.splitlines()[-1])
    expect(told["ok"], told)
    return [change["action"] for change in told["changes"]]


def check_token(files: dict[str, tuple[int, int, str]], token: str) -> None:
    """It is stored, for nobody else to read."""
    [(mode, _, content)] = [told for name, told in files.items() if name == ".local/state/codestats/token"]
    expect(mode & 0o777 == 0o600, oct(mode))
    expect(content == hashlib.sha256(f"{token}\n".encode()).hexdigest(), "another token")


def typed(system: sandbox.System, suite: str, user: str, editor: str, service: Service) -> int:
    """Five letters in an editor of whose configuration setup made all; returns their XP."""
    before = service.total()
    spec = EditorSpec(f"{suite} {editor}", editor, tuple(system.argv(user, editor)))
    with Editor.start(spec, home_of(system, user), plugin=None, args=["a.py"], cols=100) as running:
        running.keys("ihello<Esc>")
        running.wait_screen("C::S 5")
        running.command("call codestats#flush()")
        expect(service.wait_for_total(before + 5, timeout=60), running.messages())
        running.quit()
    return 5


def backed_up(system: sandbox.System, user: str) -> str:
    """The crontab's own line, run as cron does."""
    line = next(
        line for line in run(system, user, "crontab -l").splitlines() if "backup" in line and line[0] != "#"
    )
    run(system, user, line.split(" ", 5)[5].replace("\\%", "%"))
    said = run(system, user, f"{_CODESTATS} jobs --json")
    found = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    expect(len(found) == 1, f"jobs: {said!r}")
    [job] = found[0]["jobs"]
    expect(job["state"] == "done", job)
    return f"cron's line backed {job['size']} bytes up"


if __name__ == "__main__":
    sys.exit(main())
