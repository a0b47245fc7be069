from __future__ import annotations

from codestats.delivery.line import Line


def test_one_waits_and_all_others_go(tmp_path):
    first, second = Line(tmp_path / "lock"), Line(tmp_path / "lock")
    assert first.join()
    assert first.join()
    assert not second.join()
    first.leave()
    assert second.join()
    assert not first.join()
    second.leave()


def test_where_there_can_be_no_lock_all_wait(tmp_path):
    assert Line(tmp_path / "none" / "lock").join()
    assert Line(tmp_path / "none" / "lock").join()
