"""Makes the benchmark page of an evaluation, in its three forms."""

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import paddle
from tqdm import tqdm

from ppocr_rare.config import Config
from ppocr_rare.config.source import format_yaml
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.evaluate.benchmark.counts import BenchmarkCounts, Tally
from ppocr_rare.engine.evaluate.benchmark.curvature import BUCKETS, bucket_of
from ppocr_rare.engine.evaluate.benchmark.facts import describe_weights, gather_facts
from ppocr_rare.engine.evaluate.benchmark.writers import as_html, as_markdown
from ppocr_rare.engine.evaluate.evaluator import Evaluator, Prediction, SetResult
from ppocr_rare.engine.evaluate.report import thumbnail
from ppocr_rare.engine.read.evidence import RectifierHealth, health_of
from ppocr_rare.utils.images import decode_image, levels_of_input

SUFFIXES = (".md", ".json", ".html")
DEFAULT_NAME = "benchmark"
_BATCH = 64


def page_files(path: str) -> list[str]:
    """The page's files: PATH.md, PATH.json and PATH.html, or those of ``benchmark`` in PATH where that is a folder."""
    stem = str(Path(path) / DEFAULT_NAME) if path.endswith("/") or Path(path).is_dir() else path
    return [stem + suffix for suffix in SUFFIXES]


class BenchmarkPage:
    """Listens to an evaluation and makes its page.

    Args:
        config: of the model.
        evaluator: of the model.
        data_sets: the data sets by name; their images are read again, when the time of the evaluation has been taken.
        lexicon: what the words were read with, as the command line names it; None: any word may be read.
    """

    def __init__(
        self, config: Config, evaluator: Evaluator, data_sets: Mapping[str, WordDataset], lexicon: str | None = None
    ):
        self.counts = BenchmarkCounts(evaluator)
        self._config = config
        self._weights = describe_weights(config)  # now, as a training may replace the file meanwhile
        self._model = evaluator.model
        self._data_sets = data_sets
        self._lexicon = lexicon
        self._read: list[tuple[str, int, bool]] = []  # data set, place in it, whether it is right

    def __call__(self, prediction: Prediction) -> None:
        """Counts one word."""
        self.counts(prediction)
        self._read.append((prediction.data_set, prediction.index, prediction.is_correct))

    def texts(self, results: list[SetResult], protocol: str) -> tuple[str, str, str]:
        """The contents of ``page_files``.

        Args:
            results: of the evaluation.
            protocol: how words were compared.
        """
        by_curvature = self._count_by_curvature()
        facts = gather_facts(self._config, self._weights, results, self.counts, by_curvature, protocol)
        facts["lexicon"] = self._lexicon
        facts["rectifier"] = self._rectifier_facts()
        config_text = format_yaml(facts["config"])
        images = [self._images(prediction) for prediction in self.counts.worst()]
        text = json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return as_markdown(facts, config_text), text, as_html(facts, config_text, images)

    def _count_by_curvature(self) -> dict[str, Tally]:
        tallies = {bucket: Tally() for bucket in BUCKETS}
        for name, index, is_correct in tqdm(self._read, desc="curvature", unit="img", disable=None):
            tallies[bucket_of(decode_image(self._data_sets[name].read_image(index)))].add(is_correct)
        return tallies

    def _rectifier_facts(self) -> dict | None:
        """What TPS does to the words that were read; None where nothing is rectified or was read."""
        if self._model.transform is None or not self._read:
            return None
        self._model.eval()
        found: list[RectifierHealth] = []
        points: list[np.ndarray] = []
        places = iter(tqdm(self._read, desc="rectifier", unit="img", disable=None))
        while batch := list(islice(places, _BATCH)):
            images = np.stack([self._network_input(name, index) for name, index, _ in batch])
            with paddle.no_grad():
                batch_points = self._model.transform.loc_net(paddle.to_tensor(images)).numpy()
            found += [health_of(one, (images.shape[2], images.shape[3])) for one in batch_points]
            points.append(batch_points)
        differ = np.concatenate(points).std(axis=0) * [images.shape[3] / 2, images.shape[2] / 2]
        return {
            "moved_px": float(np.mean([one.moved for one in found])),
            "differ_px": float(np.linalg.norm(differ, axis=1).mean()),
            "points_outside": float(np.mean([one.num_outside for one in found]) / len(differ)),
            "folded": float(np.mean([one.is_folded for one in found])),
        }

    def _network_input(self, name: str, index: int) -> np.ndarray:
        *_, sample = self._data_sets[name].stages(index)
        return np.asarray(sample["image"])  # [3, H, W]

    def _images(self, prediction: Prediction) -> list[str]:
        """A word's image, and what the model makes of it where it rectifies."""
        data_set = self._data_sets[prediction.data_set]
        images = [decode_image(data_set.read_image(prediction.index))]
        if self._model.transform is not None:
            prepared = paddle.to_tensor(self._network_input(prediction.data_set, prediction.index)[None])
            self._model.eval()
            with paddle.no_grad():
                rectified = self._model.transform(prepared).numpy()[0]
            images.append(levels_of_input(rectified))
        return [thumbnail(image) for image in images]
