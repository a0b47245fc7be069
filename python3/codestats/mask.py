"""What hides the token on its way from the editor: mask.vim of the editor's part says why, token.vim how."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEY", "is_masked", "unmasked"]

KEY = "CODESTATS_MASK"
"""The environment variable with the key."""

_PREFIX = "masked:"


def is_masked(text: str) -> bool:
    """Whether the text is a token that was masked."""
    return text.startswith(_PREFIX)


def unmasked(text: str, environ: Mapping[str, str]) -> str:
    """The token; what comes out with another key, or of what was not masked so, is none. Raises ValueError."""
    _, nonce, hidden = text.split(":")
    hidden_bytes = bytes.fromhex(hidden)
    key = environ.get(KEY, "") + nonce
    blocks = range(len(hidden_bytes) // hashlib.sha256().digest_size + 1)
    stream = b"".join(hashlib.sha256(f"{key}{block}".encode()).digest() for block in blocks)
    return bytes(one ^ by for one, by in zip(hidden_bytes, stream, strict=False)).decode()
