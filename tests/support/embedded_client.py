"""A plain client for the tests of the embedded service: one request, and the answer as it came."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = NOW.timestamp()

    def __call__(self):
        return self.now


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def kind(self):
        return self.headers["content-type"]

    def json(self):
        return json.loads(self.body)


def ask(service, method, path, body=None, headers=None, *, connection=None):
    """Sends one request, with exactly these headers (a list of pairs may name one twice)."""
    ours = connection is None
    connection = connection or http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers or []:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        if ours:
            connection.close()


def post(service, document, token=None, headers=(), connection=None):
    """Posts a pulse, given as bytes or as a JSON document."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    given = [("X-API-Token", token or service.token()), ("Content-Type", "application/json"), *headers]
    return ask(service, "POST", "/api/my/pulses", body, given, connection=connection)


def ago(seconds, offset=timezone.utc):
    """The timestamp of so many seconds before NOW."""
    return (NOW - timedelta(seconds=seconds)).astimezone(offset).isoformat()


def pulse(*xps, at=0.0, coded_at=None):
    """A pulse of (language, xp) entries, coded ``at`` seconds before NOW."""
    entries = [{"language": language, "xp": xp} for language, xp in xps]
    return {"coded_at": coded_at or ago(at), "xps": entries}
