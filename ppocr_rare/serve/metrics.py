"""What Prometheus is told. Workers of one service count together, in files of the folder that ``SHARED_DIR`` names."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.serve.photographs import Photograph

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHARED_DIR = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's name; it looks when it is imported
_BATCHES = (1, 2, 4, 8, 16, 32)
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts of one service: two in a process do not mix."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        of_request = ["path", "status"]
        self._requests = Counter("ppocr_rare_requests", "Requests that have ended", of_request, registry=registry)
        self._seconds = Histogram(
            "ppocr_rare_request_seconds", "From a request's head to the end of its answer", ["path"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._images = Counter("ppocr_rare_images", "Images that were answered", ["outcome"], registry=registry)
        self._batches = Histogram(
            "ppocr_rare_batch_images", "Images that were read together", buckets=_BATCHES, registry=registry
        )
        self._photographs = Counter(
            "ppocr_rare_photographs", "Photographs that were answered", ["outcome"], registry=registry
        )
        self._queues = {
            what: Gauge(
                f"ppocr_rare_queue_{what}",
                f"{what.capitalize()} that wait",
                registry=registry,
                multiprocess_mode="livesum",
            )
            for what in ("images", "photographs")
        }

    def count_request(self, path: str, status: int, seconds: float) -> None:
        """Counts a request that has ended."""
        self._requests.labels(path, status).inc()
        self._seconds.labels(path).observe(seconds)

    def count_batch(self, num_images: int) -> None:
        """Counts a batch."""
        self._batches.observe(num_images)

    def count_word(self, word: RecognizedWord) -> None:
        """Counts an image by what came of it: read, unsure or failed."""
        outcome = "failed" if word.error is not None else "unsure" if word.is_unsure else "read"
        self._images.labels(outcome).inc()

    def count_photograph(self, photograph: Photograph) -> None:
        """Counts a photograph by what came of it: read or failed."""
        self._photographs.labels("read" if photograph.error is None else "failed").inc()

    def note_queues(self, num_images: int, num_photographs: int) -> None:
        """Notes how many images, and photographs, wait."""
        self._queues["images"].set(num_images)
        self._queues["photographs"].set(num_photographs)

    def page(self) -> bytes:
        """All of it, as Prometheus asks for it; of all workers."""
        registry = self._registry
        if SHARED_DIR in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)


def forget(process: int | None) -> None:
    """Of a worker that has ended, nothing waits any more; what it has counted remains."""
    multiprocess.mark_process_dead(process)
