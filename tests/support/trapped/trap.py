"""A directory as an attacker would lay it out: whatever is run of it leaves a mark."""

from __future__ import annotations

import sys
from pathlib import Path

from support import wheelhouse

MODULES = {
    *sys.stdlib_module_names, "sitecustomize", "usercustomize", "codestats", "codestats_nvim",
    "urllib3", "pynvim", "msgpack", "greenlet", "typing_extensions", "socks", "brotli", "zstandard", "h2", "idna",
    "certifi", "pip", "_distutils_hack", "uv",
}  # fmt: skip
PROGRAMS = (
    "python3", "python", *(f"python3.{minor}" for minor in range(8, 21)), "pynvim-python", "uv", "pip", "pip3", "git",
    "sh", "bash", "env", "cat", "printf", "xdg-open", "wslview", "explorer.exe", "open", "apt-get", "dnf", "vim",
    "nvim", "node",
)  # fmt: skip
DIRECTORIES = ("", "bin", "node_modules/.bin")
EVIL = "evil-wheels"


class Trap:
    """Lays the directory out; `sprung()` says what of it was run."""

    def __init__(self, directory: Path, marks: Path) -> None:
        self.directory = directory
        self._marks = marks
        self._lay_modules()
        self._lay_programs()
        self._lay_settings()

    def sprung(self) -> list[str]:
        """What ran, each once, in the order of its first time."""
        lines = self._marks.read_text().splitlines() if self._marks.exists() else []
        return list(dict.fromkeys(lines))

    def _lay_modules(self) -> None:
        """A file of each name, and a library for each Python that $PYTHONHOME could mean."""
        library = self.directory / "lib"
        library.mkdir(parents=True, exist_ok=True)
        module = library / "trap.py"
        module.write_text(self._marking("{__name__} as a module"))
        for directory in (self.directory, library):
            for name in MODULES:
                (directory / f"{name}.py").symlink_to(module)
        for minor in range(8, 21):
            (library / f"python3.{minor}").symlink_to(library)
            packages = self.directory / ".local" / "lib" / f"python3.{minor}"
            packages.mkdir(parents=True)
            (packages / "site-packages").symlink_to(library)
        (library / "site-packages").symlink_to(library)
        (library / "trap.pth").write_text("import sitecustomize\n")

    def _marking(self, what: str) -> str:
        return f"with open({str(self._marks)!r}, 'a') as marks:\n    marks.write(f'{what}\\n')\n"

    def _lay_programs(self) -> None:
        text = f"#!/bin/sh\necho \"${{0##*/}} as a program\" >> '{self._marks}'\n"
        for directory in DIRECTORIES:
            (self.directory / directory).mkdir(parents=True, exist_ok=True)
            for name in PROGRAMS:
                program = self.directory / directory / name
                program.write_text(text)
                program.chmod(0o755)

    def _lay_settings(self) -> None:
        """Those that tools look for in the current directory and above it."""
        wheels = self.directory / EVIL
        for package in ("pynvim", "urllib3"):
            modules = {f"{package}/__init__.py": self._marking(f"{package} of another index")}
            wheelhouse.fake(wheels, package, "99.0", modules)
        (self.directory / "uv.toml").write_text(f"no-index = true\nfind-links = ['{wheels}']\n")
        (self.directory / "pyproject.toml").write_text(
            f"[tool.uv]\nno-index = true\nfind-links = ['{wheels}']\n[tool.uv.pip]\nfind-links = ['{wheels}']\n"
        )
        for name in ("pip.conf", "pip.ini", "setup.cfg", ".pydistutils.cfg"):
            (self.directory / name).write_text(f"[global]\nno-index = true\nfind-links = {wheels}\n")
        (self.directory / ".python-version").write_text("../../bin\n")
        (self.directory / ".tool-versions").write_text("python path:./bin\n")
        (self.directory / "pyvenv.cfg").write_text(
            f"home = {self.directory}/bin\ninclude-system-site-packages = true\n"
        )
        (self.directory / ".env").write_text(f"UV_FIND_LINKS={wheels}\n")
        script = f"echo \"$0 by \\$BASH_ENV or \\$ENV\" >> '{self._marks}'\n"
        for name in ("env.sh", ".bashrc", ".profile", ".zshenv"):
            (self.directory / name).write_text(script)

    def lay_git(self) -> None:
        """A repository whose settings name a program, for what asks git about a file in it."""
        git = self.directory / ".git"
        for directory in ("objects", "refs"):
            (git / directory).mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        (git / "config").write_text(
            "[core]\nrepositoryformatversion = 0\n"
            f"fsmonitor = {self.directory}/bin/git\nhooksPath = {self.directory}/bin\n"
        )
