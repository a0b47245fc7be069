#!/usr/bin/env python3
"""Which editors there are to test with, and how each is started.

    scripts/editors.py          list them: name, kind, version

Names: `nvim` and `vim` are the editors at hand (what `make test` uses); `vim-9.0`, `vim-9.1`, `vim-9.2`, `nvim-0.10`,
`nvim-0.11`, `nvim-0.12` are those of the matrix, set up by scripts/matrix.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
BUILD = REPO / ".build"
ROOTS = BUILD / "roots"
CHROOT_RUN = REPO / "scripts" / "chroot-run"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


class MissingEditorError(LookupError):
    """An editor that was asked for is not there; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class EditorSpec:
    """One editor: `kind` is "vim" or "nvim", `command` starts it, `env` is what its environment has of its own."""

    name: str
    kind: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    packages: Path | None = None
    """Python packages that its users have installed as their own, where the machine's Python has none."""

    def version(self) -> str:
        """The first line of --version, shortened: 'NVIM v0.11.4', 'VIM 9.0 (1-1378, …)'."""
        lines = self.output("--version").splitlines()
        if not lines:
            return "does not start"
        if self.kind == "nvim":
            return lines[0]
        patches = next((line.partition(": ")[2] for line in lines if line.startswith("Included patches")), "")
        return f"VIM {lines[0].split()[4]} ({patches})"

    def output(self, *arguments: str) -> str:
        """What it prints when started with these arguments and no terminal."""
        env = {"PATH": SYSTEM_PATH, "HOME": "/nonexistent", **self.env}
        command = [*self.command, *arguments]
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=30)
        return done.stdout


# name → (kind, Debian suite that has it)
DEBIAN_EDITORS = {
    "vim-9.0": ("vim", "bookworm"),
    "vim-9.1": ("vim", "trixie"),
    "vim-9.2": ("vim", "sid"),
    "nvim-0.10": ("nvim", "trixie"),
    "nvim-0.12": ("nvim", "sid"),
}
MATRIX = ("vim-9.0", "vim-9.1", "vim-9.2", "nvim-0.10", "nvim-0.11", "nvim-0.12")
AT_HAND = ("nvim", "vim")


def find(name: str) -> EditorSpec:
    """The editor of that name; raises MissingEditorError if it is not set up."""
    if name in DEBIAN_EDITORS:
        return _in_root(name, *DEBIAN_EDITORS[name])
    if name == "vim":
        return _vim_at_hand()
    if name in ("nvim", "nvim-0.11"):
        return _nvim_at_hand(name)
    raise MissingEditorError(f"no editor is called {name}; known: {', '.join((*AT_HAND, *MATRIX))}")


def _in_root(name: str, kind: str, suite: str) -> EditorSpec:
    root = ROOTS / suite
    if not (root / "usr/bin" / kind).exists():
        raise MissingEditorError(f"{name} is not set up: `make matrix-editors` (as root) does it")
    return EditorSpec(name, kind, (str(CHROOT_RUN), str(root), f"/usr/bin/{kind}"), {"PATH": SYSTEM_PATH})


def _vim_at_hand() -> EditorSpec:
    vim = shutil.which("vim")
    if not vim:
        raise MissingEditorError("no vim in PATH: `make setup` installs it or says what to install")
    # An embedded Python finds its library by the first python3 in PATH: that must be the one Vim was linked with.
    path = f"{Path(vim).parent}:{SYSTEM_PATH}"
    return EditorSpec("vim", "vim", (vim,), {"PATH": path}, BUILD / "pylib")


def _nvim_at_hand(name: str) -> EditorSpec:
    """The Neovim of PyPI where setup.py put one, else that in PATH (`nvim-0.11` is always PyPI's)."""
    pypi = BUILD / "bin" / "nvim"
    nvim = str(pypi) if pypi.exists() else shutil.which("nvim") if name == "nvim" else None
    if not nvim:
        raise MissingEditorError(f"no {name} here: `make setup` installs it from PyPI")
    return EditorSpec(name, "nvim", (nvim,), {"PATH": _path()})


def _path() -> str:
    """PATH for the editors at hand: the virtual environment's Python (it has pynvim) before the system's."""
    return f"{BUILD / 'venv' / 'bin'}:{BUILD / 'bin'}:{os.environ.get('PATH', SYSTEM_PATH)}"


def lay_plugin(kind: str, home: Path, data: Path) -> None:
    """Put this repository into a home as a package that starts with the editor (`data`: its XDG_DATA_HOME)."""
    packages = home / ".vim" if kind == "vim" else data / "nvim" / "site"
    link = packages / "pack" / "test" / "start" / "codestats.vim"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(REPO)


def lay_packages(home: Path, packages: Path) -> None:
    """Let the machine's own Pythons, of whatever version, have these as the packages of the home's user."""
    for minor in range(8, 21):
        site = home / ".local" / "lib" / f"python3.{minor}" / "site-packages"
        site.parent.mkdir(parents=True, exist_ok=True)
        site.unlink(missing_ok=True)
        site.symlink_to(packages)


def main() -> None:
    """List the editors."""
    for name in (*AT_HAND, *MATRIX):
        try:
            spec = find(name)
        except MissingEditorError as error:
            print(f"{name:10} missing: {error}")
        else:
            print(f"{name:10} {spec.kind:5} {spec.version()}")


if __name__ == "__main__":
    main()
