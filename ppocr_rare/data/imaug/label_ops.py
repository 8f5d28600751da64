"""Operators that turn a label into what a loss compares with."""

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
