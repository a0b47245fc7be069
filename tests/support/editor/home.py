"""A fresh home for one test: nothing of the person who runs the tests is seen in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# What a program may know of the machine it runs on; all else (tokens, proxies, editors' and XDG settings) is left out.
_KEPT = ("PATH", "LOGNAME", "USER", "TMPDIR", "SYSTEMROOT", "TZ")


@dataclass(frozen=True, slots=True)
class Home:
    """Directories below `path`, made when first needed: work (files under edit), config, data, state, cache."""

    path: Path
    shared_cache: Path | None = None
    """The cache directory, when it is not this home's own."""

    @classmethod
    def make(cls, path: Path, shared_cache: Path | None = None) -> Home:
        home = cls(path, shared_cache)
        for directory in (home.work, home.config, home.data, home.state, home.cache, home.runtime):
            directory.mkdir(parents=True, exist_ok=True)
        home.runtime.chmod(0o700)
        return home

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def config(self) -> Path:
        return self.path / ".config"

    @property
    def data(self) -> Path:
        return self.path / ".local" / "share"

    @property
    def state(self) -> Path:
        return self.path / ".local" / "state"

    @property
    def cache(self) -> Path:
        return self.shared_cache or self.path / ".cache"

    @property
    def runtime(self) -> Path:
        return self.path / ".run"

    @property
    def data_dir(self) -> Path:
        """Where the plugin keeps its spool by default."""
        return self.state / "codestats"

    @property
    def env(self) -> dict[str, str]:
        """A whole environment for a program living here."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.data),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "SHELL": "/bin/sh",
        }
