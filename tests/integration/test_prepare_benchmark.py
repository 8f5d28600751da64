"""tools/prepare_benchmark.py on sets as their authors distribute them, of the published sizes where those matter."""

import argparse
import json

import cv2
import numpy as np
import pytest
from material import ROOT, png, word_image, write_lmdb

from ppocr_rare import load_config
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.engine.evaluate.assemble import load_reader
from ppocr_rare.errors import DataError

SHIPPED = ROOT / "ppocr_rare" / "weights" / "rec_mv3_tps_bilstm_att"
IMAGE = png(word_image(0))


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "sets"
    folder.mkdir()
    return folder


@pytest.fixture
def prepare(run_process, root, tmp_path):
    """``prepare("--subset", …)`` runs the tool into ``out`` and gives its end, and its table: subset -> cells."""

    def prepare(*arguments):
        result = run_process("prepare_benchmark", root, "--out", tmp_path / "out", *arguments)
        assert "Traceback" not in result.err
        rows = [line.split(maxsplit=4) for line in result.lines[1:11]]
        return result, {row[1]: row[2:] for row in rows}

    return prepare


def words_of(folder):
    dataset = LMDBDataSet(str(folder))
    try:
        return [dataset.read_text(index) for index in range(len(dataset))]
    finally:
        dataset.close()


def write_icdar(folder, labels):
    """An ICDAR word set: a BOM, CRLF, quoted labels; one image serves all."""
    folder.mkdir(parents=True)
    (folder / "word.png").write_bytes(IMAGE)
    lines = "".join(f'word.png, "{label}"\r\n' for label in labels)
    (folder / "gt.txt").write_bytes(b"\xef\xbb\xbf" + lines.encode())


def test_ic13_is_cut_by_its_published_rules(prepare, root, tmp_path):
    good = [f"word{number}" for number in range(857)]
    write_icdar(root / "Challenge2_Test_Task3_Images", ["a1"] * 158 + good + ["don't", 'say \\"x\\"'] * 40)
    result, table = prepare()
    assert result.code == 0
    assert table["IC13_1015"] == ["1015", "1015", "written"]
    assert table["IC13_857"] == ["857", "857", "written"]
    assert table["SVT_647"] == ["-", "647", "not found"]
    assert words_of(tmp_path / "out" / "IC13_857") == good
    assert words_of(tmp_path / "out" / "IC13_1015") == ["a1"] * 158 + good


def test_a_published_list_is_asked_for_and_then_used(prepare, root, tmp_path):
    folder = root / "ic15"
    folder.mkdir()
    (folder / "img").mkdir()
    names = [f"word_{number}.png" for number in range(1, 2078)]
    for name in names:
        (folder / "img" / name).write_bytes(IMAGE)
    (folder / "Challenge4_Test_Task3_GT.txt").write_text("".join(f'{name}, "t,x"\n' for name in names))
    result, table = prepare()
    assert result.code == 0
    assert table["IC15_2077"] == ["2077", "2077", "written"]
    assert table["IC15_1811"][0] == "-"
    assert table["IC15_1811"][2] == "list needed, it is not distributed with the set: --subset IC15_1811=FILE"
    (tmp_path / "list.txt").write_text("\n".join(names[:1811]))
    result, table = prepare("--subset", f"IC15_1811={tmp_path / 'list.txt'}")
    assert result.code == 0
    assert table["IC15_1811"] == ["1811", "1811", "written"]
    assert table["IC15_2077"][2].startswith("already there, left as it is: ")
    (tmp_path / "list.txt").write_text("word_0.png\n")
    result, table = prepare("--subset", f"IC03_860={tmp_path / 'list.txt'}")
    assert table["IC03_860"][2] == "not found"


def test_the_lmdb_release_is_taken_whole_and_never_under_a_wrong_name(prepare, root, tmp_path):
    def samples(number):
        return [(IMAGE, b"word")] * number

    write_lmdb(root / "data_lmdb_release" / "evaluation" / "CUTE80", samples(288))
    write_lmdb(root / "data_lmdb_release" / "evaluation" / "SVTP", samples(639))
    write_lmdb(root / "data_lmdb_release" / "evaluation" / "IC03_860", samples(860))
    write_lmdb(root / "data_lmdb_release" / "training" / "SVT", samples(647))
    result, table = prepare()
    assert result.code == 1
    assert table["CUTE80_288"] == ["288", "288", "written"]
    assert table["IC03_860"] == ["860", "860", "written"]
    assert table["SVTP_645"] == ["639", "645", "count differs, so it is named SVTP_645.has_639"]
    assert table["SVT_647"][2] == "not found"
    folders = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert folders == ["CUTE80_288", "IC03_860", "SVTP_645.has_639"]
    again, table = prepare()
    assert again.code == 1 and table["SVTP_645"][2].startswith("already there, and its count differs: ")


