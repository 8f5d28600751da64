"""tools/infer/predict_rec.py with a model that tells light images from dark ones: flags, lines, faults, exit codes."""

import json
import re
import subprocess
import sys

import numpy as np
import onnx
import pytest
from material import ROOT, png
from onnx import TensorProto, helper, numpy_helper

from ppocr_rare.engine.read.description import ModelDescription

CHARACTERS = ModelDescription().characters
TOOL = ROOT / "tools" / "infer" / "predict_rec.py"


def probabilities(text, score):
    """[1, 25, 38]: the characters with that probability, then eos."""
    ids = [CHARACTERS.index(character) + 1 for character in text]
    array = np.zeros((1, 25, 38), np.float32)
    array[0, range(len(ids)), ids] = score
    array[0, len(ids) :, -1] = 1
    return array


def write_model(path, light, dark):
    """An ONNX model that gives ``light`` for images that are lighter than the middle grey, else ``dark``."""
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1, 2], keepdims=1),  # [B, 1, 1, W]
        helper.make_node("Slice", ["mean", "zero", "one", "width"], ["left"]),  # what is never padding
        helper.make_node("Squeeze", ["left", "width"], ["level"]),
        helper.make_node("Greater", ["level", "grey"], ["is_light"]),
        helper.make_node("Where", ["is_light", "light", "dark"], ["y"]),
    ]
    values = {"light": light, "dark": dark, "grey": np.float32(0)}
    values |= {name: np.array([value]) for name, value in (("zero", 0), ("one", 1), ("width", 3))}
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, 32, 100])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 25, 38])
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]
    graph = helper.make_graph(nodes, "light or dark", [x], [y], initializers)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), path)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    write_model(folder / "model.onnx", probabilities("light", 0.75), probabilities("dark", 0.5))
    write_model(folder / "model_int8.onnx", probabilities("bright", 0.75), probabilities("", 0))
    ModelDescription().write(folder)
    return folder


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Nine images of different width, light ones where the number is odd, and one that cannot be read."""
    folder = tmp_path_factory.mktemp("images")
    for number in range(9):
        level = 200 if number % 2 else 20
        (folder / f"{number}.png").write_bytes(png(np.full((32, 100 - 9 * number, 3), level, np.uint8)))
    (folder / "bad.png").write_bytes(b"nothing")
    return folder


def predict(model, images, *flags):
    """Runs the tool; returns exit code, lines, and stderr, in which no traceback may stand."""
    command = [sys.executable, str(TOOL), f"--image_dir={images}", f"--rec_model_dir={model}", "--use_onnx=True"]
    done = subprocess.run([*command, *map(str, flags)], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines(), done.stderr


def expected(images, numbers=range(9)):
    words = ["('dark', 0.5)", "('light', 0.75)"]
    return [f"Predicts of {images}/{number}.png:{words[number % 2]}" for number in numbers]


@pytest.mark.parametrize("batch_size", [1, 2, 6, 32])
def test_lines_stand_in_the_order_of_the_files(model, images, batch_size):
    code, lines, err = predict(model, images, f"--rec_batch_num={batch_size}")
    assert lines[:-1] == expected(images)
    assert lines[-1].startswith(f"Predicts of {images}/bad.png: error: not an image")
    assert (code, err) == (1, "")


def test_without_paddle(model, images):
    code = (
        f"import runpy, sys; sys.argv = ['predict_rec', '--image_dir={images}/1.png', '--rec_model_dir={model}', "
        f"'--use_onnx=True']\ntry: runpy.run_path({str(TOOL)!r}, run_name='__main__')\n"
        "except SystemExit as ended: print(ended.code, 'paddle' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == [*expected(images, [1]), "0 False"], done.stderr


def test_formats(model, images, tmp_path):
    target = tmp_path / "new" / "words.jsonl"
    _, lines, _ = predict(model, images, "--output_format=json", "--save_res_path", target)
    rows = [json.loads(line) for line in lines]
    assert rows[1] == {"path": f"{images}/1.png", "text": "light", "score": 0.75}
    assert rows[-1]["path"] == f"{images}/bad.png" and rows[-1]["error"].startswith("not an image")
    assert target.read_text(encoding="utf-8").splitlines() == lines
    _, lines, _ = predict(model, images, "--output_format=tsv")
    assert lines[0] == f"{images}/0.png\tdark\t0.5000" and "\terror: not an image" in lines[-1]


def test_a_word_below_the_drop_score_has_no_text(model, images):
    """By PaddleOCR's name for it; the line stays."""
    code, lines, _ = predict(model, images / "2.png", "--drop_score=0.999")
    assert (code, lines) == (0, [f"Predicts of {images}/2.png:('', 0.5)"])


def test_a_pattern_and_words_below_the_lowest_score(model, images):
    code, lines, _ = predict(model, images / "[12].png", "--min_score=0.6")
    assert (code, lines) == (0, [*expected(images, [1]), f"Predicts of {images}/2.png:('', 0.5)"])


def test_int8_is_a_file_of_its_own(model, images):
    assert predict(model, images / "1.png", "--precision=int8")[1] == [f"Predicts of {images}/1.png:('bright', 0.75)"]
    assert predict(model, images / "2.png", "--precision=int8")[1] == [f"Predicts of {images}/2.png:('', 0.0)"]


def test_processes_share_a_folder(model, images):
    flags = ("--total_process_num=2", "--process_id=1")
    assert predict(model, images, *flags)[1] == expected(images, [1, 3, 5, 7]) + [
        line for line in predict(model, images)[1] if "error" in line
    ]


