"""Whose XP it is: each pulse goes with the address and token it was recorded with, and nothing is stranded."""

from __future__ import annotations

import base64
import io
import json
from datetime import datetime

import pytest

from codestats.cli import main
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery
from codestats.engine.engine import Engine
from codestats.settings import Settings
from codestats.storage import owners
from codestats.storage.owners import NOBODY, Owner
from codestats.storage.spool import ResolvedBatch, Spool
from codestats.views import Frame, status_view
from support.fakes import SENT, START, FakeReporter, FakeService, outcome, rows, sums

DAY = 86_400
UNAUTHORIZED = outcome("UNAUTHORIZED", state="unauthorized")
HERE, THERE = "https://here.example", "https://there.example"


def token(user, machine, secret="secret"):
    """As the service makes them."""
    parts = (base64.urlsafe_b64encode(part.encode()) for part in (user, machine))
    claim = base64.urlsafe_b64encode(b"##".join(parts)).rstrip(b"=").decode()
    return f"SFMyNTY.{claim}.{secret}"


class Desk:
    """One computer: editors that record and send, each with its settings, and the services' books."""

    def __init__(self, database, clock, path) -> None:
        self.database, self.clock, self.path = database, clock, path
        self.services = {}
        self.number = 0

    def owner(self, key, address=HERE):
        return Owner.of(Settings(api_key=key, api_url=address))

    def record(self, xp, owner, ago=0):
        self.number += 1
        spool = Spool(self.database, self.clock, owner)
        spool.note_owner()
        spool.record([ResolvedBatch(f"batch {self.number}", int(self.clock.now()) - ago, xp)])

    def service(self, owner, answer=lambda _xps: SENT):
        service = self.services.setdefault(owner, FakeService())
        service.answer = answer
        return service

    def send(self, owner, answer=lambda _xps: SENT):
        """One round; returns what arrived of it, in order."""
        service = self.service(owner, answer)
        service.log.clear()
        outbox = Outbox(self.database, self.clock, f"holder {self.number}", owner)
        Delivery(outbox, service, self.clock, Backoff(), FakeReporter(), lambda: True).send_round()
        return [xps for xps in service.log if xps not in ("probe", {}) and answer(xps) is SENT]

    def totals(self, owner):
        return Spool(self.database, self.clock, owner).totals()


@pytest.fixture
def desk(database, clock, path):
    return Desk(database, clock, path)


@pytest.fixture
def alice(desk):
    return desk.owner(token("alice", "1"))


@pytest.fixture
def bob(desk):
    return desk.owner(token("bob", "2"))


def refuses(_xps):
    return UNAUTHORIZED


def test_each_token_sends_only_its_own(desk, alice, bob):
    desk.record({"C": 1}, alice)
    desk.record({"Go": 2}, bob)
    assert desk.send(alice) == [{"C": 1}]
    assert desk.send(alice) == []
    assert desk.send(bob) == [{"Go": 2}]
    assert sums(desk.path) == {"sent": 3}


def test_the_same_hour_is_another_pulse_for_another_token(desk, alice, bob):
    for owner in (alice, bob, alice):
        desk.record({"C": 1}, owner)
    assert desk.send(alice) == [{"C": 2}]


@pytest.mark.parametrize("one, other", [(("a", "1"), ("a", "2")), (("a", "1"), ("b", "1"))])
def test_another_machine_or_user_is_another_owner(one, other, desk):
    assert desk.owner(token(*one)).key != desk.owner(token(*other)).key


def test_another_address_is_another_owner(desk):
    assert desk.owner(token("a", "1")).key != desk.owner(token("a", "1"), THERE).key


def test_a_token_that_was_made_again_has_the_same_owner(desk):
    old, new = desk.owner(token("a", "1", "old")), desk.owner(token("a", "1", "new"))
    desk.record({"C": 1}, old)
    assert desk.send(new) == [{"C": 1}]


def test_a_token_that_says_nothing_is_its_own_owner(desk):
    assert desk.owner("one").key != desk.owner("two").key
    assert desk.owner("one") == desk.owner("one")


def test_the_token_is_nowhere_in_the_database(desk):
    secret = token("alice", "1", "a-secret-of-some-length")
    desk.record({"C": 1}, desk.owner(secret))
    desk.database.close()
    content = desk.path.read_bytes()
    assert secret.encode() not in content
    assert b"a-secret-of-some-length" not in content


def test_what_was_recorded_without_a_token_goes_with_the_first(desk, alice, bob):
    desk.record({"C": 1}, NOBODY)
    assert desk.totals(bob).queued == desk.totals(alice).queued == 1
    assert desk.send(bob) == [{"C": 1}]
    assert desk.send(alice) == []


def test_unless_that_one_is_refused(desk, alice, bob):
    desk.record({"C": 1}, NOBODY)
    desk.send(bob, refuses)
    assert desk.send(alice) == [{"C": 1}]


def test_once_in_doubt_it_is_the_first_ones(desk, alice, bob):
    desk.record({"C": 1}, NOBODY)
    desk.send(bob, lambda _: outcome("IN_DOUBT"))
    assert desk.send(alice) == []
    assert desk.send(bob) == [{"C": 1}]


