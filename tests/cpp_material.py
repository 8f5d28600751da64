"""What the tests of deploy/cpp_infer work with: the program, drawn words, images of every kind."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from material import ROOT, pillow_file, png, word_image, write_large_and_turned, write_transparent
from PIL import Image

from ppocr_rare.data.charset import DEFAULT_CHARACTERS
from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts

DEMO = ROOT / "doc" / "imgs_words" / "en"
# What inference.yml may say besides, and what it may not, with what is told then: texts that take others' places.
DESCRIPTIONS = {
    "grey": {"img_mode: BGR": "img_mode: GRAY", "score: product": "score: min"},
    "rgb": {"img_mode: BGR": "img_mode: RGB", "score: product": "score: mean"},
    "stretched": {"padding: true": "padding: false", "temperature: 1.104": "temperature: 2"},
    "bilinear": {"interpolation: area": "interpolation: bilinear", "temperature: 1.104\n": ""},
    "behind_eos": {"stop_at_eos: true": "stop_at_eos: false", "score: product\n": ""},
}
FAULTS = [
    ({"model.onnx: ": "model.onnx: 0"}, "checksums"),
    ({"model.onnx: 2": "model.onnx: 3"}, "is not the file that inference.yml beside it describes"),
    ({"'0', ": ""}, "the dictionary has 35 characters, which makes 37 classes"),
    ({"[3, 32, 100]": "[3, 48, 100]"}, "image_shape"),
    ({"[3, 32, 100]": "[1, 32, 100]"}, "image_shape must be [3, height, width]"),
    ({"algorithm: RARE": "algorithm: CRNN"}, "algorithm must be RARE"),
    ({"mean: 0.5\n": ""}, "mean must be 0.5"),
    ({"padding: true": "padding: [true"}, "inference.yml, line "),
]
_EXTENSIONS = (".png", ".jpg", ".bmp", ".webp", ".tiff", ".ppm")
# What a machine may lack, as CMake says it; any other failure is one of ours.
_LACKING = ("No engine", "Could NOT find", "Could not find a package configuration", "No CMAKE_CXX_COMPILER")


def call(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, timeout=400, **{"text": True} | options)


def rows(lines: list[str]) -> list[dict]:
    """The lines of --output_format=json."""
    return [json.loads(line) for line in lines]


def agree(found: list[dict], wanted: list) -> bool:
    """Whether the rows of the program are the words that Python reads, scores to 1e-4."""
    texts = [row.get("text") for row in found]
    assert texts == [word and word[0] for word in wanted]
    assert [row["score"] for row in found] == pytest.approx([word[1] for word in wanted], abs=1e-4)
    return True


def build_program(folder: Path) -> None:
    """Builds what the tests run; skips the test, with the reason, where something that this needs is lacking."""
    lacking = [name for name in ("cmake", "c++") if not shutil.which(name)]
    if lacking:
        pytest.skip(f"no {', '.join(lacking)}")
    options = [f"-DPython3_EXECUTABLE={sys.executable}", "-DCMAKE_BUILD_TYPE=Debug"]
    done = call("cmake", "-S", ROOT / "deploy" / "cpp_infer", "-B", folder, *options)
    if done.returncode and (found := [line for line in done.stderr.splitlines() if any(map(line.count, _LACKING))]):
        pytest.skip(found[0].strip())
    assert done.returncode == 0, done.stderr
    targets = ("rare", "rare_read", "network_input", "read_words")
    done = call("cmake", "--build", folder, "--parallel", 2, "--target", *targets)
    assert done.returncode == 0, done.stdout + done.stderr


def write_words(folder: Path, count: int) -> None:
    """Draws words, of odd sizes, in all formats."""
    rng = np.random.default_rng(0)
    fonts = [Font(path) for path in shipped_fonts().values()]
    for number in range(count):
        text = "".join(rng.choice(list(DEFAULT_CHARACTERS), rng.integers(1, 13)))
        image = render_word(text, fonts[number % len(fonts)], Recipe(mottle=4, blur=0.5, noise=3), rng)
        height = int(rng.integers(5, 200))
        width = max(2, int(height * image.shape[1] / image.shape[0] * rng.uniform(0.6, 1.6)))
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{number:03d}{_EXTENSIONS[number % len(_EXTENSIONS)]}"), image)


def write_odd(folder: Path) -> None:
    """Writes images of every kind: turned, large, transparent, grey, deep, with a palette, with an orientation."""
    write_large_and_turned(DEMO / "word_1.png", folder)
    write_transparent("rare", folder)
    image = cv2.imread(str(DEMO / "word_2.png"))
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    cv2.imwrite(str(folder / "grey.png"), grey)
    cv2.imwrite(str(folder / "deep.png"), image.astype(np.uint16) * 257)
    cv2.imwrite(str(folder / "deep_grey.tif"), grey.astype(np.uint16) * 257)
    pillow = Image.open(DEMO / "word_2.png")
    clear = Image.open(folder / "word_dark_on_clear.png")
    files = {
        "palette.png": pillow_file(pillow.quantize(16), "PNG"),
        "two_levels.png": pillow_file(pillow.convert("1"), "PNG"),
        "cmyk.jpg": pillow_file(pillow.convert("CMYK"), "JPEG"),
        "progressive.jpg": pillow_file(pillow, "JPEG", progressive=True),
        "palette.bmp": pillow_file(pillow.quantize(16), "BMP"),
        "lossless.webp": pillow_file(pillow, "WEBP", lossless=True),
        "clear.webp": pillow_file(clear, "WEBP"),
        "clear.tif": pillow_file(clear, "TIFF"),
    }
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
            files[f"turned_{orientation}.{kind.lower()}"] = pillow_file(pillow, kind, exif=exif)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def write_bad(folder: Path) -> list:
    """Paths of a good image, of bad ones, of what is none, and of the good one again."""
    good = png(word_image(0))
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0" + good[24:]
    jpeg = pillow_file(Image.fromarray(word_image(1)), "JPEG")
    files = {"0_good": good, "1_empty": b"", "2_text": b"nothing", "3_cut": good[:-20], "4_huge": header}
    files |= {"5_lost": jpeg[: len(jpeg) // 2] + bytes(len(jpeg) // 2), "6_pixels": good[:60] + bytes(30) + good[90:]}
    paths = [folder / f"{name}.png" for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    return [*paths, folder / "missing.png", paths[0] / "below.png", "/dev/zero", paths[0]]


def write_damaged(folder: Path, sources: list[Path], count: int) -> None:
    """Writes images with changed bytes, of which some are cut."""
    generator = random.Random(0)
    for number in range(count):
        data = bytearray(sources[number % len(sources)].read_bytes())
        for _ in range(generator.randrange(4)):
            data[generator.randrange(min(len(data), 300) if number % 2 else len(data))] = generator.randrange(256)
        size = generator.randrange(len(data)) if number % 3 == 0 else len(data)
        (folder / f"{number}.png").write_bytes(data[:size])


def build_user(folder: Path, installed: Path) -> Path:
    """A program of somebody who finds the installed library; it prints the error of an image that has none."""
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(user CXX)\nfind_package(rare REQUIRED)\n"
        "add_executable(user user.cc)\ntarget_link_libraries(user rare::rare)\n"
    )
    (folder / "user.cc").write_text(
        "#include <rare/recognizer.h>\n#include <iostream>\n"
        "int main(int, char** argv) { std::cout << rare::Recognizer(argv[1]).read(cv::Mat(32, 96, CV_8UC3)).error; }\n"
    )
    done = call("cmake", "-S", folder, "-B", folder / "user", f"-DCMAKE_PREFIX_PATH={installed}")
    assert done.returncode == 0, done.stderr
    done = call("cmake", "--build", folder / "user")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "user" / "user"
