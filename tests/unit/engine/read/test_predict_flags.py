"""The flags of predict_rec: how they are spelled, and what they become."""

import argparse
import logging
from typing import get_args

import pytest

from ppocr_rare.engine.read import predict_flags
from ppocr_rare.engine.read.backends import BackendOptions, Precision
from ppocr_rare.engine.read.backends.engines import ExportedEngine
from ppocr_rare.engine.read.exported import Overrides
from ppocr_rare.engine.read.predict_flags import add_flags, check_flags, given_without_effect, open_model, share_of
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.cli import ENGINES, PRECISIONS


@pytest.fixture
def parse():
    """``parse("--use_gpu=1")``: the flags of a command line."""

    def parse(*flags):
        parser = argparse.ArgumentParser()
        add_flags(parser)
        return parser.parse_args(["--image_dir=images", "--rec_model_dir=model", *flags])

    return parse


@pytest.fixture
def opened(parse, monkeypatch):
    """``opened("--use_gpu=1")``: with which arguments the model would be opened."""
    monkeypatch.setattr(predict_flags, "open_exported", lambda *arguments: arguments)

    def opened(*flags):
        parsed = parse(*flags)
        check_flags(parsed)
        return open_model(parsed)

    return opened


def test_two_flags_suffice(opened):
    path, engine, options, overrides = opened()
    assert (str(path), engine, overrides) == ("model", "paddle", Overrides())
    assert options == BackendOptions(max_batch_size=10)


@pytest.mark.parametrize("text", ["True", "true", "TRUE", "1", "t", "y", "yes"])
def test_spellings_of_true(parse, text):
    assert parse(f"--use_onnx={text}").use_onnx is parse("--use_onnx", text).use_onnx is True


@pytest.mark.parametrize("text", ["False", "false", "0", "no"])
def test_spellings_of_false(parse, text):
    assert parse(f"--ir_optim={text}").ir_optim is False


def test_what_is_neither_is_refused(parse, capsys):
    with pytest.raises(SystemExit) as ended:
        parse("--use_gpu=maybe")
    assert ended.value.code == 2 and "--use_gpu: true or false, not 'maybe'" in capsys.readouterr().err


def test_flags_become_options(opened):
    _, engine, options, _ = opened(
        "--use_onnx=True", "--use_gpu=True", "--gpu_id=1", "--gpu_mem=900", "--precision=int8", "--cpu_threads=3",
        "--enable_mkldnn=False", "--ir_optim=False", "--use_tensorrt=True", "--min_subgraph_size=4",
        "--max_batch_size=8", "--onnx_providers", "A", "B",
    )  # fmt: skip
    assert engine == "onnx"
    assert options == BackendOptions(True, 1, 900, "int8", 3, False, False, None, True, 4, 8, ("A", "B"))


def test_an_engine_that_is_named_comes_first(opened):
    assert opened("--engine=openvino", "--use_onnx=True", "--precision=bf16")[1:3] == (
        "openvino", BackendOptions(precision="bf16", max_batch_size=10)
    )  # fmt: skip
    assert (get_args(ExportedEngine), get_args(Precision)) == (ENGINES, PRECISIONS)


def test_flags_become_overrides(opened, tmp_path):
    (tmp_path / "dict.txt").write_text("a\nb\n", encoding="utf-8")
    path = str(tmp_path / "dict.txt")
    *_, overrides = opened(
        "--rec_image_shape=3, 48,160", "--max_text_length=30", "--rec_char_dict_path", path, "--use_space_char=True",
        "--rec_algorithm=RARE",
    )  # fmt: skip
    assert (overrides.image_shape, overrides.max_text_length, overrides.charset_source) == (
        (3, 48, 160), 30, f"{path} with a space (--use_space_char)"
    )  # fmt: skip
    assert overrides.charset.characters == ("a", "b", " ")


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--rec_algorithm=SVTR_LCNet", "--rec_algorithm SVTR_LCNet: this program reads with RARE alone"),
        ("--rec_image_shape=32,100", "--rec_image_shape must be like"),
        ("--rec_image_shape=3,x,100", "--rec_image_shape must be like"),
        ("--rec_image_shape=1,32,100", "3 channels and sizes up to 4096"),
        ("--rec_image_shape=3,32,99999", "3 channels and sizes up to 4096"),
        ("--rec_batch_num=0", "--rec_batch_num must be at least 1"),
        ("--cpu_threads=-3", "--cpu_threads -3: at least 1"),
        ("--process_id=1", "--process_id below --total_process_num"),
        ("--process_id=-1", "--process_id below --total_process_num"),
    ],
)
def test_values_that_cannot_be(opened, flag, message):
    with pytest.raises(ConfigError, match=message):
        opened(flag)


def test_what_changes_nothing_is_named(parse, opened, caplog):
    assert given_without_effect(parse("--use_gpu=False", "--use_mp=True")) == []
    given = parse("--vis_font_path=x", "--show_log", "False", "--scales", "1", "2", "--det_model_dir=x")
    assert sorted(given_without_effect(given)) == ["--det_model_dir", "--scales", "--show_log", "--vis_font_path"]
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        opened("--use_space_char=True")
    assert [record.message for record in caplog.records] == [
        "--use_space_char has no effect without --rec_char_dict_path"
    ]


def test_processes_started_here_share_the_cores(opened, parse, monkeypatch):
    monkeypatch.setattr(predict_flags, "num_cores", lambda: 8)
    started_here = ("--use_mp=True", "--total_process_num=3")
    assert opened(*started_here)[2].cpu_threads == 2
    assert opened(*started_here, "--cpu_threads=5")[2].cpu_threads == 5


def test_processes_share_the_images(parse):
    paths = [str(number) for number in range(8)]
    shares = [share_of(paths, parse("--total_process_num=3", f"--process_id={i}")) for i in range(3)]
    assert sorted(sum(shares, [])) == paths and [len(share) for share in shares] == [3, 3, 2]
    assert share_of(paths, parse()) == paths
