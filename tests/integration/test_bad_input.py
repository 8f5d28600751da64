"""Images and files as they come: what can be read is read, the rest is reported and costs nothing else."""

import os
import shutil
import struct
import zlib

import cv2
import numpy as np
import pytest
from material import CONFIG, pillow_file, png, word_image
from PIL import Image

from ppocr_rare import TextRecognizer, load_config
from ppocr_rare.data.charset import DEFAULT_CHARACTERS
from ppocr_rare.utils.pixels import without_alpha


@pytest.fixture
def infer(run_tool, weights):
    """``infer("infer_img=x", ...)``: runs tools/infer_rec.py with these values of Global."""

    def infer(*settings, config=CONFIG):
        settings = ["use_gpu=False", f"pretrained_model={weights}", "save_res_path=", *settings]
        return run_tool("infer_rec", "-c", config, "-o", *(f"Global.{setting}" for setting in settings))

    return infer


@pytest.fixture(scope="module")
def recognizer(weights):
    return TextRecognizer(config=load_config(CONFIG), weights=weights, use_gpu=False, views=1)


def rgb(image):
    return Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def bomb():
    """A PNG of a few bytes that claims 10^9 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 10_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunk + end


IMAGE = word_image(0)
GREY = cv2.cvtColor(IMAGE, cv2.COLOR_BGR2GRAY)

BAD = {
    "cut.png": (png(IMAGE)[:-30], "truncated image"),
    "cut.jpg": (pillow_file(rgb(IMAGE), "JPEG")[:-30], "truncated image"),
    "empty.png": (b"", "empty file"),
    "text.png": (b"not an image at all\n", "not an image"),
    "bomb.png": (bomb(), "image too large"),
}
# name: (file, the pixels that must be read in it)
GOOD = {
    "one.png": (png(IMAGE[:1, :1]), IMAGE[:1, :1]),
    "wide.png": (png(np.tile(IMAGE[:1], (1, 53, 1))[:, :5000]), np.tile(IMAGE[:1], (1, 53, 1))[:, :5000]),
    "tall.png": (png(np.full((5000, 1, 3), 90, np.uint8)), np.full((5000, 1, 3), 90, np.uint8)),
    "grey.png": (png(GREY), np.dstack([GREY] * 3)),
    "rgba.png": (png(np.dstack([IMAGE, GREY])), without_alpha(np.dstack([IMAGE, GREY]))),
    "deep.png": (png(IMAGE.astype(np.uint16) * 257), IMAGE),
    "word.bmp": (pillow_file(rgb(IMAGE), "BMP"), IMAGE),
    "wörd 語.png": (png(IMAGE), IMAGE),
}


@pytest.mark.parametrize("name", GOOD)
def test_unusual_images_are_read(recognizer, tmp_path, name):
    data, pixels = GOOD[name]
    (tmp_path / name).write_bytes(data)
    assert recognizer(tmp_path / name) == recognizer(np.ascontiguousarray(pixels))


def test_photographs_are_turned_upright(recognizer, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the picture must be turned clockwise
    data = pillow_file(rgb(cv2.rotate(IMAGE, cv2.ROTATE_90_COUNTERCLOCKWISE)), "JPEG", exif=exif, quality=95)
    (tmp_path / "turned.jpg").write_bytes(data)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    stored = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    assert stored.shape == (96, 32, 3)
    assert recognizer(tmp_path / "turned.jpg") == recognizer(cv2.rotate(stored, cv2.ROTATE_90_CLOCKWISE))


def test_cmyk_is_read_in_its_colours(recognizer, tmp_path):
    data = pillow_file(rgb(IMAGE).convert("CMYK"), "JPEG", quality=95)
    (tmp_path / "print.jpg").write_bytes(data)
    word = recognizer(tmp_path / "print.jpg")
    assert word == recognizer(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
    assert word.text


def test_bad_images_stand_in_their_places(infer, tmp_path):
    for name, (data, _) in {**BAD, **GOOD}.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe.png")  # opening it would wait for ever
    result = infer(f"infer_img={tmp_path}")
    assert result.code == 1
    lines = dict(line.split("\t", 1) for line in result.lines)
    assert list(lines) == sorted(str(tmp_path / name) for name in {**BAD, **GOOD, "pipe.png": None})
    assert lines[str(tmp_path / "pipe.png")] == "error: unreadable file: not an ordinary file"
    for name, (_, reason) in BAD.items():
        assert lines[str(tmp_path / name)].startswith(f"error: {reason}"), name
    for name in GOOD:
        assert not lines[str(tmp_path / name)].startswith("error"), name
    assert "Traceback" not in result.err


def test_a_list_with_what_is_no_file(infer, words):
    (words / "folder").mkdir()
    (words / "list.txt").write_text("0.png\nnone.png\nfolder\nnul\0.png\n1.png\n")
    result = infer(f"infer_list={words}/list.txt")
    assert result.code == 1 and len(result.lines) == 5
    said = [line.split("\t")[1] for line in result.lines]
    assert said[1] == "error: missing file"
    assert said[2] == "error: a directory, not a file"
    assert said[3].startswith("error: unreadable file")
    assert not said[0].startswith("error") and not said[4].startswith("error")


def test_lists_that_are_none(infer, tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n")
    (tmp_path / "latin.txt").write_bytes(b"\xe9.png\n")
    (tmp_path / "folder").mkdir()
    for setting, message in (
        (f"infer_list={tmp_path}/empty.txt", "no path in it"),
        (f"infer_list={tmp_path}/latin.txt", "is not UTF-8"),
        (f"infer_img={tmp_path}/folder", "no image below this folder"),
    ):
        result = infer(setting)
        assert (result.code, result.out) == (1, "")
        assert len(result.errors) == 1 and message in result.errors[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        ("folder", "is a directory, not a file"),
        (b"a\n\xff\n", "line 2 is not UTF-8"),
        (b"", "no character in it"),
    ],
)
def test_dictionaries_that_cannot_be_read(infer, words, tmp_path, content, message):
    path = tmp_path / "dictionary.txt"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    result = infer(f"infer_img={words}", f"character_dict_path={path}")
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and message in result.errors[0]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("\ufeff" + "\n".join(DEFAULT_CHARACTERS), "byte-order mark"),
        ("\r\n".join("1" + DEFAULT_CHARACTERS[1:]), "repeated entries, of which the last is used: '1'"),
    ],
)
def test_dictionaries_with_a_flaw_serve_with_one_warning(infer, words, tmp_path, text, warning):
    path = tmp_path / "dictionary.txt"
    path.write_bytes(text.encode())
    result = infer(f"infer_img={words}", f"character_dict_path={path}")
    assert result.code == 0
    assert result.err.count(warning) == 1
    plain = infer(f"infer_img={words}").lines
    if "repeated" in warning:  # the first class says 1, as the second does
        plain = [line.split("\t")[1].replace("0", "1") for line in plain]
        assert [line.split("\t")[1] for line in result.lines] == plain
    else:
        assert result.lines == plain


def test_a_dictionary_of_another_size_is_another_model(infer, words, tmp_path):
    (tmp_path / "dictionary.txt").write_text("a\nb\n")
    result = infer(f"infer_img={words}", f"character_dict_path={tmp_path}/dictionary.txt")
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and "another config" in result.errors[0]


def test_a_wrong_checkpoint_is_one_line(infer, words, weights, tmp_path):
    data = weights.with_name("tiny.pdparams").read_bytes()
    (tmp_path / "cut.pdparams").write_bytes(data[: len(data) // 2])
    (tmp_path / "flipped.pdparams").write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    (tmp_path / "empty.pdparams").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    for name, message in (
        ("none", "no such checkpoint"),
        ("cut", "cut.pdparams: "),
        ("flipped", "checksum does not match"),
        ("empty", "is empty"),
        ("folder", "needs best_accuracy.pdparams or one other"),
    ):
        result = infer(f"infer_img={words}", f"pretrained_model={tmp_path}/{name}")
        assert (result.code, result.out) == (1, ""), name
        assert len(result.errors) == 1 and message in result.errors[0], name
        assert "Traceback" not in result.err


def test_weights_of_another_architecture_are_one_line(infer, words, weights, tmp_path):
    shutil.copy(weights.with_name("tiny.pdparams"), tmp_path / "x.pdparams")
    result = infer(f"infer_img={words}", f"pretrained_model={tmp_path}/x", "max_text_length=9")
    assert result.code == 0  # the number of steps is no weight
    other = CONFIG.with_name("rec_r34_vd_tps_bilstm_att.yml")
    result = infer(f"infer_img={words}", f"pretrained_model={tmp_path}/x", config=other)
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and "is it for another config?" in result.errors[0]
