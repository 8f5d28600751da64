"""From a frozen configuration to objects. The only place that knows which run-time value goes where.

What a class takes from YAML are its ordinary arguments; what it takes from here are its keyword-only ones.
Each function raises ConfigError where the configuration lacks the section that it needs.
"""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ppocr_rare.config import Config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.label_ops import LabelEncoder
from ppocr_rare.errors import ConfigError, DataError
from ppocr_rare.registry import (
    BACKBONES,
    DATASETS,
    HEADS,
    LOSSES,
    METRICS,
    NECKS,
    OPERATORS,
    OPTIMIZERS,
    POSTPROCESSES,
    REGULARIZERS,
    SCHEDULES,
    TRANSFORMS,
    Registry,
)

if TYPE_CHECKING:  # this module is loaded without Paddle
    from paddle import nn
    from paddle.optimizer import Optimizer
    from paddle.optimizer.lr import LRScheduler

    from ppocr_rare.data.word_dataset import WordDataset
    from ppocr_rare.losses.rec_att_loss import AttentionLoss
    from ppocr_rare.losses.rec_column_att_loss import ColumnAttentionLoss
    from ppocr_rare.metrics.rec_metric import RecMetric
    from ppocr_rare.modeling.architectures import BaseModel
    from ppocr_rare.postprocess.rec_postprocess import AttnLabelDecode
    from ppocr_rare.utils.precision import Precision

IMAGE_CHANNELS = 3

logger = logging.getLogger(__name__)


def _create(registry: Registry, name: str, args: Mapping[str, Any] | None, **runtime: Any) -> Any:
    """An object of the class of that name, with the run-time values that its signature asks for."""
    schema = registry.schema(name)
    given = {key: value for key, value in (args or {}).items() if key != "name" and key not in schema.inert}
    return registry.get(name)(**given, **{key: runtime[key] for key in schema.runtime if key in runtime})


def build_charset(config: Config) -> Charset:
    """The characters that the model can read, from ``Global.character_dict_path`` and ``Global.use_space_char``."""
    return Charset.from_file(config["Global"]["character_dict_path"], config["Global"]["use_space_char"])


def build_model(config: Config) -> "BaseModel":
    """The network of ``Architecture``, with fresh weights.

    Threads may each build one; one that is trained, or changes its mode, is not to be shared between threads.

    Args:
        config: what ``load_config`` gave.

    Returns:
        A layer; ``model(images [B, 3, H, W])`` gives [B, L, V]: probabilities in eval mode, logits in train mode.
    """
    from ppocr_rare.modeling.architectures import BaseModel
    from ppocr_rare.modeling.heads.rec_column_classifier import ColumnClassifier

    config.require("Architecture")
    architecture = config["Architecture"]
    transform = None
    if architecture.get("Transform"):
        section = architecture["Transform"]
        transform = _create(TRANSFORMS, section["name"], section, in_channels=IMAGE_CHANNELS)
    section = architecture["Backbone"]
    backbone = _create(BACKBONES, section["name"], section, in_channels=IMAGE_CHANNELS)
    section = architecture["Neck"]
    neck = _create(NECKS, section["name"], section, in_channels=backbone.out_channels)
    section, charset = architecture["Head"], build_charset(config)
    head = _create(
        HEADS,
        section["name"],
        section,
        in_channels=neck.out_channels,
        out_channels=len(charset),
        num_steps=config["Global"]["max_text_length"],
        sos_id=charset.sos_id,
        eos_id=charset.eos_id,
    )
    classifier = None
    if architecture.get("column_classifier"):
        classifier = ColumnClassifier(backbone.out_channels, len(charset))
    return BaseModel(transform, backbone, neck, head, classifier, has_fiducials=_teaches_fiducials(config))


def _teaches_fiducials(config: Config) -> bool:
    return bool((config.get("Loss") or {}).get("fiducial_weight"))


def _num_fiducial(config: Config) -> int | None:
    """K of the network's TPS; None where it has none."""
    transform = (config.get("Architecture") or {}).get("Transform")
    if not transform:
        return None
    return transform.get("num_fiducial", TRANSFORMS.schema(transform["name"]).keys["num_fiducial"].default)


def build_loss(config: Config) -> "AttentionLoss | ColumnAttentionLoss":
    """The loss of ``Loss``."""
    config.require("Loss")
    return _create(LOSSES, config["Loss"]["name"], config["Loss"], eos_id=build_charset(config).eos_id)


