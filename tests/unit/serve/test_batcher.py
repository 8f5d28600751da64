"""The batcher: what is queued is taken, in turns, and nobody's fault or going costs another one's answer."""

import asyncio
import threading

import pytest

from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.serve.batcher import Batcher, QueueFullError
from ppocr_rare.serve.way import Way

PLAIN, DETAILED = Way(), Way(has_details=True)


class Reader:
    """Reads bytes as their own text; holds each batch until it is let go."""

    def __init__(self, is_held=False):
        self.batches, self.begun, self.gate = [], threading.Semaphore(0), threading.Semaphore(0 if is_held else 9999)

    def __call__(self, images, way):
        self.batches.append((list(images), way))
        self.begun.release()
        assert self.gate.acquire(timeout=5)
        if b"poison" in images:
            raise MemoryError("poison")
        return [RecognizedWord(image.decode(), 1.0, ()) for image in images]

    async def has_begun(self):
        assert await asyncio.to_thread(self.begun.acquire, timeout=5)


def run(body, reader, **options):
    async def whole():
        batcher = Batcher(reader, **({"max_queue": 100} | options))
        running = asyncio.create_task(batcher.run())
        try:
            return await body(batcher)
        finally:
            reader.gate.release(999)
            batcher.close()
            await asyncio.wait_for(running, 5)

    return asyncio.run(whole())


def texts(words):
    return [word.text for word in words]


def ask(batcher, *images, way=PLAIN):
    return asyncio.create_task(batcher.words_of(list(images), way))


def test_what_is_queued_is_read_together_and_nothing_waits():
    reader, sizes = Reader(is_held=True), []

    async def body(batcher):
        first = ask(batcher, b"0")
        await reader.has_begun()  # alone: nothing waits for company
        others = [ask(batcher, b"%d" % number) for number in range(1, 51)]
        await asyncio.sleep(0)
        assert batcher.num_waiting == 50
        reader.gate.release(9)
        answers = await asyncio.gather(first, *others)
        assert [texts(answer) for answer in answers] == [[str(number)] for number in range(51)]

    run(body, reader, on_batch=sizes.append)
    assert sizes == [1, 32, 18]


def test_free_readers_share_what_is_queued():
    reader, sizes = Reader(is_held=True), []

    async def body(batcher):
        asked = [ask(batcher, b"%d" % number) for number in range(7)]
        for _ in range(2):
            await reader.has_begun()
        asked += [ask(batcher, b"%d" % number) for number in range(7, 12)]
        await asyncio.sleep(0)
        assert batcher.num_waiting == 5  # nobody is free
        reader.gate.release(9)
        assert [texts(answer) for answer in await asyncio.gather(*asked)] == [[str(number)] for number in range(12)]

    run(body, reader, num_readers=2, on_batch=sizes.append)
    assert sizes[:2] == [4, 3] and sum(sizes) == 12


def test_requests_take_turns():
    reader = Reader(is_held=True)

    async def body(batcher):
        ask(batcher, b"x")
        await reader.has_begun()
        many, one = ask(batcher, *[b"%d" % number for number in range(9)]), ask(batcher, b"a")
        await asyncio.sleep(0)
        reader.gate.release(9)
        assert texts(await many) == list("012345678") and texts(await one) == ["a"]

    run(body, reader, max_batch=4)
    assert reader.batches[1][0] == [b"0", b"a", b"1", b"2"]


def test_a_fault_costs_its_own_request_alone():
    async def body(batcher):
        good, bad, other = ask(batcher, b"a", b"b"), ask(batcher, b"poison"), ask(batcher, b"c")
        with pytest.raises(MemoryError):
            await bad
        assert texts(await good) == ["a", "b"] and texts(await other) == ["c"]
        assert texts(await batcher.words_of([b"after"])) == ["after"]

    run(body, Reader())


def test_a_full_queue_refuses_a_request_whole():
    reader = Reader(is_held=True)

    async def body(batcher):
        first = ask(batcher, b"0")
        await reader.has_begun()
        waiting = ask(batcher, b"1", b"2")
        await asyncio.sleep(0)
        assert batcher.is_open
        with pytest.raises(QueueFullError):
            await batcher.words_of([b"3", b"4"])
        assert batcher.num_waiting == 2
        reader.gate.release(9)
        assert texts(await first + await waiting) == ["0", "1", "2"]

    run(body, reader, max_queue=3)


def test_of_a_client_that_has_gone_nothing_more_is_read():
    reader = Reader(is_held=True)

    async def body(batcher):
        gone = ask(batcher, b"read", *[b"not read"] * 40)
        await reader.has_begun()
        other = ask(batcher, b"other")
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0.01)
        assert batcher.num_waiting == 1
        reader.gate.release(9)
        assert texts(await other) == ["other"]

    run(body, reader)
    assert reader.batches[1:] == [([b"other"], PLAIN)]


def test_what_is_asked_in_different_ways_is_read_apart():
    reader = Reader(is_held=True)

    async def body(batcher):
        ask(batcher, b"0")
        await reader.has_begun()
        ways = PLAIN, DETAILED, PLAIN, Way(top_k=3), Way(top_k=4), Way(top_k=3)
        asked = [ask(batcher, image, way=way) for image, way in zip(b"a b c d e f".split(), ways, strict=True)]
        await asyncio.sleep(0)
        reader.gate.release(9)
        assert [texts(answer) for answer in await asyncio.gather(*asked)] == [[letter] for letter in "abcdef"]

    run(body, reader)
    apart = [([b"a", b"c"], PLAIN), ([b"b"], DETAILED), ([b"d", b"f"], Way(top_k=3)), ([b"e"], Way(top_k=4))]
    assert reader.batches[1:] == apart


def test_closing_reads_what_waits_and_takes_no_more():
    reader = Reader(is_held=True)

    async def body(batcher):
        first = ask(batcher, b"0")
        await reader.has_begun()
        rest = ask(batcher, *[b"x"] * 40)
        await asyncio.sleep(0)
        batcher.close()
        assert not batcher.is_open
        with pytest.raises(QueueFullError):
            await batcher.words_of([b"late"])
        reader.gate.release(99)
        assert len(await first + await rest) == 41

    run(body, reader)


def test_how_long_what_waits_will_take_follows_from_what_was_read():
    reader = Reader(is_held=True)

    async def body(batcher):
        assert batcher.seconds_to_wait == 0
        first = ask(batcher, *[b"x"] * 4)
        await reader.has_begun()
        await asyncio.sleep(0.2)
        reader.gate.release()
        await first
        ask(batcher, b"x")
        await reader.has_begun()
        ask(batcher, *[b"x"] * 40)
        await asyncio.sleep(0)
        assert 2.0 <= batcher.seconds_to_wait < 8  # 40 of 50 ms each, on an idle machine

    run(body, reader)
