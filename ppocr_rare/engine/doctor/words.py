"""Checks of the data sets: how many samples, and what their labels and images are like."""

import contextlib
import math
import os
import time
from collections.abc import Iterator, Mapping

import numpy as np

from ppocr_rare.builder import build_dataset
from ppocr_rare.config import Config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.operators import DecodeImage
from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.data.sampler import build_sampler
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.findings import Case, Finding, Level, Survey
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection

MAX_LOOKED_AT, BUDGET_S = 2000, 8.0  # for each of Train and Eval
MAX_LABELS = 20_000  # where labels alone are looked at
MAX_SETS_SHOWN, MAX_CHARACTERS_SHOWN, MAX_EXAMPLES = 12, 15, 3
BINS, BAR_WIDTH = 8, 40
LARGE_SHARE = 0.25  # of images squeezed, or of samples that cannot be used: worth a note, or more
GOLDEN = (math.sqrt(5) - 1) / 2


def check_data(case: Case, section: str) -> Iterator[Finding]:
    """One of Train and Eval: its paths, then its samples."""
    if section not in case.config:
        return
    level: Level = "FAULT" if "Train" in case.config else "note"  # a model that is trained already can do without
    missing = [*_missing_paths(case.config[section]["dataset"], section)]
    yield from (Finding(level, f"{section} paths", message) for message in missing)
    if missing:
        return
    # Evaluation compares texts; without a dictionary no label can be encoded.
    dataset = build_dataset(case.config, section, with_labels=section == "Train" and case.charset is not None)
    sets = dataset.sets()
    details = [f"{count:>9}  {name}" for name, count in sets[:MAX_SETS_SHOWN]]
    if len(sets) > MAX_SETS_SHOWN:
        details.append(f"      ...  and {len(sets) - MAX_SETS_SHOWN} more sets")
    found = f"{len(dataset)} in {len(sets)} set{'s' if len(sets) > 1 else ''}"
    if not len(dataset):
        yield Finding(level, f"{section} samples", f"{found}: there is nothing to read")
        return
    survey = case.surveys[section] = take_survey(dataset, case.charset)
    how = "all" if survey.num_looked_at == len(dataset) else f"{survey.num_looked_at} of {len(dataset)}, evenly spread,"
    shown = tuple(details) if len(sets) > 1 else ()
    yield Finding("ok", f"{section} samples", f"{found}; {how} were looked at in {survey.seconds:.1f} s", shown)
    if section == "Train":
        yield from _check_epoch(dataset, case.config)
    longest = case.config["Global"]["max_text_length"] - 2  # start and end take a step each
    for check in (_check_usable, _check_labels, check_characters, _check_aspects):
        yield from check(section, survey, longest)


def take_survey(
    dataset: WordDataset, charset: Charset | None, limit: int = MAX_LOOKED_AT, budget_s: float = BUDGET_S
) -> Survey:
    """Looks at samples of a data set, spread evenly over it; the same ones each time, as far as the time allows.

    Args:
        dataset: with its operators.
        charset: the characters; None where they are not known.
        limit: samples at most.
        budget_s: seconds after which no further sample is begun.
    """
    survey = Survey(dataset)
    start = time.perf_counter()
    for index in spread(len(dataset), limit):
        _look_at(index, survey, charset)
        survey.num_looked_at += 1
        survey.seconds = time.perf_counter() - start
        if survey.seconds > budget_s:
            break
    return survey