def build_optimizer(
    config: Config, model: "nn.Layer", *, steps_per_epoch: int, epochs: int
) -> "tuple[Optimizer, LRScheduler]":
    """The optimizer of ``Optimizer`` and its schedule.

    Args:
        config: what ``load_config`` gave.
        model: the layer to train. A parameter that is not trainable now stays as it is.
        steps_per_epoch: updates in one epoch.
        epochs: length of the training.

    Returns:
        (paddle optimizer, paddle LRScheduler to be stepped once after each update).
    """
    from ppocr_rare.optimizer.optimizer import gradient_clip

    config.require("Optimizer")
    section = config["Optimizer"]
    schedule = _create(SCHEDULES, section["lr"]["name"], section["lr"], steps_per_epoch=steps_per_epoch, epochs=epochs)
    decay = section.get("regularizer")
    if section.get("weight_decay") is not None:  # L2 by another name
        if decay:
            logger.warning("Optimizer.weight_decay takes the place of Optimizer.regularizer")
        decay = {"name": "L2", "factor": section["weight_decay"]}
    runtime = {
        "learning_rate": schedule,
        "regularizer": _create(REGULARIZERS, decay["name"], decay) if decay else None,
        "grad_clip": gradient_clip(section.get("clip_norm"), section.get("clip_norm_global")),
        "parameters": dict(model.named_parameters()),
    }
    own = {key: section[key] for key in OPTIMIZERS.schema(section["name"]).keys if key in section}
    try:
        return _create(OPTIMIZERS, section["name"], own, **runtime), schedule
    except ValueError as error:  # Paddle's word for a number out of its range
        raise ConfigError(f"Optimizer: {error}") from error


def build_precision(config: Config) -> "Precision":
    """The number types of training, from ``Global.use_amp`` and what goes with it, for the device in use."""
    from ppocr_rare.utils.precision import Precision

    settings = config["Global"]
    return Precision(
        settings["use_amp"],
        settings["amp_level"],
        settings["amp_dtype"],
        settings["scale_loss"],
        settings["use_dynamic_loss_scaling"],
        settings["amp_custom_black_list"] or (),
        settings["amp_custom_white_list"] or (),
    )


def build_post_process(config: Config) -> "AttnLabelDecode":
    """The decoder of ``PostProcess``: from probabilities [B, L, V] to words."""
    config.require("PostProcess")
    return _create(POSTPROCESSES, config["PostProcess"]["name"], config["PostProcess"], charset=build_charset(config))


def build_metric(config: Config) -> "RecMetric":
    """The metric of ``Metric``."""
    config.require("Metric")
    return _create(METRICS, config["Metric"]["name"], config["Metric"])


def build_operators(config: Config, section: str, with_labels: bool) -> list:
    """The operators of ``<section>.dataset.transforms``, in order.

    Args:
        config: the configuration.
        section: "Train" or "Eval".
        with_labels: False leaves out what encodes labels: evaluation compares texts, prediction has none.
    """
    config.require(section)
    runtime: dict[str, Any] = {
        "charset": build_charset(config),
        "max_text_length": config["Global"]["max_text_length"],
        "num_steps": config["Global"]["max_text_length"],
    }
    if with_labels:
        runtime["num_fiducial"] = _num_fiducial(config)
    operators = []
    for entry in config[section]["dataset"]["transforms"]:
        ((name, args),) = entry.items()
        if with_labels or not issubclass(OPERATORS.get(name), LabelEncoder):
            operators.append(_create(OPERATORS, name, args, **runtime))
    return operators


def keep_keys_of(config: Config, section: str) -> tuple[str, ...]:
    """Names of the arrays of a batch, in order, as ``KeepKeys`` of ``<section>.dataset.transforms`` says."""
    transforms = config[section]["dataset"]["transforms"]
    return next(entry["KeepKeys"]["keep_keys"] for entry in transforms if "KeepKeys" in entry)


def build_dataset(config: Config, section: str, with_labels: bool) -> "WordDataset":
    """The data set of ``<section>.dataset`` with its operators."""
    config.require(section)
    dataset = config[section]["dataset"]
    try:
        return _create(
            DATASETS,
            dataset["name"],
            {key: value for key, value in dataset.items() if key != "transforms"},
            transforms=build_operators(config, section, with_labels),
            charset=build_charset(config),
            is_train=section == "Train",
            seed=config["Global"]["seed"],
        )
    except DataError as error:
        folder = dataset.get("data_dir")
        is_absent = isinstance(folder, str) and not os.path.isdir(folder)
        key = f"{section}.dataset.data_dir" if is_absent else f"{section}.dataset"
        hint = f"tools/doctor.py with this configuration looks at all of {section}"
        draws = "; tools/synthesize.py draws words where you have none" if is_absent else ""
        raise DataError(f"{key}: {error}; {hint}{draws}") from error


def build_eval_sets(config: Config) -> list[tuple[str, Any]]:
    """(name, data set) for each set of ``Eval.dataset``; labels stay text, by which they are compared."""
    return build_dataset(config, "Eval", with_labels=False).split_into_sets()
