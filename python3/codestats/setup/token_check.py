"""What the service says to the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats import paths
from codestats.api.outcome import Verdict
from codestats.health.service import try_token
from codestats.setup.journal import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.settings import Settings

__all__ = ["accepted"]


def accepted(settings: Settings, data_dir: Path, page: str) -> None:
    """Ask the service, by a pulse without XP, whether it takes the token. Raises SetupError if that is not sure."""
    outcome = try_token(settings, data_dir if paths.has_database(data_dir) else None)
    if outcome.verdict is Verdict.UNAUTHORIZED:
        raise SetupError(
            f"{settings.api_url} refused the token ({outcome.reason}): it was not stored."
            f" Copy it again from {page}, then run setup again"
        )
    if outcome.verdict is not Verdict.SENT:
        raise SetupError(
            f"{settings.api_url} could not be asked about the token ({outcome.reason}): it was not stored."
            " Run setup again when the service answers, or with --no-check"
        )
