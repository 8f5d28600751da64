"""Export, conversion and predict_rec, as a user runs them: the shipped weights, every engine, the same words."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import paddle
import pytest
from material import CONFIG, ROOT, write_large_and_turned, write_transparent

from ppocr_rare import TextRecognizer, build_model, load_config
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.engines import is_installed
from ppocr_rare.engine.read.exported import PARAMS, PROGRAMS, open_exported
from ppocr_rare.utils.checkpoint.save_load import load_checkpoint, save_checkpoint

WEIGHTS = ROOT / "ppocr_rare" / "weights" / CONFIG.stem / "best_accuracy"
SHIPPED = WEIGHTS.parent / "config.yml"
DEMO = ROOT / "doc" / "imgs_words" / "en"
IS_PADDLE2 = paddle.__version__.startswith("2")


def skip_without(engine):
    if engine == "openvino" and not is_installed(engine):
        pytest.skip("OpenVINO is not installed")


def tool(name, *arguments):
    command = [sys.executable, str(ROOT / "tools" / name), *map(str, arguments)]
    # Paddle 2.6 writes the inputs of a loop in the order of a set of names: only with a fixed seed are bytes the same.
    environment = os.environ | ({"PYTHONHASHSEED": "0"} if IS_PADDLE2 else {})
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)


def export(weights, folder, *settings, config=SHIPPED):
    settings = ["use_gpu=False", f"pretrained_model={weights}", f"save_inference_dir={folder}", *settings]
    return tool("export_model.py", "-c", config, "-o", *(f"Global.{setting}" for setting in settings))


def predict(folder, images, *flags):
    return tool("infer/predict_rec.py", f"--image_dir={images}", f"--rec_model_dir={folder}", *flags)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with the exported model and model.onnx."""
    folder = tmp_path_factory.mktemp("exported") / "rec_rare"
    done = export(WEIGHTS, folder)
    assert done.returncode == 0, done.stderr
    assert "largest difference from the trained model" in done.stdout
    done = tool("export_onnx.py", "--model_dir", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copy(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "copy")


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """The demo images, a file that is none, a word that bilinear sampling does not see, and transparent ones."""
    folder = tmp_path_factory.mktemp("words")
    for path in DEMO.glob("*.png"):
        shutil.copy(path, folder)
    (folder / "bad.png").write_bytes(b"nothing")
    write_large_and_turned(DEMO / "word_1.png", folder)
    write_transparent("market", folder)
    return folder


@pytest.fixture(scope="module")
def expected(words):
    """What the trained network reads, by path."""
    recognizer = TextRecognizer(config=load_config(SHIPPED), weights=WEIGHTS, use_gpu=False, views=1)
    paths = sorted(str(path) for path in words.glob("word_*.png"))
    found = dict(zip(paths, recognizer(paths), strict=True))
    same = ("large", "turned_1", "turned_3")
    assert {found[str(words / f"word_{name}.png")].text for name in same} == {found[str(words / "word_1.png")].text}
    assert [word.text for path, word in found.items() if "on_clear" in path] == ["market"] * 4
    return found


@pytest.mark.parametrize(
    ("engine", "options"),
    [("onnx", {}), ("openvino", {})]
    + [("paddle", {"enable_mkldnn": mkldnn, "new_ir": ir}) for mkldnn in (0, 1) for ir in (None, 0, 1)],
)
def test_every_engine_reads_what_the_trained_network_reads(exported, expected, engine, options):
    if IS_PADDLE2 and options.get("new_ir") is not None:
        pytest.skip("Paddle 2.6 has no such choice")
    skip_without(engine)
    options = {name: value if value is None else bool(value) for name, value in options.items()}
    recognizer = TextRecognizer(model=open_exported(exported, engine, BackendOptions(**options)), batch_size=4, views=1)
    found = recognizer(list(expected))
    assert [word.text for word in found] == [word.text for word in expected.values()]
    assert len({len(word.text) for word in found}) > 1  # batches end early at different steps
    for ours, theirs in zip(found, expected.values(), strict=True):
        np.testing.assert_allclose(ours.char_scores, theirs.char_scores, rtol=0, atol=1e-4)


@pytest.mark.parametrize("engine", [None, "paddle", "onnx", "openvino"])
@pytest.mark.slow
def test_threads_that_share_a_recogniser_read_what_one_reads(exported, expected, engine):
    skip_without(engine)
    recognizer = TextRecognizer(exported, engine=engine) if engine else TextRecognizer(WEIGHTS.parent)
    paths = list(expected) * 3
    texts = [recognizer(path).text for path in paths]
    with ThreadPoolExecutor(8) as pool:
        assert [word.text for word in pool.map(recognizer, paths)] == texts
        assert all([word.text for word in words] == texts for words in pool.map(recognizer, [paths] * 3))


@pytest.mark.parametrize("flags", [(), ("--use_onnx=True",), ("--engine=openvino",)])
def test_two_flags_suffice(exported, words, expected, flags):
    skip_without("openvino" if "--engine=openvino" in flags else None)
    done = predict(exported, words, *flags)
    lines = done.stdout.splitlines()
    assert done.returncode == 1  # for bad.png
    assert lines[0].startswith(f"Predicts of {words}/bad.png: error: not an image")
    assert sorted(line.split("', ")[0] for line in lines[1:]) == sorted(
        f"Predicts of {path}:('{word.text}" for path, word in expected.items()
    )
    assert "Traceback" not in done.stderr


def test_formats_and_the_result_file(exported, words, tmp_path, expected):
    image, target = words / "word_3.png", tmp_path / "new" / "result.jsonl"
    flags = ("--use_onnx=1", "--output_format=json", f"--save_res_path={target}")
    done = predict(exported / "model.onnx", image, *flags)
    row = json.loads(done.stdout)
    assert (done.returncode, row["text"]) == (0, expected[str(image)].text)
    assert target.read_text(encoding="utf-8") == done.stdout


def test_eight_bits_are_judged_and_chosen(copy, words):
    done = tool("export_onnx.py", "--model_dir", copy, "--int8")
    assert done.returncode == 0 and "of 256 rendered words int8 reads" in done.stdout, done.stderr
    done = predict(copy / "model.onnx", words / "word_3.png", "--precision=int8")
    assert done.returncode == 0 and "market" in done.stdout


def test_onnx_needs_no_paddle(exported, words):
    code = (
        "import sys; sys.modules['paddle'] = None; from ppocr_rare import TextRecognizer;"
        f"print(TextRecognizer({str(exported)!r}, engine='onnx')({str(words / 'word_1.png')!r}).score > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


def test_exports_of_the_same_weights_have_the_same_bytes(exported, tmp_path):
    assert export(WEIGHTS, tmp_path / "again").returncode == 0
    program = PROGRAMS[IS_PADDLE2]
    for name in (program, PARAMS):
        assert (tmp_path / "again" / name).read_bytes() == (exported / name).read_bytes(), name


@pytest.mark.slow
def test_the_large_network_goes_the_same_way(config_path, tmp_path):
    config = config_path("rec_r34_vd_tps_bilstm_att")
    paddle.seed(0)
    network = build_model(load_config(config))
    save_checkpoint(network, tmp_path / "weights")
    assert export(tmp_path / "weights", tmp_path / "model", config=config).returncode == 0
    assert tool("export_onnx.py", "--model_dir", tmp_path / "model").returncode == 0
    network.eval()
    images = np.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 100)).astype(np.float32)
    with paddle.no_grad():
        expected = network(paddle.to_tensor(images)).numpy()
    for engine in ("paddle", "onnx"):
        found = open_exported(tmp_path / "model", engine, BackendOptions(enable_mkldnn=False)).backend(images)[0]
        steps = min(found.shape[1], 3)
        np.testing.assert_allclose(found[:, :steps], expected[:, :steps], rtol=0, atol=1e-4)


