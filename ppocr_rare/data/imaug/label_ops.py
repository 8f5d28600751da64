"""Operators that turn a label, or what is known of its characters, into what a loss compares with."""

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import SampleError


class LabelEncoder:
    """Base of the operators that encode labels. They are left out where only texts are compared."""

    def __call__(self, sample: dict) -> dict:
        """Encodes ``sample["label"]``."""
        raise NotImplementedError


class AttnLabelEncode(LabelEncoder):
    """Turns ``sample["label"]`` into class ids for the attention decoder: sos, characters, eos, then sos as padding.

    Characters outside the dictionary are dropped, but count towards the length of the text.

    Args:
        charset: the characters that the model can read.
        max_text_length: number of decoder steps; two of them are for sos and eos.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/label_ops.py, AttnLabelEncode.
    Differs: 5.
    """

    def __init__(self, *, charset: Charset, max_text_length: int):
        self.charset = charset
        self.max_text_length = max_text_length

    def __call__(self, sample: dict) -> dict:
        """Replaces ``label`` by its ids, int64 [max_text_length], and adds ``length``, the number of characters, int64.

        Raises:
            SampleError: the label is empty, too long, or has no character of the dictionary.
        """
        text = sample["label"]
        if not text:
            raise SampleError("empty label")
        self._check_length(len(text), self.max_text_length)
        ids = self.charset.encode(text)
        if not ids:
            raise SampleError("no character in the dictionary", repr(text))
        self._check_length(len(ids), self.max_text_length - 2)
        label = np.full(self.max_text_length, self.charset.sos_id, np.int64)
        label[1 : len(ids) + 2] = [*ids, self.charset.eos_id]
        sample["label"] = label
        sample["length"] = np.array(len(ids), np.int64)
        return sample

    def _check_length(self, length: int, limit: int) -> None:
        if length > limit:
            raise SampleError("label too long", f"{length} characters; at most {self.max_text_length - 2} fit")


class LocateCharacters(LabelEncoder):
    """Tells which character stands over each column of the features, for ``ColumnAttentionLoss``.

    The backbones make a column of each ``PIXELS_PER_COLUMN`` pixels; where the image is not bent on its way to them,
    that column is about those pixels.

    Args:
        charset: the characters that the model can read.
    """

    PIXELS_PER_COLUMN = 4
    needs_spans = True  # tells the data set

    def __init__(self, *, charset: Charset):
        self.charset = charset

    def __call__(self, sample: dict) -> dict:
        """Adds ``columns``: class ids int64 [T]; sos where no character of the dictionary stands.

        The sample holds ``spans``, as ``OnlineSynthDataSet`` gives them, and what ``RecResizeImg`` made of the image.
        A column is that of the character whose middle is nearest, of those that reach its middle. A character that
        reaches none has the column that its own middle lies in.
        """
        num_columns = sample["image"].shape[2] // self.PIXELS_PER_COLUMN
        columns = np.full(num_columns, self.charset.sos_id, np.int64)
        known = [(ids[0], span) for span in sample["spans"] if (ids := self.charset.encode(span.character))]
        if known:
            bounds = np.array([(span.left, span.right) for _, span in known]) * (sample["valid_ratio"] * num_columns)
            class_ids = np.array([class_id for class_id, _ in known])
            middles = np.arange(num_columns)[:, None] + 0.5  # [T, 1], beside those of the characters
            distances = np.abs(bounds.mean(axis=1) - middles)
            distances[(middles < bounds[:, 0]) | (middles > bounds[:, 1])] = np.inf
            nearest = distances.argmin(axis=1)
            is_covered = np.isfinite(distances.min(axis=1))
            columns[is_covered] = class_ids[nearest[is_covered]]
            left_out = np.setdiff1d(np.arange(len(known)), nearest[is_covered])
            places = np.clip(bounds[left_out].mean(axis=1).astype(np.int64), 0, num_columns - 1)
            columns[places] = class_ids[left_out]
        return {**sample, "columns": columns}
