#!/usr/bin/env python3
"""Fetch an export of your data from a service of `codestats serve`: ask for it, wait until it is made, save it.

    CODESTATS_API_URL=http://127.0.0.1:8080 CODESTATS_TOKEN_FILE=~/.codestats-token python3 export.py pulses.csv

The token needs the scope `read` (doc/service.md). It is in a file that nobody else may read, so that no shell's
history has it; where something else keeps secrets, CODESTATS_ACCESS_TOKEN can hold it instead. The file
`pulses.csv` is there whole, for your eyes only, or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import urllib.request
from pathlib import Path
from typing import BinaryIO

PATIENCE = 600  # seconds


def token() -> str:
    """The token. Raises OSError where its file can't be read, KeyError where nothing names one."""
    if given := os.environ.get("CODESTATS_ACCESS_TOKEN"):
        return given
    file = Path(os.environ["CODESTATS_TOKEN_FILE"]).expanduser()
    if file.stat().st_mode & 0o077:
        raise PermissionError(f"others may read {file}: chmod 600 it")
    return file.read_text().strip()


def call(method: str, path: str, document: object = None, output: BinaryIO | None = None) -> bytes:
    """The body of an answer, or nothing where it goes to a file. Raises urllib.error.URLError."""
    request = urllib.request.Request(  # noqa: S310 (the address is the user's own)
        os.environ["CODESTATS_API_URL"].rstrip("/") + path,
        None if document is None else json.dumps(document).encode(),
        {
            "Authorization": f"Bearer {token()}",
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (as above)
        if output is not None:
            shutil.copyfileobj(answer, output)
        body: bytes = answer.read()
        return body


def export(file: Path) -> str:
    """Save an export as `file`; an empty string, or what went wrong."""
    asked = json.loads(call("POST", "/api/my/exports", {"format": "csv"}))
    place = f"/api/my/exports/{asked['id']}"
    end = time.monotonic() + PATIENCE
    while (found := json.loads(call("GET", place)))["state"] in ("queued", "running"):
        if time.monotonic() > end:
            return f"it is still {found['state']} after {PATIENCE} s"
        time.sleep(1)
    if found["state"] == "failed":
        return str(found["error"])
    partly = file.with_name(f"{file.name}.part")
    with os.fdopen(os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        call("GET", f"{place}/file", output=output)
    if partly.stat().st_size != found["size"]:
        return "the file did not come whole"
    partly.replace(file)
    call("DELETE", place)  # the service need not keep it
    return ""


if __name__ == "__main__":
    try:
        problem = export(Path(sys.argv[1]))
    except KeyError as error:
        problem = f"set {error.args[0]}"
    except OSError as error:  # no answer, a refusal, or a file
        problem = str(error)
    sys.exit(f"export.py: {problem}" if problem else 0)
