"""deploy/cpp_infer, built here once: its words beside those of predict_rec, its faults, its exit codes.

RARE_CPP_BUILD names a folder in which it is built already, as `make cpp-test` does for the sanitizers.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cpp_material import (
    DEMO,
    DESCRIPTIONS,
    FAULTS,
    agree,
    build_program,
    build_user,
    call,
    rows,
    write_bad,
    write_damaged,
    write_odd,
    write_words,
)
from material import CONFIG, ROOT

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.read.description import read_description
from ppocr_rare.utils.images import decode_image

MODEL = ROOT / "ppocr_rare" / "weights" / CONFIG.stem
NUM_WORDS = 200


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A folder with what was built."""
    if given := os.environ.get("RARE_CPP_BUILD"):
        return Path(given).resolve()
    folder = tmp_path_factory.mktemp("cpp") / "build"
    build_program(folder)
    return folder


@pytest.fixture(scope="module")
def read(build):
    """``read(*arguments)`` runs the program: exit code, lines, stderr."""

    def read(*arguments, **options):
        done = call(build / "rare_read", *arguments, **options)
        assert done.returncode in (0, 1, 2), done.stderr  # no signal
        return done.returncode, done.stdout.splitlines(), done.stderr

    return read


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    write_words(folder, NUM_WORDS)
    return folder


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    write_odd(folder)
    return folder


def expected(paths, model_dir=MODEL, **options):
    """(text, score) of each path as Python reads it; None where it cannot."""
    options = {"engine": "onnx", "batch_size": 6, "views": 1} | options
    found = TextRecognizer(Path(model_dir) / "model.onnx", **options)([str(path) for path in paths])
    return [None if word.error else (word.text, word.score) for word in found]


def test_it_prints_what_predict_rec_prints(read, words):
    code, lines, err = read("--output_format", "json", words)
    flags = [f"--image_dir={words}", f"--rec_model_dir={MODEL}", "--use_onnx=True", "--output_format=json"]
    done = call(sys.executable, ROOT / "tools" / "infer" / "predict_rec.py", *flags)
    wanted, found = rows(done.stdout.splitlines()), rows(lines)
    assert (code, err, len(found)) == (done.returncode, "", NUM_WORDS)
    assert [row["path"] for row in found] == [row["path"] for row in wanted]
    assert agree(found, [(row["text"], row["score"]) for row in wanted])


def test_the_network_takes_the_same_bits(build, words):
    """The decoders of lossless formats and the resizes of both OpenCVs give the same, bit for bit."""
    paths = [path for path in sorted(words.iterdir()) if path.suffix not in (".jpg", ".webp")]
    done = call(build / "network_input", MODEL, *paths, text=False)
    found = np.frombuffer(done.stdout, np.float32).reshape(len(paths), 3, 32, 100)
    description = read_description(MODEL)
    for path, given in zip(paths, found, strict=True):
        assert np.array_equal(given, description.network_input(decode_image(path.read_bytes()))), path


@pytest.mark.parametrize("flags", [[], ["--batch_size=1"], ["--batch_size=32", "--threads=3"]])
def test_batches_and_threads_change_no_word(read, words, flags):
    _, lines, _ = read("--output_format=json", *flags, words)
    assert agree(rows(lines), expected(sorted(words.iterdir())))


def test_images_of_every_kind(read, odd):
    code, lines, _ = read("--output_format=json", odd)
    assert code == 0 and agree(rows(lines), expected(sorted(odd.iterdir())))


@pytest.mark.parametrize("views", ["doubtful", "all"])
def test_second_looks(read, odd, words, views):
    paths = [*sorted(odd.iterdir()), *sorted(words.iterdir())[:40]]
    _, lines, _ = read("--output_format=json", f"--views={views}", "--rotate_tall=False", *paths)
    assert agree(rows(lines), expected(paths, views=views, rotate_tall=False))


@pytest.fixture
def described(tmp_path):
    """``described({old: new})`` copies the shipped model with another description."""

    def described(changes):
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        shutil.copy(MODEL / "model.onnx", folder)
        text = (MODEL / "inference.yml").read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        (folder / "inference.yml").write_text(text, encoding="utf-8")
        return folder

    return described


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_the_description_is_followed(read, described, words, name):
    folder, paths = described(DESCRIPTIONS[name]), sorted(words.iterdir())[:30]
    _, lines, _ = read("--output_format=json", "--model_dir", folder, *paths)
    assert agree(rows(lines), expected(paths, folder))


def test_formats(read, tmp_path):
    name = 'a "b"\\\n\x1b[31m\u202ecé.png'
    shutil.copy(DEMO / "word_1.png", tmp_path / name)
    (tmp_path / "z.png").write_bytes(b"nothing")
    tool = [sys.executable, ROOT / "tools" / "infer" / "predict_rec.py", "--use_onnx=True"]
    tool += [f"--image_dir={tmp_path}", f"--rec_model_dir={MODEL}"]
    for kind in ("text", "tsv", "json"):
        wanted = call(*tool, f"--output_format={kind}")
        code, lines, _ = read(f"--output_format={kind}", tmp_path)
        assert (code, len(lines)) == (wanted.returncode, 2) == (1, 2)
        for line, other in zip(lines, wanted.stdout.splitlines(), strict=True):
            digits = "0." if "0." in other else "no digits"  # the last ones may differ
            assert line.partition(digits)[:2] == other.partition(digits)[:2]
    shutil.copy(DEMO / "word_1.png", f"{tmp_path}/\udcff.png")
    _, lines, _ = read(f"{tmp_path}/\udcff.png")
    assert lines[0].startswith(f"Predicts of {tmp_path}/\\udcff.png:('joint', 0.9")


