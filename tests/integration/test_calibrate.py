"""tools/calibrate.py on words that the shipped weights read, some of them under a wrong label."""

import shutil
import subprocess
import sys

import cv2
import pytest
from material import ROOT

from ppocr_rare.config import load_config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.engine.read.description import read_description
from ppocr_rare.engine.read.recognizer import TextRecognizer

SHIPPED = ROOT / "ppocr_rare" / "weights" / "rec_mv3_tps_bilstm_att"


def calibrate(*arguments):
    command = [sys.executable, str(ROOT / "tools" / "calibrate.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A label file of 140 drawn words; the label of every fourth is another's."""
    folder = tmp_path_factory.mktemp("words")
    synthesizer = WordSynthesizer(Charset.from_file(None), fonts=["shipped"], layouts=["straight"], max_length=5)
    drawn = [synthesizer.draw((1, number + 1)) for number in range(140)]
    lines = []
    for number, word in enumerate(drawn):
        cv2.imwrite(str(folder / f"{number}.png"), word.image)
        lines.append(f"{number}.png\t{drawn[number - 1].text if number % 4 == 0 else word.text}\n")
    (folder / "labels.txt").write_text("".join(lines), encoding="utf-8")
    return folder / "labels.txt"


def test_it_finds_that_the_model_is_too_sure_and_writes_it(words, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(SHIPPED, model)
    before = TextRecognizer(model, engine="onnx")(words.parent / "1.png")
    assert calibrate("--model", model, "--data", words, "--dry_run").returncode == 0
    assert (model / "inference.yml").read_bytes() == (SHIPPED / "inference.yml").read_bytes()
    done = calibrate("--model", model, "--data", words, "--score", "mean", "--name", "drawn words")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("140 words, 7") and "score: mean" in done.stdout
    description = read_description(model)
    assert description.temperature > 1.5 and (description.score, description.calibrated_on) == ("mean", "drawn words")
    assert load_config(model / "config.yml")["PostProcess"]["temperature"] == description.temperature
    after = {engine: TextRecognizer(model, engine=engine)(words.parent / "1.png") for engine in ("onnx", "paddle")}
    assert after["onnx"].text == after["paddle"].text == before.text
    assert after["onnx"].score < before.score
    assert after["paddle"].score == pytest.approx(after["onnx"].score, abs=1e-4)


def test_too_few_words_and_unreadable_ones(words, tmp_path):
    few = words.with_name("few.txt")
    few.write_text("".join(words.read_text(encoding="utf-8").splitlines(keepends=True)[:20]), encoding="utf-8")
    done = calibrate("--model", SHIPPED, "--data", few, "--dry_run")
    assert done.returncode == 1 and "20 words could be read" in done.stderr and "Traceback" not in done.stderr
    more = words.with_name("more.txt")
    more.write_text(words.read_text(encoding="utf-8") + "missing.png\tword\n", encoding="utf-8")
    done = calibrate("--model", SHIPPED, "--data", more, "--dry_run")
    assert done.returncode == 1 and "missing.png" in done.stderr and "temperature" in done.stdout
