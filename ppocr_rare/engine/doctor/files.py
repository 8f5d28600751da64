"""Checks of the configuration and of the files that it names."""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from ppocr_rare.builder import build_charset
from ppocr_rare.config import Config, load_config
from ppocr_rare.config.check import Checker
from ppocr_rare.config.source import apply_override, read_yaml
from ppocr_rare.config.tables import GLOBAL
from ppocr_rare.engine.doctor.findings import Case, Finding, size
from ppocr_rare.engine.read.weights import load_weights
from ppocr_rare.engine.train.fine_tuning import load_pretrained
from ppocr_rare.errors import ConfigError, DataError
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle
from ppocr_rare.utils.checkpoint.training_state import OPTIMIZER_SUFFIX, PROGRESS_SUFFIX

TO_TRAIN = ("Architecture", "Loss", "Optimizer", "PostProcess", "Metric")


def open_case(path: str, overrides: Iterable[str]) -> tuple[Case, Finding]:
    """The case of a configuration file, and what is to be said of the file.

    Raises:
        RareError: nothing in the file can be examined.
    """
    overrides = list(overrides)
    try:
        config = load_config(path, overrides)
    except ConfigError as error:
        first, *others = str(error).splitlines()
        config = sound_part(path, overrides)
        return Case(config, is_whole=False), Finding("FAULT", "config", first, tuple(line.strip() for line in others))
    return Case(config), Finding("ok", "config", str(path))


def sound_part(path: str, overrides: Iterable[str]) -> Config:
    """The part of a faulty configuration that is sound, so that the rest of it can be examined nonetheless."""
    data, typed = read_yaml(path), []
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected sections (Global, Architecture, ...)")
    for override in overrides:
        with contextlib.suppress(ConfigError):  # told already, as all faults
            typed.append(apply_override(data, override))
    checked = Checker(tuple(typed)).check(data)
    defaults = {name: key.default for name, key in GLOBAL.keys.items()}
    return Config({**checked, "Global": {**defaults, **checked["Global"]}})


def check_sections(case: Case) -> Iterator[Finding]:
    """The sections that training needs are there."""
    if "Train" not in case.config:
        yield Finding("note", "sections", "no Train: a configuration for reading or evaluation, not for training")
        return
    case.config.require(*TO_TRAIN)
    if "Eval" in case.config:
        yield Finding("ok", "sections", "all that training needs")
    else:
        yield Finding("note", "sections", "no Eval: training never knows which of its models is the best; add it")


def check_dictionary(case: Case) -> Iterator[Finding]:
    """The dictionary can be read. Where it cannot, the rest is examined without one."""
    path = case.config["Global"]["character_dict_path"]
    try:
        case.charset = build_charset(case.config)
    except DataError as error:
        settings = case.config.to_dict()
        settings["Global"]["character_dict_path"] = None
        case.config = Config(settings)
        yield Finding("FAULT", "dictionary", f"{error} (Global.character_dict_path)")
        return
    kind = path or "the built-in one, digits and lower-case letters (labels are lowered)"
    yield Finding("ok", "dictionary", f"{len(case.charset.characters)} characters: {kind}")


def check_inputs(case: Case) -> Iterator[Finding]:
    """What is read with the trained model is there. Training does not need it."""
    for name in ("infer_img", "infer_list"):
        path = case.config["Global"][name]
        if path and not os.path.exists(path):
            yield Finding("note", name, f"{path} does not exist; tools/infer_rec.py will ask for it (Global.{name})")


def check_output(case: Case) -> Iterator[Finding]:
    """Checkpoints can be written; nothing is made to find that out."""
    if "Train" not in case.config:
        return
    folder = Path(case.config["Global"]["save_model_dir"])
    parent = existing_parent(folder)
    if not parent.is_dir():
        yield Finding("FAULT", "output", f"{parent} is not a folder; change Global.save_model_dir")
    elif not os.access(parent, os.W_OK | os.X_OK):
        yield Finding("FAULT", "output", f"{parent} may not be written to; change its rights or Global.save_model_dir")
    else:
        yield Finding("ok", "output", f"{folder} can be written; {size(shutil.disk_usage(parent).free)} are free")


def check_disk(case: Case) -> Iterator[Finding]:
    """All checkpoints of the training fit on the disk."""
    if "Train" not in case.config:
        return
    step, settings = case.need("step", "there was no dry step"), case.config["Global"]
    kept = settings["epoch_num"] // settings["save_epoch_step"] + 2  # with latest and best_accuracy
    # A save is whole before it takes an older one's place; the best has no averaged weights beside it.
    averages = kept * step.parameter_bytes if settings["ema_decay"] else 0
    each = step.parameter_bytes + step.optimizer_bytes
    needed = (kept + 1) * each + averages
    free = shutil.disk_usage(existing_parent(Path(settings["save_model_dir"]))).free
    message = f"{kept} checkpoints of {size(each)}, and one while it is saved, make {size(needed)}"
    message += f" with the averaged weights; {size(free)} are free" if averages else f"; {size(free)} are free"
    if needed > free:
        yield Finding("FAULT", "disk", f"{message}: raise Global.save_epoch_step ({settings['save_epoch_step']})")
    else:
        yield Finding("ok", "disk", message)


def existing_parent(path: Path) -> Path:
    """The path itself, or the nearest one above it that exists."""
    path = Path(os.path.abspath(path))
    return next(parent for parent in (path, *path.parents) if parent.exists())


def check_weights(case: Case) -> Iterator[Finding]:
    """The weights to start from can be read and fit the model."""
    settings = case.config["Global"]
    path = settings["pretrained_model"]
    if not path:
        if not settings["checkpoints"]:
            yield Finding("ok", "weights", "none are named: a training from scratch")
        return
    model = case.need("model", "there is no model to give them to")
    if "Train" not in case.config:
        load_weights(model, path)  # reading needs all of them
        yield Finding("ok", "weights", f"{path}: all that the model needs")
        return
    report = load_pretrained(model, case.config)
    num_lacking = len(report.missing) + len(report.mismatched)
    total = len(report.loaded) + num_lacking
    if num_lacking:
        message = f"{num_lacking} of the model's {total} entries start fresh; is the config the one of these weights?"
        yield Finding("note", "weights", f"{report.path}: {message}")
    else:
        yield Finding("ok", "weights", f"{report.path}: all {total} entries fit")


def check_checkpoint(case: Case) -> Iterator[Finding]:
    """The training to go on from is whole."""
    prefix = case.config["Global"]["checkpoints"]
    if not prefix:
        return
    load_weights(case.need("model", "there is no model to give it to"), prefix)
    if "Train" in case.config:
        for suffix in (OPTIMIZER_SUFFIX, PROGRESS_SUFFIX):
            read_pickle(f"{str(prefix).removesuffix('.pdparams')}{suffix}")
    yield Finding("ok", "checkpoints", f"{prefix} is whole")
