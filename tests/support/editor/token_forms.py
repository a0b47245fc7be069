"""Tokens of all forms, for comparing who reads an owner out of them."""

from __future__ import annotations

import base64


def made(user: bytes, machine: bytes = b"29", *, pad: bool = False) -> str:
    """As the service makes them: the middle part tells the user and the machine."""
    inner = base64.urlsafe_b64encode(user) + b"##" + base64.urlsafe_b64encode(machine)
    middle = base64.urlsafe_b64encode(inner).decode()
    return f"SFMyNTY.{middle if pad else middle.rstrip('=')}.c2lnbmF0dXJl"


FORMS = [
    made(b"alice"),
    made("😂".encode()),
    made("ünï".encode(), pad=True),
    made(b"a" * 200),
    made(b"per%cent"),
    made(b"a\"b\\c'd"),
    made(b"\xff\xfe"),
    made(b""),
    "SFMyNTY.!!!!.c",
    "a.b.c",
    "..",
    "plain",
]
