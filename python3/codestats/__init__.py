"""The core of codestats.vim: records XP, keeps it on disk and sends it to Code::Stats. Knows no editor."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "1.0.0"  # x-release-please-version