class TestOrphans:
    """Pulses of a token or an address that was a slip."""

    def test_a_mistyped_token_that_was_refused(self, desk, alice):
        slip = desk.owner("SFMyNTY.mistyped")
        desk.record({"C": 1}, slip)
        desk.send(slip, refuses)
        assert desk.send(alice) == [{"C": 1}]
        assert rows(desk.path, "SELECT DISTINCT account FROM pulse") == []

    def test_a_wrong_address_with_the_same_token(self, desk):
        wrong, right = (desk.owner(token("a", "1"), address) for address in (THERE, HERE))
        desk.record({"C": 1}, wrong)
        desk.record({"Go": 1}, wrong, ago=3600)
        desk.send(wrong, lambda _: outcome("IN_DOUBT", status=404))
        assert desk.send(right) == [{"Go": 1}, {"C": 1}]
        assert rows(desk.path, "SELECT DISTINCT doubt FROM ledger") == [(0,)]

    def test_a_token_that_no_editor_has_any_more(self, desk, alice):
        slip = desk.owner("mistyped before there was a network")
        desk.record({"C": 1}, slip)
        assert desk.send(alice) == []
        desk.clock.pass_seconds(DAY + 1)
        assert desk.send(alice) == [{"C": 1}]

    def test_are_nobodys_until_a_token_is_accepted(self, desk, alice, bob):
        slip = desk.owner("mistyped")
        desk.record({"C": 1}, slip)
        desk.send(slip, refuses)
        assert desk.send(bob, refuses) == []
        assert desk.send(alice) == [{"C": 1}]

    def test_a_token_that_was_ever_accepted_has_none(self, desk, alice, bob):
        """Its machine may be activated again."""
        desk.record({"C": 1}, alice)
        desk.send(alice)
        desk.record({"C": 2}, alice)
        desk.send(alice, refuses)
        desk.clock.pass_seconds(DAY * 3)
        assert desk.send(bob) == []
        assert desk.send(alice) == [{"C": 2}]

    def test_two_new_tokens_without_a_network_are_no_slips(self, desk, alice, bob):
        for owner in (alice, bob):
            desk.record({"C": 1}, owner)
            desk.send(owner, lambda _: outcome("UNAVAILABLE"))
        assert desk.send(alice) == [{"C": 1}]
        assert desk.totals(bob).queued == 1


def test_totals_tell_ones_own_and_what_waits_for_others(desk, alice, bob):
    desk.record({"C": 1}, alice)
    desk.record({"C": 2}, bob)
    desk.record({"C": 4}, NOBODY)
    desk.record({"C": 8}, bob, ago=7200)
    assert desk.totals(alice).queued == 5
    [queue] = desk.totals(alice).others
    assert queue == ("bob", HERE, 2, 10, False)
    assert desk.totals(NOBODY).queued == 15
    assert desk.totals(NOBODY).others == ()
    assert desk.totals(alice).today == 15


def test_what_waits_for_a_refused_token_is_told_as_such(desk, alice, bob):
    desk.record({"C": 1}, alice)
    desk.send(alice)
    desk.record({"C": 2}, bob)
    desk.send(bob)
    desk.record({"C": 3}, bob)
    desk.send(bob, refuses)
    [queue] = desk.totals(alice).others
    assert (queue.user, queue.xp) == ("bob", 3)


def test_the_status_shows_a_queue_for_each(desk, alice, bob):
    desk.record({"C": 1}, alice)
    desk.record({"C": 2}, bob)
    desk.send(bob, refuses)
    queues = [queue._asdict() for queue in desk.totals(desk.owner(token("carol", "3"))).others]
    view = status_view(
        {"state": "ok", "queued": 0, "others": queues}, {}, Frame(80, 24, datetime.now().astimezone())
    )
    shown = [line.split() for line in view.lines]
    assert ["Of", "others", "1", "XP", "of", "alice", "at", "here.example"] in shown
    assert not any("bob" in line for line in shown)  # refused and never accepted: it goes with this one
    desk.send(bob)
    desk.record({"C": 2}, bob)
    [_, queue] = sorted(desk.totals(desk.owner(token("carol", "3"))).others)
    assert queue[0] == "bob"


def test_the_command_shows_them_too(tmp_path, monkeypatch, capsys):
    for user, machine in (("alice", "1"), ("bob", "2")):
        settings = {
            "api_key": token(user, machine),
            "api_url": "http://127.0.0.1:1",
            "data_dir": str(tmp_path),
        }
        engine = Engine(lambda _message: None, environ={"HOME": str(tmp_path)})
        engine.receive({"type": "configure", "settings": settings})
        engine.receive({"type": "record", "batches": [{"id": user, "at": START, "xp": {"c": 5}}]})
        engine.stop()
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(settings)))
    assert main(["status", "--settings", "-"]) == 0
    printed = capsys.readouterr().out
    assert "5 XP in 1 pulse for http://127.0.0.1:1" in printed
    assert "… of alice" in printed


def test_what_waits_for_a_token_that_is_gone_for_good_goes_with_this_one_if_the_user_says_so(
    desk, alice, bob, database
):
    desk.record({"C": 1}, alice)
    desk.send(alice)
    desk.record({"C": 2}, alice)
    desk.record({"Go": 3}, bob)
    assert desk.send(bob) == [{"Go": 3}]
    assert desk.totals(bob).others[0].xp == 2
    with database.transaction() as connection:
        owners.give_up_others(connection, bob)
    assert desk.totals(bob).others == ()
    assert desk.send(bob) == [{"C": 2}]
    desk.record({"C": 4}, alice)  # it was not gone after all
    assert desk.send(alice) == [{"C": 4}]
