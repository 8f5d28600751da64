"""Rendered words as an LMDB, and an LMDB with the index of a huge data set."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import cv2
import lmdb
import numpy as np
from tqdm import tqdm

from ppocr_rare.data.charset import DEFAULT_CHARACTERS
from ppocr_rare.data.lmdb_folder import COUNT_KEY, IMAGE_KEY, LABEL_KEY
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts

NUM_RENDERED = 256  # distinct words; a larger data set repeats them
_INDEX_BYTES = 128  # room for the two entries of a sample without content
_TRANSACTION_ENTRIES = 1_000_000


def render_words(count: int) -> Iterator[tuple[bytes, str]]:
    """Random words of 3 to 12 characters in the shipped fonts: JPEG files and their texts."""
    rng = np.random.default_rng(0)
    fonts = itertools.cycle(Font(path) for path in shipped_fonts().values())
    recipe = Recipe(mottle=4, blur=0.5, noise=3)
    for _ in range(count):
        text = "".join(rng.choice(list(DEFAULT_CHARACTERS), rng.integers(3, 13)))
        image = render_word(text, next(fonts), recipe, rng)
        yield cv2.imencode(".jpg", image)[1].tobytes(), text


def write_words(folder: Path, count: int) -> None:
    """Writes an LMDB of ``count`` samples; NUM_RENDERED of them differ."""
    words = list(render_words(min(count, NUM_RENDERED)))
    with LmdbWriter(folder) as writer:
        for image, text in itertools.islice(itertools.cycle(words), count):
            writer.add(image, text)


def write_index(folder: Path, count: int) -> None:
    """Writes an LMDB with all the keys of ``count`` samples, whose images and labels are empty.

    The tree of keys, which opening and looking up deal with, is that of a real data set of this size.
    """
    folder.mkdir(parents=True)
    # Nothing here has to survive a crash, so that nothing is synced.
    with lmdb.open(str(folder), map_size=(1 << 20) + count * _INDEX_BYTES, lock=False, sync=False) as environment:
        starts = range(1, count + 1, _TRANSACTION_ENTRIES)
        for key, start in tqdm(list(itertools.product((IMAGE_KEY, LABEL_KEY), starts)), desc="index", unit="M entries"):
            end = min(start + _TRANSACTION_ENTRIES, count + 1)
            with environment.begin(write=True) as transaction:
                # Sorted entries fill the pages one behind the other.
                transaction.cursor().putmulti(((key % number, b"") for number in range(start, end)), append=True)
        with environment.begin(write=True) as transaction:
            transaction.put(COUNT_KEY, b"%d" % count)