def test_what_cannot_be_used_is_said(prepare, root):
    write_icdar(root / "some words", ["x"])
    (root / "SVT").mkdir()
    (root / "SVT" / "test.xml").write_text("<tagset><image>")
    write_icdar(root / "SVTP", ["x", "y"])
    (root / "SVTP" / "gt.txt").write_text("word.png x\nmissing.png y\n")
    for name in ("a", "b"):
        write_icdar(root / "cute" / name, ["x"])
    result, table = prepare()
    assert result.code == 1
    assert "failed: " in table["SVT_647"][2] and "not XML" in table["SVT_647"][2]
    assert table["SVTP_645"][::2] == ["1", "count differs, so it is named SVTP_645.has_1"]
    assert table["CUTE80_288"][2].startswith("found more than once")
    assert f"not used: {root / 'some words' / 'gt.txt'}: no folder name says which set it is of" in result.lines
    assert "SVTP_645: left out: missing file: 1" in result.lines


def test_the_other_sets_as_distributed(prepare, root, tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    rows = np.empty((1, 3000), [("ImgName", object), ("GroundTruth", object)])
    for index in range(3000):
        rows[0, index] = ("test/1.png", f"WORD{index}")
    (root / "IIIT5K" / "test").mkdir(parents=True)
    scipy_io.savemat(root / "IIIT5K" / "testdata.mat", {"testdata": rows}, do_compression=True)
    (root / "SVT" / "img").mkdir(parents=True)
    rectangle = '<taggedRectangle x="8" y="4" width="40" height="20"><tag>W</tag></taggedRectangle>'
    words = f"<lex>ONE,W, TWO</lex><taggedRectangles>{rectangle * 647}</taggedRectangles>"
    image = f"<image><imageName>img/1.png</imageName>{words}</image>"
    (root / "SVT" / "test.xml").write_text(f"<tagset>{image}</tagset>")
    (root / "ic03").mkdir()
    labels = [f"word{number}" for number in range(867)] + ["to", "A&amp;B", "it's"] * 81
    tags = "".join(f'<image file="1.png" tag="{label}"/>' for label in labels)
    (root / "ic03" / "word.xml").write_text(f'<?xml version="1.0" encoding="iso-8859-1"?><imagelist>{tags}</imagelist>')
    for folder in ("IIIT5K/test", "SVT/img", "ic03"):
        (root / folder / "1.png").write_bytes(IMAGE)
    result, table = prepare()
    assert result.code == 0
    for name in ("IIIT5k_3000", "SVT_647", "IC03_867"):
        count = name.rpartition("_")[2]
        assert table[name] == [count, count, "written"]
    assert table["IC03_860"][2].startswith("list needed")
    dataset = LMDBDataSet(str(tmp_path / "out" / "SVT_647"))
    cut = cv2.imdecode(np.frombuffer(dataset.read_image(646), np.uint8), cv2.IMREAD_COLOR)
    dataset.close()
    lexicon = json.loads((tmp_path / "out" / "SVT_647" / "lexicon_50.json").read_text(encoding="utf-8"))
    assert len(lexicon) == 647 and lexicon["000000647"] == ["ONE", "W", "TWO"]
    flags = argparse.Namespace(lexicon="50", rotate_tall=False, views=1, beam_width=None, pattern=None)
    config = load_config(
        SHIPPED / "config.yml", ["Global.use_gpu=False", f"Global.pretrained_model={SHIPPED / 'best_accuracy'}"]
    )
    batch = next(load_reader(config, flags).batches(LMDBDataSet(str(tmp_path / "out" / "SVT_647")), [[0, 646]]))
    assert {word.text for word in batch["words"]} <= {"ONE", "W", "TWO"}
    with pytest.raises(DataError, match=r"IC03_867/lexicon_50\.json: No such file"):
        next(load_reader(config, flags).batches(LMDBDataSet(str(tmp_path / "out" / "IC03_867")), [[0]]))
    assert np.array_equal(cut, word_image(0)[4:24, 8:48])


def test_faults_of_usage(run_process, tmp_path):
    missing = run_process("prepare_benchmark", tmp_path / "none", "--out", tmp_path / "out")
    assert missing.code == 2 and missing.errors == [f"error: {tmp_path / 'none'} is not a folder"]
    write_icdar(tmp_path / "words", ["x"])
    nothing = run_process("prepare_benchmark", tmp_path, "--out", tmp_path / "out")
    assert (nothing.code, nothing.out) == (2, "")
    assert f"no folder name says which set {tmp_path / 'words' / 'gt.txt'} is of" in nothing.err
    wrong = run_process("prepare_benchmark", tmp_path, "--out", tmp_path / "out", "--subset", "SVT_647=x")
    assert wrong.code == 2 and "IC03_860, IC15_1811" in wrong.err
