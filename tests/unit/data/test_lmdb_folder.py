"""Where a drawn word's line runs, as an LMDB of tools/synthesize.py --keep_fiducials keeps it."""

import lmdb
import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.lmdb_folder import FIDUCIALS_KEY
from ppocr_rare.data.synth.lmdb_job import SynthJob
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.utils.stats import Rejection


class Edges:
    needs_edges = True

    def __call__(self, sample):
        return {"edges": sample["edges"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """``kept`` with the lines of two words, ``plain`` without."""
    folder = tmp_path_factory.mktemp("lines")
    synthesizer = WordSynthesizer(Charset.from_file(None), ["shipped"])
    for name, keeps in (("kept", True), ("plain", False)):
        SynthJob(synthesizer, 2, keep_fiducials=keeps).write(folder / name, 1)
    return folder


def test_lines_are_read_where_they_are_kept_and_asked_for(folder):
    synthesizer = WordSynthesizer(Charset.from_file(None), ["shipped"])
    found = [sample["edges"] for sample in LMDBDataSet(str(folder), transforms=[Edges()])]
    for number, edges in enumerate(found[:2], start=1):
        np.testing.assert_array_equal(edges, synthesizer.draw((0, number)).fiducials())
    assert found[2:] == [None, None]
    assert "edges" not in LMDBDataSet(str(folder)).read(0)


def test_a_damaged_line_costs_its_word(folder):
    with lmdb.open(str(folder / "kept")) as environment, environment.begin(write=True) as transaction:
        transaction.put(FIDUCIALS_KEY % 2, b"damaged")
    second = LMDBDataSet(str(folder / "kept"), transforms=[Edges()])[1]
    assert isinstance(second, Rejection) and second.reason == "damaged entry" and "fiducials-000000002" in second.detail
