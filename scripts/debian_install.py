#!/usr/bin/env python3
"""Install the Debian package in fresh systems and type: no line of configuration but the token, and 5 XP must arrive.

    scripts/debian_install.py               bookworm, trixie and sid, Vim and Neovim
    scripts/debian_install.py sid           these suites

Root only; `make deb` and `make matrix-editors` first.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

import sandbox  # noqa: E402 - found by the line above, as are the others
from codestats.server import Service  # noqa: E402
from debian_package import DEB  # noqa: E402
from editors import ROOTS, EditorSpec  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402

SUITES = ("bookworm", "trixie", "sid")
PROGRAMS = {"vim": "vim-nox", "nvim": "neovim python3-pynvim"}
TOO_OLD = {("bookworm", "nvim")}  # Neovim 0.7


def try_out(suite: str, editor: str, below: list[Path], package: Path) -> str:
    """What came of it, '' for all is well."""
    with sandbox.system(below) as system, Service() as service:
        (system.root / "root" / package.name).write_bytes(package.read_bytes())
        wanted = f"{PROGRAMS[editor]} /root/{package.name}"
        done = system.run(f"apt-get update -q && apt-get install -qy --no-install-recommends {wanted}")
        if done.returncode:
            return done.stdout[-1500:]
        spec = EditorSpec(f"{suite} {editor}", editor, tuple(system.argv("root", editor)))
        home = Home.make(system.root / "root")
        variables = {"codestats_api_url": service.url, "codestats_api_key": service.token()}
        with Editor.start(spec, home, variables=variables, plugin=None, args=["a.py"]) as running:
            running.keys("ihello<Esc>")
            running.command("call codestats#flush()")
            running.command("help codestats")
            service.wait_for_total(5)
            running.keys(":q<CR>")
            said = [
                line for line in running.messages().splitlines() if re.search(r"\bE\d+:|codestats: ", line)
            ]
            running.quit()
        removed = system.run("apt-get purge -qy vim-codestats")
        found = system.run("find /usr/share -path '*codestats*'").stdout.splitlines()
        left = [line for line in found if line.startswith("/")]
        return "; ".join([*said, *left, *([removed.stdout] if removed.returncode else [])])


def main() -> int:
    """Exit status 1 if something was in the way."""
    package = next(DEB.glob("*.deb"), None)
    if package is None:
        print("debian_install: run `make deb` first", file=sys.stderr)
        return 1
    sandbox.isolate()
    failed = 0
    for suite in sys.argv[1:] or SUITES:
        below = [sandbox.base(ROOTS / suite, REPO), ROOTS / suite]
        for editor in PROGRAMS:
            if (suite, editor) in TOO_OLD:
                continue
            problem = try_out(suite, editor, below, package)
            failed += bool(problem)
            print(
                f"{suite:9} {editor:5} {problem or 'installed, 5 of 5 XP arrived, removed without a rest'}",
                flush=True,
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
