"""The machine's token: whose it is, whether it can travel in a header, and keeping it out of every text.

The API documentation calls it simply the token; it authenticates user and machine at once and is sent
as the header `X-API-Token`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "Owner", "fits_header", "owner_of", "redact"]

MASK = "[token]"
MAX_TOKEN = 4096  # characters; servers commonly refuse header lines above 8 KiB
_SHORTEST = 4  # characters: masking anything shorter would only garble innocent words
_SHORTEST_PART = 12  # characters: the parts that tell something are longer, `SFMyNTY` is common knowledge
_HEADER_VALUE = re.compile(r"[!-~¡-ÿ]+")  # latin-1 without controls and blanks (RFC 9110, 5.5)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a token belongs to: the user's name, and the service's number of the machine (as text)."""

    user: str
    machine_id: str


def fits_header(token: str) -> bool:
    """Whether the token can be sent at all; whether it is any good only the service knows."""
    return len(token) <= MAX_TOKEN and _HEADER_VALUE.fullmatch(token) is not None


def owner_of(token: str) -> Owner | None:
    """Read the owner out of a token, or None: a token that does not decode is still a token.

    The middle one of its three dotted parts is base64 without padding of
    `urlsafe_b64(user) + "##" + urlsafe_b64(machine id)` (service.md, "Addresses and authentication").
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        user, separator, machine = _decoded(parts[1].encode()).partition(b"##")
        owner = Owner(_decoded(user).decode(), _decoded(machine).decode())
    except ValueError:  # also of base64 and of UTF-8
        return None
    return owner if separator and owner.user else None


def _decoded(text: bytes) -> bytes:
    """Either alphabet of base64, with or without its padding; raises ValueError."""
    text = text.rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    padded = text + b"=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def redact(text: str, token: str) -> str:
    """The text with MASK for the token in any dress: plain, quoted, escaped, encoded, in parts."""
    for secret in _dresses(token.strip()):
        text = text.replace(secret, MASK)
    return text


def _dresses(token: str) -> list[str]:
    """All the forms to look for, the longest first so that none leaves a rest of another behind."""
    plain = [token, *(part for part in token.split(".") if len(part) >= _SHORTEST_PART)]
    forms = {form for text in plain if len(text) >= _SHORTEST for form in _forms(text)}
    return sorted(forms, key=lambda form: (-len(form), form))


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
        if len(core) >= _SHORTEST:
            forms |= {core, core.translate(str.maketrans("+/", "-_"))}
    return forms
