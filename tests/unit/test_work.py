"""Whether an engine is at rest, asked from any thread at any moment."""

from __future__ import annotations

import threading

from codestats.work import Work


def test_it_rests_when_all_is_done():
    work = Work()
    assert work.is_resting
    assert work.is_settled
    work.begin()
    work.begin()
    work.done()
    assert not work.is_resting
    work.done()
    assert work.is_settled


def test_a_short_pause_is_rest_but_not_the_end():
    work = Work()
    work.begin()
    work.pause(is_short=True)
    assert work.is_resting
    assert not work.is_settled
    work.begin()
    work.pause(is_short=False)
    assert work.is_settled


def test_work_that_goes_from_thread_to_thread_never_seems_done():
    """Each begins the other's before its own is done, as the sender and the recorder do."""
    work = Work()
    work.begin()
    turns = [threading.Semaphore(1), threading.Semaphore(0)]

    def pass_on(own):
        for _ in range(2000):
            turns[own].acquire()
            work.begin()
            turns[1 - own].release()
            work.done()

    threads = [threading.Thread(target=pass_on, args=(own,)) for own in (0, 1)]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.add(work.is_settled)
    assert seen == {False}
    work.done()
    assert work.is_settled
