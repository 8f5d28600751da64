"""inference.yml: what is written is read back, and what nobody wrote is refused by name."""

import hashlib
import logging
from dataclasses import replace

import numpy as np
import pytest

from ppocr_rare.data.imaug import RecResizeImg
from ppocr_rare.engine.read.description import ModelDescription, read_description, sha256
from ppocr_rare.errors import CheckpointError, ConfigError

FULL = ModelDescription(
    image_shape=(3, 48, 160),
    img_mode="RGB",
    padding=False,
    interpolation="area",
    characters=("a", "é", "\u2028", " ", "#", "null", "1"),
    max_text_length=40,
    stop_at_eos=False,
    outputs=("probabilities", "attention"),
    versions={"paddle": "3.3.1"},
    checksums={"model.onnx": "00"},
    created="2030-01-02T03:04:05+00:00",
)


@pytest.mark.parametrize("description", [ModelDescription(), FULL])
def test_what_is_written_is_read(tmp_path, description):
    description.write(tmp_path)
    assert read_description(tmp_path) == description


def test_what_was_written_before_there_was_a_choice_is_bilinear(tmp_path):
    FULL.write(tmp_path)
    file = tmp_path / "inference.yml"
    file.write_text(file.read_text("utf-8").replace("interpolation: area\n", ""), "utf-8")
    assert read_description(tmp_path) == replace(FULL, interpolation="bilinear")


def test_its_input_is_what_the_operator_of_reading_makes():
    image = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    expected = RecResizeImg(FULL.image_shape, FULL.padding, "area")({"image": image})["image"]
    assert (FULL.network_input(image) == expected).all()
    assert (replace(FULL, interpolation="bilinear").network_input(image) != expected).any()


def test_no_file_is_no_description(tmp_path):
    assert read_description(tmp_path) is None


def test_the_dictionary_has_its_classes():
    charset = FULL.charset
    assert (len(charset), charset.decode([1, 2, 4])) == (9, "aé ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("algorithm: RARE", "algorithm: CRNN"),
        ("image_shape: [3, 32, 100]", "image_shape: [3, 32]"),
        ("image_shape: [3, 32, 100]", "image_shape: [3, 32, 100000]"),
        ("image_shape: [3, 32, 100]", "image_shape: [3, 0, 100]"),
        ("image_shape: [3, 32, 100]", "image_shape: [3, 32, true]"),
        ("img_mode: BGR", "img_mode: CMYK"),
        ("padding: true", "padding: 1"),
        ("interpolation: bilinear", "interpolation: cubic"),
        ("mean: 0.5", "mean: 0.4"),
        ("max_text_length: 25", "max_text_length: -1"),
        ("max_text_length: 25", "max_text_length: long"),
        ("stop_at_eos: true", "stop_at_eos: maybe"),
        ("'0', ", "0, "),  # a number is no character
        ("checksums: {}", "checksums: []"),
    ],
)
def test_values_that_nobody_wrote(tmp_path, old, new):
    ModelDescription().write(tmp_path)
    file = tmp_path / "inference.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match="inference.yml is not what export_model.py writes"):
        read_description(tmp_path)


@pytest.mark.parametrize("text", ["", "RARE", "[1, 2]", "3"])
def test_what_is_no_mapping(tmp_path, text):
    (tmp_path / "inference.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="inference.yml is not what export_model.py writes"):
        read_description(tmp_path)


def test_what_is_missing_is_named(tmp_path):
    (tmp_path / "inference.yml").write_text("algorithm: RARE\nmean: 0.5\nstd: 0.5\npadding: true\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="lacks characters, checksums, image_shape, img_mode, max_text_length, "):
        read_description(tmp_path)


def test_an_unknown_key_is_left_for_later_versions(tmp_path):
    ModelDescription().write(tmp_path)
    with open(tmp_path / "inference.yml", "a", encoding="utf-8") as file:
        file.write("invented_later: 1\n")
    assert read_description(tmp_path) == ModelDescription()


def test_checksums(tmp_path):
    content = bytes(range(256)) * 5000  # more than is read at once
    (tmp_path / "inference.json").write_bytes(content)
    digest = sha256(tmp_path / "inference.json")
    assert digest == hashlib.sha256(content).hexdigest()
    description = ModelDescription(checksums={"inference.json": digest, "model.onnx": digest})
    description.check_files(tmp_path, ["inference.json", "not_described.json"])
    (tmp_path / "inference.json").write_bytes(content[:-1])
    with pytest.raises(CheckpointError, match="inference.json is not the file that inference.yml beside it describes"):
        description.check_files(tmp_path, ["inference.json"])


def test_what_another_run_of_the_converter_wrote_is_taken_with_a_warning(tmp_path, caplog):
    (tmp_path / "model.onnx").write_bytes(b"converted again")
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        ModelDescription(checksums={"model.onnx": "0" * 64}).check_files(tmp_path, ["model.onnx"])
    assert [record.message for record in caplog.records] == [
        f"{tmp_path / 'model.onnx'} was converted or changed after inference.yml was written"
    ]
