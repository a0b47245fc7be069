"""Small pages for people, the profile among them: plain HTML, escaped, no scripts, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from codestats.levels import level_of
from codestats.server.exchange import Response, html_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.server.profile import Profile, Sum

__all__ = ["profile_page", "start_page"]

_DAYS = 14


def start_page() -> Response:
    """What this is, and where a token comes from: the real service's page of machines is at the same address."""
    title = "The local Code::Stats service"
    return html_page(
        200,
        f"<h1>{title}</h1>"
        "<p>This is <code>python3 -m codestats serve</code>. It showed each token once, where it was started;"
        " <code>--new-tokens</code> makes others. Machines and tokens are managed by calls: doc/service.md.</p>",
        title=title,
    )


def profile_page(profile: Profile) -> Response:
    """The page of one profile."""
    total = profile["total_xp"]
    days = sorted(profile["dates"].items(), reverse=True)[:_DAYS]
    parts = [
        f"<h1>{escape(profile['user'])}</h1>",
        f"<p>Level {level_of(total)}, {total:,} XP, {profile['new_xp']:,} of them in the last 12 hours.</p>",
        _table("Languages", _rows(profile["languages"])),
        _table("Machines", _rows(profile["machines"])),
        _table("Last days", [(date, f"{xp:,} XP") for date, xp in days]),
    ]
    return html_page(200, "\n".join(parts), title=f"{profile['user']} at the local Code::Stats service")


def _rows(sums: Mapping[str, Sum]) -> list[tuple[str, str]]:
    ordered = sorted(sums.items(), key=lambda item: -item[1]["xps"])
    return [(name, f"{one['xps']:,} XP, level {level_of(one['xps'])}") for name, one in ordered]


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>\n" for name, value in rows)
    return f"<h2>{title}</h2>\n<table>\n{lines}</table>"
