"""What an evaluation shows: a table on the screen, a row per prediction, a page of the wrong ones."""

import base64
import csv
import html
from collections.abc import Mapping
from typing import TextIO

import cv2
import numpy as np

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.evaluate.evaluator import Prediction, SetResult
from ppocr_rare.metrics import WordScores
from ppocr_rare.utils.images import decode_image
from ppocr_rare.utils.printable import escape
from ppocr_rare.utils.text_table import format_columns

HEADER = ("data set", "samples", "excluded", "word accuracy", "1-NED", "images/s")
THUMBNAIL_HEIGHT = 96  # pixels, twice the height at which the page shows them
MAX_SHOWN = 500  # wrong words on the page; the rest is counted there


def averages(results: list[SetResult]) -> list[tuple[str, float, float]]:
    """Rows (name, word accuracy, 1-NED): the mean over the data sets, and the mean over all their words.

    A data set of which no sample was read has no accuracy and takes no part.
    """
    read = [result.scores for result in results if result.scores.count]
    if not read:
        return []
    total = WordScores()
    for scores in read:
        total.merge(scores)
    accuracy = sum(scores.accuracy for scores in read) / len(read)
    ned = sum(scores.one_minus_ned for scores in read) / len(read)
    return [("average", accuracy, ned), ("weighted average", total.accuracy, total.one_minus_ned)]


def format_table(results: list[SetResult]) -> str:
    """The table of all data sets and both averages, as text in columns."""
    rows = [HEADER]
    for result in results:
        scores = result.scores
        figures = ("-", "-")
        if scores.count:
            figures = (f"{scores.accuracy:.6f} ({scores.correct}/{scores.count})", f"{scores.one_minus_ned:.6f}")
        excluded = str(len(result.rejections))
        rows.append((escape(result.name), str(result.num_samples), excluded, *figures, f"{result.images_per_s:.1f}"))
    rows += [(name, "", "", f"{accuracy:.6f}", f"{ned:.6f}", "") for name, accuracy, ned in averages(results)]
    return format_columns(rows)


def format_notes(results: list[SetResult]) -> list[str]:
    """Lines on what the table's figures hide: excluded samples with examples, labels that cannot be read."""
    lines = []
    for result in results:
        lines += [f"{result.name}: excluded: {line}" for line in result.rejections.summary()]
        lines += [f"{result.name}: counted as wrong: {n} labels: {why}" for why, n in result.unreadable.most_common()]
        if result.unknown_characters:
            listed = ", ".join(f"{character!r} {n}" for character, n in result.unknown_characters.most_common(20))
            lines.append(f"{result.name}: characters outside the dictionary: {listed}")
    return lines


class PredictionWriter:
    """Writes every prediction as a row of a TSV file.

    Args:
        file: text file, open for writing.
    """

    COLUMNS = ("data_set", "key", "label", "text", "score", "is_correct")

    def __init__(self, file: TextIO):
        self._writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        self._writer.writerow(self.COLUMNS)

    def __call__(self, prediction: Prediction) -> None:
        """Writes one row."""
        p = prediction
        names = [escape(text, keep="\t") for text in (p.data_set, p.key, p.label, p.text)]  # a tab is quoted
        self._writer.writerow((*names, f"{p.score:.6f}", int(p.is_correct)))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Words read wrongly</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }}
pre {{ background: #f4f4f4; padding: 1rem; overflow-x: auto }}
.words {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem }}
figure {{ margin: 0; padding: .7rem; border: 1px solid #ddd; border-radius: 6px }}
img {{ height: 48px; max-width: 100%; object-fit: contain; image-rendering: pixelated }}
figcaption {{ font-size: 13px; word-break: break-all }}
.read {{ color: #b00020 }} .label {{ color: #00695c }} .key {{ color: #777 }}
</style></head><body><h1>Words read wrongly</h1><p>{lead}</p><pre>{table}</pre><div class="words">
{words}
</div></body></html>
"""


class WrongWords:
    """Collects the words that were read wrongly, with their images, for a page.

    Args:
        data_sets: the data sets by name; their images are read again.
    """

    def __init__(self, data_sets: Mapping[str, WordDataset]):
        self._data_sets = data_sets
        self._figures: list[str] = []
        self._count = 0

    def __call__(self, prediction: Prediction) -> None:
        """Keeps a prediction if it is wrong and the page has room."""
        if prediction.is_correct:
            return
        self._count += 1
        if self._count <= MAX_SHOWN:
            data = self._data_sets[prediction.data_set].read_image(prediction.index)
            self._figures.append(_figure(prediction, data))

    def page(self, results: list[SetResult], protocol: str) -> str:
        """The page, HTML with the images inside: the table, then the words.

        Args:
            results: of the evaluation.
            protocol: its name.
        """
        lead = (
            f"Protocol: {protocol}. Words read wrongly: {self._count}; shown: {len(self._figures)}. "
            "Each with what was read, its score, and the label."
        )
        return _PAGE.format(lead=lead, table=html.escape(format_table(results)), words="\n".join(self._figures))


def thumbnail(image: np.ndarray) -> str:
    """An image uint8 [H, W, 3] as the address of a PNG, small enough that hundreds of them make a page that opens."""
    scale = THUMBNAIL_HEIGHT / image.shape[0]
    if scale < 1:
        width = max(1, round(image.shape[1] * scale))  # of an image one pixel wide, too, there is something to see
        image = cv2.resize(image, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA)
    return f"data:image/png;base64,{base64.b64encode(cv2.imencode('.png', image)[1].tobytes()).decode()}"


def _figure(p: Prediction, data: bytes) -> str:
    return (
        f'<figure><img src="{thumbnail(decode_image(data))}" alt="">'
        f'<figcaption><span class="read">{html.escape(p.text) or "(nothing)"}</span> {p.score:.3f}<br>'
        f'<span class="label">{html.escape(p.label)}</span><br>'
        f'<span class="key">{html.escape(p.data_set)}: {html.escape(p.key)}</span></figcaption></figure>'
    )
