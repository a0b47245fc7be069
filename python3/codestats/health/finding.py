"""What a check of health found."""

from __future__ import annotations

__all__ = ["Finding"]

Finding = tuple[str, str, str]
"""(level, text, advice): every warning and error has in its advice the command that fixes it; the level `start`
begins a section and has its title for a text."""