def test_a_list_names_images(read, tmp_path):
    shutil.copytree(DEMO, tmp_path / "words")
    (tmp_path / "list.txt").write_text("words/word_2.png\tlabel\nwords/word_1.png\n", encoding="utf-8")
    _, lines, _ = read("--output_format=tsv", tmp_path / "list.txt", DEMO / "word_1.png")
    wanted = [f"{tmp_path}/words/word_2.png", f"{tmp_path}/words/word_1.png", f"{DEMO}/word_1.png"]
    assert [line.split("\t")[0] for line in lines] == wanted


def test_bad_images_cost_themselves(read, tmp_path):
    paths = write_bad(tmp_path)
    code, lines, _ = read("--output_format=json", *paths)
    found = TextRecognizer(MODEL, engine="onnx", views=1)(list(map(str, paths)))
    assert (code, [row.get("error") for row in rows(lines)]) == (1, [word.error for word in found])
    assert sum("error" in row for row in rows(lines)) == len(paths) - 2


def test_damaged_images_end_nothing(read, tmp_path, odd):
    """Also under the sanitizers; what can still be read may differ between versions of the decoders."""
    write_damaged(tmp_path, sorted(odd.iterdir()), 200)
    code, lines, _ = read("--output_format=json", tmp_path)
    assert (code, len(lines)) == (1, 200)
    assert 20 < sum("error" in row for row in rows(lines)) < 190


def faults(read, *arguments):
    code, lines, err = read(*arguments)
    assert (lines, err.count("\n"), err[:7]) == ([], 1, "error: "), err
    return code, err


@pytest.mark.parametrize("changes, told", FAULTS)
def test_a_model_that_cannot_be_used_is_one_line(read, described, changes, told):
    code, err = faults(read, "--model_dir", described(changes), DEMO)
    assert code == 1 and told in err


def test_what_cannot_be_is_one_line(read, tmp_path):
    assert faults(read, "--model_dir", tmp_path, DEMO)[0] == 1
    code, err = faults(read, tmp_path)
    assert code == 1 and "no image below this folder" in err
    for arguments in ([], ["--view", "1", DEMO], ["--views", "2", DEMO], ["--batch_size", "x", DEMO], ["--engine"]):
        assert faults(read, *arguments)[0] == 2
    assert [faults(read, *wrong, DEMO)[0] for wrong in (("--engine", "steam"), ("--batch_size", "0"))] == [1, 1]


def test_a_damaged_description_ends_nothing(read, described):
    """The unit tests try thousands; these go through the whole program."""
    generator = random.Random(0)
    folder = described({})
    text = (folder / "inference.yml").read_bytes()
    for _ in range(15):
        data = bytearray(text)
        for _ in range(3):
            data[generator.randrange(len(data))] = generator.choice(b"[]{}:,-&*!|>'\"%@\0\xff\n\t 9")
        (folder / "inference.yml").write_bytes(data)
        code, lines, err = read("--model_dir", folder, DEMO / "word_1.png")
        assert (code, len(lines), err.count("\n")) in [(0, 1, 0), (1, 0, 1)]


def test_help_and_version(read):
    code, lines, _ = read("--help")
    assert (code, sum(line.startswith("  --") for line in lines)) == (0, 10)
    text = " ".join(line.strip() for line in lines)
    assert all("(default: " in part for part in text.split(" --")[1:-2])
    assert read("--version")[:2] == (0, ["0.1.0"])


def test_a_reader_that_goes_away_ends_it(build, words):
    program = subprocess.Popen([build / "rare_read", "--batch_size=1", *[words] * 20], stdout=subprocess.PIPE)
    program.stdout.readline()
    program.stdout.close()
    assert program.wait(timeout=300) == 1


def test_the_benchmark(build):
    command = [sys.executable, ROOT / "benchmarks" / "bench_cpp.py", "--program", build / "rare_read"]
    done = call(*command, "--num", 9, "--rounds", 1, "--batch_sizes", 4)
    row = r"\| rare_read, \w+ \| [\d.]+ \([\d.]+\) \| -?\d+ \(-?\d+\) \| \d+ MiB \|"
    assert re.search(row, done.stdout), done.stderr


def test_the_c_example(build):
    if re.search("RARE_SANITIZE:.*address", (build / "CMakeCache.txt").read_text()):
        pytest.skip("OpenVINO does not load under the sanitizer for addresses: examples/CMakeLists.txt")
    done = call(build / "read_words", MODEL, DEMO / "word_1.png", "missing.png")
    first, second = done.stdout.splitlines()
    assert (done.returncode, second) == (1, "missing.png\terror: missing file")
    assert first.startswith(f"{DEMO}/word_1.png\tjoint\t0.9")


@pytest.mark.skipif("RARE_CPP_BUILD" in os.environ, reason="nothing is installed from a build that is given")
def test_an_installed_library(build, tmp_path):
    assert call("cmake", "--install", build, "--prefix", tmp_path / "installed").returncode == 0
    done = call(tmp_path / "installed" / "bin" / "rare_read", "--output_format=tsv", DEMO / "word_1.png")
    assert done.stdout.startswith(f"{DEMO}/word_1.png\tjoint\t"), done.stderr
    done = call(build_user(tmp_path, tmp_path / "installed"), MODEL)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