def test_benchmark_says_how_fast(model, images):
    code, lines, err = predict(model, images / "1.png", "--benchmark=True")
    assert (code, lines) == (0, expected(images, [1]))
    total, _, data, perf = err.splitlines()
    assert re.search(r"INFO: 1 images in \d+\.\d\d s, \d+\.\d images/s$", total)
    assert "batch_size: 6" in data and data.endswith("data_num: 1")
    number = r"\d+\.\d{4}"
    stages = ", ".join(rf"{stage}_time\(ms\): {number}" for stage in ("preprocess", "inference", "postprocess"))
    assert re.search(rf"total time spent\(s\): {number}, {stages}$", perf)


@pytest.mark.parametrize("num", [1, 3])
def test_processes_started_here_read_all_in_order(model, images, tmp_path, num):
    code, lines, _ = predict(
        model, images, "--use_mp=True", f"--total_process_num={num}", "--save_res_path", tmp_path / "words.txt"
    )
    assert (code, lines) == predict(model, images)[:2]
    assert (tmp_path / "words.txt").read_text(encoding="utf-8").splitlines() == lines


def test_processes_started_here_tell_times_and_messages_once(model, images, tmp_path):
    flags = ("--use_mp=True", "--total_process_num=2", "--benchmark=True", "--use_space_char=True", "--cls_thresh=1")
    code, lines, errors = predict(model, images / "[0-4].png", *flags)
    assert (code, lines) == (0, expected(images, range(5)))
    messages = [line.split("] ", 1)[1].split()[0:2] for line in errors.splitlines()]
    assert messages == [
        ["WARNING:", "--use_space_char"], ["INFO:", "5"], ["INFO:", "Model"], ["INFO:", "Data"], ["INFO:", "Perf"],
        ["WARNING:", "without"],
    ]  # fmt: skip
    assert float(re.search(r"inference_time\(ms\): ([\d.]+)", errors)[1]) > 0


def test_a_fault_of_processes_started_here_is_one_line(images):
    code, lines, errors = predict("none", images, "--use_mp=True", "--total_process_num=3")
    assert (code, lines, errors) == (1, [], "error: none is not a folder with a model\n")


def test_messages_go_to_a_file_too(model, images, tmp_path):
    flags = (f"--save_log_path={tmp_path}/log/", "--rec_char_dict_path=./ppocr/utils/en_dict.txt", "--det_model_dir=x")
    _, _, errors = predict(model, images / "1.png", *flags)
    _, _, more = predict(model, images / "1.png", *flags[::2], "--benchmark=True")
    told = [re.sub(r"^(\[.*?\] \w+|error): ", "", line) for line in (errors + more).splitlines()]
    kept = (tmp_path / "log" / "predict_rec.log").read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"^\[.*?\] ppocr \w+: ", "", line) for line in kept] == told
    assert len(told) > 4 and "en_dict.txt has 95 characters" in errors


def test_paddleocrs_path_of_a_dictionary_is_that_of_the_package(model, images):
    _, _, errors = predict(model, images, "--rec_char_dict_path=./ppocr/utils/en_dict.txt")
    assert "comes with this package is used" in errors and "has 95 characters" in errors


def test_a_dictionary_of_the_same_size_may_be_another(model, images, tmp_path):
    (tmp_path / "upper.txt").write_text("\n".join(CHARACTERS).upper(), encoding="utf-8")
    _, lines, _ = predict(model, images / "1.png", f"--rec_char_dict_path={tmp_path}/upper.txt")
    assert lines == [f"Predicts of {images}/1.png:('LIGHT', 0.75)"]


@pytest.mark.parametrize(
    ("content", "flags", "message"),
    [
        (b"no ONNX", (), "model.onnx cannot be loaded: "),
        (None, ("--rec_image_shape=3, 48, 320",), "image_shape 3×48×320 does not fit "),
        (None, ("--max_text_length=10",), "max_text_length 10 does not fit "),
        (None, (f"--rec_char_dict_path={ROOT}/ppocr_rare/utils/dict/en_dict.txt",), "en_dict.txt has 95 characters"),
        (None, ("--rec_char_dict_path=none.txt",), "none.txt: No such file"),
        (None, ("--onnx_providers", "None"), "onnx_providers: None cannot be used here"),
        (None, ("--save_res_path=/proc/none/x",), "/proc/none/x cannot be written"),
        (None, ("--image_dir=none.png",), "none.png: no such file or folder"),
    ],
)
def test_a_lone_onnx_file_that_does_not_fit_is_one_line(model, images, tmp_path, content, flags, message):
    file = tmp_path / "model.onnx"
    file.write_bytes((model / "model.onnx").read_bytes() if content is None else content)
    code, lines, err = predict(file, images / "1.png", *flags)
    errors = [line for line in err.splitlines() if "WARNING" not in line]
    assert (code, lines, len(errors)) == (1, [], 1)
    assert errors[0].startswith("error: ") and message in errors[0]


def test_a_lone_onnx_file_is_taken_for_the_default_model(model, images, tmp_path):
    (tmp_path / "any.onnx").write_bytes((model / "model.onnx").read_bytes())
    code, lines, err = predict(tmp_path / "any.onnx", images / "1.png")
    assert (code, lines) == (0, expected(images, [1]))
    assert "holds no inference.yml: it is taken for RARE as PaddleOCR exports it" in err
