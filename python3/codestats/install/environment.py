"""The private environment: <data directory>/venv, with the packages that the core needs and that nothing else changes.

It is built beside the old one and takes its place only when it works: a failure leaves things as they were.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from codestats import paths, process
from codestats.exceptions import CodeStatsError
from codestats.filelock import LockHeldError, exclusive
from codestats.install import pip
from codestats.install.requirements import OLDEST

__all__ = ["InstallError", "install", "python_of", "use", "versions"]

Say = Callable[[str], None]
Step = Callable[..., None]

_WANTED = [f"{package}>={'.'.join(map(str, oldest))}" for package, oldest in OLDEST.items()]
_LONGEST = 600.0  # seconds for one step: a slow line, a package that has to be compiled
_LOOK = (
    "import sys; sys.path.insert(0, {0!r}); from codestats.install.requirements import OLDEST, lacking, version_of;"
    "print(*(f'{{package}}={{version_of(package)}}' for package in OLDEST if not lacking(package)))"
)


class InstallError(CodeStatsError):
    """No way of making the environment worked; the text says what to do."""


def python_of(environment: Path) -> Path:
    """Its interpreter."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def use(environment: Path) -> None:
    """Have this Python find its packages, after all others, if it was made for a Python of this version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    place = environment / ("Lib" if os.name == "nt" else f"lib/{version}") / "site-packages"
    if place.is_dir() and str(place) not in sys.path:
        sys.path.append(str(place))


def versions(environment: Path) -> dict[str, str]:
    """What it has of what we need, new enough; empty if its Python does not run (any more)."""
    code = _LOOK.format(str(Path(__file__).resolve().parents[2]))
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = process.run(str(python_of(environment)), "-I", "-B", "-c", code, seconds=30)
        done.check_returncode()
        return dict(pair.split("=", 1) for pair in done.stdout.decode().split())
    return {}


def install(data_dir: Path, *, upgrade: bool, say: Say) -> None:
    """Make the environment, or leave the one that works. Raises InstallError, UnsafeDirectoryError, OSError."""
    paths.ensure_private_dir(data_dir)
    environment = Path.cwd() / paths.environment_dir(data_dir)  # the steps run elsewhere
    try:
        with exclusive(paths.install_lock(data_dir)):
            _install(environment, upgrade=upgrade, say=say)
    except LockHeldError as error:
        raise InstallError("another installation is at work: wait for it") from error


def _install(environment: Path, *, upgrade: bool, say: Say) -> None:
    _tidy(environment)
    found = versions(environment)
    if not upgrade and len(found) == len(OLDEST):
        say(f"Nothing to do, there is {_listed(found)}: {environment}")
        return
    with tempfile.TemporaryDirectory(
        prefix="venv.new-", dir=environment.parent, ignore_cleanup_errors=True
    ) as directory:
        new = Path(directory) / "venv"
        found = _build(new, say)
        _swap(new, environment)
    say(f"Ready: {_listed(found)} in {environment}")


def _build(new: Path, say: Say) -> dict[str, str]:
    """By the first way that works. Raises InstallError."""
    troubles: list[str] = []
    for name, make, fetch in _ways():
        say(f"Making an environment with {name} …")
        shutil.rmtree(new, ignore_errors=True)
        try:
            make(new)
            _fill(new, fetch, say)
        except _StepError as error:
            troubles.append(f"{name}: {error}")
            say(f"That did not work: {error}")
            continue
        found = versions(new)
        if "urllib3" in found:
            return found
        troubles.append(f"{name}: installed, but it does not work")
    raise InstallError(_advice(troubles))


def _fill(new: Path, fetch: Step, say: Say) -> None:
    """Put the packages in; without pynvim, which Neovim can do without, where only that cannot be had."""
    say(f"Installing {', '.join(_WANTED)} …")
    try:
        fetch(new, *_WANTED)
    except _StepError as error:
        say(f"Trying without pynvim: {error}")
        fetch(new, *_WANTED[1:])


def _ways() -> list[tuple[str, Step, Step]]:
    """Name, what makes an empty environment, what puts packages into it."""
    ways: list[tuple[str, Step, Step]] = [
        ("venv", _venv, _pip),
        ("pip --target", _bare_venv, _pip_target),
        ("a pip of its own", _bare_venv, _fetched_pip),
    ]
    return [("uv", _uv_venv, _uv_pip), *ways] if process.find("uv") else ways


def _uv() -> str:
    return process.find("uv") or ""


def _uv_venv(new: Path) -> None:
    _run(_uv(), "venv", "--quiet", "--no-project", "--python", sys.executable, str(new))


def _uv_pip(new: Path, *wanted: str) -> None:
    _run(_uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python_of(new)), *wanted)


def _venv(new: Path) -> None:
    _run(sys.executable, "-I", "-m", "venv", str(new))


def _pip(new: Path, *wanted: str) -> None:
    _run(str(python_of(new)), *_PIP, *wanted)


def _bare_venv(new: Path) -> None:
    """Debian's Python comes without ensurepip, but may have a pip of its own; --target leaves that Python alone."""
    _run(sys.executable, "-I", "-m", "venv", "--without-pip", str(new))


