"""Everything that the page says, as plain data: its JSON form, from which the others are written."""

import datetime
import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePath

import cv2
import numpy as np
import paddle

import ppocr_rare
from ppocr_rare.builder import build_post_process
from ppocr_rare.config import Config
from ppocr_rare.data.benchmarks.subsets import SUBSETS, Subset
from ppocr_rare.engine.evaluate.benchmark.counts import LONGEST, BenchmarkCounts, Tally
from ppocr_rare.engine.evaluate.benchmark.curvature import BUCKETS, DEFINITION
from ppocr_rare.engine.evaluate.benchmark.published import PUBLISHED
from ppocr_rare.engine.evaluate.evaluator import SetResult
from ppocr_rare.engine.evaluate.report import averages, format_notes
from ppocr_rare.engine.read.weights import pretrained_weights
from ppocr_rare.metrics.confidence import calibration_error, reliability, risk_coverage
from ppocr_rare.utils.checkpoint.save_load import PARAMS_SUFFIX
from ppocr_rare.utils.platforms import num_cores

CPU_INFO = Path("/proc/cpuinfo")
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)


def gather_facts(
    config: Config,
    weights: dict,
    results: list[SetResult],
    counts: BenchmarkCounts,
    by_curvature: Mapping[str, Tally],
    protocol: str,
) -> dict:
    """What the page says.

    Args:
        config: of the model.
        weights: as ``describe_weights`` gave them before the evaluation.
        results: of the evaluation, a row each.
        counts: that listened to it.
        by_curvature: tallies of its words by bucket.
        protocol: how words were compared.
    """
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "protocol": protocol,
        "model": weights,
        "machine": describe_machine(config),
        "versions": {
            "ppocr_rare": ppocr_rare.__version__, "python": platform.python_version(),
            "paddle": paddle.__version__, "numpy": np.__version__, "opencv": cv2.__version__,
        },
        "sets": [_set_facts(result) for result in results],
        "averages": _average_facts(results),
        "by_length": [{"length": n, **rates(counts.by_length[n])} for n in sorted(counts.by_length)],
        "longest": LONGEST,
        "curvature_definition": DEFINITION,
        "by_curvature": [{"bucket": bucket, **rates(by_curvature[bucket])} for bucket in BUCKETS],
        "confusions": [
            {"label": label, "read": read, "count": count}
            for (label, read), count in sorted(counts.confusions.items(), key=lambda item: (-item[1], item[0]))
        ],
        "confidence": _confidence(config, counts.scores),
        "worst": [
            {"data_set": p.data_set, "key": p.key, "label": p.label, "text": p.text, "score": round(p.score, 6)}
            for p in counts.worst()
        ],
        "notes": format_notes(results),
        "published": [asdict(row) for row in PUBLISHED],
        "config": config.to_dict(),
    }  # fmt: skip


def _confidence(config: Config, words: list[tuple[float, bool]]) -> dict:
    """Whether scores mean what they say, and what keeping only the surest words brings."""
    scores, is_right = zip(*words, strict=True) if words else ((), ())
    post_process = build_post_process(config)
    risks = risk_coverage(scores, is_right, COVERAGES) if words else []
    return {
        "score": post_process.score,
        "temperature": post_process.temperature,
        "expected_calibration_error": calibration_error(scores, is_right) if words else None,
        "reliability": [asdict(one) for one in reliability(scores, is_right)] if words else [],
        "risk_coverage": [{"coverage": c, "risk": risk} for c, risk in zip(COVERAGES, risks, strict=False)],
    }


def rates(tally: Tally) -> dict:
    """A tally with its accuracy and interval; None where there is no word."""
    return {
        "count": tally.count, "correct": tally.correct, "accuracy": tally.accuracy, "interval_95": tally.interval,
    }  # fmt: skip


def subset_of(result: SetResult) -> Subset | None:
    """The published subset that a data set is: it has the name, and the published number of words."""
    name = PurePath(result.name).name
    return next((s for s in SUBSETS if name in (s.name, s.release_name) and result.num_samples == s.count), None)


def describe_machine(config: Config) -> dict:
    """What the speed was measured on."""
    device = paddle.device.get_device()
    on_gpu = device.startswith("gpu")
    return {
        "processor": paddle.device.cuda.get_device_name() if on_gpu else _cpu_name(),
        "device": device,
        "cores": num_cores(),
        "threads": os.environ.get("OMP_NUM_THREADS", "not limited"),
        "batch_size": config["Eval"]["loader"]["batch_size_per_card"],
        "loader_workers": config["Eval"]["loader"]["num_workers"],
        "system": f"{platform.system()} {platform.machine()}",
    }


def describe_weights(config: Config) -> dict:
    """The weights' file and its SHA-256."""
    path = Path(pretrained_weights(config))
    path = next(file for file in (Path(f"{path}{PARAMS_SUFFIX}"), path) if file.is_file())
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return {"weights": str(path), "sha256": digest.hexdigest()}


def _set_facts(result: SetResult) -> dict:
    subset, scores = subset_of(result), result.scores
    return {
        "name": result.name,
        "subset": subset.name if subset else None,
        "dataset": subset.dataset if subset else None,
        "samples": result.num_samples,
        "excluded": len(result.rejections),
        **rates(Tally(scores.count, scores.correct)),
        "one_minus_ned": scores.one_minus_ned if scores.count else None,
        "images_per_s": result.images_per_s,
    }


def _average_facts(results: list[SetResult]) -> list[dict]:
    """Both averages; that of all words has an interval, that of the sets is no count of anything."""
    total = Tally(sum(r.scores.count for r in results), sum(r.scores.correct for r in results))
    facts = [{"name": name, "accuracy": rate, "one_minus_ned": ned} for name, rate, ned in averages(results)]
    if facts:
        facts[-1] |= rates(total)
    return facts


def _cpu_name() -> str:
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
