"""Fake components, so that the tests of the configuration depend on no component and no framework."""

import copy
from typing import Literal

import pytest

from ppocr_rare import registry
from ppocr_rare.errors import ConfigError


class TPS:
    def __init__(self, num_fiducial: int = 20, loc_lr: float = 0.1, model_name: str = "large", *, in_channels: int = 3):
        pass


class ResNet:
    def __init__(self, layers: Literal[18, 34] = 34, *, in_channels: int = 3):
        pass

    @staticmethod
    def output_height(height: int, layers: int = 34) -> int:
        return height // 32


class SequenceEncoder:
    def __init__(self, encoder_type: Literal["rnn", "fc"], hidden_size: int = 48, *, in_channels: int):
        pass


class AttentionHead:
    INERT_KEYS = frozenset({"l2_decay"})

    def __init__(self, hidden_size: int, *, in_channels: int, out_channels: int):
        pass


class CTCHead:
    pass


class AttentionLoss:
    def __init__(self, label_smoothing: float = 0.0, fiducial_weight: float = 0.0):
        if label_smoothing >= 1:
            raise ConfigError("too smooth")


class ColumnAttentionLoss(AttentionLoss):
    pass


class CTCLoss:
    pass


class AttnLabelDecode:
    def __init__(self, stop_at_eos: bool = True, *, charset: object):
        pass


class CTCLabelDecode:
    pass


class RecMetric:
    def __init__(self, main_indicator: Literal["acc", "norm_edit_dis"] = "acc"):
        pass


class LMDBDataSet:
    def __init__(self, data_dir: str, *, transforms: list):
        pass


class DecodeImage:
    def __init__(self, img_mode: Literal["BGR", "RGB"] = "BGR", channel_first: bool = False):
        pass


class AttnLabelEncode:
    pass


class CTCLabelEncode:
    pass


class RecAug:
    pass


class RecConAug:
    pass


class RecResizeImg:
    def __init__(self, image_shape: list[int], padding: bool = True):
        pass


class KeepKeys:
    def __init__(self, keep_keys: list[str]):
        pass


class Adam:
    def __init__(self, beta1: float = 0.9, epsilon: float = 1e-8, *, learning_rate: object, parameters: object):
        pass


class AdamW(Adam):
    pass


class Const:
    def __init__(self, learning_rate: float, warmup_epoch: float = 0.0, *, steps_per_epoch: int):
        if learning_rate < 0:
            raise ConfigError("a rate below 0")


class Cosine(Const):
    pass


class L1:
    def __init__(self, factor: float = 0.0):
        pass


class L2(L1):
    pass


FAKES = {
    "TRANSFORMS": (TPS,),
    "BACKBONES": (ResNet,),
    "NECKS": (SequenceEncoder,),
    "HEADS": (AttentionHead, CTCHead),
    "LOSSES": (AttentionLoss, ColumnAttentionLoss, CTCLoss),
    "POSTPROCESSES": (AttnLabelDecode, CTCLabelDecode),
    "METRICS": (RecMetric,),
    "DATASETS": (LMDBDataSet,),
    "OPTIMIZERS": (Adam, AdamW),
    "SCHEDULES": (Const, Cosine),
    "REGULARIZERS": (L1, L2),
    "OPERATORS": (DecodeImage, AttnLabelEncode, CTCLabelEncode, RecAug, RecConAug, RecResizeImg, KeepKeys),
}


@pytest.fixture
def components(monkeypatch):
    """Fills the registries with the fakes above, and keeps them from importing the real ones."""
    for name, classes in FAKES.items():
        monkeypatch.setattr(getattr(registry, name), "_module", None)
        monkeypatch.setattr(getattr(registry, name), "_classes", {cls.__name__: cls for cls in classes})


def _samples(folder: str) -> dict:
    transforms = [
        {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
        {"AttnLabelEncode": None},
        {"RecResizeImg": {"image_shape": [3, 32, 100]}},
        {"KeepKeys": {"keep_keys": ["image", "label", "length"]}},
    ]
    return {
        "dataset": {"name": "LMDBDataSet", "data_dir": folder, "transforms": transforms},
        "loader": {"shuffle": False, "batch_size_per_card": 256, "drop_last": False, "num_workers": 8},
    }


@pytest.fixture
def data(components) -> dict:
    """A faultless configuration of the fakes, as plain data."""
    return {
        "Global": {"use_gpu": True, "max_text_length": 25, "character_dict_path": None},
        "Optimizer": {"name": "Adam", "beta1": 0.9, "lr": {"learning_rate": 0.0005}, "regularizer": {"name": "L2"}},
        "Architecture": {
            "model_type": "rec",
            "algorithm": "RARE",
            "Transform": {"name": "TPS", "num_fiducial": 20},
            "Backbone": {"name": "ResNet", "layers": 34},
            "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": 256},
            "Head": {"name": "AttentionHead", "hidden_size": 256},
        },
        "Loss": {"name": "AttentionLoss"},
        "PostProcess": {"name": "AttnLabelDecode"},
        "Metric": {"name": "RecMetric", "main_indicator": "acc"},
        "Train": _samples("train"),
        "Eval": _samples("eval"),
    }


@pytest.fixture
def change():
    """``change(data, path, value)``: a copy of plain data with one value set at a path of names and indices."""

    def change(data: dict, path: str, value) -> dict:
        data = copy.deepcopy(data)
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        parent = data
        for step in steps:
            parent = parent[step]
        parent[last] = value
        return data

    return change
