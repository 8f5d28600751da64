"""Ranks that meet in a store of this process; for what Paddle exchanges see integration/test_ranks.py."""

import signal
import threading
import time

import pytest

from ppocr_rare.utils import ranks as ranks_module
from ppocr_rare.utils.ranks import RankLost, Ranks


class Store:
    """What Paddle's TCPStore does of it; ``is_gone``: what it raises when the process that keeps it has died."""

    def __init__(self):
        self.counts, self.values, self.lock, self.is_gone = {}, {}, threading.Lock(), None

    def add(self, key, number):
        if self.is_gone:
            raise self.is_gone("broken pipe")
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + number
            return self.counts[key]

    def set(self, key, value):
        self.values[key] = value

    def get(self, key):
        return self.values[key]


def two_ranks():
    store = Store()
    return [Ranks(rank, 2, store) for rank in range(2)]


def test_alone_nothing_is_waited_for():
    alone = Ranks()
    alone.meet()
    alone.fail("nobody hears")
    assert (alone.is_first, alone.total([1, 2.5]), alone.gather("x")) == (True, [1, 2.5], ["x"])


def test_they_wait_for_each_other_each_time():
    first, second = two_ranks()
    passed = []

    def slow():
        for turn in range(3):
            time.sleep(0.05)
            passed.append(turn)
            second.meet()

    thread = threading.Thread(target=slow)
    thread.start()
    for turn in range(3):
        first.meet()
        assert turn in passed
    thread.join()


def test_a_failure_is_told_in_its_words():
    first, second = two_ranks()
    second.fail("the disk is full")
    second.fail("a later one")
    with pytest.raises(RankLost, match=r"^the disk is full$"):
        first.meet()


def test_one_that_does_not_come_is_not_waited_for_after_a_signal(monkeypatch):
    monkeypatch.setattr(ranks_module, "GRACE_S", 0.05)
    first, _ = two_ranks()
    first.is_asked_to_end = lambda: True
    with pytest.raises(RankLost, match="has died or hangs"):
        first.meet()
    assert not first.is_first_gone


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])
def test_the_first_one_takes_the_store_with_it(kind):
    _, second = two_ranks()
    second._store.is_gone = kind
    with pytest.raises(RankLost, match="the first process of this run has died"):
        second.meet()
    assert second.is_first_gone
    second.fail("nobody hears")


def test_a_signal_waits_for_the_stores_answer():
    first, _ = two_ranks()
    seen, add = [], first._store.add

    def interrupted(key, number):
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)  # to this thread: another one would not hold it back
        seen.append("asked")
        return add(key, number)

    before = signal.signal(signal.SIGTERM, lambda *_: seen.append("signal"))
    try:
        first._store.add("ppocr_rare/met", 1)  # the other one is there
        first._store.add = interrupted
        first.meet()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen[:2] == ["asked", "signal"]
