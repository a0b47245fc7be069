"""Where things are kept, and that they are the user's own: directories 0700, files 0600, no planted links."""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from codestats.exceptions import UnsafeDirectoryError
from codestats.seat import seat_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "cache_dir",
    "config_dir",
    "data_dir",
    "database_file",
    "ensure_private_dir",
    "environment_dir",
    "expanded",
    "handover_dir",
    "handover_dirs",
    "has_database",
    "home_dir",
    "install_lock",
    "is_foreign",
    "local_data",
    "log_file",
    "machine_key",
    "machine_name",
    "own_file",
    "owning_command",
    "queue_key",
    "refuse_foreign_file",
    "token_file",
]


def data_dir(given: str, environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The data directory: the one that the settings name, else the environment's or the system's place for it.

    Raises UnsafeDirectoryError when there is no home at all, or no such user's.
    """
    return expanded(given) if given else _default_data_dir(environ, platform)


def _default_data_dir(environ: Mapping[str, str], platform: str) -> Path:
    given = environ.get("CODESTATS_DATA_DIR", "").strip()
    if given:
        return expanded(given)
    if platform == "win32":
        return Path(local_data(environ), "codestats")
    home = home_dir(environ)
    if not os.path.isabs(home):  # noqa: PTH117 (as above)
        raise UnsafeDirectoryError("no home directory to keep XP in: set g:codestats_data_dir")
    if platform == "darwin":
        return Path(home, "Library", "Application Support", "codestats")
    state = environ.get("XDG_STATE_HOME", "")
    # The XDG specification: a relative path is to be ignored.
    if state.startswith("/") and not is_foreign(Path(state)):
        return Path(state, "codestats")
    return Path(home, ".local", "state", "codestats")


def local_data(environ: Mapping[str, str]) -> str:
    """Where Windows has what belongs to one user on one machine: autoload/codestats/directory.vim has the same rule."""
    return environ.get("LOCALAPPDATA") or str(Path(home_dir(environ), "AppData", "Local"))


def home_dir(environ: Mapping[str, str]) -> str:
    """The home of the user whose process this is: $HOME, unless that is another's, as with `sudo -E`."""
    home = environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~")  # noqa: PTH111 (never raises)
    if not is_foreign(Path(home)):
        return home
    import pwd  # noqa: PLC0415 (not on Windows)

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return home


def config_dir(environ: Mapping[str, str]) -> Path:
    """Where programs keep the user's configuration; a relative $XDG_CONFIG_HOME is none, as its specification says."""
    config = environ.get("XDG_CONFIG_HOME", "")
    return Path(config) if config.startswith("/") else Path(home_dir(environ), ".config")


def is_foreign(path: Path) -> bool:
    """Whether {path}, or what it would be made in, is another user's (root's is everybody's: /tmp, /var)."""
    if not hasattr(os, "getuid"):
        return False
    for existing in (path, *path.parents):
        with suppress(OSError):
            return existing.stat().st_uid not in (os.getuid(), 0)
    return False


def owning_command(path: Path) -> str:
    """What gives a path to the user, to be run in a shell."""
    import pwd  # noqa: PLC0415 (not on Windows)

    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    return f"sudo chown -R {user} {shlex.quote(str(path))}"


def cache_dir(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The cache directory, None where there is no home for it. Not in a backup: hosts/bytecode.py has the same rule."""
    home = environ.get("HOME", "")
    if platform == "win32":
        base = environ.get("LOCALAPPDATA", "")
        return Path(base, "codestats", "cache") if base else None
    if platform == "darwin":
        base = str(Path(home, "Library", "Caches"))
    else:
        base = environ.get("XDG_CACHE_HOME", "") or str(Path(home, ".cache"))
    return Path(base, "codestats") if base.startswith("/") else None


def expanded(name: str) -> Path:
    """A path that the user gave, in full: from ~ on, or from the current directory. Raises UnsafeDirectoryError."""
    path = os.path.expanduser(name)  # noqa: PTH111 (a Path's raises where there is no such user)
    if path.startswith("~"):
        raise UnsafeDirectoryError(f"{name}: there is no such user")
    return Path(path).absolute()


def machine_key(source: str = "/etc/machine-id") -> str:
    """Eight characters that tell machines sharing one home directory apart; 'local' where none is known."""
    try:
        identity = Path(source).read_bytes().strip()
    except OSError:
        identity = b""
    return hashlib.sha256(identity).hexdigest()[:8] if identity else "local"


def machine_name() -> str:
    """The host name, for the ledger's own rows."""
    uname = getattr(os, "uname", None)
    name = uname().nodename if uname else os.environ.get("COMPUTERNAME", "")
    return name or "local"


def database_file(data_dir: Path) -> Path:
    """The spool of this machine."""
    return data_dir / f"spool-{queue_key(data_dir)}.sqlite3"


def has_database(data_dir: Path) -> bool:
    """Whether anything was ever kept there. Ask it before a look at the spool, which takes a place among queues."""
    return any(data_dir.glob("spool-*.sqlite3"))


def queue_key(data_dir: Path) -> str:
    """What this machine calls its own in a data directory that others may share."""
    if is_foreign(data_dir):  # nothing is made there
        return machine_key()
    return seat_of(data_dir, machine_key(), machine_name())


def handover_dir(data_dir: Path) -> Path:
    """Where leaving editors put what no host could take any more."""
    return data_dir / "handover"


def handover_dirs(data_dir: Path, environ: Mapping[str, str]) -> list[Path]:
    """All places where they may be (autoload/codestats/handover.vim): the first may be another user's, or full."""
    beside = data_dir.with_name(data_dir.name + "-handover")
    places = [handover_dir(data_dir), beside, Path(home_dir(environ), ".codestats-handover")]
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    return [*places, Path(runtime, "codestats-handover")] if runtime.startswith("/") else places


def token_file(data_dir: Path) -> Path:
    """What :CodeStatsLogin keeps."""
    return data_dir / "token"


def log_file(data_dir: Path) -> Path:
    """What :CodeStatsLog shows."""
    return data_dir / "codestats.log"


def environment_dir(data_dir: Path) -> Path:
    """What :CodeStatsInstall makes."""
    return data_dir / "venv"


def install_lock(data_dir: Path) -> Path:
    """What an installation holds while it is at work."""
    return data_dir / "install.lock"


def ensure_private_dir(directory: Path) -> Path:
    """Make the directory (0700) if it is missing and return it. Raises UnsafeDirectoryError, OSError."""
    if is_foreign(directory):
        raise _foreign_directory(directory)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for found in (os.lstat(directory), os.stat(directory)):  # noqa: PTH116 (the link itself, then where it leads)
        if _is_foreign(found):
            raise _foreign_directory(directory)
    if os.name == "posix" and stat.S_IMODE(found.st_mode) != 0o700:
        directory.chmod(0o700)
    return directory


def _foreign_directory(directory: Path) -> UnsafeDirectoryError:
    advice = "set g:codestats_data_dir" if os.getuid() == 0 else f"run `{owning_command(directory)}`"
    return UnsafeDirectoryError(f"{directory} belongs to another user: XP is not kept there; {advice}")


def own_file(path: Path) -> None:
    """Make an empty file (0600) if it is missing, whatever the umask. Raises UnsafeDirectoryError, OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        refuse_foreign_file(path)
        return
    if os.name == "posix":
        os.fchmod(descriptor, 0o600)
    os.close(descriptor)


def refuse_foreign_file(path: Path) -> None:
    """Raise UnsafeDirectoryError if `path` is a link, no plain file, or another user's; fix loose permissions."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if _is_foreign(found) or not stat.S_ISREG(found.st_mode):
        raise UnsafeDirectoryError(f"{path} is a link or another user's: it is left alone")
    if os.name == "posix" and stat.S_IMODE(found.st_mode) != 0o600:
        path.chmod(0o600)


def _is_foreign(found: os.stat_result) -> bool:
    return hasattr(os, "getuid") and found.st_uid != os.getuid()
