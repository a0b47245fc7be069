#!/usr/bin/env python3
"""Fetch an export of your data from a service of `codestats serve`: ask for it, wait until it is made, save it.

    CODESTATS_API_URL=http://127.0.0.1:8080 CODESTATS_ACCESS_TOKEN=… python3 export.py pulses.csv

The token needs the scope `read` (doc/service.md). The file is there whole, for your eyes only, or not at all.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 600  # seconds


def call(method: str, path: str, document: object = None) -> bytes:
    """The body of an answer. Raises urllib.error.URLError."""
    request = urllib.request.Request(  # noqa: S310 (the address is the user's own)
        os.environ["CODESTATS_API_URL"].rstrip("/") + path,
        None if document is None else json.dumps(document).encode(),
        {
            "Authorization": f"Bearer {os.environ['CODESTATS_ACCESS_TOKEN']}",
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (as above)
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
    content = call("GET", f"{place}/file")
    partly = file.with_name(f"{file.name}.part")
    with os.fdopen(os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        output.write(content)
    partly.replace(file)
    call("DELETE", place)  # the service need not keep it
    return ""


if __name__ == "__main__":
    try:
        problem = export(Path(sys.argv[1]))
    except urllib.error.URLError as error:
        problem = str(error)
    sys.exit(f"export.py: {problem}" if problem else 0)
