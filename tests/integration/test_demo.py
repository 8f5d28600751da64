"""The shipped weights read the demo images, as `make demo` shows them."""

import pytest
from material import ROOT

from ppocr_rare import TextRecognizer

FOLDER = ROOT / "doc" / "imgs_words" / "en"


@pytest.mark.parametrize("name", ["rec_mv3_tps_bilstm_att", "rec_mv3_tps_bilstm_att_real"])
def test_the_demo_reads_its_own_images(name):
    lines = (FOLDER / "labels.txt").read_text(encoding="utf-8").splitlines()
    labels = dict(line.split("\t") for line in lines)
    assert len(labels) == 10
    words = TextRecognizer.from_pretrained(name, use_gpu=False)([FOLDER / image for image in labels])
    pairs = [(label.lower(), word.text) for label, word in zip(labels.values(), words, strict=True)]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(wrong) <= 1, wrong  # as the model card says