def survey_labels(dataset: WordDataset, charset: Charset, limit: int = MAX_LABELS) -> Survey:
    """Looks at labels alone, the first ones of each set: they lie together on the disk, so it is quick.

    Args:
        dataset: as for ``take_survey``.
        charset: the characters.
        limit: labels at most, the same number of each set.
    """
    survey = Survey(dataset)
    sets, start = dataset.sets(), 0
    for _, size in sets:
        for index in range(start, start + min(size, max(1, limit // len(sets)))):
            with contextlib.suppress(SampleError):  # the loader will count it
                _look_at_label(index, survey, charset)
            survey.num_looked_at += 1
        start += size
    return survey


def spread(num: int, limit: int) -> list[int]:
    """At most ``limit`` of the indices below ``num``, evenly spaced, in an order of which every beginning is spread."""
    chosen = np.linspace(0, num - 1, min(num, limit)).round().astype(int)
    stride = max(1, round(len(chosen) * GOLDEN))
    while math.gcd(stride, len(chosen)) > 1:  # or some would come twice and others never
        stride += 1
    return [int(chosen[number * stride % len(chosen)]) for number in range(len(chosen))]


def _look_at(index: int, survey: Survey, charset: Charset | None) -> None:
    dataset, text = survey.dataset, ""
    try:
        text = _look_at_label(index, survey, charset)
        for transform, sample in zip((None, *dataset.transforms), dataset.stages(index), strict=True):
            if isinstance(transform, DecodeImage):
                height, width = sample["image"].shape[:2]
                survey.aspects.append(width / height)
    except SampleError as error:
        survey.rejections.add(Rejection(dataset.key(index), text, error.reason, error.detail))
    else:
        survey.usable.append(index)


def _look_at_label(index: int, survey: Survey, charset: Charset | None) -> str:
    text = survey.dataset.read_text(index)
    survey.lengths[len(text)] += 1
    if charset and (unknown := charset.unknown(text)):
        survey.unknown.update(unknown)
        survey.num_with_unknown += 1
    return text


def _missing_paths(dataset: Mapping, section: str) -> Iterator[str]:
    folders, files = dataset.get("data_dir"), dataset.get("label_file_list")
    for folder in [folders] if isinstance(folders, str) else folders or ():
        if folder and not os.path.isdir(folder):
            yield f"{folder} is not a folder; change {section}.dataset.data_dir"
    for file in [files] if isinstance(files, str) else files or ():
        if not os.path.isfile(file):
            yield f"{file} is not a file; change {section}.dataset.label_file_list"


def _check_epoch(dataset: WordDataset, config: Config) -> Iterator[Finding]:
    """An epoch has at least one batch."""
    loader, seed = config["Train"]["loader"], config["Global"]["seed"]
    size = loader["batch_size_per_card"]
    try:
        steps = len(build_sampler(dataset, size, shuffle=False, drop_last=loader["drop_last"], seed=seed))
    except DataError as error:
        yield Finding("FAULT", "Train epoch", str(error))
    else:
        yield Finding("ok", "Train epoch", f"{steps} step{'s' if steps > 1 else ''} with batches of {size}")


def _check_usable(section: str, survey: Survey, longest: int) -> Iterator[Finding]:
    """Samples that the loader would leave out, by reason."""
    subject, num, bad = f"{section} unusable", survey.num_looked_at, len(survey.rejections)
    if not bad:
        yield Finding("ok", subject, f"none of {num}")
        return
    details = []
    for reason, count in survey.rejections.counts.most_common():
        details.append(f"{count} x {reason}")
        details += [f"    {example}" for example in survey.rejections.examples[reason][:MAX_EXAMPLES]]
    level: Level = "note" if survey.usable else "FAULT"
    message = f"{bad} of {num} ({bad / num:.1%}) are left out; mend or remove them"
    yield Finding(level, subject, message, tuple(details))


def _check_labels(section: str, survey: Survey, longest: int) -> Iterator[Finding]:
    """Lengths of the labels, and those that the model cannot say whole."""
    lengths = survey.lengths
    if not lengths:
        return
    over = sum(count for length, count in lengths.items() if length > longest)
    message = f"{min(lengths)} to {max(lengths)} characters, {_mean(lengths):.1f} on average"
    problems = [f"{lengths[0]} empty"] * bool(lengths[0]) + [f"{over} longer than {longest}"] * bool(over)
    if problems:
        message += f"; {' and '.join(problems)}"
        message += ": raise Global.max_text_length or leave them" if over else ""
    yield Finding("note" if problems else "ok", f"{section} labels", message, tuple(histogram(lengths, longest)))


def histogram(lengths: Mapping[int, int], longest: int) -> list[str]:
    """Lines of a bar chart of label lengths.

    Args:
        lengths: number of labels by length.
        longest: characters that a word may have; what is longer has one bar.
    """
    width = math.ceil(longest / BINS)
    bins = [("0", 0, 0)] if lengths.get(0) else []
    for low in range(1, longest + 1, width):
        high = min(low + width - 1, longest)
        bins.append((f"{low}-{high}" if high > low else str(low), low, high))
    bins.append((f">{longest}", longest + 1, max(lengths)))
    counts = [sum(n for length, n in lengths.items() if low <= length <= high) for _, low, high in bins]
    while not counts[-1]:
        counts.pop()
    scale = BAR_WIDTH / max(counts)
    return [
        f"{name:>5}  {count:>6}  {'#' * math.ceil(count * scale)}".rstrip()
        for (name, _, _), count in zip(bins, counts, strict=False)  # empty bars at the end are left out
    ]


def _mean(lengths: Mapping[int, int]) -> float:
    return sum(length * count for length, count in lengths.items()) / sum(lengths.values())


def check_characters(section: str, survey: Survey, longest: int = 0) -> Iterator[Finding]:
    """Characters that the dictionary lacks: they are dropped from labels in training, and never read."""
    if not survey.unknown:
        return
    shown = [f"{character!r} {count}" for character, count in survey.unknown.most_common(MAX_CHARACTERS_SHOWN)]
    more = len(survey.unknown) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    share = survey.num_with_unknown / sum(survey.lengths.values())
    message = f"{survey.num_with_unknown} labels ({share:.1%}) hold characters outside the dictionary; "
    message += "add those that matter to Global.character_dict_path"
    yield Finding("note", f"{section} characters", message, (listed,))


def _check_aspects(section: str, survey: Survey, longest: int) -> Iterator[Finding]:
    """Share of images that are wider than the image shape keeps."""
    resize = next((t for t in survey.dataset.transforms if isinstance(t, RecResizeImg)), None)
    if not survey.aspects or resize is None:
        return
    _, height, width = resize.image_shape
    low, median, high = np.percentile(survey.aspects, (5, 50, 95))
    share = sum(aspect > width / height for aspect in survey.aspects) / len(survey.aspects)
    message = f"width / height {median:.1f}, mostly {low:.1f} to {high:.1f}; "
    if not resize.padding:
        message += f"all are stretched to {width / height:.1f}"
    else:
        message += f"{share:.1%} are wider than {width}:{height} and squeezed"
    is_large = resize.padding and share > LARGE_SHARE
    if is_large:
        message += ": a wider RecResizeImg.image_shape keeps them"
    yield Finding("note" if is_large else "ok", f"{section} aspect", message)
