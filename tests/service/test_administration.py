"""Administration by program: machines, tokens, exports, users and aliases, and who may do what."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from codestats.server import Service
from codestats.server.admin.access import SCOPES
from codestats.server.admin.routes import _ROUTES
from support.embedded_client import ask, post
from support.fakes import wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def service():
    with Service() as service:
        service.token("Ada", "laptop")
        yield service


def call(service, token, method, path, document=None):
    """A call with a bearer token; its status and JSON."""
    headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")]
    body = None if document is None else json.dumps(document).encode()
    answer = ask(service, method, path, body, headers)
    return answer.status, answer.json() if "json" in (answer.kind or "") else None


def typed(service, token, language="C", xp=3):
    at = datetime.now(timezone(timedelta(hours=2))).replace(microsecond=0)
    document = {"coded_at": at.isoformat(), "xps": [{"language": language, "xp": xp}]}
    assert post(service, document, token).status == 201
    return at


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("route", _ROUTES, ids=lambda route: f"{route.method} {route.path.pattern}")
    def test_a_token_of_less_is_refused_and_none_is_asked_for(self, route, service):
        path = route.path.pattern.replace(r"(\d{1,15})", "77")
        assert ask(service, route.method, path, b"{}").status == 401
        assert call(service, "nonsense", route.method, path, {})[0] == 401
        weaker = SCOPES[SCOPES.index(route.scope) - 1]
        token = service.token("Ada", "laptop") if weaker == "pulse" else service.grant(weaker, "Ada")
        status, answer = call(service, token, route.method, path, {})
        assert (status, answer) == (403, {"error": f"This token may {weaker}; '{route.scope}' is needed."})
        assert call(service, service.grant(route.scope, "Ada"), route.method, path, {})[0] not in (
            401,
            403,
            500,
        )

    @pytest.mark.parametrize("place", ["Authorization", "X-API-Token", "access_token"])
    def test_three_places_for_a_token(self, place, service):
        token = service.grant("read", "Ada")
        query, headers = "", [("Authorization", f"bearer  {token}")]
        if place == "access_token":
            query, headers = f"?access_token={token}", []
        elif place == "X-API-Token":
            headers = [(place, token)]
        answer = ask(service, "GET", "/api/my/profile" + query, headers=headers)
        assert (answer.status, answer.json()["user"]) == (200, "Ada")

    def test_two_tokens_are_none(self, service):
        headers = [
            ("X-API-Token", service.grant("read", "Ada")),
            ("Authorization", f"Bearer {service.grant('read')}"),
        ]
        assert ask(service, "GET", "/api/my/profile", headers=headers).status == 401

    def test_a_program_may_not_send_pulses_nor_reach_another_user(self, service):
        token = service.grant("admin", "Eve")
        assert post(service, {"coded_at": "2999-01-01T00:00:00Z", "xps": []}, token).status == 403
        [machine] = call(service, service.grant("manage", "Ada"), "GET", "/api/my/machines")[1]["machines"]
        assert call(service, token, "GET", "/api/my/machines") == (200, {"machines": []})
        path = f"/api/my/machines/{machine['id']}/token"
        assert call(service, token, "POST", path, {}) == (404, {"error": "You have no such machine."})

    def test_what_is_not_there(self, service):
        token = service.grant("admin", "Ada")
        assert call(service, token, "GET", "/api/my/nothing")[0] == 404
        assert call(service, token, "PUT", "/api/my/machines", {}) == (
            405,
            {"error": "This address takes GET, POST."},
        )
        assert call(service, token, "POST", "/api/my/machines", ["no object"])[0] == 400

    def test_what_is_no_body(self, service):
        token = service.grant("manage", "Ada")
        bearer = [("Authorization", f"Bearer {token}")]
        for kind, body, status, words in (
            ("application/json", b"{bad", 400, "no JSON"),
            ("application/x-www-form-urlencoded", b'{"name": "x"}', 415, "Content-Type: application/json"),
            ("application/json", b" " * 8_000_001, 413, "too large"),
        ):
            for accept in ("*/*", "application/json"):
                headers = [*bearer, ("Content-Type", kind), ("Accept", accept)]
                answer = ask(service, "POST", "/api/my/machines", body, headers)
                assert (answer.status, words in answer.json()["error"]) == (status, True)

    @pytest.mark.parametrize("name", ["", " ", None, 7, "x" * 256, "a\nb", "\ud800"])
    def test_what_is_no_name(self, name, service):
        for path in ("/api/my/machines", "/api/my/tokens", "/api/admin/users"):
            assert call(service, service.grant("admin", "Ada"), "POST", path, {"name": name})[0] in (400, 406)


class TestMachines:
    def test_from_the_first_token_to_the_last_pulse(self, service):
        manage = service.grant("manage", "Ada")
        status, made = call(service, manage, "POST", "/api/my/machines", {"name": "desktop"})
        assert (status, made["name"], made["active"]) == (201, "desktop", True)
        typed(service, made["token"])
        assert call(service, manage, "POST", "/api/my/machines", {"name": "desktop"})[0] == 409
        listed = call(service, manage, "GET", "/api/my/machines")[1]["machines"]
        assert [machine["name"] for machine in listed] == ["laptop", "desktop"]
        assert made["token"] not in json.dumps(listed)
        path = f"/api/my/machines/{made['id']}"
        renewed = call(service, manage, "POST", f"{path}/token", {})[1]["token"]
        assert post(service, {}, made["token"]).status == 403
        typed(service, renewed)
        assert call(service, manage, "PATCH", path, {"active": False})[1]["active"] is False
        assert post(service, {}, renewed).status == 403
        assert "desktop" not in service.profile("Ada")["machines"]
        assert call(service, manage, "PATCH", path, {"active": True, "name": "tower"})[1]["name"] == "tower"
        typed(service, renewed)
        assert call(service, manage, "PATCH", path, {"name": "laptop"})[0] == 409
        assert call(service, manage, "PATCH", path, {"other": 1})[0] == 400
        assert call(service, manage, "DELETE", f"{path}/token") == (204, None)
        assert post(service, {}, renewed).status == 403
        assert service.profile("Ada")["machines"]["tower"]["xps"] == 9

    def test_no_token_is_in_the_data_file(self, tmp_path):
        with Service(tmp_path / "data") as service:
            manage = service.grant("manage", "Ada")
            made = call(service, manage, "POST", "/api/my/machines", {"name": "desktop"})[1]["token"]
            known = [service.token("Ada", "laptop"), manage, made]
        for file in tmp_path.iterdir():
            assert not [token for token in known if token.encode() in file.read_bytes()]
        with Service(tmp_path / "data") as service:
            assert call(service, manage, "GET", "/api/my/machines")[0] == 200


class TestTokens:
    def test_made_listed_and_revoked(self, service):
        manage = service.grant("manage", "Ada")
        status, made = call(service, manage, "POST", "/api/my/tokens", {"name": "backup", "scope": "read"})
        assert (status, made["scope"]) == (201, "read")
        assert call(service, made["token"], "GET", "/api/my/profile")[0] == 200
        listed = call(service, manage, "GET", "/api/my/tokens")[1]["tokens"]
        assert [token["name"] for token in listed] == ["serve", "backup"]
        assert listed[1]["used"] > 0
        assert made["token"] not in json.dumps(listed)
        assert call(service, manage, "DELETE", f"/api/my/tokens/{made['id']}") == (204, None)
        assert call(service, made["token"], "GET", "/api/my/profile")[0] == 401
        assert call(service, manage, "DELETE", f"/api/my/tokens/{made['id']}")[0] == 404

    def test_none_makes_one_that_may_more(self, service):
        manage = service.grant("manage", "Ada")
        assert call(service, manage, "POST", "/api/my/tokens", {"name": "x", "scope": "admin"})[0] == 403
        assert call(service, manage, "POST", "/api/my/tokens", {"name": "x", "scope": "pulse"})[0] == 400


class TestExports:
    @pytest.mark.parametrize("kind", ["csv", "jsonl"])
    def test_asked_for_watched_and_fetched(self, kind, service):
        at = typed(service, service.token("Ada", "laptop"), 'C; "sharp"', 7)
        read = service.grant("read", "Ada")
        status, export = call(service, read, "POST", "/api/my/exports", {"format": kind})
        assert (status, export["state"]) == (202, "queued")
        path = f"/api/my/exports/{export['id']}"
        wait_until(lambda: call(service, read, "GET", path)[1]["state"] == "done")
        answer = ask(service, "GET", f"{path}/file?access_token={read}")
        assert answer.headers["content-disposition"] == f'attachment; filename="pulses.{kind}"'
        if kind == "csv":
            [row] = csv.DictReader(io.StringIO(answer.body.decode()), delimiter=";")
        else:
            row = {name: str(value) for name, value in json.loads(answer.body).items()}
        assert row == {
            "sent_at": f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}Z", "sent_at_local": f"{at:%Y-%m-%d %H:%M:%S}",
            "tz_offset": "120", "language": 'C; "sharp"', "machine": "laptop", "amount": "7",
        }  # fmt: skip
        assert call(service, read, "GET", path)[1]["size"] == len(answer.body)
        assert call(service, read, "DELETE", path) == (204, None)
        assert call(service, read, "GET", path)[0] == 404
        assert call(service, read, "POST", "/api/my/exports", {"format": "xml"})[0] == 400

    @pytest.mark.parametrize("kind", ["csv", "jsonl"])
    def test_a_long_one_is_made_and_sent_in_parts(self, kind, service, monkeypatch):
        for xp in range(1, 40):
            typed(service, service.token("Ada", "laptop"), f"Språk {xp}", xp)
        read = service.grant("read", "Ada")
        files = []
        for size in (10**6, 100):
            monkeypatch.setattr("codestats.server.admin.files._PART", size)
            path = (
                f"/api/my/exports/{call(service, read, 'POST', '/api/my/exports', {'format': kind})[1]['id']}"
            )
            wait_until(lambda path=path: call(service, read, "GET", path)[1]["state"] == "done")
            files.append(ask(service, "GET", f"{path}/file?access_token={read}").body)
        assert files[0] == files[1]
        assert len(files[0].splitlines()) == 39 + (kind == "csv")
        exports = service._exports
        parts = exports.parts(2)
        next(parts)
        call(service, read, "DELETE", "/api/my/exports/2")
        with pytest.raises(ConnectionAbortedError):
            list(parts)
        assert list(exports.parts(2)) == []
        assert b"".join(exports.parts(1)) == files[0]

    def test_one_of_an_earlier_version_is_there(self, tmp_path):
        """Version 4 kept the file in one piece."""
        file = tmp_path / "data"
        with Service(file) as service:
            read = service.grant("read", "Ada")
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.executescript("""
                DROP TABLE export_parts; DROP TABLE exports;
                CREATE TABLE exports (id INTEGER PRIMARY KEY AUTOINCREMENT, user, format, state, asked, begun DEFAULT 0,
                    ended DEFAULT 0, error DEFAULT '', content BLOB);
                INSERT INTO exports VALUES (3, 1, 'csv', 'done', 1, 2, 3, '', CAST('old;file' AS BLOB));
                INSERT INTO exports VALUES (4, 1, 'csv', 'failed', 1, 2, 3, 'why', NULL);
                PRAGMA user_version = 4;
            """)
        with Service(file) as service:
            listed = call(service, read, "GET", "/api/my/exports")[1]["exports"]
            assert [(one["id"], one["state"], one["size"], one["error"]) for one in listed] == [
                (4, "failed", 0, "why"), (3, "done", 8, ""),
            ]  # fmt: skip
            assert ask(service, "GET", f"/api/my/exports/3/file?access_token={read}").body == b"old;file"
            assert call(service, read, "POST", "/api/my/exports", {})[1]["id"] == 5

    def test_another_users_is_not_there(self, service):
        export = call(service, service.grant("read", "Ada"), "POST", "/api/my/exports", {})[1]
        for path in (f"/api/my/exports/{export['id']}", f"/api/my/exports/{export['id']}/file"):
            assert call(service, service.grant("admin", "Eve"), "GET", path)[0] == 404

    def test_one_that_was_killed_reads_failed_and_the_next_is_made(self, tmp_path):
        with Service(tmp_path / "data") as service:
            read = service.grant("read", "Ada")
            for _ in range(2):
                call(service, read, "POST", "/api/my/exports", {})
        with closing(
            sqlite3.connect(tmp_path / "data")
        ) as database:  # as a process leaves it that is killed at work
            database.execute("UPDATE exports SET state = iif(id = 1, 'running', 'queued')")
            database.commit()
        with Service(tmp_path / "data") as service:
            wait_until(lambda: call(service, read, "GET", "/api/my/exports/2")[1]["state"] == "done")
            killed = call(service, read, "GET", "/api/my/exports/1")[1]
            assert (killed["state"], killed["error"]) == ("failed", "the service ended while it was at work")
            answer = call(service, read, "GET", "/api/my/exports/1/file")
            assert answer == (409, {"error": "The export is failed."})

    def test_a_service_that_is_killed_leaves_no_export_at_work(self, tmp_path):
        """Whenever it happens: what the next one tells is done, failed, or made by it."""
        serve = [sys.executable, "-m", "codestats", "serve", "--data", str(tmp_path / "data")]
        ready = tmp_path / "ready"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python3")}
        read = ""
        for number in range(3):
            given = ["--ready-file", str(ready), *(() if read else ("--grant", "read"))]
            process = subprocess.Popen([*serve, *given], env=environment, stdout=subprocess.DEVNULL)
            wait_until(ready.exists)
            found = json.loads(ready.read_text())
            read = read or found["access"][0]["token"]
            port = int(found["url"].rpartition(":")[2])
            there = type("There", (), {"port": port})
            for _ in range(5):
                assert call(there, read, "POST", "/api/my/exports", {})[0] == 202
            if number < 2:
                process.send_signal(signal.SIGKILL)
                process.wait()
                ready.unlink()
        exports = lambda: call(there, read, "GET", "/api/my/exports")[1]["exports"]  # noqa: E731
        wait_until(lambda: {one["state"] for one in exports()} <= {"done", "failed"})
        assert len(exports()) == 15
        process.terminate()
        process.wait()


class TestUsersAndAliases:
    def test_a_user_is_made_hidden_and_shown(self, service):
        admin = service.grant("admin", "Ada")
        made = call(service, admin, "POST", "/api/admin/users", {"name": "Bob"})[1]
        assert call(service, admin, "POST", "/api/admin/users", {"name": "bob"})[0] == 409
        assert ask(service, "GET", "/api/users/Bob").status == 200
        path = f"/api/admin/users/{made['id']}"
        assert call(service, admin, "PATCH", path, {"private": True})[1]["private"] is True
        assert ask(service, "GET", "/api/users/Bob").status == 404
        users = call(service, admin, "GET", "/api/admin/users")[1]["users"]
        assert [user["private"] for user in users] == [False, True]
        assert call(service, admin, "PATCH", path, {"private": 1})[0] == 400

    def test_pulses_of_an_alias_are_kept_as_the_other(self, service):
        admin, token = service.grant("admin", "Ada"), service.token("Ada", "laptop")
        typed(service, token, "VimL", 1)
        alias = {"language": "viml", "kept_as": "Vim script"}
        assert call(service, admin, "PUT", "/api/admin/aliases", alias) == (200, {"aliases": [alias]})
        typed(service, token, "VimL", 2)
        assert service.xp("Ada") == {"VimL": 1, "Vim script": 2}
        assert call(service, admin, "PUT", "/api/admin/aliases", {"language": "C", "kept_as": "c"})[0] == 400
        assert call(service, admin, "DELETE", "/api/admin/aliases", {"language": "VIML"})[1] == {
            "aliases": []
        }
        typed(service, token, "VimL", 4)
        assert service.xp("Ada") == {"VimL": 5, "Vim script": 2}


def test_the_document_has_every_call():
    text = (ROOT / "doc/service.md").read_text()
    told = set(re.findall(r"^\| `([A-Z]+) (/api/\S+)` \| `(\w+)` \|", text, re.MULTILINE))
    assert told == {
        (route.method, route.path.pattern.replace(r"(\d{1,15})", "ID"), route.scope) for route in _ROUTES
    }


class TestDropInScript:
    """doc/examples/export.py, as it is."""

    def run(self, service, directory, **named):
        environment = {"PATH": os.environ["PATH"], "CODESTATS_API_URL": service.url, **named}
        script = ROOT / "doc" / "examples" / "export.py"
        return subprocess.run(
            [sys.executable, str(script), str(directory / "pulses.csv")],
            env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def test_it_fetches_an_export(self, service, tmp_path):
        typed(service, service.token("Ada", "laptop"), "C", 7)
        token = tmp_path / "token"
        token.touch(0o600)
        token.write_text(service.grant("read", "Ada") + "\n")
        done = self.run(service, tmp_path, CODESTATS_TOKEN_FILE=str(token))
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "pulses.csv").read_text().endswith(";C;laptop;7\n")
        assert (tmp_path / "pulses.csv").stat().st_mode & 0o777 == 0o600
        assert call(service, service.grant("read", "Ada"), "GET", "/api/my/exports")[1] == {"exports": []}

    def test_a_refused_token_is_said_and_leaves_nothing(self, service, tmp_path):
        done = self.run(service, tmp_path, CODESTATS_ACCESS_TOKEN="wrong")
        assert done.returncode == 1
        assert "401" in done.stderr
        assert "wrong" not in done.stderr
        assert not list(tmp_path.iterdir())

    def test_a_token_that_others_may_read_or_that_is_not_there_is_said(self, service, tmp_path):
        token = tmp_path / "token"
        token.write_text(service.grant("read", "Ada"))
        token.chmod(0o644)
        done = self.run(service, tmp_path, CODESTATS_TOKEN_FILE=str(token))
        assert done.stderr == f"export.py: others may read {token}: chmod 600 it\n"
        token.unlink()
        assert "No such file" in self.run(service, tmp_path, CODESTATS_TOKEN_FILE=str(token)).stderr
        assert self.run(service, tmp_path).stderr == "export.py: set CODESTATS_TOKEN_FILE\n"
