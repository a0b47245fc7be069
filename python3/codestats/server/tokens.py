"""Tokens: of machines in the service's own three-part form, and of programs that read or manage.

A machine's token is ``base64("HS256") . base64(payload) . base64(secret)``, URL-safe, no padding; the payload is
``urlsafe_b64(user name) + "##" + urlsafe_b64(machine id)`` with padding, as in the API documentation's example (which
decodes to the user "😂", machine 29). The real service signs the first two parts; here the third is random. A token is
shown once, when it is made: kept is its SHA-256 alone, by which it is found again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

__all__ = ["access_token", "digest", "machine_token", "signed_token"]

_SEPARATOR = b"##"
_SECRET = 32
"""Random bytes of a token."""


def machine_token(user: str, machine_id: int) -> str:
    """A new token of a machine; each is another one."""
    return f"{_claim(user, machine_id)}.{_encode(secrets.token_bytes(_SECRET))}"


def access_token() -> str:
    """A new token for a program that reads or manages a user's data; it says nothing of them."""
    return f"cs_{secrets.token_urlsafe(_SECRET)}"


def digest(token: str) -> bytes:
    """What is kept of a token. It has more entropy than anybody can try, so a plain hash will do."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def signed_token(key: bytes, user: str, machine_id: int) -> str:
    """A machine's token as data files of versions 1 to 3 had it: signed with their key, and always the same."""
    claim = _claim(user, machine_id)
    return f"{claim}.{_encode(hmac.new(key, claim.encode(), hashlib.sha256).digest())}"


def _claim(user: str, machine_id: int) -> str:
    payload = _SEPARATOR.join(base64.urlsafe_b64encode(part.encode()) for part in (user, str(machine_id)))
    return f"{_encode(b'HS256')}.{_encode(payload)}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
