"""A model is known by its files."""

import shutil

import pytest

from ppocr_rare.engine.batch.model import Model
from ppocr_rare.engine.read.recognizer import PRETRAINED_DIR
from ppocr_rare.errors import CheckpointError

READING = {"min_score": 0.0, "rotate_tall": True, "views": 1}
SHIPPED = PRETRAINED_DIR / "rec_mv3_tps_bilstm_att"


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    return tmp_path / "model"


def test_a_copy_is_the_same_model_and_others_are_not(copy):
    first = Model.found(None, None)
    assert Model.found(str(copy), None).checksum == first.checksum
    assert Model.found(str(copy), "paddle").checksum != first.checksum  # its files are others
    other = PRETRAINED_DIR / "rec_mv3_tps_bilstm_att_real"
    assert Model.found(str(other), None).checksum != first.checksum
    description = copy / "inference.yml"
    description.write_text(description.read_text().replace("score: product", "score: mean"))
    assert Model.found(str(copy), None).checksum != first.checksum


def test_a_model_that_has_changed_is_not_opened(copy):
    model = Model.found(str(copy), None)
    model.opened(READING)
    with open(copy / "model.onnx", "ab") as file:
        file.write(b"x")
    with pytest.raises(CheckpointError, match="is another model here than where the run began"):
        model.opened(READING)


def test_it_reads_with_one_thread(copy):
    assert Model.found(str(copy), None).opened(READING)._model.backend.num_at_once == 1


def test_no_model(tmp_path):
    with pytest.raises(CheckpointError):
        Model.found(str(tmp_path / "none"), None)
