"""Writes the evaluation LMDBs, each named with the subset that it is."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ppocr_rare.data.benchmarks.sources import Found, Source, find_sources
from ppocr_rare.data.benchmarks.subsets import SUBSETS, Subset, belongs
from ppocr_rare.data.benchmarks.words import ListedWords
from ppocr_rare.data.lexicon_name import lexicon_name
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.images import decode_image
from ppocr_rare.utils.open_file import open_file
from ppocr_rare.utils.stats import Rejection, RejectionLog
from ppocr_rare.utils.text_table import format_columns

# Called with an iterable and desc= the subset's name, gives the same items, as tqdm does.
Progress = Callable[..., Iterable]


@dataclass
class Prepared:
    """What became of a subset.

    Args:
        subset: which one.
        state: one line for the user.
        num_words: words that were written; None where nothing was.
        has_failed: something was there, but could not be used as it should.
        rejections: words that could not be used.
    """

    subset: Subset
    state: str
    num_words: int | None = None
    has_failed: bool = False
    rejections: RejectionLog = field(default_factory=RejectionLog)


def prepare_benchmark(
    root: Path, out: Path, lists: Mapping[str, Path], progress: Progress = lambda items, desc: items
) -> tuple[list[Prepared], list[Path]]:
    """Writes each subset of which the words are below a folder. What is there already is left as it is.

    Args:
        root: the sets as distributed, or the LMDB release.
        out: gets a folder for each subset.
        lists: for a subset that is a published list: a file with the names of its words, one a line.
        progress: told of each word.

    Returns:
        What became of each subset, and the label files that are of no known set.

    Raises:
        DataError: ``root`` is no folder, or there is nothing of the sets below it.
    """
    found = find_sources(root)
    if not found.by_name:
        unknown = f"; no folder name says which set {found.unknown[0]} is of" if found.unknown else ""
        raise DataError(f"none of the test sets is below {root}{unknown}")
    return [_prepare(subset, found, out, lists.get(subset.name), progress) for subset in SUBSETS], found.unknown


def summarize(prepared: list[Prepared], unknown: list[Path]) -> list[str]:
    """Lines for the user: a table with a row per subset, then what was left out of each, and why."""
    rows = [("set", "subset", "words", "expected", "state")]
    for item in prepared:
        words = "-" if item.num_words is None else str(item.num_words)
        rows.append((item.subset.dataset, item.subset.name, words, str(item.subset.count), item.state))
    lines = [format_columns(rows)]
    for item in prepared:
        lines += [f"{item.subset.name}: left out: {line}" for line in item.rejections.summary()]
    return lines + [f"not used: {path}: no folder name says which set it is of" for path in unknown]


def _prepare(subset: Subset, found: Found, out: Path, list_file: Path | None, progress: Progress) -> Prepared:
    sources = found.sources_of(subset)
    if (there := out / subset.name).exists():
        return Prepared(subset, f"already there, left as it is: {there}")
    if others := sorted(out.glob(f"{subset.name}.has_*")):
        return Prepared(subset, f"already there, and its count differs: {others[0]}", has_failed=True)
    if not sources:
        return Prepared(subset, "not found")
    if len(sources) > 1:
        paths = ", ".join(str(source.path) for source in sources)
        return Prepared(subset, f"found more than once, move all but one away: {paths}", has_failed=True)
    try:
        words = sources[0].open(subset.dataset)
        is_whole = _is_released(subset, sources[0])
        if subset.rule == "published list" and not is_whole and list_file is None:
            return Prepared(subset, f"list needed, it is not distributed with the set: --subset {subset.name}=FILE")
        indices = range(len(words)) if is_whole else _select(subset, words, list_file)
        return _write(subset, words, progress(indices, desc=subset.name), out)
    except DataError as error:
        return Prepared(subset, f"failed: {error}", has_failed=True)


def _is_released(subset: Subset, source: Source) -> bool:
    """Whether a source is the subset itself, cut by others."""
    return source.read is None and source.path.absolute().name in (subset.name, subset.release_name)


def _select(subset: Subset, words: WordDataset, list_file: Path | None) -> list[int]:
    """The words of a set that belong to a subset."""
    if list_file is None:
        return [index for index in range(len(words)) if _belongs(words, index, subset)]
    names = _names(words)
    wanted = _read_list(list_file)
    if strangers := sorted(wanted - set(names)):
        raise DataError(f"{list_file} names {len(strangers)} words that the set lacks, such as {strangers[0]!r}")
    return [index for index, name in enumerate(names) if name in wanted]


def _belongs(words: WordDataset, index: int, subset: Subset) -> bool:
    try:
        return belongs(words.read_text(index), subset.rule)
    except SampleError:
        return True  # writing it will fail, and be reported


def _names(words: WordDataset) -> list[str]:
    """What a list may call the words: as annotated, or by their numbers in an LMDB."""
    if isinstance(words, ListedWords):
        return [word.name for word in words.words]
    return [str(number) for number in range(1, len(words) + 1)]


def _read_list(path: Path) -> set[str]:
    try:
        with io.TextIOWrapper(open_file(path), encoding="utf-8-sig") as file:
            names = {line.strip() for line in file} - {""}
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8") from error
    if not names:
        raise DataError(f"{path} names no word")
    return names


def _write(subset: Subset, words: WordDataset, indices: Iterable[int], out: Path) -> Prepared:
    """Writes words under the subset's name if their number is the published one, else under one that tells it."""
    result = Prepared(subset, "written")
    unchecked = out / f"{subset.name}.unchecked"
    lexicons: dict[str, dict[str, list[str]]] = {}
    with LmdbWriter(unchecked, overwrite=True) as writer:
        for index in indices:
            try:
                image, label = words.read_image(index), words.read_text(index)
                decode_image(image)
                writer.add(image, label)
                for size, own in words.words[index].lexicons.items() if isinstance(words, ListedWords) else ():
                    lexicons.setdefault(size, {})[f"{writer.num_samples:09d}"] = list(own)
            except SampleError as error:
                result.rejections.add(Rejection(words.key(index), "", error.reason, error.detail))
        if not writer.num_samples:
            raise DataError("no word of it can be used; " + "; ".join(result.rejections.summary()[:2]))
    for size, by_number in lexicons.items():
        write_atomically(unchecked / lexicon_name(size), [json.dumps(by_number, ensure_ascii=False).encode()])
    result.num_words = writer.num_samples
    name = subset.name
    if result.num_words != subset.count:
        name = f"{subset.name}.has_{result.num_words}"
        result.state, result.has_failed = f"count differs, so it is named {name}", True
    try:
        unchecked.rename(out / name)
    except OSError as error:
        raise DataError(f"cannot make {out / name}: {error.strerror}; the words are in {unchecked}") from error
    return result
