"""Tries the Python inside a Vim that nobody edits in; autoload/codestats/host/trial.vim reads what it prints."""

from __future__ import annotations

import glob
import json
import os
import sys

from codestats.hosts import embedded

__all__ = ["main"]


def main(private: str) -> None:
    """Print, as one line of JSON, what this Python lacks and which files say how it starts."""
    outcome = embedded.try_out(private)
    report = {"lacks": outcome.get("what", ""), "says": outcome.get("why", ""), "files": _files()}
    os.write(1, json.dumps({"trial": report}, separators=(", ", ": ")).encode() + b"\n")


def _files() -> list[str]:
    """Modules of Python's own library that are loaded, where modules are looked for, and the .pth files there."""
    places = [entry for entry in sys.path if os.path.isabs(entry)]  # noqa: PTH117
    configured = [path for place in places for path in glob.glob(os.path.join(glob.escape(place), "*.pth"))]  # noqa: PTH118, PTH207
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    ours = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    loaded = [path for path in modules if path and not path.startswith(ours)]
    return sorted({*places, *configured, *loaded})
