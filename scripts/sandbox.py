"""Fresh Debian systems, each used once: a Debian root of .build/roots under an overlay that forgets what was written.

    isolate()                                    # once, at the start of the program: a mount namespace of its own
    base = layer("git", [root], "apt-get …")     # what several systems begin with, made once
    with system([base, root]) as one:
        one.run("git clone …", user="ada")

Everything is in memory and goes away with the program. Root only; the roots themselves are not changed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SPACE = Path("/mnt")
"""In our own mount namespace a file system in memory is mounted here."""
TMP = Path("/tmp")  # noqa: S108 - the systems' too: the driver's sockets are there
USER = "ada"
_INSIDE = "CODESTATS_FRESH"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_SOURCE = Path("/srv/codestats.vim")
_ADDRESS = "https://github.com/codestats/codestats.vim"
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OWN_SOCKETS = """
  for directory in $(printf "%s " "$@" | cat - ~/.vimrc 2>/dev/null | grep -o "/tmp/cs-[A-Za-z0-9_]*"); do
    chown -R "$USER:" "$directory"
  done
"""
"""The driver's socket, which root made, is named on Neovim's command line or in the vimrc of Vim."""
_numbers = itertools.count()


def isolate() -> None:
    """Start this program again in mount and process namespaces of its own: what it mounts and starts ends with it."""
    if os.environ.get(_INSIDE) != "1":
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        program = [sys.executable, *sys.argv]
        os.execvpe("unshare", [*unshare, *program], {**os.environ, _INSIDE: "1"})  # noqa: S606
    mount("-t", "tmpfs", "-o", "size=75%", "newcomer", SPACE)
    mount("-t", "tmpfs", "newcomer", TMP)  # nobody else's files are to be seen


def mount(*arguments: str | Path) -> None:
    """Mount, or raise CalledProcessError."""
    subprocess.run(["mount", *map(str, arguments)], check=True)


@dataclass(frozen=True, slots=True)
class System:
    """A running system: `root` is its / as seen from outside."""

    root: Path

    def home(self, user: str) -> str:
        """Where that user lives, as seen from inside."""
        return "/root" if user == "root" else f"/home/{user}"

    def argv(self, user: str, *command: str) -> list[str]:
        """What to execute here so that {command} runs there, in that user's home with the environment of a login."""
        home = self.home(user)
        variables = {
            "HOME": home,
            "USER": user,
            "LOGNAME": user,
            "PATH": _SYSTEM_PATH,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "SHELL": "/bin/sh",
        }
        settings = [f"{name}={value}" for name, value in variables.items()]
        enter = _OWN_SOCKETS + f"cd; exec setpriv --reuid {user} --regid {user} --init-groups "
        chroot = shutil.which("chroot") or "/usr/sbin/chroot"
        start = ["env", "-i", *settings, chroot, str(self.root), "/bin/sh", "-c", enter + '"$@"', "sh"]
        return [*start, *command]

    def run(
        self, line: str, *, user: str = "root", log: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of shell there; its output goes to {log} too. The caller looks at returncode and stdout."""
        done = subprocess.run(
            self.argv(user, "sh", "-c", line),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if log:
            with log.open("a") as file:
                file.write(f"$ {line}\n{done.stdout}\n")
        return done

    def apt(self, line: str) -> None:
        """Run `apt-get …` there as root, without questions. Raises RuntimeError with what it said."""
        done = self.run(f"DEBIAN_FRONTEND=noninteractive apt-get -y -q {line}")
        if done.returncode:
            raise RuntimeError(f"apt-get {line}:\n{done.stdout[-2000:]}")


@contextlib.contextmanager
def system(lowers: Sequence[Path], upper: Path | None = None) -> Iterator[System]:
    """A system made of read-only layers, the topmost first; what is written goes to {upper}, or is forgotten."""
    directory = SPACE / f"system-{next(_numbers)}"
    upper, work, root = upper or directory / "upper", directory / "work", directory / "root"
    for part in (upper, work, root):
        part.mkdir(parents=True)
    lower = ":".join(map(str, lowers))
    mount("-t", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", "overlay", root)
    for name in ("dev", "proc"):
        mount("--rbind", f"/{name}", root / name)
    mount("--bind", TMP, root / "tmp")
    try:
        yield System(root)
    finally:
        subprocess.run(["umount", "--recursive", "--lazy", str(root)], check=False)
        shutil.rmtree(directory, ignore_errors=True)


def layer(name: str, lowers: Sequence[Path], *apt_lines: str) -> Path:
    """The layer that these apt-get lines make on top of others."""
    upper = SPACE / f"layer-{name}"
    with system(lowers, upper) as made:
        for line in apt_lines:
            made.apt(line)
    return upper


def base(suite_root: Path, repo: Path) -> Path:
    """What all have: this machine's way to Debian and PyPI, an ordinary user, our commits at GitHub's address."""
    upper = SPACE / f"layer-{suite_root.name}"
    with system([suite_root], upper) as made:
        for path in (Path("/etc/resolv.conf"), Path("/etc/hosts"), _CERTIFICATES):
            (made.root / path.relative_to("/")).unlink(missing_ok=True)
            shutil.copyfile(path, made.root / path.relative_to("/"))
        (made.root / "etc/pip.conf").write_text(f"[global]\ncert = {_CERTIFICATES}\n")
        # As on this machine, whose copy of Debian's sid is not always of this week.
        (made.root / "etc/apt/apt.conf.d/99dates").write_text('Acquire::Check-Valid-Until "false";\n')
        shutil.rmtree(made.root / "nonexistent", ignore_errors=True)  # the matrix leaves it
        made.apt("update")
        made.apt("install --no-install-recommends git")
        made.run(f"useradd --create-home --shell /bin/sh {USER}")
        source = made.root / _SOURCE.relative_to("/")
        subprocess.run(["git", "clone", "-q", "--bare", "--no-hardlinks", repo, source], check=True)
        (made.root / "etc/gitconfig").write_text(
            f'[url "file://{_SOURCE}"]\n\tinsteadOf = {_ADDRESS}\n[safe]\n\tdirectory = {shlex.quote(str(_SOURCE))}\n'
        )
    return upper
