import itertools
import tracemalloc
from collections import Counter

import numpy as np
import pytest

from ppocr_rare.data.sampler import EvalSampler, MixSampler, TrainSampler, build_sampler
from ppocr_rare.data.word_dataset import Part
from ppocr_rare.errors import DataError

MIXTURE = [Part(100, 0.5), Part(20, 0.25), Part(40, 0.25)]


def build(num_samples, batch_size, **changed):
    return TrainSampler(num_samples, batch_size, **{"shuffle": True, "drop_last": False, "seed": 7, **changed})


def build_mix(parts=MIXTURE, batch_size=8, **changed):
    return MixSampler(parts, batch_size, **{"shuffle": True, "drop_last": False, "seed": 7, **changed})


def epoch_of(sampler, epoch, batch=0):
    sampler.start(epoch, batch)
    return list(sampler)


def count_parts(batch, parts=MIXTURE):
    """How many samples of each part there are in a batch."""
    ends = np.cumsum([part.size for part in parts])
    return np.bincount(np.searchsorted(ends, np.array(batch) % ends[-1], "right"), minlength=len(parts)).tolist()


def test_each_sample_comes_once_in_an_epoch():
    batches = epoch_of(build(23, 5), 0)
    assert [len(batch) for batch in batches] == [5, 5, 5, 5, 3]
    order = [*itertools.chain(*batches)]
    assert sorted(order) == [*range(23)] and order != sorted(order)
    assert all(type(index) is int for index in order)


def test_the_order_follows_from_seed_and_epoch_alone():
    sampler = build(50, 5)
    first, second = epoch_of(sampler, 0), epoch_of(sampler, 1)
    assert first != second != epoch_of(sampler, 2)
    assert epoch_of(sampler, 1) == second == epoch_of(build(50, 5), 1)
    assert epoch_of(build(50, 5, seed=8), 1) not in (first, second)
    assert list(sampler) == list(sampler)


def test_without_shuffle_samples_come_in_order():
    assert epoch_of(build(7, 3, shuffle=False), 4) == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize("make", [lambda **how: build(160, 8, **how), build_mix], ids=["plain", "mixed"])
@pytest.mark.parametrize("batch", [0, 1, 13, 19, 20])
def test_resuming_gives_the_rest_of_the_epoch(make, batch):
    sampler = make()
    whole = epoch_of(sampler, 3)
    assert len(whole) == len(sampler) == 20
    assert epoch_of(make(), 3, batch) == whole[batch:]
    sampler.start(3, batch)
    assert (sampler.remaining, len(sampler)) == (20 - batch, 20)


