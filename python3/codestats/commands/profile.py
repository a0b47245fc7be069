"""`codestats profile`: a user's public profile, as in the editor or as JSON."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from codestats.address import profile_page
from codestats.commands import common
from codestats.data import ledger
from codestats.data.json_output import profile_json
from codestats.data.profile_cache import Answer, last_known, look_up
from codestats.profile import parse_profile

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from codestats.settings import Settings
    from codestats.views import Frame, ProfileData, View

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command."""
    parser = subparsers.add_parser(
        "profile",
        help="show a user's public profile",
        description="Shows a user's public profile. An answer of the last minute is used again.",
    )
    common.add_options(parser)
    parser.add_argument("user", nargs="?", default="", metavar="USER", help="default: the token's owner")
    parser.add_argument("--plain", action="store_true", help="sentences in place of drawings")
    parser.add_argument("--json", action="store_true", help="as a JSON object (doc/json.md)")
    parser.add_argument("--cached", action="store_true", help="what was last known: no network, no waiting")
    max_age = "ask again if the last answer is older (default: %(default)g)"
    parser.add_argument(
        "--max-age", type=common.seconds, default=common.MAX_AGE, metavar="SECONDS", help=max_age
    )
    parser.set_defaults(run=run)
    return parser


@common.framed()
def run(arguments: argparse.Namespace) -> int:
    """Print it. Exit codes: 0 shown, and of now; 1 none, or an older one (and why)."""
    settings = common.read_settings(arguments)
    directory = common.data_dir(settings)
    common.use_installed(directory)
    user = arguments.user or settings.username
    if not user:
        return common.complain("whose? give a user name, or a token in CODESTATS_API_KEY")
    if arguments.cached:
        answer = last_known(directory, settings, user)
    else:
        answer = look_up(directory, settings, user, arguments.max_age)
    if answer.profile is None:
        return common.complain(f"no profile of {user}: {answer.note or 'none was asked for yet'}")
    _show(arguments, settings, directory, user, answer)
    return common.complain(f"not of now: {answer.note}") if answer.note else 0


def _show(
    arguments: argparse.Namespace, settings: Settings, directory: Path, user: str, answer: Answer
) -> None:
    profile = parse_profile(answer.profile, user)
    if arguments.json:
        facts = profile_json(profile, answer.fetched_at, is_cached=answer.is_cached, note=answer.note)
        print(json.dumps(facts))
        return
    from codestats.commands.sheet import sheet, sheet_frame  # noqa: PLC0415 (not for --json)
    from codestats.views import ProfileData  # noqa: PLC0415
    from codestats.views.plain import profile_sentences  # noqa: PLC0415

    is_own = user == settings.username
    data = ProfileData(
        user=user,
        profile=profile,
        note=answer.note,
        state="error" if answer.note else "ready",
        fetched_at=answer.fetched_at or time.time(),
        url=profile_page(settings.api_url, user),
        own=is_own,
    )
    with ledger.summed(directory) as sums:
        own = replace(data, activity=sums) if is_own else data
        if arguments.plain:
            text = "\n".join(profile_sentences(own, sheet_frame(is_ascii=settings.ascii)))
        else:
            pages = ["overview", *(["machines"] if profile.machines else [])]
            text = "\n\n".join(sheet(partial(_page, own, page), is_ascii=settings.ascii) for page in pages)
    print(text)


def _page(data: ProfileData, page: str, frame: Frame) -> View:
    from codestats.views import profile_view  # noqa: PLC0415 (not for --json)

    shown = data if page == "overview" else replace(data, state="ready")  # what is wrong is said once
    return profile_view(shown, {"page": page}, frame)