def damage(folder, name):
    program = next(folder / name for name in PROGRAMS if (folder / name).exists())
    if name == "no model":
        shutil.rmtree(folder)
        folder.mkdir()
    elif name == "no params":
        (folder / PARAMS).unlink()
    elif name == "cut params":
        (folder / PARAMS).write_bytes((folder / PARAMS).read_bytes()[:-1000])
    elif name == "other yml":
        (folder / "inference.yml").write_text((ROOT / "configs" / "rec" / CONFIG.name).read_text())
    elif name == "cut graph without yml":
        (folder / "inference.yml").unlink()
        program.write_bytes(program.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("fault", "flags", "message"),
    [
        ("no model", (), "holds no inference.json or inference.pdmodel"),
        ("no model", ("--use_onnx=True",), "holds no model.onnx"),
        ("no params", (), "but no inference.pdiparams"),
        ("cut params", (), "cut short"),
        ("other yml", (), "inference.yml lacks algorithm"),
        ("cut graph without yml", (), "inference."),
        ("", ("--rec_image_shape=3, 48, 320",), "image_shape 3×48×320 contradicts 3×32×100"),
        ("", ("--max_text_length=40",), "max_text_length 40 contradicts 25"),
        ("", ("--rec_char_dict_path=ppocr_rare/utils/dict/en_dict.txt",), "has 95 characters"),
        ("", ("--rec_algorithm=CRNN",), "RARE alone"),
        ("", ("--save_res_path=/proc/none/x",), "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line(copy, words, fault, flags, message):
    damage(copy, fault)
    done = predict(copy, words / "word_1.png", *flags)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr
    assert len(errors) == 1 and message in errors[0]


def test_a_folder_without_description_is_taken_for_paddleocrs(copy, words, expected):
    """What PaddleOCR exports: its arithmetic, no inference.yml."""
    from benchmarks.reference import use_reference_arithmetic

    model = build_model(load_config(CONFIG))
    load_checkpoint(model, WEIGHTS)
    model = use_reference_arithmetic(model)
    model.eval()
    shutil.rmtree(copy)
    spec = paddle.static.InputSpec([None, 3, 32, 100], "float32", "x")
    paddle.jit.save(paddle.jit.to_static(model, input_spec=[spec], full_graph=True), str(copy / "inference"))
    done = predict(copy, words / "word_2.png", "--rec_algorithm=RARE", "--rec_image_shape=3, 32, 100")
    assert done.returncode == 0, done.stderr
    assert f"('{expected[str(words / 'word_2.png')].text}', " in done.stdout


def test_legacy_format_says_what_it_needs(weights, tmp_path):
    done = export(weights, tmp_path / "legacy", "export_format=legacy")
    assert done.returncode == (0 if IS_PADDLE2 else 1)
    assert IS_PADDLE2 or "needs Paddle 2.6" in done.stderr


def test_a_program_that_knows_onnx_runtime_alone_reads_words(exported, words, expected):
    """deploy/paddle2onnx/read_words.py imports nothing of this package."""
    program = ROOT / "deploy" / "paddle2onnx" / "read_words.py"
    assert "ppocr_rare" not in program.read_text(encoding="utf-8")
    command = [sys.executable, str(program), str(exported), *expected]
    done = subprocess.run(command, cwd=words, capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"{path}\t{word.text}" for path, word in expected.items()], done.stderr
