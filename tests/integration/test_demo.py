"""The shipped weights read the demo images, as `make demo` shows them."""

from material import ROOT

from ppocr_rare import TextRecognizer

FOLDER = ROOT / "doc" / "imgs_words" / "en"


def test_the_demo_reads_its_own_images():
    lines = (FOLDER / "labels.txt").read_text(encoding="utf-8").splitlines()
    labels = dict(line.split("\t") for line in lines)
    assert len(labels) == 10
    words = TextRecognizer.from_pretrained(use_gpu=False)([FOLDER / name for name in labels])
    assert [word.text for word in words] == [label.lower() for label in labels.values()]
