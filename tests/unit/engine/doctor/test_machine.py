"""The machine, as the system tells it."""

from collections import namedtuple

import paddle
import pytest

from ppocr_rare.data import loader
from ppocr_rare.engine.doctor import machine
from ppocr_rare.engine.doctor.findings import Skipped, Survey


def only(findings):
    (finding,) = findings
    return finding


def test_memory_of_a_container(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "CONTAINER_LIMIT", limit)
    installed = machine.memory_bytes()
    assert installed > 1 << 28
    limit.write_text("max\n")
    assert machine.memory_bytes() == installed
    limit.write_text(f"{1 << 20}\n")
    assert machine.memory_bytes() == 1 << 20


def test_cores_for_the_workers(make_case, monkeypatch):
    monkeypatch.setattr(machine, "num_cores", lambda: 2)
    case = make_case("Train.loader.num_workers=2", "Eval.loader.num_workers=0")
    finding = only(machine.check_cpu(case))
    assert finding.level == "ok" and finding.message.startswith("2 cores, ")
    finding = only(machine.check_cpu(make_case("Train.loader.num_workers=3", "Eval.loader.num_workers=2")))
    assert finding.level == "note" and finding.message.endswith("lower Train.loader.num_workers to 2")


def test_device(make_case):
    case = make_case()
    assert only(machine.check_device(case)).message == "the CPU"
    assert case.memory_bytes == machine.memory_bytes() and paddle.get_device() == "cpu"


def test_shared_memory(make_case, make_words, monkeypatch, caplog):
    case = make_case("Train.loader.num_workers=3", "Train.loader.batch_size_per_card=8")
    with pytest.raises(Skipped):
        [*machine.check_loader(case)]
    case.surveys["Train"] = Survey(make_words(["ab"]), num_looked_at=10, seconds=2.0)
    usage = namedtuple("usage", "free")
    for free, warnings in ((1 << 40, 0), (1 << 20, 1)):
        caplog.clear()
        monkeypatch.setattr(loader.shutil, "disk_usage", lambda path, free=free: usage(free))
        finding = only(machine.check_loader(case))
        assert finding.message.startswith("one process reads 5 samples/s; num_workers is 3")
        assert len(caplog.records) == warnings  # which the examination makes a note of
