"""The user's settings as the core needs them: read from what the editor sends, checked, with defaults.

A value that cannot be used is never an exception: the default stands in for it and one sentence says what
to do. A bad address is the exception to the rule: XP meant for another server must not go to the default
one, so `api_url` is then empty, nothing is sent, and the XP waits on the disk.
"""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codestats import address, credentials, mask

__all__ = ["LOGIN", "Settings"]

LOGIN = ":CodeStatsLogin"
"""The `token_name` of the token that the plugin keeps itself."""

_MISSING = (None, "")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the core can be told; times in seconds.

    An empty `api_key` means that there is no token (yet), an empty `api_url` that the one given is unusable:
    nothing can be sent then. `token_name` is where the token came from, as the user knows it.
    """

    api_key: str = field(default="", repr=False)
    token_name: str = ""
    api_url: str = address.DEFAULT
    username: str = ""
    data_dir: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    ignore_filetypes: frozenset[str] = frozenset()
    language_names: str = ""
    request_timeout: float = 10.0
    ca_file: str = ""
    ascii: bool = False

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[str, Any], environ: Mapping[str, str]
    ) -> tuple[Settings, list[str]]:
        """Settings out of a `configure` message (options without `g:codestats_`) and the environment.

        Returns them with a list of sentences for the user, one for each value that cannot be used.
        Keys that are not the core's business are passed over.
        """
        reader = _Reader(mapping, environ)
        token = reader.token()
        settings = cls(
            api_key=token,
            token_name=reader.token_name(),
            api_url=reader.address(),
            username=reader.text("username", "CODESTATS_USERNAME") or credentials.owner_of(token),
            data_dir=reader.path("data_dir"),
            languages=reader.names("languages"),
            ignore_filetypes=reader.filetypes("ignore_filetypes"),
            language_names=reader.text("language_names"),
            request_timeout=reader.seconds("request_timeout", cls().request_timeout, 0.1, 300),
            ca_file=reader.path("ca_file"),
            ascii=reader.switch("ascii"),
        )
        return settings, reader.problems


class _Reader:
    """Takes one option after the other out of the mapping and notes what was wrong with it."""

    def __init__(self, mapping: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._environ = environ
        self.problems: list[str] = []

    def _value(self, option: str, variable: str = "") -> tuple[str, Any]:
        """The value, with the name the user knows it by; the environment stands in for a missing option."""
        value = self._mapping.get(option)
        if isinstance(value, str):
            value = value.strip()
        if value in _MISSING and variable:
            from_environment = self._environ.get(variable, "").strip()
            if from_environment:
                return variable, from_environment
        return f"g:codestats_{option}", value

    def _wrong(self, name: str, advice: str) -> None:
        self.problems.append(f"{name} {advice}")

    def token(self) -> str:
        name, value = self._value("api_key", "CODESTATS_API_KEY")
        if value in _MISSING:
            return ""
        if isinstance(value, str) and mask.is_masked(value):
            with suppress(ValueError):
                value = mask.unmasked(value, self._environ)
        if isinstance(value, str) and credentials.fits_header(value):
            return value
        self._wrong(name, "is no API token: copy it, in one piece, from your machine's page at Code::Stats")
        return ""

    def token_name(self) -> str:
        name, value = self._value("api_key", "CODESTATS_API_KEY")
        if value in _MISSING:
            return ""
        return self.text("token_name") or (name if name.startswith("g:") else f"${name}")

    def address(self) -> str:
        name, value = self._value("api_url", "CODESTATS_API_URL")
        if value in _MISSING:
            return address.DEFAULT
        try:
            return address.normal(value)
        except ValueError as error:
            self._wrong(name, f"{error}; nothing is sent until it is fixed, your XP is kept")
            return ""

    def text(self, option: str, variable: str = "") -> str:
        name, value = self._value(option, variable)
        if value in _MISSING:
            return ""
        if isinstance(value, str) and value.isprintable():
            return value
        self._wrong(name, "must be a string on one line; it is ignored")
        return ""

    def path(self, option: str) -> str:
        text = self.text(option)
        path = os.path.expanduser(text)  # noqa: PTH111 (a Path would make '.' of the empty one)
        if not text or Path(path).is_absolute():
            return path
        self._wrong(f"g:codestats_{option}", "must be a full path, from / or ~ on; it is ignored")
        return ""

    def seconds(self, option: str, default: float, lowest: float, highest: float) -> float:
        name, value = self._value(option)
        if value in _MISSING:
            return default
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number and lowest <= value <= highest:
            return float(value)
        self._wrong(name, f"must be a number of seconds from {lowest:g} to {highest:g}; {default:g} is used")
        return default

    def switch(self, option: str) -> bool:
        name, value = self._value(option)
        if value in (*_MISSING, 0, 1):  # Vim's booleans may be numbers
            return bool(value)
        self._wrong(name, "must be v:true or v:false; it is ignored")
        return False

    def names(self, option: str) -> dict[str, str]:
        name, value = self._value(option)
        if value in (*_MISSING, []):  # an empty Lua table arrives as an empty list
            return {}
        if not isinstance(value, Mapping):
            self._wrong(name, "must be a dictionary like {'myfiletype': 'My Language'}; it is ignored")
            return {}
        good = {key: text for key, text in value.items() if isinstance(key, str) and isinstance(text, str)}
        if len(good) < len(value):
            self._wrong(name, "must have a string for each filetype; the other entries are ignored")
        return good

    def filetypes(self, option: str) -> frozenset[str]:
        name, value = self._value(option)
        if value in (*_MISSING, {}):  # an empty Lua table may arrive as a dictionary
            return frozenset()
        if not isinstance(value, (list, tuple, set, frozenset)):
            self._wrong(name, "must be a list of filetypes like ['text', 'gitcommit']; it is ignored")
            return frozenset()
        good = frozenset(item for item in value if isinstance(item, str))
        if any(not isinstance(item, str) for item in value):
            self._wrong(name, "must have strings only; the other entries are ignored")
        return good
