"""The machine's token: whose it is, whether it can travel in a header, and keeping it out of every text.

The API documentation calls it simply the token; it authenticates user and machine at once and is sent
as the header `X-API-Token`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MASK", "fits_header", "identity_of", "kept_in", "owner_of", "redact"]

MASK = "[token]"
MAX_TOKEN = 4096  # characters; servers commonly refuse header lines above 8 KiB
_SHORTEST = 4  # characters: masking anything shorter would only garble innocent words
_SHORTEST_PIECE = 12  # characters: fewer give nothing away, `SFMyNTY` is common knowledge
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HEADER_VALUE = re.compile(r"[!-~¡-ÿ]+")  # latin-1 without controls and blanks (RFC 9110, 5.5)


def fits_header(token: str) -> bool:
    """Whether the token can be sent at all; whether it is any good only the service knows."""
    return len(token) <= MAX_TOKEN and _HEADER_VALUE.fullmatch(token) is not None


def kept_in(file: Path) -> str:
    """The token that :CodeStatsLogin keeps in a file: its first line. Raises OSError, ValueError."""
    return next(iter(file.read_text("utf-8").splitlines()), "").strip()


def owner_of(token: str) -> str:
    """The user whom a token belongs to, '' where it does not say: a token that does not decode is still a token.

    The middle one of its three dotted parts is base64 without padding of
    `urlsafe_b64(user) + "##" + urlsafe_b64(machine id)` (doc/dev/service-api.md, "Address and token").
    """
    return _claim(token)[0]


def identity_of(token: str) -> str:
    """What stays the same when a machine's token is made again: user and machine; the token if it does not say."""
    user, machine = _claim(token)
    return f"{user}##{machine}" if user else token


def _claim(token: str) -> tuple[str, str]:
    """User and machine id, ('', '') where they are not to be read."""
    parts = token.split(".")
    if len(parts) != 3:
        return "", ""
    try:
        encoded, separator, machine = _decoded(parts[1].encode()).partition(b"##")
        user, machine_id = _decoded(encoded).decode(), _decoded(machine).decode()
    except ValueError:  # also of base64 and of UTF-8
        return "", ""
    return (user, machine_id) if separator and not _CONTROL.search(user) else ("", "")


def _decoded(text: bytes) -> bytes:
    """Either alphabet of base64, with or without its padding; raises ValueError."""
    text = text.rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    padded = text + b"=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def redact(text: str, token: str) -> str:
    """The text with MASK for the token in any dress: plain, quoted, escaped, encoded, in pieces."""
    token = token.strip()
    for form in sorted(_forms(token), key=len, reverse=True):
        if len(form) >= _SHORTEST:
            text = text.replace(form, MASK)
    return _without_pieces(text, token)


def _without_pieces(text: str, token: str) -> str:
    """The text with MASK for every piece of the token, however cut, in any letter case (of host names)."""
    if len(lowered := text.lower()) != len(text):
        lowered = text  # some foreign capitals become two characters
    hidden: set[int] = set()
    for start in range(len(token) - _SHORTEST_PIECE + 1):
        piece = token[start : start + _SHORTEST_PIECE].lower()
        at = lowered.find(piece)
        while at >= 0:
            hidden.update(range(at, at + len(piece)))
            at = lowered.find(piece, at + 1)
    runs = groupby(enumerate(text), key=lambda place: place[0] in hidden)
    return "".join(MASK if is_hidden else "".join(char for _, char in run) for is_hidden, run in runs)


def _forms(text: str) -> set[str]:
    raw = text.encode("utf-8", "surrogatepass")
    forms = {text, repr(text)[1:-1], ascii(text)[1:-1], repr(raw)[2:-1], json.dumps(text)[1:-1]}
    forms |= {quote(raw), quote(raw, safe=""), quote_plus(raw), raw.hex(), raw.hex().upper()}
    return forms | _base64_forms(raw)


def _base64_forms(raw: bytes) -> set[str]:
    """What base64 makes of it amid other bytes: three alignments, less what is shared with those."""
    forms = set()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        start = (0, 2, 3)[before]
        end = len(encoded) - (1 if (before + len(raw)) % 3 else 0)
        core = encoded[start:end]
        forms |= {core, core.translate(str.maketrans("+/", "-_"))}
    return forms
