"""Checks of the machine: cores, memory, device, and what the loader needs."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import paddle

from ppocr_rare.builder import keep_keys_of
from ppocr_rare.data.loader import build_loader
from ppocr_rare.engine.doctor.findings import Case, Finding, Skipped, size
from ppocr_rare.utils.platforms import num_cores
from ppocr_rare.utils.runtime import select_device

CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
SHARED_MEMORY = "/dev/shm"


def memory_bytes() -> int | None:
    """Memory of this machine or, where it is less, of this container; None where the system does not tell."""
    try:
        installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        return min(installed, int(CONTAINER_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or "max"
        return installed


def check_cpu(case: Case) -> Iterator[Finding]:
    """There is a core for each process that reads samples."""
    cores, memory = num_cores(), memory_bytes()
    message = f"{cores} core{'s' if cores > 1 else ''}, {size(memory) if memory else 'unknown'} of memory"
    crowded = [
        f"{section}.loader.num_workers"
        for section in ("Train", "Eval")
        if section in case.config and case.config[section]["loader"]["num_workers"] > cores
    ]
    if crowded:
        yield Finding("note", "cpu", f"{message}: fewer cores than workers; lower {' and '.join(crowded)} to {cores}")
    else:
        yield Finding("ok", "cpu", message)


def check_device(case: Case) -> Iterator[Finding]:
    """The device that the configuration asks for is there; from here on it is used."""
    if select_device(case.config["Global"]["use_gpu"]) == "cpu":
        case.memory_bytes = memory_bytes()
        yield Finding("ok", "device", "the CPU")
        return
    properties = paddle.device.cuda.get_device_properties()
    case.memory_bytes = properties.total_memory
    yield Finding("ok", "device", f"{properties.name}, {size(properties.total_memory)}")


def check_loader(case: Case) -> Iterator[Finding]:
    """The loader can hand its batches over through shared memory; what it warns of becomes a note."""
    if "Train" not in case.config:
        return
    survey, settings = case.surveys.get("Train"), case.config["Train"]["loader"]
    if survey is None:
        raise Skipped("there are no training samples")
    build_loader(
        survey.dataset,
        keep_keys=keep_keys_of(case.config, "Train"),
        batch_size=settings["batch_size_per_card"],
        num_workers=settings["num_workers"],
        use_shared_memory=settings["use_shared_memory"],
    )
    message = f"one process reads {survey.images_per_s:.0f} samples/s; num_workers is {settings['num_workers']}"
    if os.path.isdir(SHARED_MEMORY):
        message += f"; {SHARED_MEMORY} has {size(shutil.disk_usage(SHARED_MEMORY).free)} free"
    yield Finding("ok", "loader", message)
