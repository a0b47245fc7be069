"""Tokens of the service's own three-part form: who and which machine, signed.

``base64("HS256") . base64(payload) . base64(HMAC-SHA256(key, first two parts))``, URL-safe, no padding; the
payload is ``urlsafe_b64(user name) + "##" + urlsafe_b64(machine id)`` with padding, as in the API
documentation's example (which decodes to the user "😂", machine 29).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

__all__ = ["Claim", "make_token", "read_token"]

_SEPARATOR = b"##"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token with a good signature says."""

    user: str
    machine_id: int


def make_token(key: bytes, user: str, machine_id: int) -> str:
    """The token of one machine; the same arguments always give the same token."""
    payload = _SEPARATOR.join(base64.urlsafe_b64encode(part.encode()) for part in (user, str(machine_id)))
    signed = f"{_encode(b'HS256')}.{_encode(payload)}"
    return f"{signed}.{_signature(key, signed)}"


def read_token(key: bytes, token: str) -> Claim | None:
    """The claim of a token made with this key; None for any other text."""
    signed, dot, signature = token.rpartition(".")
    if not dot or not hmac.compare_digest(
        _signature(key, signed).encode(), signature.encode(errors="replace")
    ):
        return None
    try:
        user, machine = _decode(signed.rpartition(".")[2]).split(_SEPARATOR)
        return Claim(base64.urlsafe_b64decode(user).decode(), int(base64.urlsafe_b64decode(machine)))
    except (ValueError, binascii.Error):
        return None


def _signature(key: bytes, signed: str) -> str:
    return _encode(hmac.new(key, signed.encode(errors="replace"), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