@pytest.mark.parametrize("make", [lambda size, **how: build(163, size, **how), lambda size, **how: build_mix(
    [Part(120, 0.3), Part(43, 0.7)], size, **how)], ids=["plain", "mixed"])  # fmt: skip
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("num_ranks", [2, 4])
def test_ranks_together_see_the_batches_of_one(make, drop_last, num_ranks):
    one = epoch_of(make(16, drop_last=drop_last), 2)
    ranks = [
        epoch_of(make(16 // num_ranks, drop_last=drop_last, rank=rank, num_ranks=num_ranks), 2)
        for rank in range(num_ranks)
    ]
    together = [[*itertools.chain(*parts)] for parts in zip(*ranks, strict=True)]
    assert len(one) == (10 if drop_last else 11)
    # The last of 163 has 3 samples: with 4 ranks the last rank repeats the first sample of the epoch.
    assert together[:10] == one[:10]
    if not drop_last:
        assert together[10] == one[10] + one[0][: max(0, num_ranks - 3)]
        assert {len(batches[10]) for batches in ranks} == ({1, 2} if num_ranks == 2 else {1})


def test_fewer_samples_than_ranks_are_repeated_round_and_round():
    parts = [epoch_of(build(2, 4, shuffle=False, rank=rank, num_ranks=5), 0) for rank in range(5)]
    assert parts == [[[0]], [[1]], [[0]], [[1]], [[0]]]


def test_an_epoch_needs_one_batch():
    with pytest.raises(DataError, match="nothing of 7 samples: one batch takes 8 .*batch_size_per_card"):
        build(7, 8, drop_last=True)
    with pytest.raises(DataError, match="one batch takes 4 on each of 2 processes"):
        build(7, 4, drop_last=True, num_ranks=2)
    with pytest.raises(DataError, match="no sample"):
        build(0, 8)
    assert len(build(8, 4, drop_last=True, num_ranks=2)) == 1


def test_millions_of_samples_fit():
    tracemalloc.start()
    try:
        for sampler in (
            build(3_000_000, 256),
            build_mix([Part(2_000_000, 0.2), Part(999_900, 0.5), Part(100, 0.3)], 256),
        ):
            tracemalloc.reset_peak()
            sampler.start(0, 5000)
            assert len(next(iter(sampler))) == 256
            assert tracemalloc.get_traced_memory()[1] < 40_000_000  # 200 MB for 15 million
    finally:
        tracemalloc.stop()


def test_each_batch_holds_the_shares():
    assert [count_parts(batch) for batch in epoch_of(build_mix(), 0)] == [[4, 2, 2]] * 20


def test_a_share_that_does_not_fit_the_batch_is_exact_in_the_long_run():
    parts = [Part(100, 0.55), Part(150, 0.4), Part(50, 0.05)]
    sampler = build_mix(parts, 10)
    counts = np.array([count_parts(batch, parts) for epoch in range(40) for batch in epoch_of(sampler, epoch)])
    assert [set(column) for column in counts.T] == [{5, 6}, {4}, {0, 1}]
    expected = np.outer(np.arange(1, 1201) * 10, [0.55, 0.4, 0.05])
    assert np.abs(np.cumsum(counts, axis=0) - expected).max() < 3


@pytest.mark.parametrize("seed", range(20))
def test_any_shares_are_rounded_up_or_down_in_every_batch(seed):
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.ones(int(generator.integers(2, 7))))
    parts = [Part(int(generator.integers(1, 300)), share) for share in shares]
    total = sum(part.size for part in parts)
    size = int(generator.integers(1, 40))
    batches = epoch_of(build_mix(parts, size), 1)
    assert sum(map(len, batches)) == total
    for batch in batches:
        exact = len(batch) * shares
        counts = np.array(count_parts(batch, parts))
        assert (counts >= np.floor(exact)).all() and (counts <= np.ceil(exact)).all()


def test_every_rank_gets_the_shares():
    for rank in range(2):
        assert [count_parts(batch) for batch in epoch_of(build_mix(rank=rank, num_ranks=2), 0)] == [[4, 2, 2]] * 10


def test_parts_are_gone_through_again_as_their_shares_take():
    # 160 samples: 80 of the 100, 40 of the 20, 40 of the 40.
    entries = [*itertools.chain(*epoch_of(build_mix(), 0))]
    assert len(entries) == 160 and len(set(entries)) == 160
    uses = Counter(entry % 160 for entry in entries)
    assert sum(uses[index] for index in range(100)) == 80 and max(uses[index] for index in range(100)) == 1
    assert [uses[index] for index in range(100, 160)] == [2] * 20 + [1] * 40
    # The second time around their indices are raised, and in another order.
    small = [entry for entry in entries if 100 <= entry % 160 < 120]
    first, second = small[:20], [entry - 160 for entry in small[20:]]
    assert sorted(first) == sorted(second) == [*range(100, 120)] and first != second


def test_another_epoch_takes_others_of_a_large_part():
    sampler = build_mix([Part(1000, 0.1), Part(1000, 0.9)], 100)
    epochs = [itertools.chain(*epoch_of(sampler, epoch)) for epoch in (0, 1)]
    first, second = ({entry for entry in entries if entry < 1000} for entries in epochs)
    assert len(first) == len(second) == 200 and len(first & second) < 80  # 40 expected


def test_mixing_without_shuffle_alternates():
    # One and a half of each: first one and two, then two and one; sample 4 comes again, as 4 + 6.
    assert epoch_of(build_mix([Part(4, 0.5), Part(2, 0.5)], 3, shuffle=False), 0) == [[4, 0, 5], [1, 10, 2]]


class Mixture:
    def __init__(self, parts):
        self.parts = parts

    def __len__(self):
        return sum(part.size for part in self.parts)

    def mixture(self):
        return self.parts


def test_the_data_set_says_whether_it_is_a_mixture():
    settings = {"shuffle": True, "drop_last": True, "seed": 7}
    mixed = build_sampler(Mixture(MIXTURE), 8, **settings)
    plain = build_sampler(Mixture([Part(23, 1.0)]), 8, **settings)
    assert list(mixed) == list(build_mix()) and count_parts(next(iter(mixed))) == [4, 2, 2]
    assert type(plain) is TrainSampler and list(plain) == list(build(23, 8, drop_last=True))


@pytest.mark.parametrize(("num_samples", "num_ranks"), [(10, 1), (10, 3), (11, 4), (2, 4), (0, 2)])
def test_evaluation_reads_each_sample_once_and_in_order(num_samples, num_ranks):
    parts = [EvalSampler(num_samples, 2, rank=rank, num_ranks=num_ranks) for rank in range(num_ranks)]
    for part in parts:
        batches = list(part)
        assert len(part) == len(batches) and all(len(batch) == 2 for batch in batches[:-1])
    assert [index for part in parts for batch in part for index in batch] == [*range(num_samples)]
    sizes = [sum(map(len, part)) for part in parts]
    assert max(sizes) - min(sizes) <= 1
