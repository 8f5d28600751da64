"""Whole photographs on the command line: a drawn scene, the real detector, the shipped weights."""

import json
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest
from material import ROOT

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.scene import SceneSynthesizer
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.engine.spot.evaluate import count_spotted

pytest.importorskip("rapidocr")


@pytest.fixture(scope="module")
def scene():
    return SceneSynthesizer(WordSynthesizer(Charset.from_file(None), ["shipped"]), (960, 540)).draw((4, 2))


@pytest.fixture(scope="module")
def folder(scene, tmp_path_factory):
    folder = tmp_path_factory.mktemp("photographs")
    cv2.imwrite(str(folder / "scene.png"), scene.image)
    (folder / "torn.png").write_bytes(cv2.imencode(".png", scene.image)[1].tobytes()[:400])
    return folder


def tool(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def spot(*flags):
    return tool("tools/infer/predict_system.py", *map(str, flags))


def test_a_scene_is_read_and_the_torn_file_costs_itself(scene, folder, tmp_path):
    done = spot("--image_dir", folder, "--output_format", "json", "--draw_img_save_dir", tmp_path / "drawn",
                "--save_crop_res", "True", "--crop_res_save_dir", tmp_path / "crops", "--save_res_path",
                tmp_path / "lines.json", "--use_angle_cls", "false", "--show_log=True")  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "without effect here: --use_angle_cls, --show_log" in done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(line) for line in told] == [{"path", "words"}, {"path", "error"}]
    words = told[0]["words"]
    counts = count_spotted(
        scene.words, [np.array(word["polygon"]) for word in words], [word["text"] for word in words]
    )
    assert counts.num_wanted > 5 and counts.f_measure > 0.7
    assert all("".join(one["char"] for one in word["characters"]) == word["text"] for word in words)
    assert (tmp_path / "lines.json").read_text() == (tmp_path / "drawn" / "system_results.txt").read_text()
    assert (tmp_path / "lines.json").read_text() == done.stdout
    assert cv2.imread(str(tmp_path / "drawn" / "scene.png")).shape == scene.image.shape
    assert len(list((tmp_path / "crops").iterdir())) == len(words)


def test_one_line_where_something_cannot_be(folder):
    for flags, error in (
        (["--det_algorithm", "EAST"], "finds words with DB alone"),
        (["--det_db_thresh", "2"], "thresh and box_thresh are from 0 to 1"),
        (["--det_model_dir", "none"], "none: no .onnx file of a detector"),
        (["--rec_model_dir", "none"], "none is not a folder with a model"),
        (["--drop_score", "7"], "drop_score is from 0 to 1"),
    ):
        done = spot("--image_dir", folder, *flags)
        assert (done.returncode, done.stdout) == (1, "")
        assert re.fullmatch(f"error: .*{re.escape(error)}.*\n", done.stderr), done.stderr


def test_read_finds_the_words_of_a_photograph(scene, folder):
    done = tool("tools/read.py", str(folder / "scene.png"), "doc/imgs_words/en/word_1.png")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[-1][1] == "joint" and len(rows[-1]) == 3
    polygons = [np.array(row[3].split(","), float).reshape(4, 2) for row in rows[:-1]]
    assert count_spotted(scene.words, polygons, [row[1] for row in rows[:-1]]).f_measure > 0.7
