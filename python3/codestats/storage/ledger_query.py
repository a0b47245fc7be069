"""All that was ever counted here, as SQL: the ledger, and what is not sent yet."""

from __future__ import annotations

from codestats.paths import machine_name

__all__ = ["counted", "values"]


def counted(condition: str = "TRUE") -> str:
    """A SELECT of hour, offset, language, machine, state and xp of the rows for which `condition` holds.

    Wants `values`. The condition stands in both halves, where the tables' indexes serve it.
    """
    return f"""
    SELECT hour, offset, language, machine, state, xp FROM ledger WHERE {condition}
    UNION ALL
    SELECT hour, offset, language, :machine AS machine, 'queued' AS state, xp
    FROM pulse JOIN pulse_xp ON pulse = id WHERE {condition}
    """  # noqa: S608 (our own words)


def values(**others: str | int) -> dict[str, str | int]:
    """The values of such a query: this machine's name, and those of its condition."""
    return {"machine": machine_name(), **others}