def _pip_target(new: Path, *wanted: str) -> None:
    packages = next(new.glob("lib/python3*/site-packages"), new / "Lib" / "site-packages")
    _run(sys.executable, *_PIP, "--target", str(packages), *wanted)


def _fetched_pip(new: Path, *wanted: str) -> None:
    """Debian's Python without python3-venv and python3-pip has neither of them."""
    with tempfile.TemporaryDirectory(dir=new.parent) as directory:
        try:
            wheel = pip.fetch(Path(directory))
        except (pip.NoPipError, OSError) as error:
            raise _StepError(str(error)) from error
        _run(str(python_of(new)), "-I", "-c", pip.run_code(wheel), *_INSTALL, *wanted)


_INSTALL = ["install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
_PIP = ["-I", "-m", "pip", *_INSTALL]  # -I: what PYTHONPATH has would count as installed


# What says where else packages should go.
_OTHERS = ("VIRTUAL_ENV", "CONDA_PREFIX", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")


# Three small packages, once: no reason to leave anything outside the environment.
_NO_CACHES = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}


class _StepError(Exception):
    """A step of one way; the text is the last line it said."""


def _run(program: str, *arguments: str) -> None:
    environ = {**process.environment(without=_OTHERS), **_NO_CACHES}
    try:
        done = process.run(program, *arguments, seconds=_LONGEST, environ=environ)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _StepError(str(error).splitlines()[0]) from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace")
        raise _StepError(_gist(said) or f"{Path(program).name} ended with status {done.returncode}")


def _gist(said: str) -> str:
    """The line that tells most: the last error, or else the last line."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?i)(error|fatal)|.*no module named", line)]
    return (errors or lines or [""])[-1][:300]


def _advice(troubles: list[str]) -> str:
    """What the user can do about it, and what went wrong."""
    text = " ".join(troubles)
    if re.search(r"(?i)no matching distribution|connect|resol|network|timed out|unreachable", text):
        what = "the package index cannot be reached: install again when there is a network"
    elif "ensurepip" in text or "No module named" in text:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        what = f"this Python cannot make environments: `{_command_for_venv(version)}`, then install again"
    elif re.search(r"(?i)no space left", text):
        what = "the disk is full: make room, then install again"
    else:
        what = "no way of installing worked"
    return f"{what} ({'; '.join(dict.fromkeys(troubles))})"


def _command_for_venv(version: str) -> str:
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    if process.find("apt-get"):
        return f"{sudo}apt install python3-venv"
    for program, command in {
        "dnf": "install python3-pip",
        "zypper": "install python3-pip",
        "apk": "add py3-pip",
    }.items():
        if process.find(program):
            return f"{sudo}{program} {command}"
    return f"python{version} -m ensurepip --user"


def _tidy(environment: Path) -> None:
    """Put right what a killed installation left: the old environment, if the new one had not taken its place yet."""
    old = environment.with_name("venv.old")
    if old.exists() and not environment.exists():
        old.rename(environment)
    shutil.rmtree(old, ignore_errors=True)
    for left_over in environment.parent.glob("venv.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)


def _swap(new: Path, environment: Path) -> None:
    old = environment.with_name("venv.old")
    if environment.is_symlink() or environment.exists():
        environment.rename(old)
    try:
        new.rename(environment)
    except OSError:
        if old.exists():
            old.rename(environment)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _listed(found: dict[str, str]) -> str:
    return " and ".join(f"{package} {version}".strip() for package, version in found.items())
