"""The health check's own part of the core: it keeps to the rules of sending, and its commands can be pasted."""

from __future__ import annotations

import shlex
from contextlib import closing

import pytest

from codestats import paths
from codestats.clock import Clock
from codestats.delivery.lease import Lease
from codestats.health import service as health_service
from codestats.health.service import service_findings
from codestats.health.storage import data_findings
from codestats.settings import Settings
from codestats.storage.database import Database


@pytest.fixture
def directory(tmp_path):
    """As on macOS, where it lies in a directory with a blank in its name."""
    return paths.ensure_private_dir(tmp_path / "Application Support" / "codestats")


@pytest.fixture
def database(directory):
    with closing(Database(paths.database_file(directory))) as database:
        yield database


@pytest.fixture
def settings(service):
    return Settings.from_mapping({"api_url": service.url, "api_key": service.token()}, {})[0]


def texts(findings):
    return " ".join(text for _, text, _ in findings)


def test_its_empty_pulse_never_goes_out_beside_an_editors(
    settings, service, directory, database, monkeypatch
):
    monkeypatch.setattr(health_service, "PATIENCE", 0.2)
    lease = Lease(Clock(), "an editor")
    with database.transaction() as connection:
        lease.take(connection)
    assert "an editor is sending" in texts(service_findings(settings, directory))
    assert service.pulses() == []
    with database.transaction() as connection:
        lease.release(connection)
    assert "is accepted" in texts(service_findings(settings, directory))
    assert len(service.pulses()) == 1


def test_it_leaves_the_right_to_send_free(settings, directory, database):
    service_findings(settings, directory)
    with database.transaction() as connection:
        assert Lease(Clock(), "an editor").take(connection) == 0


def test_it_tells_who_sends_by_the_rule_of_the_lease(directory, database):
    clock = Clock()

    def told(holder):
        return next(text for _, text, _ in data_findings(directory, holder) if "sending" in text)

    assert told("me") == "no editor is sending at this moment"
    with database.transaction() as connection:
        Lease(clock, "me").take(connection)
    assert told("me") == "this editor is sending at this moment"
    assert told("") == "another editor is sending at this moment"
    with database.transaction() as connection:  # further ahead than any lease is given for
        connection.execute("UPDATE lease SET expires = ?", (clock.uptime() + 1000,))
    assert told("me") == "no editor is sending at this moment"


def test_without_a_database_nobody_can_be_sending(settings, tmp_path):
    assert "is accepted" in texts(service_findings(settings, tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_a_spool_that_nobody_looks_into_is_named(tmp_path):
    other, own = tmp_path / "spool-01234567.sqlite3", paths.database_file(tmp_path)
    other.touch()
    [(_, text, command)] = [
        finding for finding in data_findings(tmp_path, "") if "another machine's" in finding[1]
    ]
    assert text.startswith(other.name)
    assert shlex.split(command) == ["mv", str(other), str(own)]
    Database(own).close()
    assert not any(command.startswith("mv") for _, _, command in data_findings(tmp_path, ""))


def test_its_commands_survive_a_blank_in_a_path(directory):
    old = directory / "spool-1.sqlite3.damaged-20260101-000000"
    old.touch()
    advice = [shlex.split(advice) for _, text, advice in data_findings(directory, "") if "set aside" in text]
    assert advice == [["rm", str(old)]]
    directory.chmod(0o755)
    [(_, _, command)] = [
        finding for finding in data_findings(directory, "") if "others may look" in finding[1]
    ]
    assert shlex.split(command) == ["chmod", "700", str(directory)]
